//! Bit fields: some bits of an integer.

use alloc::format;
use alloc::string::ToString;

use super::{Fault, Format};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::schema::BitKind;
use crate::source::Source;

/// Some bits of a run; only a name for the format, its values are cut and
/// joined by the functions here.
#[derive(Clone, Copy, Debug)]
pub struct BitsOf<const WIDTH: u32>;

impl<const WIDTH: u32> Format for BitsOf<WIDTH> {
    const LIMIT: u128 = bits_limit(WIDTH);
}

/// The largest number of `width` bits.
#[must_use]
#[inline(always)]
pub const fn bits_limit(width: u32) -> u128 {
    match 1u128.checked_shl(width) {
        Some(beyond) => beyond - 1,
        None => u128::MAX,
    }
}

/// A type that can be a bit field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a bit field",
    label = "not an integer, `bool` or enum of plain values"
)]
pub trait BitField: Sized {
    /// What schemas say of the bits.
    const KIND: BitKind;

    /// From the lowest `width` bits; the others are zero.
    ///
    /// # Errors
    /// For bits that are no value.
    fn from_bits(bits: u128, width: u32) -> Result<Self, DecodeError>;

    /// As the lowest `width` bits, the others zero.
    ///
    /// # Errors
    /// When that many cannot carry it.
    fn to_bits(&self, width: u32) -> Result<u128, EncodeError>;
}

macro_rules! unsigned {
    ($($type:ty),*) => {$(
        impl BitField for $type {
            const KIND: BitKind = BitKind::Unsigned;

            #[inline(always)]
            fn from_bits(bits: u128, _: u32) -> Result<Self, DecodeError> {
                Self::try_from(bits).map_err(|_| too_small(bits))
            }

            #[inline(always)]
            fn to_bits(&self, width: u32) -> Result<u128, EncodeError> {
                let bits = u128::from(*self);
                if bits <= bits_limit(width) { Ok(bits) } else { Err(too_wide(&bits.to_string(), width)) }
            }
        }
    )*};
}

unsigned!(u8, u16, u32, u64, u128);

macro_rules! signed {
    ($($type:ty),*) => {$(
        impl BitField for $type {
            const KIND: BitKind = BitKind::Signed;

            #[inline(always)]
            fn from_bits(bits: u128, width: u32) -> Result<Self, DecodeError> {
                Self::try_from(sign_extended(bits, width)).map_err(|_| too_small(bits))
            }

            #[inline(always)]
            fn to_bits(&self, width: u32) -> Result<u128, EncodeError> {
                let value = i128::from(*self);
                let bits = u128::from_ne_bytes(value.to_ne_bytes()) & bits_limit(width);
                if sign_extended(bits, width) == value { Ok(bits) } else { Err(too_wide(&value.to_string(), width)) }
            }
        }
    )*};
}

signed!(i8, i16, i32, i64, i128);

/// The number whose two's complement in `width` bits is `bits`.
#[inline(always)]
pub(crate) fn sign_extended(bits: u128, width: u32) -> i128 {
    let unused = 128u32.saturating_sub(width);
    let shifted = bits.checked_shl(unused).unwrap_or(0);
    i128::from_ne_bytes(shifted.to_ne_bytes()).checked_shr(unused).unwrap_or(0)
}

impl BitField for bool {
    const KIND: BitKind = BitKind::Bool;

    #[inline(always)]
    fn from_bits(bits: u128, _: u32) -> Result<Self, DecodeError> {
        match bits {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(too_small(other)),
        }
    }

    #[inline(always)]
    fn to_bits(&self, _: u32) -> Result<u128, EncodeError> {
        Ok(u128::from(*self))
    }
}

/// The bits as the tag of an enum of plain values, of which none is negative.
#[inline]
#[must_use]
pub fn tag_of_bits(bits: u128) -> i128 {
    i128::try_from(bits).unwrap_or(i128::MAX)
}

/// The tag of an enum of plain values as `width` bits.
///
/// # Errors
/// When that many cannot carry it.
#[inline]
pub fn bits_of_tag(tag: i128, width: u32) -> Result<u128, EncodeError> {
    match u128::try_from(tag) {
        Ok(bits) => bits.to_bits(width),
        Err(_) => Err(too_wide(&tag.to_string(), width)),
    }
}

#[cold]
fn too_small(bits: u128) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Value {
        expected: "a number that fits the field's type".into(),
        found: bits.to_string(),
    })
}

#[cold]
fn too_wide(found: &str, width: u32) -> EncodeError {
    EncodeError::new(EncodeErrorKind::Range {
        expected: format!("a number of {width} bits").into(),
        found: found.to_string(),
    })
}

/// The run at the front of `run` as one integer.
#[inline(always)]
#[must_use]
pub fn read_bits<const BYTES: usize>(run: &[u8], little: bool) -> u128 {
    join_bytes(run.get(..BYTES).unwrap_or_default(), little)
}

/// As many bytes as an integer has at the most as one.
#[inline(always)]
pub(crate) fn join_bytes(run: &[u8], little: bool) -> u128 {
    let mut bytes = [0; 16];
    let place =
        if little { bytes.get_mut(..run.len()) } else { bytes.get_mut(16usize.saturating_sub(run.len())..) };
    if let Some(place) = place.filter(|place| place.len() == run.len()) {
        place.copy_from_slice(run);
    }
    if little { u128::from_le_bytes(bytes) } else { u128::from_be_bytes(bytes) }
}

/// The integer as the bytes of a run.
#[inline(always)]
#[must_use]
pub fn write_bits<const BYTES: usize>(bits: u128, little: bool) -> [u8; BYTES] {
    let mut run = [0; BYTES];
    split_bytes(bits, &mut run, little);
    run
}

/// The low bytes of an integer.
#[inline(always)]
pub(crate) fn split_bytes(bits: u128, run: &mut [u8], little: bool) {
    let whole = if little { bits.to_le_bytes() } else { bits.to_be_bytes() };
    let kept = if little { whole.get(..run.len()) } else { whole.get(16usize.saturating_sub(run.len())..) };
    if let Some(kept) = kept.filter(|kept| kept.len() == run.len()) {
        run.copy_from_slice(kept);
    }
}

/// `width` bits, `shift` from the lowest.
#[inline(always)]
#[must_use]
pub fn cut_bits(bits: u128, shift: u32, width: u32) -> u128 {
    bits.checked_shr(shift).unwrap_or(0) & bits_limit(width)
}

/// The first byte, which stays in front of the input.
///
/// # Errors
/// When there is none.
#[inline]
pub fn peek_bits(input: &[u8], src: &Source<'_>) -> Result<u128, Fault> {
    input.first().map(|byte| u128::from(*byte)).ok_or_else(|| src.short(1, 0))
}
