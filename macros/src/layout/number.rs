//! Numbers, their formats, and bit fields.

use proc_macro2::{Ident, Span};
use syn::{Expr, Type};

use super::Atom;
use crate::attr::{Encoding, Order};

#[derive(Clone)]
pub(crate) struct Number {
    pub(crate) ty: Type,
    pub(crate) format: Format,
    /// Whether the size of the number is fixed, so that it can be part of a run.
    pub(crate) fixed: bool,
}

/// The format of a number on the wire. Each format is a type in the runtime's `wire` module.
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
    /// An integer in as many bytes as its extent has.
    InBytes(Option<Order>),
    Text(Encoding),
    /// A list of items with this number of bits each: `each(bits(12))`.
    Packed {
        width: Expr,
        lsb: bool,
        /// The integer type of `each(bits(4, as = u8))`.
        held: Option<Box<Type>>,
        /// Whether the list ends after a count, so that its last byte may be padded.
        counted: bool,
        strict: bool,
    },
    As {
        ty: Type,
        order: Option<Order>,
    },
    /// An item of a list with `each`, in the format of its hidden struct.
    Item {
        ident: Ident,
        generics: Box<syn::Generics>,
    },
    /// An array, whose items have this format.
    Each(Box<Self>),
    /// A bit field. It is read from, or written to, the integer of its run.
    Bits(Bits),
    /// One of two formats, selected at run time by the byte order in the variable `order`. `now` is
    /// the order for which code is being generated.
    Either {
        order: Ident,
        big: Box<Self>,
        little: Box<Self>,
        now: Order,
    },
}

impl Format {
    /// Returns the format for the order `now` of [`Format::Either`], or the format itself.
    pub(crate) fn now(&self) -> &Self {
        match self {
            Self::Either { big, now: Order::Big, .. } => big,
            Self::Either { little, now: Order::Little, .. } => little,
            other => other,
        }
    }
}

#[derive(Clone)]
pub(crate) struct Bits {
    pub(crate) width: Quantity<u32>,
    pub(crate) shift: Quantity<u32>,
    /// Size of the run in bytes.
    pub(crate) bytes: Quantity<usize>,
    pub(crate) little: bool,
    /// Whether the bit order is `lsb`.
    pub(crate) lsb: bool,
}

/// A number of bits or bytes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Quantity<T> {
    Known(T),
    /// A constant in generated code, whose value only the compiler knows.
    Constant(Ident),
}

/// A constant in generated code, for bit fields with widths that are constants.
pub(crate) struct BitConstant<'a> {
    pub(crate) name: Ident,
    /// The span for compile errors in the constant.
    pub(crate) span: Span,
    pub(crate) value: BitValue<'a>,
}

pub(crate) enum BitValue<'a> {
    /// The width of a field, or of each item of an array. It must be at most `most`, the bits of the
    /// field's type.
    Width { expr: Expr, items: Option<&'a Expr>, most: u32 },
    /// The shift of a field: the sum of the widths below it.
    Shift(Vec<Quantity<u32>>),
    /// The number of bytes of a run.
    Run { widths: Vec<Quantity<u32>>, ordered: bool, continuous: bool },
}

/// Bit fields that together fill whole bytes.
pub(crate) struct BitRun<'a> {
    pub(crate) bytes: Quantity<usize>,
    pub(crate) little: bool,
    pub(crate) fields: Vec<BitField<'a>>,
}

/// A bit field, which is an atom with the format [`Format::Bits`].
pub(crate) struct BitField<'a> {
    pub(crate) atom: Atom<'a>,
}
