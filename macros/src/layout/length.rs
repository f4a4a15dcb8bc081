//! Lengths and counts, and how they are compared with what was read.

use proc_macro2::Ident;
use syn::{Expr, Type};

use super::{Content, Covers, DelimiterBytes, Number, Place, Target};

/// A number that is a length or a count.
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
    /// On encode: when the length is known.
    pub(crate) known: Known<'a>,
    /// The number that stands for an absent `Option`.
    pub(crate) none: Option<&'a Expr>,
    pub(crate) role: LengthRole<'a>,
    /// Whether something else determines the end, so that this is only compared.
    pub(crate) apart: bool,
}

/// What a length counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    Bytes,
    Items,
}

/// The `Auto`s that describe a field: each must have the value that encoding would write.
pub(crate) struct Agreement<'a> {
    /// The variable of the field.
    pub(crate) local: Ident,
    /// Whether it is an `Option`.
    pub(crate) optional: bool,
    pub(crate) claims: Vec<Claim<'a>>,
}

/// One `Auto` that describes another field.
pub(crate) struct Claim<'a> {
    /// The index of the `Auto`'s field.
    pub(crate) index: usize,
    pub(crate) place: Place<'a>,
    /// The variable for its position.
    pub(crate) at: Ident,
    /// Whether it may be absent itself.
    pub(crate) when: bool,
    pub(crate) says: Says<'a>,
}

/// What an `Auto` describes.
pub(crate) enum Says<'a> {
    /// The length or count of the field.
    Size { length: Box<Length<'a>>, measure: Measure<'a> },
    /// The variant of this type; `first` is another `Auto` with the same meaning.
    Tag { first: Option<(Ident, &'a Type)> },
    /// The presence of the field, in this variable.
    Presence(Ident),
    /// The offset of the field; `none` means an absent field.
    Offset { ty: Type, none: Option<&'a Expr> },
}

/// How the size of what was read is found.
pub(crate) enum Measure<'a> {
    /// It ended where the `Auto` determined.
    Ended,
    /// From one position to another.
    Bytes(Ident, Ident),
    /// By its content.
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
    /// A part of the field after it.
    Prefix,
    /// A separate field.
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
    /// Whether the unread rest of those bytes is ignored.
    pub(crate) lenient: bool,
}
