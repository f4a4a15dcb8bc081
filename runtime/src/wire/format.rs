//! Number formats as values for schemas. Each is made from the traits that read and write the
//! numbers.

use alloc::string::ToString;
use alloc::vec::Vec;

use nom::IResult;

use super::{BitField, Content, Format, FromExtent, Read, Wire, Write};
use crate::error::{DecodeError, EncodeError};
use crate::schema::{Int, NumberFormat, Reader, Writer};
use crate::source::Source;

/// A Rust integer type.
pub(crate) trait Integer: BitField {
    /// The type as schemas name it.
    const INT: Int;
}

macro_rules! integers {
    ($($type:ty: $int:ident),*) => {$(
        impl Integer for $type {
            const INT: Int = Int::$int;
        }
    )*};
}

integers!(u8: U8, u16: U16, u32: U32, u64: U64, u128: U128, i8: I8, i16: I16, i32: I32, i64: I64, i128: I128);

impl NumberFormat {
    /// Creates a format of self-delimiting numbers.
    pub(crate) const fn own<T, F: Format>(name: &'static str) -> Self
    where
        T: Integer + Write<F> + for<'a> Read<'a, F>,
    {
        let size = (<T as Wire<F>>::MIN, <T as Wire<F>>::MAX);
        Self::new::<T, F>(name, size, (read::<T, F>, write::<T, F>))
    }

    /// Creates a format for numbers that fill an extent.
    pub(crate) const fn filling<T, F: Format>(name: &'static str, size: (usize, Option<usize>)) -> Self
    where
        T: Integer + Content<F> + for<'a> FromExtent<'a, F>,
    {
        Self::new::<T, F>(name, size, (read_all::<T, F>, write_all::<T, F>))
    }

    const fn new<T: Integer, F: Format>(
        name: &'static str,
        (min_len, max_len): (usize, Option<usize>),
        (reader, writer): (Reader, Writer),
    ) -> Self {
        let (least, most) = T::INT.range();
        Self {
            name,
            ty: T::INT,
            least: if least < F::LEAST { F::LEAST } else { least },
            most: if most > F::LIMIT { F::LIMIT } else { most },
            min_len,
            max_len,
            in_bytes: None,
            reader,
            writer,
            lua: None,
            kaitai: None,
        }
    }
}

fn read<'a, T: Integer + for<'x> Read<'x, F>, F>(
    input: &'a [u8],
    src: &Source<'a>,
) -> IResult<&'a [u8], u128, DecodeError> {
    let (rest, number) = T::read(input, src)?;
    Ok((rest, bits(&number)))
}

fn write<T: Integer + Write<F>, F>(bits: u128, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    number::<T>(bits)?.write(out)
}

fn read_all<'a, T: Integer + for<'x> FromExtent<'x, F>, F>(
    extent: &'a [u8],
    src: &Source<'a>,
) -> IResult<&'a [u8], u128, DecodeError> {
    Ok((&[], bits(&T::from_extent(extent, src)?)))
}

fn write_all<T: Integer + Content<F>, F>(bits: u128, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    number::<T>(bits)?.write(out)
}

/// Returns a number as bits, sign-extended within its type.
fn bits<T: Integer>(number: &T) -> u128 {
    number.to_bits(T::INT.bits()).unwrap_or(0)
}

fn number<T: Integer>(bits: u128) -> Result<T, EncodeError> {
    T::from_bits(bits, T::INT.bits()).map_err(|error| EncodeError::custom(error.kind().to_string()))
}
