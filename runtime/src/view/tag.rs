//! Which variant of an enum a tag chooses.

use super::frames::fields;
use super::value::Value;
use crate::schema::{Body, Field, Role, Schema, Tags, Type, Variant};

impl Tags {
    /// Whether a tag is one of these.
    fn contain(&self, tag: &Value<'_>) -> bool {
        match (self, tag) {
            (Self::Range(first, last), tag) => tag.number().is_some_and(|tag| *first <= tag && tag <= *last),
            (Self::Bytes(bytes), Value::Bytes(tag)) => bytes == tag,
            _ => false,
        }
    }
}

/// The alternatives of a variant's tag.
pub(crate) fn tags(variant: &Variant) -> impl Iterator<Item = Tags> + use<> {
    variant.tags.iter().copied()
}

/// Whether all alternatives of all variants are known.
pub(crate) fn are_known(variants: &[Variant]) -> bool {
    variants.iter().all(|variant| variant.tags.len() == variant.tag.split('|').count())
}

/// The variant of `schema` that `tag` chooses.
pub(crate) fn variant(schema: &Schema, tag: &Value<'_>) -> Option<&'static Variant> {
    let Body::Enum(variants) = schema.body else { return None };
    let chosen = variants.iter().find(|variant| tags(variant).any(|set| set.contain(tag)));
    chosen.or_else(|| variants.iter().find(|variant| tags(variant).any(|set| set == Tags::Any)))
}

/// The enum whose variant `field`, a field of `frame`, chooses.
pub(crate) fn chosen_by(field: &Field, frame: &Schema) -> Option<Schema> {
    let Role::TagOf(name) = field.role else { return None };
    if frame.head.iter().any(|head| head.name == field.name) && matches!(frame.body, Body::Enum(_)) {
        return Some(*frame);
    }
    match fields(frame).find(|sibling| sibling.name == name)?.ty {
        Type::Frame(schema) => Some(*schema()),
        _ => None,
    }
}
