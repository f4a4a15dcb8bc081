//! Sinks: the outputs that encoders write to.

use alloc::vec::Vec;
use core::ops::Range;

use bytes::{Bytes, BytesMut};

use crate::error::{EncodeError, EncodeErrorKind};
use crate::schema::{Field, Part};

mod chain;

pub use chain::Chain;

/// The output of an encoder. An encoder appends bytes at the end, and patches lengths and checksums
/// once they are known.
///
/// `Vec<u8>`, `BytesMut` and [`SliceSink`] are sinks, and so is `&mut S` of any sink. Marks name
/// the field of the bytes that are written. They do nothing unless a sink [records](Self::RECORDS).
pub trait Sink {
    /// Whether this sink receives [`mark`](Self::mark)s.
    const RECORDS: bool = false;

    /// Returns the number of bytes in the sink.
    fn position(&self) -> usize;

    /// Appends `bytes`.
    ///
    /// # Errors
    /// Returns an error if a sink of fixed size is full.
    fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError>;

    /// Appends a shared body. A chain of segments keeps the body without copying it.
    ///
    /// # Errors
    /// Returns the same errors as [`put`](Self::put).
    fn put_shared(&mut self, bytes: &Bytes) -> Result<(), EncodeError> {
        self.put(bytes)
    }

    /// Overwrites bytes that were written earlier. Positions that were never written are ignored.
    fn patch(&mut self, at: usize, bytes: &[u8]);

    /// Removes everything from position `to` on.
    fn truncate(&mut self, to: usize);

    /// Returns the bytes in `range`, if the sink has them in one piece.
    #[inline]
    fn piece(&self, range: Range<usize>) -> Option<&[u8]> {
        let _ = range;
        None
    }

    /// Passes the bytes in `range` to `visit`, in one or more parts, in order.
    fn parts(&self, range: Range<usize>, visit: &mut dyn FnMut(&[u8]));

    /// Receives a mark, which records which field wrote which bytes.
    #[inline]
    fn mark(&mut self, mark: Mark) {
        let _ = mark;
    }
}

/// A mark that a recording sink receives.
#[derive(Clone, Debug)]
pub enum Mark {
    /// The bytes up to the matching [`Mark::Leave`] belong to this field.
    Enter(&'static Field),
    /// The bytes up to the matching [`Mark::Leave`] are this item of a list, or this value of a tuple.
    Item(usize),
    /// The end of the innermost field or item.
    Leave,
    /// The current frame is an enum, and its variant has this index.
    Variant(usize),
    /// The variant of the current frame keeps this number as its tag.
    Tag(i128),
    /// The variant of the current frame keeps these bytes as its tag.
    TagBytes(Vec<u8>),
    /// A part of `field` is at `range`.
    Bytes {
        /// Field that the part belongs to.
        field: &'static Field,
        /// Part of the field.
        part: Part,
        /// Range of positions in the sink.
        range: Range<usize>,
    },
}

impl Sink for Vec<u8> {
    #[inline]
    fn position(&self) -> usize {
        self.len()
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.extend_from_slice(bytes);
        Ok(())
    }

    #[inline]
    fn patch(&mut self, at: usize, bytes: &[u8]) {
        patch(self, at, bytes);
    }

    #[inline]
    fn truncate(&mut self, to: usize) {
        Vec::truncate(self, to);
    }

    #[inline]
    fn piece(&self, range: Range<usize>) -> Option<&[u8]> {
        self.get(range)
    }

    fn parts(&self, range: Range<usize>, visit: &mut dyn FnMut(&[u8])) {
        self.get(range).into_iter().for_each(visit);
    }
}

impl Sink for BytesMut {
    #[inline]
    fn position(&self) -> usize {
        self.len()
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.extend_from_slice(bytes);
        Ok(())
    }

    #[inline]
    fn patch(&mut self, at: usize, bytes: &[u8]) {
        patch(self, at, bytes);
    }

    #[inline]
    fn truncate(&mut self, to: usize) {
        BytesMut::truncate(self, to);
    }

    #[inline]
    fn piece(&self, range: Range<usize>) -> Option<&[u8]> {
        self.get(range)
    }

    fn parts(&self, range: Range<usize>, visit: &mut dyn FnMut(&[u8])) {
        self.get(range).into_iter().for_each(visit);
    }
}

impl<S: Sink + ?Sized> Sink for &mut S {
    const RECORDS: bool = S::RECORDS;

    #[inline]
    fn position(&self) -> usize {
        (**self).position()
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        (**self).put(bytes)
    }

    #[inline]
    fn put_shared(&mut self, bytes: &Bytes) -> Result<(), EncodeError> {
        (**self).put_shared(bytes)
    }

    #[inline]
    fn patch(&mut self, at: usize, bytes: &[u8]) {
        (**self).patch(at, bytes);
    }

    #[inline]
    fn truncate(&mut self, to: usize) {
        (**self).truncate(to);
    }

    #[inline]
    fn piece(&self, range: Range<usize>) -> Option<&[u8]> {
        (**self).piece(range)
    }

    fn parts(&self, range: Range<usize>, visit: &mut dyn FnMut(&[u8])) {
        (**self).parts(range, visit);
    }

    #[inline]
    fn mark(&mut self, mark: Mark) {
        (**self).mark(mark);
    }
}

#[inline]
fn patch(written: &mut [u8], at: usize, bytes: &[u8]) {
    let place = written.get_mut(at..).and_then(|rest| rest.get_mut(..bytes.len()));
    if let Some(place) = place {
        place.copy_from_slice(bytes);
    }
}

/// A cursor over a buffer of fixed size.
///
/// ```
/// use framewright::{SliceSink, prelude::*};
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct Ping { id: u16 }
///
/// let mut buffer = [0; 8];
/// let mut sink = SliceSink::new(&mut buffer);
/// Ping { id: 7 }.encode(&mut sink)?;
/// assert_eq!(sink.written(), [0, 7]);
/// # Ok::<(), framewright::EncodeError>(())
/// ```
#[derive(Debug)]
pub struct SliceSink<'a> {
    buffer: &'a mut [u8],
    len: usize,
}

impl<'a> SliceSink<'a> {
    /// Creates a sink that fills `buffer` from its start.
    #[must_use]
    pub fn new(buffer: &'a mut [u8]) -> Self {
        Self { buffer, len: 0 }
    }

    /// Returns the bytes written so far.
    #[must_use]
    pub fn written(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }
}

impl Sink for SliceSink<'_> {
    #[inline]
    fn position(&self) -> usize {
        self.len
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        let free = self.buffer.get_mut(self.len..).unwrap_or_default();
        match free.get_mut(..bytes.len()) {
            Some(place) => {
                place.copy_from_slice(bytes);
                self.len += bytes.len();
                Ok(())
            }
            None => {
                let room = free.len();
                Err(EncodeError::new(EncodeErrorKind::Full { needed: bytes.len(), room }))
            }
        }
    }

    #[inline]
    fn patch(&mut self, at: usize, bytes: &[u8]) {
        patch(self.buffer.get_mut(..self.len).unwrap_or_default(), at, bytes);
    }

    #[inline]
    fn truncate(&mut self, to: usize) {
        self.len = self.len.min(to);
    }

    #[inline]
    fn piece(&self, range: Range<usize>) -> Option<&[u8]> {
        self.written().get(range)
    }

    fn parts(&self, range: Range<usize>, visit: &mut dyn FnMut(&[u8])) {
        self.written().get(range).into_iter().for_each(visit);
    }
}
