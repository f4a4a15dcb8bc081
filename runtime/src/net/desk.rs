//! The out-buffer of the connection whose handler is running on this thread.
//!
//! A handler writes into the buffer of the loop that runs it, without a lock. They cannot share it
//! by reference: the handler's future holds the [`Conn`](super::Conn), and the loop needs the buffer
//! whenever that future waits. So while the handler runs, the buffer lies where both find it: on
//! the desk of the thread. It is never left there when the task yields.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::BytesMut;

/// Tells connections apart. An address would not do: it is used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner(u64);

impl Owner {
    /// One that never was before.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

struct Desk {
    owner: Option<Owner>,
    /// Empty while nobody's buffer lies here.
    out: BytesMut,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::new(Desk { owner: None, out: BytesMut::new() });
}

/// Puts a buffer on the desk, unless another lies there: that of a connection whose handler
/// runs this one inside it. `out` is empty until it is taken back.
pub(crate) fn put(owner: Owner, out: &mut BytesMut) {
    // A thread that ends has no desk any more; then the outbox is used.
    let _ = DESK.try_with(|desk| {
        let Ok(mut desk) = desk.try_borrow_mut() else { return };
        if desk.owner.is_none() {
            desk.owner = Some(owner);
            std::mem::swap(&mut desk.out, out);
        }
    });
}

/// Takes a buffer back from the desk, if it lies there.
pub(crate) fn take(owner: Owner, out: &mut BytesMut) {
    let _ = DESK.try_with(|desk| {
        let Ok(mut desk) = desk.try_borrow_mut() else { return };
        if desk.owner == Some(owner) {
            desk.owner = None;
            std::mem::swap(&mut desk.out, out);
        }
    });
}

/// Works on a buffer if it lies on this thread's desk.
#[inline]
pub(crate) fn on<R>(owner: Owner, work: impl FnOnce(&mut BytesMut) -> R) -> Option<R> {
    DESK.try_with(|desk| {
        let mut desk = desk.try_borrow_mut().ok()?;
        (desk.owner == Some(owner)).then(|| work(&mut desk.out))
    })
    .ok()
    .flatten()
}
