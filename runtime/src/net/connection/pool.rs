//! Buffers for those who need one now.
//!
//! Idle connections hold no buffers, and a busy server goes idle and back with almost every
//! frame of a conversation. What one connection gives up the next one takes, on
//! the same thread, without asking the allocator.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use bytes::BytesMut;

/// How many buffers a thread keeps.
const KEPT: usize = 16;

/// The least and the most bytes of a buffer worth keeping.
const WORTH: RangeInclusive<usize> = 1024..=64 * 1024;

thread_local! {
    static BUFFERS: RefCell<Vec<BytesMut>> = const { RefCell::new(Vec::new()) };
}

/// An empty buffer with some room.
pub(crate) fn take() -> BytesMut {
    let kept = BUFFERS.try_with(|buffers| buffers.try_borrow_mut().ok()?.pop());
    kept.ok().flatten().unwrap_or_else(|| BytesMut::with_capacity(8 * 1024))
}

/// Gives up a buffer.
pub(crate) fn give(mut buffer: BytesMut) {
    buffer.clear();
    if !WORTH.contains(&buffer.capacity()) {
        return;
    }
    // A thread that ends has no use for it.
    let _ = BUFFERS.try_with(|buffers| {
        let Ok(mut buffers) = buffers.try_borrow_mut() else { return };
        if buffers.len() < KEPT {
            buffers.push(buffer);
        }
    });
}
