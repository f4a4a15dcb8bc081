//! Methods of the framer for sessions: checking that a frame is complete before it borrows from the
//! buffer, and taking raw bytes.

use alloc::boxed::Box;
use alloc::format;
use core::cell::Cell;
use std::sync::OnceLock;

use bytes::{Buf, Bytes};

use super::framer::Framer;
use super::outcome::missing;
use super::progress::Progress;
use super::refused::refused;
use super::resync::{Terms, begin, can_resync, find_by};
use super::walk::Reach;
use super::{ParseFrom, schema_of};
use crate::budget::Budget;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::frame::{Decode, Layout, located};
use crate::schema::{Measure, Measured, Schema};
use crate::source::Source;
use crate::support::measure_by;

/// A copy of received bytes that a frame may borrow from. While a frame borrows from it, it cannot
/// be replaced, so each further attempt at the frame stores its copy in the `next` snapshot.
#[derive(Default)]
pub(crate) struct Snapshot {
    bytes: OnceLock<(Bytes, Budget)>,
    next: OnceLock<Box<Snapshot>>,
}

impl Snapshot {
    /// Returns `true` if no bytes are stored.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.get().is_none()
    }

    /// Stores bytes and their memory budget. Returns them with the snapshot for the next attempt.
    fn fill(&self, filling: (Bytes, Budget)) -> (&(Bytes, Budget), &Self) {
        (self.bytes.get_or_init(|| filling), self.next.get_or_init(Box::default))
    }
}

/// The [attempts](Framer::attempt) at one frame. Each attempt uses a copy of the received bytes,
/// which is kept until the frame is dropped.
pub(crate) struct Attempts<'a> {
    snapshot: &'a Snapshot,
    /// Total size of the copies that are kept.
    kept: usize,
}

impl<'a> Attempts<'a> {
    /// The maximum total size of the copies, as a multiple of the frame limit.
    const COPIES: usize = 16;

    pub(crate) fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, kept: 0 }
    }

    /// Returns the total size of the copies that are kept.
    #[cfg(feature = "net")]
    pub(crate) fn kept(&self) -> usize {
        self.kept
    }

    /// Keeps a copy. Returns an error if all copies together exceed the maximum.
    fn keep(&mut self, copy: (Bytes, Budget), limit: usize) -> Result<&'a (Bytes, Budget), DecodeError> {
        let most = limit.max(Framer::KEEP).saturating_mul(Self::COPIES);
        self.kept = self.kept.saturating_add(copy.0.len());
        if self.kept > most {
            let text = format!(
                "gave up after attempts to decode a frame from {} bytes in all; at most {most} may be copied, and only a derived type \
                 with a lifetime and without type parameters is decoded without a copy",
                self.kept
            );
            return Err(DecodeError::new(DecodeErrorKind::Check(text.into())));
        }
        let (copy, next) = self.snapshot.fill(copy);
        self.snapshot = next;
        Ok(copy)
    }
}

/// Drops the linked snapshots in a loop, because nested drops would use stack for each of them.
impl Drop for Snapshot {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut snapshot) = next {
            next = snapshot.next.take();
        }
    }
}

impl Framer {
    /// Returns `true` if the next frame is complete. This quick check succeeds for most frames of a
    /// batch. If it returns `false`, [`has_frame`](Self::has_frame) decides.
    #[inline]
    pub(crate) fn is_here<T: Layout>(&self, measure: Measure) -> bool {
        let input = self.buffer.get(self.start..).unwrap_or_default();
        !T::OPEN
            && self.is_plain()
            && input.len() >= T::MIN_LEN.max(1)
            && matches!(measure(input, &self.budget), Measured::Takes(len) if len > 0 && len <= self.limit)
    }

    /// Decodes and takes the next frame, which [is complete](Self::is_here).
    #[inline]
    pub(crate) fn take_here<'a, T: Decode<'a>>(&'a mut self) -> Result<T, DecodeError> {
        let input = self.buffer.get(self.start..).unwrap_or_default();
        match T::parse_from(input, &Source::streaming().with_budget(self.budget.renewed())) {
            Ok((rest, frame)) => {
                self.start += input.len() - rest.len();
                Ok(frame)
            }
            Err(error) => Err(refused::<T>(input, error)),
        }
    }

    /// Returns `true` if [`next_frame`](Self::next_frame) has a result: the frame has arrived or is
    /// malformed, or the stream has ended.
    ///
    /// `measure` runs the parser of the type and returns the size of the frame.
    ///
    /// # Errors
    /// Returns an error if the search for a frame is [given up](Self::resync).
    pub(crate) fn has_frame<T: Layout>(&mut self, measure: Measure) -> Result<bool, DecodeError> {
        if self.ended {
            return Ok(true);
        }
        self.regain();
        if self.is_lost() && !T::OPEN && !self.per_read {
            return self.finds(schema_of::<T>(), measure);
        }
        let has = self.has_answer::<T>(measure)?;
        if has && self.resyncs {
            return self.has_whole::<T>(measure);
        }
        Ok(has)
    }

    /// Does the work of `has_frame` for a stream that is in sync.
    fn has_answer<T: Layout>(&mut self, measure: Measure) -> Result<bool, DecodeError> {
        let held = self.read_ahead().len();
        if self.per_read {
            return Ok(held > 0 || self.empty_read);
        }
        self.trust(schema_of::<T>());
        if T::OPEN || held < self.progress.need.max(T::MIN_LEN).min(self.most()) {
            return Ok(held >= self.most());
        }
        if T::MAX_LEN == Some(T::MIN_LEN) {
            return Ok(true);
        }
        let buffer = self.buffer.get(self.start..).unwrap_or_default();
        let Some(need) = how_far(&mut self.progress, buffer, schema_of::<T>(), measure, &self.budget) else {
            return Ok(true);
        };
        let within_means = self.progress.within_means(T::SCHEMA, buffer);
        if need >= self.most() || within_means.is_err() {
            self.progress.forget();
            return within_means.map(|()| true);
        }
        self.progress.need = need;
        Ok(false)
    }

    /// Returns `true` if the result is a frame, or an error that must be returned. Otherwise skips
    /// malformed bytes and searches for a frame after them.
    #[cold]
    fn has_whole<T: Layout>(&mut self, measure: Measure) -> Result<bool, DecodeError> {
        if T::OPEN || !self.per_read && !can_resync::<T>() {
            return Ok(true);
        }
        let input = self.buffer.get(self.start..).unwrap_or_default();
        let error = match measure(input, &self.budget) {
            Measured::Takes(len) if len <= self.limit && (!self.per_read || len == input.len()) => {
                return Ok(true);
            }
            Measured::Malformed(error) => error.in_frame(T::SCHEMA.name, input),
            Measured::Takes(_) | Measured::Lacks(_) | Measured::Awaits { .. } => {
                let kind = DecodeErrorKind::TooLong { limit: self.limit, found: "a longer frame".into() };
                DecodeError::new(kind).in_frame(T::SCHEMA.name, input)
            }
        };
        self.progress.forget();
        if self.per_read {
            self.start += input.len();
            self.empty_read = false;
            return Ok(false);
        }
        begin(&mut self.lost, schema_of::<T>(), input.len(), Some(error));
        self.finds(schema_of::<T>(), measure)
    }

    /// Returns the smallest number of bytes that exceeds the limit.
    fn most(&self) -> usize {
        self.limit.saturating_add(1)
    }

    /// Returns a shared copy of the received bytes, or `None` if an attempt to decode a frame is
    /// not worthwhile yet. The copy is for frames that borrow from the bytes and have a parser for
    /// one lifetime only.
    fn snapshot<T: Layout>(&mut self) -> Option<(Bytes, Budget)> {
        self.regain();
        self.trust(schema_of::<T>());
        let (held, complete) = (self.read_ahead().len(), self.is_complete());
        let is_worth_it = match complete {
            true => held > 0 || self.empty_read,
            false if T::OPEN => held >= self.most(),
            false if self.is_lost() => self.has_start(schema_of::<T>()),
            false => held >= self.most() || held >= self.progress.need.max(1) && !self.is_awaited(),
        };
        if !is_worth_it {
            return None;
        }
        self.shared = core::mem::take(&mut self.buffer).freeze();
        Some((self.shared.slice(self.start..), self.budget.another()))
    }

    /// Returns `true` if a frame may begin in the received bytes of a stream that is out of sync.
    /// Skips bytes that cannot be the start of a frame.
    fn has_start(&mut self, schema: &'static Schema) -> bool {
        let input = self.buffer.get(self.start..).unwrap_or_default();
        let Some(lost) = &mut self.lost else { return true };
        let has = lost.has_attempt(schema, input, false);
        if !has {
            self.start += lost.move_on();
        }
        has
    }

    /// Returns `true` if the walk finds, without the parser, that the frame is incomplete. This
    /// avoids an attempt for each read, because each attempt keeps a copy of the received bytes.
    fn is_awaited(&mut self) -> bool {
        let input = self.buffer.get(self.start..).unwrap_or_default();
        let asks = Cell::new(false);
        // If the walk needs the parser, it stops, and an attempt is made instead.
        let parser = |_: &[u8]| {
            asks.set(true);
            Measured::Lacks(1)
        };
        match self.progress.advance(input, &parser, &self.budget) {
            Some(Reach::AtLeast(need)) if !asks.get() && need <= self.limit => {
                self.progress.need = need;
                true
            }
            Some(Reach::Known) => {
                self.progress.end_walk();
                false
            }
            Some(Reach::AtLeast(_)) | None => false,
        }
    }

    /// Tries to decode the next frame from a copy of the received bytes, if that is worthwhile.
    /// `parse` may work for a single lifetime only.
    pub(crate) fn attempt<'a, T, P>(
        &mut self,
        attempts: &mut Attempts<'a>,
        parse: &P,
    ) -> Result<Option<T>, DecodeError>
    where
        T: Layout,
        P: ParseFrom<'a, T>,
    {
        let snapshot = self.snapshot::<T>();
        if let Err(error) = self.progress.within_means(T::SCHEMA, self.read_ahead()) {
            self.progress.forget();
            return Err(error);
        }
        let Some(snapshot) = snapshot else { return Ok(None) };
        let tried = attempts.keep(snapshot, self.limit).and_then(|snapshot| {
            let was_lost = self.is_lost();
            match self.parse_snapshot(snapshot, parse) {
                Err(error) if !was_lost && self.resyncs => self.pass_over_snapshot(snapshot, error, parse),
                tried => tried,
            }
        });
        tried.inspect_err(|_| self.progress.forget())
    }

    /// Continues after malformed bytes if possible.
    #[cold]
    fn pass_over_snapshot<'a, T, P>(
        &mut self,
        snapshot: &'a (Bytes, Budget),
        error: DecodeError,
        parse: &P,
    ) -> Result<Option<T>, DecodeError>
    where
        T: Layout,
        P: ParseFrom<'a, T>,
    {
        if self.per_read {
            self.start += snapshot.0.len();
            self.empty_read = false;
            return Ok(None);
        }
        if T::OPEN && !self.ended || !can_resync::<T>() {
            return Err(error);
        }
        self.progress.forget();
        begin(&mut self.lost, schema_of::<T>(), snapshot.0.len(), Some(error));
        self.parse_snapshot(snapshot, parse)
    }

    fn parse_snapshot<'a, T, P>(
        &mut self,
        (owner, budget): &'a (Bytes, Budget),
        parse: &P,
    ) -> Result<Option<T>, DecodeError>
    where
        T: Layout,
        P: ParseFrom<'a, T>,
    {
        let terms = Terms { complete: self.is_complete(), limit: self.limit, budget };
        let mut bytes = &owner[..];
        if let Some(lost) = self.lost.as_mut().filter(|lost| lost.is_active()) {
            // Making the copy is part of the cost of the search.
            lost.pay(owner.len(), self.limit);
            match find_by(&mut self.lost, &mut self.start, bytes, terms, parse)? {
                Some(at) => bytes = bytes.get(at..).unwrap_or_default(),
                None => return Ok(None),
            }
        }
        match parse(bytes, &terms.source().with_owner(owner)) {
            Ok((rest, frame)) => {
                self.accept::<T>(bytes, bytes.len() - rest.len())?;
                Ok(Some(frame))
            }
            Err(nom::Err::Incomplete(needed)) if !terms.complete => {
                let need = bytes.len().saturating_add(missing(needed));
                self.progress.note(schema_of::<T>(), need, bytes.len());
                // The walk finds out how many bytes are missing, if possible, to avoid an attempt
                // that would fail.
                let parser = |input| measure_by(parse, input, budget);
                let reach = self.progress.advance(bytes, &parser, budget);
                let need = match reach {
                    Some(Reach::AtLeast(bytes)) => need.max(bytes),
                    Some(Reach::Known) | None => need,
                };
                if matches!(reach, Some(Reach::Known)) {
                    self.progress.end_walk();
                }
                self.lacks::<T>(bytes, need)?;
                Ok(None)
            }
            Err(error) => Err(located(error).in_frame(T::SCHEMA.name, bytes)),
        }
    }

    /// Records that an attempt on a [snapshot](Self::snapshot) lacked bytes, and that the next
    /// attempt needs `need` bytes.
    fn lacks<T: Layout>(&mut self, input: &[u8], need: usize) -> Result<(), DecodeError> {
        if need > self.limit {
            let kind = DecodeErrorKind::TooLong {
                limit: self.limit,
                found: format!("a frame of at least {need} bytes"),
            };
            return Err(DecodeError::new(kind).in_frame(T::SCHEMA.name, input));
        }
        self.progress.need = need;
        Ok(())
    }

    /// Records that an attempt on a [snapshot](Self::snapshot) has read a frame of this many bytes.
    fn accept<T: Layout>(&mut self, input: &[u8], taken: usize) -> Result<(), DecodeError> {
        self.progress.forget();
        let kind = match taken {
            0 if !core::mem::take(&mut self.empty_read) => DecodeErrorKind::NoProgress,
            _ if taken > self.limit => {
                DecodeErrorKind::TooLong { limit: self.limit, found: format!("a frame of {taken} bytes") }
            }
            _ if self.per_read && taken < input.len() => {
                DecodeErrorKind::Trailing { extra: input.len() - taken }
            }
            _ => {
                self.start += taken;
                return Ok(());
            }
        };
        Err(DecodeError::new(kind).in_frame(T::SCHEMA.name, input))
    }

    pub(crate) fn frame_limit(&self) -> usize {
        self.limit
    }

    /// Forgets what is known about the next frame, which may be decoded with another context.
    pub(crate) fn start_over(&mut self) {
        self.progress.forget();
    }

    /// Returns the unread bytes.
    pub(crate) fn read_ahead(&self) -> &[u8] {
        let buffer = if self.shared.is_empty() { &self.buffer[..] } else { &self.shared[..] };
        buffer.get(self.start..).unwrap_or_default()
    }

    /// Takes up to `most` raw bytes.
    pub(crate) fn take_bytes(&mut self, most: usize) -> Bytes {
        self.regain();
        self.progress.forget();
        self.buffer.advance(self.start);
        self.start = 0;
        let taken = self.buffer.split_to(most.min(self.buffer.len())).freeze();
        self.hand_out();
        taken
    }
}

/// Returns the minimum size of the frame at the start of `input`, or `None` if the frame is
/// complete or malformed.
fn how_far(
    progress: &mut Progress,
    input: &[u8],
    schema: &'static Schema,
    measure: Measure,
    budget: &Budget,
) -> Option<usize> {
    if !progress.walks() {
        match measure(input, budget) {
            Measured::Takes(_) | Measured::Malformed(_) => return None,
            Measured::Lacks(bytes) => {
                let need = input.len().saturating_add(bytes);
                progress.note(schema, need, input.len());
                return Some(need);
            }
            // The walk below finds out how many bytes are missing.
            Measured::Awaits { .. } => progress.note(schema, input.len() + 1, input.len()),
        }
    }
    match progress.advance(input, &|input| measure(input, budget), budget) {
        Some(Reach::AtLeast(bytes)) => Some(bytes),
        Some(Reach::Known) => None,
        None => Some(input.len() + 1),
    }
}
