//! Numbers that are computed, and what is checked: offsets, flags, checksums, invariants.

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
    /// The variable of where the number stands.
    pub(crate) at: Ident,
    /// The variable of the number unless it is that of an absent field.
    pub(crate) var: Ident,
}

/// What stands in front of a field that begins where earlier numbers say.
pub(crate) struct Gap<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) offsets: Vec<Offset<'a>>,
    /// What says that the field takes no bytes, so that it may begin anywhere.
    pub(crate) empty: Option<Empty<'a>>,
    /// The variable that notes where it begins, if a delimiter in front of it may be taken back.
    pub(crate) begins: Option<Ident>,
}

/// What says that a field takes no bytes.
pub(crate) enum Empty<'a> {
    /// The size in this variable.
    Length(Ident),
    Said(Expression<'a>),
}

/// The fields that a length or checksum is about.
#[derive(Clone, Copy)]
pub(crate) struct Covers<'a> {
    pub(crate) range: &'a FieldRange,
    pub(crate) what: Covered,
}

/// The same by their indices among the fields on the wire.
#[derive(Clone, Copy)]
pub(crate) enum Covered {
    Content(usize),
    /// The first one, and the one behind the last; nothing for the ends of the frame.
    Fields(Option<usize>, Option<usize>),
}

/// A flag that says whether a field is there.
pub(crate) struct PresenceFlag<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) of: Target<'a>,
    pub(crate) target: Ident,
    /// The variable that holds whether it is there.
    pub(crate) var: Ident,
    /// Whether something else says so too, so that this is only compared.
    pub(crate) apart: bool,
    pub(crate) some: Option<&'a Expr>,
    pub(crate) none: Option<&'a Expr>,
}

/// An invariant.
pub(crate) struct Assertion<'a> {
    pub(crate) expression: Expression<'a>,
    pub(crate) message: &'a LitStr,
    /// The field it speaks of, and the variable of where that starts.
    pub(crate) field: Option<(&'a str, Ident)>,
    /// The variable of that field if it may be absent: it then speaks of what is there.
    pub(crate) optional: Option<Ident>,
}

/// A checksum and its place.
#[derive(Clone)]
pub(crate) struct Checksum<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) algorithm: &'a Path,
    pub(crate) over: Covers<'a>,
    /// Which field it is, and which it covers.
    pub(crate) index: usize,
    pub(crate) covers: std::ops::RangeInclusive<usize>,
    /// The variable of where it stands itself.
    pub(crate) at: Ident,
    /// Where what it covers starts; the frame's start if nowhere.
    pub(crate) from: Option<Ident>,
    /// Where that ends; the frame's end if nowhere.
    pub(crate) to: Option<Ident>,
    pub(crate) seed: Option<Expression<'a>>,
    /// When it is there, if not always.
    pub(crate) when: Option<Expression<'a>>,
}

/// A number computed from other fields.
pub(crate) struct Calc<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) expression: Expression<'a>,
    pub(crate) verify: bool,
    /// The variable of where it stands.
    pub(crate) at: Ident,
}
