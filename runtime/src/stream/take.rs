//! Taking the bytes of frames, and the bytes between frames, for tools that inspect a stream.

use core::cell::Cell;

use bytes::Bytes;

use super::framer::Framer;
use super::refused::boundary;
use super::resync::{begin, can_resync};
use super::schema_of;
use crate::error::DecodeError;
use crate::frame::{Decode, Layout};

/// Bytes taken from a stream.
pub(crate) struct Taken {
    /// The skipped bytes before the frame.
    pub(crate) passed: Bytes,
    /// The bytes of the frame, with the result of [`Framer::next_frame`].
    pub(crate) frame: Result<Option<Bytes>, DecodeError>,
}

impl Framer {
    /// Takes the bytes of the next `T`. Each received byte is returned once, in a frame or as a
    /// skipped byte.
    pub(crate) fn take<T: for<'a> Decode<'a>>(&mut self) -> Taken {
        let before = self.read_ahead().len();
        let len = Cell::new(0);
        let outcome = self.next_frame_by::<T, _>(|input, source| {
            let parsed = T::parse_from(input, source);
            // The last successful parse is the one that returned the frame.
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

    /// Continues after a malformed `T`: at the next leading constant, at the known end of the
    /// frame, or where the next frame is found. Returns `false` if that is impossible.
    /// [`take`](Self::take) returns the skipped bytes.
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

    /// Continues after `missing` bytes that are absent from the stream. Returns the received bytes
    /// of the frame that is incomplete because of them.
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
            // The missing bytes were part of a frame that ends after them.
            Some(left) => self.skip = usize::try_from(left).unwrap_or_default(),
            None if can_resync::<T>() => begin(&mut self.lost, schema_of::<T>(), 0, None),
            None => {}
        }
        partial
    }

    /// Returns the end of the current frame, if the schema determines it without decoding.
    fn end<T: Layout>(&self) -> Option<usize> {
        boundary(T::SCHEMA, self.read_ahead()).filter(|end| *end > 0 && *end <= self.limit)
    }
}
