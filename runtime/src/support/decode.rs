//! Functions that generated parsers call.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::ToString as _;
use core::fmt::Debug;

use nom::{IResult, Needed};

use super::site::Site;
use crate::budget::Budget;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::frame::{Decode, DecodeWith, trailing};
use crate::schema::Measured;
use crate::source::Source;
use crate::wire::{Fault, ReadItem};

/// The result of a parser.
pub type Parsed<'a, T> = IResult<&'a [u8], T, DecodeError>;

/// Returns the offset of `part` in `whole`.
#[inline(always)]
#[must_use]
pub fn offset(whole: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr())
}

/// The requested part of the input, and the rest.
pub(super) type Parts<'a> = Result<(&'a [u8], &'a [u8]), Fault>;

/// Splits off everything except the last `behind` bytes.
///
/// # Errors
/// Returns an error if the input has fewer bytes.
#[inline]
pub fn take_rest<'a>(input: &'a [u8], src: &Source<'a>, behind: usize) -> Parts<'a> {
    match input.len().checked_sub(behind).and_then(|len| input.split_at_checked(len)) {
        Some(parts) => Ok(parts),
        None => Err(src.short(behind, input.len())),
    }
}

/// Returns the input unchanged, but hides from LLVM how its length was computed. This only affects
/// build time: without it the work of LLVM would double with each part that is split off the input.
#[inline(always)]
#[must_use]
pub fn unlinked(input: &[u8]) -> &[u8] {
    core::hint::black_box(input)
}

/// Parses a part of a long frame in a function that is not inlined. This only affects build time.
///
/// # Errors
/// Returns the errors of `parse`.
#[inline(never)]
pub fn in_a_piece<T>(parse: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    parse()
}

/// Returns the number of bytes left in an extent of `len` bytes after `already` bytes were read.
///
/// # Errors
/// Returns an error if the length is smaller than `already`.
#[inline(always)]
pub fn left_in(len: usize, already: usize) -> Result<usize, DecodeError> {
    len.checked_sub(already).ok_or_else(|| too_small(len, already))
}

#[cold]
#[inline(never)]
fn too_small(len: usize, already: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Value {
        expected: format!("a length of at least {already}").into(),
        found: format!("{len}"),
    })
}

/// Checks that nothing is left of an extent.
///
/// # Errors
/// Returns an error if bytes are left.
#[inline(always)]
pub fn at_end(rest: &[u8]) -> Result<(), Fault> {
    if rest.is_empty() { Ok(()) } else { Err(nom::Err::Error(trailing(rest.len()))) }
}

/// Moves past a constant at the front of a run.
///
/// # Errors
/// Returns an error if the bytes differ.
#[inline(always)]
pub fn magic<const N: usize>(run: &mut &[u8], expected: &[u8; N]) -> Result<(), DecodeError> {
    match run.split_first_chunk::<N>() {
        Some((found, rest)) if found == expected => {
            *run = rest;
            Ok(())
        }
        _ => Err(wrong_magic(run, expected)),
    }
}

#[cold]
#[inline(never)]
fn wrong_magic(run: &[u8], expected: &[u8]) -> DecodeError {
    let found = run.get(..expected.len()).unwrap_or(run).to_vec();
    DecodeError::new(DecodeErrorKind::Magic { expected: Cow::Owned(expected.to_vec()), found })
}

/// Returns the rest of a run after `len` ignored bytes.
#[inline(always)]
#[must_use]
pub fn after(run: &[u8], len: usize) -> &[u8] {
    run.get(len..).unwrap_or_default()
}

/// Returns the error of a tag that no variant has.
#[cold]
#[inline(never)]
pub fn unknown_tag<T: Debug>(found: T, site: &Site, src: &Source<'_>, input: &[u8], at: usize) -> Fault {
    let error = DecodeError::new(DecodeErrorKind::Tag { of: site.frame, found: format!("{found:?}") });
    nom::Err::Error(site.locate(error, src, input, at))
}

/// Returns the error of a failed check while decoding.
#[cold]
#[inline(never)]
pub fn check_failed(message: &'static str, site: &Site, src: &Source<'_>, input: &[u8], at: usize) -> Fault {
    nom::Err::Error(site.locate(DecodeError::custom(message), src, input, at))
}

/// Reads a frame with context.
///
/// # Errors
/// Returns the same errors as [`crate::Decode::parse_from`].
#[inline]
pub fn read_with<'a, T: DecodeWith<'a, C>, C>(
    input: &'a [u8],
    src: &Source<'a>,
    context: C,
) -> Parsed<'a, T> {
    T::parse_with_from(input, &src.deeper()?, context)
}

/// Reads a frame with context from exactly the bytes of an extent.
///
/// # Errors
/// Returns the same errors as [`crate::Decode::parse_from`].
#[inline]
pub fn from_extent_with<'a, T: DecodeWith<'a, C>, C>(
    extent: &'a [u8],
    src: &Source<'a>,
    context: C,
    lenient: bool,
) -> Result<T, Fault> {
    let (rest, value) = T::parse_with_from(extent, &src.bounded().deeper()?, context)?;
    if rest.is_empty() || lenient {
        return Ok(value);
    }
    Err(nom::Err::Error(trailing(rest.len()).after(extent.len() - rest.len())))
}

/// Parses within `max` bytes. A frame that needs more is refused as soon as that is certain.
///
/// # Errors
/// Returns the same errors as [`crate::Decode::parse_from`].
#[inline]
pub fn limited<'a, T>(
    input: &'a [u8],
    src: &Source<'a>,
    site: &Site,
    max: usize,
    open: bool,
    parse: impl FnOnce(&'a [u8], &Source<'a>) -> Parsed<'a, T>,
) -> Parsed<'a, T> {
    let Some((window, behind)) = input.split_at_checked(max) else {
        return parse(input, src).map_err(|error| exceeds(error, input.len(), max, site, src, input));
    };
    if open && !behind.is_empty() {
        return Err(too_long(max, site, src, input));
    }
    // If the parser runs out of bytes in the window, the frame is too long.
    match parse(window, &src.unbounded()) {
        Ok((rest, value)) => Ok((input.get(window.len() - rest.len()..).unwrap_or_default(), value)),
        Err(error) => Err(exceeds(error, window.len(), max, site, src, input)),
    }
}

#[cold]
#[inline(never)]
fn exceeds(error: Fault, have: usize, max: usize, site: &Site, src: &Source<'_>, input: &[u8]) -> Fault {
    match error {
        nom::Err::Incomplete(Needed::Size(more)) if have.saturating_add(more.get()) > max => {
            too_long(max, site, src, input)
        }
        nom::Err::Incomplete(Needed::Unknown) if have >= max => too_long(max, site, src, input),
        error => error,
    }
}

#[cold]
#[inline(never)]
fn too_long(max: usize, site: &Site, src: &Source<'_>, input: &[u8]) -> Fault {
    let error = DecodeError::new(DecodeErrorKind::TooLong { limit: max, found: "a longer frame".into() });
    nom::Err::Error(site.locate(error, src, input, 0))
}

/// Returns the error of every parser of a type with errors in its declaration.
#[cold]
#[must_use]
pub fn not_derived() -> Fault {
    nom::Err::Error(DecodeError::custom("the declaration of this type has errors"))
}

/// Returns the bytes of the frame before the cursor `at`.
#[inline]
#[must_use]
pub fn before<'a>(input: &'a [u8], at: &[u8]) -> &'a [u8] {
    input.get(..offset(input, at)).unwrap_or_default()
}

/// Returns the size of the gap between `here`, the end of the bytes that have been read, and a
/// field that begins at `begins`.
///
/// # Errors
/// Returns an error if the field begins before `here`.
#[inline]
pub fn gap_to(begins: usize, here: usize) -> Result<usize, DecodeError> {
    begins.checked_sub(here).ok_or_else(|| {
        DecodeError::new(DecodeErrorKind::Value {
            expected: alloc::format!("an offset of at least {here}, where the earlier fields end").into(),
            found: begins.to_string(),
        })
    })
}

/// Moves past `len` bytes of padding.
///
/// # Errors
/// Returns an error if the padding is truncated or, with `strict`, has other bytes than `byte`.
#[inline]
pub fn take_fill<'a>(
    input: &'a [u8],
    src: &Source<'a>,
    len: usize,
    strict: bool,
    byte: u8,
) -> Result<&'a [u8], Fault> {
    let (fill, rest) = input.split_at_checked(len).ok_or_else(|| src.short(len, input.len()))?;
    match fill.iter().position(|found| *found != byte) {
        Some(at) if strict && src.verifies() => Err(wrong_fill(fill, at, byte)),
        _ => Ok(rest),
    }
}

#[cold]
fn wrong_fill(fill: &[u8], at: usize, byte: u8) -> Fault {
    let found = fill.get(at..).unwrap_or_default().to_vec();
    let kind = DecodeErrorKind::Magic { expected: Cow::Owned(alloc::vec![byte; found.len()]), found };
    nom::Err::Error(DecodeError::new(kind).after(at))
}

/// Returns the result of a hand-written parser for `input`. The parser does not know whether more
/// input may come. If no more can come, a request for more becomes an error.
///
/// # Errors
/// Returns the errors of the parser.
#[inline]
pub fn hand_written<'a, T>(parsed: Parsed<'a, T>, input: &[u8], src: &Source<'a>) -> Parsed<'a, T> {
    match parsed {
        Err(nom::Err::Incomplete(needed)) => {
            let missing = match needed {
                Needed::Size(size) => size.get(),
                Needed::Unknown => 1,
            };
            Err(src.short(input.len().saturating_add(missing), input.len()))
        }
        parsed => parsed,
    }
}

/// Returns the result of a hand-written parser for exactly the bytes of an extent.
///
/// # Errors
/// Returns the errors of the parser, and an error if bytes are left.
#[inline]
pub fn hand_written_all<'a, T>(
    parsed: Parsed<'a, T>,
    extent: &[u8],
    src: &Source<'a>,
    lenient: bool,
) -> Result<T, Fault> {
    let (rest, value) = hand_written(parsed, extent, &src.bounded())?;
    if rest.is_empty() || lenient {
        return Ok(value);
    }
    Err(nom::Err::Error(trailing(rest.len()).after(extent.len() - rest.len())))
}

/// Measures the frame at the start of `input` by parsing it.
pub fn measure<'a, T: Decode<'a>>(input: &'a [u8], budget: &'a Budget) -> Measured {
    measure_by(&T::parse_from, input, budget)
}

/// Measures the frame at the start of `input`, for a type that borrows nothing. Unlike [`measure`]
/// it is a [`Measure`](crate::schema::Measure) itself.
pub fn measure_owned<T: for<'a> Decode<'a>>(input: &[u8], budget: &Budget) -> Measured {
    measure::<T>(input, budget)
}

/// Measures the item at the start of `input` by parsing it, for a list with `each`.
pub fn measure_item<'a, H: ReadItem<'a, ()>>(input: &'a [u8], budget: &'a Budget) -> Measured {
    measure_by(&|input: &'a [u8], src: &Source<'a>| H::read_item(input, src, ()), input, budget)
}

/// Measures the value at the start of `input` with this parser.
pub fn measure_by<'a, T, P>(parse: &P, input: &'a [u8], budget: &'a Budget) -> Measured
where
    P: Fn(&'a [u8], &Source<'a>) -> Parsed<'a, T>,
{
    match parse(input, &Source::resuming().with_budget(budget.renewed())) {
        Ok((rest, _)) => Measured::Takes(input.len() - rest.len()),
        // This function is instantiated for every type, so what is rare is in another one.
        Err(error) => not_whole(error),
    }
}

/// Returns what the error of a parser says about the size of a value.
#[inline(never)]
fn not_whole(error: Fault) -> Measured {
    match error {
        nom::Err::Incomplete(Needed::Size(size)) => Measured::Lacks(size.get()),
        nom::Err::Incomplete(Needed::Unknown) => Measured::Lacks(1),
        nom::Err::Error(error) | nom::Err::Failure(error) => match error.awaits() {
            Some(part) => Measured::Awaits { at: error.offset(), part },
            None => Measured::Malformed(error),
        },
    }
}
