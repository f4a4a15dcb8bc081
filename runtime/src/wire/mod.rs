//! Leaf formats: the encodings of the values inside a frame.
//!
//! A format is a type, such as [`Be`] or [`Le`], and a parameter of the traits below, so a byte
//! order is never passed as an argument. These traits are not part of the public API. Only derived
//! types are frames, so `Vec`, arrays and numbers get no new methods.

mod addr;
mod array;
mod bcd;
mod bits;
mod boxed;
mod bytes;
mod convert;
mod delimiter;
mod digits;
mod each;
mod encoding;
mod format;
mod length;
mod list;
mod nested;
mod nonzero;
mod number;
mod odd;
mod packed;
mod quic;
mod sized;
mod text;
mod varint;

pub use self::array::EachOf;
pub use self::bcd::Bcd;
pub use self::bits::{
    AddBits, BitField, BitsOf, CutBits, WideBits, WideRun, add_bits, bits_as, bits_before, bits_limit,
    bits_of_tag, cut_bits, items_as, items_from_bits, items_held, items_to_bits, peek_bits, read_bits,
    tag_of_bits, write_bits,
};
pub(crate) use self::bits::{add_to, clear_in, item_of_array, join_bytes, sign_extended, split_bytes};
pub use self::convert::{As, from_wire, to_wire, to_wire_by_ref};
pub use self::delimiter::{Fill, Found, find, find_any, find_units, units_len, units_of};
pub use self::digits::{Dec, Hex};
pub use self::each::{
    ItemOf, Of, ReadItem, ReadWith, WriteItem, WriteWith, read_all_with, read_beside, read_counted_with,
    read_filled_with, read_separated, read_until_with, size_all_with, size_separated, write_all_with,
    write_beside, write_filled_with, write_separated,
};
pub use self::encoding::{Ascii, Encoded, Encoding, Latin1, Utf16};
pub use self::length::{LenRule, Length, count_from_wire, count_to_wire, len_from_wire, len_to_wire};
pub use self::list::{
    Collection, checked_predicate, ends_with, is_last, predicate, read_counted, read_list, read_until,
    write_until, write_until_value,
};
pub use self::nested::{frame_may_nest_deeper, frame_nests_within, only_fill};
pub use self::number::{Plain, fill};
pub use self::odd::Odd;
#[cfg(feature = "json")]
pub(crate) use self::packed::put_packed;
pub use self::packed::{Bare, Holding, Packed};
pub(crate) use self::packed::{packed_item, packed_items, packed_len};
pub use self::quic::Quic;
pub use self::sized::{InBytes, InSomeBytes, bytes_from_wire, bytes_to_wire, put_in_bytes};
pub(crate) use self::varint::PADDED_VARINT;
pub use self::varint::{Varint, Zigzag};

use alloc::vec::Vec;

use nom::IResult;

use crate::error::{DecodeError, EncodeError};
use crate::schema::{Order, Type};
use crate::sink::Sink;
use crate::source::Source;
use crate::support::ends_in_fill;

/// The error of a parser.
pub type Fault = nom::Err<DecodeError>;

/// Big-endian order: most significant byte first.
#[derive(Clone, Copy, Debug)]
pub enum Be {}

/// Little-endian order: least significant byte first.
#[derive(Clone, Copy, Debug)]
pub enum Le {}

/// No byte order. Only single bytes have a format without a byte order.
#[derive(Clone, Copy, Debug)]
pub enum NoOrder {}

/// A format of numbers.
pub trait Format {
    /// Largest number of the format, if it is less than that of the Rust type.
    const LIMIT: u128 = u128::MAX;
    /// Smallest number of the format, if it is more than that of the Rust type.
    const LEAST: i128 = i128::MIN;
}

/// A format that is a byte order.
pub trait ByteOrder: Format {
    /// Byte order as a value, for schemas.
    const ORDER: Option<Order>;
}

/// A format in which an array is encoded item by item. [`As`] is none, because a conversion takes
/// the array as a whole.
pub trait Each: Format {}

impl<F: ByteOrder> Each for F {}
impl<const BYTES: usize, O> Each for Odd<BYTES, O> {}
impl<const MAX: usize, const PADDED: bool> Each for Varint<MAX, PADDED> {}
impl Each for Zigzag {}
impl Each for Quic {}
impl<const BYTES: usize, const FILL: u8, const SWAPPED: bool> Each for Bcd<BYTES, FILL, SWAPPED> {}

impl Format for Be {}
impl Format for Le {}
impl Format for NoOrder {}

impl ByteOrder for Be {
    const ORDER: Option<Order> = Some(Order::Big);
}

impl ByteOrder for Le {
    const ORDER: Option<Order> = Some(Order::Little);
}

impl ByteOrder for NoOrder {
    const ORDER: Option<Order> = None;
}

/// The static properties of a self-delimiting value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no wire format here",
    label = "no wire format for this",
    note = "your own type needs `#[derive(Frame)]`; an enum also `#[frame(tag = ..)]`, or `#[tag_of(..)]` on a field \
            before it; one with `ctx(..)` needs `#[ctx(..)]` here",
    note = "a number of several bytes needs a byte order: `#[frame(be)]` or `#[frame(le)]` on the type",
    note = "bytes, text and lists need an end: #[len_prefixed], #[count_prefixed(W)], #[len(expr)], \
            #[count(expr)], #[until(..)], #[fixed(N)] or #[rest]; \
            an alias of an `Option`, an `Auto` or a list with a count must be written out"
)]
pub trait Wire<F> {
    /// Minimum size in bytes.
    const MIN: usize;
    /// Maximum size in bytes, if it is known.
    const MAX: Option<usize>;
    /// Type of the value as schemas describe it.
    const TYPE: Type;
    /// Whether a value extends to the end of its enclosing extent.
    const OPEN: bool = false;

    /// Returns `true` if frames are nested at most `levels` deep, including the value itself.
    #[inline(always)]
    fn nests_within(&self, levels: u16) -> bool {
        let _ = levels;
        true
    }

    /// Returns `true` if [`nests_within`](Self::nests_within) may be `false` for a value of the type.
    #[inline(always)]
    fn may_nest_deeper(levels: u16) -> bool {
        let _ = levels;
        false
    }
}

/// A value of fixed size.
///
/// Runs of such values are read from one array and written to one array. The cursors over the array
/// are optimised away once the functions are inlined.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number of a fixed size here",
    label = "not a number of a fixed size",
    note = "what the codec writes later, such as `calc`, `checksum` and `offset_of`, needs a number of a fixed size, such \
            as `u16`; a number of several bytes needs a byte order: `#[frame(be)]` or `#[frame(le)]` on the type"
)]
pub trait Fixed<F>: Wire<F> + Copy {
    /// Size of the value in bytes.
    const SIZE: usize;
    /// Any value, to fill arrays with.
    const ZERO: Self;

    /// Converts all values of an extent in bulk. Returns `None` unless all bytes are valid values
    /// of the type.
    #[inline(always)]
    fn get_all(extent: &[u8]) -> Option<Vec<Self>> {
        let _ = extent;
        None
    }

    /// Appends all items in bulk. Returns `None` unless every value of the type can be encoded.
    #[inline(always)]
    fn put_all<S: Sink + ?Sized>(items: &[Self], out: &mut S) -> Option<Result<(), EncodeError>> {
        let _ = (items, out);
        None
    }

    /// Takes a value from the front of `run`, which has at least [`SIZE`](Self::SIZE) bytes.
    ///
    /// # Errors
    /// Returns an error for malformed bytes. The cursor has then moved past them.
    fn get(run: &mut &[u8]) -> Result<Self, DecodeError>;

    /// Puts the value at the front of `run`, which has room for [`SIZE`](Self::SIZE) bytes.
    ///
    /// # Errors
    /// Returns an error if the value does not fit the format.
    fn set(self, run: &mut &mut [u8]) -> Result<(), EncodeError>;
}

/// A self-delimiting value that can be read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no wire format here",
    label = "no wire format for this",
    note = "your own type needs `#[derive(Frame)]`; an enum also `#[frame(tag = ..)]`, or `#[tag_of(..)]` on a field \
            before it; one with `ctx(..)` needs `#[ctx(..)]` here",
    note = "a number of several bytes needs a byte order: `#[frame(be)]` or `#[frame(le)]` on the type",
    note = "bytes, text and lists need an end: #[len_prefixed], #[count_prefixed(W)], #[len(expr)], \
            #[count(expr)], #[until(..)], #[fixed(N)] or #[rest]; \
            an alias of an `Option`, an `Auto` or a list with a count must be written out"
)]
pub trait Read<'a, F>: Wire<F> + Sized {
    /// Reads one value from the front of `input`.
    ///
    /// # Errors
    /// Returns the same errors as [`crate::Decode::parse_from`].
    fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError>;

    /// Returns the source for reading the items of a list, which all items share.
    ///
    /// # Errors
    /// Returns an error if frames would be nested too deep.
    #[inline(always)]
    fn inside(src: &Source<'a>) -> Result<Source<'a>, Fault> {
        Ok(*src)
    }

    /// Reads an item of a list. `src` is the source that [`inside`](Self::inside) returned.
    ///
    /// # Errors
    /// Returns the same errors as [`read`](Self::read).
    #[inline(always)]
    fn read_inside(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
        Self::read(input, src)
    }

    /// Reads values up to the end of `extent`.
    ///
    /// # Errors
    /// Returns the same errors as [`crate::Decode::parse_from`], but never `Incomplete`.
    fn read_all(extent: &'a [u8], src: &Source<'a>) -> Result<Vec<Self>, Fault> {
        read_list::<Self, F>(extent, src)
    }

    /// Reads `count` values.
    ///
    /// # Errors
    /// Returns the same errors as [`crate::Decode::parse_from`].
    #[inline(always)]
    fn read_some(
        input: &'a [u8],
        src: &Source<'a>,
        count: usize,
    ) -> IResult<&'a [u8], Vec<Self>, DecodeError> {
        list::read_items::<Self, F>(input, src, count)
    }

    /// Reads `N` values.
    ///
    /// # Errors
    /// Returns the same errors as [`crate::Decode::parse_from`].
    fn read_array<const N: usize>(
        input: &'a [u8],
        src: &Source<'a>,
    ) -> IResult<&'a [u8], [Self; N], DecodeError> {
        array::read_each::<Self, F, N>(input, src)
    }
}

/// A self-delimiting value that can be written.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no wire format here",
    label = "no wire format for this",
    note = "your own type needs `#[derive(Frame)]`; an enum also `#[frame(tag = ..)]`, or `#[tag_of(..)]` on a field \
            before it; one with `ctx(..)` needs `#[ctx(..)]` here",
    note = "a number of several bytes needs a byte order: `#[frame(be)]` or `#[frame(le)]` on the type",
    note = "bytes, text and lists need an end: #[len_prefixed], #[count_prefixed(W)], #[len(expr)], \
            #[count(expr)], #[until(..)], #[fixed(N)] or #[rest]; \
            an alias of an `Option`, an `Auto` or a list with a count must be written out"
)]
pub trait Write<F>: Wire<F> {
    /// Appends the value to `out`.
    ///
    /// # Errors
    /// Returns an error if the value does not fit the format.
    fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError>;

    /// Returns the number of bytes that [`write`](Self::write) appends.
    fn size(&self) -> usize;

    /// Appends all items. `first` is the index of the first one.
    ///
    /// # Errors
    /// Returns the same errors as [`write`](Self::write).
    fn write_all<S: Sink + ?Sized>(items: &[Self], first: usize, out: &mut S) -> Result<(), EncodeError>
    where
        Self: Sized,
    {
        list::write_list::<Self, F, S>(items, first, out)
    }

    /// Returns the items as bytes if they are bytes, and `None` otherwise.
    #[inline]
    fn as_bytes(items: &[Self]) -> Option<&[u8]>
    where
        Self: Sized,
    {
        let _ = items;
        None
    }

    /// Returns the number of bytes that [`write_all`](Self::write_all) appends.
    fn size_all(items: &[Self]) -> usize
    where
        Self: Sized,
    {
        items.iter().map(Self::size).fold(0, usize::saturating_add)
    }

    /// Appends the items of a list that consists of two pieces.
    ///
    /// # Errors
    /// Returns the same errors as [`write`](Self::write).
    #[inline]
    fn write_pieces<S: Sink + ?Sized>([first, second]: [&[Self]; 2], out: &mut S) -> Result<(), EncodeError>
    where
        Self: Sized,
    {
        Self::write_all(first, 0, out)?;
        if second.is_empty() { Ok(()) } else { Self::write_all(second, first.len(), out) }
    }

    /// Returns the number of bytes that [`write_pieces`](Self::write_pieces) appends.
    #[inline]
    fn size_pieces([first, second]: [&[Self]; 2]) -> usize
    where
        Self: Sized,
    {
        Self::size_all(first).saturating_add(Self::size_all(second))
    }
}

/// The static properties of a value that fills an extent: bytes, text, a list or a frame.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot fill an extent",
    label = "not bytes, text, a list or a frame",
    note = "lengths and delimiters are for Vec<u8>, Bytes, &[u8], String, &str, Cow, Vec<T>, other lists and derived types; \
            a number, an address or an array already has a fixed size"
)]
pub trait Shape<F> {
    /// Type of the value as schemas describe it.
    const TYPE: Type;
    /// How the value is distinguished from the padding after it, in a slot that is larger.
    const FILLED: Filled = match Self::TYPE {
        Type::Bytes | Type::Text | Type::Encoded(_) => Filled::Trimmed,
        _ => Filled::Never,
    };
    /// Byte order of the code units, if they have two bytes.
    const UNITS: Option<Order> = units(&Self::TYPE);
    /// Whether the value is a list whose items are open.
    const ITEMS_OPEN: bool = false;

    /// Returns `true` if frames are nested at most `levels` deep, like [`Wire::nests_within`].
    #[inline(always)]
    fn nests_within(&self, levels: u16) -> bool {
        let _ = levels;
        true
    }

    /// Returns `true` if some value may be nested deeper, like [`Wire::may_nest_deeper`].
    #[inline(always)]
    fn may_nest_deeper(levels: u16) -> bool {
        let _ = levels;
        false
    }
}

/// How a value is distinguished from the padding after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filled {
    /// The value is everything before the padding at the end.
    Trimmed,
    /// The items of the value follow each other until only padding is left.
    Items,
    /// The value is self-delimiting.
    Itself,
    /// The value cannot be distinguished from padding, or has a fixed size.
    Never,
}

/// Returns the byte order of the code units of a text, if they have two bytes.
#[must_use]
pub const fn units(ty: &Type) -> Option<Order> {
    match ty {
        Type::Encoded(format) => format.units,
        _ => None,
    }
}

/// A value that fills an extent and can be written.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot fill an extent",
    label = "not bytes, text, a list or a frame",
    note = "lengths and delimiters are for Vec<u8>, Bytes, &[u8], String, &str, Cow, Vec<T>, other lists and derived types; \
            a number, an address or an array already has a fixed size"
)]
pub trait Content<F>: Shape<F> {
    /// Returns the number of bytes that the value takes.
    fn size(&self) -> usize;

    /// Returns the bytes that [`write`](Self::write) appends, if the value holds them as they are.
    /// Checking them here is faster than checking them in the sink, where they have just been
    /// written.
    #[inline]
    fn as_written(&self) -> Option<&[u8]> {
        None
    }

    /// Appends the value to `out`.
    ///
    /// # Errors
    /// Returns an error if the value cannot be encoded.
    fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError>;

    /// Appends the value like [`write`](Self::write), to a slot that is then padded with `fill`.
    ///
    /// # Errors
    /// Returns the same errors as [`write`](Self::write), and an error if the value itself ends in
    /// `fill`, because decoding would strip that as padding.
    #[inline]
    fn write_filled<S: Sink + ?Sized>(&self, out: &mut S, fill: u8) -> Result<(), EncodeError> {
        let start = out.position();
        self.write(out)?;
        match Self::FILLED {
            Filled::Trimmed => ends_in_fill(out, start, fill, Self::UNITS),
            Filled::Items | Filled::Itself | Filled::Never => Ok(()),
        }
    }
}

/// A value that can be read from exactly the bytes of an extent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot fill an extent",
    label = "not bytes, text, a list or a frame",
    note = "lengths and delimiters are for Vec<u8>, Bytes, &[u8], String, &str, Cow, Vec<T>, other lists and derived types; \
            a number, an address or an array already has a fixed size"
)]
pub trait FromExtent<'a, F>: Shape<F> + Sized {
    /// Reads a value from the whole of `extent`.
    ///
    /// # Errors
    /// Returns the same errors as [`crate::Decode::parse_from`], but never `Incomplete`.
    fn from_extent(extent: &'a [u8], src: &Source<'a>) -> Result<Self, Fault>;

    /// Reads a value from the front of a slot, and returns the value with its size. Everything
    /// after the first `used` bytes of the slot is padding, or belongs to a value that ends in the
    /// same bytes as padding.
    ///
    /// # Errors
    /// Returns the same errors as [`from_extent`](Self::from_extent).
    #[inline]
    fn from_place(place: &'a [u8], used: usize, src: &Source<'a>) -> Result<(Self, usize), Fault> {
        let extent = place.get(..used).unwrap_or(place);
        Ok((Self::from_extent(extent, src)?, extent.len()))
    }
}
