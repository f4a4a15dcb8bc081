//! Functions that generated encoders call.

use alloc::borrow::Cow;
use alloc::format;
use alloc::vec::Vec;
use core::convert::identity;
use core::fmt::Debug;
use core::ops::Range;

use crate::error::{EncodeError, EncodeErrorKind};
use crate::frame::EncodeWith;
use crate::sink::Sink;
use crate::wire::{
    BitField, Content, Fixed, LenRule, Length, Write, add_to, clear_in, fill, len_to_wire, read_bits,
    write_bits,
};

/// Writes zeros, which are patched later or stay zero.
#[inline(always)]
pub fn skip<const N: usize>(run: &mut &mut [u8]) {
    fill(run, [0; N]);
}

/// Returns the `N` bytes of a constant with a size that no Rust integer has, such as 3.
///
/// # Panics
/// Panics if the constant does not fit. During constant evaluation this is a compile error.
#[must_use]
pub const fn odd_constant<const N: usize>(value: u64, little: bool) -> [u8; N] {
    let whole = value.to_le_bytes();
    let mut bytes = [0; N];
    let mut index = 0;
    while index < whole.len() {
        if index < N {
            bytes[if little { index } else { N - 1 - index }] = whole[index];
        } else {
            assert!(whole[index] == 0, "the constant does not fit its wire type");
        }
        index += 1;
    }
    bytes
}

/// Writes a variable-length number. A recording sink records it as one part, even if it is a user's
/// frame with fields.
///
/// # Errors
/// Returns an error if the number does not fit its format.
#[inline]
pub fn write_number<T: Write<F>, F, S: Sink + ?Sized>(number: &T, out: &mut S) -> Result<(), EncodeError> {
    if !S::RECORDS {
        return number.write(out);
    }
    let mut bytes = Vec::new();
    number.write(&mut bytes)?;
    out.put(&bytes)
}

/// Writes a number in digits and the delimiter after it.
///
/// # Errors
/// Returns an error if the sink is full.
pub fn write_digits<T: Content<F>, F, S: Sink + ?Sized>(
    number: &T,
    out: &mut S,
    delimiter: &[u8],
) -> Result<(), EncodeError> {
    number.write(out)?;
    out.put(delimiter)
}

/// A number that may have a value for absence (`none`).
#[diagnostic::on_unimplemented(
    message = "`none` is for numbers, and `{Self}` is not a number",
    label = "not a number",
    note = "`none` is for an `Option` of a number, such as `Option<u16>`"
)]
pub trait Absent: Copy + Debug {
    /// Returns `true` for the same number. Floats are compared by their bits, since NaN is equal to
    /// nothing.
    #[must_use]
    fn is_same(self, other: Self) -> bool;
}

macro_rules! absent {
    ($bits:path: $($type:ty),*) => {$(
        impl Absent for $type {
            #[inline(always)]
            fn is_same(self, other: Self) -> bool {
                $bits(self) == $bits(other)
            }
        }
    )*};
}

absent!(identity: u8, u16, u32, u64, u128, i8, i16, i32, i64, i128, bool);
absent!(f32::to_bits: f32);
absent!(f64::to_bits: f64);

/// Returns the number that encodes an `Option`: its value, or `absent` for `None`.
///
/// # Errors
/// Returns an error if the value of a `Some` is `absent`.
#[inline(always)]
pub fn or_none<T: Absent>(number: Option<T>, absent: T) -> Result<T, EncodeError> {
    match number {
        Some(number) if number.is_same(absent) => Err(is_absent(&absent)),
        Some(number) => Ok(number),
        None => Ok(absent),
    }
}

#[cold]
fn is_absent(absent: &dyn Debug) -> EncodeError {
    EncodeError::custom(format!("{absent:?} is reserved for an absent field (`none`)"))
}

/// Writes a number over the bytes that were reserved for it at `at`.
///
/// # Errors
/// Returns an error if the number does not fit the format.
#[inline(always)]
pub fn patch<T: Fixed<F>, F, S: Sink + ?Sized>(out: &mut S, at: usize, number: T) -> Result<(), EncodeError> {
    // Few numbers take more bytes than this. Digits and checksums may.
    let mut few = [0; 40];
    let mut many;
    let bytes = match few.get_mut(..T::SIZE) {
        Some(bytes) => bytes,
        None => {
            many = alloc::vec![0; T::SIZE];
            &mut many[..]
        }
    };
    number.set(&mut &mut *bytes)?;
    out.patch(at, bytes);
    Ok(())
}

/// Writes a number into the bits that were reserved for it in a run. They may have a number already.
///
/// # Errors
/// Returns an error if the number does not fit.
pub fn patch_bits<T: BitField, const BYTES: usize, S: Sink + ?Sized>(
    out: &mut S,
    at: usize,
    number: T,
    width: u32,
    shift: u32,
    little: bool,
) -> Result<(), EncodeError> {
    let run = written_between(out, at..at.saturating_add(BYTES));
    if BYTES > 16 {
        let mut run = run.into_owned();
        clear_in(&mut run, width, shift, little);
        add_to(&mut run, number.to_bits(width)?, shift, little);
        out.patch(at, &run);
        return Ok(());
    }
    let others = read_bits::<BYTES>(&run, little) & !(u128::MAX >> 128u32.saturating_sub(width) << shift);
    let bits = others | number.to_bits(width)? << shift;
    out.patch(at, &write_bits::<BYTES>(bits, little));
    Ok(())
}

/// Returns the value of the offset field for a field that begins `at` bytes into its frame.
///
/// # Errors
/// Returns an error if the offset does not fit in the offset field.
#[inline]
pub fn offset_to_wire<L: Length>(at: usize, rule: &LenRule) -> Result<L, EncodeError> {
    len_to_wire(at, rule).map_err(|_| EncodeError::custom(format!("the offset field cannot hold {at}")))
}

/// Returns what was written of the frame that begins at `frame`.
pub fn written<S: Sink + ?Sized>(out: &S, frame: usize) -> Vec<u8> {
    written_between(out, frame..out.position()).into_owned()
}

/// Returns the bytes that were written in this range. The bytes are copied if the sink has them in
/// several pieces.
#[inline]
pub(super) fn written_between<S: Sink + ?Sized>(out: &S, range: Range<usize>) -> Cow<'_, [u8]> {
    match out.piece(range.clone()) {
        Some(piece) => Cow::Borrowed(piece),
        None => Cow::Owned(gathered(out, range)),
    }
}

#[cold]
fn gathered<S: Sink + ?Sized>(out: &S, range: Range<usize>) -> Vec<u8> {
    let mut bytes = Vec::new();
    out.parts(range, &mut |part| bytes.extend_from_slice(part));
    bytes
}

/// Checks that the size that earlier fields give is the size that was written.
///
/// # Errors
/// Returns an error if the sizes differ.
#[inline]
pub fn check_len<L: Length>(says: L, written: usize, unit: &'static str) -> Result<(), EncodeError> {
    let expected = says.to_usize();
    if expected == Some(written) {
        return Ok(());
    }
    Err(wrong_size(expected.unwrap_or(usize::MAX), written, unit))
}

#[cold]
fn wrong_size(expected: usize, found: usize, unit: &'static str) -> EncodeError {
    EncodeError::new(EncodeErrorKind::Size { expected, found, unit })
}

/// Checks the `max` of a type after a value was written.
///
/// # Errors
/// Returns an error if more was written.
#[inline]
pub fn check_max(written: usize, max: usize) -> Result<(), EncodeError> {
    if written <= max {
        return Ok(());
    }
    Err(EncodeError::new(EncodeErrorKind::TooLong { found: written, limit: Some(max), unit: "bytes" }))
}

/// Converts a size that an expression has computed.
///
/// # Errors
/// Returns an error if the size is negative or larger than memory.
#[inline]
pub fn said_len<L: Length>(len: L) -> Result<usize, EncodeError> {
    len.to_usize().ok_or_else(|| {
        EncodeError::new(EncodeErrorKind::Range {
            expected: "a length".into(),
            found: "a number that is negative or larger than memory".into(),
        })
    })
}

/// Writes a frame with context.
///
/// # Errors
/// Returns the same errors as [`crate::Encode::encode_to`].
#[inline]
pub fn write_with<T: EncodeWith<C>, C, S: Sink + ?Sized>(
    value: &T,
    out: &mut S,
    context: C,
) -> Result<(), EncodeError> {
    value.encode_with_to(out, context)
}

/// Returns the number of bytes that [`write_with`] appends.
#[inline]
pub fn size_with<T: EncodeWith<C>, C>(value: &T, context: C) -> usize {
    value.len_inside_with(context)
}

/// Returns the error of every encoder of a type with errors in its declaration.
#[cold]
#[must_use]
pub fn not_derived_either() -> EncodeError {
    EncodeError::custom("the declaration of this type has errors")
}
