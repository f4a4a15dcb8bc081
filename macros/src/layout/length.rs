//! Lengths and counts, and how they are compared with the bytes or items that were read.

use proc_macro2::Ident;
use syn::{Expr, Type};

use super::{Content, Covers, DelimiterBytes, Number, Place, Target};

/// A number that is a length or a count.
#[derive(Clone)]
pub(crate) struct Length<'a> {
    pub(crate) place: Place<'a>,
    /// Field that errors name when a value is too long.
    pub(crate) blame: String,
    pub(crate) number: Number,
    /// Delimiter that ends a number in digits.
    pub(crate) until: Option<DelimiterBytes<'a>>,
    /// Variable that holds the length itself.
    pub(crate) var: Ident,
    pub(crate) rule: Rule<'a>,
    pub(crate) counts: Counts,
    /// When the encoder knows the length.
    pub(crate) known: WhenKnown<'a>,
    /// Number that stands for an absent `Option`.
    pub(crate) none: Option<&'a Expr>,
    pub(crate) role: LengthRole<'a>,
    /// Whether something else determines the end, so that this length is only compared with it.
    pub(crate) apart: bool,
}

/// The unit of a length.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    Bytes,
    Items,
}

/// The `Auto`s that describe a field. Each must have the value that encoding would write.
pub(crate) struct Agreement<'a> {
    /// Variable of the field.
    pub(crate) local: Ident,
    /// Whether the field is an `Option`.
    pub(crate) optional: bool,
    pub(crate) claims: Vec<Claim<'a>>,
}

/// One `Auto` that describes another field.
pub(crate) struct Claim<'a> {
    /// Index of the field of the `Auto`.
    pub(crate) index: usize,
    pub(crate) place: Place<'a>,
    /// Variable for the position of the `Auto`.
    pub(crate) at: Ident,
    /// Whether the `Auto` itself may be absent.
    pub(crate) when: bool,
    pub(crate) says: Says<'a>,
}

/// The property of a field that an `Auto` describes.
pub(crate) enum Says<'a> {
    /// The length or count of the field.
    Size { length: Box<Length<'a>>, measure: Measure<'a> },
    /// The variant, of this type. `first` is another `Auto` with the same meaning.
    Tag { first: Option<(Ident, &'a Type)> },
    /// The presence of the field. The variable holds it.
    Presence(Ident),
    /// The offset of the field. The number `none` means an absent field.
    Offset { ty: Type, none: Option<&'a Expr> },
}

/// The way to find the size of a field that was read.
pub(crate) enum Measure<'a> {
    /// The `Auto` determined the end of the field, so no comparison is needed.
    Ended,
    /// The size is the distance between the positions in two variables.
    Bytes(Ident, Ident),
    /// The size is computed from the content.
    Content(Box<Content<'a>>),
    /// The size is the number of items.
    Items,
}

/// When the encoder knows a length.
#[derive(Clone)]
pub(crate) enum WhenKnown<'a> {
    /// Before its number is written, as the size of this content.
    Ahead(Content<'a>),
    /// Before its number is written, by measuring the steps of its scope.
    Measured,
    /// After the counted bytes or items are written.
    Patched,
}

/// The role of a length in the schema.
#[derive(Clone)]
pub(crate) enum LengthRole<'a> {
    /// A prefix: part of the field after it.
    Prefix,
    /// A separate field with the length of other fields.
    Of(Covers<'a>),
    /// A separate field with the count of another field.
    CountOf(Target<'a>),
    /// A word of the type.
    Head,
}

/// The relation between a number and the bytes that it counts.
#[derive(Clone, Default)]
pub(crate) struct Rule<'a> {
    pub(crate) inclusive: bool,
    pub(crate) scale: Option<&'a Expr>,
    pub(crate) bias: Option<&'a Expr>,
    pub(crate) max: Option<&'a Expr>,
    /// Whether the unread rest of the counted bytes is ignored.
    pub(crate) lenient: bool,
}
