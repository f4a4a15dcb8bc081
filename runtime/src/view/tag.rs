//! Which variant of an enum a tag chooses.

use crate::schema::{Body, Field, Role, Schema, Variant};

/// A set of tags, as a declaration writes it: `1`, `0x10..=0x1f`, `b'Z' | b'z'`, `_`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tags {
    /// From the first to the last.
    Range(i128, i128),
    /// Any that no other variant has.
    Any,
}

/// The alternatives of a variant's tag. Those that are not written in numbers,
/// such as constants, are left out.
pub(super) fn tags(variant: &Variant) -> impl Iterator<Item = Tags> {
    variant.tag.split('|').filter_map(|tag| {
        let tag = tag.trim();
        match tag.split_once("..=") {
            _ if tag == "_" => Some(Tags::Any),
            Some((first, last)) => Some(Tags::Range(number(first)?, number(last)?)),
            None => number(tag).map(|number| Tags::Range(number, number)),
        }
    })
}

/// The variant of `schema` that `tag` chooses.
pub(super) fn variant(schema: &Schema, tag: i128) -> Option<&'static Variant> {
    let Body::Enum(variants) = schema.body else { return None };
    let exact = |set: Tags| matches!(set, Tags::Range(first, last) if (first..=last).contains(&tag));
    let chosen = variants.iter().find(|variant| tags(variant).any(exact));
    chosen.or_else(|| variants.iter().find(|variant| tags(variant).any(|set| set == Tags::Any)))
}

/// The enum whose variant `field`, a field of `frame`, chooses.
pub(super) fn chosen_by(field: &Field, frame: &'static Schema) -> Option<&'static Schema> {
    let Role::TagOf(name) = field.role else { return None };
    if frame.head.iter().any(|head| core::ptr::eq(head, field)) {
        return Some(frame);
    }
    let siblings = match frame.body {
        Body::Struct(fields) => fields,
        Body::Enum(variants) => {
            let holds = |variant: &&Variant| variant.fields.iter().any(|other| core::ptr::eq(other, field));
            variants.iter().find(holds)?.fields
        }
    };
    let body = siblings.iter().find(|sibling| sibling.name == name)?;
    match body.ty {
        crate::schema::Type::Frame(schema) => Some(schema()),
        _ => None,
    }
}

/// An integer literal of Rust, or a byte character.
fn number(literal: &str) -> Option<i128> {
    let literal = literal.trim();
    if let Some(character) = literal.strip_prefix("b'").and_then(|rest| rest.strip_suffix('\'')) {
        return match character.as_bytes() {
            [byte] => Some(i128::from(*byte)),
            [b'\\', b'n'] => Some(10),
            [b'\\', b'r'] => Some(13),
            [b'\\', b't'] => Some(9),
            [b'\\', b'0'] => Some(0),
            [b'\\', b'x', hex @ ..] => i128::from_str_radix(core::str::from_utf8(hex).ok()?, 16).ok(),
            [b'\\', byte] => Some(i128::from(*byte)),
            _ => None,
        };
    }
    let (sign, digits) = match literal.strip_prefix('-') {
        Some(digits) => (-1, digits.trim_start()),
        None => (1, literal),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x") => (16, digits.get(2..)?),
        Some("0o") => (8, digits.get(2..)?),
        Some("0b") => (2, digits.get(2..)?),
        _ => (10, digits),
    };
    let end = digits.find(['u', 'i']).unwrap_or(digits.len());
    let digits: alloc::string::String = digits.get(..end)?.chars().filter(|digit| *digit != '_').collect();
    i128::from_str_radix(&digits, radix).ok().map(|number| sign * number)
}
