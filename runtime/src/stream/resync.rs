//! The methods of the framer for a stream that is out of sync.

use alloc::boxed::Box;

use nom::IResult;

use super::framer::Framer;
use super::lost::{Found, Lost, Probe};
use super::outcome::missing;
use super::refused::{boundary, refused};
use super::{ParseFrom, schema_of, walk};
use crate::budget::Budget;
use crate::error::{DecodeError, DecodeErrorKind};
#[cfg(feature = "net")]
use crate::frame::Decode;
use crate::frame::Layout;
use crate::schema::{Body, Role, Schema};
#[cfg(feature = "std")]
use crate::schema::{Measure, Measured};
use crate::source::Source;

/// The parameters that all attempts of one framer have in common.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// Whether no more bytes will arrive.
    pub(super) complete: bool,
    pub(super) limit: usize,
    pub(super) budget: &'a Budget,
}

impl<'a> Terms<'a> {
    pub(super) fn source(self) -> Source<'a> {
        let source = if self.complete { Source::complete() } else { Source::streaming() };
        source.with_budget(self.budget.renewed())
    }
}

impl Framer {
    /// Makes the framer continue after malformed bytes by itself, where possible, as if
    /// [`resync`](Self::resync) were called after each error.
    #[must_use]
    #[cfg(feature = "std")]
    pub(crate) fn resyncs(mut self, resyncs: bool) -> Self {
        self.resyncs = resyncs;
        self
    }

    /// Returns `true` if the framer is to resynchronise by itself, but frames of this type do not
    /// allow it.
    #[cfg(feature = "net")]
    pub(crate) fn resyncs_in_vain<T: Layout>(&self) -> bool {
        self.resyncs && !self.per_read && !can_resync::<T>()
    }

    /// Continues after malformed bytes when the end of the frame is unknown: skips bytes, starting
    /// one byte after the beginning of the frame, to the next position where a `T` can begin.
    /// Returns `false` if that is impossible for this type.
    ///
    /// A frame can begin where its leading constant is ([`Layout::SYNC`]), or anywhere if the type
    /// has a [`frame(max = N)`](crate::Frame#framemax--n) instead. A type with neither cannot be
    /// resynchronised. Until a complete frame is found, [`next_frame`](Self::next_frame) continues
    /// the search by itself: malformed bytes are skipped, and a complete frame is preferred to an
    /// earlier candidate that lacks bytes. The cost is bounded: failed attempts may read 16 bytes
    /// for each skipped byte plus twice the [`limit`](Self::limit), and up to 16,384 candidates may
    /// wait for more bytes. Beyond that `next_frame` skips the examined bytes, at least an eighth
    /// of the limit, and returns an error.
    ///
    /// ```
    /// use framewright::{prelude::*, stream::Framer};
    ///
    /// #[derive(Frame, Debug, PartialEq)]
    /// #[frame(be, magic = 0xCAFEu16)]
    /// struct Level { #[len_prefixed(u8)] text: String }
    ///
    /// let mut framer = Framer::new();
    /// // Noise, a false start that claims 200 bytes, and a frame.
    /// framer.room().extend_from_slice(b"\xff\x00\xca\xfe\xc8\xca\xfe\x02hi");
    /// assert!(framer.next_frame::<Level>().is_err());
    /// assert!(framer.resync::<Level>());
    /// assert_eq!(framer.next_frame::<Level>()?, Some(Level { text: "hi".into() }));
    /// assert_eq!(framer.passed_over(), 5);
    /// # Ok::<(), framewright::DecodeError>(())
    /// ```
    pub fn resync<T: Layout>(&mut self) -> bool {
        if self.per_read {
            return self.skip_frame::<T>();
        }
        if !can_resync::<T>() {
            return false;
        }
        self.regain();
        if self.skip > 0 {
            self.pass_over(self.skip);
        }
        self.progress.forget();
        let arrived = self.buffer.len().saturating_sub(self.start);
        begin(&mut self.lost, schema_of::<T>(), arrived, None);
        true
    }

    /// Returns the total number of bytes skipped to find frames; see [`resync`](Self::resync).
    #[must_use]
    pub fn passed_over(&self) -> u64 {
        self.lost.as_ref().map_or(0, |lost| lost.passed_over())
    }

    /// Returns `true` if the stream is out of sync, so that the next frame is being [searched
    /// for](Self::resync).
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.lost.as_ref().is_some_and(|lost| lost.is_active())
    }

    /// Rejects the first candidate of a stream that is out of sync, because it was not complete in
    /// time. Returns `false` if the stream is in sync.
    #[cfg(feature = "net")]
    pub(crate) fn refuse_start(&mut self) -> bool {
        let arrived = self.read_ahead().len();
        let Some(lost) = self.lost.as_mut().filter(|lost| lost.is_active()) else { return false };
        lost.refuse_first(arrived);
        true
    }

    /// Returns the error for a frame that was not completed in time. Returns `None` if no byte of
    /// it has arrived, or if the stream is out of sync.
    #[cfg(feature = "net")]
    pub(crate) fn cut<'a, T: Decode<'a>>(&'a self) -> Option<DecodeError> {
        let input = self.read_ahead();
        if input.is_empty() || self.is_lost() {
            return None;
        }
        let source = Source::complete().with_budget(self.budget.renewed());
        let error = match T::parse_from(input, &source) {
            Err(error) => return Some(refused::<T>(input, error)),
            Ok(_) => DecodeErrorKind::Check("the frame was not complete in time".into()),
        };
        Some(DecodeError::new(error).in_frame(T::SCHEMA.name, input))
    }

    /// Returns the number of bytes skipped since the last call.
    #[cfg(feature = "net")]
    pub(crate) fn take_passed_over(&mut self) -> u64 {
        self.lost.as_mut().map_or(0, |lost| lost.take_passed_over())
    }

    /// Takes the error of the first malformed bytes that were skipped automatically.
    #[cfg(feature = "net")]
    pub(crate) fn take_untold(&mut self) -> Option<DecodeError> {
        self.lost.as_mut()?.take_untold()
    }

    /// Returns how often malformed bytes were skipped automatically.
    #[cfg(feature = "net")]
    pub(crate) fn untold_runs(&self) -> u64 {
        self.lost.as_ref().map_or(0, |lost| lost.untold_runs())
    }

    /// Starts the search again, because the buffer was replaced, or bytes at its start were
    /// dropped.
    pub(super) fn find_again(&mut self) {
        if let Some(lost) = &mut self.lost {
            lost.start_over();
        }
    }

    /// Returns the next frame like [`next_frame_by`](Self::next_frame_by), for a stream that is out
    /// of sync.
    #[cold]
    #[inline(never)]
    pub(super) fn find_next<'a, T, P>(&'a mut self, parse: &P) -> Result<Option<T>, DecodeError>
    where
        T: Layout,
        P: ParseFrom<'a, T>,
    {
        self.regain();
        let terms = Terms { complete: self.is_complete(), limit: self.limit, budget: &self.budget };
        let input = self.buffer.get(self.start..).unwrap_or_default();
        find_frame(&mut self.lost, &mut self.start, input, terms, parse)
    }

    /// Searches a stream that is out of sync. Returns `true` if a frame was found, which then
    /// begins at the framer's position.
    #[cold]
    #[cfg(feature = "std")]
    pub(super) fn finds(&mut self, schema: &'static Schema, measure: Measure) -> Result<bool, DecodeError> {
        let terms = Terms { complete: false, limit: self.limit, budget: &self.budget };
        let probe = |here: &[u8]| match measure(here, terms.budget) {
            Measured::Takes(0) => Probe::Malformed(1),
            Measured::Malformed(error) => Probe::Malformed(read_for(schema, here, &error)),
            Measured::Takes(len) => Probe::Takes(len),
            Measured::Lacks(bytes) => Probe::Lacks(here.len().saturating_add(bytes)),
            Measured::Awaits { .. } => Probe::Lacks(here.len().saturating_add(1)),
        };
        let input = self.buffer.get(self.start..).unwrap_or_default();
        Ok(find(&mut self.lost, &mut self.start, schema, input, terms, &probe)?.is_some())
    }
}

/// Marks the stream as out of sync, because the frame at its position is malformed. `untold` is the
/// error, if it is not returned to the caller.
#[cold]
pub(super) fn begin(
    lost: &mut Option<Box<Lost>>,
    schema: &'static Schema,
    arrived: usize,
    untold: Option<DecodeError>,
) {
    let lost = lost.get_or_insert_with(|| Box::new(Lost::new(schema)));
    if !lost.is_active() {
        lost.begin(schema, 1.min(arrived), untold);
    }
}

/// Searches for the next frame in `input`, the received bytes from `start` on. If a frame is found,
/// returns its offset and moves `start` to it. Otherwise returns `None` and moves `start` to the
/// first position where a frame may still begin.
pub(super) fn find<'a>(
    lost: &mut Option<Box<Lost>>,
    start: &mut usize,
    schema: &'static Schema,
    input: &'a [u8],
    terms: Terms<'_>,
    probe: &dyn Fn(&'a [u8]) -> Probe,
) -> Result<Option<usize>, DecodeError> {
    let Some(lost) = lost else { return Ok(Some(0)) };
    let (passed, at) = match lost.search(schema, input, terms.complete, terms.limit, probe) {
        Found::TooMuch => {
            let (error, skipped) = lost.give_up(terms.limit, input.len());
            *start += skipped;
            return Err(error);
        }
        Found::At(at) => (at, Some(at)),
        Found::Nothing(none) => (none, None),
    };
    *start += passed;
    Ok(at)
}

/// Searches like [`find`]. The attempts use `parse`.
pub(super) fn find_by<'a, T, P>(
    lost: &mut Option<Box<Lost>>,
    start: &mut usize,
    input: &'a [u8],
    terms: Terms<'a>,
    parse: &P,
) -> Result<Option<usize>, DecodeError>
where
    T: Layout,
    P: ParseFrom<'a, T>,
{
    let probe = |here: &'a [u8]| probe(T::SCHEMA, here, parse(here, &terms.source()));
    find(lost, start, schema_of::<T>(), input, terms, &probe)
}

/// Searches like [`find_by`], and decodes the frame.
#[cold]
pub(super) fn find_frame<'a, T, P>(
    lost: &mut Option<Box<Lost>>,
    start: &mut usize,
    input: &'a [u8],
    terms: Terms<'a>,
    parse: &P,
) -> Result<Option<T>, DecodeError>
where
    T: Layout,
    P: ParseFrom<'a, T>,
{
    let Some(at) = find_by(lost, start, input, terms, parse)? else { return Ok(None) };
    let input = input.get(at..).unwrap_or_default();
    let (rest, frame) = parse(input, &terms.source()).map_err(|error| refused::<T>(input, error))?;
    *start += input.len() - rest.len();
    Ok(Some(frame))
}

/// Returns `true` if frames of this type can be distinguished from noise: by a leading constant or
/// a maximum size.
pub(crate) fn can_resync<T: Layout>() -> bool {
    T::SCHEMA.max.is_some() || !T::SCHEMA.leading().is_empty()
}

/// Turns the result of parsing at a possible start of a frame into the result of the attempt.
fn probe<'a, T>(schema: &'static Schema, here: &'a [u8], parsed: IResult<&'a [u8], T, DecodeError>) -> Probe {
    match parsed {
        Ok((rest, _)) if rest.len() < here.len() => Probe::Takes(here.len() - rest.len()),
        Ok(_) => Probe::Malformed(1),
        Err(nom::Err::Incomplete(needed)) => Probe::Lacks(here.len().saturating_add(missing(needed))),
        Err(nom::Err::Error(error) | nom::Err::Failure(error)) => {
            Probe::Malformed(read_for(schema, here, &error))
        }
    }
}

/// Returns an upper bound of the bytes of `input` that were read to find this error.
fn read_for(schema: &'static Schema, input: &[u8], error: &DecodeError) -> usize {
    if !schema.until.is_empty() {
        return boundary(schema, input).unwrap_or(input.len());
    }
    let looks_ahead = match error.kind() {
        DecodeErrorKind::Checksum { .. } => !ends_with_sum(schema),
        DecodeErrorKind::Check(_) => true,
        _ => schema.open || walk::is_worth_it(schema),
    };
    let most = schema.max_len.unwrap_or(usize::MAX);
    if looks_ahead { input.len().min(most) } else { error.offset().saturating_add(1) }
}

/// Returns `true` if the last field is a checksum, so that all bytes that it covers come before it.
fn ends_with_sum(schema: &Schema) -> bool {
    matches!(schema.body, Body::Struct([.., last]) if matches!(last.role, Role::Checksum(..)))
}
