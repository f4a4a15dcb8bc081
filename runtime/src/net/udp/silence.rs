//! Who has been silent for longest.

use std::collections::BTreeMap;
use std::net::SocketAddr;

/// The senders of datagrams in the order in which they have last been heard of.
///
/// Those that have sent a single datagram are apart, since they give way first: an address can be made up, and whoever answers to one that
/// is not his own does not hear the answer.
#[derive(Debug, Default)]
pub(super) struct Silence {
    once: BTreeMap<u64, SocketAddr>,
    again: BTreeMap<u64, SocketAddr>,
    next: u64,
}

/// When a sender was last heard of, and whether that was the first time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    at: u64,
    once: bool,
}

impl Silence {
    /// A sender is heard of for the first time.
    pub(super) fn first(&mut self, sender: SocketAddr) -> Heard {
        let at = self.now();
        self.once.insert(at, sender);
        Heard { at, once: true }
    }

    /// A sender is heard of again.
    pub(super) fn again(&mut self, sender: SocketAddr, last: Heard) -> Heard {
        self.forget(last);
        let at = self.now();
        self.again.insert(at, sender);
        Heard { at, once: false }
    }

    /// A sender is gone.
    pub(super) fn forget(&mut self, last: Heard) {
        let list = if last.once { &mut self.once } else { &mut self.again };
        list.remove(&last.at);
    }

    /// Who gives way to another.
    pub(super) fn longest(&self) -> Option<SocketAddr> {
        self.once.values().chain(self.again.values()).next().copied()
    }

    fn now(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}
