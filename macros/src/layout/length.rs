//! Lengths and counts, and the comparison of `Auto` fields with the fields that they describe.

use proc_macro2::Ident;
use syn::{Expr, Type};

use super::{Content, Covers, DelimiterBytes, Number, Place, Target};

/// A length or count on the wire: a prefix, a `len_of` or `count_of` field, or `len_prefixed` on a
/// type.
#[derive(Clone)]
pub(crate) struct Length<'a> {
    pub(crate) place: Place<'a>,
    /// Name of the field that errors show if a length does not fit.
    pub(crate) blame: String,
    pub(crate) number: Number,
    /// The delimiter after a number in digits.
    pub(crate) until: Option<DelimiterBytes<'a>>,
    /// Variable that holds the length itself, after `scale` and `bias`.
    pub(crate) var: Ident,
    pub(crate) rule: Rule<'a>,
    pub(crate) counts: Counts,
    /// When the encoder knows the length.
    pub(crate) known: WhenKnown<'a>,
    /// The number that is written if the described `Option` is `None`.
    pub(crate) none: Option<&'a Expr>,
    pub(crate) role: LengthRole<'a>,
    /// Whether another word ends the described field. This length is then only compared with its
    /// size.
    pub(crate) apart: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    Bytes,
    Items,
}

/// The comparison of `Auto` fields with the field that they describe. Each must have the value that
/// the encoder would write.
pub(crate) struct Agreement<'a> {
    /// Variable of the described field.
    pub(crate) local: Ident,
    /// Whether the described field is an `Option`.
    pub(crate) optional: bool,
    pub(crate) claims: Vec<Claim<'a>>,
}

/// An `Auto` that describes another field.
pub(crate) struct Claim<'a> {
    /// Index of the `Auto` field.
    pub(crate) index: usize,
    pub(crate) place: Place<'a>,
    /// Variable for the position of the `Auto`.
    pub(crate) at: Ident,
    /// Whether the `Auto` itself has a `when` condition.
    pub(crate) when: bool,
    pub(crate) says: Says<'a>,
}

/// What an `Auto` says about the field that it describes.
pub(crate) enum Says<'a> {
    Size {
        length: Box<Length<'a>>,
        measure: Measure<'a>,
    },
    /// The variant of the field. `first` is the variable of an earlier `tag_of` field for the same
    /// field, and the type of the enum.
    Tag {
        first: Option<(Ident, &'a Type)>,
    },
    /// Whether the field is present, in this variable.
    Presence(Ident),
    /// The offset of the field. `none` is the offset of an absent field.
    Offset {
        ty: Type,
        none: Option<&'a Expr>,
    },
}

/// How the size of a field that was read is found.
pub(crate) enum Measure<'a> {
    /// The `Auto` itself ended the field, so there is nothing to compare.
    Ended,
    /// The size is the distance between the positions in these two variables.
    Bytes(Ident, Ident),
    /// The size is computed from the content.
    Content(Box<Content<'a>>),
    Items,
}

#[derive(Clone)]
pub(crate) enum WhenKnown<'a> {
    /// Before the length field is written. The length is the size of this content.
    Ahead(Content<'a>),
    /// Before the length field is written. The fields that it covers are measured first.
    Measured,
    /// After the counted bytes or items are written. The bytes of the length field are reserved.
    Patched,
}

#[derive(Clone)]
pub(crate) enum LengthRole<'a> {
    /// A prefix. In the schema it is part of the field after it.
    Prefix,
    /// A `len_of` field.
    Of(Covers<'a>),
    /// A `count_of` field.
    CountOf(Target<'a>),
    /// `len_prefixed` on the type.
    Head,
}

/// How a length field relates to the number of bytes or items that it counts.
#[derive(Clone, Default)]
pub(crate) struct Rule<'a> {
    pub(crate) inclusive: bool,
    pub(crate) scale: Option<&'a Expr>,
    pub(crate) bias: Option<&'a Expr>,
    pub(crate) max: Option<&'a Expr>,
    /// Whether decoding ignores bytes that the counted fields do not read.
    pub(crate) lenient: bool,
}
