//! Fields of fixed size with padding: which values can be padded, and reading a value without its
//! padding.

use crate::frame::DecodeWith;
use crate::schema::Type;
use crate::source::Source;
use crate::wire::{Fault, Fill, Filled, FromExtent, Shape, only_fill};

/// Returns the byte that pads a `#[fixed(N)]` field, or `None` if the field is not padded. Bytes
/// and text are padded with zeros by default, lists of single bytes only if `fill` is given.
pub(super) const fn filling<T: Shape<F>, F>(fill: Option<u8>) -> Option<u8> {
    match (fill, &T::TYPE) {
        (None, Type::Bytes | Type::Text | Type::Encoded(_)) => Some(0),
        (fill, _) => fill,
    }
}

/// Returns `true` if a `#[fixed(N)]` field is padded. `said` is `true` if `fill` is given.
#[must_use]
pub const fn fills<T: Shape<F>, F>(said: bool) -> bool {
    said || matches!(T::TYPE, Type::Bytes | Type::Text | Type::Encoded(_))
}

/// Checks that a `#[fixed(N)]` field can be padded.
///
/// # Panics
/// Panics if the value cannot be distinguished from its padding. During constant evaluation this is
/// a compile error.
pub const fn is_filled<T: Shape<F>, F>() {
    assert!(
        !matches!(T::FILLED, Filled::Never),
        "this value cannot be padded: remove `fill`, then `fixed(N)` is the exact size"
    );
}

/// Checks that a text fits a slot of `len` bytes without splitting a code unit.
///
/// # Panics
/// Panics if the slot ends within a code unit of two bytes. During constant evaluation this is a
/// compile error.
pub const fn is_whole_units<T: Shape<F>, F>(len: usize) {
    assert!(
        T::UNITS.is_none() || len % 2 == 0,
        "a code unit of this text has two bytes: give it an even number of bytes"
    );
}

/// Returns a `#[fixed(N)]` field without its padding.
#[inline]
#[must_use]
pub fn trim<T: Shape<F>, F>(body: &[u8], fill: Option<u8>) -> &[u8] {
    match (filling::<T, F>(fill), T::UNITS) {
        (Some(fill), Some(order)) => Fill::new(fill, Some(order)).trim(body),
        (fill, _) => trim_bytes(body, fill),
    }
}

/// Reads a value from a padded slot, and returns it with its size.
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

/// Reads a frame with context from a padded slot, and returns it with its size.
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

/// Trims the padding from the end of a slot, for a hand-written module.
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
