//! Bit fields: parts of an integer that have a given number of bits.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt::Display;

use super::{Fault, Format};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::schema::BitKind;
use crate::source::Source;

/// The format of a bit field. The type only names the format; the functions here split and join
/// runs.
#[derive(Clone, Copy, Debug)]
pub struct BitsOf<const WIDTH: u32>;

impl<const WIDTH: u32> Format for BitsOf<WIDTH> {
    const LIMIT: u128 = bits_limit(WIDTH);
}

/// Returns the largest number of `width` bits.
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
    label = "not an integer, `bool` or fieldless enum"
)]
pub trait BitField: Sized {
    /// Kind of the bits in the schema.
    const KIND: BitKind;

    /// Converts from the lowest `width` bits. All other bits of `bits` are zero.
    ///
    /// # Errors
    /// Returns an error for invalid bits.
    fn from_bits(bits: u128, width: u32) -> Result<Self, DecodeError>;

    /// Converts to the lowest `width` bits. All other bits of the result are zero.
    ///
    /// # Errors
    /// Returns an error if the value does not fit.
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
                if bits <= bits_limit(width) { Ok(bits) } else { Err(too_wide(bits, width)) }
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
                if sign_extended(bits, width) == value { Ok(bits) } else { Err(too_wide(value, width)) }
            }
        }
    )*};
}

signed!(i8, i16, i32, i64, i128);

/// Interprets the lowest `width` bits of `bits` as a number in two's complement.
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

/// Returns the bits as the tag of a fieldless enum without negative tags.
#[inline]
#[must_use]
pub fn tag_of_bits(bits: u128) -> i128 {
    i128::try_from(bits).unwrap_or(i128::MAX)
}

/// Returns the tag of a fieldless enum as `width` bits.
///
/// # Errors
/// Returns an error if the tag does not fit.
#[inline]
pub fn bits_of_tag(tag: i128, width: u32) -> Result<u128, EncodeError> {
    match u128::try_from(tag) {
        Ok(bits) => bits.to_bits(width),
        Err(_) => Err(too_wide(tag, width)),
    }
}

#[cold]
#[inline(never)]
fn too_small(bits: u128) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Value {
        expected: "a number that fits the field's type".into(),
        found: bits.to_string(),
    })
}

// This is not inlined, so that the encoder stays short enough to be inlined itself. The number is
// passed by value, because a reference would put each number on the stack before it is checked.
#[cold]
#[inline(never)]
fn too_wide<T: Display>(found: T, width: u32) -> EncodeError {
    EncodeError::new(EncodeErrorKind::Range {
        expected: format!("a number of {width} bits").into(),
        found: found.to_string(),
    })
}

/// Returns the number of bits before a field that is `width` bits wide and `shift` bits above the
/// lowest, in a run of `bytes` bytes whose first field has the top bits.
#[must_use]
pub fn bits_before(bytes: usize, shift: u32, width: u32) -> u32 {
    let bits = u32::try_from(bytes.saturating_mul(8)).unwrap_or(u32::MAX);
    bits.saturating_sub(shift).saturating_sub(width)
}

/// Returns the first `BYTES` bytes of `run` as one integer.
#[inline(always)]
#[must_use]
pub fn read_bits<const BYTES: usize>(run: &[u8], little: bool) -> u128 {
    join_bytes(run.get(..BYTES).unwrap_or_default(), little)
}

/// Joins up to 16 bytes to an integer.
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

/// Returns the bytes of a run that has the value `bits` as one integer.
#[inline(always)]
#[must_use]
pub fn write_bits<const BYTES: usize>(bits: u128, little: bool) -> [u8; BYTES] {
    let mut run = [0; BYTES];
    split_bytes(bits, &mut run, little);
    run
}

/// Writes the low bytes of an integer to `run`.
#[inline(always)]
pub(crate) fn split_bytes(bits: u128, run: &mut [u8], little: bool) {
    let whole = if little { bits.to_le_bytes() } else { bits.to_be_bytes() };
    let kept = if little { whole.get(..run.len()) } else { whole.get(16usize.saturating_sub(run.len())..) };
    if let Some(kept) = kept.filter(|kept| kept.len() == run.len()) {
        run.copy_from_slice(kept);
    }
}

/// Where bit fields are read from: an integer, or the bytes of a wider run.
pub trait CutBits {
    /// Returns `width` bits that begin `shift` bits above the lowest.
    fn cut(&self, shift: u32, width: u32) -> u128;
}

impl CutBits for u128 {
    #[inline(always)]
    fn cut(&self, shift: u32, width: u32) -> u128 {
        self.checked_shr(shift).unwrap_or(0) & bits_limit(width)
    }
}

/// The bytes of a run that is wider than any integer.
#[derive(Clone, Copy, Debug)]
pub struct WideRun<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl<'a> WideRun<'a> {
    /// Creates a run from the first `len` bytes of `run`.
    #[must_use]
    pub fn new(run: &'a [u8], len: usize, little: bool) -> Self {
        Self { bytes: run.get(..len).unwrap_or_default(), little }
    }
}

impl CutBits for WideRun<'_> {
    fn cut(&self, shift: u32, width: u32) -> u128 {
        (shift..shift.saturating_add(width)).rev().fold(0, |value, bit| {
            let byte = place_of(self.bytes.len(), bit, self.little).and_then(|at| self.bytes.get(at));
            value << 1 | u128::from(byte.is_some_and(|byte| byte >> (bit % 8) & 1 == 1))
        })
    }
}

/// Returns the index of the byte with bit number `bit`, counted from the lowest bit of the run.
fn place_of(len: usize, bit: u32, little: bool) -> Option<usize> {
    let byte = usize::try_from(bit / 8).ok()?;
    if little { Some(byte) } else { len.checked_sub(byte.checked_add(1)?) }
}

/// Returns `width` bits of a run that begin `shift` bits above the lowest.
#[inline(always)]
#[must_use]
pub fn cut_bits<R: CutBits>(run: R, shift: u32, width: u32) -> u128 {
    run.cut(shift, width)
}

/// Where bit fields are written to: an integer, or the bytes of a wider run.
pub trait AddBits {
    /// Sets bits that begin `shift` bits above the lowest.
    fn add(&mut self, bits: u128, shift: u32);
}

impl AddBits for u128 {
    #[inline(always)]
    fn add(&mut self, bits: u128, shift: u32) {
        *self |= bits.checked_shl(shift).unwrap_or(0);
    }
}

/// The bytes of a run that is wider than any integer, while they are written.
#[derive(Clone, Copy, Debug)]
pub struct WideBits<const BYTES: usize> {
    bytes: [u8; BYTES],
    little: bool,
}

impl<const BYTES: usize> WideBits<BYTES> {
    /// Creates a run with no bits set.
    #[must_use]
    pub const fn new(little: bool) -> Self {
        Self { bytes: [0; BYTES], little }
    }

    /// Returns the bytes of the run.
    #[must_use]
    pub const fn bytes(self) -> [u8; BYTES] {
        self.bytes
    }
}

impl<const BYTES: usize> AddBits for WideBits<BYTES> {
    fn add(&mut self, bits: u128, shift: u32) {
        add_to(&mut self.bytes, bits, shift, self.little);
    }
}

/// Sets bits in the bytes of a run.
pub(crate) fn add_to(run: &mut [u8], mut bits: u128, shift: u32, little: bool) {
    let (len, mut bit) = (run.len(), shift);
    while bits > 0 {
        if let Some(byte) = place_of(len, bit, little).and_then(|at| run.get_mut(at)) {
            *byte |= u8::from(bits & 1 == 1) << (bit % 8);
        }
        (bits, bit) = (bits >> 1, bit.saturating_add(1));
    }
}

/// Clears bits in the bytes of a run.
pub(crate) fn clear_in(run: &mut [u8], width: u32, shift: u32, little: bool) {
    let len = run.len();
    for bit in shift..shift.saturating_add(width) {
        if let Some(byte) = place_of(len, bit, little).and_then(|at| run.get_mut(at)) {
            *byte &= !(1 << (bit % 8));
        }
    }
}

/// Sets bits of a run that begin `shift` bits above the lowest.
#[inline(always)]
pub fn add_bits<R: AddBits>(run: &mut R, bits: u128, shift: u32) {
    run.add(bits, shift);
}

/// Returns the items of an array from the lowest `width` bits. With `lsb` the first item has the
/// lowest bits.
///
/// # Errors
/// Returns an error for invalid bits.
pub fn items_from_bits<T: BitField, const N: usize>(
    bits: u128,
    width: u32,
    lsb: bool,
) -> Result<[T; N], DecodeError> {
    let mut items = Vec::with_capacity(N);
    for index in 0..N {
        let (shift, each) = item_of_array(index, N, width, lsb);
        items.push(T::from_bits(cut_bits(bits, shift, each), each).map_err(|error| error.in_item(index))?);
    }
    items.try_into().map_err(|_| too_small(bits))
}

/// Returns the items of an array as the lowest `width` bits. This is the reverse of
/// [`items_from_bits`].
///
/// # Errors
/// Returns an error if an item does not fit its bits.
pub fn items_to_bits<T: BitField, const N: usize>(
    items: &[T; N],
    width: u32,
    lsb: bool,
) -> Result<u128, EncodeError> {
    let mut bits = 0u128;
    for (index, item) in items.iter().enumerate() {
        let (shift, each) = item_of_array(index, N, width, lsb);
        bits.add(item.to_bits(each).map_err(|error| error.in_item(index))?, shift);
    }
    Ok(bits)
}

/// Returns the shift and the width of an item within the `width` bits of an array.
pub(crate) fn item_of_array(index: usize, items: usize, width: u32, lsb: bool) -> (u32, u32) {
    let each = width / u32::try_from(items).unwrap_or(1).max(1);
    let below = if lsb { index } else { items.saturating_sub(index.saturating_add(1)) };
    (each.saturating_mul(u32::try_from(below).unwrap_or(0)), each)
}

/// Converts the integer in the bits of a field to a user's type.
///
/// # Errors
/// Returns an error if the integer does not convert.
pub fn bits_as<T, U: TryFrom<T, Error: core::fmt::Display>>(number: T) -> Result<U, DecodeError> {
    match super::from_wire::<T, U>(number) {
        Ok(value) => Ok(value),
        Err(nom::Err::Error(error) | nom::Err::Failure(error)) => Err(error),
        Err(nom::Err::Incomplete(_)) => Err(DecodeError::custom("a conversion asks for no more input")),
    }
}

/// Converts the integers in the bits of a field to the items of a user's array type.
///
/// # Errors
/// Returns an error if an integer does not convert.
pub fn items_as<T, U: TryFrom<T, Error: core::fmt::Display>, const N: usize>(
    numbers: [T; N],
) -> Result<[U; N], DecodeError> {
    let mut items = Vec::with_capacity(N);
    for (index, number) in numbers.into_iter().enumerate() {
        items.push(bits_as(number).map_err(|error| error.in_item(index))?);
    }
    items.try_into().map_err(|_| DecodeError::custom("an array has as many items as its bits"))
}

/// Converts the items of a user's array type to integers, as the reverse of [`items_as`].
///
/// # Errors
/// Returns an error if an item does not convert.
pub fn items_held<T: TryFrom<U, Error: core::fmt::Display>, U: Clone, const N: usize>(
    items: &[U; N],
) -> Result<[T; N], EncodeError> {
    let mut numbers = Vec::with_capacity(N);
    for (index, item) in items.iter().enumerate() {
        numbers.push(super::to_wire::<T, U>(item).map_err(|error| error.in_item(index))?);
    }
    numbers.try_into().map_err(|_| EncodeError::custom("an array has as many items as its bits"))
}

/// Returns the first byte of the input without taking it.
///
/// # Errors
/// Returns an error if the input is empty.
#[inline]
pub fn peek_bits(input: &[u8], src: &Source<'_>) -> Result<u128, Fault> {
    input.first().map(|byte| u128::from(*byte)).ok_or_else(|| src.short(1, 0))
}
