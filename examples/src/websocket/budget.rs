//! A memory budget for incomplete messages.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A memory budget that all connections of a server share. Each address has a limit, too. The
/// budget is for the pieces of messages that are kept between frames. The memory for a single frame
/// is limited by the server.
#[derive(Clone, Debug)]
pub struct Budget(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    all: usize,
    each: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    each: HashMap<IpAddr, usize>,
}

/// The part of the budget that a connection uses. It is given back when dropped.
#[derive(Debug)]
pub struct Share {
    budget: Budget,
    address: IpAddr,
    bytes: usize,
}

impl Budget {
    /// Creates a budget of `all` bytes. The connections from one address can use at most `each`
    /// bytes.
    #[must_use]
    pub fn new(all: usize, each: usize) -> Self {
        Self(Arc::new(Shared { all, each, taken: Mutex::default() }))
    }

    /// Returns an empty share for a connection from this address.
    #[must_use]
    pub fn share(&self, address: IpAddr) -> Share {
        Share { budget: self.clone(), address, bytes: 0 }
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    /// Sets the size of the share. Returns `false` and changes nothing if the budget does not allow
    /// it.
    #[must_use]
    pub fn set(&mut self, bytes: usize) -> bool {
        let Shared { all, each, .. } = &*self.budget.0;
        let mut taken = self.budget.lock();
        let of_all = taken.all.saturating_sub(self.bytes).saturating_add(bytes);
        let of_each = taken.each.get(&self.address).copied().unwrap_or_default();
        let of_each = of_each.saturating_sub(self.bytes).saturating_add(bytes);
        if bytes > self.bytes && (of_all > *all || of_each > *each) {
            return false;
        }
        taken.all = of_all;
        if of_each == 0 {
            taken.each.remove(&self.address);
        } else {
            taken.each.insert(self.address, of_each);
        }
        drop(taken);
        self.bytes = bytes;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let _ = self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_part_and_all_have_the_whole() {
        let budget = Budget::new(100, 60);
        let [here, there] = [[127, 0, 0, 1], [127, 0, 0, 2]].map(IpAddr::from);
        let (mut one, mut two, mut three) = (budget.share(here), budget.share(here), budget.share(there));
        assert!(one.set(50));
        assert!(!two.set(11), "more than an address has");
        assert!(two.set(10));
        assert!(!three.set(41), "more than there is");
        assert!(three.set(40));
        assert!(one.set(20));
        assert!(three.set(60));
        drop((one, two, three));
        assert!(budget.lock().each.is_empty());
        assert_eq!(budget.lock().all, 0);
    }
}
