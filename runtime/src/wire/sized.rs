//! Integers with a size that an earlier field gives.

use alloc::string::ToString;
use core::marker::PhantomData;

use super::format::Integer;
use super::{
    ByteOrder, Content, Fault, Format, FromExtent, Length, Shape, join_bytes, len_from_wire, split_bytes,
};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::schema::{Code, NumberFormat, Order, Type};
use crate::sink::Sink;
use crate::source::Source;
use crate::wire::LenRule;

/// The format of an integer that fills its extent, in byte order `O`.
#[derive(Clone, Copy, Debug)]
pub struct InBytes<O>(PhantomData<O>);

impl<O> Format for InBytes<O> {}

/// Converts the value of an earlier field to the encoded size of a `T` in bytes.
///
/// # Errors
/// Returns an error if the size exceeds `size_of::<T>()`.
pub fn bytes_from_wire<T, L: Length>(len: L) -> Result<usize, DecodeError> {
    let len = len_from_wire(len, &LenRule::PLAIN)?;
    match len <= size_of::<T>() {
        true => Ok(len),
        false => Err(DecodeError::new(DecodeErrorKind::Value {
            expected: alloc::format!("at most the {} bytes of its type", size_of::<T>()).into(),
            found: len.to_string(),
        })),
    }
}

/// Converts the value of an earlier field to the encoded size of a `T` in bytes, while encoding.
///
/// # Errors
/// Returns an error if the size exceeds `size_of::<T>()`.
pub fn bytes_to_wire<T, L: Length>(len: L) -> Result<usize, EncodeError> {
    let len = crate::support::said_len(len)?;
    match len <= size_of::<T>() {
        true => Ok(len),
        false => Err(EncodeError::new(EncodeErrorKind::Range {
            expected: alloc::format!("at most the {} bytes of its type", size_of::<T>()).into(),
            found: len.to_string(),
        })),
    }
}

/// Writes a number in `len` bytes.
///
/// # Errors
/// Returns an error if the number does not fit.
pub fn put_in_bytes<T: InSomeBytes, O: ByteOrder, S: Sink + ?Sized>(
    number: &T,
    len: usize,
    out: &mut S,
) -> Result<(), EncodeError> {
    number.put::<O, S>(len, out)
}

/// A Rust integer that can be written in a given number of bytes.
pub trait InSomeBytes {
    /// Appends the number in `len` bytes.
    ///
    /// # Errors
    /// Returns an error if the number does not fit.
    fn put<O: ByteOrder, S: Sink + ?Sized>(&self, len: usize, out: &mut S) -> Result<(), EncodeError>;
}

fn is_little<O: ByteOrder>() -> bool {
    O::ORDER == Some(Order::Little)
}

fn bits(bytes: usize) -> u32 {
    u32::try_from(bytes.saturating_mul(8)).unwrap_or(u32::MAX)
}

fn put<T: Integer, O: ByteOrder, S: Sink + ?Sized>(
    number: &T,
    len: usize,
    out: &mut S,
) -> Result<(), EncodeError> {
    let mut bytes = [0; 16];
    let bytes = bytes.get_mut(..len).unwrap_or_default();
    split_bytes(number.to_bits(bits(len))?, bytes, is_little::<O>());
    out.put(bytes)
}

/// Returns the minimum size of a number in bytes.
fn least<T: Integer>(number: &T) -> usize {
    (0..size_of::<T>()).find(|len| number.to_bits(bits(*len)).is_ok()).unwrap_or(size_of::<T>())
}

const fn lua(signed: bool, order: Option<Order>) -> &'static Code {
    match (signed, order) {
        (false, Some(Order::Little)) => &UNSIGNED_LE_IN_LUA,
        (false, _) => &UNSIGNED_IN_LUA,
        (true, Some(Order::Little)) => &SIGNED_LE_IN_LUA,
        (true, _) => &SIGNED_IN_LUA,
    }
}

const fn name(order: Option<Order>) -> &'static str {
    match order {
        Some(Order::Little) => "bytes le",
        _ => "bytes be",
    }
}

macro_rules! in_bytes {
    ($($type:ty: $signed:literal),*) => {$(
        impl<O: ByteOrder> Shape<InBytes<O>> for $type {
            const TYPE: Type = Type::Number(const {
                &NumberFormat::filling::<Self, InBytes<O>>(name(O::ORDER), (0, Some(size_of::<$type>())))
                    .in_bytes(O::ORDER)
                    .lua(lua($signed, O::ORDER))
            });
        }

        impl<'a, O: ByteOrder> FromExtent<'a, InBytes<O>> for $type {
            fn from_extent(extent: &'a [u8], _: &Source<'a>) -> Result<Self, Fault> {
                let len = bytes_from_wire::<Self, _>(extent.len()).map_err(nom::Err::Error)?;
                let number = super::BitField::from_bits(join_bytes(extent, is_little::<O>()), bits(len));
                number.map_err(nom::Err::Error)
            }
        }

        /// `size` and `write` use the minimum number of bytes. If an earlier field gives the size,
        /// [`put_in_bytes`] is called instead.
        impl<O: ByteOrder> Content<InBytes<O>> for $type {
            fn size(&self) -> usize {
                least(self)
            }

            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                put::<Self, O, S>(self, least(self), out)
            }
        }

        impl InSomeBytes for $type {
            fn put<O: ByteOrder, S: Sink + ?Sized>(&self, len: usize, out: &mut S) -> Result<(), EncodeError> {
                put::<Self, O, S>(self, len, out)
            }
        }
    )*};
}

in_bytes!(
    u8: false, u16: false, u32: false, u64: false, u128: false, i8: true, i16: true, i32: true, i64: true, i128: true
);

static UNSIGNED_IN_LUA: Code = Code::new("in_bytes(nil, false)", IN_LUA);
static UNSIGNED_LE_IN_LUA: Code = Code::new("in_bytes(\"le\", false)", IN_LUA);
static SIGNED_IN_LUA: Code = Code::new("in_bytes(nil, true)", IN_LUA);
static SIGNED_LE_IN_LUA: Code = Code::new("in_bytes(\"le\", true)", IN_LUA);

const IN_LUA: &str = r#"local function in_bytes(order, signed)
  return number(function(s)
    local bytes = raw(s, s.limit - s.at)
    s.at = s.limit
    return number_of(bytes, order == "le", signed and #bytes > 0)
  end)
end
"#;
