//! The receive buffer of a stream and the frames in it.

use alloc::boxed::Box;

#[cfg(feature = "codec")]
use bytes::Buf;
use bytes::{Bytes, BytesMut};

use super::lost::Lost;
use super::outcome::{Outcome, State};
use super::progress::Progress;
use super::refused::boundary;
use super::resync::Terms;
use super::walk::Reach;
use super::{ParseFrom, schema_of};
use crate::budget::Budget;
use crate::error::DecodeError;
use crate::frame::{Decode, DecodeWith, Layout};
use crate::source::Source;
use crate::support::measure_by;

/// The receive buffer of one stream, and the position of the next frame in it.
///
/// - Work is linear: if a frame lacks *n* bytes, it is not decoded again until they have arrived.
/// - Memory grows with the bytes received, never with a claimed length, and a frame that claims
///   more than the limit is refused before it is buffered.
/// - `Bytes` in a frame of 64 KiB or more that takes several reads are slices of the buffer, not
///   copies.
/// - An idle stream holds no buffer ([`release`](Self::release)), and a buffer that has grown for
///   one big frame is freed after that frame.
#[derive(Debug)]
pub struct Framer {
    pub(super) buffer: BytesMut,
    /// The buffer after a long frame was decoded, shared with the `Bytes` in the frame. It is used
    /// instead of `buffer`, which is empty, until the framer next needs to write.
    pub(super) shared: Bytes,
    /// The position of the next frame in the buffer. Frames borrow from the buffer, so their bytes
    /// are dropped only before the next read.
    pub(super) start: usize,
    /// What the last attempt to decode the next frame found out about it.
    pub(super) progress: Progress,
    /// Number of bytes of a skipped frame that are still to come.
    pub(super) skip: usize,
    pub(super) limit: usize,
    /// The budget for the memory of a decoded frame.
    pub(super) budget: Budget,
    /// The room for the next read is `READ_MIN << doublings`. It adapts to the size of the reads.
    pub(super) doublings: u8,
    /// Reads of fewer bytes than this do not change `doublings`: `READ_MIN` if it is 0, otherwise 0,
    /// because then it may shrink.
    pub(super) steady: usize,
    /// The length of the buffer when `room` last returned it.
    pub(super) handed_out: usize,
    /// The address of the buffer when `room` last returned it.
    pub(super) address: usize,
    pub(super) per_read: bool,
    /// Whether every read has the maximum room.
    pub(super) whole_reads: bool,
    /// Whether an empty read, such as an empty datagram, has arrived. It is a frame if the type can
    /// be empty.
    pub(super) empty_read: bool,
    pub(super) ended: bool,
    /// The state of a stream that is, or was, out of sync. It is boxed because most streams never
    /// are.
    pub(super) lost: Option<Box<Lost>>,
    /// Whether the framer resynchronises by itself after malformed bytes.
    pub(super) resyncs: bool,
}

impl Framer {
    /// The default limit of the size of a frame: 1 MiB.
    pub const DEFAULT_LIMIT: usize = 1024 * 1024;

    /// The default memory limit of a decoded frame, as a multiple of the frame limit.
    pub(crate) const EXPANSION: usize = 16;

    /// Size in bytes above which a buffer is freed once it is empty.
    pub const KEEP: usize = 256 * 1024;

    /// Minimum size of a frame that shares the buffer with its `Bytes`, if the frame took several
    /// reads. Such a frame fills most of the buffer, so keeping a part of it wastes little memory.
    pub(super) const SHARE_FROM: usize = Self::READ_MAX;

    pub(super) const READ_MIN: usize = 8 * 1024;
    pub(super) const READ_MAX: usize = Self::READ_MIN << Self::MOST_DOUBLINGS;
    pub(super) const MOST_DOUBLINGS: u8 = 3;

    /// Creates a framer for a stream of frames of at most [`DEFAULT_LIMIT`](Self::DEFAULT_LIMIT)
    /// bytes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            buffer: BytesMut::new(),
            shared: Bytes::new(),
            start: 0,
            progress: Progress::new(),
            skip: 0,
            limit: Self::DEFAULT_LIMIT,
            budget: Budget::new(Self::DEFAULT_LIMIT * Self::EXPANSION),
            doublings: 0,
            steady: Self::READ_MIN,
            handed_out: 0,
            address: 0,
            per_read: false,
            whole_reads: false,
            empty_read: false,
            ended: false,
            lost: None,
            resyncs: false,
        }
    }

    /// Sets the maximum size of a frame in bytes.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        if self.budget.limit() == self.limit.saturating_mul(Self::EXPANSION) {
            // The memory limit was not set, so it follows the frame limit.
            self.budget = Budget::new(bytes.saturating_mul(Self::EXPANSION));
        }
        self.limit = bytes;
        // What is known of the next frame was checked against the old limit.
        self.progress.forget();
        self
    }

    /// Sets the maximum memory of a decoded frame in bytes. The default is 16 times the
    /// [limit](Self::limit); `usize::MAX` means no limit. The error names the field that exceeds
    /// the limit.
    ///
    /// A few bytes on the wire may take much more memory: an item of one byte may be a struct of a
    /// hundred. The memory of lists, text, copied bytes and boxes is counted. Memory that
    /// conversions and hand-written modules (`#[wire(T)]`, `#[with]`) allocate is not counted.
    ///
    /// ```
    /// use framewright::{prelude::*, stream::Framer};
    ///
    /// #[derive(Frame, Debug)]
    /// #[frame(be)]
    /// struct Names { #[count_prefixed(u16)] names: Vec<Name> }
    ///
    /// #[derive(Frame, Debug)]
    /// #[frame(be)]
    /// struct Name { #[len_prefixed(u8)] name: String }
    ///
    /// let mut framer = Framer::new().decoded(4000);
    /// framer.room().extend_from_slice(&[1, 0]);
    /// framer.room().extend_from_slice(&[0; 256]);
    /// let error = framer.next_frame::<Names>().unwrap_err();
    /// assert!(error.to_string().starts_with("Names.names"), "{error}");
    /// ```
    #[must_use]
    pub fn decoded(mut self, bytes: usize) -> Self {
        self.budget = Budget::new(bytes);
        self
    }

    /// Treats all bytes of one read as one frame.
    ///
    /// This is for peers without framing, which assume that every `send` arrives as one `recv`. The
    /// network does not guarantee that.
    #[must_use]
    pub fn per_read(mut self, per_read: bool) -> Self {
        self.per_read = per_read;
        self.progress.forget();
        self
    }

    /// Always makes room for the longest possible read. The framer of a datagram needs this,
    /// because the bytes of a datagram that do not fit are lost.
    #[cfg(feature = "net")]
    pub(crate) fn whole_reads(mut self) -> Self {
        self.whole_reads = true;
        self.set_doublings(Self::MOST_DOUBLINGS);
        self
    }

    /// Drops up to `bytes` bytes from the front of the unread bytes. The next frame begins after
    /// them.
    ///
    /// Use this to continue after an error of [`next_frame`](Self::next_frame) if the number of
    /// useless bytes is known.
    ///
    /// ```
    /// use framewright::{prelude::*, stream::Framer};
    ///
    /// #[derive(Frame, Debug, PartialEq)]
    /// #[frame(be, magic = 0xCAFEu16)]
    /// struct Level { value: u8 }
    ///
    /// let mut framer = Framer::new();
    /// framer.room().extend_from_slice(&[0xff, 0xca, 0xfe, 7]);
    /// assert!(framer.next_frame::<Level>().is_err());
    /// framer.discard(1);
    /// assert_eq!(framer.next_frame::<Level>()?, Some(Level { value: 7 }));
    /// # Ok::<(), framewright::DecodeError>(())
    /// ```
    pub fn discard(&mut self, bytes: usize) {
        self.regain();
        self.pass_over(self.skip);
        self.start += bytes.min(self.buffer.len().saturating_sub(self.start));
        self.progress.forget();
        self.find_again();
    }

    /// Marks the end of the stream: no more bytes will arrive.
    ///
    /// A frame that extends to the end (`#[rest]`, `#[optional]`) is now complete. For any other
    /// partial frame, the next [`next_frame`](Self::next_frame) returns an error.
    pub fn finish(&mut self) {
        self.ended = true;
        // A frame that waited for more bytes waits no longer.
        self.progress.forget();
    }

    /// Records an empty read that is not the end of the stream: an empty datagram, which is a frame
    /// if the type can be empty.
    #[cfg(feature = "net")]
    pub(crate) fn note_empty_read(&mut self) {
        self.empty_read = true;
    }

    /// Returns the next frame, or `None` if more bytes are needed. After [`finish`](Self::finish),
    /// `None` means that the stream has ended after a complete frame.
    ///
    /// The type may differ at each call.
    ///
    /// # Errors
    /// Returns an error if the bytes are malformed, are truncated by the end of the stream, or
    /// claim more than the limit. The framer then does not advance; see
    /// [`skip_frame`](Self::skip_frame) and [`discard`](Self::discard).
    #[inline]
    pub fn next_frame<'a, T: Decode<'a>>(&'a mut self) -> Result<Option<T>, DecodeError> {
        self.next_frame_by(T::parse_from)
    }

    /// Like [`next_frame`](Self::next_frame), for a type that is decoded with context
    /// ([`DecodeWith`]). Each call starts over, because the context may differ at each call.
    ///
    /// ```
    /// use framewright::{prelude::*, stream::Framer};
    ///
    /// #[derive(Frame, Debug, PartialEq)]
    /// #[frame(be, ctx(len: usize))]
    /// struct Salt { #[len(len)] bytes: Vec<u8> }
    ///
    /// let mut framer = Framer::new();
    /// framer.room().extend_from_slice(&[1, 2, 3, 4]);
    /// assert_eq!(framer.next_frame_with::<Salt, _>(3_usize)?, Some(Salt { bytes: vec![1, 2, 3] }));
    /// # Ok::<(), framewright::DecodeError>(())
    /// ```
    ///
    /// # Errors
    /// Same as [`next_frame`](Self::next_frame).
    pub fn next_frame_with<'a, T, C>(&'a mut self, context: C) -> Result<Option<T>, DecodeError>
    where
        T: DecodeWith<'a, C>,
        C: Clone,
    {
        self.progress.forget();
        self.next_frame_by(|input, source| T::parse_with_from(input, source, context.clone()))
    }

    /// Returns the next frame like [`next_frame`](Self::next_frame), but uses this parser.
    // Usually the frame is complete and the stream has no special state. This is the inner loop of
    // servers, so all other cases are in separate functions.
    #[inline(always)]
    pub(crate) fn next_frame_by<'a, T, P>(&'a mut self, parse: P) -> Result<Option<T>, DecodeError>
    where
        T: Layout,
        P: ParseFrom<'a, T>,
    {
        if self.progress.need > 1 {
            if self.awaits_more(schema_of::<T>()) {
                return Ok(None);
            }
            self.progress.forget_short();
        }
        if T::OPEN || !self.is_plain() {
            return self.next_frame_with_care(parse);
        }
        if self.buffer.len() <= self.start {
            return if self.shared.is_empty() { Ok(None) } else { self.next_frame_with_care(parse) };
        }
        let Self { buffer, start, progress, limit, budget, lost, resyncs, .. } = self;
        let input = buffer.get(*start..).unwrap_or_default();
        let outcome = match parse(input, &Source::streaming().with_budget(budget.renewed())) {
            Ok((rest, frame)) => {
                let taken = input.len() - rest.len();
                if taken > 0 && taken <= *limit {
                    *start += taken;
                    return Ok(Some(frame));
                }
                Outcome::Takes(taken)
            }
            Err(nom::Err::Incomplete(needed))
                if progress.awaits(schema_of::<T>(), input.len(), needed, *limit) =>
            {
                return Ok(None);
            }
            Err(error) => Outcome::Fails(error),
        };
        let terms = Terms { complete: false, limit: *limit, budget };
        let state = State { start, progress, lost, resyncs: *resyncs, per_read: false };
        state.without_frame(input, outcome, terms, &parse)
    }

    /// The slow path of [`next_frame_by`](Self::next_frame_by), for open types and for streams with
    /// special state.
    #[inline(never)]
    fn next_frame_with_care<'a, T, P>(&'a mut self, parse: P) -> Result<Option<T>, DecodeError>
    where
        T: Layout,
        P: ParseFrom<'a, T>,
    {
        self.trust(schema_of::<T>());
        if self.skip > 0 {
            self.pass_over(self.skip);
        }
        let complete = self.is_complete();
        if self.is_lost() && (complete || !T::OPEN) {
            return self.find_next(&parse);
        }
        let arrived = self.buffer.len().saturating_sub(self.start);
        let waits = match complete {
            true => arrived == 0 && !self.empty_read,
            false => T::OPEN || arrived < self.progress.need,
        };
        if waits && !self.shared.is_empty() {
            self.regain();
            return self.next_frame_by(parse);
        }
        if !waits && !complete && self.progress.need >= Self::SHARE_FROM {
            self.shared = core::mem::take(&mut self.buffer).freeze();
        }
        let shares = !self.shared.is_empty();
        let Self { buffer, shared, start, progress, limit, budget, lost, resyncs, per_read, .. } = self;
        let buffer = if shares { &shared[..] } else { &buffer[..] };
        let input = buffer.get(*start..).unwrap_or_default();
        let terms = Terms { complete, limit: *limit, budget };
        let state = State { start, progress, lost, resyncs: *resyncs, per_read: *per_read };
        if waits {
            return state.without_frame(input, Outcome::Waits, terms, &parse);
        }
        if !complete {
            let reach = state.progress.advance(input, &|input| measure_by(&parse, input, budget), budget);
            if let Some(Reach::AtLeast(bytes)) = reach {
                return state.without_frame(input, Outcome::Reaches(bytes), terms, &parse);
            }
        }
        let source = if complete { Source::complete() } else { Source::streaming() };
        let source = if shares { source.with_owner(shared) } else { source };
        let outcome = match parse(input, &source.with_budget(budget.renewed())) {
            Ok((rest, frame)) => {
                let taken = input.len() - rest.len();
                let empty = taken == 0 && !core::mem::take(&mut self.empty_read);
                let whole = !*per_read || rest.is_empty();
                if whole && !empty && taken <= *limit {
                    *state.start += taken;
                    state.progress.forget();
                    return Ok(Some(frame));
                }
                Outcome::Takes(taken)
            }
            Err(error) => {
                if complete || !matches!(error, nom::Err::Incomplete(_)) {
                    self.empty_read = false;
                }
                Outcome::Fails(error)
            }
        };
        state.without_frame(input, outcome, terms, &parse)
    }

    /// Returns `true` if the framer has no special state, which is the usual case: nothing is known
    /// about the next frame, and the stream is in sync and has not ended. `shared` is not looked
    /// at, because `buffer` is empty while it is used.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.progress.need <= 1 && self.skip == 0 && !(self.per_read | self.ended) && !self.is_lost()
    }

    /// Returns `true` if no more bytes of the next frame will arrive.
    pub(super) fn is_complete(&self) -> bool {
        self.per_read || self.ended
    }

    /// Returns the next frame like [`next_frame`](Self::next_frame), but takes it from an external
    /// buffer.
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
        self.hand_out();
        core::mem::swap(&mut self.buffer, buffer);
        frame
    }

    /// Skips the frame that [`next_frame`](Self::next_frame) has refused, if the end of the frame
    /// is known without decoding it. Returns `false` if the end is unknown.
    ///
    /// The end is known for a type that ends with a delimiter, that has a fixed size, or that is
    /// `#[frame(len_prefixed)]`, and for a single read. The frame may be longer than the
    /// [`limit`](Self::limit), because none of its bytes are kept.
    pub fn skip_frame<T: Layout>(&mut self) -> bool {
        self.regain();
        let input = self.buffer.get(self.start..).unwrap_or_default();
        let end = if self.per_read { Some(input.len()) } else { boundary(T::SCHEMA, input) };
        // A frame that is truncated by the end of the stream has no known end.
        match end.filter(|end| *end <= input.len() || !self.ended) {
            Some(end) => {
                self.progress.forget();
                self.pass_over(end);
                true
            }
            None => false,
        }
    }

    /// Skips `bytes` bytes. Some of them may not have arrived yet.
    #[cold]
    pub(super) fn pass_over(&mut self, bytes: usize) {
        let here = bytes.min(self.buffer.len().saturating_sub(self.start));
        self.start += here;
        self.skip = bytes - here;
    }

    /// Returns `true` if a part of a frame has arrived.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.start < self.buffer.len().max(self.shared.len()) || self.skip > 0
    }

    /// Returns `true` if [`finish`](Self::finish) was called.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.ended
    }
}

impl Default for Framer {
    fn default() -> Self {
        Self::new()
    }
}
