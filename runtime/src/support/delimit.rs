//! Writing delimiters. A value must not contain its own delimiter, because decoding would end it
//! there.

use alloc::borrow::Cow;
use alloc::format;
use core::ops::Range;

use super::encode::{check_max, written_between};
use crate::error::{EncodeError, EncodeErrorKind};
use crate::schema;
use crate::schema::{Ending, Stop};
use crate::sink::Sink;
use crate::wire::{Found, find};

/// Writes the delimiter after a value that begins at `start`. `value` is the bytes of the value, if
/// it holds them as they are.
///
/// # Errors
/// Returns an error if decoding would find the delimiter earlier.
#[inline]
pub fn put_delimiter<S: Sink + ?Sized>(
    out: &mut S,
    start: usize,
    value: Option<&[u8]>,
    delimiter: &[u8],
) -> Result<(), EncodeError> {
    let end = out.position();
    if has_border(delimiter) {
        out.put(delimiter)?;
        return check_delimiter(out, start, end, delimiter);
    }
    // The delimiter cannot begin in the value and end in itself, so only the value is searched.
    let found = match value {
        Some(value) => find(value, delimiter),
        None => find(&written_between(out, start..end), delimiter),
    };
    match found {
        Some(at) => Err(holds_delimiter(delimiter, at)),
        None => out.put(delimiter),
    }
}

/// Returns `true` if a suffix of a delimiter is equal to one of its prefixes, as in `\r\n\r`.
#[inline]
pub(super) fn has_border(delimiter: &[u8]) -> bool {
    (1..delimiter.len()).any(|len| {
        let (begin, end) = (delimiter.get(..len), delimiter.get(delimiter.len() - len..));
        begin == end
    })
}

/// Writes the delimiter after a value that begins at `start`. If the delimiter has alternatives,
/// this is the first one. Nothing is written if a later field or item writes the delimiter.
///
/// # Errors
/// Returns an error if decoding would find a delimiter earlier.
pub fn put_any<S: Sink + ?Sized>(
    out: &mut S,
    start: usize,
    delimiter: &schema::Delimiter,
) -> Result<(), EncodeError> {
    let end = out.position();
    if matches!(delimiter.ending, Ending::Left | Ending::Separates) {
        return Ok(());
    }
    out.put(delimiter.written())?;
    check_any(out, start..end, out.position(), delimiter)
}

/// Checks that decoding will find the right end of a value, once everything up to the end of the
/// enclosing extent is written.
///
/// # Errors
/// Returns an error if decoding would find a delimiter earlier, or if the following bytes must
/// begin with a delimiter and do not.
pub fn check_any<S: Sink + ?Sized>(
    out: &S,
    value: Range<usize>,
    enclosed: usize,
    delimiter: &schema::Delimiter,
) -> Result<(), EncodeError> {
    let longest = delimiter.any.iter().map(|each| each.len()).max().unwrap_or(0);
    let to = enclosed.min(value.end.saturating_add(longest).saturating_add(delimiter.written().len()));
    let whole = written_between(out, value.start..to);
    let value = value.len();
    let found = delimiter.find(&whole, true);
    match found {
        Found::At(at, len) if at < value => {
            Err(holds_delimiter(whole.get(at..at + len).unwrap_or_default(), at))
        }
        Found::At(at, _) if at == value => Ok(()),
        _ if delimiter.ending != Ending::Left || (delimiter.optional && whole.len() == value) => Ok(()),
        _ => {
            let expected = delimiter.written().escape_ascii();
            Err(EncodeError::custom(format!(
                "the bytes after it must begin with its delimiter \"{expected}\""
            )))
        }
    }
}

/// Checks that an absent field will not be read as present, once the bytes after it are written.
/// `range` begins at the position of the field and ends with the enclosing extent.
///
/// # Errors
/// Returns an error if the following bytes begin with the lead of the field.
pub fn check_no_lead<S: Sink + ?Sized>(out: &S, range: Range<usize>, lead: &[u8]) -> Result<(), EncodeError> {
    let end = range.end.min(range.start.saturating_add(lead.len()));
    if *written_between(out, range.start..end) != *lead {
        return Ok(());
    }
    let lead = lead.escape_ascii();
    let message = format!(
        "the field is absent, but the bytes after it begin with \"{lead}\", so it would be decoded as present"
    );
    Err(EncodeError::custom(message))
}

/// A delimiter that is kept only if something follows it.
#[derive(Debug)]
pub struct Between {
    range: Range<usize>,
    /// Error that prevented the delimiter from being written. It matters only if something follows.
    fault: Option<EncodeError>,
}

/// Writes a delimiter, which is kept only if something follows it, after a value that begins at
/// `start`.
///
/// # Errors
/// Returns an error if decoding would find the delimiter earlier.
pub fn put_between<S: Sink + ?Sized>(
    out: &mut S,
    start: usize,
    delimiter: &schema::Delimiter,
) -> Result<Between, EncodeError> {
    let end = out.position();
    let fault = out.put(delimiter.written()).err();
    if fault.is_some() {
        out.truncate(end);
    }
    check_any(out, start..end, out.position(), delimiter)?;
    Ok(Between { range: end..out.position(), fault })
}

/// Removes a `between` delimiter if nothing follows it.
///
/// # Errors
/// Returns an error if bytes follow although there was no room for the delimiter.
pub fn drop_between<S: Sink + ?Sized>(out: &mut S, delimiter: Option<Between>) -> Result<(), EncodeError> {
    let Some(Between { range, fault }) = delimiter else { return Ok(()) };
    if out.position() == range.end {
        out.truncate(range.start);
        return Ok(());
    }
    fault.map_or(Ok(()), Err)
}

/// Writes the delimiter of a value that begins at `start`, in a slot of `len` bytes. Returns the
/// number of bytes that are left to pad.
///
/// # Errors
/// Returns an error if the value is too long, or if decoding would find its end earlier.
pub fn put_stop<S: Sink + ?Sized>(
    out: &mut S,
    start: usize,
    len: usize,
    stop: &Stop,
) -> Result<usize, EncodeError> {
    let end = out.position();
    let written = end.saturating_sub(start);
    check_max(written, len)?;
    if written < len {
        let Some(delimiter) = stop.fits(len.saturating_sub(written)) else {
            let message = "the value is shorter than its field, but its delimiter does not fit after it";
            return Err(EncodeError::custom(message));
        };
        out.put(delimiter)?;
    }
    check_any(out, start..end, out.position(), &stop.delimiter)?;
    Ok(len.saturating_sub(out.position().saturating_sub(start)))
}

/// Checks that a search from `start` on finds the delimiter at `end`.
///
/// # Errors
/// Returns an error if decoding would find the delimiter earlier.
#[inline]
pub fn check_delimiter<S: Sink + ?Sized>(
    out: &S,
    start: usize,
    end: usize,
    delimiter: &[u8],
) -> Result<(), EncodeError> {
    // The delimiter is included, because the value may end with a prefix of it.
    let whole = start..end.saturating_add(delimiter.len());
    match find(&written_between(out, whole), delimiter) {
        Some(at) if at < end.saturating_sub(start) => Err(holds_delimiter(delimiter, at)),
        _ => Ok(()),
    }
}

#[cold]
pub(super) fn holds_delimiter(delimiter: &[u8], at: usize) -> EncodeError {
    EncodeError::new(EncodeErrorKind::Delimiter { delimiter: Cow::Owned(delimiter.to_vec()), at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_written_exactly_if_it_is_found_there() {
        for delimiter in [&b"a"[..], b"ab", b"aa", b"aba", b"abab", b"aabaa"] {
            for number in 0..1_u32 << 7 {
                // The bits of the number behind its highest bit choose the bytes, so these are all
                // values of up to six of the two bytes.
                let value: Vec<u8> = (0..number.checked_ilog2().unwrap_or(0))
                    .map(|bit| if number >> bit & 1 == 0 { b'a' } else { b'b' })
                    .collect();
                let whole = [&value[..], delimiter].concat();
                let found = find(&whole, delimiter) == Some(value.len());
                for held in [None, Some(&value[..])] {
                    let mut out = [b"ab", &value[..]].concat();
                    let written = put_delimiter(&mut out, 2, held, delimiter);
                    assert_eq!(written.is_ok(), found, "{value:?} {delimiter:?}");
                    assert!(!found || out[2..] == whole);
                }
            }
        }
    }
}
