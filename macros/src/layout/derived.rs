//! Computed numbers and checks: offsets, flags, checksums, invariants.

use proc_macro2::Ident;
use syn::{Expr, LitStr, Path};

use super::{Expression, Number, Place, Target};
use crate::attr::FieldRange;

/// A number that is the offset of another field, in bytes from the start of the frame.
#[derive(Clone)]
pub(crate) struct Offset<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) of: Target<'a>,
    /// Variable of the other field, if that is an `Option`.
    pub(crate) optional: Option<Ident>,
    pub(crate) bias: Option<&'a Expr>,
    /// Number that stands for an absent field.
    pub(crate) none: Option<&'a Expr>,
    /// Variable for the position of the number.
    pub(crate) at: Ident,
    /// Variable of the number, unless the number means an absent field.
    pub(crate) var: Ident,
}

/// The bytes before a field, if earlier numbers give the offset of the field.
pub(crate) struct Gap<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) offsets: Vec<Offset<'a>>,
    /// Source that tells whether the field has no bytes and so may begin anywhere.
    pub(crate) empty: Option<Empty<'a>>,
    /// Variable for the start of the gap, if a delimiter before it may be removed again.
    pub(crate) begins: Option<Ident>,
}

/// The source that tells whether a field has no bytes.
pub(crate) enum Empty<'a> {
    /// A size, in this variable.
    Length(Ident),
    Said(Expression<'a>),
}

/// The fields that a length or checksum covers.
#[derive(Clone, Copy)]
pub(crate) struct Covers<'a> {
    pub(crate) range: &'a FieldRange,
    pub(crate) what: Covered,
}

/// The fields that a length or checksum covers, by their indices among the fields on the wire.
#[derive(Clone, Copy)]
pub(crate) enum Covered {
    Content(usize),
    /// The first field, and the field after the last one; `None` for the ends of the frame.
    Fields(Option<usize>, Option<usize>),
}

/// A flag for the presence of a field.
pub(crate) struct PresenceFlag<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) of: Target<'a>,
    pub(crate) target: Ident,
    /// Variable that holds whether the field is present.
    pub(crate) var: Ident,
    /// Whether something else determines the presence, so that this flag is only compared with it.
    pub(crate) apart: bool,
    pub(crate) some: Option<&'a Expr>,
    pub(crate) none: Option<&'a Expr>,
}

/// An invariant.
pub(crate) struct Assertion<'a> {
    pub(crate) expression: Expression<'a>,
    pub(crate) message: &'a LitStr,
    /// Field that the invariant applies to, and the variable for the start of this field.
    pub(crate) field: Option<(&'a str, Ident)>,
    /// Variable of this field if the field may be absent. The invariant then applies only to a
    /// present value.
    pub(crate) optional: Option<Ident>,
}

/// A checksum and its place.
#[derive(Clone)]
pub(crate) struct Checksum<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) algorithm: &'a Path,
    pub(crate) over: Covers<'a>,
    /// Index of the field of the checksum, and the fields that the checksum covers.
    pub(crate) index: usize,
    pub(crate) covers: std::ops::RangeInclusive<usize>,
    /// Variable for the position of the checksum.
    pub(crate) at: Ident,
    /// Start of the covered bytes; `None` for the start of the frame.
    pub(crate) from: Option<Ident>,
    /// End of the covered bytes; `None` for the end of the frame.
    pub(crate) to: Option<Ident>,
    pub(crate) seed: Option<Expression<'a>>,
    /// Condition for the presence of the checksum, if it is optional.
    pub(crate) when: Option<Expression<'a>>,
}

/// A number computed from other fields.
pub(crate) struct Calc<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) expression: Expression<'a>,
    pub(crate) verify: bool,
    /// Variable for the position of the number.
    pub(crate) at: Ident,
}
