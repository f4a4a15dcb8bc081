//! Whole numbers of 3, 5, 6 or 7 bytes. Rust has no types of these sizes.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt::Display;
use core::marker::PhantomData;

use nom::IResult;

use super::number::{cut, place, read_all_fixed, read_fixed};
use super::{ByteOrder, Fault, Fixed, Format, Read, Wire, Write};
use crate::error::{DecodeError, EncodeError, EncodeErrorKind};
use crate::schema::{Order, Type};
use crate::sink::Sink;
use crate::source::Source;

/// The format of a number of `BYTES` bytes in byte order `O`.
#[derive(Clone, Copy, Debug)]
pub struct Odd<const BYTES: usize, O>(PhantomData<O>);

impl<const BYTES: usize, O> Format for Odd<BYTES, O> {
    const LIMIT: u128 = (1 << (8 * BYTES)) - 1;
}

/// Returns `bytes`, the size of a number on the wire. Panics if the type of the field is narrower,
/// which is a compile error. The derive cannot check this for a type alias.
const fn fits(bytes: usize, field: usize) -> usize {
    assert!(bytes <= field, "the number on the wire has more bytes than the type of the field");
    bytes
}

macro_rules! odd {
    ($($type:ty: $signed:literal),*) => {$(
        impl<const BYTES: usize, O: ByteOrder> Wire<Odd<BYTES, O>> for $type {
            const MIN: usize = fits(BYTES, size_of::<$type>());
            const MAX: Option<usize> = Some(BYTES);
            const TYPE: Type = Type::Int { bytes: BYTES, signed: $signed, order: O::ORDER };
        }

        impl<const BYTES: usize, O: ByteOrder> Fixed<Odd<BYTES, O>> for $type {
            const SIZE: usize = fits(BYTES, size_of::<$type>());
            const ZERO: Self = 0;

            #[inline(always)]
            fn get(run: &mut &[u8]) -> Result<Self, DecodeError> {
                let number = cut(run, <Self as Fixed<Odd<BYTES, O>>>::SIZE);
                // The sign of a signed number is the highest bit of its most significant byte.
                let high = match O::ORDER {
                    Some(Order::Little) => number.last(),
                    _ => number.first(),
                };
                let negative = $signed && high.is_some_and(|byte| *byte >= 0x80);
                let mut bytes = [if negative { 0xff } else { 0 }; size_of::<$type>()];
                Ok(match O::ORDER {
                    Some(Order::Little) => {
                        if let Some(place) = bytes.get_mut(..BYTES) {
                            place.copy_from_slice(number);
                        }
                        <$type>::from_le_bytes(bytes)
                    }
                    _ => {
                        if let Some(place) = bytes.get_mut(size_of::<$type>().saturating_sub(BYTES)..) {
                            place.copy_from_slice(number);
                        }
                        <$type>::from_be_bytes(bytes)
                    }
                })
            }

            #[inline(always)]
            fn set(self, run: &mut &mut [u8]) -> Result<(), EncodeError> {
                let place = place(run, <Self as Fixed<Odd<BYTES, O>>>::SIZE);
                let bytes = match O::ORDER {
                    Some(Order::Little) => self.to_le_bytes(),
                    _ => self.to_be_bytes(),
                };
                let kept = match O::ORDER {
                    Some(Order::Little) => bytes.get(..BYTES),
                    _ => bytes.get(size_of::<$type>().saturating_sub(BYTES)..),
                };
                if let Some(kept) = kept {
                    place.copy_from_slice(kept);
                }
                // The bits that are cut off must be zeros, or copies of the sign.
                let kept = u32::try_from(8 * BYTES).unwrap_or(u32::MAX) - u32::from($signed);
                match self.checked_shr(kept) {
                    Some(cut) if cut != 0 && !($signed && cut == !0) => Err(too_wide(self, BYTES, $signed)),
                    _ => Ok(()),
                }
            }
        }

        impl<'a, const BYTES: usize, O: ByteOrder> Read<'a, Odd<BYTES, O>> for $type {
            #[inline]
            fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
                read_fixed::<Self, Odd<BYTES, O>>(input, src)
            }

            fn read_all(extent: &'a [u8], src: &Source<'a>) -> Result<Vec<Self>, Fault> {
                read_all_fixed::<Self, Odd<BYTES, O>>(extent, src)
            }
        }

        impl<const BYTES: usize, O: ByteOrder> Write<Odd<BYTES, O>> for $type {
            #[inline]
            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                let mut bytes = [0; BYTES];
                Fixed::<Odd<BYTES, O>>::set(*self, &mut &mut bytes[..])?;
                out.put(&bytes)
            }

            #[inline]
            fn size(&self) -> usize {
                BYTES
            }
        }
    )*};
}

odd!(u32: false, u64: false, u128: false, i32: true, i64: true, i128: true);

#[cold]
#[inline(never)]
fn too_wide<T: Display>(found: T, bytes: usize, signed: bool) -> EncodeError {
    let kind = if signed { "a signed number" } else { "a number" };
    EncodeError::new(EncodeErrorKind::Range {
        expected: format!("{kind} of {bytes} bytes").into(),
        found: found.to_string(),
    })
}
