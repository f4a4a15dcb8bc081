//! Accounting of the memory of queued datagrams.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The size of the queued datagrams of one sender or of all senders, in bytes.
#[derive(Debug, Default)]
pub(super) struct Load(AtomicUsize);

impl Load {
    /// The approximate overhead of a datagram in bytes.
    const EACH: usize = 128;

    /// Adds a datagram of this size, unless the total would exceed `most`.
    pub(super) fn admit(self: &Arc<Self>, len: usize, most: usize) -> Option<Share> {
        let bytes = len + Self::EACH;
        let more = |held: usize| held.checked_add(bytes).filter(|more| *more <= most);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Share { of: Arc::clone(self), bytes })
    }
}

/// The share of a datagram in a [`Load`], which is given back when it is dropped.
#[derive(Debug)]
pub(super) struct Share {
    of: Arc<Load>,
    bytes: usize,
}

impl Drop for Share {
    fn drop(&mut self) {
        self.of.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_makes_room() {
        let load = Arc::new(Load::default());
        let shares: Vec<_> = std::iter::from_fn(|| load.admit(872, 10_000)).collect();
        assert_eq!(shares.len(), 10);
        assert!(load.admit(0, 10_000).is_none());
        drop(shares);
        assert!(load.admit(9_872, 10_000).is_some());
        assert!(load.admit(usize::MAX - 200, 10_000).is_none());
    }
}
