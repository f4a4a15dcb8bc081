//! Frames inside frames.

use alloc::boxed::Box;

use nom::IResult;

use super::{ByteOrder, Content, Fault, Filled, FromExtent, Read, Shape, Wire, Write};
use crate::error::{DecodeError, EncodeError};
use crate::frame::{Decode, DecodeWith, Encode, EncodeWith, Layout, trailing};
use crate::schema::{Schema, Type};
use crate::sink::Sink;
use crate::source::Source;

/// Returns `true` if a nested frame has at most `levels` levels of nesting, including its own.
#[inline]
pub fn frame_nests_within<T: Layout>(value: &T, levels: u16) -> bool {
    levels.checked_sub(1).is_some_and(|levels| value.nests_within(levels))
}

/// Returns `true` if [`frame_nests_within`] may be `false` for a value of the type.
#[inline]
#[must_use]
pub fn frame_may_nest_deeper<T: Layout>(levels: u16) -> bool {
    levels.checked_sub(1).is_none_or(T::may_nest_deeper)
}

fn schema_of<T: Layout>() -> &'static Schema {
    T::SCHEMA
}

/// A frame has its own byte order, so it can be nested in frames of any byte order.
impl<F: ByteOrder, T: Layout> Wire<F> for T {
    const MIN: usize = T::MIN_LEN;
    const MAX: Option<usize> = T::MAX_LEN;
    const TYPE: Type = Type::Frame(schema_of::<T>);
    const OPEN: bool = T::OPEN;

    #[inline]
    fn nests_within(&self, levels: u16) -> bool {
        frame_nests_within(self, levels)
    }

    #[inline]
    fn may_nest_deeper(levels: u16) -> bool {
        frame_may_nest_deeper::<T>(levels)
    }
}

impl<'a, F: ByteOrder, T: Decode<'a>> Read<'a, F> for T {
    #[inline]
    fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
        T::parse_from(input, &src.deeper()?)
    }

    #[inline(always)]
    fn inside(src: &Source<'a>) -> Result<Source<'a>, Fault> {
        src.deeper()
    }

    #[inline(always)]
    fn read_inside(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
        T::parse_from(input, src)
    }
}

impl<F: ByteOrder, T: Encode> Write<F> for T {
    #[inline]
    fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        self.encode_to(out)
    }

    #[inline]
    fn size(&self) -> usize {
        self.len_inside()
    }
}

impl<F, T: Layout> Shape<F> for T {
    const TYPE: Type = Type::Frame(schema_of::<T>);
    const FILLED: Filled = if T::OPEN { Filled::Never } else { Filled::Itself };

    #[inline]
    fn nests_within(&self, levels: u16) -> bool {
        frame_nests_within(self, levels)
    }

    #[inline]
    fn may_nest_deeper(levels: u16) -> bool {
        frame_may_nest_deeper::<T>(levels)
    }
}

impl<F, T: Encode> Content<F> for T {
    #[inline]
    fn size(&self) -> usize {
        self.len_inside()
    }

    #[inline]
    fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        self.encode_to(out)
    }
}

impl<'de, F, T: Decode<'de>> FromExtent<'de, F> for T {
    #[inline]
    fn from_extent(extent: &'de [u8], src: &Source<'de>) -> Result<Self, Fault> {
        match T::parse_from(extent, &src.bounded().deeper()?) {
            Ok(([], value)) => Ok(value),
            Ok((rest, _)) => Err(nom::Err::Error(trailing(rest.len()).after(extent.len() - rest.len()))),
            Err(error) => Err(error),
        }
    }

    #[inline]
    fn from_place(place: &'de [u8], used: usize, src: &Source<'de>) -> Result<(Self, usize), Fault> {
        let (rest, value) = T::parse_from(place, &src.bounded().deeper()?)?;
        only_fill(place.len() - rest.len(), used).map(|taken| (value, taken))
    }
}

/// Checks that only padding follows a frame in its slot. `taken` is the size of the frame, and
/// `used` the size of the slot without padding. Returns `taken`.
///
/// # Errors
/// Returns an error if other bytes follow.
pub fn only_fill(taken: usize, used: usize) -> Result<usize, Fault> {
    match used.checked_sub(taken) {
        None | Some(0) => Ok(taken),
        Some(extra) => Err(nom::Err::Error(trailing(extra).after(taken))),
    }
}

/// A box has the layout of its content. Its sizes, and whether it is open, are unknown, so that a
/// type may contain itself.
impl<T: Layout> Layout for Box<T> {
    const SCHEMA: &'static Schema = T::SCHEMA;
    const MIN_LEN: usize = 0;
    const MAX_LEN: Option<usize> = None;
    const OPEN: bool = false;

    #[inline]
    fn nests_within(&self, levels: u16) -> bool {
        T::nests_within(self, levels)
    }

    #[inline]
    fn may_nest_deeper(levels: u16) -> bool {
        T::may_nest_deeper(levels)
    }
}

impl<'a, T: Decode<'a>> Decode<'a> for Box<T> {
    const NAMES_ITSELF: bool = T::NAMES_ITSELF;
    const IS_OWNED: bool = T::IS_OWNED;

    #[inline]
    fn parse_owned<'x>(input: &'x [u8], src: &Source<'x>) -> IResult<&'x [u8], Self, DecodeError> {
        let (rest, value) = T::parse_owned(input, src)?;
        src.take_memory(size_of::<T>())?;
        Ok((rest, Box::new(value)))
    }

    #[inline]
    fn parse_from(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
        let (rest, value) = T::parse_from(input, src)?;
        src.take_memory(size_of::<T>())?;
        Ok((rest, Box::new(value)))
    }
}

impl<T: Encode> Encode for Box<T> {
    #[inline]
    fn encode_to<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        T::encode_to(self, out)
    }

    #[inline]
    fn encoded_len(&self) -> usize {
        T::encoded_len(self)
    }

    #[inline]
    fn len_inside(&self) -> usize {
        T::len_inside(self)
    }
}

impl<'a, C, T: DecodeWith<'a, C>> DecodeWith<'a, C> for Box<T> {
    #[inline]
    fn parse_with_from(input: &'a [u8], src: &Source<'a>, ctx: C) -> IResult<&'a [u8], Self, DecodeError> {
        let (rest, value) = T::parse_with_from(input, src, ctx)?;
        src.take_memory(size_of::<T>())?;
        Ok((rest, Box::new(value)))
    }
}

impl<C, T: EncodeWith<C>> EncodeWith<C> for Box<T> {
    #[inline]
    fn encode_with_to<S: Sink + ?Sized>(&self, out: &mut S, ctx: C) -> Result<(), EncodeError> {
        T::encode_with_to(self, out, ctx)
    }

    #[inline]
    fn encoded_len_with(&self, ctx: C) -> usize {
        T::encoded_len_with(self, ctx)
    }

    #[inline]
    fn len_inside_with(&self, ctx: C) -> usize {
        T::len_inside_with(self, ctx)
    }
}
