//! The sender that has been silent for longest.

use std::collections::BTreeMap;
use std::net::SocketAddr;

/// The senders of datagrams in the order of their last datagram.
///
/// Those with a single datagram are kept apart, since they are replaced first: an address can be
/// forged, and a sender with a forged address never sees a reply to answer.
#[derive(Debug, Default)]
pub(super) struct Silence {
    once: BTreeMap<u64, SocketAddr>,
    again: BTreeMap<u64, SocketAddr>,
    next: u64,
}

/// When a sender sent its last datagram, and whether it was the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    at: u64,
    once: bool,
}

impl Silence {
    /// Adds a sender with its first datagram.
    pub(super) fn first(&mut self, sender: SocketAddr) -> Heard {
        let at = self.now();
        self.once.insert(at, sender);
        Heard { at, once: true }
    }

    /// Records another datagram of a sender.
    pub(super) fn again(&mut self, sender: SocketAddr, last: Heard) -> Heard {
        self.forget(last);
        let at = self.now();
        self.again.insert(at, sender);
        Heard { at, once: false }
    }

    /// Removes a sender.
    pub(super) fn forget(&mut self, last: Heard) {
        let list = if last.once { &mut self.once } else { &mut self.again };
        list.remove(&last.at);
    }

    /// Returns the sender to be replaced.
    pub(super) fn longest(&self) -> Option<SocketAddr> {
        self.once.values().chain(self.again.values()).next().copied()
    }

    fn now(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}
