//! How much the datagrams take that wait for their handlers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many bytes of datagrams wait: those of one sender, or of all.
#[derive(Debug, Default)]
pub(super) struct Load(AtomicUsize);

impl Load {
    /// Beside its bytes a datagram takes about so much.
    const EACH: usize = 128;

    /// Takes in a datagram of so many bytes, unless there are more than `most` then.
    pub(super) fn admit(self: &Arc<Self>, len: usize, most: usize) -> Option<Share> {
        let bytes = len + Self::EACH;
        let more = |held: usize| held.checked_add(bytes).filter(|more| *more <= most);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok()?;
        Some(Share { of: Arc::clone(self), bytes })
    }
}

/// The part of a datagram in a [`Load`], until it is dropped.
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
