//! Lists: items up to the end of an extent, or a given number of items.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::num::NonZero;

use nom::{IResult, Needed, Offset};

use super::bytes::list_type;
use super::{Content, Fault, Filled, FromExtent, Read, Shape, Wire, Write};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError};
use crate::schema::{Endless, IsLast, Type};
use crate::sink::{Mark, Sink};
use crate::source::Source;
use crate::support::{in_item, is_not_fill, overflows, overflows_on_encode};

/// The memory in bytes that any list may start with, even if the input is small.
const FIRST_ALLOCATION: usize = 4096;

/// The maximum ratio between the memory that a list starts with and the size of the input. The list
/// grows with the items that are decoded.
const AMPLIFICATION: usize = 4;

/// A collection of list items.
pub trait Collection {
    /// Type of an item.
    type Item;

    /// Returns the items in order. A ring buffer may have them in two pieces.
    fn pieces(&self) -> [&[Self::Item]; 2];

    /// Creates a collection of the decoded items.
    fn collected(items: Vec<Self::Item>) -> Self;
}

macro_rules! collection {
    ($type:ty, $value:ident => $pieces:expr) => {
        impl<T> Collection for $type {
            type Item = T;

            #[inline(always)]
            fn pieces(&self) -> [&[T]; 2] {
                let $value = self;
                $pieces
            }

            #[inline(always)]
            fn collected(items: Vec<T>) -> Self {
                items.into()
            }
        }

        impl<F, T: Wire<F>> Shape<F> for $type {
            const TYPE: Type = list_type(&T::TYPE);
            const FILLED: Filled = match T::TYPE {
                Type::Bits(_) => Filled::Never,
                _ if T::MIN == 1 && matches!(T::MAX, Some(1)) => Filled::Trimmed,
                _ => Filled::Items,
            };
            const ITEMS_OPEN: bool = T::OPEN;

            #[inline]
            fn nests_within(&self, levels: u16) -> bool {
                // Decoding goes one level deeper for a list of frames before it looks for the first
                // item.
                let begins = levels > 0 || !matches!(T::TYPE, Type::Frame(_));
                begins && self.pieces().into_iter().flatten().all(|item| item.nests_within(levels))
            }

            #[inline]
            fn may_nest_deeper(levels: u16) -> bool {
                T::may_nest_deeper(levels)
            }
        }

        impl<F, T: Write<F>> Content<F> for $type {
            #[inline]
            fn size(&self) -> usize {
                T::size_pieces(self.pieces())
            }

            #[inline]
            fn as_written(&self) -> Option<&[u8]> {
                match self.pieces() {
                    [items, []] => T::as_bytes(items),
                    _ => None,
                }
            }

            #[inline]
            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                T::write_pieces(self.pieces(), out)
            }

            #[inline]
            fn write_filled<S: Sink + ?Sized>(&self, out: &mut S, fill: u8) -> Result<(), EncodeError> {
                write_filled_pieces::<T, F, S>(self.pieces(), out, fill)
            }
        }

        impl<'de, F, T: Read<'de, F>> FromExtent<'de, F> for $type {
            #[inline]
            fn from_extent(extent: &'de [u8], src: &Source<'de>) -> Result<Self, Fault> {
                T::read_all(extent, src).map(Self::collected)
            }

            #[inline]
            fn from_place(place: &'de [u8], used: usize, src: &Source<'de>) -> Result<(Self, usize), Fault> {
                let (items, used) = read_in_place::<T, F>(place, used, src)?;
                Ok((Self::collected(items), used))
            }
        }
    };
}

collection!(Vec<T>, items => [items, &[]]);
collection!(Box<[T]>, items => [items, &[]]);
collection!(Box<Vec<T>>, items => [items, &[]]);
collection!(Arc<[T]>, items => [items, &[]]);
collection!(VecDeque<T>, items => items.as_slices().into());

/// Writes the items, of which the last must have bytes other than `fill`.
#[inline]
fn write_filled_pieces<T: Write<F>, F, S: Sink + ?Sized>(
    pieces: [&[T]; 2],
    out: &mut S,
    fill: u8,
) -> Result<(), EncodeError> {
    let (before, last) = match pieces {
        [[], []] => return Ok(()),
        [[before @ .., last], []] => ([before, &[]], last),
        [first, [before @ .., last]] => ([first, before], last),
    };
    if T::MAX == Some(T::MIN) {
        T::write_pieces(pieces, out)?;
        return is_not_fill(out, T::MIN, fill);
    }
    // The last item is written alone and not measured, which may convert it again.
    T::write_pieces(before, out)?;
    let start = out.position();
    let count = before.iter().map(|piece| piece.len()).sum();
    T::write_all(core::slice::from_ref(last), count, out)?;
    is_not_fill(out, out.position().saturating_sub(start), fill)
}

pub(super) fn with_room<T>(items: usize, input: &[u8], src: &Source<'_>) -> Result<Vec<T>, Fault> {
    let memory = input.len().saturating_mul(AMPLIFICATION).max(FIRST_ALLOCATION);
    let items = items.min(memory / size_of::<T>().max(1));
    src.take_memory(items * size_of::<T>())?;
    Ok(Vec::with_capacity(items))
}

/// Appends an item. If the list is full, it grows, which the budget must allow.
#[inline(always)]
pub(super) fn push<T>(items: &mut Vec<T>, item: T, src: &Source<'_>) -> Result<(), Fault> {
    if items.len() == items.capacity() {
        *items = push_to_full(core::mem::take(items), item, src)?;
    } else {
        items.push(item);
    }
    Ok(())
}

/// Doubles a list and appends an item. The list is moved in and out. A function that borrowed it
/// would force the loop that calls it to keep the list in memory instead of registers.
#[cold]
#[inline(never)]
fn push_to_full<T>(mut items: Vec<T>, item: T, src: &Source<'_>) -> Result<Vec<T>, Fault> {
    let more = items.capacity().max(4);
    src.take_memory(more.saturating_mul(size_of::<T>()))?;
    items.reserve(more);
    items.push(item);
    Ok(items)
}

/// Reads one item with [`Read::read_inside`]. Returns `Err(None)` if the item takes no bytes.
#[inline(always)]
fn read_item<'a, T: Read<'a, F>, F>(
    rest: &'a [u8],
    src: &Source<'a>,
) -> Result<(&'a [u8], T), Option<Fault>> {
    match T::read_inside(rest, src) {
        // Items that always have bytes need no check.
        Ok((left, _)) if T::MIN == 0 && left.len() == rest.len() => Err(None),
        Ok(read) => Ok(read),
        Err(error) => Err(Some(error)),
    }
}

/// Returns the error of an item `at` bytes into a list. `None` is the error of an item without
/// bytes.
#[cold]
#[inline(never)]
pub(super) fn failed(error: Option<Fault>, index: usize, at: usize) -> Fault {
    let error = error.unwrap_or_else(|| nom::Err::Error(DecodeError::new(DecodeErrorKind::NoProgress)));
    in_item(error, index, at)
}

/// Reads items up to the end of `extent`.
///
/// # Errors
/// Returns an error if an item is malformed, truncated, or takes no bytes.
pub fn read_list<'a, T: Read<'a, F>, F>(extent: &'a [u8], src: &Source<'a>) -> Result<Vec<T>, Fault> {
    read_one_by_one::<T, F>(extent, extent.len(), src).map(|(items, _)| items)
}

/// Reads items from a slot until only padding is left, and returns them with their size. Everything
/// after the first `used` bytes of the slot is padding, or the end of the last item.
fn read_in_place<'a, T: Read<'a, F>, F>(
    place: &'a [u8],
    used: usize,
    src: &Source<'a>,
) -> Result<(Vec<T>, usize), Fault> {
    if T::MIN == 0 || T::MAX != Some(T::MIN) {
        return read_one_by_one::<T, F>(place, used, src);
    }
    let used = used.checked_next_multiple_of(T::MIN).unwrap_or(used);
    let extent = place.get(..used).unwrap_or(place);
    Ok((T::read_all(extent, src)?, extent.len()))
}

/// Reads items as long as they begin within the first `used` bytes, and returns them with their
/// size.
#[inline(always)]
fn read_one_by_one<'a, T: Read<'a, F>, F>(
    place: &'a [u8],
    used: usize,
    src: &Source<'a>,
) -> Result<(Vec<T>, usize), Fault> {
    let src = T::inside(&src.bounded())?;
    let mut items = with_room(used / T::MIN.max(1), place, &src)?;
    let mut rest = place;
    while place.len() - rest.len() < used {
        match read_item::<T, F>(rest, &src) {
            Ok((left, item)) => {
                let index = items.len();
                push(&mut items, item, &src)
                    .map_err(|error| failed(Some(error), index, place.offset(rest)))?;
                rest = left;
            }
            Err(error) => return Err(failed(error, items.len(), place.offset(rest))),
        }
    }
    Ok((items, place.len() - rest.len()))
}

/// Reads `count` items.
///
/// # Errors
/// Returns an error if an item is malformed or takes no bytes. Returns an error without reading any
/// item if the input is too short for the number of items.
pub fn read_counted<'a, C: Collection<Item: Read<'a, F>>, F>(
    input: &'a [u8],
    src: &Source<'a>,
    count: usize,
) -> IResult<&'a [u8], C, DecodeError> {
    let (rest, items) = <C::Item as Read<'a, F>>::read_some(input, src, count)?;
    Ok((rest, C::collected(items)))
}

#[inline(always)]
pub(super) fn read_items<'a, T: Read<'a, F>, F>(
    input: &'a [u8],
    src: &Source<'a>,
    count: usize,
) -> IResult<&'a [u8], Vec<T>, DecodeError> {
    if count > 0 && T::MAX == Some(0) {
        // More input could not help, because the items never take bytes.
        return Err(in_item(nom::Err::Error(DecodeError::new(DecodeErrorKind::NoProgress)), 0, 0));
    }
    let least = count.saturating_mul(T::MIN.max(1));
    if least > input.len() {
        return Err(too_few(input, src, count, least, T::MIN));
    }
    if T::MAX == Some(T::MIN) {
        // All items have arrived.
        let (extent, rest) = input.split_at_checked(least).unwrap_or((input, &[]));
        return Ok((rest, T::read_all(extent, src)?));
    }
    let inside = T::inside(src)?;
    let mut items = with_room(count, input, src)?;
    let mut rest = input;
    for index in 0..count {
        match read_item::<T, F>(rest, &inside) {
            Ok((left, item)) => {
                push(&mut items, item, src)
                    .map_err(|error| failed(Some(error), index, input.offset(rest)))?;
                rest = left;
            }
            Err(error) => {
                let at = input.offset(rest);
                let left = Endless::Items(const { &T::TYPE }, count - index);
                return Err(awaits(
                    needs_more(failed(error, index, at), count - index, T::MIN),
                    src,
                    at,
                    left,
                ));
            }
        }
    }
    Ok((rest, items))
}

#[cold]
pub(super) fn too_few(input: &[u8], src: &Source<'_>, count: usize, least: usize, each: usize) -> Fault {
    if src.is_complete() {
        let limit = input.len() / each.max(1);
        return nom::Err::Error(DecodeError::new(DecodeErrorKind::TooLong {
            limit,
            found: count.to_string() + " items",
        }));
    }
    src.short(least, input.len())
}

/// Returns the error of an item `at` bytes into a list. If the error is that the item has not
/// arrived yet, and the source is resuming, the error names the rest of the list instead.
#[cold]
pub(super) fn awaits(error: Fault, src: &Source<'_>, at: usize, part: Endless) -> Fault {
    let is_cut = match &error {
        nom::Err::Incomplete(_) => true,
        nom::Err::Error(error) | nom::Err::Failure(error) => error.awaits().is_some(),
    };
    if src.is_resuming() && is_cut {
        return nom::Err::Failure(DecodeError::awaiting(part).after(at));
    }
    error
}

/// Adds the minimum size of the items after a truncated item to the number of missing bytes.
#[cold]
fn needs_more(error: Fault, items_left: usize, least_each: usize) -> Fault {
    match error {
        nom::Err::Incomplete(Needed::Size(size)) => {
            let behind = (items_left - 1).saturating_mul(least_each);
            nom::Err::Incomplete(Needed::Size(size.checked_add(behind).unwrap_or(NonZero::<usize>::MAX)))
        }
        other => other,
    }
}

/// Appends items one by one, each marked for sinks that record. `first` is the index of the first
/// item.
pub(super) fn write_list<T: Write<F>, F, S: Sink + ?Sized>(
    items: &[T],
    first: usize,
    out: &mut S,
) -> Result<(), EncodeError> {
    write_items::<T, F, S>(items, first, false, out)
}

/// Like [`write_list`], for items whose number the type says. They may take no bytes.
pub(super) fn write_array<T: Write<F>, F, S: Sink + ?Sized>(
    items: &[T],
    out: &mut S,
) -> Result<(), EncodeError> {
    if T::MIN > 0 { T::write_all(items, 0, out) } else { write_items::<T, F, S>(items, 0, true, out) }
}

#[inline(always)]
fn write_items<T: Write<F>, F, S: Sink + ?Sized>(
    items: &[T],
    first: usize,
    may_be_empty: bool,
    out: &mut S,
) -> Result<(), EncodeError> {
    for (index, item) in items.iter().enumerate() {
        let index = first + index;
        if S::RECORDS {
            out.mark(Mark::Item(index));
        }
        let before = out.position();
        item.write(out).map_err(|error| error.in_item(index))?;
        // Items that always have bytes need no check.
        if T::MIN == 0 && !may_be_empty && out.position() == before {
            return Err(no_bytes(index));
        }
        if S::RECORDS {
            out.mark(Mark::Leave);
        }
    }
    Ok(())
}

/// Returns the error of an item without bytes. Decoding a list of such items would never end.
#[cold]
pub(super) fn no_bytes(index: usize) -> EncodeError {
    EncodeError::custom("a list item takes no bytes").in_item(index)
}

/// Whether an item is the last one of its list, or the text of the condition if it has no value for
/// this item.
pub(super) type Ends = Result<bool, &'static str>;

/// Returns the condition `holds`, which has a value for every item. This gives the argument of a
/// user's closure the type of the items.
#[inline]
pub fn predicate<T>(holds: impl Fn(&T) -> bool) -> impl Fn(&T) -> Ends {
    move |item| Ok(holds(item))
}

/// Like [`predicate`], for a condition that is `None` if it overflows or divides by zero. `text` is
/// the condition as the user wrote it.
#[inline]
pub fn checked_predicate<T>(text: &'static str, holds: impl Fn(&T) -> Option<bool>) -> impl Fn(&T) -> Ends {
    move |item| holds(item).ok_or(text)
}

/// Returns `Some(true)` if the item in these bytes is the last one, and `None` if it is malformed or
/// `ends` has no value for it.
pub fn is_last<'a, T: Read<'a, F>, F>(item: &'a [u8], ends: impl Fn(&T) -> Ends) -> Option<bool> {
    let (_, item) = T::read(item, Source::COMPLETE).ok()?;
    ends(&item).ok()
}

/// Returns the error of an item for which the condition `text` has no value.
#[cold]
#[inline(never)]
pub(super) fn undecided(text: &'static str, index: usize, at: usize) -> Fault {
    failed(Some(nom::Err::Error(overflows(text))), index, at)
}

/// Reads items up to and including the first item for which `ends` returns `true`. That item is
/// kept only if `keep` is set. `is_last` does the same as `ends` with the bytes of an item, where
/// that is possible.
///
/// # Errors
/// Returns an error if an item is malformed, truncated, or takes no bytes, or if `ends` has no value
/// for it.
pub fn read_until<'a, C: Collection<Item: Read<'a, F>>, F>(
    input: &'a [u8],
    src: &Source<'a>,
    ends: impl Fn(&C::Item) -> Ends,
    keep: bool,
    is_last: Option<IsLast>,
) -> IResult<&'a [u8], C, DecodeError> {
    let inside = C::Item::inside(src)?;
    let mut items = Vec::new();
    let mut rest = input;
    loop {
        let (left, item) = match read_item::<C::Item, F>(rest, &inside) {
            Ok(read) => read,
            Err(error) => {
                let at = input.offset(rest);
                let error = failed(error, items.len(), at);
                return Err(match is_last {
                    Some(is_last) => {
                        awaits(error, src, at, Endless::ItemsUntil(const { &C::Item::TYPE }, is_last))
                    }
                    None => error,
                });
            }
        };
        let (index, at) = (items.len(), input.offset(rest));
        rest = left;
        let last = ends(&item).map_err(|text| undecided(text, index, at))?;
        if keep || !last {
            push(&mut items, item, src).map_err(|error| failed(Some(error), index, at))?;
        }
        if last {
            return Ok((rest, C::collected(items)));
        }
    }
}

/// Writes items. `ends` must return `true` for the last item and for no other.
///
/// # Errors
/// Returns an error if another item ends the list, or the last one does not, or `ends` has no value
/// for an item, or an item cannot be written.
pub fn write_until<C: Collection<Item: Write<F>>, F, S: Sink + ?Sized>(
    items: &C,
    out: &mut S,
    ends: impl Fn(&C::Item) -> Ends,
) -> Result<(), EncodeError> {
    ends_with(items, ends)?;
    C::Item::write_pieces(items.pieces(), out)
}

/// Checks that `ends` returns `true` for the last item and for no other.
///
/// # Errors
/// Returns an error if another item ends the list, or the last one does not, or `ends` has no value
/// for an item.
pub fn ends_with<C: Collection>(items: &C, ends: impl Fn(&C::Item) -> Ends) -> Result<(), EncodeError> {
    let [first, second] = items.pieces();
    let mut all = first.iter().chain(second).enumerate();
    let found = all.find_map(|(index, item)| match ends(item) {
        Ok(false) => None,
        other => Some((index, other)),
    });
    match found {
        Some((index, Err(text))) => Err(overflows_on_encode(text).in_item(index)),
        Some((last, Ok(_))) if last + 1 == first.len() + second.len() => Ok(()),
        Some((early, Ok(_))) => {
            Err(EncodeError::custom("an item ends the list, but others follow it").in_item(early))
        }
        None => Err(EncodeError::custom("no item ends the list")),
    }
}

/// Writes items, and then the item that ends the list. No other item may be equal to it.
///
/// # Errors
/// Returns an error if an item is equal to the last one, or cannot be written.
pub fn write_until_value<C: Collection<Item: Write<F> + PartialEq>, F, S: Sink + ?Sized>(
    items: &C,
    out: &mut S,
    last: &C::Item,
) -> Result<(), EncodeError> {
    let [first, second] = items.pieces();
    if let Some(early) = first.iter().chain(second).position(|item| item == last) {
        return Err(EncodeError::custom("an item equals the one that ends the list").in_item(early));
    }
    C::Item::write_pieces(items.pieces(), out)?;
    last.write(out)
}
