//! Checks that generated code makes once the values of the fields are known.

use alloc::format;
use core::fmt::Debug;

use super::encode::written_between;
use crate::checksum::Checksum;
use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::sink::Sink;

const NO_ELEMENT: &str = "the list that gives each item its context has no element for this item";

/// Returns the error for an item whose context comes from an element of another list, if that list
/// is too short.
#[cold]
#[must_use]
pub fn no_element() -> EncodeError {
    EncodeError::custom(NO_ELEMENT)
}

/// Returns the same error as [`no_element`], while decoding.
#[cold]
#[must_use]
pub fn no_element_to_read() -> nom::Err<DecodeError> {
    nom::Err::Error(DecodeError::custom(NO_ELEMENT))
}

/// Checks that a decoded number has the expected value.
///
/// # Errors
/// Returns an error if the numbers differ.
#[inline(always)]
pub fn same<T: PartialEq + Debug>(found: T, expected: T) -> Result<(), DecodeError> {
    if found == expected { Ok(()) } else { Err(differs(&found, &expected)) }
}

/// Checks that the offset of a field that is present is not the `none` value, which stands for an
/// absent field.
///
/// # Errors
/// Returns an error if the number is `absent`.
pub fn is_not_absent<T: PartialEq + Debug>(found: T, absent: T) -> Result<(), DecodeError> {
    if found != absent {
        return Ok(());
    }
    Err(DecodeError::new(DecodeErrorKind::Value {
        expected: "a number other than the `none` value".into(),
        found: format!("{found:?}"),
    }))
}

/// Compares two lengths like [`same`]. `None` is the length of an absent field.
///
/// # Errors
/// Returns an error if the lengths differ.
#[inline(always)]
pub fn same_or_none(found: Option<usize>, expected: Option<usize>) -> Result<(), DecodeError> {
    same(Said(found), Said(expected))
}

#[derive(PartialEq)]
struct Said(Option<usize>);

impl Debug for Said {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            Some(len) => write!(f, "{len}"),
            None => f.write_str("the `none` value"),
        }
    }
}

#[cold]
#[inline(never)]
fn differs(found: &dyn Debug, expected: &dyn Debug) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Value {
        expected: format!("{expected:?}").into(),
        found: format!("{found:?}"),
    })
}

/// Checks that a checksum in a frame is equal to the computed one.
///
/// # Errors
/// Returns an error if the checksums differ.
#[inline(always)]
pub fn same_checksum<T: PartialEq + Debug>(expected: T, found: T) -> Result<(), DecodeError> {
    if found == expected { Ok(()) } else { Err(wrong_checksum(&expected, &found)) }
}

#[cold]
#[inline(never)]
fn wrong_checksum(expected: &dyn Debug, found: &dyn Debug) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Checksum {
        expected: format!("{expected:#x?}"),
        found: format!("{found:#x?}"),
    })
}

/// Returns the checksum of `seed` and `input[from..to]`. The checksum itself, `len` bytes at `at`,
/// is replaced by zeros.
pub fn checksum<C: Checksum<Output = T>, T>(
    seed: &[u8],
    input: &[u8],
    from: usize,
    to: usize,
    at: usize,
    len: usize,
) -> T {
    // Most checksums are at most this long.
    const ZEROS: [u8; 40] = [0; 40];
    let covered = |from: usize, to: usize| input.get(from..to.max(from)).unwrap_or_default();
    let end = at.saturating_add(len);
    if end <= from || to <= at {
        return C::compute_parts(&[seed, covered(from, to)]);
    }
    let many;
    let zeros = match ZEROS.get(..len) {
        Some(zeros) => zeros,
        None => {
            many = alloc::vec![0; len];
            &many
        }
    };
    C::compute_parts(&[seed, covered(from, at), zeros, covered(end, to)])
}

/// Returns the checksum of `seed` and the bytes written between `from` and `to`. The bytes of the
/// checksum itself are still zero in them.
pub fn checksum_written<C: Checksum<Output = T>, T, S: Sink + ?Sized>(
    seed: &[u8],
    out: &S,
    from: usize,
    to: usize,
) -> T {
    C::compute_parts(&[seed, &written_between(out, from..to)])
}

/// Returns the error of a failed check while encoding.
#[cold]
#[inline(never)]
pub fn check_failed_on_encode(message: &'static str, field: Option<&'static str>) -> EncodeError {
    let error = EncodeError::custom(message);
    match field {
        Some(field) => error.in_field(field),
        None => error,
    }
}

/// A number type that can be the flag of an optional field.
pub trait Flag {
    /// Returns 1 or `true` for a present field, and 0 or `false` for an absent one.
    fn of(present: bool) -> Self;
}

/// Returns the default flag for `present`. `other` is the flag that the user has declared for the
/// opposite state. If both are equal, returns the opposite default instead.
#[inline(always)]
pub fn flag_beside<T: Flag + PartialEq>(present: bool, other: T) -> T {
    let usual = T::of(present);
    if usual == other { T::of(!present) } else { usual }
}

impl Flag for bool {
    #[inline]
    fn of(present: bool) -> Self {
        present
    }
}

macro_rules! flags {
    ($($type:ty),*) => {$(
        impl Flag for $type {
            #[inline]
            fn of(present: bool) -> Self {
                Self::from(present)
            }
        }
    )*};
}

flags!(u8, u16, u32, u64, u128, i8, i16, i32, i64, i128);

/// Returns `true` if a flag says that a field is present.
///
/// # Errors
/// Returns an error if the flag is neither of the two numbers.
#[inline(always)]
pub fn presence<T: PartialEq + Debug>(flag: T, some: T, none: T) -> Result<bool, DecodeError> {
    if flag == some {
        Ok(true)
    } else if flag == none {
        Ok(false)
    } else {
        Err(neither(&flag, &some, &none))
    }
}

#[cold]
#[inline(never)]
fn neither(flag: &dyn Debug, some: &dyn Debug, none: &dyn Debug) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Value {
        expected: format!("{some:?} or {none:?}").into(),
        found: format!("{flag:?}"),
    })
}

/// Checks that an `Option` is `Some` exactly if its condition is true.
///
/// # Errors
/// Returns an error if the two differ.
#[inline(always)]
pub fn check_presence(expected: bool, present: bool) -> Result<(), EncodeError> {
    if expected == present {
        return Ok(());
    }
    Err(EncodeError::new(EncodeErrorKind::Presence { expected }))
}

/// Checks that bytes may be written: if `ended`, an earlier optional field is absent, so nothing
/// may follow.
///
/// # Errors
/// Returns an error if `ended` is `true`.
#[inline(always)]
pub fn not_ended(ended: bool) -> Result<(), EncodeError> {
    if !ended {
        return Ok(());
    }
    Err(EncodeError::custom("an earlier optional field is absent"))
}

/// Checks that the last optional field that is present takes bytes, or is followed by bytes. `last`
/// is its name and its position.
///
/// # Errors
/// Returns an error if the field begins at the `end`, because decoding would take it for absent.
#[inline(always)]
pub fn takes_bytes(last: Option<(&'static str, usize)>, end: usize) -> Result<(), EncodeError> {
    match last {
        // A delimiter before the field may have been removed, so the field may even start after the
        // end.
        Some((field, start)) if start >= end => Err(no_bytes(field)),
        _ => Ok(()),
    }
}

#[cold]
#[inline(never)]
fn no_bytes(field: &'static str) -> EncodeError {
    let message = "an optional field at the end must not be empty, because it would be decoded as absent";
    EncodeError::custom(message).in_field(field)
}

/// Returns the error for a variable-length length field that also counts alignment, if its value
/// does not fit in any size of the field.
#[cold]
#[inline(never)]
pub fn no_width() -> EncodeError {
    EncodeError::custom(
        "no size of this variable-length field fits, because the length also counts alignment",
    )
}

/// Checks that the encoded length or offset of a field that is present is not the `none` value,
/// which stands for an absent field.
///
/// # Errors
/// Returns an error if the number is `absent`.
#[inline]
pub fn not_absent<T: PartialEq + Debug>(number: T, absent: T) -> Result<T, EncodeError> {
    if number != absent {
        return Ok(number);
    }
    Err(EncodeError::new(EncodeErrorKind::Range {
        expected: "a length other than the `none` value".into(),
        found: format!("{number:?}"),
    }))
}

/// Returns the error for a bit field with a tag that no variant has.
#[cold]
#[inline(never)]
pub fn unknown_bits(of: &'static str, found: &dyn Debug) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Tag { of, found: format!("{found:?}") })
}
