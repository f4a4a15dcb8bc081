//! Boxes of leaves, which are encoded like their content. Boxes of frames are in `nested`.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroU8, NonZeroU16, NonZeroU32,
    NonZeroU64, NonZeroU128,
};

use bytes::Bytes;
use nom::IResult;

use super::Filled;
use super::{
    Bcd, Be, ByteOrder, Content, Fault, FromExtent, Le, NoOrder, Odd, Quic, Read, Shape, Varint, Wire, Write,
    Zigzag,
};
use crate::error::{DecodeError, EncodeError};
use crate::schema::Type;
use crate::sink::Sink;
use crate::source::Source;

/// The impls for a box of a self-delimiting value in one format. `$type` is one type, or a
/// parameter for all types with the format.
macro_rules! boxed {
    ([$($parameter:tt)*] $type:ty: $format:ty) => {
        impl<$($parameter)*> Wire<$format> for Box<$type>
        where
            $type: Wire<$format>,
        {
            const MIN: usize = <$type as Wire<$format>>::MIN;
            const MAX: Option<usize> = <$type as Wire<$format>>::MAX;
            const TYPE: Type = <$type as Wire<$format>>::TYPE;
            const OPEN: bool = <$type as Wire<$format>>::OPEN;

            #[inline]
            fn nests_within(&self, levels: u16) -> bool {
                <$type as Wire<$format>>::nests_within(self, levels)
            }

            #[inline]
            fn may_nest_deeper(levels: u16) -> bool {
                <$type as Wire<$format>>::may_nest_deeper(levels)
            }
        }

        impl<'de, $($parameter)*> Read<'de, $format> for Box<$type>
        where
            $type: Read<'de, $format>,
        {
            #[inline]
            fn read(input: &'de [u8], src: &Source<'de>) -> IResult<&'de [u8], Self, DecodeError> {
                let (rest, value) = <$type as Read<'de, $format>>::read(input, src)?;
                src.take_memory(size_of::<$type>())?;
                Ok((rest, Self::new(value)))
            }
        }

        impl<$($parameter)*> Write<$format> for Box<$type>
        where
            $type: Write<$format>,
        {
            #[inline]
            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                <$type as Write<$format>>::write(self, out)
            }

            #[inline]
            fn size(&self) -> usize {
                <$type as Write<$format>>::size(self)
            }
        }
    };
}

boxed!([T, const MAX: usize, const PADDED: bool] T: Varint<MAX, PADDED>);
boxed!([T] T: Zigzag);
boxed!([T] T: Quic);
boxed!([T, const BYTES: usize, const FILL: u8, const SWAPPED: bool] T: Bcd<BYTES, FILL, SWAPPED>);
boxed!([T, O, const BYTES: usize] T: Odd<BYTES, O>);
boxed!([F: ByteOrder, T, const N: usize] [T; N]: F);
boxed!([F: ByteOrder, A, B] (A, B): F);
boxed!([F: ByteOrder, A, B, C] (A, B, C): F);
boxed!([F: ByteOrder, A, B, C, D] (A, B, C, D): F);

macro_rules! numbers {
    ($($type:ty),*) => {$(
        boxed!([] $type: Be);
        boxed!([] $type: Le);
    )*};
}

numbers!(u16, u32, u64, u128, i16, i32, i64, i128, f32, f64);
numbers!(NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128);

macro_rules! in_any_order {
    ($($type:ty),*) => {$(
        numbers!($type);
        boxed!([] $type: NoOrder);
    )*};
}

in_any_order!(u8, i8, bool, NonZeroU8, NonZeroI8, Ipv4Addr, Ipv6Addr);

/// The impls for a box of a value that fills an extent.
macro_rules! content {
    ([$($lifetime:tt)*] $type:ty) => {
        impl<$($lifetime)* F> Shape<F> for Box<$type>
        where
            $type: Shape<F>,
        {
            const TYPE: Type = <$type as Shape<F>>::TYPE;
            const FILLED: Filled = <$type as Shape<F>>::FILLED;
        }

        impl<$($lifetime)* F> Content<F> for Box<$type>
        where
            $type: Content<F>,
        {
            #[inline]
            fn size(&self) -> usize {
                <$type as Content<F>>::size(self)
            }

            #[inline]
            fn as_written(&self) -> Option<&[u8]> {
                <$type as Content<F>>::as_written(self)
            }

            #[inline]
            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                <$type as Content<F>>::write(self, out)
            }
        }

        impl<'de, $($lifetime)* F> FromExtent<'de, F> for Box<$type>
        where
            $type: FromExtent<'de, F>,
        {
            #[inline]
            fn from_extent(extent: &'de [u8], src: &Source<'de>) -> Result<Self, Fault> {
                let value = <$type as FromExtent<'de, F>>::from_extent(extent, src)?;
                src.take_memory(size_of::<$type>())?;
                Ok(Self::new(value))
            }
        }
    };
}

content!([] String);
content!([] Bytes);
content!(['a,] Cow<'a, str>);
content!(['a,] Cow<'a, [u8]>);
