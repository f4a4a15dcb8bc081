//! Marks, which tell recording sinks what part of which field is written.

use alloc::vec::Vec;
use core::fmt::Debug;

use super::{Slot, TagValue};
use crate::frame::Layout;
use crate::schema::{Field, Order, Part};
use crate::sink::{Mark, Sink};
use crate::wire::{Length, Write};

/// A part of a run, to be marked.
#[derive(Debug)]
pub struct RunMark {
    /// Index of the variant of the field; `None` for the head of the type.
    pub variant: Option<usize>,
    /// Index of the field.
    pub index: usize,
    /// Part of the field.
    pub part: Part,
    /// Size of the part in bytes.
    pub len: usize,
    /// Distance from the beginning of this part to the next part. It may be less than the size,
    /// because bit fields share their bytes.
    pub moves: usize,
    /// Byte order of the field, if the schema has an entry for each order.
    pub order: Order,
}

/// Marks the parts of a run that starts at `at`.
pub fn mark_run<T: Layout, S: Sink + ?Sized>(out: &mut S, mut at: usize, marks: &[RunMark]) {
    for mark in marks {
        let field = match mark.variant {
            Some(variant) => Slot::<T>::field(variant, mark.index),
            None => Slot::head(mark.index),
        };
        // If a value fills its slot, there is no padding to mark.
        if mark.part != Part::Fill || mark.len > 0 {
            let range = at..at.saturating_add(mark.len);
            let field = field.in_order(mark.order).entry();
            out.mark(Mark::Bytes { field, part: mark.part, range });
        }
        at = at.saturating_add(mark.moves);
    }
}

/// Marks everything from `at` on as a part of a field.
///
/// The field is looked up only for recording sinks, as in the functions below.
#[inline(always)]
pub fn mark_since<T: Layout, S: Sink + ?Sized>(out: &mut S, field: Slot<T>, part: Part, at: usize) {
    if S::RECORDS && out.position() > at {
        out.mark(Mark::Bytes { field: field.entry(), part, range: at..out.position() });
    }
}

/// Marks everything from `at` on as a field that ends with its delimiter.
#[inline(always)]
pub fn mark_delimited<T: Layout, S: Sink + ?Sized>(out: &mut S, field: Slot<T>, at: usize, delimiter: usize) {
    if S::RECORDS {
        let (field, end) = (field.entry(), out.position());
        let content = end.saturating_sub(delimiter);
        out.mark(Mark::Bytes { field, part: Part::Value, range: at..content });
        out.mark(Mark::Bytes { field, part: Part::Until, range: content..end });
    }
}

/// Marks the beginning of a field, and returns its position.
#[inline(always)]
pub fn mark_enter<T: Layout, S: Sink + ?Sized>(out: &mut S, field: Slot<T>) -> usize {
    if S::RECORDS {
        out.mark(Mark::Enter(field.entry()));
    }
    out.position()
}

/// Marks the end of a field that started at `at`.
#[inline(always)]
pub fn mark_leave<T: Layout, S: Sink + ?Sized>(out: &mut S, field: Slot<T>, at: usize) {
    if S::RECORDS {
        out.mark(Mark::Leave);
        out.mark(Mark::Bytes { field: field.entry(), part: Part::Value, range: at..out.position() });
    }
}

/// Marks the variant of an enum.
#[inline(always)]
pub fn mark_variant<S: Sink + ?Sized>(out: &mut S, index: usize) {
    if S::RECORDS {
        out.mark(Mark::Variant(index));
    }
}

/// Marks the variant of an enum, and the number that it keeps as its tag.
#[inline(always)]
pub fn mark_kept<S: Sink + ?Sized>(out: &mut S, index: usize, tag: &(impl TagValue<i128> + Copy)) {
    if S::RECORDS {
        out.mark(Mark::Variant(index));
        out.mark(Mark::Tag(tag.to_tag()));
    }
}

/// Marks the variant of an enum, and the bytes that it keeps as its tag.
#[inline(always)]
pub fn mark_kept_bytes<S: Sink + ?Sized>(out: &mut S, index: usize, tag: &[u8]) {
    if S::RECORDS {
        out.mark(Mark::Variant(index));
        out.mark(Mark::TagBytes(tag.to_vec()));
    }
}

/// Returns the bytes of a self-delimiting value, or `None` if it cannot be encoded.
#[must_use]
pub fn bytes_of<T: Write<F>, F>(value: &T) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    value.write(&mut bytes).ok().map(|()| bytes)
}

/// Returns the bytes of a length field with the value `len`, or `None` if the length does not fit.
#[must_use]
pub fn say<T: Length + Write<F>, F>(len: usize) -> Option<Vec<u8>> {
    bytes_of::<T, F>(&T::from_usize(len)?)
}

/// The field that stands for the delimiter of a whole type.
pub(crate) static UNTIL: Field = Field::new("until", crate::schema::Type::Bytes);

/// Marks the delimiter of a whole type.
#[inline(always)]
pub fn mark_end<S: Sink + ?Sized>(out: &mut S, at: usize) {
    if S::RECORDS && out.position() > at {
        out.mark(Mark::Bytes { field: &UNTIL, part: Part::Value, range: at..out.position() });
    }
}
