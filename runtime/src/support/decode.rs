//! Functions that generated parsers call.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::ToString;
use core::fmt::Debug;

use nom::{IResult, Needed};

use crate::budget::Budget;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::frame::{Decode, DecodeWith, trailing};
use crate::schema::{self, Ending, Endless, Measured, Stop, Type};
use crate::source::Source;
use crate::wire::{Fault, Fill, Filled, Found, FromExtent, ReadItem, Shape, find, only_fill};

/// The result of a parser.
pub type Parsed<'a, T> = IResult<&'a [u8], T, DecodeError>;

/// Returns the offset of `part` in `whole`.
#[inline(always)]
#[must_use]
pub fn offset(whole: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr().saturating_sub(whole.as_ptr().addr())
}

/// The source of an error: the frame, and the field unless the error is one of the frame itself.
#[derive(Debug)]
pub struct Site {
    /// Name of the type.
    pub frame: &'static str,
    /// Name of the field, or empty.
    pub field: &'static str,
}

impl Site {
    /// Locates an error `at` bytes into the frame. The outermost frame does this last, and adds its
    /// name. Because this is done here and not in the caller, parsers need not keep their input for
    /// an error that rarely happens.
    #[cold]
    fn locate(&self, error: DecodeError, src: &Source<'_>, input: &[u8], at: usize) -> DecodeError {
        let error = if self.field.is_empty() { error } else { error.in_field(self.field) };
        let error = error.after(at);
        if src.is_outermost() { error.in_frame(self.frame, input) } else { error }
    }
}

/// The fields of a run, with their sizes.
#[derive(Debug)]
pub struct RunSite {
    /// Name of the type.
    pub frame: &'static str,
    /// Names and sizes of the fields.
    pub fields: &'static [(&'static str, usize)],
}

/// Locates an error in a number of a run. `at` is the cursor before the number.
#[cold]
#[inline(never)]
pub fn in_leaf(error: DecodeError, site: &Site, src: &Source<'_>, input: &[u8], at: &[u8]) -> Fault {
    nom::Err::Error(site.locate(error, src, input, offset(input, at)))
}

/// Locates an error in a number at offset `at` in the frame.
#[cold]
#[inline(never)]
pub fn in_leaf_at(error: DecodeError, site: &Site, src: &Source<'_>, input: &[u8], at: usize) -> Fault {
    nom::Err::Error(site.locate(error, src, input, at))
}

/// Locates an error in a field that starts `at` bytes into the frame.
#[cold]
#[inline(never)]
pub fn in_field(error: Fault, site: &Site, src: &Source<'_>, input: &[u8], at: usize) -> Fault {
    error.map(|error| site.locate(error, src, input, at))
}

/// Locates an error like [`in_field`], in a field that at least `behind` more bytes follow.
#[cold]
#[inline(never)]
pub fn in_field_before(
    error: Fault,
    site: &Site,
    src: &Source<'_>,
    input: &[u8],
    at: usize,
    behind: usize,
) -> Fault {
    match error {
        nom::Err::Incomplete(Needed::Size(size)) => {
            nom::Err::Incomplete(Needed::new(size.get().saturating_add(behind)))
        }
        error => in_field(error, site, src, input, at),
    }
}

/// Locates an error in a list item.
#[cold]
#[inline(never)]
pub fn in_item(error: Fault, index: usize, at: usize) -> Fault {
    error.map(|error| error.in_item(index).after(at))
}

/// Returns the error of a run that the end of the input cuts off, located at the field that is cut
/// off.
#[cold]
#[inline(never)]
pub fn short_run(src: &Source<'_>, input: &[u8], at: &[u8], site: &RunSite, behind: usize) -> Fault {
    let whole: usize = site.fields.iter().map(|(_, size)| size).sum();
    if !src.is_complete() {
        return src.short(whole.saturating_add(behind), at.len());
    }
    let mut start = 0;
    for &(field, size) in site.fields {
        if start + size > at.len() {
            let found = at.len() - start;
            let site = Site { frame: site.frame, field };
            return in_field(src.short(size, found), &site, src, input, offset(input, at) + start);
        }
        start += size;
    }
    src.short(whole, at.len())
}

/// Returns the error of an extent of `len` bytes that the end of the input cuts off. The extent
/// begins at `at`, and at least `behind` more bytes follow it.
#[cold]
#[inline(never)]
pub fn short_body(
    src: &Source<'_>,
    input: &[u8],
    at: &[u8],
    len: usize,
    behind: usize,
    site: &Site,
) -> Fault {
    let behind = if src.is_complete() { 0 } else { behind };
    in_field(src.short(len.saturating_add(behind), at.len()), site, src, input, offset(input, at))
}

/// The requested part of the input, and the rest.
type Parts<'a> = Result<(&'a [u8], &'a [u8]), Fault>;

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

/// Splits off the bytes before `delimiter`, which is dropped.
///
/// # Errors
/// Returns an error if the delimiter is missing.
#[inline]
pub fn take_until<'a>(input: &'a [u8], src: &Source<'a>, delimiter: &'static [u8]) -> Parts<'a> {
    let found = find(input, delimiter).and_then(|at| {
        let (body, rest) = input.split_at_checked(at)?;
        Some((body, rest.get(delimiter.len()..)?))
    });
    match found {
        Some(parts) => Ok(parts),
        None => Err(no_delimiter(input, src, delimiter)),
    }
}

/// Returns `true` if the input begins with the `lead` of an optional field, and the rest after the
/// lead.
///
/// # Errors
/// Returns an error if more input is needed to decide.
pub fn take_lead<'a>(input: &'a [u8], src: &Source<'a>, lead: &[u8]) -> Result<(bool, &'a [u8]), Fault> {
    match input.strip_prefix(lead) {
        Some(rest) => Ok((true, rest)),
        None if lead.starts_with(input) && !src.is_complete() => {
            Err(src.short(input.len().saturating_add(1), input.len()))
        }
        None => Ok((false, input)),
    }
}

/// Splits off the bytes before one of several delimiters, or before one with options.
///
/// # Errors
/// Returns an error if the delimiter is missing, or in the wrong place.
pub fn take_any<'a>(input: &'a [u8], src: &Source<'a>, delimiter: &'static schema::Delimiter) -> Parts<'a> {
    let (at, len) = match delimiter.find(input, src.is_complete()) {
        Found::At(at, len) => (at, len),
        Found::Cut(_) | Found::Nothing => return without(input, src, delimiter),
    };
    let (body, rest) = input.split_at_checked(at).unwrap_or_default();
    match (delimiter.ending, rest.get(len..).unwrap_or_default()) {
        (Ending::Left, _) => Ok((body, rest)),
        (Ending::Between, []) if src.is_complete() => {
            let error = "nothing follows this delimiter, which is only written before another value";
            Err(nom::Err::Error(DecodeError::custom(error).after(at)))
        }
        (Ending::Between, []) => Err(nom::Err::Incomplete(Needed::new(1))),
        (_, behind) => Ok((body, behind)),
    }
}

/// Returns the result for a value without a delimiter after it.
#[cold]
fn without<'a>(input: &'a [u8], src: &Source<'a>, delimiter: &'static schema::Delimiter) -> Parts<'a> {
    let may_be_missing =
        delimiter.optional || matches!(delimiter.ending, Ending::Between | Ending::Separates);
    // If more input may come, a type that ends with such a delimiter takes the available bytes,
    // like a type that ends with `rest`.
    let takes_all = src.is_complete() || (delimiter.ending == Ending::Between && !src.is_resuming());
    if takes_all && may_be_missing {
        // The rest is the end of the input itself, because its address gives the position.
        return Ok(input.split_at(input.len()));
    }
    if src.is_complete() {
        let expected = Cow::Borrowed(delimiter.written());
        return Err(nom::Err::Error(DecodeError::new(DecodeErrorKind::Delimiter { expected })));
    }
    if src.is_resuming() {
        return Err(nom::Err::Failure(DecodeError::awaiting(Endless::UntilAny(delimiter))));
    }
    Err(nom::Err::Incomplete(Needed::new(1)))
}

/// Returns the value in a place. The value may end before the place does.
#[must_use]
pub fn stopped<'a>(body: &'a [u8], stop: &'static Stop) -> &'a [u8] {
    match stop.find(body) {
        Found::At(at, _) => body.get(..at).unwrap_or_default(),
        Found::Cut(_) | Found::Nothing => body,
    }
}

#[cold]
#[inline(never)]
fn no_delimiter(input: &[u8], src: &Source<'_>, delimiter: &'static [u8]) -> Fault {
    if src.is_complete() {
        return nom::Err::Error(DecodeError::new(DecodeErrorKind::Delimiter {
            expected: Cow::Borrowed(delimiter),
        }));
    }
    if src.is_resuming() {
        return nom::Err::Failure(DecodeError::awaiting(Endless::Until(delimiter)));
    }
    // The last bytes of the input may be the beginning of the delimiter.
    let begun = (1..delimiter.len()).rev().find(|&len| input.ends_with(&delimiter[..len])).unwrap_or(0);
    nom::Err::Incomplete(Needed::new(delimiter.len() - begun))
}

/// Returns the fill byte of a fixed field, if it has one. Bytes and text are padded with zeros by
/// default, lists of single bytes only if `fill` is given.
pub(super) const fn filling<T: Shape<F>, F>(fill: Option<u8>) -> Option<u8> {
    match (fill, &T::TYPE) {
        (None, Type::Bytes | Type::Text | Type::Encoded(_)) => Some(0),
        (fill, _) => fill,
    }
}

/// Returns `true` if a fixed field is padded. `said` is `true` if `fill` is given.
#[must_use]
pub const fn fills<T: Shape<F>, F>(said: bool) -> bool {
    said || matches!(T::TYPE, Type::Bytes | Type::Text | Type::Encoded(_))
}

/// Checks that a fixed field can be padded.
///
/// # Panics
/// Panics if the value cannot be distinguished from the fill. During constant evaluation this is a
/// compile error.
pub const fn is_filled<T: Shape<F>, F>() {
    assert!(
        !matches!(T::FILLED, Filled::Never),
        "this value cannot be padded: remove `fill`, then `fixed(N)` is the exact size"
    );
}

/// Checks that a place can have the size `len`.
///
/// # Panics
/// Panics if the place ends within a code unit of two bytes. During constant evaluation this is a
/// compile error.
pub const fn is_whole_units<T: Shape<F>, F>(len: usize) {
    assert!(
        T::UNITS.is_none() || len % 2 == 0,
        "a code unit of this text has two bytes: give it an even number of bytes"
    );
}

/// Returns a fixed field without its fill.
#[inline]
#[must_use]
pub fn trim<T: Shape<F>, F>(body: &[u8], fill: Option<u8>) -> &[u8] {
    match (filling::<T, F>(fill), T::UNITS) {
        (Some(fill), Some(order)) => Fill::new(fill, Some(order)).trim(body),
        (fill, _) => trim_bytes(body, fill),
    }
}

/// Reads a value from a padded place, and returns it with its size.
///
/// # Errors
/// Returns the same errors as [`FromExtent::from_extent`].
#[inline]
pub fn read_filled<'a, T: FromExtent<'a, F>, F>(
    place: &'a [u8],
    src: &Source<'a>,
    fill: u8,
) -> Result<(T, usize), Fault> {
    T::from_place(place, trim::<T, F>(place, Some(fill)).len(), src)
}

/// Reads a frame with context from a padded place, and returns it with its size.
///
/// # Errors
/// Returns the same errors as [`crate::Decode::parse_from`].
#[inline]
pub fn read_filled_frame_with<'a, T: DecodeWith<'a, C>, C>(
    place: &'a [u8],
    src: &Source<'a>,
    fill: u8,
    context: C,
) -> Result<(T, usize), Fault> {
    let (rest, value) = T::parse_with_from(place, &src.bounded().deeper()?, context)?;
    only_fill(place.len() - rest.len(), trim_bytes(place, Some(fill)).len()).map(|taken| (value, taken))
}

/// Trims the fill from the end of a padded place, for a hand-written module.
#[inline]
#[must_use]
pub fn trim_bytes(mut body: &[u8], fill: Option<u8>) -> &[u8] {
    if let Some(fill) = fill {
        while let [rest @ .., last] = body {
            if *last != fill {
                break;
            }
            body = rest;
        }
    }
    body
}

/// Returns the input unchanged, but hides from LLVM how its length was computed. This only affects
/// build time, which would otherwise double with every length that is split off before.
#[inline(always)]
#[must_use]
pub fn unlinked(input: &[u8]) -> &[u8] {
    core::hint::black_box(input)
}

/// Parses a piece of a long frame in a separate function. This only affects build time.
///
/// # Errors
/// Returns the errors of the piece.
#[inline(never)]
pub fn in_a_piece<T>(parse: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    parse()
}

/// Returns the bytes of an extent after the first `already` bytes, which have been read.
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

/// Moves past a constant.
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

/// Returns the error of a parser of a type that failed to derive.
#[cold]
#[must_use]
pub fn not_derived() -> Fault {
    nom::Err::Error(DecodeError::custom("this type failed to derive"))
}

/// Returns the bytes of the frame before `at`.
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

/// Moves past fill.
///
/// # Errors
/// Returns an error if the fill is truncated or, with `strict`, has other bytes.
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

/// Measures the frame at the start of `input`.
pub fn measure<'a, T: Decode<'a>>(input: &'a [u8], budget: &'a Budget) -> Measured {
    measure_by(&T::parse_from, input, budget)
}

/// Measures a list item with `each` at the start of `input`.
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
        Err(nom::Err::Incomplete(Needed::Size(size))) => Measured::Lacks(size.get()),
        Err(nom::Err::Incomplete(Needed::Unknown)) => Measured::Lacks(1),
        Err(nom::Err::Error(error) | nom::Err::Failure(error)) => match error.awaits() {
            Some(part) => Measured::Awaits { at: error.offset(), part },
            None => Measured::Malformed(error),
        },
    }
}
