//! Finding the sender that has been silent for longest.

use std::collections::BTreeMap;
use std::net::SocketAddr;

/// The senders of datagrams in the order of their last datagram.
///
/// Senders of a single datagram are kept apart because they are replaced first: their address may
/// be forged. A sender with a forged address sees no reply, so it does not send a second datagram
/// in response.
#[derive(Debug, Default)]
pub(super) struct Silence {
    once: BTreeMap<u64, SocketAddr>,
    again: BTreeMap<u64, SocketAddr>,
    next: u64,
}

/// The position of a sender's last datagram in that order, and whether it was its first datagram.
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

    /// Returns the sender that is replaced next.
    pub(super) fn longest(&self) -> Option<SocketAddr> {
        self.once.values().chain(self.again.values()).next().copied()
    }

    fn now(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}
