//! Types of fields on the wire.

use alloc::string::ToString;
use core::fmt;

use super::encoding::TextFormat;
use super::format::NumberFormat;
use super::text;

use super::Schema;

/// The byte order of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Most significant byte first: network order.
    Big,
    /// Least significant byte first.
    Little,
}

/// The wire type of a field.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Type {
    /// A type with nothing on the wire.
    Unit,
    /// An integer.
    Int {
        /// Size in bytes.
        bytes: usize,
        /// Whether the integer is in two's complement.
        signed: bool,
        /// Byte order; `None` for a single byte.
        order: Option<Order>,
    },
    /// An IEEE 754 number of 4 or 8 bytes.
    Float {
        /// Size in bytes.
        bytes: usize,
        /// Byte order of the number.
        order: Order,
    },
    /// A boolean: one byte, 0 or 1.
    Bool,
    /// A number in a format with a name, such as `varint` or `u24 be`.
    Number(&'static NumberFormat),
    /// A bit field.
    Bits(Bits),
    /// An IPv4 address of 4 bytes.
    Ipv4,
    /// An IPv6 address of 16 bytes.
    Ipv6,
    /// Bytes.
    Bytes,
    /// UTF-8 text.
    Text,
    /// Text in an encoding other than UTF-8.
    Encoded(&'static TextFormat),
    /// A fixed number of items.
    Array(&'static Type, usize),
    /// Consecutive values.
    Tuple(&'static [Type]),
    /// A list of items.
    List(&'static Type),
    /// Another frame.
    Frame(fn() -> &'static Schema),
    /// A value that hand-written code decodes and encodes.
    Custom,
}

/// A bit field: `(run >> shift) & mask`, where `run` is the integer that all bytes of the run form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bits {
    /// Width in bits.
    pub width: u32,
    /// Distance from the lowest bit of the run.
    pub shift: u32,
    /// Size of the run in bytes.
    pub run: usize,
    /// Byte order of the run.
    pub order: Order,
    /// Type of the bits.
    pub of: BitKind,
}

/// The type of the bits of a bit field.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum BitKind {
    /// An unsigned integer.
    Unsigned,
    /// An integer in two's complement.
    Signed,
    /// A flag.
    Bool,
    /// A fieldless enum.
    Enum {
        /// The schema of the enum.
        schema: fn() -> &'static Schema,
        /// Whether the tags of the enum are in two's complement.
        signed: bool,
    },
    /// An array of values of the same width.
    Array {
        /// Number of items.
        items: usize,
        /// Whether the first item has the lowest bits.
        lsb: bool,
        /// Type of each item.
        of: &'static BitKind,
    },
}

/// Enums are compared by content, because the schema of a type may have more than one address.
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
    /// Returns `true` if the number is in two's complement.
    pub(crate) fn is_signed(&self) -> bool {
        matches!(self, Self::Signed | Self::Enum { signed: true, .. })
    }

    /// Returns the enum, if the bits are a fieldless enum.
    pub(crate) fn as_enum(&self) -> Option<&'static Schema> {
        match self {
            Self::Enum { schema, .. } => Some(schema()),
            Self::Unsigned | Self::Signed | Self::Bool | Self::Array { .. } => None,
        }
    }
}

impl Bits {
    /// Creates a bit field.
    #[must_use]
    pub const fn new(width: u32, shift: u32, run: usize, order: Order, of: BitKind) -> Self {
        Self { width, shift, run, order, of }
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

/// Writes the type as in the annotation language and the dump: `u32 be`.
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
