//! The out-buffer of the connection that this thread runs the handler of.
//!
//! A handler writes into the buffer of the loop that runs it, without a lock. Handler and loop
//! cannot share the buffer by reference: the handler's future holds the [`Conn`](crate::net::Conn),
//! and the loop needs the buffer whenever that future waits. So the buffer is in a thread-local
//! while the handler runs, and is taken out again before the task yields.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::BytesMut;

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
    out: BytesMut,
}

thread_local! {
    static LENT: RefCell<Lent> = RefCell::new(Lent { owner: None, out: BytesMut::new() });
}

/// Lends a buffer to the handler that is about to run. Does nothing if another buffer is lent
/// already. Then the handler of another connection runs this handler inside it. `out` is empty
/// until the buffer is taken back.
pub(crate) fn lend(owner: Owner, out: &mut BytesMut) {
    // A thread that is ending has no thread-local any more, so the handler uses the outbox.
    let _ = LENT.try_with(|lent| {
        let Ok(mut lent) = lent.try_borrow_mut() else { return };
        if lent.owner.is_none() {
            lent.owner = Some(owner);
            std::mem::swap(&mut lent.out, out);
        }
    });
}

/// Takes a buffer back, if it was lent.
pub(crate) fn reclaim(owner: Owner, out: &mut BytesMut) {
    let _ = LENT.try_with(|lent| {
        let Ok(mut lent) = lent.try_borrow_mut() else { return };
        if lent.owner == Some(owner) {
            lent.owner = None;
            std::mem::swap(&mut lent.out, out);
        }
    });
}

/// Calls a function with the buffer, if it is lent on this thread.
#[inline]
pub(crate) fn with<R>(owner: Owner, work: impl FnOnce(&mut BytesMut) -> R) -> Option<R> {
    LENT.try_with(|lent| {
        let mut lent = lent.try_borrow_mut().ok()?;
        (lent.owner == Some(owner)).then(|| work(&mut lent.out))
    })
    .ok()
    .flatten()
}
