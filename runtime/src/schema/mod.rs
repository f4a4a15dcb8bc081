//! A declaration as data. Views, dissectors and the incremental framer walk
//! it; nothing else of a type is generated for them.

pub(crate) mod compatible;
mod delimiter;
pub(crate) mod dissect;
mod encoding;
mod eval;
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
pub use measure::{Endless, Measure, Measured};
pub use relation::{
    Check, Chooser, Constant, Covered, Covers, Given, LengthRule, Ordered, Scope, Start, TagOf, Target,
};
pub use types::{BitKind, Bits, Order, Type};

/// What a type looks like on the wire.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Schema {
    /// The Rust name of the type.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// The byte order it declares.
    pub order: Option<Order>,
    /// What its `#[frame(..)]` words write in front of its fields, in order.
    pub head: &'static [Field],
    /// Its fields or variants.
    pub body: Body,
    /// The fields of a struct that a length encloses.
    pub scopes: &'static [Scope],
    /// The delimiter of `until`, behind everything else: the one that is written.
    pub until: &'static [u8],
    /// That and its alternatives, any of which ends the whole.
    pub until_any: &'static [&'static [u8]],
    /// How many words of the head stand in front of the delimiter: a length
    /// among them counts it.
    #[doc(hidden)]
    pub until_behind: usize,
    /// What must hold of the fields of a struct.
    pub checks: &'static [Check],
    /// The limit of `max`.
    pub max: Option<usize>,
    /// The fewest bytes a value takes.
    pub min_len: usize,
    /// The most bytes a value takes, where that is known.
    pub max_len: Option<usize>,
    /// Whether a value goes on to the end of what encloses it.
    pub open: bool,
    /// Finds out how many bytes a value takes by parsing it; for types that
    /// can be parsed alone and have no type parameters.
    #[doc(hidden)]
    pub measure: Option<Measure>,
    /// The frame that this is an attempt at: bytes that are no such frame are kept as they are.
    #[doc(hidden)]
    pub attempt_at: Option<fn() -> &'static Schema>,
    /// Whether it is no type of the user's, but the words of the items of a list.
    #[doc(hidden)]
    pub is_item: bool,
}

impl Schema {
    /// The constant that its head or its first field begins with.
    pub(crate) const fn sync(&self) -> &'static [u8] {
        match (self.head, self.body) {
            ([first, ..], _) | ([], Body::Struct([first, ..])) => first.constant(),
            ([], Body::Struct([]) | Body::Enum(_)) => &[],
        }
    }

    /// Same as [`sync`](Self::sync), also where it is that of a frame which comes first.
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

/// What a type consists of.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// Fields one after the other.
    Struct(&'static [Field]),
    /// One of several variants, chosen by a tag.
    Enum(&'static [Variant]),
}

/// One of the variants of an enum.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Variant {
    /// The Rust name of the variant.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// The tags it stands for, as they are written in the declaration.
    pub tag: &'static str,
    /// The same as values.
    pub tags: &'static [Tags],
    /// The field that keeps which of the tags it was, where they are several;
    /// empty if none. It takes no bytes of its own.
    pub keeps: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
    /// Those of them that a length encloses.
    pub scopes: &'static [Scope],
    /// What must hold of its fields.
    pub checks: &'static [Check],
}

/// A set of tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tags {
    /// From the first to the last.
    Range(i128, i128),
    /// Just these bytes.
    Bytes(&'static [u8]),
    /// Any that no other variant has.
    Any,
    /// A tag of a type of the user's that is no number.
    Unknown,
}

impl Variant {
    /// A variant that these tags choose.
    #[must_use]
    pub const fn new(
        name: &'static str,
        tag: &'static str,
        tags: &'static [Tags],
        fields: &'static [Field],
    ) -> Self {
        Self { name, doc: "", tag, tags, keeps: "", fields, scopes: &[], checks: &[] }
    }

    /// The tags as people are shown them: as they are written, but a constant as what it is, with its name behind.
    #[must_use]
    pub fn shown_tag(&self) -> impl fmt::Display {
        shown::ShownTag(self)
    }

    /// With a doc comment.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// With the field that keeps which of the tags it was.
    #[must_use]
    pub const fn keeps(mut self, keeps: &'static str) -> Self {
        self.keeps = keeps;
        self
    }

    /// With what must hold of its fields.
    #[must_use]
    pub const fn checks(mut self, checks: &'static [Check]) -> Self {
        self.checks = checks;
        self
    }

    /// With fields that a length encloses; what derived code says.
    #[doc(hidden)]
    #[must_use]
    pub const fn scopes(mut self, scopes: &'static [Scope]) -> Self {
        self.scopes = scopes;
        self
    }
}

impl Schema {
    /// A frame of a hand-written codec. Until more is said, it is empty: see [`sizes`](Self::sizes).
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

    /// With a doc comment.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// With a byte order.
    #[must_use]
    pub const fn order(mut self, order: Option<Order>) -> Self {
        self.order = order;
        self
    }

    /// With what stands in front of its fields.
    #[must_use]
    pub const fn head(mut self, head: &'static [Field]) -> Self {
        self.head = head;
        self
    }

    /// With the fewest and the most bytes that a value takes, and whether it goes on to the end of what encloses it.
    #[must_use]
    pub const fn sizes(mut self, min_len: usize, max_len: Option<usize>, open: bool) -> Self {
        self.min_len = min_len;
        self.max_len = max_len;
        self.open = open;
        self
    }

    /// With a limit.
    #[must_use]
    pub const fn max(mut self, max: Option<usize>) -> Self {
        self.max = max;
        self
    }

    /// With what must hold of the fields of a struct.
    #[must_use]
    pub const fn checks(mut self, checks: &'static [Check]) -> Self {
        self.checks = checks;
        self
    }

    /// With fields of a struct that a length encloses; what derived code says.
    #[doc(hidden)]
    #[must_use]
    pub const fn scopes(mut self, scopes: &'static [Scope]) -> Self {
        self.scopes = scopes;
        self
    }

    /// With delimiters behind so many words of the head, the first of which is written; what derived code says.
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

    /// That of the items of a list with words of their own; what derived code says.
    #[doc(hidden)]
    #[must_use]
    pub const fn item(mut self) -> Self {
        self.is_item = true;
        self
    }

    /// With its own parser for the framer; what derived code says.
    #[doc(hidden)]
    #[must_use]
    pub const fn measure(mut self, measure: Measure) -> Self {
        self.measure = Some(measure);
        self
    }

    /// The fields of a struct, or of the variant at `variant` of an enum.
    #[must_use]
    pub fn fields(&self, variant: usize) -> &'static [Field] {
        match self.body {
            Body::Struct(fields) => fields,
            Body::Enum(variants) => variants.get(variant).map_or(&[], |variant| variant.fields),
        }
    }
}
