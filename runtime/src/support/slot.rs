//! Access to the fields of a schema.

use core::marker::PhantomData;

use crate::frame::Layout;
use crate::schema::{BitKind, Body, Field, Order, Schema, Type};

/// The schema of a type with errors in its declaration.
pub const NO_SCHEMA: Schema = Schema::new("", Body::Struct(&[]));

static NO_FIELD: Field = Field::new("", Type::Unit);

/// The slot of a field in the schema of `T`. The field is looked up only for recording sinks. This
/// could be a closure, but there would be one for each field.
#[derive(Debug)]
pub struct Slot<T> {
    /// Index of the variant; `None` for the head of the type.
    variant: Option<usize>,
    index: usize,
    order: Order,
    of: PhantomData<fn() -> T>,
}

impl<T: Layout> Slot<T> {
    /// Returns the slot of a field of a struct or variant.
    #[must_use]
    #[inline(always)]
    pub fn field(variant: usize, index: usize) -> Self {
        Self { variant: Some(variant), index, order: Order::Big, of: PhantomData }
    }

    /// Returns the slot of a field of the head.
    #[must_use]
    #[inline(always)]
    pub fn head(index: usize) -> Self {
        Self { variant: None, index, order: Order::Big, of: PhantomData }
    }

    /// Returns the slot for a field in a byte order that is known only at run time.
    #[must_use]
    #[inline(always)]
    pub fn in_order(self, order: Order) -> Self {
        Self { order, ..self }
    }

    pub(super) fn entry(&self) -> &'static Field {
        let fields = self.variant.map_or(T::SCHEMA.head, |variant| T::SCHEMA.fields(variant));
        fields.get(self.index).unwrap_or(&NO_FIELD).in_order(self.order)
    }
}

/// Returns the kind of a bit field that holds a variant of `T`. `tag` is the kind of the tags of
/// `T`.
#[must_use]
pub const fn enum_bits<T: Layout>(tag: BitKind) -> BitKind {
    BitKind::Enum { schema: schema_of::<T>, signed: matches!(tag, BitKind::Signed) }
}

/// Returns the schema's type for a frame.
#[must_use]
pub const fn frame_type<T: Layout>() -> Type {
    Type::Frame(schema_of::<T>)
}

fn schema_of<T: Layout>() -> &'static Schema {
    T::SCHEMA
}
