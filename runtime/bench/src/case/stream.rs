use std::hint::black_box;

use framewright::DecodeError;
use framewright::stream::Framer;

use super::{Case, Operation, Subject};

/// Takes a frame from a framer and drops it. Returns `true` if it took a frame. Each layout has a
/// loop of its own, into which the compiler may inline this, as in the loops that users write.
pub(crate) trait Next: Fn(&mut Framer) -> Result<bool, DecodeError> + Copy + 'static {}

impl<N: Fn(&mut Framer) -> Result<bool, DecodeError> + Copy + 'static> Next for N {}

/// Uses a frame, as a loop that handles it does: without this, the compiler would not build it.
#[inline]
pub(crate) fn used<T>(frame: Result<Option<T>, DecodeError>) -> Result<bool, DecodeError> {
    match frame {
        Ok(Some(frame)) => {
            black_box(frame);
            Ok(true)
        }
        Ok(None) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The minimum size of all frames together in bytes.
const LEN: usize = 64 * 1024;

/// Returns cases in which the repeated frames arrive in pieces of one size: 1, 100, 1460 bytes, or
/// 64 KiB, which is all or nearly all of them.
pub(super) fn in_pieces(layout: &'static str, frames: &[&[u8]], next: impl Next) -> Vec<Case> {
    let times = LEN.div_ceil(frames.concat().len());
    let bytes = &*frames.concat().repeat(times).leak();
    let frames = frames.len() * times;
    let case = |piece: usize| case(layout, Operation::Stream(piece), bytes, frames, piece, next);
    [1, 100, 1460, LEN].map(case).into()
}

/// Returns a case with one frame that arrives byte by byte.
pub(super) fn trickle(layout: &'static str, frame: Vec<u8>, next: impl Next) -> Case {
    let frame = &*frame.leak();
    case(layout, Operation::Trickle(frame.len()), frame, 1, 1, next)
}

fn case(
    layout: &'static str,
    operation: Operation,
    bytes: &'static [u8],
    frames: usize,
    piece: usize,
    next: impl Next,
) -> Case {
    let turns = move |turns| {
        for _ in 0..turns {
            _ = black_box(feed(bytes, piece, next));
        }
    };
    let check = move || assert_eq!(feed(bytes, piece, next), Ok(frames), "{layout}, {operation}");
    let small = |count: usize| u32::try_from(count).expect("64 KiB or so");
    Case {
        layout,
        subject: Subject::Framewright,
        operation,
        frames: small(frames),
        calls: f64::from(small(bytes.len().div_ceil(piece))) / f64::from(small(frames)),
        // One iteration takes as long as thousands of iterations of other cases.
        counted: 2,
        turns: Box::new(turns),
        check: Box::new(check),
    }
}

/// Feeds bytes like a connection: each piece is appended, and then all frames are taken. Returns
/// the number of frames.
fn feed(bytes: &[u8], piece: usize, next: impl Next) -> Result<usize, DecodeError> {
    let mut framer = Framer::new();
    let mut frames = 0;
    for piece in bytes.chunks(piece) {
        framer.room().extend_from_slice(piece);
        while next(&mut framer)? {
            frames += 1;
        }
    }
    Ok(frames)
}
