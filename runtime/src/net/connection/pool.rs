//! A pool of buffers.
//!
//! Idle connections hold no buffers, and in a conversation a connection becomes idle after almost
//! every frame. A buffer given back by one connection is reused by the next on the same thread,
//! without the allocator.

use std::cell::RefCell;
use std::ops::RangeInclusive;

use bytes::BytesMut;

/// The maximum number of buffers kept by a thread.
const KEPT: usize = 32;

/// The smallest size of a buffer that is kept.
pub(crate) const LEAST: usize = 1024;

/// The sizes of buffers that are kept.
const WORTH: RangeInclusive<usize> = LEAST..=256 * 1024;

/// The maximum total size of the buffers kept by a thread.
const KEPT_BYTES: usize = 4 * 1024 * 1024;

thread_local! {
    static BUFFERS: RefCell<Kept> = const { RefCell::new(Kept { buffers: Vec::new(), bytes: 0 }) };
}

/// The buffers of a thread, and their total size.
struct Kept {
    buffers: Vec<BytesMut>,
    bytes: usize,
}

/// Returns an empty buffer with some room.
pub(crate) fn take() -> BytesMut {
    let kept = BUFFERS.try_with(|kept| {
        let mut kept = kept.try_borrow_mut().ok()?;
        let buffer = kept.buffers.pop()?;
        kept.bytes -= buffer.capacity();
        Some(buffer)
    });
    kept.ok().flatten().unwrap_or_else(|| BytesMut::with_capacity(8 * 1024))
}

/// Gives a buffer back to the pool.
pub(crate) fn give(mut buffer: BytesMut) {
    buffer.clear();
    if !WORTH.contains(&buffer.capacity()) {
        return;
    }
    // In a thread that is ending, the pool no longer exists.
    let _ = BUFFERS.try_with(|kept| {
        let Ok(mut kept) = kept.try_borrow_mut() else { return };
        if kept.buffers.len() < KEPT && kept.bytes + buffer.capacity() <= KEPT_BYTES {
            kept.bytes += buffer.capacity();
            kept.buffers.push(buffer);
        }
    });
}
