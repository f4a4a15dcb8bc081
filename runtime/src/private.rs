//! The only path generated code names. Not part of the public API: anything
//! here may change with any release.

mod check;
mod decode;
mod encode;
mod scope;
mod sizes;
mod tag;

use core::marker::PhantomData;

pub use check::{
    Flag, check_failed_on_encode, check_presence, checksum, checksum_written, not_absent, not_ended,
    presence, same, same_checksum, unknown_bits,
};
pub use decode::{
    Parsed, RunSite, Site, after, at_end, before, check_failed, from_extent_with, hand_written,
    hand_written_all, in_field, in_field_before, in_item, in_leaf, in_leaf_at, left_in, limited, magic,
    measure, not_derived, offset, read_with, short_body, short_run, take_fill, take_rest, take_until, trim,
    unknown_tag,
};
pub use encode::{
    bytes_of, check_len, check_max, fill, mark_end, mark_enter, mark_leave, mark_next, mark_since,
    mark_variant, not_derived_either, odd_constant, patch, patch_bits, put_delimiter, put_fill, put_filling,
    said_len, say, set_filled, size_with, skip, write_digits, write_number, write_with, written,
};
pub use scope::{ByReference, InScope};
pub use sizes::{
    any, exact, fill_to, least_max, max_len_of, max_len_sum, max_len_times, min_len_of, min_len_sum,
    most_fill, open_is_last,
};
pub use tag::{TagValue, Tagged, check_tag, keep_tag, kept_tag, tag_or_zero, tag_to_wire, wrong_tag};

pub use crate::error::{DecodeError, EncodeError};
pub use crate::frame::{Decode, DecodeWith, Encode, EncodeWith, Layout};
pub use crate::schema::{
    BitKind, Bits as BitsType, Body as SchemaBody, Extent, Field, Measured, Order, Part, Prefix, Presence,
    Role, Schema, Tags, Type, Variant,
};
pub use crate::sink::Sink;
pub use crate::source::Source;
pub use crate::wire::*;

/// What stands for the schema of a type that failed to derive.
pub const NO_SCHEMA: Schema = Schema {
    name: "",
    doc: "",
    order: None,
    head: &[],
    body: SchemaBody::Struct(&[]),
    until: &[],
    max: None,
    min_len: 0,
    max_len: None,
    open: false,
    measure: None,
};

static NO_FIELD: Field = Field::new("", Type::Unit);

/// Where the schema of a type has its entry of a field. It is looked up only
/// for sinks that record, and is no closure because there would be so many.
#[derive(Debug)]
pub struct Slot<T> {
    /// Which variant; `None` for what the words of the type write.
    variant: Option<usize>,
    index: usize,
    of: PhantomData<fn() -> T>,
}

impl<T: Layout> Slot<T> {
    /// The entry of a field.
    #[must_use]
    #[inline(always)]
    pub fn field(variant: usize, index: usize) -> Self {
        Self { variant: Some(variant), index, of: PhantomData }
    }

    /// The entry of a word of the type.
    #[must_use]
    #[inline(always)]
    pub fn head(index: usize) -> Self {
        Self { variant: None, index, of: PhantomData }
    }

    fn entry(&self) -> &'static Field {
        let fields = self.variant.map_or(T::SCHEMA.head, |variant| T::SCHEMA.fields(variant));
        fields.get(self.index).unwrap_or(&NO_FIELD)
    }
}

/// The schema's type for a frame.
#[must_use]
pub const fn frame_type<T: Layout>() -> Type {
    Type::Frame(schema_of::<T>)
}

fn schema_of<T: Layout>() -> &'static Schema {
    T::SCHEMA
}
