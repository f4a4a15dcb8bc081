//! The bytes of frames, and those between them, for who looks at a stream.

use core::cell::Cell;

use bytes::Bytes;

use super::framer::Framer;
use super::refused::boundary;
use super::resync::{begin, can_resync};
use crate::error::DecodeError;
use crate::frame::{Decode, Layout};

/// What one look at a stream has taken off it.
pub(crate) struct Taken {
    /// What was passed over in front of the frame.
    pub(crate) passed: Bytes,
    /// The bytes of the frame, as [`Framer::next_frame`] gives its value.
    pub(crate) frame: Result<Option<Bytes>, DecodeError>,
}

impl Framer {
    /// The bytes of the next `T`. Each byte that arrives is handed out once: in a frame, or as passed over.
    pub(crate) fn take<T: for<'a> Decode<'a>>(&mut self) -> Taken {
        let before = self.read_ahead().len();
        let len = Cell::new(0);
        let outcome = self.next_frame_by::<T, _>(|input, source| {
            let parsed = T::parse_from(input, source);
            // The last parse of all that succeed is that of the frame.
            if let Ok((rest, _)) = &parsed {
                len.set(input.len() - rest.len());
            }
            parsed
        });
        let outcome = outcome.map(|frame| frame.map(drop));
        let consumed = before.saturating_sub(self.read_ahead().len());
        let frame_len = if matches!(outcome, Ok(Some(()))) { len.get() } else { 0 };
        let buffer = if self.shared.is_empty() { &self.buffer[..] } else { &self.shared[..] };
        let taken = buffer.get(self.start.saturating_sub(consumed)..self.start).unwrap_or_default();
        let (passed, frame) = taken.split_at(taken.len().saturating_sub(frame_len));
        Taken {
            passed: Bytes::copy_from_slice(passed),
            frame: outcome.map(|some| some.map(|()| Bytes::copy_from_slice(frame))),
        }
    }

    /// Goes on behind a malformed `T`, and says whether it can: at the next leading constant, where the frame is known to end, or
    /// wherever one is found. What is passed over is given by [`take`](Self::take).
    pub(crate) fn recover<T: for<'a> Decode<'a>>(&mut self) -> bool {
        if T::SCHEMA.leading().is_empty() {
            if let Some(end) = self.end::<T>() {
                self.regain();
                self.progress.forget();
                self.skip = end;
                return true;
            }
        }
        self.resync::<T>()
    }

    /// Goes on behind so many bytes that did not arrive, and gives those in front of them that are no frame for it.
    pub(crate) fn lose<T: for<'a> Decode<'a>>(&mut self, missing: u64) -> Bytes {
        self.regain();
        self.progress.forget();
        let partial = Bytes::copy_from_slice(self.read_ahead());
        let left = match self.end::<T>() {
            _ if self.skip > 0 => Some(self.skip),
            _ if partial.is_empty() || self.is_lost() => None,
            end => end.and_then(|end| end.checked_sub(partial.len())),
        };
        self.discard(partial.len());
        self.skip = 0;
        match left.and_then(|left| u64::try_from(left).ok()).and_then(|left| left.checked_sub(missing)) {
            // They were part of a frame that ends behind them.
            Some(left) => self.skip = usize::try_from(left).unwrap_or_default(),
            None if can_resync::<T>() => begin(&mut self.lost, T::SCHEMA, 0, None),
            None => {}
        }
        partial
    }

    /// Where the frame ends that is here or has begun, if its schema says so without its being decoded.
    fn end<T: Layout>(&self) -> Option<usize> {
        boundary(T::SCHEMA, self.read_ahead()).filter(|end| *end > 0 && *end <= self.limit)
    }
}
