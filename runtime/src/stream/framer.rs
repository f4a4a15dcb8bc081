//! The receive buffer of a stream and the frames in it.

use alloc::boxed::Box;
use alloc::format;

use bytes::{Buf, Bytes, BytesMut};

use crate::error::{DecodeError, DecodeErrorKind};
use crate::frame::{Decode, Layout, located};
use crate::schema::Schema;
use crate::source::Source;
use crate::stream::walk::{self, Reach, Walk};
use crate::support::measure;

/// The receive buffer of one stream and the place of the next frame in it.
///
/// - Work is linear: after a frame turned out to lack *n* bytes nothing is
///   attempted until they are there.
/// - Memory grows with the bytes received, never with a length they claim, and
///   a frame that claims more than the limit is refused before it is buffered.
/// - `Bytes` in a frame of 64 KiB or more that takes several reads are parts of the buffer: they are not copied.
/// - An idle stream holds no buffer ([`release`](Self::release)), and a buffer that one
///   big frame has grown is given back after it.
#[derive(Debug)]
pub struct Framer {
    buffer: BytesMut,
    /// The buffer instead, from when a long frame was decoded until it is needed again: `Bytes` in the
    /// frame share it.
    shared: Bytes,
    /// Where in the buffer the next frame starts. Frames borrow from the
    /// buffer, so what they took up is only dropped before the next read.
    start: usize,
    /// How many bytes the next frame has at least; 1 if nothing is known of it.
    need: usize,
    /// Where finding out the end of the next frame has got to, for types whose
    /// frames would have to be parsed over and over otherwise.
    walk: Option<Box<Walk>>,
    /// How many bytes of a frame that is passed over are still to come.
    skip: usize,
    limit: usize,
    /// How much room the next read gets; follows what the reads bring.
    read_size: usize,
    read_min: usize,
    /// The length of the buffer when it was last handed out.
    handed_out: usize,
    per_read: bool,
    ended: bool,
}

impl Framer {
    /// The most bytes a frame may have if nothing else is said: 1 MiB.
    pub const DEFAULT_LIMIT: usize = 1024 * 1024;

    /// A buffer that grew beyond this many bytes is given back once it is empty.
    pub const KEEP: usize = 256 * 1024;

    /// A frame of so many bytes that did not come in one read shares them with its `Bytes`. Such a frame
    /// fills most of the buffer, so that keeping a part of it keeps little else.
    const SHARE_FROM: usize = Self::READ_MAX;

    const READ_MIN: usize = 8 * 1024;
    const READ_MAX: usize = 64 * 1024;

    /// A framer for a stream of frames of at most [`DEFAULT_LIMIT`](Self::DEFAULT_LIMIT) bytes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            buffer: BytesMut::new(),
            shared: Bytes::new(),
            start: 0,
            need: 1,
            walk: None,
            skip: 0,
            limit: Self::DEFAULT_LIMIT,
            read_size: Self::READ_MIN,
            read_min: Self::READ_MIN,
            handed_out: 0,
            per_read: false,
            ended: false,
        }
    }

    /// Refuses frames of more than `bytes`.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Takes everything that one read brought for one frame.
    ///
    /// This is for peers that know of no framing and rely on every `send` of theirs
    /// arriving as one `recv`; the network promises no such thing.
    #[must_use]
    pub fn per_read(mut self, per_read: bool) -> Self {
        self.per_read = per_read;
        self
    }

    /// Makes room for the longest read there can be every time, because what does not fit is lost.
    #[cfg(feature = "net")]
    pub(crate) fn whole_reads(mut self) -> Self {
        self.read_min = Self::READ_MAX;
        self.read_size = Self::READ_MAX;
        self
    }

    /// The buffer, with room for a read: what arrives is to be appended.
    pub fn room(&mut self) -> &mut BytesMut {
        if !self.shared.is_empty() {
            self.regain();
        }
        self.adapt();
        if self.start > 0 {
            self.drop_taken();
        }
        if self.buffer.capacity() > Self::KEEP && self.buffer.len() < Self::READ_MAX {
            self.buffer = BytesMut::from(&*self.buffer);
        }
        // Growth doubles the capacity, so it follows what has been received.
        self.buffer.reserve(self.read_size);
        self.handed_out = self.buffer.len();
        &mut self.buffer
    }

    /// Drops the bytes of frames that were handed out.
    fn drop_taken(&mut self) {
        if self.start == self.buffer.len() {
            self.buffer.clear();
        } else {
            self.buffer.advance(self.start);
        }
        self.start = 0;
    }

    /// Fits the size of the next read to what the last one brought.
    #[inline]
    fn adapt(&mut self) {
        let read = self.buffer.len().saturating_sub(self.handed_out);
        if read == 0 {
            // Nothing has been read since.
        } else if read >= self.read_size {
            self.read_size = (self.read_size * 2).min(Self::READ_MAX);
        } else if read < self.read_size / 4 {
            self.read_size = (self.read_size / 2).max(self.read_min);
        }
    }

    /// Notes that the stream has ended: what is there is all there will be.
    ///
    /// A frame that goes on to the end (`#[rest]`, `#[optional]`) is complete
    /// now; any other that is cut is an error of the next [`next_frame`](Self::next_frame).
    pub fn finish(&mut self) {
        self.ended = true;
    }

    /// The next frame, or `None` until more has arrived. After
    /// [`finish`](Self::finish), `None` is the clean end.
    ///
    /// # Errors
    /// When the bytes are no frame, are cut short by the end of the stream, or
    /// claim more than the limit. The framer then stays where it is; see
    /// [`skip_frame`](Self::skip_frame).
    #[inline]
    pub fn next_frame<'a, T: Decode<'a>>(&'a mut self) -> Result<Option<T>, DecodeError> {
        // This much may be all there is to do for most of the reads that bring a long frame.
        let held = self.buffer.len().saturating_sub(self.start);
        if held < self.need && self.skip == 0 && self.shared.is_empty() && !self.per_read && !self.ended {
            return Ok(None);
        }
        if self.skip > 0 {
            self.pass_over(self.skip);
        }
        let complete = self.per_read || self.ended;
        let arrived = self.buffer.len().saturating_sub(self.start);
        let waits = if complete { arrived == 0 } else { T::OPEN || arrived < self.need };
        if waits && !self.shared.is_empty() {
            self.regain();
            return self.next_frame();
        }
        if !waits && !complete && self.need >= Self::SHARE_FROM {
            self.shared = core::mem::take(&mut self.buffer).freeze();
        }
        let buffer = if self.shared.is_empty() { &self.buffer[..] } else { &self.shared[..] };
        let input = buffer.get(self.start..).unwrap_or_default();
        if waits {
            return within::<T>(input, self.limit, arrived);
        }
        if let (Some(walk), false) = (&mut self.walk, complete) {
            if let Reach::AtLeast(bytes) = walk.advance(input, &measure::<T>) {
                let none = within::<T>(input, self.limit, bytes)?;
                self.need = bytes;
                return Ok(none);
            }
        }
        let sharing = Source::streaming().with_owner(&self.shared);
        let source = match complete {
            true => Source::COMPLETE,
            false if self.shared.is_empty() => Source::STREAMING,
            false => &sharing,
        };
        match T::parse_from(input, source) {
            Ok((rest, frame)) => {
                let taken = input.len() - rest.len();
                if taken == 0 || taken > self.limit || (self.per_read && !rest.is_empty()) {
                    return Err(not_one_frame::<T>(input, taken, self.limit));
                }
                self.start += taken;
                self.need = 1;
                // Most frames never had one, and dropping it is a call.
                if self.walk.is_some() {
                    self.walk = None;
                }
                Ok(Some(frame))
            }
            Err(nom::Err::Incomplete(needed)) if !complete => {
                let need = input.len().saturating_add(missing(needed));
                // What is refused stays so, and nothing is waited for.
                let none = within::<T>(input, self.limit, need)?;
                self.need = need;
                if self.walk.is_none() && walk::is_worth_it(T::SCHEMA) {
                    self.walk = Some(Box::new(Walk::new(T::SCHEMA)));
                }
                Ok(none)
            }
            Err(error) => Err(refused::<T>(input, error)),
        }
    }

    /// Takes the buffer back from a long frame. If a part of it was kept, what follows the frame
    /// moves to a new one.
    #[cold]
    fn regain(&mut self) {
        if self.shared.is_empty() {
            return;
        }
        self.buffer = core::mem::take(&mut self.shared).try_into_mut().unwrap_or_else(|kept| {
            let rest = BytesMut::from(kept.get(self.start..).unwrap_or_default());
            self.start = 0;
            self.handed_out = rest.len();
            rest
        });
    }

    /// As [`next_frame`](Self::next_frame), out of a buffer that someone else reads into.
    #[cfg(feature = "codec")]
    pub(crate) fn next_frame_of<T>(&mut self, buffer: &mut BytesMut) -> Result<Option<T>, DecodeError>
    where
        T: for<'a> Decode<'a>,
    {
        core::mem::swap(&mut self.buffer, buffer);
        let frame = self.next_frame();
        self.regain();
        self.buffer.advance(self.start);
        self.start = 0;
        core::mem::swap(&mut self.buffer, buffer);
        frame
    }

    /// Passes over the frame that [`next_frame`](Self::next_frame) has refused, where its
    /// end is known without decoding it, and says whether it is.
    ///
    /// It is known of a type that ends with a delimiter, of one that always has the same length,
    /// of one that is `#[frame(len_prefixed)]`, and of a single read.
    pub fn skip_frame<T: Layout>(&mut self) -> bool {
        self.regain();
        let input = self.buffer.get(self.start..).unwrap_or_default();
        let end = if self.per_read { Some(input.len()) } else { boundary(T::SCHEMA, input) };
        // What is cut by the end of the stream has no end of its own.
        match end.filter(|end| *end <= self.limit && (*end <= input.len() || !self.ended)) {
            Some(end) => {
                self.need = 1;
                self.walk = None;
                self.pass_over(end);
                true
            }
            None => false,
        }
    }

    /// Passes over so many bytes, some of which may still be to come.
    #[cold]
    fn pass_over(&mut self, bytes: usize) {
        let here = bytes.min(self.buffer.len().saturating_sub(self.start));
        self.start += here;
        self.skip = bytes - here;
    }

    /// Whether a part of a frame has arrived and the rest has not.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.start < self.buffer.len().max(self.shared.len()) || self.skip > 0
    }

    /// Whether [`finish`](Self::finish) was called.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.ended
    }

    /// Gives back what a stream need not hold while it waits: the buffer if
    /// nothing has arrived, the room for reads if a small part of a frame has.
    /// What is returned is free to be used elsewhere, or dropped.
    pub fn release(&mut self) -> BytesMut {
        self.regain();
        self.adapt();
        let rest = self.buffer.get(self.start..).unwrap_or_default();
        if rest.is_empty() {
            self.start = 0;
            self.handed_out = 0;
            return core::mem::take(&mut self.buffer);
        }
        if rest.len() > self.buffer.capacity() / 4 {
            return BytesMut::new();
        }
        let rest = BytesMut::from(rest);
        self.start = 0;
        self.handed_out = rest.len();
        core::mem::replace(&mut self.buffer, rest)
    }

    /// Hands the framer a buffer that was [released](Self::release) elsewhere, if it holds none.
    pub fn lend(&mut self, buffer: impl FnOnce() -> BytesMut) {
        if self.buffer.capacity() == 0 {
            self.buffer = buffer();
            self.buffer.clear();
        }
    }
}

impl Default for Framer {
    fn default() -> Self {
        Self::new()
    }
}

/// No frame yet, unless it would have more bytes than the limit.
fn within<'a, T: Decode<'a>>(input: &'a [u8], limit: usize, len: usize) -> Result<Option<T>, DecodeError> {
    if len > limit { Err(too_long::<T>(input, limit, len)) } else { Ok(None) }
}

/// The error of bytes that are no frame.
#[cold]
fn refused<'a, T: Decode<'a>>(input: &'a [u8], error: nom::Err<DecodeError>) -> DecodeError {
    located(error).in_frame(T::SCHEMA.name, input)
}

/// What is wrong with bytes that were decoded and are not exactly one frame.
#[cold]
fn not_one_frame<'a, T: Decode<'a>>(input: &'a [u8], taken: usize, limit: usize) -> DecodeError {
    let kind = match taken {
        0 => DecodeErrorKind::NoProgress,
        _ if taken > limit => return too_long::<T>(input, limit, taken),
        _ => DecodeErrorKind::Trailing { extra: input.len() - taken },
    };
    DecodeError::new(kind).after(taken).in_frame(T::SCHEMA.name, input)
}

/// Where the frame at the start of `input` ends, as far as its schema says so
/// without being decoded.
fn boundary(schema: &'static Schema, input: &[u8]) -> Option<usize> {
    if !schema.until.is_empty() {
        return walk::end_by_delimiter(schema, input);
    }
    schema.max_len.filter(|max| *max == schema.min_len).or_else(|| walk::end_by_prefix(schema, input))
}

fn missing(needed: nom::Needed) -> usize {
    match needed {
        nom::Needed::Size(size) => size.get(),
        nom::Needed::Unknown => 1,
    }
}

/// The error of a frame of `len` bytes, located at the field that takes it
/// over the limit: the one that runs out of bytes if those here were all.
#[cold]
fn too_long<'a, T: Decode<'a>>(input: &'a [u8], limit: usize, len: usize) -> DecodeError {
    let kind = DecodeErrorKind::TooLong { limit, found: format!("a frame of at least {len} bytes") };
    let within = input.get(..limit).unwrap_or(input);
    let error = match T::parse_from(within, Source::COMPLETE) {
        Err(error) => located(error).with_kind(kind),
        Ok(_) => DecodeError::new(kind).after(limit),
    };
    error.in_frame(T::SCHEMA.name, input)
}
