//! Numbers, their formats, and the positions of bits.

use proc_macro2::{Ident, Span};
use syn::{Expr, Type};

use super::Atom;
use crate::attr::{Encoding, Order};

/// A number on the wire.
#[derive(Clone)]
pub(crate) struct Number {
    /// Type of the number in Rust.
    pub(crate) ty: Type,
    pub(crate) format: Format,
    /// Whether the size of the number is known, so that it can be part of a run.
    pub(crate) fixed: bool,
}

/// The format of a number. Each stands for a type in the runtime's `wire`.
#[derive(Clone)]
pub(crate) enum Format {
    Order(Option<Order>),
    Odd {
        bytes: usize,
        order: Option<Order>,
    },
    Varint {
        max: Option<Expr>,
        padded: bool,
    },
    Zigzag,
    Quic,
    Dec {
        digits: Option<Expr>,
    },
    Hex {
        lower: bool,
        digits: Option<Expr>,
    },
    Bcd {
        bytes: Expr,
        fill: Option<Expr>,
        swapped: bool,
    },
    /// An integer that fills all bytes of its extent.
    InBytes(Option<Order>),
    /// Text in an encoding other than UTF-8.
    Text(Encoding),
    /// Consecutive items of a given number of bits each.
    Packed {
        width: Expr,
        lsb: bool,
        /// Integer type that represents the items.
        held: Option<Box<Type>>,
        /// Whether the items are counted, with the last byte filled up.
        counted: bool,
        strict: bool,
    },
    As {
        ty: Type,
        order: Option<Order>,
    },
    /// An item of a list in the format of its hidden type.
    Item {
        ident: Ident,
        generics: Box<syn::Generics>,
    },
    /// The items of an array, each in this format.
    Each(Box<Self>),
    /// A bit field in the run of bit fields that is being read or written.
    Bits(Bits),
    /// One of two formats, selected by the byte order in a variable. Sizes and descriptions are
    /// those of the format for `now`.
    Either {
        order: Ident,
        big: Box<Self>,
        little: Box<Self>,
        now: Order,
    },
}

impl Format {
    /// Returns the format itself, or, if it has a format for each byte order, the format for the
    /// order `now`.
    pub(crate) fn now(&self) -> &Self {
        match self {
            Self::Either { big, now: Order::Big, .. } => big,
            Self::Either { little, now: Order::Little, .. } => little,
            other => other,
        }
    }
}

/// The position of a bit field in its run.
#[derive(Clone)]
pub(crate) struct Bits {
    pub(crate) width: Quantity<u32>,
    pub(crate) shift: Quantity<u32>,
    /// Size of the run.
    pub(crate) bytes: Quantity<usize>,
    pub(crate) little: bool,
    /// Whether the lowest bits come first.
    pub(crate) lsb: bool,
}

/// A number of bits or bytes that the derive knows, or only the compiler.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Quantity<T> {
    Known(T),
    /// The name of a constant whose value only the compiler knows.
    Constant(Ident),
}

/// A constant for bit fields whose widths are constants in the user's code.
pub(crate) struct BitConstant<'a> {
    pub(crate) name: Ident,
    /// Span for errors in the constant.
    pub(crate) span: Span,
    pub(crate) value: BitValue<'a>,
}

/// The meaning of a constant for bit fields.
pub(crate) enum BitValue<'a> {
    /// The width of a field with a type of `most` bits.
    Width { expr: &'a Expr, most: u32 },
    /// The sum of the widths between a field and the lowest bit.
    Shift(Vec<Quantity<u32>>),
    /// The number of bytes that fields of these widths fill.
    Run { widths: Vec<Quantity<u32>>, ordered: bool, continuous: bool },
}

/// Bit fields that fill whole bytes together.
pub(crate) struct BitRun<'a> {
    pub(crate) bytes: Quantity<usize>,
    pub(crate) little: bool,
    pub(crate) fields: Vec<BitField<'a>>,
}

/// One bit field: an atom for a number of a given width.
pub(crate) struct BitField<'a> {
    pub(crate) atom: Atom<'a>,
}
