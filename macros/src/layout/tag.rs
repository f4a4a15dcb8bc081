//! Tags, and the variants that they choose.

use proc_macro2::Ident;
use syn::{Expr, Pat, Type};

use super::{Number, Place, Step, Target};
use crate::ast::{Field, Variant};

/// A tag in bits, read ahead of the bit run that it begins.
pub(crate) struct Peek<'a>(pub(crate) Tag<'a>);

/// A tag. It comes before the enum whose variant it chooses.
pub(crate) struct Tag<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) of: TagOf<'a>,
}

/// The choice that a tag makes.
pub(crate) enum TagOf<'a> {
    /// The tag chooses the variant of the type itself. Without a `number` the tag is a byte string.
    Own { number: Option<Number>, ty: Type },
    /// The tag chooses the variant of a field.
    Field { number: Number, target: Ident, of: Target<'a>, optional: bool, apart: bool },
}

/// The variants of an enum.
pub(crate) struct Match<'a> {
    /// Variable that holds the tag.
    pub(crate) tag: Ident,
    pub(crate) arms: Vec<Arm<'a>>,
}

/// The tags of an enum.
pub(crate) struct Tags<'a> {
    pub(crate) ty: TagType,
    /// Tags of each variant.
    pub(crate) arms: Vec<ArmTag<'a>>,
}

/// The type that tags are compared in.
#[derive(Clone)]
pub(crate) enum TagType {
    /// Numbers of this type.
    Number(Type),
    /// Byte strings of this type.
    Bytes(Type),
    /// Tuples of this type, with the types of their parts.
    Tuple(Type, Vec<Self>),
}

/// A constant of the tag's type that has the value of a user's constant.
#[derive(Clone)]
pub(crate) struct TagConstant {
    pub(crate) name: Ident,
    pub(crate) ty: TagType,
    pub(crate) value: Expr,
}

/// One variant.
pub(crate) struct Arm<'a> {
    pub(crate) variant: &'a Variant,
    pub(crate) index: usize,
    pub(crate) steps: Vec<Step<'a>>,
}

/// The tags of a variant.
#[derive(Clone)]
pub(crate) enum ArmTag<'a> {
    /// A pattern of the user's, and the field that keeps the tag.
    Pattern {
        /// The pattern, with the names of `constants` in place of the constants.
        pattern: Pat,
        /// The pattern as the user wrote it.
        text: String,
        constants: Vec<TagConstant>,
        kept: Option<&'a Field>,
    },
    /// A discriminant: the value of `base` plus `plus`.
    Discriminant { base: Option<&'a Expr>, plus: usize },
}
