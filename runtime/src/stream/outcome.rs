//! Handling of attempts that have found no frame.

use alloc::boxed::Box;

use super::lost::Lost;
use super::progress::Progress;
use super::refused::{not_one_frame, refused, within};
use super::resync::{Terms, begin, can_resync, find_frame};
use super::{ParseFrom, schema_of};
use crate::error::DecodeError;
use crate::frame::Layout;

/// The reason why an attempt has found no frame.
pub(super) enum Outcome {
    /// Too few bytes have arrived for an attempt.
    Waits,
    /// The frame takes at least this many bytes.
    Reaches(usize),
    /// The parser took this many bytes: none, more than the limit, or fewer than all bytes of a
    /// read that must be one frame.
    Takes(usize),
    Fails(nom::Err<DecodeError>),
}

/// The parts of the framer that change if an attempt finds no frame.
pub(super) struct State<'s> {
    pub(super) start: &'s mut usize,
    pub(super) progress: &'s mut Progress,
    pub(super) lost: &'s mut Option<Box<Lost>>,
    pub(super) resyncs: bool,
    pub(super) per_read: bool,
}

impl State<'_> {
    /// Records what the attempt found out about the frame, or continues after malformed bytes.
    #[cold]
    #[inline(never)]
    pub(super) fn without_frame<'a, T, P>(
        self,
        input: &'a [u8],
        outcome: Outcome,
        terms: Terms<'a>,
        parse: &P,
    ) -> Result<Option<T>, DecodeError>
    where
        T: Layout,
        P: ParseFrom<'a, T>,
    {
        let error = match self.progress.note_outcome(input, outcome, terms, parse) {
            Ok(()) => return Ok(None),
            Err(error) => error,
        };
        // The error is final, because the frame does not wait for more bytes.
        self.progress.forget();
        if !self.resyncs {
            return Err(error);
        }
        if self.per_read {
            *self.start += input.len();
            return Ok(None);
        }
        if !can_resync::<T>() || (T::OPEN && !terms.complete) {
            return Err(error);
        }
        begin(self.lost, schema_of::<T>(), input.len(), Some(error));
        find_frame(self.lost, self.start, input, terms, parse)
    }
}

impl Progress {
    /// Records what an attempt found out, or returns the error of malformed bytes.
    fn note_outcome<'a, T, P>(
        &mut self,
        input: &'a [u8],
        outcome: Outcome,
        terms: Terms<'a>,
        parse: &P,
    ) -> Result<(), DecodeError>
    where
        T: Layout,
        P: ParseFrom<'a, T>,
    {
        match outcome {
            Outcome::Waits => within(parse, input, terms.limit, input.len()),
            Outcome::Reaches(bytes) => {
                self.need = bytes;
                within(parse, input, terms.limit, bytes)?;
                self.within_means(T::SCHEMA, input)
            }
            Outcome::Fails(nom::Err::Incomplete(needed)) if !terms.complete => {
                let need = input.len().saturating_add(missing(needed));
                within(parse, input, terms.limit, need)?;
                self.note(schema_of::<T>(), need, input.len());
                self.within_means(T::SCHEMA, input)
            }
            Outcome::Fails(error) => Err(refused::<T>(input, error)),
            Outcome::Takes(taken) => Err(not_one_frame(parse, input, taken, terms.limit)),
        }
    }
}

pub(super) fn missing(needed: nom::Needed) -> usize {
    match needed {
        nom::Needed::Size(size) => size.get(),
        nom::Needed::Unknown => 1,
    }
}
