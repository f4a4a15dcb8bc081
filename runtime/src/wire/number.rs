//! Whole numbers, floats and `bool`, in either byte order.

use alloc::string::ToString;
use alloc::vec::Vec;

use nom::IResult;

use super::{Be, ByteOrder, Fault, Fixed, Le, NoOrder, Read, Wire, Write};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError};
use crate::schema::{Order, Type};
use crate::sink::Sink;
use crate::source::Source;

/// Splits the first `N` bytes off a run. The length of the run was checked before: returning zeros
/// only avoids a panic.
#[inline(always)]
pub(super) fn split<const N: usize>(run: &mut &[u8]) -> [u8; N] {
    match run.split_first_chunk::<N>() {
        Some((chunk, rest)) => {
            *run = rest;
            *chunk
        }
        None => [0; N],
    }
}

/// Takes `len` bytes from the front of a run that has at least as many.
#[inline(always)]
pub(super) fn cut<'a>(run: &mut &'a [u8], len: usize) -> &'a [u8] {
    let (front, rest) = run.split_at_checked(len).unwrap_or_default();
    *run = rest;
    front
}

/// Returns the first `len` bytes of a run that is being written, and moves past them.
#[inline(always)]
pub(super) fn place<'a>(run: &mut &'a mut [u8], len: usize) -> &'a mut [u8] {
    let (front, rest) = core::mem::take(run).split_at_mut_checked(len).unwrap_or_default();
    *run = rest;
    front
}

/// Writes `bytes` at the front of a run, and moves past them.
#[inline(always)]
pub fn fill<const N: usize>(run: &mut &mut [u8], bytes: [u8; N]) {
    if let Some((chunk, rest)) = core::mem::take(run).split_first_chunk_mut::<N>() {
        *chunk = bytes;
        *run = rest;
    }
}

/// Reads one value of fixed size from input that may end early.
#[inline(always)]
pub(super) fn read_fixed<'a, T: Fixed<F>, F>(
    input: &'a [u8],
    src: &Source<'a>,
) -> IResult<&'a [u8], T, DecodeError> {
    match input.split_at_checked(T::SIZE) {
        Some((mut run, rest)) => match T::get(&mut run) {
            Ok(value) => Ok((rest, value)),
            Err(error) => Err(nom::Err::Error(error)),
        },
        None => Err(src.short(T::SIZE, input.len())),
    }
}

/// Reads values of fixed size up to the end of an extent.
pub(super) fn read_all_fixed<T: Fixed<F>, F>(extent: &[u8], src: &Source<'_>) -> Result<Vec<T>, Fault> {
    src.take_memory((extent.len() / T::SIZE).saturating_mul(size_of::<T>()))?;
    if extent.len() % T::SIZE == 0 {
        if let Some(items) = T::get_all(extent) {
            return Ok(items);
        }
    }
    let mut items = Vec::with_capacity(extent.len() / T::SIZE);
    for (index, mut chunk) in extent.chunks(T::SIZE).enumerate() {
        let located = |error: DecodeError| error.in_item(index).after(index * T::SIZE);
        if chunk.len() < T::SIZE {
            return Err(src.bounded().short(T::SIZE, chunk.len()).map(located));
        }
        items.push(T::get(&mut chunk).map_err(|error| nom::Err::Error(located(error)))?);
    }
    Ok(items)
}

/// Numbers are converted in blocks of this many bytes.
const BLOCK: usize = 1024;

/// A number for which all bytes are valid, and which can always be encoded.
pub trait Plain<F>: Fixed<F> {
    /// Takes a number from the front of `run`.
    fn take(run: &mut &[u8]) -> Self;

    /// Puts the number at the front of `run`.
    fn place(self, run: &mut &mut [u8]);
}

/// The impls that are the same for all values of fixed size.
macro_rules! read_and_write_fixed {
    ($type:ty, $format:ty) => {
        impl<'a> Read<'a, $format> for $type {
            #[inline]
            fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
                read_fixed::<Self, $format>(input, src)
            }

            fn read_all(extent: &'a [u8], src: &Source<'a>) -> Result<Vec<Self>, Fault> {
                read_all_fixed::<Self, $format>(extent, src)
            }

            #[inline]
            fn read_array<const N: usize>(
                input: &'a [u8],
                src: &Source<'a>,
            ) -> IResult<&'a [u8], [Self; N], DecodeError> {
                read_fixed::<[Self; N], $format>(input, src)
            }
        }

        impl Write<$format> for $type {
            #[inline]
            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                let mut bytes = [0; <Self as Fixed<$format>>::SIZE];
                Fixed::<$format>::set(*self, &mut &mut bytes[..])?;
                out.put(&bytes)
            }

            #[inline]
            fn size(&self) -> usize {
                <Self as Fixed<$format>>::SIZE
            }

            fn write_all<S: Sink + ?Sized>(
                items: &[Self],
                first: usize,
                out: &mut S,
            ) -> Result<(), EncodeError> {
                let all = if S::RECORDS { None } else { <Self as Fixed<$format>>::put_all(items, out) };
                all.unwrap_or_else(|| super::list::write_list::<Self, $format, S>(items, first, out))
            }

            #[inline]
            fn size_all(items: &[Self]) -> usize {
                items.len().saturating_mul(<Self as Fixed<$format>>::SIZE)
            }
        }
    };
}
pub(super) use read_and_write_fixed;

macro_rules! number {
    ($type:ty, $format:ty, $from:ident, $to:ident, $schema:expr) => {
        impl Wire<$format> for $type {
            const MIN: usize = size_of::<$type>();
            const MAX: Option<usize> = Some(size_of::<$type>());
            const TYPE: Type = $schema;
        }

        impl Fixed<$format> for $type {
            const SIZE: usize = size_of::<$type>();
            const ZERO: Self = <$type>::MIN;

            fn get_all(extent: &[u8]) -> Option<Vec<Self>> {
                let chunks = extent.chunks_exact(size_of::<$type>());
                Some(chunks.map(|mut chunk| Plain::<$format>::take(&mut chunk)).collect())
            }

            fn put_all<S: Sink + ?Sized>(items: &[Self], out: &mut S) -> Option<Result<(), EncodeError>> {
                let mut block = [0; BLOCK];
                Some(items.chunks(BLOCK / size_of::<$type>()).try_for_each(|items| {
                    for (mut place, item) in block.chunks_exact_mut(size_of::<$type>()).zip(items) {
                        Plain::<$format>::place(*item, &mut place);
                    }
                    out.put(block.get(..size_of_val(items)).unwrap_or_default())
                }))
            }

            #[inline(always)]
            fn get(run: &mut &[u8]) -> Result<Self, DecodeError> {
                Ok(Plain::<$format>::take(run))
            }

            #[inline(always)]
            fn set(self, run: &mut &mut [u8]) -> Result<(), EncodeError> {
                Plain::<$format>::place(self, run);
                Ok(())
            }
        }

        impl Plain<$format> for $type {
            #[inline(always)]
            fn take(run: &mut &[u8]) -> Self {
                <$type>::$from(split(run))
            }

            #[inline(always)]
            fn place(self, run: &mut &mut [u8]) {
                fill(run, self.$to());
            }
        }

        read_and_write_fixed!($type, $format);
    };
}

macro_rules! integers {
    ($($type:ty: $signed:literal),*) => {$(
        number!($type, Be, from_be_bytes, to_be_bytes,
            Type::Int { bytes: size_of::<$type>(), signed: $signed, order: Some(Order::Big) });
        number!($type, Le, from_le_bytes, to_le_bytes,
            Type::Int { bytes: size_of::<$type>(), signed: $signed, order: Some(Order::Little) });
    )*};
}

integers!(u16: false, u32: false, u64: false, u128: false, i16: true, i32: true, i64: true, i128: true);

macro_rules! floats {
    ($($type:ty),*) => {$(
        number!($type, Be, from_be_bytes, to_be_bytes,
            Type::Float { bytes: size_of::<$type>(), order: Order::Big });
        number!($type, Le, from_le_bytes, to_le_bytes,
            Type::Float { bytes: size_of::<$type>(), order: Order::Little });
    )*};
}

floats!(f32, f64);

macro_rules! single_bytes {
    ($($format:ty),*) => {$(
        number!(i8, $format, from_be_bytes, to_be_bytes,
            Type::Int { bytes: 1, signed: true, order: None });

        impl Wire<$format> for bool {
            const MIN: usize = 1;
            const MAX: Option<usize> = Some(1);
            const TYPE: Type = Type::Bool;
        }

        impl Fixed<$format> for bool {
            const SIZE: usize = 1;
            const ZERO: Self = false;

            #[inline(always)]
            fn get(run: &mut &[u8]) -> Result<Self, DecodeError> {
                match split(run) {
                    [0] => Ok(false),
                    [1] => Ok(true),
                    [other] => Err(no_bool(other)),
                }
            }

            #[inline(always)]
            fn set(self, run: &mut &mut [u8]) -> Result<(), EncodeError> {
                fill(run, [u8::from(self)]);
                Ok(())
            }
        }

        read_and_write_fixed!(bool, $format);
    )*};
}

single_bytes!(Be, Le, NoOrder);

#[cold]
fn no_bool(found: u8) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Value { expected: "0 or 1".into(), found: found.to_string() })
}

impl<F: ByteOrder> Wire<F> for u8 {
    const MIN: usize = 1;
    const MAX: Option<usize> = Some(1);
    const TYPE: Type = Type::Int { bytes: 1, signed: false, order: None };
}

impl<F: ByteOrder> Fixed<F> for u8 {
    const SIZE: usize = 1;
    const ZERO: Self = 0;

    #[inline(always)]
    fn get(run: &mut &[u8]) -> Result<Self, DecodeError> {
        Ok(Plain::<F>::take(run))
    }

    #[inline(always)]
    fn set(self, run: &mut &mut [u8]) -> Result<(), EncodeError> {
        Plain::<F>::place(self, run);
        Ok(())
    }
}

impl<F: ByteOrder> Plain<F> for u8 {
    #[inline(always)]
    fn take(run: &mut &[u8]) -> Self {
        let [byte] = split(run);
        byte
    }

    #[inline(always)]
    fn place(self, run: &mut &mut [u8]) {
        fill(run, [self]);
    }
}

/// A list of `u8` is bytes, which are copied as a whole.
impl<'a, F: ByteOrder> Read<'a, F> for u8 {
    #[inline]
    fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
        read_fixed::<Self, F>(input, src)
    }

    #[inline]
    fn read_all(extent: &'a [u8], src: &Source<'a>) -> Result<Vec<Self>, Fault> {
        src.take_memory(extent.len())?;
        Ok(extent.to_vec())
    }

    #[inline]
    fn read_array<const N: usize>(
        input: &'a [u8],
        src: &Source<'a>,
    ) -> IResult<&'a [u8], [Self; N], DecodeError> {
        match input.split_first_chunk::<N>() {
            Some((array, rest)) => Ok((rest, *array)),
            None => Err(src.short(N, input.len())),
        }
    }
}

impl<F: ByteOrder> Write<F> for u8 {
    #[inline]
    fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        out.put(&[*self])
    }

    #[inline]
    fn size(&self) -> usize {
        1
    }

    #[inline]
    fn write_all<S: Sink + ?Sized>(items: &[Self], _: usize, out: &mut S) -> Result<(), EncodeError> {
        out.put(items)
    }

    #[inline]
    fn as_bytes(items: &[Self]) -> Option<&[u8]> {
        Some(items)
    }

    #[inline]
    fn size_all(items: &[Self]) -> usize {
        items.len()
    }
}
