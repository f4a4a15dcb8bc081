//! Lists of bit fields: consecutive items with the same number of bits each.

use alloc::format;
use alloc::vec::Vec;

use core::fmt::Display;
use core::marker::PhantomData;

use nom::IResult;

use super::bits::{CutBits as _, WideRun, add_to, bits_as};
use super::{BitField, Fault, Format, Read, Wire, Write, bits_limit, to_wire};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError};
use crate::schema::{BitKind, Bits, Order, Type};
use crate::sink::{Mark, Sink};
use crate::source::Source;

/// A value in some bits of a run: an integer, or a value converted to an integer as `H` defines.
pub trait InBits<H>: Sized {
    /// Kind of the bits in the schema.
    const KIND: BitKind;

    /// Converts the lowest `width` bits to a value.
    ///
    /// # Errors
    /// Returns an error for invalid bits.
    fn from_bits(bits: u128, width: u32) -> Result<Self, DecodeError>;

    /// Converts the value to the lowest `width` bits.
    ///
    /// # Errors
    /// Returns an error if the value does not fit.
    fn to_bits(&self, width: u32) -> Result<u128, EncodeError>;
}

/// The format of items that are bit fields themselves.
#[derive(Clone, Copy, Debug)]
pub struct Bare;

/// The format of items that are converted from and to a `T` in the bits.
#[derive(Clone, Copy, Debug)]
pub struct Holding<T>(PhantomData<T>);

impl<T: BitField> InBits<Bare> for T {
    const KIND: BitKind = <T as BitField>::KIND;

    #[inline]
    fn from_bits(bits: u128, width: u32) -> Result<Self, DecodeError> {
        <T as BitField>::from_bits(bits, width)
    }

    #[inline]
    fn to_bits(&self, width: u32) -> Result<u128, EncodeError> {
        BitField::to_bits(self, width)
    }
}

impl<T: BitField + TryFrom<U, Error: Display>, U: TryFrom<T, Error: Display> + Clone> InBits<Holding<T>>
    for U
{
    const KIND: BitKind = T::KIND;

    #[inline]
    fn from_bits(bits: u128, width: u32) -> Result<Self, DecodeError> {
        bits_as(T::from_bits(bits, width)?)
    }

    #[inline]
    fn to_bits(&self, width: u32) -> Result<u128, EncodeError> {
        to_wire::<T, U>(self)?.to_bits(width)
    }
}

/// The format of a list of items of `WIDTH` bits. The highest bits of a byte come first, or the
/// lowest bits with `LSB`. With `COUNTED`, the last byte is padded with zeros, which are checked
/// with `STRICT`.
#[derive(Clone, Copy, Debug)]
pub struct Packed<const WIDTH: u32, const LSB: bool, const COUNTED: bool, const STRICT: bool, H>(
    PhantomData<H>,
);

impl<const WIDTH: u32, const LSB: bool, const COUNTED: bool, const STRICT: bool, H> Format
    for Packed<WIDTH, LSB, COUNTED, STRICT, H>
{
    const LIMIT: u128 = bits_limit(WIDTH);
}

/// Returns the size of `items` items in bytes.
pub(crate) fn packed_len(items: usize, width: u32) -> usize {
    items.saturating_mul(usize::try_from(width).unwrap_or(usize::MAX)).div_ceil(8)
}

/// Returns the number of items in `bytes` bytes.
pub(crate) fn packed_items(bytes: usize, width: u32) -> usize {
    bytes.saturating_mul(8) / usize::try_from(width).unwrap_or(usize::MAX).max(1)
}

/// Returns the bits of the item at `index`. `bytes` are the bytes of the whole list.
pub(crate) fn packed_item(bytes: &[u8], index: usize, width: u32, lsb: bool) -> Option<u128> {
    let wide = usize::try_from(width).ok()?;
    let (from, to) = (index.checked_mul(wide)?, index.checked_add(1)?.checked_mul(wide)?);
    let held = bytes.get(from / 8..to.div_ceil(8))?;
    let shift = if lsb { from % 8 } else { to.div_ceil(8) * 8 - to };
    Some(WideRun::new(held, held.len(), lsb).cut(u32::try_from(shift).ok()?, width))
}

/// Writes the bits of an item to the bytes of the list, in which they are still zero.
pub(crate) fn put_packed(bytes: &mut [u8], index: usize, bits: u128, width: u32, lsb: bool) {
    let wide = usize::try_from(width).unwrap_or(0);
    let (from, to) = (index * wide, (index + 1) * wide);
    let shift = if lsb { from % 8 } else { to.div_ceil(8) * 8 - to };
    if let Some(held) = bytes.get_mut(from / 8..to.div_ceil(8)) {
        add_to(held, bits, u32::try_from(shift).unwrap_or(0), lsb);
    }
}

fn unpack<T: InBits<H>, H>(
    bytes: &[u8],
    count: usize,
    width: u32,
    lsb: bool,
    src: &Source<'_>,
) -> Result<Vec<T>, Fault> {
    src.take_memory(count.saturating_mul(size_of::<T>()))?;
    let mut items = Vec::with_capacity(count);
    for index in 0..count {
        // The error is located at the byte in which the item begins.
        let at = index.saturating_mul(usize::try_from(width).unwrap_or(0)) / 8;
        let located = |error: DecodeError| nom::Err::Error(error.in_item(index).after(at));
        let bits = packed_item(bytes, index, width, lsb).unwrap_or(0);
        items.push(T::from_bits(bits, width).map_err(located)?);
    }
    Ok(items)
}

impl<T: InBits<H>, const WIDTH: u32, const LSB: bool, const COUNTED: bool, const STRICT: bool, H>
    Wire<Packed<WIDTH, LSB, COUNTED, STRICT, H>> for T
{
    const MIN: usize = 0;
    const MAX: Option<usize> = None;
    const TYPE: Type =
        Type::Bits(Bits::new(WIDTH, 0, 0, if LSB { Order::Little } else { Order::Big }, T::KIND));
}

#[cold]
fn uneven(bits: usize, width: u32) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Value {
        expected: format!("items of {width} bits").into(),
        found: format!("{bits} bits"),
    })
}

impl<'a, T: InBits<H>, const WIDTH: u32, const LSB: bool, const COUNTED: bool, const STRICT: bool, H>
    Read<'a, Packed<WIDTH, LSB, COUNTED, STRICT, H>> for T
{
    fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
        let (rest, mut one) =
            <T as Read<'a, Packed<WIDTH, LSB, COUNTED, STRICT, H>>>::read_some(input, src, 1)?;
        one.pop().map(|item| (rest, item)).ok_or_else(|| src.short(1, 0))
    }

    fn read_all(extent: &'a [u8], src: &Source<'a>) -> Result<Vec<Self>, Fault> {
        let (bits, count) = (extent.len().saturating_mul(8), packed_items(extent.len(), WIDTH));
        if packed_len(count, WIDTH) != extent.len()
            || usize::try_from(WIDTH).is_ok_and(|width| bits % width != 0)
        {
            return Err(nom::Err::Error(uneven(bits, WIDTH).after(extent.len().saturating_sub(1))));
        }
        unpack::<Self, H>(extent, count, WIDTH, LSB, src)
    }

    fn read_some(
        input: &'a [u8],
        src: &Source<'a>,
        count: usize,
    ) -> IResult<&'a [u8], Vec<Self>, DecodeError> {
        let len = packed_len(count, WIDTH);
        let Some((bytes, rest)) = input.split_at_checked(len) else {
            return Err(src.short(len, input.len()));
        };
        let used = count.saturating_mul(usize::try_from(WIDTH).unwrap_or(0)) % 8;
        let last = bytes.last().copied().unwrap_or(0);
        let filled = if LSB { u32::from(last) >> used } else { u32::from(last) << used & 0xff };
        if STRICT && used > 0 && filled != 0 {
            let kind = DecodeErrorKind::Value {
                expected: "zero bits after the last item".into(),
                found: format!("{last:#04x}"),
            };
            return Err(nom::Err::Error(DecodeError::new(kind).after(len.saturating_sub(1))));
        }
        Ok((rest, unpack::<Self, H>(bytes, count, WIDTH, LSB, src)?))
    }
}

impl<T: InBits<H>, const WIDTH: u32, const LSB: bool, const COUNTED: bool, const STRICT: bool, H>
    Write<Packed<WIDTH, LSB, COUNTED, STRICT, H>> for T
{
    fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        let mut bytes = alloc::vec![0; packed_len(1, WIDTH)];
        put_packed(&mut bytes, 0, self.to_bits(WIDTH)?, WIDTH, LSB);
        out.put(&bytes)
    }

    fn size(&self) -> usize {
        packed_len(1, WIDTH)
    }

    fn write_all<S: Sink + ?Sized>(items: &[Self], _: usize, out: &mut S) -> Result<(), EncodeError> {
        <Self as Write<Packed<WIDTH, LSB, COUNTED, STRICT, H>>>::write_pieces([items, &[]], out)
    }

    fn size_all(items: &[Self]) -> usize {
        packed_len(items.len(), WIDTH)
    }

    fn write_pieces<S: Sink + ?Sized>(pieces: [&[Self]; 2], out: &mut S) -> Result<(), EncodeError> {
        let items: usize = pieces.iter().map(|piece| piece.len()).sum();
        if !COUNTED && usize::try_from(WIDTH).is_ok_and(|width| items.saturating_mul(width) % 8 != 0) {
            let message = format!("{items} items of {WIDTH} bits do not fill whole bytes");
            return Err(EncodeError::custom(message));
        }
        let mut bytes = alloc::vec![0; packed_len(items, WIDTH)];
        for (index, item) in pieces.into_iter().flatten().enumerate() {
            let bits = item.to_bits(WIDTH).map_err(|error| error.in_item(index))?;
            put_packed(&mut bytes, index, bits, WIDTH, LSB);
        }
        out.put(&bytes)?;
        if S::RECORDS {
            // These marks tell readers of the recording the number of items.
            for index in 0..items {
                out.mark(Mark::Item(index));
                out.mark(Mark::Leave);
            }
        }
        Ok(())
    }

    fn size_pieces(pieces: [&[Self]; 2]) -> usize {
        packed_len(pieces.iter().map(|piece| piece.len()).sum(), WIDTH)
    }
}
