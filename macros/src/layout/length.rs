//! Numbers that say how long or how many, and what compares them with what was read.

use proc_macro2::Ident;
use syn::{Expr, Type};

use super::{Content, Covers, DelimiterBytes, Number, Place, Target};

/// A number that says how long or how many something is.
#[derive(Clone)]
pub(crate) struct Length<'a> {
    pub(crate) place: Place<'a>,
    /// The field to name when a value is too long.
    pub(crate) blame: String,
    pub(crate) number: Number,
    /// What ends a number in digits.
    pub(crate) until: Option<DelimiterBytes<'a>>,
    /// The variable that holds the length itself.
    pub(crate) var: Ident,
    pub(crate) rule: Rule<'a>,
    pub(crate) counts: Counts,
    /// On encode: known in front, or written once what it counts is.
    pub(crate) known: Known<'a>,
    /// The number that stands for an absent `Option`.
    pub(crate) none: Option<&'a Expr>,
    pub(crate) role: LengthRole<'a>,
    /// Whether something else says where that ends, so that this is only compared.
    pub(crate) apart: bool,
}

/// What a length counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    Bytes,
    Items,
}

/// What `Auto`s say of a field: each must be what encoding would write.
pub(crate) struct Agreement<'a> {
    /// The variable of the field.
    pub(crate) local: Ident,
    /// Whether it is an `Option`.
    pub(crate) optional: bool,
    pub(crate) claims: Vec<Claim<'a>>,
}

/// What one `Auto` says of another field.
pub(crate) struct Claim<'a> {
    /// Which field the `Auto` is.
    pub(crate) index: usize,
    pub(crate) place: Place<'a>,
    /// The variable of where it stands.
    pub(crate) at: Ident,
    /// Whether it may be absent itself, and then says nothing.
    pub(crate) when: bool,
    pub(crate) says: Says<'a>,
}

/// What an `Auto` says.
pub(crate) enum Says<'a> {
    /// How long or how many it is.
    Size { length: Box<Length<'a>>, measure: Measure<'a> },
    /// Which variant of this type it is, as the variable of another `Auto` says too.
    Tag { first: Option<(Ident, &'a Type)> },
    /// Whether it is there, in this variable.
    Presence(Ident),
    /// Where it begins; this number stands for an absent field.
    Offset { ty: Type, none: Option<&'a Expr> },
}

/// How the size of what was read is found out.
pub(crate) enum Measure<'a> {
    /// It ended where the `Auto` said.
    Ended,
    /// From one position to another.
    Bytes(Ident, Ident),
    /// It says so itself.
    Content(Box<Content<'a>>),
    /// It counts its items.
    Items,
}

/// When the encoder knows a length.
#[derive(Clone)]
pub(crate) enum Known<'a> {
    /// Before its number is written: the size of this field.
    Ahead(Content<'a>),
    /// Before its number is written, by measuring the steps of its scope.
    Measured,
    /// After what it counts is written.
    Patched,
}

/// What a length is in the schema.
#[derive(Clone)]
pub(crate) enum LengthRole<'a> {
    /// A part of the field it stands in front of.
    Prefix,
    /// A field of its own.
    Of(Covers<'a>),
    /// The count of a field.
    CountOf(Target<'a>),
    /// A word of the type.
    Head,
}

/// How a number relates to the bytes it counts.
#[derive(Clone, Default)]
pub(crate) struct Rule<'a> {
    pub(crate) inclusive: bool,
    pub(crate) scale: Option<&'a Expr>,
    pub(crate) bias: Option<&'a Expr>,
    pub(crate) max: Option<&'a Expr>,
    /// Whether what is left of those bytes is ignored.
    pub(crate) lenient: bool,
}
