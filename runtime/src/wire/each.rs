//! Items of lists that have words of their own or context: `#[each(..)]`, `#[ctx(..)]`,
//! `#[tag(..)]`.

use alloc::vec::Vec;
use core::marker::PhantomData;

use nom::{IResult, Offset};

use super::list::{Collection, Ends, failed, no_bytes, push, too_few, undecided, with_room};
use super::{ByteOrder, Fault, Format, Read, Wire, Write, frame_may_nest_deeper};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError};
use crate::frame::{DecodeWith, EncodeWith, Layout};
use crate::schema::{Delimiter, Part, Type};
use crate::sink::{Mark, Sink};
use crate::source::Source;
use crate::support::{Slot, check_any, frame_type, in_item, is_not_fill, mark_since, trim_bytes};

/// The format of the items of one list. The derive generates a type for each such list.
pub trait ItemOf: Layout {
    /// Type of an item in memory.
    type Item;

    /// Returns `true` if the frames in an item are nested at most `levels` deep, like
    /// [`Wire::nests_within`].
    #[inline]
    fn item_nests_within(item: &Self::Item, levels: u16) -> bool {
        let _ = (item, levels);
        true
    }
}

/// An item that can be read with context `C`.
pub trait ReadItem<'a, C>: ItemOf<Item: Sized> {
    /// Reads one item from the front of `input`.
    ///
    /// # Errors
    /// Returns the same errors as [`crate::Decode::parse_from`].
    fn read_item(input: &'a [u8], src: &Source<'a>, context: C)
    -> IResult<&'a [u8], Self::Item, DecodeError>;
}

/// An item that can be written with context `C`.
pub trait WriteItem<C>: ItemOf {
    /// Appends an item to `out`.
    ///
    /// # Errors
    /// Returns the same errors as [`crate::Encode::encode_to`].
    fn write_item<S: Sink + ?Sized>(item: &Self::Item, out: &mut S, context: C) -> Result<(), EncodeError>;

    /// Returns the number of bytes that [`write_item`](Self::write_item) appends.
    fn item_size(item: &Self::Item, context: C) -> usize;
}

/// The format of items that `H` reads and writes.
#[derive(Debug)]
pub struct Of<H>(PhantomData<H>);

impl<H> Format for Of<H> {}

impl<H: ItemOf<Item = T>, T> Wire<Of<H>> for T {
    const MIN: usize = H::MIN_LEN;
    const MAX: Option<usize> = H::MAX_LEN;
    const TYPE: Type = frame_type::<H>();
    const OPEN: bool = H::OPEN;

    #[inline]
    fn nests_within(&self, levels: u16) -> bool {
        levels.checked_sub(1).is_some_and(|levels| H::item_nests_within(self, levels))
    }

    #[inline]
    fn may_nest_deeper(levels: u16) -> bool {
        frame_may_nest_deeper::<H>(levels)
    }
}

impl<'a, H: ReadItem<'a, (), Item = T>, T> Read<'a, Of<H>> for T {
    #[inline]
    fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
        H::read_item(input, &src.deeper()?, ())
    }

    #[inline(always)]
    fn inside(src: &Source<'a>) -> Result<Source<'a>, Fault> {
        src.deeper()
    }

    #[inline(always)]
    fn read_inside(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
        H::read_item(input, src, ())
    }
}

impl<H: WriteItem<(), Item = T>, T> Write<Of<H>> for T {
    #[inline]
    fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        H::write_item(self, out, ())
    }

    #[inline]
    fn size(&self) -> usize {
        H::item_size(self, ())
    }
}

/// A value that can be read with context `C`.
pub trait ReadWith<'a, F, C>: Wire<F> + Sized {
    /// Reads one value from the front of `input`.
    ///
    /// # Errors
    /// Returns the same errors as [`crate::Decode::parse_from`].
    fn read_with(input: &'a [u8], src: &Source<'a>, context: C) -> IResult<&'a [u8], Self, DecodeError>;
}

/// A value that can be written with context `C`.
pub trait WriteWith<F, C>: Wire<F> {
    /// Appends the value to `out`.
    ///
    /// # Errors
    /// Returns the same errors as [`crate::Encode::encode_to`].
    fn write_with<S: Sink + ?Sized>(&self, out: &mut S, context: C) -> Result<(), EncodeError>;

    /// Returns the number of bytes that [`write_with`](Self::write_with) appends.
    fn size_with(&self, context: C) -> usize;
}

impl<'a, F: ByteOrder, C, T: DecodeWith<'a, C>> ReadWith<'a, F, C> for T {
    #[inline]
    fn read_with(input: &'a [u8], src: &Source<'a>, context: C) -> IResult<&'a [u8], Self, DecodeError> {
        T::parse_with_from(input, src, context)
    }
}

impl<F: ByteOrder, C, T: EncodeWith<C>> WriteWith<F, C> for T {
    #[inline]
    fn write_with<S: Sink + ?Sized>(&self, out: &mut S, context: C) -> Result<(), EncodeError> {
        self.encode_with_to(out, context)
    }

    #[inline]
    fn size_with(&self, context: C) -> usize {
        self.len_inside_with(context)
    }
}

impl<'a, C, H: ReadItem<'a, C, Item = T>, T> ReadWith<'a, Of<H>, C> for T {
    #[inline]
    fn read_with(input: &'a [u8], src: &Source<'a>, context: C) -> IResult<&'a [u8], Self, DecodeError> {
        H::read_item(input, src, context)
    }
}

impl<C, H: WriteItem<C, Item = T>, T> WriteWith<Of<H>, C> for T {
    #[inline]
    fn write_with<S: Sink + ?Sized>(&self, out: &mut S, context: C) -> Result<(), EncodeError> {
        H::write_item(self, out, context)
    }

    #[inline]
    fn size_with(&self, context: C) -> usize {
        H::item_size(self, context)
    }
}

/// Reads items as long as `more` returns `true`. If it returns an error, that is the text of a
/// condition that has no value for the last item. `context` is called with the index of each item.
/// An item without bytes is an error, unless another list bounds the number of items.
fn read_while<'a, T: ReadWith<'a, F, X>, F, X>(
    input: &'a [u8],
    src: &Source<'a>,
    mut items: Vec<T>,
    mut more: impl FnMut(&[T], &[u8]) -> Ends,
    context: impl Fn(usize) -> X,
    is_bounded: bool,
) -> IResult<&'a [u8], Vec<T>, DecodeError> {
    let inside = src.deeper()?;
    let (mut rest, mut last) = (input, 0);
    while more(&items, rest).map_err(|text| undecided(text, items.len().saturating_sub(1), last))? {
        let index = items.len();
        let (left, item) = T::read_with(rest, &inside, context(index))
            .map_err(|error| failed(Some(error), index, input.offset(rest)))?;
        if T::MIN == 0 && !is_bounded && left.len() == rest.len() {
            return Err(failed(None, index, input.offset(rest)));
        }
        last = input.offset(rest);
        push(&mut items, item, &inside).map_err(|error| failed(Some(error), index, last))?;
        rest = left;
    }
    Ok((rest, items))
}

/// Reads items up to the end of `extent`.
///
/// # Errors
/// Returns an error if an item is malformed, truncated, or takes no bytes.
pub fn read_all_with<'a, C: Collection<Item: ReadWith<'a, F, X>>, F, X>(
    extent: &'a [u8],
    src: &Source<'a>,
    context: impl Fn(usize) -> X,
) -> Result<C, Fault> {
    let items = with_room(extent.len() / C::Item::MIN.max(1), extent, src)?;
    let more = |_: &[C::Item], rest: &[u8]| Ok(!rest.is_empty());
    read_while::<C::Item, F, X>(extent, &src.bounded(), items, more, context, false)
        .map(|(_, items)| C::collected(items))
}

/// Reads items from a slot until only padding is left, and returns them with their size.
///
/// # Errors
/// Returns an error if an item is malformed, truncated, or takes no bytes.
pub fn read_filled_with<'a, C: Collection<Item: ReadWith<'a, F, X>>, F, X>(
    place: &'a [u8],
    src: &Source<'a>,
    fill: u8,
    context: impl Fn(usize) -> X,
) -> Result<(C, usize), Fault> {
    let used = trim_bytes(place, Some(fill)).len();
    let items = with_room(used / C::Item::MIN.max(1), place, src)?;
    let more = |_: &[C::Item], rest: &[u8]| Ok(place.len() - rest.len() < used);
    let (rest, items) = read_while::<C::Item, F, X>(place, &src.bounded(), items, more, context, false)?;
    Ok((C::collected(items), place.len() - rest.len()))
}

/// Reads `count` items.
///
/// # Errors
/// Returns an error if an item is malformed or takes no bytes. Returns an error without reading any
/// item if the input is too short for the number of items.
pub fn read_counted_with<'a, C: Collection<Item: ReadWith<'a, F, X>>, F, X>(
    input: &'a [u8],
    src: &Source<'a>,
    count: usize,
    context: impl Fn(usize) -> X,
) -> IResult<&'a [u8], C, DecodeError> {
    if count > 0 && C::Item::MAX == Some(0) {
        return Err(in_item(nom::Err::Error(DecodeError::new(DecodeErrorKind::NoProgress)), 0, 0));
    }
    let least = count.saturating_mul(C::Item::MIN.max(1));
    if least > input.len() {
        return Err(too_few(input, src, count, least, C::Item::MIN));
    }
    let more = |items: &[C::Item], _: &[u8]| Ok(items.len() < count);
    read_while::<C::Item, F, X>(input, src, with_room(count, input, src)?, more, context, false)
        .map(|(rest, items)| (rest, C::collected(items)))
}

/// Reads `count` items, one for each element of an earlier list. The items may take no bytes.
///
/// # Errors
/// Returns an error if an item is malformed.
pub fn read_beside<'a, C: Collection<Item: ReadWith<'a, F, X>>, F, X>(
    input: &'a [u8],
    src: &Source<'a>,
    count: usize,
    context: impl Fn(usize) -> X,
) -> IResult<&'a [u8], C, DecodeError> {
    let least = count.saturating_mul(C::Item::MIN);
    if least > input.len() {
        return Err(too_few(input, src, count, least, C::Item::MIN));
    }
    let more = |items: &[C::Item], _: &[u8]| Ok(items.len() < count);
    read_while::<C::Item, F, X>(input, src, with_room(count, input, src)?, more, context, true)
        .map(|(rest, items)| (rest, C::collected(items)))
}

/// Reads items up to and including the first item for which `ends` returns `true`. That item is
/// kept only if `keep` is set.
///
/// # Errors
/// Returns an error if an item is malformed, truncated, or takes no bytes, or if `ends` has no value
/// for it.
pub fn read_until_with<'a, C: Collection<Item: ReadWith<'a, F, X>>, F, X>(
    input: &'a [u8],
    src: &Source<'a>,
    ends: impl Fn(&C::Item) -> Ends,
    keep: bool,
    context: impl Fn(usize) -> X,
) -> IResult<&'a [u8], C, DecodeError> {
    let more =
        |items: &[C::Item], _: &[u8]| items.last().map_or(Ok(true), |item| ends(item).map(|last| !last));
    let (rest, mut items) = read_while::<C::Item, F, X>(input, src, Vec::new(), more, &context, false)?;
    if !keep {
        items.pop();
    }
    Ok((rest, C::collected(items)))
}

/// Appends items. `context` is called with the index of each item.
///
/// # Errors
/// Returns an error if an item cannot be written, or takes no bytes.
pub fn write_all_with<C: Collection<Item: WriteWith<F, X>>, F, X, S: Sink + ?Sized>(
    items: &C,
    out: &mut S,
    context: impl Fn(usize) -> X,
) -> Result<(), EncodeError> {
    write_items(items, out, context, false, |_| ())
}

/// Appends items like [`write_all_with`], to a slot that is then padded with `fill`.
///
/// # Errors
/// Returns the same errors as [`write_all_with`], and an error if all bytes of the last item are
/// `fill`.
pub fn write_filled_with<C: Collection<Item: WriteWith<F, X>>, F, X, S: Sink + ?Sized>(
    items: &C,
    out: &mut S,
    fill: u8,
    context: impl Fn(usize) -> X,
) -> Result<(), EncodeError> {
    let mut last = out.position();
    write_items(items, out, context, false, |start| last = start)?;
    is_not_fill(out, out.position().saturating_sub(last), fill)
}

/// Appends items like [`write_all_with`], one for each element of an earlier list. The items may
/// take no bytes.
///
/// # Errors
/// Returns an error if an item cannot be written.
pub fn write_beside<C: Collection<Item: WriteWith<F, X>>, F, X, S: Sink + ?Sized>(
    items: &C,
    out: &mut S,
    context: impl Fn(usize) -> X,
) -> Result<(), EncodeError> {
    write_items(items, out, context, true, |_| ())
}

/// Appends items. `begins` is called with the position at which each item begins.
fn write_items<C: Collection<Item: WriteWith<F, X>>, F, X, S: Sink + ?Sized>(
    items: &C,
    out: &mut S,
    context: impl Fn(usize) -> X,
    is_bounded: bool,
    mut begins: impl FnMut(usize),
) -> Result<(), EncodeError> {
    let [first, second] = items.pieces();
    for (index, item) in first.iter().chain(second).enumerate() {
        if S::RECORDS {
            out.mark(Mark::Item(index));
        }
        let before = out.position();
        begins(before);
        item.write_with(out, context(index)).map_err(|error| error.in_item(index))?;
        if C::Item::MIN == 0 && !is_bounded && out.position() == before {
            return Err(no_bytes(index));
        }
        if S::RECORDS {
            out.mark(Mark::Leave);
        }
    }
    Ok(())
}

/// Returns the number of bytes that [`write_all_with`] appends.
pub fn size_all_with<C: Collection<Item: WriteWith<F, X>>, F, X>(
    items: &C,
    context: impl Fn(usize) -> X,
) -> usize {
    let [first, second] = items.pieces();
    let sizes = first.iter().chain(second).enumerate();
    sizes.map(|(index, item)| item.size_with(context(index))).fold(0, usize::saturating_add)
}

/// Reads items that a delimiter separates, up to the end of `extent`.
///
/// # Errors
/// Returns an error if an item is malformed.
pub fn read_separated<'a, C: Collection<Item: ReadWith<'a, F, X>>, F, X>(
    extent: &'a [u8],
    src: &Source<'a>,
    separator: &Delimiter,
    context: impl Fn(usize) -> X,
) -> Result<C, Fault> {
    let inside = src.bounded().deeper()?;
    let mut items = Vec::new();
    let mut rest = extent;
    // A separator is always followed by an item, which may be empty.
    let mut more = !extent.is_empty();
    while more {
        let index = items.len();
        let (left, item) = C::Item::read_with(rest, &inside, context(index))
            .map_err(|error| failed(Some(error), index, extent.offset(rest)))?;
        let read = rest.get(..rest.len() - left.len()).unwrap_or_default();
        more = separator.any.iter().any(|bytes| read.ends_with(bytes));
        push(&mut items, item, &inside).map_err(|error| failed(Some(error), index, extent.offset(rest)))?;
        rest = left;
    }
    Ok(C::collected(items))
}

/// Writes items with a delimiter between them.
///
/// # Errors
/// Returns an error if an item cannot be written, or contains the delimiter.
pub fn write_separated<C: Collection<Item: WriteWith<Of<H>, X>>, H: Layout, X, S: Sink + ?Sized>(
    items: &C,
    out: &mut S,
    separator: &Delimiter,
    context: impl Fn(usize) -> X,
) -> Result<(), EncodeError> {
    let [first, second] = items.pieces();
    let count = first.len() + second.len();
    let whole = out.position();
    for (index, item) in first.iter().chain(second).enumerate() {
        if S::RECORDS {
            out.mark(Mark::Item(index));
        }
        let start = out.position();
        item.write_with(out, context(index)).map_err(|error| error.in_item(index))?;
        let end = out.position();
        if index + 1 < count {
            out.put(separator.written())?;
            mark_since(out, Slot::<H>::field(0, 0), Part::Until, end);
        }
        check_any(out, start..end, out.position(), separator).map_err(|error| error.in_item(index))?;
        if S::RECORDS {
            out.mark(Mark::Leave);
        }
    }
    if count == 1 && out.position() == whole {
        return Err(
            EncodeError::custom("a list of one empty item is the same bytes as an empty list").in_item(0)
        );
    }
    Ok(())
}

/// Returns the number of bytes that [`write_separated`] appends.
pub fn size_separated<C: Collection<Item: WriteWith<F, X>>, F, X>(
    items: &C,
    separator: &Delimiter,
    context: impl Fn(usize) -> X,
) -> usize {
    let [first, second] = items.pieces();
    let between = (first.len() + second.len()).saturating_sub(1);
    size_all_with::<C, F, X>(items, context).saturating_add(between.saturating_mul(separator.written().len()))
}
