//! The out-buffers of connections.

use std::io::{self, IoSlice};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::AsyncWrite;

use super::pool;
use crate::error::EncodeError;
use crate::frame::Encode;
use crate::sink::{Chain, Sink};

/// Maximum number of segments in one vectored write.
const SEGMENTS: usize = 16;

/// Encoded frames that are to be written. Large shared bodies are written without a copy.
#[derive(Debug, Default)]
pub(crate) struct OutBuffer(Chain);

impl OutBuffer {
    /// Size in bytes below which a shared body is copied. It is higher than that of a [`Chain`],
    /// because a copy of less costs little beside the system call, and keeps a batch in one piece.
    pub(crate) const SHARE_FROM: usize = 64 * 1024;

    /// Creates an empty out-buffer, which has no memory yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.0.position()
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends a frame and returns its length. Appends nothing if the frame cannot be encoded or
    /// its encoder panics.
    // `always`, because the compiler would make it a call of 25 instructions for each frame.
    #[inline(always)]
    pub(crate) fn push<T: Encode>(&mut self, frame: &T) -> Result<usize, EncodeError> {
        struct Whole<'a> {
            out: &'a mut OutBuffer,
            len: usize,
        }
        impl Drop for Whole<'_> {
            #[cold]
            fn drop(&mut self) {
                self.out.truncate(self.len);
            }
        }

        self.ensure_memory();
        let len = self.len();
        let whole = Whole { len, out: self };
        frame.encode(&mut *whole.out)?;
        let pushed = whole.out.len() - len;
        // Only an error or a panic of the encoder leaves something to be removed.
        std::mem::forget(whole);
        Ok(pushed)
    }

    /// Appends an encoded frame.
    pub(crate) fn push_encoded(&mut self, frame: &Bytes) {
        if frame.len() >= Self::SHARE_FROM {
            return self.0.share(frame.clone());
        }
        // A small frame may be one for thousands of connections, so it must not allocate a buffer
        // of the usual size for each of them.
        if frame.len() >= pool::LEAST {
            self.ensure_memory();
        }
        self.tail().extend_from_slice(frame);
    }

    /// Appends the bytes of another out-buffer, and removes them there.
    pub(crate) fn append(&mut self, other: &mut Self) {
        self.0.append(&mut other.0);
    }

    /// Copies everything into one piece, if there are large bodies.
    pub(crate) fn join(&mut self) {
        if !self.is_one_piece() {
            let mut whole = BytesMut::with_capacity(self.len());
            self.parts(0..self.len(), &mut |part| whole.extend_from_slice(part));
            self.clear();
            *self.tail() = whole;
        }
    }

    /// Writes as many bytes as `io` takes at once, and returns their number. The bytes stay here
    /// until [`advance`](Self::advance) removes them. A stream without vectored writes takes one
    /// segment at once.
    pub(crate) fn poll_write<IO: AsyncWrite + Unpin + ?Sized>(
        &self,
        io: &mut IO,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let io = Pin::new(io);
        if self.is_one_piece() {
            return io.poll_write(cx, self.0.chunk());
        }
        let mut slices = [IoSlice::new(&[]); SEGMENTS];
        let count = self.0.chunks_vectored(&mut slices);
        io.poll_write_vectored(cx, slices.get(..count).unwrap_or_default())
    }

    fn is_one_piece(&self) -> bool {
        self.0.chunk().len() == self.len()
    }

    /// Removes bytes at the start.
    pub(crate) fn advance(&mut self, count: usize) {
        self.0.advance(count);
    }

    /// Removes all bytes and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes a buffer from the pool if the out-buffer has none.
    #[inline]
    pub(crate) fn ensure_memory(&mut self) {
        if self.has_no_memory() {
            self.take_memory();
        }
    }

    /// Takes memory from the pool. This is a function of its own so that [`push`](Self::push) stays
    /// small enough to be inlined.
    #[cold]
    fn take_memory(&mut self) {
        *self.tail() = pool::take();
    }

    /// Drops the bytes and gives the memory back to the pool.
    pub(crate) fn release(&mut self) {
        self.clear();
        pool::give(std::mem::take(self.tail()));
    }

    #[inline]
    pub(crate) fn has_no_memory(&self) -> bool {
        self.0.tail().capacity() == 0
    }

    /// Returns the number of bytes of memory that the out-buffer holds.
    pub(crate) fn held(&self) -> usize {
        self.0.held()
    }

    /// Returns the buffer that bytes can be appended to.
    pub(crate) fn tail(&mut self) -> &mut BytesMut {
        self.0.tail_mut()
    }
}

impl Sink for OutBuffer {
    #[inline]
    fn position(&self) -> usize {
        self.0.position()
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.0.put(bytes)
    }

    #[inline]
    fn put_shared(&mut self, bytes: &Bytes) -> Result<(), EncodeError> {
        if bytes.len() < Self::SHARE_FROM {
            return self.0.put(bytes);
        }
        self.0.share(bytes.clone());
        Ok(())
    }

    #[inline]
    fn patch(&mut self, at: usize, bytes: &[u8]) {
        self.0.patch(at, bytes);
    }

    #[inline]
    fn truncate(&mut self, to: usize) {
        Sink::truncate(&mut self.0, to);
    }

    #[inline]
    fn piece(&self, range: Range<usize>) -> Option<&[u8]> {
        self.0.piece(range)
    }

    fn parts(&self, range: Range<usize>, visit: &mut dyn FnMut(&[u8])) {
        self.0.parts(range, visit);
    }
}

#[cfg(test)]
mod tests {
    use framewright_macros::Frame;

    use super::*;

    #[derive(Frame)]
    #[frame(be)]
    struct Named {
        #[len_prefixed(u32)]
        body: Bytes,
        #[len_prefixed(u8)]
        name: Vec<u8>,
    }

    fn large() -> Bytes {
        Bytes::from(vec![2; OutBuffer::SHARE_FROM])
    }

    #[test]
    fn nothing_is_left_of_a_frame_that_cannot_be_encoded() {
        let mut out = OutBuffer::new();
        out.push(&Named { body: Bytes::from("hi"), name: vec![1] }).unwrap();
        let before = out.len();
        out.push(&Named { body: large(), name: vec![0; 300] }).unwrap_err();
        assert_eq!(out.len(), before);
        let mut written = Vec::new();
        out.parts(0..before, &mut |part| written.extend_from_slice(part));
        assert_eq!(written, b"\0\0\0\x02hi\x01\x01");
    }

    #[test]
    fn the_memory_before_a_large_body_is_available_again() {
        let mut out = OutBuffer::new();
        out.ensure_memory();
        let memory = out.held();
        out.put(&vec![1; memory - 8]).unwrap();
        out.put_shared(&large()).unwrap();
        out.advance(out.len());
        out.clear();
        assert_eq!(out.held(), memory);
    }

    #[test]
    fn a_joined_out_buffer_is_one_piece() {
        let mut out = OutBuffer::new();
        out.put(&[1]).unwrap();
        out.put_shared(&large()).unwrap();
        out.put(&[3]).unwrap();
        assert_eq!(out.piece(0..out.len()), None);
        out.join();
        let expected = [&[1][..], &vec![2; OutBuffer::SHARE_FROM], &[3]].concat();
        assert_eq!(out.piece(0..out.len()), Some(&expected[..]));
    }

    #[test]
    fn connections_share_the_memory_of_a_large_encoded_frame() {
        let frame = large();
        for _ in 0..2 {
            let mut out = OutBuffer::new();
            out.push_encoded(&frame);
            assert_eq!(out.0.chunk().as_ptr(), frame.as_ptr());
        }
    }

    #[test]
    fn memory_is_released_with_the_bytes() {
        let mut out = OutBuffer::new();
        out.ensure_memory();
        out.push_encoded(&large());
        out.release();
        assert!((out.len(), out.held()) == (0, 0));
    }
}
