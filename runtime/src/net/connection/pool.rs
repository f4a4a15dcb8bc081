//! Buffers for those who need one now.
//!
//! Idle connections hold no buffers, and a busy server goes idle and back with almost every
//! frame of a conversation. What one connection gives up the next one takes, on
//! the same thread, without asking the allocator.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use bytes::BytesMut;

/// How many buffers a thread keeps.
const KEPT: usize = 32;

/// The least bytes of a buffer worth keeping.
pub(crate) const LEAST: usize = 1024;

/// The least and the most.
const WORTH: RangeInclusive<usize> = LEAST..=256 * 1024;

/// How many bytes of buffers a thread keeps.
const KEPT_BYTES: usize = 4 * 1024 * 1024;

thread_local! {
    static BUFFERS: RefCell<Kept> = const { RefCell::new(Kept { buffers: Vec::new(), bytes: 0 }) };
}

/// The buffers of a thread, and how many bytes they are.
struct Kept {
    buffers: Vec<BytesMut>,
    bytes: usize,
}

/// An empty buffer with some room.
pub(crate) fn take() -> BytesMut {
    let kept = BUFFERS.try_with(|kept| {
        let mut kept = kept.try_borrow_mut().ok()?;
        let buffer = kept.buffers.pop()?;
        kept.bytes -= buffer.capacity();
        Some(buffer)
    });
    kept.ok().flatten().unwrap_or_else(|| BytesMut::with_capacity(8 * 1024))
}

/// Gives up a buffer.
pub(crate) fn give(mut buffer: BytesMut) {
    buffer.clear();
    if !WORTH.contains(&buffer.capacity()) {
        return;
    }
    // A thread that ends has no use for it.
    let _ = BUFFERS.try_with(|kept| {
        let Ok(mut kept) = kept.try_borrow_mut() else { return };
        if kept.buffers.len() < KEPT && kept.bytes + buffer.capacity() <= KEPT_BYTES {
            kept.bytes += buffer.capacity();
            kept.buffers.push(buffer);
        }
    });
}
