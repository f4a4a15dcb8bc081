//! What recording sinks hear of the bytes that are written.

use alloc::vec::Vec;
use core::fmt::Debug;

use super::Slot;
use crate::frame::Layout;
use crate::schema::{Field, Order, Part};
use crate::sink::{Mark, Sink};
use crate::wire::{Length, Write};

/// What a part of a run writes.
#[derive(Debug)]
pub struct RunMark {
    /// The variant the field is of; `None` for what the words of the type write.
    pub variant: Option<usize>,
    /// Which field.
    pub index: usize,
    /// Which part of it.
    pub part: Part,
    /// How many bytes it takes.
    pub len: usize,
    /// How far behind its beginning the next part stands: bit fields share their bytes.
    pub moves: usize,
    /// In which byte order, where the schema has an entry for each.
    pub order: Order,
}

/// Notes what the parts of a run that starts at `at` have written.
pub fn mark_run<T: Layout, S: Sink + ?Sized>(out: &mut S, mut at: usize, marks: &[RunMark]) {
    for mark in marks {
        let field = match mark.variant {
            Some(variant) => Slot::<T>::field(variant, mark.index),
            None => Slot::head(mark.index),
        };
        // A value that fills its place has no filling.
        if mark.part != Part::Fill || mark.len > 0 {
            let range = at..at.saturating_add(mark.len);
            let field = field.in_order(mark.order).entry();
            out.mark(Mark::Bytes { field, part: mark.part, range });
        }
        at = at.saturating_add(mark.moves);
    }
}

/// Notes that everything from `at` on is a part of a field.
///
/// Here as below the field is looked up only for sinks that record.
#[inline(always)]
pub fn mark_since<T: Layout, S: Sink + ?Sized>(out: &mut S, field: Slot<T>, part: Part, at: usize) {
    if S::RECORDS && out.position() > at {
        out.mark(Mark::Bytes { field: field.entry(), part, range: at..out.position() });
    }
}

/// Notes that everything from `at` on is a field, of which the last bytes are its delimiter.
#[inline(always)]
pub fn mark_delimited<T: Layout, S: Sink + ?Sized>(out: &mut S, field: Slot<T>, at: usize, delimiter: usize) {
    if S::RECORDS {
        let (field, end) = (field.entry(), out.position());
        let content = end.saturating_sub(delimiter);
        out.mark(Mark::Bytes { field, part: Part::Value, range: at..content });
        out.mark(Mark::Bytes { field, part: Part::Until, range: content..end });
    }
}

/// Notes that what follows belongs to a field, and gives the position.
#[inline(always)]
pub fn mark_enter<T: Layout, S: Sink + ?Sized>(out: &mut S, field: Slot<T>) -> usize {
    if S::RECORDS {
        out.mark(Mark::Enter(field.entry()));
    }
    out.position()
}

/// Notes that a field, which started at `at`, is complete.
#[inline(always)]
pub fn mark_leave<T: Layout, S: Sink + ?Sized>(out: &mut S, field: Slot<T>, at: usize) {
    if S::RECORDS {
        out.mark(Mark::Leave);
        out.mark(Mark::Bytes { field: field.entry(), part: Part::Value, range: at..out.position() });
    }
}

/// Notes which variant of an enum what follows is.
#[inline(always)]
pub fn mark_variant<S: Sink + ?Sized>(out: &mut S, index: usize) {
    if S::RECORDS {
        out.mark(Mark::Variant(index));
    }
}

/// The bytes of a self-delimiting value.
#[must_use]
pub fn bytes_of<T: Write<F>, F>(value: &T) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    value.write(&mut bytes).ok().map(|()| bytes)
}

/// The bytes of the number that says `len`.
#[must_use]
pub fn say<T: Length + Write<F>, F>(len: usize) -> Option<Vec<u8>> {
    bytes_of::<T, F>(&T::from_usize(len)?)
}

/// What stands for the delimiter that ends a whole type.
pub(crate) static UNTIL: Field = Field::new("until", crate::schema::Type::Bytes);

/// Notes the delimiter that ends a whole type.
#[inline(always)]
pub fn mark_end<S: Sink + ?Sized>(out: &mut S, at: usize) {
    if S::RECORDS && out.position() > at {
        out.mark(Mark::Bytes { field: &UNTIL, part: Part::Value, range: at..out.position() });
    }
}
