//! The memory budget of a decoded frame.

use core::sync::atomic::{AtomicUsize, Ordering};

use crate::error::{DecodeError, DecodeErrorKind};

/// The memory that a decoded frame may take.
///
/// A few bytes on the wire may take much more memory: an item of one byte may be a struct of a
/// hundred. The budget is shared by all parsers of one frame, and is reduced whenever a list grows,
/// bytes are copied or a value is boxed.
// Relaxed loads and stores suffice, because only one frame at a time uses the budget. It is atomic
// only to be `Sync`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Budget {
    limit: usize,
    left: AtomicUsize,
}

impl Budget {
    pub(crate) const fn new(limit: usize) -> Self {
        Self { limit, left: AtomicUsize::new(limit) }
    }

    pub(crate) const fn limit(&self) -> usize {
        self.limit
    }

    /// Creates an unused budget with the same limit.
    #[cfg(feature = "std")]
    pub(crate) const fn another(&self) -> Self {
        Self::new(self.limit)
    }

    /// Resets the budget for the next frame. Returns `None` if the budget has no limit.
    #[inline]
    pub(crate) fn renewed(&self) -> Option<&Self> {
        if self.limit == usize::MAX {
            return None;
        }
        self.left.store(self.limit, Ordering::Relaxed);
        Some(self)
    }

    /// Takes `bytes` from the budget.
    #[inline]
    pub(crate) fn take(&self, bytes: usize) -> Result<(), nom::Err<DecodeError>> {
        let Some(left) = self.left.load(Ordering::Relaxed).checked_sub(bytes) else {
            return Err(self.spent());
        };
        self.left.store(left, Ordering::Relaxed);
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn spent(&self) -> nom::Err<DecodeError> {
        nom::Err::Error(DecodeError::new(DecodeErrorKind::Memory { limit: self.limit }))
    }
}
