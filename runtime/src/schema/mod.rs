//! A declaration as data. Views, dissectors and the framer work from it, so the derive generates no
//! code for them.

pub(crate) mod compatible;
mod delimiter;
pub(crate) mod dissect;
mod encoding;
pub(crate) mod eval;
mod expr;
mod field;
mod format;
pub(crate) mod frames;
pub(crate) mod known;
mod measure;
pub(crate) mod outline;
pub(crate) mod recorded;
mod relation;
mod shown;
mod size;
pub(crate) mod steps;
pub(crate) mod text;
mod types;
pub(crate) mod value;

use core::fmt;

pub use compatible::Compatibility;
pub use delimiter::{Delimiter, Ending, Stop};
pub use encoding::TextFormat;
pub use expr::{Expr, Int, Node, Number, Op, Operand, Ty};
pub use field::{Extent, Field, Part, Prefix, Presence, Role, Say};
pub use format::NumberFormat;
pub(crate) use format::{Code, Reader, Writer};
pub use measure::{Endless, IsLast, Measure, Measured};
pub use relation::{
    Check, Chooser, Constant, Covered, Covers, Given, LengthRule, Ordered, Scope, Start, TagOf, Target,
};
pub use types::{BitKind, Bits, Order, Type};

/// The layout of a type on the wire.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Schema {
    /// Rust name of the type.
    pub name: &'static str,
    /// Doc comment of the type.
    pub doc: &'static str,
    /// Declared byte order of the type.
    pub order: Option<Order>,
    /// Fields that the `#[frame(..)]` words write before the type's own fields, in order.
    pub head: &'static [Field],
    /// Fields or variants of the type.
    pub body: Body,
    /// Scopes of a struct: groups of fields, each enclosed by a length.
    pub scopes: &'static [Scope],
    /// Delimiter at the end of the frame (`until`). If there are alternatives, this one is written.
    pub until: &'static [u8],
    /// All alternatives of the delimiter. Any of them ends the frame.
    pub until_any: &'static [&'static [u8]],
    /// Number of head fields before the word `until`. A length among them covers the delimiter.
    #[doc(hidden)]
    pub until_behind: usize,
    /// Invariants of a struct.
    pub checks: &'static [Check],
    /// Limit that `max` sets.
    pub max: Option<usize>,
    /// Minimum size of a value in bytes.
    pub min_len: usize,
    /// Maximum size of a value in bytes, if it is known.
    pub max_len: Option<usize>,
    /// Whether a value extends to the end of its enclosing extent.
    pub open: bool,
    /// Function that measures a value by parsing it. Types with context or type parameters have
    /// none.
    #[doc(hidden)]
    pub measure: Option<Measure>,
    /// Schema of the frame in an `Attempt`, which keeps malformed bytes unchanged.
    #[doc(hidden)]
    pub attempt_at: Option<fn() -> &'static Schema>,
    /// Whether this is the hidden frame of list items (`each`) rather than a user's type.
    #[doc(hidden)]
    pub is_item: bool,
}

impl Schema {
    /// Returns the constant at the beginning of the head, or of the fields if the head is empty.
    pub(crate) const fn sync(&self) -> &'static [u8] {
        match (self.head, self.body) {
            ([first, ..], _) | ([], Body::Struct([first, ..])) => first.constant(),
            ([], Body::Struct([]) | Body::Enum(_)) => &[],
        }
    }

    /// Like [`sync`](Self::sync), but if the first field is a nested frame, returns the leading
    /// constant of that frame.
    pub(crate) fn leading(&'static self) -> &'static [u8] {
        let mut schema = self;
        for _ in 0..crate::Source::MAX_DEPTH {
            let own = schema.sync();
            match (schema.head, schema.body) {
                ([], Body::Struct([first, ..])) if own.is_empty() => match first.own_frame() {
                    Some(inner) => schema = inner,
                    None => return own,
                },
                _ => return own,
            }
        }
        &[]
    }
}

/// The fields or variants of a type.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// Consecutive fields.
    Struct(&'static [Field]),
    /// One of several variants, selected by a tag.
    Enum(&'static [Variant]),
}

/// One of the variants of an enum.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Variant {
    /// Rust name of the variant.
    pub name: &'static str,
    /// Doc comment of the variant.
    pub doc: &'static str,
    /// Tags of the variant, as written in the declaration.
    pub tag: &'static str,
    /// Tags of the variant as values.
    pub tags: &'static [Tags],
    /// Name of the field that keeps the tag of a variant with several tags; empty if there is no
    /// such field. The field has no bytes of its own.
    pub keeps: &'static str,
    /// Fields of the variant.
    pub fields: &'static [Field],
    /// Scopes: groups of fields, each enclosed by a length.
    pub scopes: &'static [Scope],
    /// Invariants of the variant.
    pub checks: &'static [Check],
}

/// A set of tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tags {
    /// The numbers from the first to the last.
    Range(i128, i128),
    /// A byte string.
    Bytes(&'static [u8]),
    /// Any tag that no other variant has.
    Any,
    /// A tag of a user-defined type that is not a number.
    Unknown,
}

impl Variant {
    /// Creates a variant with these tags.
    #[must_use]
    pub const fn new(
        name: &'static str,
        tag: &'static str,
        tags: &'static [Tags],
        fields: &'static [Field],
    ) -> Self {
        Self { name, doc: "", tag, tags, keeps: "", fields, scopes: &[], checks: &[] }
    }

    /// Returns the tags as they are displayed. A constant is displayed as its value, followed by
    /// its name; anything else as written.
    #[must_use]
    pub fn shown_tag(&self) -> impl fmt::Display {
        shown::ShownTag(self)
    }

    /// Sets the doc comment.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// Sets the field that keeps the tag.
    #[must_use]
    pub const fn keeps(mut self, keeps: &'static str) -> Self {
        self.keeps = keeps;
        self
    }

    /// Sets the invariants of the variant.
    #[must_use]
    pub const fn checks(mut self, checks: &'static [Check]) -> Self {
        self.checks = checks;
        self
    }

    /// Sets the scopes; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn scopes(mut self, scopes: &'static [Scope]) -> Self {
        self.scopes = scopes;
        self
    }
}

impl Schema {
    /// Creates the schema of a hand-written codec. Its size is 0 until [`sizes`](Self::sizes) sets
    /// it, and all other properties are empty.
    #[must_use]
    pub const fn new(name: &'static str, body: Body) -> Self {
        Self {
            name,
            doc: "",
            order: None,
            head: &[],
            body,
            scopes: &[],
            until: &[],
            until_any: &[],
            until_behind: 0,
            checks: &[],
            max: None,
            min_len: 0,
            max_len: Some(0),
            open: false,
            measure: None,
            attempt_at: None,
            is_item: false,
        }
    }

    /// Sets the doc comment.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// Sets the byte order.
    #[must_use]
    pub const fn order(mut self, order: Option<Order>) -> Self {
        self.order = order;
        self
    }

    /// Sets the fields of the head.
    #[must_use]
    pub const fn head(mut self, head: &'static [Field]) -> Self {
        self.head = head;
        self
    }

    /// Sets the minimum and the maximum size of a value, and whether it extends to the end of its
    /// enclosing extent.
    #[must_use]
    pub const fn sizes(mut self, min_len: usize, max_len: Option<usize>, open: bool) -> Self {
        self.min_len = min_len;
        self.max_len = max_len;
        self.open = open;
        self
    }

    /// Sets the limit that the word `max` declares.
    #[must_use]
    pub const fn max(mut self, max: Option<usize>) -> Self {
        self.max = max;
        self
    }

    /// Sets the invariants of a struct.
    #[must_use]
    pub const fn checks(mut self, checks: &'static [Check]) -> Self {
        self.checks = checks;
        self
    }

    /// Sets the scopes of a struct; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn scopes(mut self, scopes: &'static [Scope]) -> Self {
        self.scopes = scopes;
        self
    }

    /// Sets the delimiters and the number of head fields before the delimited part. The first
    /// delimiter is the one that is written. Used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn until(mut self, any: &'static [&'static [u8]], behind: usize) -> Self {
        self.until = match any {
            [first, ..] => first,
            [] => &[],
        };
        self.until_any = any;
        self.until_behind = behind;
        self
    }

    /// Marks this schema as the hidden frame of list items; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn item(mut self) -> Self {
        self.is_item = true;
        self
    }

    /// Sets the function that measures a value for the framer; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn measure(mut self, measure: Measure) -> Self {
        self.measure = Some(measure);
        self
    }

    /// Returns the fields of a struct, or of the variant at `variant` of an enum.
    #[must_use]
    pub fn fields(&self, variant: usize) -> &'static [Field] {
        match self.body {
            Body::Struct(fields) => fields,
            Body::Enum(variants) => variants.get(variant).map_or(&[], |variant| variant.fields),
        }
    }
}
