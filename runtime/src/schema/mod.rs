//! A declaration as data. Views, dissectors and the incremental framer walk
//! it; nothing else of a type is generated for them.

use alloc::vec::Vec;
use core::fmt;

/// What a type looks like on the wire.
#[derive(Clone, Copy, Debug)]
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
    /// The delimiter of `until`, behind everything else.
    pub until: &'static [u8],
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
    pub measure: Option<fn(&[u8]) -> Measured>,
}

/// What measuring a frame by its own parser gives.
#[derive(Clone, Copy, Debug)]
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
    Malformed,
}

/// A part of a frame that takes any number of reads to arrive, so that
/// parsing the frame at each of them would take quadratic time.
#[derive(Clone, Copy, Debug)]
pub enum Endless {
    /// Bytes up to a delimiter.
    Until(&'static [u8]),
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
pub struct Variant {
    /// The Rust name of the variant.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// The tags it stands for, as they are written in the declaration.
    pub tag: &'static str,
    /// The same as values. A tag of a type of the user's that is no number is
    /// left out.
    pub tags: &'static [Tags],
    /// The field that keeps which of the tags it was, where they are several;
    /// empty if none. It takes no bytes of its own.
    pub keeps: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
}

/// A set of tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tags {
    /// From the first to the last.
    Range(i128, i128),
    /// Just these bytes.
    Bytes(&'static [u8]),
    /// Any that no other variant has.
    Any,
}

/// One field of a type.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The Rust name of the field; `0`, `1` in tuples.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// What stands on the wire.
    pub ty: Type,
    /// Where it ends.
    pub extent: Extent,
    /// What it is for.
    pub role: Role,
    /// Whether it is always there.
    pub presence: Presence,
    /// Whether decoding ignores some of its bytes.
    pub lenient: bool,
    /// For lengths, bytes per unit: the number is `bytes / scale + bias`.
    pub scale: usize,
    /// For lengths, added to the number of units.
    pub bias: isize,
    /// For lengths and flags, the number for an absent value, as written; empty
    /// if it is the usual one.
    pub none: &'static str,
    /// For flags, the number for a value that is there, as written; empty if
    /// it is 1.
    pub some: &'static str,
    /// For lengths, whether it counts its own bytes.
    pub inclusive: bool,
    /// For lengths and counts, the limit of `max`.
    pub max: Option<usize>,
    /// What its type or its module is handed, as written: `tag(expr)`, `ctx(a, b)`.
    pub given: &'static str,
}

/// What a field's bytes mean.
#[derive(Clone, Copy, Debug)]
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
    /// A number in a format of variable or unusual size, by its name in the
    /// annotation language.
    Number(&'static str),
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BitKind {
    /// A whole number.
    Unsigned,
    /// A whole number in two's complement.
    Signed,
    /// A flag.
    Bool,
}

/// Where a field ends.
#[derive(Clone, Copy, Debug)]
pub enum Extent {
    /// The type itself says.
    Own,
    /// A length in bytes stands in front.
    LenPrefixed(Prefix),
    /// A count of items stands in front.
    CountPrefixed(Prefix),
    /// As many bytes as an expression or an earlier field says.
    Len(&'static str),
    /// As many items as an expression or an earlier field says.
    Count(&'static str),
    /// Up to these bytes.
    Until(&'static [u8]),
    /// Up to the item described. If it is no part of the value, the function
    /// gives its bytes, where they can be known without the types of a generic type.
    UntilItem(&'static str, Option<fn() -> Option<Vec<u8>>>),
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
pub struct Prefix {
    /// The number on the wire.
    pub ty: Type,
    /// Whether it counts its own bytes.
    pub inclusive: bool,
    /// The limit of `max`.
    pub max: Option<usize>,
    /// Bytes per unit: the number is `bytes / scale + bias`.
    pub scale: usize,
    /// Added to the number of units.
    pub bias: isize,
    /// The number that stands for an absent value, as written; empty if none.
    pub none: &'static str,
    /// For numbers of a type of the user's, the bytes that say a length or count.
    pub say: Option<Say>,
}

/// What a field is for.
#[derive(Clone, Copy, Debug)]
pub enum Role {
    /// It carries a value of the user's.
    Value,
    /// The byte length of other fields.
    LenOf(&'static str),
    /// The item count of another field.
    CountOf(&'static str),
    /// The tag of another field, or of the type itself.
    TagOf(&'static str),
    /// Whether another field is there.
    PresenceOf(&'static str),
    /// A checksum of other fields.
    Checksum(&'static str),
    /// These bytes, always.
    Magic(&'static [u8]),
    /// Bytes without a meaning.
    Pad,
    /// Computed from other fields.
    Calc(&'static str),
}

/// Whether a field is there.
#[derive(Clone, Copy, Debug)]
pub enum Presence {
    /// Always.
    Always,
    /// When this holds.
    When(&'static str),
    /// When bytes are left.
    Optional,
}

/// Which part of a field some bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
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
            role: Role::Value,
            presence: Presence::Always,
            lenient: false,
            scale: 1,
            bias: 0,
            none: "",
            some: "",
            inclusive: false,
            max: None,
            given: "",
        }
    }

    /// With a doc comment.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
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
    pub const fn given(mut self, given: &'static str) -> Self {
        self.given = given;
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

    /// With the rule of a length.
    #[must_use]
    pub const fn rule(mut self, scale: usize, bias: isize, none: &'static str) -> Self {
        self.scale = scale;
        self.bias = bias;
        self.none = none;
        self
    }

    /// With what a length counts and allows.
    #[must_use]
    pub const fn limits(mut self, inclusive: bool, max: Option<usize>) -> Self {
        self.inclusive = inclusive;
        self.max = max;
        self
    }

    /// With the numbers of a flag.
    #[must_use]
    pub const fn flag(mut self, some: &'static str, none: &'static str) -> Self {
        self.some = some;
        self.none = none;
        self
    }

    /// With a presence.
    #[must_use]
    pub const fn presence(mut self, presence: Presence) -> Self {
        self.presence = presence;
        self
    }
}

impl Schema {
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
            Self::Number(name) => f.write_str(name),
            Self::Bits(Bits { width: 1, .. }) => f.write_str("1 bit"),
            Self::Bits(bits) => write!(f, "{} bits", bits.width),
            Self::Ipv4 => f.write_str("IPv4 address"),
            Self::Ipv6 => f.write_str("IPv6 address"),
            Self::Bytes => f.write_str("bytes"),
            Self::Text => f.write_str("text"),
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
