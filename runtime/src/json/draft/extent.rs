//! Drafts of fields with their extents: prefixes, delimiters and padding.

use serde_json::Value as Json;

use super::{Draft, Handed, value};
use crate::json::error::{JsonError, Path};
use crate::json::leaf::{self, Whole};
use crate::schema::{Constant, Delimiter, Ending, Extent, Field, LengthRule, Prefix, Role, Type};
use crate::wire::{Fill, Found, find, units};

/// Drafts a field with its prefix or delimiter.
pub(in crate::json) fn field(
    field: &Field,
    json: &Json,
    handed: &Handed<'_>,
    path: &Path<'_>,
) -> Result<Draft, JsonError> {
    if let (Some(none), true) = (field.none, json.is_null()) {
        return none_value(&field.ty, none, path);
    }
    let mut draft = value(&field.ty, json, handed, path)?;
    draft.content = draft.bytes.len();
    match field.extent {
        Extent::LenPrefixed(prefix) => {
            let number = prefix_number(&prefix, draft.content, path)?;
            draft.insert_front(number);
        }
        Extent::CountPrefixed(prefix) => {
            let number = say(&prefix.ty, &prefix.rule, draft.items, path)?;
            draft.insert_front(number);
        }
        Extent::Until(delimiter) => {
            draft.bytes.extend_from_slice(delimiter);
            if find(&draft.bytes, delimiter).is_some_and(|at| at < draft.content) {
                return Err(path.error(format!("it contains its delimiter \"{}\"", delimiter.escape_ascii())));
            }
        }
        // The list writes the separators.
        Extent::UntilAny(delimiter) if delimiter.ending == Ending::Separates => {}
        Extent::UntilAny(delimiter) => {
            if delimiter.ending != Ending::Left {
                draft.bytes.extend_from_slice(delimiter.written());
            }
            if let Found::At(at, len) = delimiter.find(&draft.bytes, true) {
                holds(&draft, at, len, path)?;
            }
        }
        Extent::Fixed(len, _) if field.stop.is_some() => stopped(&mut draft, field, len, path)?,
        Extent::UntilItem(item, Some(last)) => match last() {
            Some(last) => draft.bytes.extend_from_slice(&last),
            None => {
                return Err(
                    path.error(format!("only Rust code can compute the bytes of the last item, {item}"))
                );
            }
        },
        Extent::Fixed(len, fill) if field.fills => filled(&mut draft, field, len, fill, path)?,
        Extent::Fixed(len, _) if field.lenient => slack(&mut draft, len, path)?,
        _ => {}
    }
    Ok(draft)
}

/// Drafts the number that stands for an absent value.
fn none_value(ty: &Type, none: Constant, path: &Path<'_>) -> Result<Draft, JsonError> {
    let number = none.wide().map(|bits| Whole::from_wide(bits, ty));
    let draft = match (ty, number) {
        (Type::Bits(bits), Some(number)) => {
            leaf::bits_of(bits, number).map(|bits| Draft { bits, ..Draft::default() })
        }
        (Type::Float { bytes, order }, _) => {
            none.float().map(|bits| Draft::of(leaf::in_order(bits, *bytes, *order)))
        }
        (_, Some(number)) => leaf::put(ty, number).map(Draft::of),
        (_, None) => None,
    };
    draft.ok_or_else(|| path.error(format!("only Rust code can compute the `none` value of {ty}")))
}

/// Writes the separator behind an item that is not the last one. Returns an error if it would be
/// found earlier.
pub(super) fn separated(
    item: &mut Draft,
    separator: &Delimiter,
    is_last: bool,
    path: &Path<'_>,
) -> Result<(), JsonError> {
    if !is_last {
        item.bytes.extend_from_slice(separator.written());
    }
    match separator.find(&item.bytes, true) {
        Found::At(at, len) => holds(item, at, len, path),
        _ => Ok(()),
    }
}

/// Returns an error if the value contains its delimiter. `at` is the position of the first
/// delimiter, and `len` its size.
fn holds(draft: &Draft, at: usize, len: usize, path: &Path<'_>) -> Result<(), JsonError> {
    let found = draft.bytes.get(at..at + len).unwrap_or_default();
    match at < draft.content {
        true => Err(path.error(format!("it contains its delimiter \"{}\"", found.escape_ascii()))),
        false => Ok(()),
    }
}

/// Returns `true` if a value may be smaller than the size of its field.
pub(in crate::json) fn has_room(field: &Field) -> bool {
    field.stop.is_some() || (field.lenient && matches!(field.role, Role::Value))
}

/// Pads a value to `len` bytes, the size of its field.
pub(in crate::json) fn in_room(
    draft: &mut Draft,
    field: &Field,
    len: usize,
    path: &Path<'_>,
) -> Result<(), JsonError> {
    match field.stop {
        Some(_) => stopped(draft, field, len, path),
        None => slack(draft, len, path),
    }
}

/// Writes a delimiter after a value that is shorter than `len` bytes, and pads to `len` bytes.
fn stopped(draft: &mut Draft, field: &Field, len: usize, path: &Path<'_>) -> Result<(), JsonError> {
    let Some(stop) = field.stop else { return Ok(()) };
    if draft.content > len {
        return Err(path.error(format!("expected at most {len} bytes, found {}", draft.content)));
    }
    if draft.content < len {
        draft.bytes.extend_from_slice(stop.fits(len - draft.content).unwrap_or(stop.delimiter.written()));
    }
    if let Found::At(at, found) = stop.delimiter.find(&draft.bytes, true) {
        holds(draft, at, found, path)?;
    }
    if draft.bytes.len() > len {
        return Err(
            path.error("the value is shorter than its field, but its delimiter does not fit after it")
        );
    }
    fill_up(draft, len, stop.filling(), path)
}

/// Pads a value to `len` bytes with the byte `fill`.
fn filled(draft: &mut Draft, field: &Field, len: usize, fill: u8, path: &Path<'_>) -> Result<(), JsonError> {
    if draft.content > len {
        return Err(path.error(format!("expected at most {len} bytes, found {}", draft.content)));
    }
    let last = draft.bytes.get(draft.content - draft.last.min(draft.content)..).unwrap_or_default();
    if !last.is_empty() && last.iter().all(|byte| *byte == fill) {
        return Err(path.error(format!("its last item consists of the fill byte {fill:#04x}")));
    }
    fill_up(draft, len, Fill::new(fill, units(&field.ty)), path)
}

/// Pads a value to `len` bytes with zeros. Decoding ignores them.
fn slack(draft: &mut Draft, len: usize, path: &Path<'_>) -> Result<(), JsonError> {
    match draft.content > len {
        true => Err(path.error(format!("expected at most {len} bytes, found {}", draft.content))),
        false => fill_up(draft, len, Fill::new(0, None), path),
    }
}

/// Pads a value to `len` bytes.
fn fill_up(draft: &mut Draft, len: usize, fill: Fill, path: &Path<'_>) -> Result<(), JsonError> {
    while draft.bytes.len() < len {
        draft.bytes.extend_from_slice(fill.unit());
    }
    match draft.bytes.len() == len {
        true => Ok(()),
        false => {
            Err(path.error("a code unit of this text has two bytes, but the number of bytes to fill is odd"))
        }
    }
}

/// Drafts an absent field. If its prefix has a number for absent values, that prefix is written.
pub(in crate::json) fn absent(field: &Field, path: &Path<'_>) -> Result<Draft, JsonError> {
    let Some((prefix, none)) = field.prefix().and_then(|prefix| Some((prefix, prefix.rule.none?))) else {
        return Ok(Draft::default());
    };
    let bytes = none.wide().and_then(|none| leaf::put(&prefix.ty, Whole::from_wide(none, &prefix.ty)));
    let bytes =
        bytes.ok_or_else(|| path.error(format!("only Rust code can compute the `none` value {none}")))?;
    Ok(Draft { bytes, ..Draft::default() })
}

fn prefix_number(prefix: &Prefix, content: usize, path: &Path<'_>) -> Result<Vec<u8>, JsonError> {
    let own = prefix.ty.bits().unwrap_or(0) / 8;
    let units = prefix.rule.number(content, own);
    let units = units.ok_or_else(|| {
        path.error(format!("its {content} bytes are not a multiple of {}", prefix.rule.scale))
    })?;
    say(&prefix.ty, &prefix.rule, units, path)
}

/// Encodes a length or count.
pub(in crate::json) fn say(
    ty: &Type,
    rule: &LengthRule,
    len: usize,
    path: &Path<'_>,
) -> Result<Vec<u8>, JsonError> {
    let bytes = match rule.say {
        Some(say) => say(len),
        None => u128::try_from(len).ok().and_then(|len| leaf::put(ty, Whole::from(len))),
    };
    bytes.ok_or_else(|| path.error(format!("its prefix cannot hold {len}")))
}
