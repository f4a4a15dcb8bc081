//! Values that the codec computes, and expressions over fields.

use super::Id;
use super::extent::Rule;

/// The kind of an `Auto`.
#[derive(Clone)]
pub(crate) enum Derived {
    LenOf(Range, Rule),
    CountOf(Id, Option<i128>),
    /// The offset of a field, and the bias that is added to it.
    OffsetOf(Id, i128),
    TagOf(Id),
    PresenceOf(Id, Option<i128>, Option<i128>),
    Checksum(Sum, Range, Option<u8>),
    MagicNumber(i128),
    MagicBytes(Vec<u8>),
    Pad {
        len: Option<Expr>,
        strict: bool,
        fill: Option<u8>,
    },
    Align {
        to: usize,
        strict: bool,
        fill: Option<u8>,
    },
    Calc(Expr, bool),
}

#[derive(Clone, Copy)]
pub(crate) enum Sum {
    Sum8,
    Xor8,
    Internet,
    Adler32,
    Crc32,
    Crc16Modbus,
    Crc8Smbus,
}

#[derive(Clone, Copy)]
pub(crate) enum Range {
    /// The content of one field.
    Content(Id),
    /// Several fields: from this field, or from the first, up to and including this field, or the
    /// last.
    Closed(Option<Id>, Option<Id>),
    HalfOpen(Id, Id),
}

/// An expression over fields.
#[derive(Clone)]
pub(crate) enum Expr {
    Field(Id),
    /// `field.len()` of bytes, text or a list.
    LenOf(Id),
    /// `field.is_some()`.
    IsSome(Id),
    /// `usize::from(..)`.
    Usize(Box<Expr>),
    /// `u8::from(..)` of a `bool`.
    Byte(Box<Expr>),
    Int(i128),
    /// Arithmetic and comparison by operator.
    Op(Box<Expr>, &'static str, Box<Expr>),
    /// `a.wrapping_add(b)` with bytes.
    Wrapping(Box<Expr>, Box<Expr>),
    /// `!..` of a byte.
    NotByte(Box<Expr>),
    /// `!..` of a `bool`.
    Not(Box<Expr>),
}
