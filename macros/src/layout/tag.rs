//! Tags and variants of enums.

use proc_macro2::Ident;
use syn::{Expr, Pat, Type};

use super::{Number, Place, Step, Target};
use crate::ast::{Field, Variant};

/// A tag of fewer than 8 bits, which is read before the variant is chosen. Its byte is read again
/// as part of the variant's first bit run.
pub(crate) struct Peek<'a>(pub(crate) Tag<'a>);

/// A tag. It is before the enum whose variant it selects.
pub(crate) struct Tag<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) of: TagOf<'a>,
}

/// Whose variant a tag selects.
pub(crate) enum TagOf<'a> {
    /// The variant of the type itself. Without a `number` the tag is a byte string.
    Own { number: Option<Number>, ty: Type },
    /// The variant of the field `target`. `apart` is whether an earlier `tag_of` already selects
    /// it.
    Field { number: Number, target: Ident, of: Target<'a>, optional: bool, apart: bool },
}

pub(crate) struct Match<'a> {
    pub(crate) tag: Ident,
    pub(crate) arms: Vec<Arm<'a>>,
}

pub(crate) struct Tags<'a> {
    pub(crate) ty: TagType,
    /// One entry for each variant.
    pub(crate) arms: Vec<ArmTag<'a>>,
}

/// The type of the values that tag patterns are compared with.
#[derive(Clone)]
pub(crate) enum TagType {
    /// An integer type.
    Number(Type),
    /// A byte array type.
    Bytes(Type),
    /// A tuple type, and the types of its elements.
    Tuple(Type, Vec<Self>),
}

/// A generated constant that has the value of the user's constant and the type of the tag.
#[derive(Clone)]
pub(crate) struct TagConstant {
    pub(crate) name: Ident,
    pub(crate) ty: TagType,
    pub(crate) value: Expr,
}

pub(crate) struct Arm<'a> {
    pub(crate) variant: &'a Variant,
    pub(crate) index: usize,
    pub(crate) steps: Vec<Step<'a>>,
}

/// The tags that select a variant.
#[derive(Clone)]
pub(crate) enum ArmTag<'a> {
    /// A `#[tag(..)]` pattern. `kept` is the field that keeps the tag.
    Pattern {
        /// The pattern, in which each constant is replaced by the name of a generated constant.
        pattern: Pat,
        /// The pattern as the user wrote it.
        text: String,
        constants: Vec<TagConstant>,
        kept: Option<&'a Field>,
    },
    /// A Rust discriminant: the value of `base` plus `plus`. `repr` is its type, if the enum has a
    /// `#[repr(..)]` that says so.
    Discriminant { base: Option<&'a Expr>, plus: usize, repr: Option<&'a Ident> },
}
