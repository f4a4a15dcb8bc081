//! The rules that decide which fields of a frame are in its JSON, and in which form. Both showing
//! and drafting use them.

use crate::schema::known::{Known, flag_numbers};
use crate::schema::{Extent, Field, Presence, Role, Type};

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

/// Returns the names of the values of a frame, and of the field that keeps the tag of a variant.
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

/// Returns the form of fields with these names, if no other fields are written.
pub(crate) fn form(values: &[&str]) -> Form {
    match values {
        _ if !is_tuple(values) => Form::Named,
        [_] => Form::Alone,
        _ => Form::Listed,
    }
}

/// Returns `true` if only user code can compute an `Auto`. Such an `Auto` is written in JSON
/// although the codec computes it.
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

/// Returns `Some(true)` if an `Auto` is present according to the values of other fields. Returns
/// `None` if only user code can decide that.
pub(super) fn is_there(field: &Field, known: &Known) -> Option<bool> {
    match field.presence {
        Presence::Always => Some(true),
        Presence::When(condition) => condition.holds(known),
        // Only user values have these kinds of presence.
        Presence::Optional
        | Presence::Lead(_)
        | Presence::Flag(..)
        | Presence::Length(..)
        | Presence::Prefix(_) => None,
    }
}

/// Returns the size of padding that an expression gives, or `None` if only user code can compute
/// it.
pub(super) fn said_padding(field: &Field, known: &Known) -> Option<usize> {
    let (Role::Pad, Extent::Len(len)) = (field.role, field.extent) else { return None };
    usize::try_from(len.number(known)?).ok()
}
