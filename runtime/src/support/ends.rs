//! Reading up to a delimiter.

use alloc::borrow::Cow;

use nom::Needed;

use super::decode::Parts;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::schema::{self, Ending, Endless, Stop};
use crate::source::Source;
use crate::wire::{Fault, Found, find};

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

/// Like [`take_lead`], where at least `behind` bytes follow the field. If they may be fewer than those
/// of the lead, the input may end here, and a part of the lead is not one.
///
/// # Errors
/// Returns the same errors as [`take_lead`].
#[inline]
pub fn take_lead_before<'a>(
    input: &'a [u8],
    src: &Source<'a>,
    lead: &[u8],
    behind: usize,
) -> Result<(bool, &'a [u8]), Fault> {
    if behind < lead.len() && input.len() < lead.len() {
        return Ok((false, input));
    }
    take_lead(input, src, lead)
}

/// Splits off the bytes before one of several delimiters, or before a delimiter with options.
///
/// # Errors
/// Returns an error if the delimiter is missing, or is a `between` delimiter with nothing after it.
pub fn take_any<'a>(input: &'a [u8], src: &Source<'a>, delimiter: &'static schema::Delimiter) -> Parts<'a> {
    let (at, len) = match delimiter.find(input, src.is_complete()) {
        Found::At(at, len) => (at, len),
        Found::Cut(_) | Found::Nothing => return without(input, src, delimiter),
    };
    let (body, rest) = input.split_at_checked(at).unwrap_or_default();
    match (delimiter.ending, rest.get(len..).unwrap_or_default()) {
        (Ending::Left, _) => Ok((body, rest)),
        (Ending::Between, []) if src.is_complete() => {
            let error = "this delimiter must be followed by another value";
            Err(nom::Err::Error(DecodeError::custom(error).after(at)))
        }
        (Ending::Between, []) => Err(nom::Err::Incomplete(Needed::new(1))),
        (_, behind) => Ok((body, behind)),
    }
}

/// Returns the result for input without the delimiter.
#[cold]
fn without<'a>(input: &'a [u8], src: &Source<'a>, delimiter: &'static schema::Delimiter) -> Parts<'a> {
    let may_be_missing =
        delimiter.optional || matches!(delimiter.ending, Ending::Between | Ending::Separates);
    // If more input may come, a type that ends with a `between` delimiter takes the available
    // bytes, like a type that ends with `rest`.
    let takes_all = src.is_complete() || (delimiter.ending == Ending::Between && !src.is_resuming());
    if takes_all && may_be_missing {
        // The rest must be a slice of `input`, even if it is empty: its address gives the position.
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

/// Returns the content of a slot: everything before the delimiter, or the whole slot if there is no
/// delimiter in it.
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
