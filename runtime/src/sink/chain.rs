//! A sink of segments, which does not copy large shared bodies.

use alloc::vec::Vec;
use core::ops::Range;

use bytes::{Bytes, BytesMut};

use super::{Sink, patch};
use crate::error::EncodeError;

/// A chain of segments for vectored writes. Large shared bodies are not copied; everything else is
/// collected between them.
///
/// ```
/// use bytes::Bytes;
/// use framewright::{prelude::*, sink::Chain};
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct File { #[len_prefixed] data: Bytes }
///
/// let data = Bytes::from(vec![7; 100_000]);
/// let mut chain = Chain::new();
/// File { data: data.clone() }.encode(&mut chain)?;
/// let segments = chain.into_segments();
/// assert_eq!(segments.len(), 2);
/// assert_eq!(segments[1].as_ptr(), data.as_ptr());
/// # Ok::<(), framewright::EncodeError>(())
/// ```
#[derive(Debug, Default)]
pub struct Chain {
    segments: Vec<Bytes>,
    /// Number of bytes in `segments`, which come before `tail`.
    before: usize,
    tail: BytesMut,
}

impl Chain {
    /// Size in bytes below which a shared body is copied.
    pub const SHARE_FROM: usize = crate::Source::SHARE_FROM;

    /// Creates an empty chain.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the segments that were written, in order.
    #[must_use]
    pub fn into_segments(mut self) -> Vec<Bytes> {
        self.close();
        self.segments
    }

    /// Makes a segment of the collected bytes.
    fn close(&mut self) {
        if !self.tail.is_empty() {
            self.before += self.tail.len();
            self.segments.push(self.tail.split().freeze());
        }
    }
}

impl Sink for Chain {
    fn position(&self) -> usize {
        self.before + self.tail.len()
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.tail.extend_from_slice(bytes);
        Ok(())
    }

    fn put_shared(&mut self, bytes: &Bytes) -> Result<(), EncodeError> {
        if bytes.len() < Self::SHARE_FROM {
            return self.put(bytes);
        }
        self.close();
        self.before += bytes.len();
        self.segments.push(bytes.clone());
        Ok(())
    }

    fn patch(&mut self, at: usize, bytes: &[u8]) {
        if let Some(at) = at.checked_sub(self.before) {
            return patch(&mut self.tail, at, bytes);
        }
        let mut start = 0;
        for segment in &mut self.segments {
            let end = start + segment.len();
            if (start..end).contains(&at) {
                // `BytesMut::from` takes over the memory of a segment without a copy unless the
                // segment is shared.
                let mut own = BytesMut::from(core::mem::take(segment));
                patch(&mut own, at - start, bytes);
                *segment = own.freeze();
                return;
            }
            start = end;
        }
    }

    fn truncate(&mut self, to: usize) {
        if let Some(to) = to.checked_sub(self.before) {
            return self.tail.truncate(to);
        }
        self.tail.clear();
        while let Some(mut segment) = self.segments.pop() {
            self.before -= segment.len();
            if self.before < to {
                segment.truncate(to - self.before);
                self.before += segment.len();
                self.segments.push(segment);
                return;
            }
        }
    }

    fn parts(&self, range: Range<usize>, visit: &mut dyn FnMut(&[u8])) {
        let mut start = 0;
        for part in self.segments.iter().map(|segment| &segment[..]).chain([&self.tail[..]]) {
            let end = start + part.len();
            let (from, to) = (range.start.max(start), range.end.min(end));
            if from < to {
                visit(part.get(from - start..to - start).unwrap_or_default());
            }
            start = end;
        }
    }
}
