//! Numbers, their formats, and where bits are.

use proc_macro2::{Ident, Span};
use syn::{Expr, Type};

use super::Atom;
use crate::attr::{Encoding, Order};

/// A number on the wire.
#[derive(Clone)]
pub(crate) struct Number {
    /// Its type in Rust.
    pub(crate) ty: Type,
    pub(crate) format: Format,
    /// Whether its size is known, so that it can be part of a run.
    pub(crate) fixed: bool,
}

/// The format of a number; the name of a type in the runtime's `wire`.
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
    /// It fills all bytes of its extent.
    InBytes(Option<Order>),
    /// Text in another encoding than UTF-8.
    Text(Encoding),
    /// Consecutive items of some bits each.
    Packed {
        width: Expr,
        lsb: bool,
        /// The integer that the items are converted from and to.
        held: Option<Box<Type>>,
        /// Whether the last byte is filled up and the number of items counted.
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
    /// Some bits of the run of bit fields that is being read or written.
    Bits(Bits),
    /// One of two, by the byte order in a variable. For sizes and descriptions it is that of `now`.
    Either {
        order: Ident,
        big: Box<Self>,
        little: Box<Self>,
        now: Order,
    },
}

impl Format {
    /// Returns the format if the byte order does not matter, or is that of `now`.
    pub(crate) fn now(&self) -> &Self {
        match self {
            Self::Either { big, now: Order::Big, .. } => big,
            Self::Either { little, now: Order::Little, .. } => little,
            other => other,
        }
    }
}

/// Where the bits of a field are in their run.
#[derive(Clone)]
pub(crate) struct Bits {
    pub(crate) width: Quantity<u32>,
    pub(crate) shift: Quantity<u32>,
    /// The size of the run.
    pub(crate) bytes: Quantity<usize>,
    pub(crate) little: bool,
    /// Whether the first bits are the lowest.
    pub(crate) lsb: bool,
}

/// A number of bits or bytes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Quantity<T> {
    Known(T),
    /// The constant for it, whose value only the compiler knows.
    Constant(Ident),
}

/// A constant for bit fields whose widths are constants of the user's.
pub(crate) struct BitConstant<'a> {
    pub(crate) name: Ident,
    /// Where an error in it is reported.
    pub(crate) span: Span,
    pub(crate) value: BitValue<'a>,
}

/// The meaning of such a constant.
pub(crate) enum BitValue<'a> {
    /// The width of a field, whose type has `most` bits.
    Width { expr: &'a Expr, most: u32 },
    /// The sum of the widths between a field and the lowest bit.
    Shift(Vec<Quantity<u32>>),
    /// The bytes that fields of these widths fill.
    Run { widths: Vec<Quantity<u32>>, ordered: bool, continuous: bool },
}

/// Bit fields that fill whole bytes together.
pub(crate) struct BitRun<'a> {
    pub(crate) bytes: Quantity<usize>,
    pub(crate) little: bool,
    pub(crate) fields: Vec<BitField<'a>>,
}

/// One bit field: an atom whose number has some bits.
pub(crate) struct BitField<'a> {
    pub(crate) atom: Atom<'a>,
}
