//! The targets, which check properties for any bytes. Each target panics if its property is
//! violated.

mod capture;
mod cli;
mod conversation;
mod declarations;

use std::fmt::Debug;

use bytes::BytesMut;
use framewright::json::{from_json, to_json};
use framewright::net::{Close, Server, Session};
use framewright::nom;
use framewright::prelude::*;
use framewright::stream::Framer;
use framewright::testing::{dissects, samples};
use framewright::view::dump_bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub use self::capture::capture;
pub use self::cli::cli;
pub use self::conversation::conversation;
use self::declarations::{Chat, Header, Mail, Packet, Pair, Record, Request, Sized, Upload, Value};

/// The checks for one type.
struct Checks {
    codec: fn(&[u8]),
    framer: fn(&[u8], &[u8]),
    values: fn(u64),
    json: fn(&str),
    dump: fn(&[u8]),
}

impl Checks {
    const fn of<T: OwnedFrame + PartialEq + Debug + 'static>() -> Self {
        Self {
            codec: decodes_and_encodes::<T>,
            framer: comes_in_pieces::<T>,
            values: is_made::<T>,
            json: is_written::<T>,
            dump: is_shown::<T>,
        }
    }
}

const TYPES: [Checks; 9] = [
    Checks::of::<Chat>(),
    Checks::of::<Header>(),
    Checks::of::<Request>(),
    Checks::of::<Record>(),
    Checks::of::<Value>(),
    Checks::of::<Packet>(),
    Checks::of::<Sized>(),
    Checks::of::<Mail>(),
    Checks { framer: comes_in_long_pieces::<Pair<Upload>>, ..Checks::of::<Pair<Upload>>() },
];

/// Returns the checks of the type that the first byte selects, and the remaining bytes.
fn chosen(data: &[u8]) -> Option<(&'static Checks, &[u8])> {
    let (choice, rest) = data.split_first()?;
    Some((&TYPES[usize::from(*choice) % TYPES.len()], rest))
}

/// Checks that a decoded value encodes to bytes that decode to the same value.
pub fn codec(data: &[u8]) {
    let Some((checks, bytes)) = chosen(data) else { return };
    (checks.codec)(bytes);
}

fn decodes_and_encodes<T: OwnedFrame + PartialEq + Debug>(bytes: &[u8]) {
    let streamed = T::parse(bytes);
    let Ok(value) = T::decode(bytes) else { return };
    assert!(!matches!(streamed, Err(nom::Err::Error(_) | nom::Err::Failure(_))), "refused on a stream only");
    let encoded = value.to_vec().expect("what decodes must encode");
    assert_eq!(value.encoded_len(), encoded.len(), "encoded_len");
    assert_eq!(T::decode(&encoded).expect("what encodes must decode"), value);
}

/// In the input of a long stream, this byte and a count `n` stand for 1,024 × `n` zeros, so that a
/// short input can contain a frame that takes several reads.
const ZEROS: u8 = 0xfd;

/// Checks that a stream gives the same frames however it is split, also if the framer releases its
/// buffer after some reads and another one is lent before each.
pub fn framer(data: &[u8]) {
    let Some((checks, rest)) = chosen(data) else { return };
    let cuts = rest.len().min(8);
    (checks.framer)(&rest[cuts..], &rest[..cuts]);
}

fn comes_in_long_pieces<T: OwnedFrame + PartialEq + Debug>(input: &[u8], cuts: &[u8]) {
    comes_in_pieces::<T>(&expanded(input), cuts);
}

/// Returns the stream that the input stands for, of at most 512 KiB.
fn expanded(input: &[u8]) -> Vec<u8> {
    let (mut bytes, mut input) = (Vec::new(), input.iter());
    while let Some(byte) = input.next() {
        match (byte, input.as_slice().first()) {
            (&ZEROS, Some(count)) if bytes.len() < 256 << 10 => {
                bytes.resize(bytes.len() + 1024 * usize::from(*count), 0);
                input.next();
            }
            _ => bytes.push(*byte),
        }
    }
    bytes
}

fn comes_in_pieces<T: OwnedFrame + PartialEq + Debug>(bytes: &[u8], cuts: &[u8]) {
    let whole = frames::<T>([bytes].into_iter(), false);
    // A long stream comes in long pieces, or each input would take too much time.
    let unit = 1 + bytes.len() / 256;
    let sizes = cuts.iter().map(|cut| (usize::from(*cut) + 1) * unit).chain(std::iter::repeat(unit));
    let mut left = bytes;
    let pieces = sizes.map_while(|size| {
        let (piece, rest) = left.split_at(size.min(left.len()));
        left = rest;
        (!piece.is_empty()).then_some(piece)
    });
    let pieces: Vec<_> = pieces.collect();
    assert_eq!(frames::<T>(pieces.iter().copied(), false), whole);
    assert_eq!(frames::<T>(pieces.into_iter(), true), whole, "with a lent buffer for each read");
}

/// Returns the frames of a stream up to its end or the first error, and whether it ended with an
/// error.
fn frames<'a, T: OwnedFrame>(pieces: impl Iterator<Item = &'a [u8]>, lends: bool) -> (Vec<T>, bool) {
    let (mut framer, mut frames) = (Framer::new().limit(1 << 19), Vec::new());
    for (read, piece) in pieces.map(Some).chain([None]).enumerate() {
        match piece {
            Some(piece) => {
                if lends {
                    framer.lend(lent);
                }
                framer.room().extend_from_slice(piece);
            }
            None => framer.finish(),
        }
        loop {
            match framer.next_frame::<T>() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(_) => return (frames, true),
            }
        }
        // Most reads follow one another without a wait in between.
        if lends && read % 8 == 0 {
            framer.release();
        }
    }
    (frames, false)
}

/// Returns a buffer for one read, with a byte of another stream in it.
fn lent() -> BytesMut {
    let mut buffer = BytesMut::with_capacity(16 << 10);
    buffer.extend_from_slice(&[0xee]);
    buffer
}

/// Checks that values made from the schema encode, decode, and can be converted to JSON and back.
pub fn values(data: &[u8]) {
    let Some((checks, rest)) = chosen(data) else { return };
    let seed = rest.iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte));
    (checks.values)(seed);
}

fn is_made<T: OwnedFrame + PartialEq + Debug>(seed: u64) {
    for value in samples::<T>(seed, 4) {
        let bytes = value.to_vec().expect("a sample must encode");
        assert_eq!(T::decode(&bytes).expect("a sample must decode"), value);
        let json = to_json(&value).expect("a sample is JSON");
        assert_eq!(from_json::<T>(&json).expect("its JSON is a sample"), bytes);
    }
}

/// Checks that frames made from JSON decode, and give the same JSON again.
pub fn json(data: &[u8]) {
    let Some((checks, rest)) = chosen(data) else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    (checks.json)(text);
}

fn is_written<T: OwnedFrame + Debug>(text: &str) {
    let Ok(bytes) = from_json::<T>(text) else { return };
    let value = T::decode(&bytes).expect("what JSON makes must decode");
    let json = to_json(&value).expect("and be JSON");
    assert_eq!(from_json::<T>(&json).expect("which makes the same"), bytes);
}

/// Checks that any bytes can be shown, and that a frame is shown as its encoder records it.
pub fn dump(data: &[u8]) {
    let Some((checks, bytes)) = chosen(data) else { return };
    (checks.dump)(bytes);
}

fn is_shown<T: OwnedFrame>(bytes: &[u8]) {
    let shown = dump_bytes::<T>(bytes).to_string();
    assert!(!shown.contains(['\x1b', '\r', '\u{202e}']), "a dump moves the cursor");
    if let Err(difference) = dissects::<T>(bytes) {
        panic!("{difference}");
    }
}

/// Checks that a conversation of several steps ends, whatever its peer sends. The clock advances
/// only when nothing else can be done.
pub fn session(data: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(converse(data));
}

async fn converse(data: &[u8]) {
    let (cuts, said) = data.split_at(data.len().min(4));
    let (near, mut far) = tokio::io::duplex(256);
    let mut server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        let request: Request = s.require().await?;
        s.feed(&request)?;
        let length = u64::try_from(request.words.len())?.saturating_mul(100);
        let mut body = s.body(length);
        while let Some(chunk) = body.chunk().await? {
            assert!(chunk.len() <= 1 << 20, "a chunk is bounded");
        }
        while let Some(packet) = s.recv::<Packet>().await? {
            s.feed(&packet)?;
        }
        Ok(())
    });
    let counters = server.counters();
    let peer = async {
        let mut left = said;
        for cut in cuts.iter().cycle() {
            let (piece, rest) = left.split_at((usize::from(*cut) + 1).min(left.len()));
            if piece.is_empty() || far.write_all(piece).await.is_err() {
                break;
            }
            left = rest;
        }
        let _ = far.shutdown().await;
        let mut replies = Vec::new();
        let _ = far.read_to_end(&mut replies).await;
        assert!(replies.len() <= said.len() + 64, "more is said than was");
    };
    let (served, ()) = tokio::join!(server.serve_connection(near), peer);
    served.expect("one connection is served");
    assert_eq!(counters.snapshot().panics, 0, "the conversation panicked");
}
