//! The errors of the framer, with their location in the frame.

use alloc::format;

use super::ParseFrom;
use super::walk;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::frame::{Layout, located};
use crate::schema::Schema;
use crate::source::Source;

/// Refuses a frame of `len` bytes if it exceeds the limit.
#[inline]
pub(super) fn within<'a, T, P>(
    parse: &P,
    input: &'a [u8],
    limit: usize,
    len: usize,
) -> Result<(), DecodeError>
where
    T: Layout,
    P: ParseFrom<'a, T>,
{
    if len > limit { Err(too_long(parse, input, limit, len)) } else { Ok(()) }
}

/// Returns the error for malformed bytes.
#[cold]
pub(super) fn refused<T: Layout>(input: &[u8], error: nom::Err<DecodeError>) -> DecodeError {
    located(error).in_frame(T::SCHEMA.name, input)
}

/// Returns the error for bytes that are not exactly one frame.
#[cold]
pub(super) fn not_one_frame<'a, T, P>(parse: &P, input: &'a [u8], taken: usize, limit: usize) -> DecodeError
where
    T: Layout,
    P: ParseFrom<'a, T>,
{
    let kind = match taken {
        0 => DecodeErrorKind::NoProgress,
        _ if taken > limit => return too_long(parse, input, limit, taken),
        _ => DecodeErrorKind::Trailing { extra: input.len() - taken },
    };
    DecodeError::new(kind).after(taken).in_frame(T::SCHEMA.name, input)
}

/// Returns the end of the frame at the start of `input`, if the schema determines it without
/// decoding the frame.
pub(super) fn boundary(schema: &'static Schema, input: &[u8]) -> Option<usize> {
    if !schema.until.is_empty() {
        return walk::end_by_delimiter(schema, input);
    }
    // A malformed frame of a fixed size may have another length in its prefix.
    if walk::begins_with_length(schema) {
        return walk::end_by_prefix(schema, input);
    }
    schema.max_len.filter(|max| *max == schema.min_len)
}

/// Returns the error for a frame of `len` bytes, located at the field that exceeds the limit.
#[cold]
fn too_long<'a, T, P>(parse: &P, input: &'a [u8], limit: usize, len: usize) -> DecodeError
where
    T: Layout,
    P: ParseFrom<'a, T>,
{
    let kind = DecodeErrorKind::TooLong { limit, found: format!("a frame of at least {len} bytes") };
    let within = input.get(..limit).unwrap_or(input);
    let error = match parse(within, Source::COMPLETE) {
        Err(error) => located(error).with_kind(kind),
        Ok(_) => DecodeError::new(kind).after(limit),
    };
    error.in_frame(T::SCHEMA.name, input)
}
