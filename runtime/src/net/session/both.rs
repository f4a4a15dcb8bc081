//! A waker of two tasks.

use std::sync::Arc;
use std::task::{Wake, Waker};

/// Returns a waker that wakes both tasks.
pub(super) fn both(one: &Waker, other: &Waker) -> Waker {
    Waker::from(Arc::new(Both(one.clone(), other.clone())))
}

struct Both(Waker, Waker);

impl Wake for Both {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.wake_by_ref();
        self.1.wake_by_ref();
    }
}
