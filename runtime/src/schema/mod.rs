//! A declaration as data. Views, dissectors and the incremental framer walk
//! it; nothing else of a type is generated for them.

mod compatible;
mod delimiter;
pub(crate) mod dissect;
mod encoding;
mod eval;
mod expr;
mod format;
pub(crate) mod frames;
pub(crate) mod known;
pub(crate) mod recorded;
mod relation;
mod shown;
mod size;
pub(crate) mod steps;
pub(crate) mod text;
pub(crate) mod value;

use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use crate::budget::Budget;
use crate::error::DecodeError;

pub use compatible::Compatibility;
pub use delimiter::{Delimiter, Ending, Stop};
pub use encoding::TextFormat;
pub use expr::{Expr, Int, Node, Number, Op, Operand, Ty};
pub use format::NumberFormat;
pub(crate) use format::{Code, Reader, Writer};
pub use relation::{
    Check, Chooser, Constant, Covered, Covers, Given, LengthRule, Ordered, Scope, Start, TagOf, Target,
};

/// Finds out how many bytes a value takes by parsing it.
#[doc(hidden)]
pub type Measure = fn(&[u8], &Budget) -> Measured;

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
    /// The delimiter of `until`, behind everything else.
    pub until: &'static [u8],
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
    /// Whether bytes that are no such frame are kept as they are.
    #[doc(hidden)]
    pub is_attempt: bool,
}

impl Schema {
    /// The constant that its head or its first field begins with.
    pub(crate) const fn sync(&self) -> &'static [u8] {
        match (self.head, self.body) {
            ([first, ..], _) | ([], Body::Struct([first, ..])) => first.constant(),
            ([], Body::Struct([]) | Body::Enum(_)) => &[],
        }
    }

    /// As [`sync`](Self::sync), also where it is that of a frame which comes first.
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

impl Field {
    /// The bytes it always is.
    const fn constant(&self) -> &'static [u8] {
        match (self.role, self.presence, self.ty) {
            (_, _, Type::Bits(_)) => &[],
            _ if self.ordered.is_some() => &[],
            (Role::Magic(bytes), Presence::Always, _) => bytes,
            _ => &[],
        }
    }

    /// The frame that it always is, and nothing around it.
    fn own_frame(&self) -> Option<&'static Schema> {
        match (self.ty, self.presence, self.extent) {
            (Type::Frame(schema), Presence::Always, Extent::Own) => Some(schema()),
            _ => None,
        }
    }
}

/// What measuring a frame by its own parser gives.
#[derive(Clone, Debug)]
#[doc(hidden)]
#[non_exhaustive]
pub enum Measured {
    /// The frame takes so many bytes.
    Takes(usize),
    /// So many bytes are missing at least.
    Lacks(usize),
    /// A part of it has to arrive first that can be waited for any number of
    /// times; from `at` on, it is this.
    Awaits {
        /// How far into the frame.
        at: usize,
        /// What is awaited there.
        part: Endless,
    },
    /// The bytes are no such frame.
    Malformed(DecodeError),
}

/// A part of a frame that takes any number of reads to arrive, so that
/// parsing the frame at each of them would take quadratic time.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
#[non_exhaustive]
pub enum Endless {
    /// Bytes up to a delimiter.
    Until(&'static [u8]),
    /// The same for one of several delimiters.
    UntilAny(&'static Delimiter),
    /// So many items.
    Items(&'static Type, usize),
    /// Items up to one that can be told by its bytes.
    ItemsUntil(&'static Type, fn(&[u8]) -> bool),
}

/// The byte order of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Most significant byte first: network order.
    Big,
    /// Least significant byte first.
    Little,
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

/// One field of a type.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Field {
    /// The Rust name of the field; `0`, `1` in tuples.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// What stands on the wire.
    pub ty: Type,
    /// Where it ends.
    pub extent: Extent,
    /// What says its byte order, where that is known once bytes are read, and what it is in little-endian order.
    pub ordered: Option<&'static Ordered>,
    /// The earlier field of role [`Role::OffsetOf`] that says where it begins. What lies in front of that is ignored, and a
    /// field of no bytes may begin anywhere.
    pub begins: Option<Target>,
    /// What it is for.
    pub role: Role,
    /// Whether it is always there.
    pub presence: Presence,
    /// Whether decoding ignores some of its bytes.
    pub lenient: bool,
    /// What its type or its module is handed.
    pub given: Given,
    /// For fields of a fixed size, whether a shorter value is filled up.
    pub fills: bool,
    /// Whether it is an item of a list with words of its own (`each`), and the frame that it is alone in no type in Rust.
    pub is_item: bool,
    /// For a field of a given size, what may end its value before that.
    pub stop: Option<&'static Stop>,
    /// The number that stands for an absent value, which is always there itself.
    pub none: Option<Constant>,
    /// The byte that padding is written as, where its extent does not say.
    #[doc(hidden)]
    pub fill: u8,
}

/// What a field's bytes mean.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Type {
    /// Nothing on the wire.
    Unit,
    /// A whole number of some bytes.
    Int {
        /// How many bytes.
        bytes: usize,
        /// Whether it is two's complement.
        signed: bool,
        /// Its byte order; `None` for a single byte.
        order: Option<Order>,
    },
    /// An IEEE 754 number of 4 or 8 bytes.
    Float {
        /// How many bytes.
        bytes: usize,
        /// Its byte order.
        order: Order,
    },
    /// One byte, 0 or 1.
    Bool,
    /// A number in a format of variable or unusual size.
    Number(&'static NumberFormat),
    /// Some bits of a run of bit fields.
    Bits(Bits),
    /// Four bytes of an IPv4 address.
    Ipv4,
    /// Sixteen bytes of an IPv6 address.
    Ipv6,
    /// Bytes.
    Bytes,
    /// UTF-8 text.
    Text,
    /// Text in another encoding.
    Encoded(&'static TextFormat),
    /// A fixed number of items.
    Array(&'static Type, usize),
    /// Values one after the other.
    Tuple(&'static [Type]),
    /// Items one after the other.
    List(&'static Type),
    /// Another frame.
    Frame(fn() -> &'static Schema),
    /// Read and written by hand-written code.
    Custom,
}

/// Some bits of a run: `(run >> shift) & mask`, the run being the field's
/// bytes as one integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bits {
    /// How many bits.
    pub width: u32,
    /// How far they are from the integer's lowest bit.
    pub shift: u32,
    /// How many bytes the run takes.
    pub run: usize,
    /// The byte order of the integer.
    pub order: Order,
    /// What the bits mean.
    pub of: BitKind,
}

/// What the bits of a bit field mean.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum BitKind {
    /// A whole number.
    Unsigned,
    /// A whole number in two's complement.
    Signed,
    /// A flag.
    Bool,
    /// A variant of an enum of plain values.
    Enum {
        /// The enum.
        schema: fn() -> &'static Schema,
        /// Whether its numbers are in two's complement.
        signed: bool,
    },
    /// Several values of as many bits each.
    Array {
        /// How many.
        items: usize,
        /// Whether the first has the lowest bits.
        lsb: bool,
        /// What each of them is.
        of: &'static BitKind,
    },
}

/// Enums that look the same are the same: the schema of a type may have more than one address.
impl PartialEq for BitKind {
    fn eq(&self, other: &Self) -> bool {
        let text = |kind: &Self| kind.as_enum().map(|schema| text::Block(schema).to_string());
        let same_kind = core::mem::discriminant(self) == core::mem::discriminant(other);
        if let (Self::Array { items, lsb, of }, Self::Array { items: others, lsb: other, of: is }) =
            (self, other)
        {
            return items == others && lsb == other && of == is;
        }
        same_kind && self.is_signed() == other.is_signed() && text(self) == text(other)
    }
}

impl Eq for BitKind {}

impl BitKind {
    /// Whether the number is in two's complement.
    pub(crate) fn is_signed(&self) -> bool {
        matches!(self, Self::Signed | Self::Enum { signed: true, .. })
    }

    /// The enum that the bits are a variant of.
    pub(crate) fn as_enum(&self) -> Option<&'static Schema> {
        match self {
            Self::Enum { schema, .. } => Some(schema()),
            Self::Unsigned | Self::Signed | Self::Bool | Self::Array { .. } => None,
        }
    }
}

/// Where a field ends.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Extent {
    /// The type itself says.
    Own,
    /// A length in bytes stands in front.
    LenPrefixed(Prefix),
    /// A count of items stands in front.
    CountPrefixed(Prefix),
    /// As many bytes as an earlier field of role [`Role::LenOf`] says.
    LenOf(Target),
    /// As many items as an earlier field of role [`Role::CountOf`] says.
    CountOf(Target),
    /// As many bytes as an expression says.
    Len(&'static Expr),
    /// As many items as an expression says.
    Count(&'static Expr),
    /// Up to these bytes.
    Until(&'static [u8]),
    /// Up to one of several delimiters, or one that is not simply consumed.
    UntilAny(&'static Delimiter),
    /// Up to the item described. If it is no part of the value, the function
    /// gives its bytes, where they can be known without the types of a generic type.
    UntilItem(&'static Expr, Option<fn() -> Option<Vec<u8>>>),
    /// A fixed number of bytes, filled up with a byte.
    Fixed(usize, u8),
    /// Up to a multiple of so many bytes from the frame's start.
    Align(usize),
    /// To the end of what encloses it.
    Rest,
}

/// The bytes of the number that says a length or count, where there is one.
pub type Say = fn(usize) -> Option<Vec<u8>>;

/// A length or count in front of a field.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Prefix {
    /// The number on the wire.
    pub ty: Type,
    /// What the number says.
    pub rule: LengthRule,
}

/// What a field is for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Role {
    /// It carries a value of the user's.
    Value,
    /// The byte length of other fields.
    LenOf(Covers, LengthRule),
    /// The item count of another field.
    CountOf(Target, LengthRule),
    /// Where another field begins, in bytes from the start of the frame.
    OffsetOf(Target, LengthRule),
    /// The tag of another field, or of the type itself.
    TagOf(TagOf),
    /// Whether another field is there, and the numbers for yes and no where
    /// they are not 1 and 0.
    PresenceOf(Target, Option<Constant>, Option<Constant>),
    /// A checksum, by the name of its algorithm, of other fields.
    Checksum(&'static str, Covers),
    /// These bytes, always.
    Magic(&'static [u8]),
    /// Bytes without a meaning.
    Pad,
    /// Computed from other fields.
    Calc(&'static Expr),
}

/// Whether a field is there.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Presence {
    /// Always.
    Always,
    /// When this holds.
    When(&'static Expr),
    /// When an earlier field of role [`Role::PresenceOf`] says so; with the
    /// condition as text.
    Flag(Target, &'static str),
    /// When an earlier length or count is not the number for an absent value;
    /// with the condition as text.
    Length(Target, &'static str),
    /// When its own prefix is not the number for an absent value; with the
    /// condition as text.
    Prefix(&'static str),
    /// When bytes are left.
    Optional,
    /// When the bytes begin so, which are consumed.
    Lead(&'static [u8]),
}

/// Which part of a field some bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// What stands in front of it where it is there.
    Lead,
    /// The value.
    Value,
    /// The length in front of it.
    Len,
    /// The count in front of it.
    Count,
    /// The delimiter behind it.
    Until,
    /// What fills it up.
    Fill,
}

impl Field {
    /// A field that is always there and whose type says where it ends.
    #[must_use]
    pub const fn new(name: &'static str, ty: Type) -> Self {
        Self {
            name,
            doc: "",
            ty,
            extent: Extent::Own,
            ordered: None,
            begins: None,
            role: Role::Value,
            presence: Presence::Always,
            lenient: false,
            given: Given::NOTHING,
            fills: false,
            is_item: false,
            stop: None,
            none: None,
            fill: 0,
        }
    }

    /// With a doc comment.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// With the earlier field that says where it begins.
    #[must_use]
    pub const fn begins(mut self, offset: Target) -> Self {
        self.begins = Some(offset);
        self
    }

    /// With what it is in little-endian order; it is in big-endian order itself.
    #[must_use]
    pub const fn in_either_order(mut self, ordered: &'static Ordered) -> Self {
        self.ordered = Some(ordered);
        self
    }

    /// With an extent.
    #[must_use]
    pub const fn extent(mut self, extent: Extent) -> Self {
        self.extent = extent;
        self
    }

    /// With what its type or its module is handed.
    #[must_use]
    pub const fn given(mut self, given: Given) -> Self {
        self.given = given;
        self
    }

    /// With whether a shorter value is filled up to its fixed size.
    #[must_use]
    pub const fn fills(mut self, fills: bool) -> Self {
        self.fills = fills;
        self
    }

    /// With what may end its value before its extent does.
    #[must_use]
    pub const fn stop(mut self, stop: &'static Stop) -> Self {
        self.stop = Some(stop);
        self
    }

    /// With the number that stands for an absent value.
    #[must_use]
    pub const fn none(mut self, none: Option<Constant>) -> Self {
        self.none = none;
        self
    }

    /// With the byte that padding is written as.
    #[doc(hidden)]
    #[must_use]
    pub const fn fill(mut self, fill: u8) -> Self {
        self.fill = fill;
        self
    }

    /// As the item of a list, alone in its frame.
    #[must_use]
    pub const fn item(mut self) -> Self {
        self.is_item = true;
        self
    }

    /// With a role.
    #[must_use]
    pub const fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// With bytes that decoding ignores.
    #[must_use]
    pub const fn lenient(mut self, lenient: bool) -> Self {
        self.lenient = lenient;
        self
    }

    /// With a presence.
    #[must_use]
    pub const fn presence(mut self, presence: Presence) -> Self {
        self.presence = presence;
        self
    }
}

impl Field {
    /// What it is in a byte order.
    pub(crate) fn in_order(&'static self, order: Order) -> &'static Self {
        match (order, self.ordered) {
            (Order::Little, Some(ordered)) => &ordered.little,
            _ => self,
        }
    }

    /// The rule of its role, if that is a length or count.
    pub(crate) fn rule(&self) -> Option<&LengthRule> {
        match &self.role {
            Role::LenOf(_, rule) | Role::CountOf(_, rule) | Role::OffsetOf(_, rule) => Some(rule),
            _ => None,
        }
    }

    /// The number in front of it.
    pub(crate) fn prefix(&self) -> Option<&Prefix> {
        match &self.extent {
            Extent::LenPrefixed(prefix) | Extent::CountPrefixed(prefix) => Some(prefix),
            _ => None,
        }
    }

    /// Whether its prefix stands there even if the field does not, to say just that.
    pub(crate) fn says_absence(&self) -> bool {
        self.prefix().is_some_and(|prefix| prefix.rule.none.is_some())
    }
}

impl Presence {
    /// The condition, for people.
    pub(crate) fn text(&self) -> &'static str {
        match self {
            Self::Always | Self::Optional | Self::Lead(_) => "",
            Self::When(condition) => condition.text,
            Self::Flag(_, text) | Self::Length(_, text) | Self::Prefix(text) => text,
        }
    }
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

impl Bits {
    /// Some bits of a run.
    #[must_use]
    pub const fn new(width: u32, shift: u32, run: usize, order: Order, of: BitKind) -> Self {
        Self { width, shift, run, order, of }
    }
}

impl Prefix {
    /// A length or count in front of a field.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(ty: Type, rule: LengthRule) -> Self {
        Self { ty, rule }
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
            until_behind: 0,
            checks: &[],
            max: None,
            min_len: 0,
            max_len: Some(0),
            open: false,
            measure: None,
            is_attempt: false,
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

    /// With a delimiter behind so many words of the head; what derived code says.
    #[doc(hidden)]
    #[must_use]
    pub const fn until(mut self, until: &'static [u8], behind: usize) -> Self {
        self.until = until;
        self.until_behind = behind;
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

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Big => "be",
            Self::Little => "le",
        })
    }
}

/// The type as the annotation language and the dump write it: `u32 be`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unit => f.write_str("nothing"),
            Self::Int { bytes, signed, order } => {
                write!(f, "{}{}", if *signed { 'i' } else { 'u' }, bytes * 8)?;
                order.iter().try_for_each(|order| write!(f, " {order}"))
            }
            Self::Float { bytes, order } => write!(f, "f{} {order}", bytes * 8),
            Self::Bool => f.write_str("bool"),
            Self::Number(format) => write!(f, "{format}"),
            Self::Bits(Bits { width: 1, .. }) => f.write_str("1 bit"),
            Self::Bits(bits) => write!(f, "{} bits", bits.width),
            Self::Ipv4 => f.write_str("IPv4 address"),
            Self::Ipv6 => f.write_str("IPv6 address"),
            Self::Bytes => f.write_str("bytes"),
            Self::Text => f.write_str("text"),
            Self::Encoded(format) => write!(f, "{format}"),
            Self::Array(item, len) => write!(f, "[{item}; {len}]"),
            Self::Tuple(items) => {
                f.write_str("(")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
            Self::List(item) => write!(f, "list of {item}"),
            Self::Frame(schema) => f.write_str(schema().name),
            Self::Custom => f.write_str("custom"),
        }
    }
}
