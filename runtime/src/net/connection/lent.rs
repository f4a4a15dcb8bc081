//! Lends the out-buffer of a connection to the handler that the current thread runs.
//!
//! A handler writes into the out-buffer of its connection without a lock. The connection's loop
//! owns the buffer and polls the handler. They cannot share the buffer by reference: the handler's
//! future holds the [`Conn`](crate::net::Conn), and the loop needs the buffer whenever that future
//! is pending. So the loop moves the buffer into a thread-local before it polls the handler, and
//! takes the buffer back before the task yields.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use super::out_buffer::OutBuffer;

/// The identity of a connection. It is a number because the address of an object may be reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner(u64);

impl Owner {
    /// Returns an identity that was never used before.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

struct Lent {
    owner: Option<Owner>,
    /// The lent buffer; empty while no buffer is lent.
    out: OutBuffer,
}

thread_local! {
    static LENT: RefCell<Lent> = RefCell::new(Lent { owner: None, out: OutBuffer::new() });
}

/// Lends a buffer to the handler that is about to run. `out` is empty until [`reclaim`]. Does
/// nothing if another buffer is lent already, which happens if the handler of another connection
/// polls this handler.
pub(crate) fn lend(owner: Owner, out: &mut OutBuffer) {
    // In a thread that is ending, the thread-local no longer exists. The handler then writes to the
    // outbox.
    let _ = LENT.try_with(|lent| {
        let Ok(mut lent) = lent.try_borrow_mut() else { return };
        if lent.owner.is_none() {
            lent.owner = Some(owner);
            std::mem::swap(&mut lent.out, out);
        }
    });
}

/// Takes a buffer back, if it was lent.
pub(crate) fn reclaim(owner: Owner, out: &mut OutBuffer) {
    let _ = LENT.try_with(|lent| {
        let Ok(mut lent) = lent.try_borrow_mut() else { return };
        if lent.owner == Some(owner) {
            lent.owner = None;
            std::mem::swap(&mut lent.out, out);
        }
    });
}

/// Calls `work` with the buffer of `owner`. Returns `None` if this thread has not lent that buffer.
#[inline]
pub(crate) fn with<R>(owner: Owner, work: impl FnOnce(&mut OutBuffer) -> R) -> Option<R> {
    LENT.try_with(|lent| {
        let mut lent = lent.try_borrow_mut().ok()?;
        (lent.owner == Some(owner)).then(|| work(&mut lent.out))
    })
    .ok()
    .flatten()
}
