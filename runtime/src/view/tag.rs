//! Which variant of an enum a tag chooses.

use alloc::vec::Vec;

use super::expr::{byte_string, number};
use super::frames::fields;
use super::value::Value;
use crate::schema::{Body, Field, Role, Schema, Type, Variant};

/// A set of tags, as a declaration writes it: `1`, `0x10..=0x1f`, `b'Z' | b'z'`, `b"GET"`, `_`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tags {
    /// From the first to the last.
    Range(i128, i128),
    /// Just these bytes.
    Bytes(Vec<u8>),
    /// Any that no other variant has.
    Any,
}

impl Tags {
    fn contain(&self, tag: &Value<'_>) -> bool {
        match (self, tag) {
            (Self::Range(first, last), tag) => tag.number().is_some_and(|tag| *first <= tag && tag <= *last),
            (Self::Bytes(bytes), Value::Bytes(tag)) => bytes == tag,
            _ => false,
        }
    }
}

/// The alternatives of a variant's tag. Those that are no literals, such as
/// constants, are left out.
pub(crate) fn tags(variant: &Variant) -> impl Iterator<Item = Tags> {
    variant.tag.split('|').filter_map(|tag| {
        let tag = tag.trim();
        match tag.split_once("..=") {
            _ if tag == "_" => Some(Tags::Any),
            _ if tag.starts_with("b\"") => byte_string(tag).map(Tags::Bytes),
            Some((first, last)) => Some(Tags::Range(number(first)?, number(last)?)),
            None => number(tag).map(|number| Tags::Range(number, number)),
        }
    })
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
