//! Description of the input: whether it is complete or streaming, who owns it, and how deep it is
//! nested.

use bytes::Bytes;
use nom::Needed;

use crate::budget::Budget;
use crate::error::{DecodeError, DecodeErrorKind};

/// A description of a parser's input. It is passed to every parser beside the input itself.
///
/// It says whether more bytes may come: then a parser that runs out of bytes requests more instead
/// of returning an error. It says which [`Bytes`] owns the input, so that a large `Bytes` field is
/// a slice instead of a copy. And it says how many frames enclose this one.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    owner: Option<&'a Bytes>,
    budget: Option<&'a Budget>,
    depth: u16,
    mode: Mode,
    verified: bool,
}

/// The meaning of running out of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Running out is an error.
    Complete,
    /// Running out is a request for the missing bytes.
    Streaming,
    /// Running out is a request for the missing bytes. If they belong to a part that may take any
    /// number of reads to arrive, the parser reports that part and its position instead.
    Resuming,
}

impl<'a> Source<'a> {
    /// Maximum nesting depth of frames. The limit keeps hostile input from exhausting the stack.
    pub const MAX_DEPTH: u16 = 128;

    /// Size in bytes below which a `Bytes` field is copied even if it could be a slice. The copy is
    /// cheaper, and does not keep the whole buffer alive.
    pub const SHARE_FROM: usize = 1024;

    /// This is a constant so that it is not built on the stack at each call.
    pub(crate) const STREAMING: &'static Source<'static> = &Source::streaming();
    pub(crate) const COMPLETE: &'static Source<'static> = &Source::complete();

    /// Returns a source for a stream, where more bytes may arrive. Running out of input gives
    /// [`nom::Err::Incomplete`].
    #[must_use]
    pub const fn streaming() -> Self {
        Self { owner: None, budget: None, depth: 0, mode: Mode::Streaming, verified: true }
    }

    /// Returns a source like [`streaming`](Self::streaming), for finding out how far a frame
    /// extends. If an unbounded part has not arrived, [`DecodeError::awaits`] returns it.
    #[must_use]
    pub(crate) const fn resuming() -> Self {
        Self { owner: None, budget: None, depth: 0, mode: Mode::Resuming, verified: true }
    }

    /// Returns a source for complete input. Running out of input is an error.
    #[must_use]
    pub const fn complete() -> Self {
        Self { owner: None, budget: None, depth: 0, mode: Mode::Complete, verified: true }
    }

    /// Sets the buffer that contains the input.
    #[must_use]
    pub const fn with_owner(mut self, owner: &'a Bytes) -> Self {
        self.owner = Some(owner);
        self
    }

    /// Limits the memory that the decoded value may take.
    #[must_use]
    pub(crate) const fn with_budget(mut self, budget: Option<&'a Budget>) -> Self {
        self.budget = budget;
        self
    }

    /// Takes `bytes` from the memory budget of the decoded value.
    ///
    /// # Errors
    /// Returns an error if the frame takes more memory than it may.
    #[inline]
    pub(crate) fn take_memory(&self, bytes: usize) -> Result<(), nom::Err<DecodeError>> {
        match self.budget {
            Some(budget) => budget.take(bytes),
            None => Ok(()),
        }
    }

    /// Returns the source for an extent. No more bytes can arrive in it.
    #[inline]
    #[must_use]
    pub const fn bounded(mut self) -> Self {
        self.mode = Mode::Complete;
        self
    }

    /// Returns the source for a window of the input, beyond which there may be more bytes.
    #[inline]
    #[must_use]
    pub(crate) const fn unbounded(mut self) -> Self {
        self.mode = Mode::Streaming;
        self
    }

    /// Returns the source for bytes that are not in the owner's buffer, such as unmasked or
    /// decompressed bytes.
    #[must_use]
    pub const fn detached(mut self) -> Self {
        self.owner = None;
        self.bounded()
    }

    /// Returns the source for a draft of a frame, in which checksums and computed numbers are not
    /// filled in yet.
    #[cfg(feature = "json")]
    #[must_use]
    pub(crate) const fn unverified(mut self) -> Self {
        self.verified = false;
        self
    }

    /// Returns `true` if checksums and computed numbers are verified.
    #[doc(hidden)]
    #[inline]
    #[must_use]
    pub const fn verifies(&self) -> bool {
        self.verified
    }

    /// Returns the source for one nesting level deeper.
    ///
    /// # Errors
    /// Returns an error beyond [`Self::MAX_DEPTH`].
    #[inline]
    pub fn deeper(mut self) -> Result<Self, nom::Err<DecodeError>> {
        self.depth += 1;
        if self.depth > Self::MAX_DEPTH {
            return Err(nom::Err::Error(DecodeError::new(DecodeErrorKind::Depth)));
        }
        Ok(self)
    }

    /// Returns `true` if the frame that is being read is not inside another frame.
    pub(crate) const fn is_outermost(&self) -> bool {
        self.depth == 0
    }

    /// Returns `true` if the input is complete.
    #[inline]
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        matches!(self.mode, Mode::Complete)
    }

    /// Returns `true` if a parser should report where to resume from.
    #[inline]
    pub(crate) const fn is_resuming(&self) -> bool {
        matches!(self.mode, Mode::Resuming)
    }

    /// Returns the error for running out of input: a request for the missing `needed - found`
    /// bytes, or a final error.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn short(&self, needed: usize, found: usize) -> nom::Err<DecodeError> {
        if self.is_complete() {
            nom::Err::Error(DecodeError::new(DecodeErrorKind::Short { needed, found }))
        } else {
            nom::Err::Incomplete(Needed::new(needed.saturating_sub(found).max(1)))
        }
    }

    /// Returns `part` as `Bytes`. It is a slice of the owner if it is large enough, and otherwise a
    /// copy.
    #[must_use]
    pub fn share(&self, part: &[u8]) -> Bytes {
        match self.owner {
            Some(owner) if part.len() >= Self::SHARE_FROM && contains(owner, part) => owner.slice_ref(part),
            _ => Bytes::copy_from_slice(part),
        }
    }
}

/// Returns `true` if `part` lies within `whole` in memory.
fn contains(whole: &[u8], part: &[u8]) -> bool {
    let (whole, part) = (whole.as_ptr_range(), part.as_ptr_range());
    whole.start <= part.start && part.end <= whole.end
}
