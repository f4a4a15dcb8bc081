//! What a conversation asks of its framer: whether a frame is there, before it borrows from the buffer, and bytes that
//! are no frames.

use alloc::boxed::Box;
use alloc::format;
use core::cell::Cell;
use std::sync::OnceLock;

use bytes::{Buf, Bytes};
use nom::IResult;

use super::framer::{Framer, missing, probe};
use super::lost::{Found, Probe, read_for};
use super::progress::Progress;
use super::walk::Reach;
use crate::budget::Budget;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::frame::{Layout, located};
use crate::schema::{Measure, Measured, Schema};
use crate::source::Source;
use crate::support::measure_by;

/// Bytes that frames borrow from, and where the next lie if these were too few. What lies in a slot stays there as long as
/// a frame may borrow from it, so each attempt takes another.
#[derive(Default)]
pub(crate) struct Slot {
    bytes: OnceLock<(Bytes, Budget)>,
    next: OnceLock<Box<Slot>>,
}

impl Slot {
    /// Puts in bytes and the memory that may be used for them, and gives the slot for the next.
    pub(crate) fn fill(&self, filling: (Bytes, Budget)) -> (&(Bytes, Budget), &Self) {
        (self.bytes.get_or_init(|| filling), self.next.get_or_init(Box::default))
    }
}

/// One after the other, because a drop inside a drop would take stack for each attempt.
impl Drop for Slot {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut slot) = next {
            next = slot.next.take();
        }
    }
}

impl Framer {
    /// Whether [`next_frame`](Self::next_frame) has an answer: the frame has arrived, or is malformed. It is so
    /// at the end of the stream.
    ///
    /// `measure` is the parser of the type, for any lifetime.
    pub(crate) fn has_frame<T: Layout>(&mut self, measure: Measure) -> bool {
        if self.is_complete() {
            return true;
        }
        self.regain();
        if self.is_lost() && !T::OPEN {
            return self.finds(T::SCHEMA, measure);
        }
        self.trust(T::SCHEMA);
        let held = self.read_ahead().len();
        if T::OPEN || held < self.progress.need.max(T::MIN_LEN).min(self.most()) {
            return held >= self.most();
        }
        if T::MAX_LEN == Some(T::MIN_LEN) {
            return true;
        }
        let buffer = self.buffer.get(self.start..).unwrap_or_default();
        let Some(need) = how_far(&mut self.progress, buffer, T::SCHEMA, measure, &self.budget) else {
            return true;
        };
        if need >= self.most() {
            self.progress.forget();
            return true;
        }
        self.progress.note(T::SCHEMA, need);
        false
    }

    /// Whether a stream that is out of step has come to a frame, or to an error.
    #[cold]
    fn finds(&mut self, schema: &'static Schema, measure: Measure) -> bool {
        let input = self.buffer.get(self.start..).unwrap_or_default();
        let budget = &self.budget;
        let probe = |here: &[u8]| match measure(here, budget) {
            Measured::Takes(0) => Probe::Malformed(1),
            Measured::Malformed(error) => Probe::Malformed(read_for(schema, here, &error)),
            Measured::Takes(len) => Probe::Takes(len),
            Measured::Lacks(bytes) => Probe::Lacks(here.len().saturating_add(bytes)),
            Measured::Awaits { .. } => Probe::Lacks(here.len().saturating_add(1)),
        };
        let Some(lost) = &mut self.lost else { return true };
        match lost.search(schema, input, false, self.limit, &probe) {
            Found::At(at) => {
                self.start += at;
                true
            }
            Found::Nothing(none) => {
                self.start += none;
                false
            }
            // The next frame is that error.
            Found::TooMuch => true,
        }
    }

    /// A frame of so many bytes is refused.
    fn most(&self) -> usize {
        self.limit.saturating_add(1)
    }

    /// What has arrived, to be shared by frames of a type whose parser is for one lifetime only, if an attempt is
    /// worth it. It is for [an attempt](Self::attempt).
    pub(crate) fn snapshot<T: Layout>(&mut self) -> Option<(Bytes, Budget)> {
        self.regain();
        self.trust(T::SCHEMA);
        let held = self.read_ahead().len();
        let is_worth_it = match self.is_complete() {
            true => held > 0,
            false => {
                held >= self.most() || !T::OPEN && held >= self.progress.need.max(1) && !self.is_awaited()
            }
        };
        if !is_worth_it {
            return None;
        }
        self.shared = core::mem::take(&mut self.buffer).freeze();
        Some((self.shared.slice(self.start..), self.budget.another()))
    }

    /// Whether the walk says without the parser that the frame has not arrived. Each attempt keeps a copy of what has, so
    /// there must not be one for each read.
    fn is_awaited(&mut self) -> bool {
        let Some(walk) = &mut self.progress.walk else { return false };
        let input = self.buffer.get(self.start..).unwrap_or_default();
        let asks = Cell::new(false);
        // The walk stays where it asks, for the attempt to answer.
        let parser = |_: &[u8]| {
            asks.set(true);
            Measured::Lacks(1)
        };
        match walk.advance(input, &parser, &self.budget) {
            Reach::AtLeast(need) if !asks.get() && need <= self.limit => {
                self.progress.need = need;
                true
            }
            Reach::AtLeast(_) => false,
            Reach::Known => {
                self.progress.walk = None;
                false
            }
        }
    }

    /// Tries a frame on a [snapshot](Self::snapshot).
    pub(crate) fn attempt<'a, T, P>(
        &mut self,
        snapshot: &'a (Bytes, Budget),
        parse: &P,
    ) -> Result<Option<T>, DecodeError>
    where
        T: Layout,
        P: Fn(&'a [u8], &Source<'a>) -> IResult<&'a [u8], T, DecodeError>,
    {
        self.parse_snapshot(snapshot, parse).inspect_err(|_| self.progress.forget())
    }

    fn parse_snapshot<'a, T, P>(
        &mut self,
        (owner, budget): &'a (Bytes, Budget),
        parse: &P,
    ) -> Result<Option<T>, DecodeError>
    where
        T: Layout,
        P: Fn(&'a [u8], &Source<'a>) -> IResult<&'a [u8], T, DecodeError>,
    {
        let complete = self.is_complete();
        let source = if complete { Source::complete() } else { Source::streaming() };
        let bytes = match self.find_in(owner, budget, complete, parse)? {
            Some(at) => owner.get(at..).unwrap_or_default(),
            None => return Ok(None),
        };
        match parse(bytes, &source.with_owner(owner).with_budget(budget.renewed())) {
            Ok((rest, frame)) => {
                self.accept::<T>(bytes, bytes.len() - rest.len())?;
                Ok(Some(frame))
            }
            Err(nom::Err::Incomplete(needed)) if !complete => {
                let need = bytes.len().saturating_add(missing(needed));
                self.progress.note(T::SCHEMA, need);
                // What is to be awaited from here on is found out without another attempt, where it can be.
                let parser = |input| measure_by(parse, input, budget);
                let reach = self.progress.walk.as_mut().map(|walk| walk.advance(bytes, &parser, budget));
                let need = match reach {
                    Some(Reach::AtLeast(bytes)) => need.max(bytes),
                    Some(Reach::Known) | None => need,
                };
                if matches!(reach, Some(Reach::Known)) {
                    self.progress.walk = None;
                }
                self.lacks::<T>(bytes, need)?;
                Ok(None)
            }
            Err(error) => Err(located(error).in_frame(T::SCHEMA.name, bytes)),
        }
    }

    /// Where in a [snapshot](Self::snapshot) the next frame begins, which is its beginning unless the stream is out of step.
    fn find_in<'a, T, P>(
        &mut self,
        bytes: &'a Bytes,
        budget: &'a Budget,
        complete: bool,
        parse: &P,
    ) -> Result<Option<usize>, DecodeError>
    where
        T: Layout,
        P: Fn(&'a [u8], &Source<'a>) -> IResult<&'a [u8], T, DecodeError>,
    {
        let Some(lost) = self.lost.as_mut().filter(|lost| lost.is_active()) else { return Ok(Some(0)) };
        let source = if complete { Source::complete() } else { Source::streaming() };
        let probe =
            |here: &'a [u8]| probe(T::SCHEMA, here, parse(here, &source.with_budget(budget.renewed())));
        match lost.search(T::SCHEMA, bytes, complete, self.limit, &probe) {
            Found::TooMuch => Err(lost.give_up(self.limit)),
            Found::At(at) => {
                self.start += at;
                Ok(Some(at))
            }
            Found::Nothing(none) => {
                self.start += none;
                Ok(None)
            }
        }
    }

    /// An attempt on a [snapshot](Self::snapshot) lacks bytes: there must be `need` for the next.
    fn lacks<T: Layout>(&mut self, input: &[u8], need: usize) -> Result<(), DecodeError> {
        if need > self.limit {
            let kind = DecodeErrorKind::TooLong {
                limit: self.limit,
                found: format!("a frame of at least {need} bytes"),
            };
            return Err(DecodeError::new(kind).in_frame(T::SCHEMA.name, input));
        }
        self.progress.note(T::SCHEMA, need);
        Ok(())
    }

    /// An attempt on a [snapshot](Self::snapshot) has read a frame of so many bytes.
    fn accept<T: Layout>(&mut self, input: &[u8], taken: usize) -> Result<(), DecodeError> {
        self.progress.forget();
        let kind = match taken {
            0 => DecodeErrorKind::NoProgress,
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

    /// The most bytes of a frame.
    pub(crate) fn frame_limit(&self) -> usize {
        self.limit
    }

    /// Drops what is known of the next frame, which may be read with other values.
    pub(crate) fn start_over(&mut self) {
        self.progress.forget();
    }

    /// What has arrived and was not taken.
    pub(crate) fn read_ahead(&self) -> &[u8] {
        let buffer = if self.shared.is_empty() { &self.buffer[..] } else { &self.shared[..] };
        buffer.get(self.start..).unwrap_or_default()
    }

    /// Takes up to `most` bytes as they are.
    pub(crate) fn take_bytes(&mut self, most: usize) -> Bytes {
        self.regain();
        self.progress.forget();
        self.buffer.advance(self.start);
        self.start = 0;
        let taken = self.buffer.split_to(most.min(self.buffer.len())).freeze();
        self.hand_out();
        taken
    }

    /// Drops what is known of the next frame if it was found out about another type, or the buffer has changed.
    fn trust(&mut self, schema: &'static Schema) {
        if self.progress.need > 1 && (!self.progress.is_of(schema) || self.is_changed()) {
            self.progress.forget();
        }
    }
}

/// How many bytes the frame at the start of `input` has at least, if that is more than there are.
fn how_far(
    progress: &mut Progress,
    input: &[u8],
    schema: &'static Schema,
    measure: Measure,
    budget: &Budget,
) -> Option<usize> {
    if progress.walk.is_none() {
        match measure(input, budget) {
            Measured::Takes(_) | Measured::Malformed(_) => return None,
            Measured::Lacks(bytes) => return Some(input.len().saturating_add(bytes)),
            // From here on the walk is what goes on.
            Measured::Awaits { .. } => progress.note(schema, input.len() + 1),
        }
    }
    match progress.walk.as_mut().map(|walk| walk.advance(input, &|input| measure(input, budget), budget)) {
        Some(Reach::AtLeast(bytes)) => Some(bytes),
        Some(Reach::Known) => None,
        None => Some(input.len() + 1),
    }
}
