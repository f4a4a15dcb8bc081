//! Computed numbers and checks: offsets, flags, checksums, invariants.

use proc_macro2::Ident;
use syn::{Expr, LitStr, Path};

use super::{Expression, Number, Place, Target};
use crate::attr::FieldRange;

/// Where another field begins, in bytes from the start of the frame.
#[derive(Clone)]
pub(crate) struct Offset<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) of: Target<'a>,
    /// The variable of that field, if it is an `Option`.
    pub(crate) optional: Option<Ident>,
    pub(crate) bias: Option<&'a Expr>,
    /// The number that stands for an absent field.
    pub(crate) none: Option<&'a Expr>,
    /// The variable for the position of the number.
    pub(crate) at: Ident,
    /// The variable of the number, unless that means an absent field.
    pub(crate) var: Ident,
}

/// The bytes before a field whose offset is in earlier numbers.
pub(crate) struct Gap<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) offsets: Vec<Offset<'a>>,
    /// What determines that the field has no bytes, so that it may begin anywhere.
    pub(crate) empty: Option<Empty<'a>>,
    /// The variable for where it begins, if a delimiter before it may be removed again.
    pub(crate) begins: Option<Ident>,
}

/// What determines that a field has no bytes.
pub(crate) enum Empty<'a> {
    /// The size in this variable.
    Length(Ident),
    Said(Expression<'a>),
}

/// The fields that a length or checksum covers.
#[derive(Clone, Copy)]
pub(crate) struct Covers<'a> {
    pub(crate) range: &'a FieldRange,
    pub(crate) what: Covered,
}

/// The same by their indices among the fields on the wire.
#[derive(Clone, Copy)]
pub(crate) enum Covered {
    Content(usize),
    /// The first one, and the one after the last; `None` for the ends of the frame.
    Fields(Option<usize>, Option<usize>),
}

/// A flag for the presence of a field.
pub(crate) struct PresenceFlag<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) of: Target<'a>,
    pub(crate) target: Ident,
    /// The variable that holds whether it is present.
    pub(crate) var: Ident,
    /// Whether something else determines it, so that this is only compared.
    pub(crate) apart: bool,
    pub(crate) some: Option<&'a Expr>,
    pub(crate) none: Option<&'a Expr>,
}

/// An invariant.
pub(crate) struct Assertion<'a> {
    pub(crate) expression: Expression<'a>,
    pub(crate) message: &'a LitStr,
    /// The field that it applies to, and the variable for the start of that.
    pub(crate) field: Option<(&'a str, Ident)>,
    /// The variable of that field if it may be absent: the invariant then applies to a present
    /// value.
    pub(crate) optional: Option<Ident>,
}

/// A checksum and its place.
#[derive(Clone)]
pub(crate) struct Checksum<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) algorithm: &'a Path,
    pub(crate) over: Covers<'a>,
    /// The index of its field, and the fields that it covers.
    pub(crate) index: usize,
    pub(crate) covers: std::ops::RangeInclusive<usize>,
    /// The variable for its own position.
    pub(crate) at: Ident,
    /// The start of what it covers; `None` for the start of the frame.
    pub(crate) from: Option<Ident>,
    /// The end of that; `None` for the end of the frame.
    pub(crate) to: Option<Ident>,
    pub(crate) seed: Option<Expression<'a>>,
    /// The condition for its presence, if it is optional.
    pub(crate) when: Option<Expression<'a>>,
}

/// A number computed from other fields.
pub(crate) struct Calc<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) expression: Expression<'a>,
    pub(crate) verify: bool,
    /// The variable for its position.
    pub(crate) at: Ident,
}
