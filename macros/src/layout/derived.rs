//! `Auto` fields that are computed, and checks.

use proc_macro2::Ident;
use syn::{Expr, LitStr, Path};

use super::{Bits, Expression, Number, Place, Target};
use crate::attr::FieldRange;

/// An `offset_of` field: the position of another field in the frame.
#[derive(Clone)]
pub(crate) struct Offset<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) of: Target<'a>,
    /// Variable of the described field, if that field is an `Option`.
    pub(crate) optional: Option<Ident>,
    pub(crate) bias: Option<&'a Expr>,
    /// The offset that is written if the described field is absent.
    pub(crate) none: Option<&'a Expr>,
    /// Variable for the position of the offset field.
    pub(crate) at: Ident,
    /// Variable for the decoded offset. It is `None` if the offset means an absent field.
    pub(crate) var: Ident,
}

/// The ignored bytes before a field whose offset is given by earlier fields.
pub(crate) struct Gap<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) offsets: Vec<Offset<'a>>,
    /// What tells whether the field is empty. The offset of an empty field is not checked.
    pub(crate) empty: Option<Empty<'a>>,
    /// Variable for the start of the gap, if a `between` delimiter before it may be removed again.
    pub(crate) begins: Option<Ident>,
}

/// What tells whether a field is empty.
pub(crate) enum Empty<'a> {
    Length(Ident),
    Said(Expression<'a>),
}

/// The fields that a length or checksum covers, as written and as indices.
#[derive(Clone, Copy)]
pub(crate) struct Covers<'a> {
    pub(crate) range: &'a FieldRange,
    pub(crate) what: Covered,
}

/// The fields that a length or checksum covers, as indices among the fields on the wire.
#[derive(Clone, Copy)]
pub(crate) enum Covered {
    Content(usize),
    /// The fields from the first index up to, but not including, the second index. `None` stands
    /// for the start and end of the frame.
    Fields(Option<usize>, Option<usize>),
}

/// A `presence_of` field.
pub(crate) struct PresenceFlag<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) of: Target<'a>,
    pub(crate) target: Ident,
    /// Variable that is `true` if the described field is present.
    pub(crate) var: Ident,
    /// Whether another `Auto` decides about the presence. This flag is then only compared with it.
    pub(crate) apart: bool,
    pub(crate) some: Option<&'a Expr>,
    pub(crate) none: Option<&'a Expr>,
}

/// A check with its message.
pub(crate) struct Assertion<'a> {
    pub(crate) expression: Expression<'a>,
    pub(crate) message: &'a LitStr,
    /// The field with the check, the variable for its position, and its bits if it is a bit field.
    /// `None` for a check of the whole type.
    pub(crate) field: Option<(&'a str, Ident, Option<Bits>)>,
    /// Variable of the field if it is an `Option`. The check then applies to the value inside it.
    pub(crate) optional: Option<Ident>,
}

#[derive(Clone)]
pub(crate) struct Checksum<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) algorithm: &'a Path,
    pub(crate) over: Covers<'a>,
    /// Index of the checksum field. `covers` are the indices of the fields that it covers.
    pub(crate) index: usize,
    pub(crate) covers: std::ops::RangeInclusive<usize>,
    /// Variable for the position of the checksum.
    pub(crate) at: Ident,
    /// Variable for the start of the covered bytes. `None` means the start of the frame.
    pub(crate) from: Option<Ident>,
    /// Variable for the end of the covered bytes. `None` means the end of the frame.
    pub(crate) to: Option<Ident>,
    pub(crate) seed: Option<Expression<'a>>,
    /// The condition of `#[when(..)]` on the checksum.
    pub(crate) when: Option<Expression<'a>>,
}

/// A `calc` field.
pub(crate) struct Calc<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) expression: Expression<'a>,
    pub(crate) verify: bool,
    /// Variable for the position of the field.
    pub(crate) at: Ident,
}
