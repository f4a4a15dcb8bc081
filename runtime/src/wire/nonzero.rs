//! Integers that are never 0, such as the identifiers of protocols that use 0 for "no identifier".

use alloc::vec::Vec;
use core::num::{
    NonZero, NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroU8, NonZeroU16, NonZeroU32,
    NonZeroU64, NonZeroU128,
};

use nom::IResult;

use super::number::{read_all_fixed, read_and_write_fixed, read_fixed};
use super::{Be, Fault, Fixed, Le, NoOrder, Read, Wire, Write};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError};
use crate::schema::Type;
use crate::sink::Sink;
use crate::source::Source;

macro_rules! non_zero {
    ($format:ty: $($type:ty, $number:ty);*) => {$(
        impl Wire<$format> for $type {
            const MIN: usize = <$number as Wire<$format>>::MIN;
            const MAX: Option<usize> = <$number as Wire<$format>>::MAX;
            const TYPE: Type = <$number as Wire<$format>>::TYPE;
        }

        impl Fixed<$format> for $type {
            const SIZE: usize = <$number as Fixed<$format>>::SIZE;
            const ZERO: Self = NonZero::<$number>::MIN;

            #[inline(always)]
            fn get(run: &mut &[u8]) -> Result<Self, DecodeError> {
                let number = <$number as Fixed<$format>>::get(run)?;
                NonZero::new(number).ok_or_else(zero)
            }

            #[inline(always)]
            fn set(self, run: &mut &mut [u8]) -> Result<(), EncodeError> {
                <$number as Fixed<$format>>::set(NonZero::get(self), run)
            }
        }

        read_and_write_fixed!($type, $format);
    )*};
}

macro_rules! in_order {
    ($($format:ty),*) => {$(
        non_zero!($format: NonZeroU16, u16; NonZeroU32, u32; NonZeroU64, u64; NonZeroU128, u128;
            NonZeroI16, i16; NonZeroI32, i32; NonZeroI64, i64; NonZeroI128, i128);
    )*};
}

in_order!(Be, Le);

macro_rules! single_bytes {
    ($($format:ty),*) => {$( non_zero!($format: NonZeroU8, u8; NonZeroI8, i8); )*};
}

single_bytes!(Be, Le, NoOrder);

#[cold]
fn zero() -> DecodeError {
    DecodeError::new(DecodeErrorKind::Value { expected: "a number other than 0".into(), found: "0".into() })
}
