//! A memory budget with a limit for each owner.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A memory budget that all connections of a server share. Each owner of connections has a limit,
/// too: a [network](crate::Network) or a user. The budget is for what is kept between frames. The
/// memory for a single frame is limited by the server.
#[derive(Clone, Debug)]
pub struct Budget<Owner>(Arc<Shared<Owner>>);

#[derive(Debug)]
struct Shared<Owner> {
    all: usize,
    each: usize,
    taken: Mutex<Taken<Owner>>,
}

#[derive(Debug)]
struct Taken<Owner> {
    all: usize,
    each: HashMap<Owner, usize>,
}

/// The part of the budget that a connection uses. It is given back when dropped.
#[derive(Debug)]
pub struct Share<Owner: Clone + Eq + Hash> {
    budget: Budget<Owner>,
    owner: Owner,
    bytes: usize,
}

impl<Owner: Clone + Eq + Hash> Budget<Owner> {
    /// Creates a budget of `all` bytes. Each owner can use at most `each` bytes.
    #[must_use]
    pub fn new(all: usize, each: usize) -> Self {
        let taken = Mutex::new(Taken { all: 0, each: HashMap::new() });
        Self(Arc::new(Shared { all, each, taken }))
    }

    /// Returns an empty share for this owner.
    #[must_use]
    pub fn share(&self, owner: impl Into<Owner>) -> Share<Owner> {
        Share { budget: Self(Arc::clone(&self.0)), owner: owner.into(), bytes: 0 }
    }

    fn lock(&self) -> MutexGuard<'_, Taken<Owner>> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<Owner: Clone + Eq + Hash> Share<Owner> {
    /// Sets the size of the share. Returns `false` and changes nothing if the budget does not allow
    /// it.
    #[must_use]
    pub fn set(&mut self, bytes: usize) -> bool {
        let Shared { all, each, .. } = &*self.budget.0;
        let mut taken = self.budget.lock();
        let of_all = taken.all.saturating_sub(self.bytes).saturating_add(bytes);
        let of_each = taken.each.get(&self.owner).copied().unwrap_or_default();
        let of_each = of_each.saturating_sub(self.bytes).saturating_add(bytes);
        if bytes > self.bytes && (of_all > *all || of_each > *each) {
            return false;
        }
        taken.all = of_all;
        if of_each == 0 {
            taken.each.remove(&self.owner);
        } else {
            taken.each.insert(self.owner.clone(), of_each);
        }
        drop(taken);
        self.bytes = bytes;
        true
    }
}

impl<Owner: Clone + Eq + Hash> Drop for Share<Owner> {
    fn drop(&mut self) {
        let _ = self.set(0);
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::Network;

    #[test]
    fn an_owner_has_its_part_and_all_have_the_whole() {
        let budget = Budget::<Network>::new(100, 60);
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
