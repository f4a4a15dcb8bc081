//! A sink that does not copy large shared bodies.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::ops::{Deref, Range};

use bytes::{Buf, Bytes, BytesMut};

use super::{Sink, patch};
use crate::error::EncodeError;

/// A chain of segments for vectored writes. Shared bodies of at least
/// [`SHARE_FROM`](Self::SHARE_FROM) bytes are segments of their own, which are not copied. All
/// other bytes are collected between them.
///
/// A chain is also a [`Buf`], so it can be written with `write_all_buf` of tokio, which makes
/// vectored writes. Servers, sessions and clients send large bodies in the same way.
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
    /// The segments before `tail`; `None` if there are none. Boxed, because each connection has
    /// chains, and most of them have no large bodies.
    front: Option<Box<Front>>,
    /// Number of bytes in `front`. It is not there, because encoders ask for it often.
    before: usize,
    tail: BytesMut,
}

/// Segments, none of them empty.
#[derive(Debug, Default)]
struct Front(VecDeque<Segment>);

#[derive(Debug)]
enum Segment {
    Own(BytesMut),
    Shared(Bytes),
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
    pub fn into_segments(self) -> Vec<Bytes> {
        let front = self.front.into_iter().flat_map(|front| front.0);
        let tail = Some(self.tail).filter(|tail| !tail.is_empty()).map(Segment::Own);
        front.chain(tail).map(Segment::freeze).collect()
    }

    /// Appends a body without a copy. It must not be empty.
    #[cold]
    pub(crate) fn share(&mut self, body: Bytes) {
        let front = self.front.get_or_insert_default();
        self.before += self.tail.len() + body.len();
        if !self.tail.is_empty() {
            front.0.push_back(Segment::Own(self.tail.split()));
        }
        front.0.push_back(Segment::Shared(body));
    }

    /// Overwrites bytes that begin in a segment.
    #[cold]
    fn patch_segments(&mut self, mut at: usize, mut bytes: &[u8]) {
        let mut start = 0;
        for segment in self.front.iter_mut().flat_map(|front| &mut front.0) {
            if bytes.is_empty() {
                return;
            }
            let end = start + segment.len();
            if at < end {
                let (here, rest) = bytes.split_at(bytes.len().min(end - at));
                segment.patch(at - start, here);
                (at, bytes) = (end, rest);
            }
            start = end;
        }
        patch(&mut self.tail, at.saturating_sub(start), bytes);
    }

    #[cold]
    fn advance_segments(&mut self, count: usize) {
        let here = count.min(self.before);
        if let Some(front) = &mut self.front {
            front.advance(here);
        }
        self.before -= here;
        self.front.take_if(|front| front.0.is_empty());
        self.tail.advance((count - here).min(self.tail.len()));
    }

    /// Removes everything from position `to` on, which is in a segment.
    #[cold]
    fn truncate_segments(&mut self, to: usize) {
        self.tail.clear();
        while self.before > to {
            let Some(mut last) = self.front.as_mut().and_then(|front| front.0.pop_back()) else { return };
            self.before -= last.len();
            if self.before < to {
                last.truncate(to - self.before);
                self.before = to;
                self.front.get_or_insert_default().0.push_back(last);
            }
        }
        self.front.take_if(|front| front.0.is_empty());
    }
}

/// Functions for out-buffers.
#[cfg(feature = "net")]
impl Chain {
    /// Returns the buffer that bytes are collected in.
    #[inline]
    pub(crate) fn tail(&self) -> &BytesMut {
        &self.tail
    }

    #[inline]
    pub(crate) fn tail_mut(&mut self) -> &mut BytesMut {
        &mut self.tail
    }

    /// Returns the number of bytes of memory that the chain holds.
    pub(crate) fn held(&self) -> usize {
        self.before + self.tail.capacity()
    }

    /// Appends the bytes of another chain, and removes them there.
    pub(crate) fn append(&mut self, other: &mut Self) {
        if self.position() == 0 {
            return core::mem::swap(self, other);
        }
        for segment in other.front.take().into_iter().flat_map(|front| front.0) {
            match segment {
                Segment::Own(bytes) => self.tail.extend_from_slice(&bytes),
                Segment::Shared(body) => self.share(body),
            }
        }
        self.tail.extend_from_slice(&other.tail);
        other.clear();
    }

    /// Removes all bytes and keeps the buffer.
    pub(crate) fn clear(&mut self) {
        self.front = None;
        self.before = 0;
        self.tail.clear();
        // Makes the memory before the tail available again: what was split off, and what `advance`
        // has passed over. It fails if that is still shared.
        let _ = self.tail.try_reclaim(self.tail.capacity() + 1);
    }
}

impl Front {
    /// Removes `count` bytes at the start.
    fn advance(&mut self, mut count: usize) {
        while let Some(first) = self.0.front_mut() {
            if count < first.len() {
                return first.advance(count);
            }
            count -= first.len();
            self.0.pop_front();
        }
    }
}

impl Segment {
    fn patch(&mut self, at: usize, bytes: &[u8]) {
        match self {
            Self::Own(own) => patch(own, at, bytes),
            // Copied only if other handles share the body.
            Self::Shared(body) => {
                let mut own = BytesMut::from(core::mem::take(body));
                patch(&mut own, at, bytes);
                *self = Self::Own(own);
            }
        }
    }

    fn advance(&mut self, count: usize) {
        match self {
            Self::Own(own) => own.advance(count),
            Self::Shared(body) => body.advance(count),
        }
    }

    fn truncate(&mut self, to: usize) {
        match self {
            Self::Own(own) => own.truncate(to),
            Self::Shared(body) => body.truncate(to),
        }
    }

    fn freeze(self) -> Bytes {
        match self {
            Self::Own(own) => own.freeze(),
            Self::Shared(body) => body,
        }
    }
}

impl Deref for Segment {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Own(own) => own,
            Self::Shared(body) => body,
        }
    }
}

impl Sink for Chain {
    #[inline]
    fn position(&self) -> usize {
        self.before + self.tail.len()
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.tail.extend_from_slice(bytes);
        Ok(())
    }

    #[inline]
    fn put_shared(&mut self, bytes: &Bytes) -> Result<(), EncodeError> {
        if bytes.len() < Self::SHARE_FROM {
            return self.put(bytes);
        }
        self.share(bytes.clone());
        Ok(())
    }

    #[inline]
    fn patch(&mut self, at: usize, bytes: &[u8]) {
        match at.checked_sub(self.before) {
            Some(at) => patch(&mut self.tail, at, bytes),
            None => self.patch_segments(at, bytes),
        }
    }

    #[inline]
    fn truncate(&mut self, to: usize) {
        match to.checked_sub(self.before) {
            Some(to) => self.tail.truncate(to),
            None => self.truncate_segments(to),
        }
    }

    #[inline]
    fn piece(&self, range: Range<usize>) -> Option<&[u8]> {
        self.tail.get(range.start.checked_sub(self.before)?..range.end.checked_sub(self.before)?)
    }

    fn parts(&self, range: Range<usize>, visit: &mut dyn FnMut(&[u8])) {
        let mut start = 0;
        let front = self.front.iter().flat_map(|front| &front.0);
        for part in front.map(|segment| &segment[..]).chain([&self.tail[..]]) {
            let end = start + part.len();
            let (from, to) = (range.start.max(start), range.end.min(end));
            if from < to {
                visit(part.get(from - start..to - start).unwrap_or_default());
            }
            start = end;
        }
    }
}

impl Buf for Chain {
    fn remaining(&self) -> usize {
        self.position()
    }

    fn chunk(&self) -> &[u8] {
        let first = self.front.as_ref().and_then(|front| front.0.front());
        first.map_or(&self.tail, |segment| segment)
    }

    #[cfg(feature = "std")]
    fn chunks_vectored<'a>(&'a self, slices: &mut [std::io::IoSlice<'a>]) -> usize {
        let front = self.front.iter().flat_map(|front| &front.0);
        let parts = front.map(|segment| &segment[..]).chain([&self.tail[..]]);
        let places = slices.iter_mut().zip(parts.filter(|part| !part.is_empty()));
        places.map(|(slice, part)| *slice = std::io::IoSlice::new(part)).count()
    }

    /// Removes bytes at the start; all of them if `count` is larger than their number.
    #[inline]
    fn advance(&mut self, count: usize) {
        if self.before == 0 {
            self.tail.advance(count.min(self.tail.len()));
        } else {
            self.advance_segments(count);
        }
    }
}

#[cfg(all(test, feature = "net"))]
mod tests {
    //! Tests that compare a chain with a vector of the same bytes.

    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Put(usize),
        Share(usize),
        Patch(usize, usize),
        Truncate(usize),
        Advance(usize),
        Append(usize, usize),
    }

    /// Lengths, many of which are just below or above the size from which a body is shared.
    fn len() -> impl Strategy<Value = usize> {
        prop_oneof![0..20_usize, (0..4_usize).prop_map(|more| Chain::SHARE_FROM - 1 + more)]
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let anywhere = || 0..3 * Chain::SHARE_FROM;
        let step = prop_oneof![
            3 => len().prop_map(Step::Put),
            4 => len().prop_map(Step::Share),
            3 => (anywhere(), 0..20_usize).prop_map(|(at, len)| Step::Patch(at, len)),
            1 => anywhere().prop_map(Step::Truncate),
            2 => anywhere().prop_map(Step::Advance),
            1 => (len(), len()).prop_map(|(put, share)| Step::Append(put, share)),
        ];
        prop::collection::vec(step, 0..12)
    }

    fn apply(step: &Step, fill: u8, chain: &mut Chain, model: &mut Vec<u8>) {
        let bytes = |len| vec![fill; len];
        match *step {
            Step::Put(len) => {
                chain.put(&bytes(len)).unwrap();
                model.extend(bytes(len));
            }
            Step::Share(len) => {
                chain.put_shared(&Bytes::from(bytes(len))).unwrap();
                model.extend(bytes(len));
            }
            Step::Patch(at, len) => {
                let len = len.min(model.len().saturating_sub(at));
                chain.patch(at, &bytes(len));
                Sink::patch(model, at, &bytes(len));
            }
            Step::Truncate(to) => {
                Sink::truncate(chain, to);
                model.truncate(to);
            }
            Step::Advance(count) => {
                chain.advance(count);
                model.drain(..count.min(model.len()));
            }
            Step::Append(put, share) => {
                let mut other = Chain::new();
                for step in [Step::Put(put), Step::Share(share), Step::Put(put)] {
                    apply(&step, fill, &mut other, &mut Vec::new());
                }
                chain.append(&mut other);
                assert_eq!(other.position(), 0);
                model.extend(bytes(put + share + put));
            }
        }
    }

    fn whole(chain: &Chain) -> Vec<u8> {
        let mut whole = Vec::new();
        chain.parts(0..chain.position(), &mut |part| whole.extend_from_slice(part));
        whole
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_chain_holds_the_same_bytes_as_a_vector(steps in steps(), range in any::<Range<u16>>()) {
            let (mut chain, mut model) = (Chain::new(), Vec::new());
            for (step, fill) in steps.iter().zip(1..) {
                apply(step, fill, &mut chain, &mut model);
                prop_assert_eq!(chain.position(), model.len());
                prop_assert!(whole(&chain) == model, "{:?}", step);
                prop_assert!(model.starts_with(chain.chunk()));
                prop_assert!(chain.chunk().is_empty() == model.is_empty());
            }
            let range = usize::from(range.start)..usize::from(range.end);
            if let Some(piece) = chain.piece(range.clone()) {
                prop_assert_eq!(Some(piece), model.get(range));
            }
            let mut slices = [std::io::IoSlice::new(&[]); 64];
            let count = chain.chunks_vectored(&mut slices);
            let slices: Vec<&[u8]> = slices[..count].iter().map(|slice| &**slice).collect();
            prop_assert!(slices.concat() == model);
            prop_assert!(chain.into_segments().concat() == model);
        }
    }

    #[test]
    fn a_patch_does_not_change_the_body_of_others() {
        let body = Bytes::from(vec![1; Chain::SHARE_FROM]);
        let mut chain = Chain::new();
        chain.put(&[0; 3]).unwrap();
        chain.put_shared(&body).unwrap();
        chain.patch(2, &[9, 9]);
        assert_eq!(chain.piece(0..3), None);
        assert_eq!(whole(&chain)[..5], [0, 0, 9, 9, 1]);
        assert_eq!(body[0], 1);
    }
}
