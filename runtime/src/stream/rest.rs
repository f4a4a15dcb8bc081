//! The unread rest of bodies, which must never be decoded as frames.

use std::io;

use bytes::Bytes;

use super::framer::Framer;
use crate::error::Result;

/// A number of raw bytes that are still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    Bytes(u64),
    /// All bytes up to the end of the stream.
    ToEnd,
}

impl Unread {
    const NOTHING: Self = Self::Bytes(0);

    /// Adds bytes that follow. Nothing follows a body that extends to the end of the stream.
    const fn and(self, others: Self) -> Self {
        match (self, others) {
            (Self::Bytes(some), Self::Bytes(more)) => Self::Bytes(some.saturating_add(more)),
            (Self::ToEnd, _) | (_, Self::ToEnd) => Self::ToEnd,
        }
    }

    /// Takes as many of these bytes as have arrived, at most `most`.
    fn take(&mut self, framer: &mut Framer, most: usize) -> Bytes {
        match self {
            Self::Bytes(left) => {
                let bytes = framer.take_bytes(usize::try_from(*left).unwrap_or(usize::MAX).min(most));
                *left -= count(bytes.len());
                bytes
            }
            Self::ToEnd => framer.take_bytes(most),
        }
    }
}

/// What is left of the bodies of a stream. It travels with the framer, whoever reads the stream
/// next.
#[derive(Debug)]
pub(crate) struct Rest {
    /// The rest of earlier bodies, which is skipped before anything else is read.
    earlier: Unread,
    /// The rest of the body that is being read.
    body: Unread,
    /// How many bytes of the earlier bodies were skipped.
    skipped: u64,
}

/// The unread rest exceeds the frame limit, so the connection has to be closed.
#[derive(Debug)]
pub(crate) struct TooLong;

impl TooLong {
    pub(crate) const WHY: &'static str = "the unread rest of a body exceeds the frame limit";
}

impl Rest {
    pub(crate) const NOTHING: Self = Self { earlier: Unread::NOTHING, body: Unread::NOTHING, skipped: 0 };

    #[inline]
    pub(crate) fn is_nothing(&self) -> bool {
        self.body == Unread::NOTHING && self.earlier == Unread::NOTHING
    }

    /// Begins a body, and leaves the one before it.
    pub(crate) fn begin(&mut self, body: Unread) {
        self.leave();
        self.body = body;
    }

    /// Leaves the rest of the body unread.
    fn leave(&mut self) {
        self.earlier = self.earlier.and(self.body);
        self.body = Unread::NOTHING;
    }

    /// Takes a part of the body from the received bytes, if some have arrived.
    pub(crate) fn take(
        &mut self,
        framer: &mut Framer,
        most: usize,
    ) -> std::result::Result<Option<Bytes>, TooLong> {
        self.skip(framer)?;
        if self.earlier != Unread::NOTHING {
            return Ok(None);
        }
        Ok(Some(self.body.take(framer, most)).filter(|chunk| !chunk.is_empty()))
    }

    /// Skips everything that is left, as far as it has arrived.
    pub(crate) fn pass_over(&mut self, framer: &mut Framer) -> std::result::Result<(), TooLong> {
        self.leave();
        self.skip(framer)
    }

    /// Skips the rest of earlier bodies, as far as it has arrived.
    fn skip(&mut self, framer: &mut Framer) -> std::result::Result<(), TooLong> {
        if self.earlier == Unread::NOTHING {
            return Ok(());
        }
        let skipped = count(self.earlier.take(framer, usize::MAX).len());
        self.skipped = self.skipped.saturating_add(skipped);
        if self.skipped > count(framer.frame_limit()) {
            // Nothing that follows is read any more.
            self.earlier = Unread::ToEnd;
            return Err(TooLong);
        }
        if self.earlier == Unread::NOTHING {
            self.skipped = 0;
        }
        Ok(())
    }

    /// Records that the stream has ended and all bytes are taken. An error stays: the rest is still
    /// missing at the next call.
    pub(crate) fn end(&mut self) -> Result<()> {
        let is_cut = |unread| !matches!(unread, Unread::ToEnd | Unread::NOTHING);
        if is_cut(self.earlier) || is_cut(self.body) {
            let cut = "the stream ended within a body";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, cut).into());
        }
        *self = Self::NOTHING;
        Ok(())
    }
}

/// Returns a number of bytes as the length of a body.
pub(crate) fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
