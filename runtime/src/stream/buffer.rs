//! The receive buffer: making room for reads, and freeing memory.

use bytes::{Buf, BytesMut};

use super::framer::Framer;

impl Framer {
    /// Returns the buffer, with room for a read. Append received bytes to it.
    ///
    /// To drop bytes, use [`discard`](Self::discard). If the buffer is changed other than by
    /// appending, the next frame is decoded from the beginning of its new content.
    #[inline]
    pub fn room(&mut self) -> &mut BytesMut {
        let len = self.buffer.len();
        if self.start == 0 && self.can_stay() && Self::suffices(self.buffer.capacity() - len) {
            self.handed_out = len;
        } else {
            self.make_room();
        }
        &mut self.buffer
    }

    /// Returns `true` if the buffer was only appended to, and by so little that the room for reads
    /// stays as it is.
    #[inline]
    fn can_stay(&self) -> bool {
        debug_assert!(self.shared.is_empty() || self.buffer.capacity() == 0);
        let read = self.buffer.len().wrapping_sub(self.handed_out);
        self.buffer.as_ptr().addr() == self.address && read < self.steady
    }

    /// Returns `true` if this is enough free memory for a small read, but not too much to keep.
    #[inline]
    fn suffices(free: usize) -> bool {
        (Self::READ_MIN..=Self::KEEP - Self::READ_MAX).contains(&free)
    }

    /// Does the work of `room` if frames were taken, or if the buffer does not suit.
    #[inline(never)]
    fn make_room(&mut self) {
        let is_taken = self.start == self.buffer.len();
        if is_taken && self.can_stay() && Self::suffices(self.buffer.capacity()) {
            self.buffer.clear();
            self.start = 0;
            self.handed_out = 0;
        } else {
            self.adapt_room();
        }
    }

    /// Does the work of `room` in all other cases.
    #[inline(never)]
    fn adapt_room(&mut self) {
        if !self.shared.is_empty() {
            self.regain();
        }
        if self.is_changed() {
            self.progress.forget();
            self.find_again();
        }
        self.adapt();
        if self.start > 0 {
            self.drop_taken();
        }
        if self.buffer.capacity() > Self::KEEP && self.buffer.len() < Self::READ_MAX {
            self.buffer = BytesMut::from(&*self.buffer);
        }
        // Growth doubles the capacity, so the size of the buffer follows the number of received
        // bytes.
        self.buffer.reserve(Self::READ_MIN << self.doublings);
        self.hand_out();
    }

    /// Records the state of the buffer, so that a [change](Self::is_changed) can be detected.
    pub(super) fn hand_out(&mut self) {
        self.handed_out = self.buffer.len();
        self.address = self.buffer.as_ptr().addr();
    }

    /// Returns `true` if the buffer was changed other than by appending. A buffer that was moved in
    /// memory to grow also counts as changed. That is rare and only means that the frame is decoded
    /// from its start again.
    pub(super) fn is_changed(&self) -> bool {
        let moved = self.buffer.len() < self.handed_out || self.buffer.as_ptr().addr() != self.address;
        moved && self.shared.is_empty()
    }

    /// Drops the bytes of frames that were returned.
    fn drop_taken(&mut self) {
        if self.start == self.buffer.len() {
            self.buffer.clear();
        } else {
            self.buffer.advance(self.start);
        }
        self.start = 0;
    }

    /// Adapts the room for the next read to the size of the last read.
    #[inline]
    fn adapt(&mut self) {
        let read = self.buffer.len().saturating_sub(self.handed_out);
        let room = Self::READ_MIN << self.doublings;
        if read == 0 {
            // Nothing was appended since `room` last returned the buffer.
        } else if read >= room {
            self.set_doublings((self.doublings + 1).min(Self::MOST_DOUBLINGS));
        } else if read < room / 4 && !self.whole_reads {
            self.set_doublings(self.doublings.saturating_sub(1));
        }
    }

    pub(super) fn set_doublings(&mut self, doublings: u8) {
        self.doublings = doublings;
        self.steady = if doublings == 0 { Self::READ_MIN } else { 0 };
    }

    /// Makes `buffer` writable again after the `Bytes` of a long frame shared it. If they still do,
    /// the bytes after the frame are copied to a new buffer.
    #[cold]
    pub(super) fn regain(&mut self) {
        if self.shared.is_empty() {
            return;
        }
        self.buffer = core::mem::take(&mut self.shared).try_into_mut().unwrap_or_else(|kept| {
            let rest = BytesMut::from(kept.get(self.start..).unwrap_or_default());
            self.start = 0;
            self.handed_out = rest.len();
            rest
        });
        self.address = self.buffer.as_ptr().addr();
    }

    /// Returns the size of the memory that the framer holds, in bytes.
    #[must_use]
    pub fn held(&self) -> usize {
        self.buffer.capacity() + self.shared.len()
    }

    /// Frees memory that a waiting stream does not need: the buffer if no bytes have arrived, or
    /// the room for reads if a small part of a frame has arrived. The returned buffer can be used
    /// elsewhere, or dropped.
    pub fn release(&mut self) -> BytesMut {
        self.regain();
        self.adapt();
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        if rest.is_empty() {
            self.start = 0;
            let released = core::mem::take(&mut self.buffer);
            self.hand_out();
            return released;
        }
        if rest.len() > self.buffer.capacity() / 4 {
            return BytesMut::new();
        }
        let rest = BytesMut::from(rest);
        self.start = 0;
        let released = core::mem::replace(&mut self.buffer, rest);
        self.hand_out();
        released
    }

    /// Gives the framer a buffer that was [released](Self::release) elsewhere, if it holds no bytes
    /// and has no buffer.
    pub fn lend(&mut self, buffer: impl FnOnce() -> BytesMut) {
        // Shared bytes take the place of the buffer with the next read.
        if self.buffer.capacity() == 0 && self.shared.is_empty() {
            self.buffer = buffer();
            self.buffer.clear();
            self.hand_out();
        }
    }
}
