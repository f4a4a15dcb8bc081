//! What is known about how deep frames may be nested in the values of a type.

use core::sync::atomic::{AtomicU16, Ordering};

/// What a type has found out about how deep frames may be nested in its values. Without it, the type
/// would be asked again for each value, and once for each way that leads to it from other types.
#[derive(Debug)]
pub struct Depth {
    /// No values are nested more than this number of levels deep.
    most: AtomicU16,
    /// Values may be nested more than each number of levels below this one.
    exceeded: AtomicU16,
}

impl Depth {
    /// Creates the knowledge of nothing.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "it is made in constants")]
    pub const fn new() -> Self {
        Self { most: AtomicU16::new(u16::MAX), exceeded: AtomicU16::new(0) }
    }

    /// Returns `true` if values may be nested more than `levels` deep. Calls `ask` only if that is not
    /// known.
    pub fn may_exceed(&self, levels: u16, ask: impl FnOnce(u16) -> bool) -> bool {
        if levels >= self.most.load(Ordering::Relaxed) {
            return false;
        }
        if levels < self.exceeded.load(Ordering::Relaxed) {
            return true;
        }
        // If two threads ask at once, one answer may be forgotten, and is asked for again.
        let may = ask(levels);
        if may {
            self.exceeded.store(levels.saturating_add(1), Ordering::Relaxed);
        } else {
            self.most.store(levels, Ordering::Relaxed);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_not_asked_again() {
        let depth = Depth::new();
        let ask = |levels: u16| depth.may_exceed(levels, |levels| levels < 5);
        assert!(ask(3) && !ask(9) && !ask(5) && ask(4));
        let never = |levels: u16| depth.may_exceed(levels, |_| panic!("it is known"));
        assert!((0..5).all(never) && !(5..200).any(never));
    }
}
