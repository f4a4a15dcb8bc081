//! The rules for the JSON of a frame: which fields it contains, and in which form. Showing and
//! drafting share them.

use crate::schema::eval::Values;
use crate::schema::known::flag_numbers;
use crate::schema::{Body, Extent, Field, Presence, Role, Schema, Type, Variant};

/// The form of the fields of a frame in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// An object with the fields by their names.
    Named,
    /// A tuple of one value, written as that value.
    Alone,
    /// A tuple of several values, written as a list.
    Listed,
}

/// Returns the names of the fields that are in the JSON: those with values, and the field that
/// keeps the tag of a variant.
pub(crate) fn values(fields: &'static [Field], keeps: &'static str) -> Vec<&'static str> {
    let own = fields.iter().filter(|field| matches!(field.role, Role::Value)).map(|field| field.name);
    let mut names: Vec<_> = Some(keeps).filter(|keeps| !keeps.is_empty()).into_iter().chain(own).collect();
    if is_tuple(&names) {
        names.sort_by_key(|name| name.parse::<usize>().unwrap_or(0));
    }
    names
}

fn is_tuple(names: &[&str]) -> bool {
    !names.is_empty() && names.iter().all(|name| name.starts_with(|first: char| first.is_ascii_digit()))
}

/// Returns the form of a frame whose JSON contains only the fields with these names.
pub(crate) fn form(values: &[&str]) -> Form {
    match values {
        _ if !is_tuple(values) => Form::Named,
        [_] => Form::Alone,
        _ => Form::Listed,
    }
}

/// Returns `true` if only user code can compute an `Auto`. The JSON then contains the `Auto`,
/// although the encoder computes it again.
pub(super) fn is_beyond_schema(field: &Field) -> bool {
    match field.role {
        Role::Value | Role::Magic(_) | Role::Checksum(..) | Role::Pad => false,
        Role::Calc(_) => true,
        Role::PresenceOf(_, some, none) => {
            matches!(field.ty, Type::Frame(_)) || flag_numbers(some, none).is_none()
        }
        Role::LenOf(_, rule) | Role::CountOf(_, rule) | Role::OffsetOf(_, rule) => {
            matches!(field.ty, Type::Frame(_)) && rule.say.is_none()
        }
        Role::TagOf(_) => matches!(field.ty, Type::Frame(_)),
    }
}

/// Returns whether an `Auto` is present, or `None` if only user code can decide this.
pub(super) fn is_there(field: &Field, known: &dyn Values) -> Option<bool> {
    match field.presence {
        Presence::Always => Some(true),
        Presence::When(condition) => condition.holds(known),
        // An `Auto` never has these kinds of presence.
        Presence::Optional
        | Presence::Lead(_)
        | Presence::Flag(..)
        | Presence::Length(..)
        | Presence::Prefix(_) => None,
    }
}

/// Returns the size of padding, if it is an expression that the schema can evaluate.
pub(super) fn said_padding(field: &Field, known: &dyn Values) -> Option<usize> {
    let (Role::Pad, Extent::Len(len)) = (field.role, field.extent) else { return None };
    usize::try_from(len.number(known)?).ok()
}

/// Returns the fields of a struct, or of a variant of an enum.
pub(super) fn fields_of(schema: &Schema, variant: Option<&'static Variant>) -> &'static [Field] {
    match (schema.body, variant) {
        (Body::Struct(fields), _) => fields,
        (Body::Enum(_), variant) => variant.map_or(&[], |variant| variant.fields),
    }
}
