//! Drafts of frames, made from JSON by the schema alone. Every number that depends on other values
//! is computed. Numbers that only user code can compute are zero in the draft. The parser then
//! reads the draft, and the encoder writes the frame.

mod extent;

use core::cell::Cell;
use core::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

pub(super) use self::extent::{absent, field, has_room, in_room, say};
use super::error::{JsonError, Path};
use super::frame::Frame;
use super::leaf::{self, Whole};
use super::members::{Form, form, values};
use super::structure::Structure;
use crate::schema::frames::separator;
use crate::schema::known::{Known, Says, are_known, chosen};
use crate::schema::{BitKind, Bits, Body, Delimiter, Order, Role, Schema, Tags, Type, Variant};
use crate::wire::{item_of_array, packed_len, put_packed};

/// The bytes of a frame or value, as far as they have been drafted.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) bytes: Vec<u8>,
    /// The byte ranges that only the encoder can compute.
    pub(super) loose: Vec<Range<usize>>,
    /// The byte ranges of checksums.
    pub(super) sums: Vec<Range<usize>>,
    /// The size of the value without its prefix and delimiter.
    pub(super) content: usize,
    /// The number of items of a list.
    pub(super) items: usize,
    /// The size of the last item.
    pub(super) last: usize,
    /// The tag of an enum, for the enclosing frame.
    pub(super) tag: Option<Says>,
    /// What is known of a frame, for expressions of the enclosing frame.
    pub(super) inside: Option<Arc<Known>>,
    /// The structure of the value, to be compared with that of the decoded value.
    pub(super) structure: Structure,
    /// The value of a bit field. The bytes of its run are joined later.
    pub(super) bits: u128,
}

impl Draft {
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self { content: bytes.len(), items: bytes.len(), bytes, ..Self::default() }
    }

    /// Creates a draft of bytes that only the encoder can compute.
    pub(super) fn loosely(bytes: Vec<u8>) -> Self {
        Self { loose: core::iter::once(0..bytes.len()).collect(), ..Self::of(bytes) }
    }

    /// Appends another draft.
    pub(super) fn append(&mut self, next: &Self) {
        work::add(next.bytes.len() + next.loose.len() + next.sums.len());
        let start = self.bytes.len();
        let moved = |range: &Range<usize>| start + range.start..start + range.end;
        self.loose.extend(next.loose.iter().map(moved));
        self.sums.extend(next.sums.iter().map(moved));
        self.bytes.extend_from_slice(&next.bytes);
        self.content = self.bytes.len();
    }

    /// Overwrites every checksum with `byte`. Returns `true` if the draft has any checksums.
    pub(super) fn fill_sums(&mut self, byte: u8) -> bool {
        for range in &self.sums {
            self.bytes.get_mut(range.clone()).unwrap_or_default().fill(byte);
        }
        !self.sums.is_empty()
    }

    pub(super) fn insert_front(&mut self, front: Vec<u8>) {
        let content = self.content;
        let (tag, inside) = (self.tag.take(), self.inside.take());
        let structure = core::mem::take(&mut self.structure);
        let mut whole = Self { tag, inside, structure, ..Self::of(front) };
        whole.append(self);
        *self = Self { content, items: self.items, ..whole };
    }
}

/// For tests: counts the bytes and ranges that drafting moves or examines.
pub(super) mod work {
    #[cfg(test)]
    std::thread_local! {
        pub(in crate::json) static DONE: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
    }

    pub(in crate::json) fn add(_amount: usize) {
        #[cfg(test)]
        DONE.set(DONE.get() + _amount);
    }
}

/// What a frame receives from its parent when it is drafted.
pub(super) struct Handed<'a> {
    /// The context values. `None` stands for an unknown value.
    pub(super) context: Vec<Option<u128>>,
    pub(super) assumed: &'a Assumed,
    /// Whether the frame is drafted once more, when its parent knows the numbers of its `Auto`s.
    pub(super) rough: bool,
}

/// The byte order that is assumed where the schema cannot evaluate it.
pub(super) struct Assumed {
    pub(super) order: Order,
    /// Whether this byte order was used.
    pub(super) used: Cell<bool>,
}

impl Assumed {
    pub(super) fn new(order: Order) -> Self {
        Self { order, used: Cell::new(false) }
    }

    /// Returns what a frame without a parent receives.
    pub(super) fn nothing(&self) -> Handed<'_> {
        Handed { context: Vec::new(), assumed: self, rough: false }
    }
}

/// Drafts a frame.
pub(super) fn frame(
    schema: &'static Schema,
    json: &Json,
    handed: &Handed<'_>,
    path: &Path<'_>,
) -> Result<Draft, JsonError> {
    if let Some(bytes) = whole(schema, json, path)? {
        return Ok(Draft::of(bytes));
    }
    match schema.body {
        Body::Struct(_) => Frame::new(schema, None, json, handed, path)?.draft(None, path),
        Body::Enum(variants) => {
            let (variant, inside) = choose(variants, json, path)?;
            let path = &Path::Member(path, variant.name);
            let inside = inside.unwrap_or(&NOTHING);
            let frame = Frame::new(schema, Some(variant), inside, handed, path)?;
            let tag = match frame.kept() {
                Some(kept) => kept_tag(schema, variant, kept, &Path::Member(path, variant.keeps))?,
                None => first_tag(variant),
            };
            let known = Known { variant: Some(variant), ..Known::new(schema, 0) };
            Ok(Draft { inside: Some(Arc::new(known)), ..frame.draft(tag, path)? })
        }
    }
}

/// Returns the bytes of a frame if the JSON contains them instead of fields. If a frame is written
/// as its only value, plain hex stands for that value, so the bytes of the frame are in an object.
fn whole(schema: &Schema, json: &Json, path: &Path<'_>) -> Result<Option<Vec<u8>>, JsonError> {
    match json {
        _ if !stands_for_its_value(schema) => Ok(leaf::raw(json)),
        Json::Object(members) => match only(members).filter(|(name, _)| *name == BYTES) {
            Some((_, bytes)) => leaf::bytes(bytes, path).map(Some),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

/// The name of the only member of an object with the bytes of a frame. No field can have this name.
pub(super) const BYTES: &str = "as bytes";

/// Returns `true` if a frame is written as its only value.
pub(super) fn stands_for_its_value(schema: &Schema) -> bool {
    matches!(schema.body, Body::Struct(fields) if form(&values(fields, "")) == Form::Alone)
}

/// The JSON of a variant without values.
static NOTHING: Json = Json::Null;

/// Returns the variant and the JSON of its fields. The JSON names the variant as text or as the
/// only member of an object.
fn choose<'j>(
    variants: &'static [Variant],
    json: &'j Json,
    path: &Path<'_>,
) -> Result<(&'static Variant, Option<&'j Json>), JsonError> {
    let (name, inside) = match json {
        Json::String(name) => (name, None),
        Json::Object(members) => match only(members) {
            Some((name, inside)) => (name, Some(inside)),
            None => return Err(path.expected("one variant, as in {\"Name\": ..}", json)),
        },
        _ => return Err(path.expected("the name of a variant", json)),
    };
    let found = variants.iter().find(|variant| variant.name == name);
    let names = || variants.iter().map(|variant| variant.name).collect::<Vec<_>>();
    let found = found.ok_or_else(|| path.error(super::unknown("variant", name, &names())))?;
    Ok((found, inside))
}

fn only(members: &Map<String, Json>) -> Option<(&String, &Json)> {
    members.iter().next().filter(|_| members.len() == 1)
}

fn first_tag(variant: &Variant) -> Option<Says> {
    match variant.tags.first()? {
        Tags::Range(first, _) => Some(Says::of(*first)),
        Tags::Bytes(bytes) => Some(Says::Bytes(bytes.to_vec())),
        Tags::Any | Tags::Unknown => None,
    }
}

/// Returns the tag in the JSON of a variant that keeps its tag. It must be one of the variant's
/// tags.
fn kept_tag(
    schema: &Schema,
    variant: &Variant,
    json: &Json,
    path: &Path<'_>,
) -> Result<Option<Says>, JsonError> {
    let Body::Enum(variants) = schema.body else { return Ok(None) };
    let is_bytes = |set: &Tags| matches!(set, Tags::Bytes(_));
    let by_bytes = variants.iter().flat_map(|variant| variant.tags).any(is_bytes)
        || schema
            .head
            .iter()
            .any(|field| matches!((field.role, field.ty), (Role::TagOf(_), Type::Array(..))));
    let tag = match json {
        Json::Null => return Ok(None),
        json if by_bytes => Says::Bytes(leaf::bytes(json, path)?),
        json => {
            // Rust compares tags as `i128`, so that no kept tag is beyond it.
            let number = Whole::of(json).and_then(Whole::signed);
            Says::of(number.ok_or_else(|| path.expected("the number of a tag", json))?)
        }
    };
    let chosen = chosen(schema, &tag).map(|variant| variant.name);
    if are_known(variants) && chosen != Some(variant.name) {
        return Err(path.expected(&format!("a tag of the variant {}", variant.name), json));
    }
    Ok(Some(tag))
}

/// Drafts a value without its prefix and delimiter.
pub(super) fn value(
    ty: &Type,
    json: &Json,
    handed: &Handed<'_>,
    path: &Path<'_>,
) -> Result<Draft, JsonError> {
    let raw = || leaf::raw(json).map(Draft::of);
    match ty {
        Type::Unit => match json {
            Json::Null => Ok(Draft::default()),
            // The explorer has an empty tuple.
            Json::Array(items) if items.is_empty() => Ok(Draft::default()),
            _ => Err(path.expected("null", json)),
        },
        Type::Int { .. } | Type::Number(_) => leaf::number(ty, json, path).map(Draft::of),
        Type::Float { bytes, order } => leaf::float(*bytes, *order, json, path).map(Draft::of),
        Type::Bool => leaf::bool(json, path).map(Draft::of),
        Type::Bits(bits) => {
            if let BitKind::Array { items, lsb, of } = bits.of {
                return array_in(bits, (items, lsb, of), json, handed, path);
            }
            if let Some(schema) = bits.of.as_enum() {
                return variant_in(bits, schema, json, handed, path);
            }
            Ok(Draft { bits: leaf::bits(bits, json, path)?, ..Draft::default() })
        }
        Type::Ipv4 => leaf::ipv4(json, path).map(Draft::of),
        Type::Ipv6 => leaf::ipv6(json, path).map(Draft::of),
        Type::Bytes | Type::Custom => leaf::bytes(json, path).map(Draft::of),
        Type::Text => leaf::text(json, path).map(Draft::of),
        Type::Encoded(format) => leaf::encoded(format, json, path).map(Draft::of),
        Type::Array(Type::Int { bytes: 1, signed: false, .. }, len) => {
            let bytes = leaf::bytes(json, path)?;
            if bytes.len() != *len {
                return Err(path.error(format!("expected {len} bytes, found {}", bytes.len())));
            }
            Ok(Draft::of(bytes))
        }
        Type::Array(item, len) => match raw() {
            Some(raw) => Ok(raw),
            None => sequence((0..*len).map(|_| *item), None, json, handed, path),
        },
        Type::Tuple(types) => match raw() {
            Some(raw) => Ok(raw),
            None => sequence(types.iter(), None, json, handed, path),
        },
        Type::List(item) => match (raw(), json) {
            (Some(raw), _) => Ok(raw),
            (None, Json::Array(items)) if matches!(item, Type::Bits(_)) => packed(item, items, handed, path),
            (None, Json::Array(items)) => {
                let separator = separator(item, &handed.context, handed.assumed.order);
                sequence(items.iter().map(|_| *item), separator, json, handed, path)
            }
            (None, _) => Err(path.expected("a list", json)),
        },
        Type::Frame(schema) => frame(schema(), json, handed, path),
    }
}

/// Drafts an array in a bit field.
fn array_in(
    bits: &Bits,
    (items, lsb, of): (usize, bool, &BitKind),
    json: &Json,
    handed: &Handed<'_>,
    path: &Path<'_>,
) -> Result<Draft, JsonError> {
    let Some(given) = json.as_array().filter(|given| given.len() == items) else {
        return Err(path.expected(&format!("a list of {items} values"), json));
    };
    let mut held = 0u128;
    for (index, item) in given.iter().enumerate() {
        let (shift, width) = item_of_array(index, items, bits.width, lsb);
        let each = Type::Bits(Bits { width, of: *of, ..*bits });
        held |= value(&each, item, handed, &Path::Item(path, index))?.bits << shift;
    }
    Ok(Draft { bits: held, ..Draft::default() })
}

/// Drafts a list of bit fields, packed without gaps.
fn packed(item: &Type, items: &[Json], handed: &Handed<'_>, path: &Path<'_>) -> Result<Draft, JsonError> {
    let Type::Bits(bits) = item else { return Ok(Draft::default()) };
    let mut bytes = vec![0; packed_len(items.len(), bits.width)];
    for (index, json) in items.iter().enumerate() {
        let held = value(item, json, handed, &Path::Item(path, index))?.bits;
        put_packed(&mut bytes, index, held, bits.width, bits.order == Order::Little);
    }
    let structure = Structure::Items(vec![Structure::Leaf; items.len()]);
    Ok(Draft { items: items.len(), structure, ..Draft::of(bytes) })
}

/// Drafts a fieldless enum in a bit field.
fn variant_in(
    bits: &Bits,
    schema: &'static Schema,
    json: &Json,
    handed: &Handed<'_>,
    path: &Path<'_>,
) -> Result<Draft, JsonError> {
    if leaf::raw(json).is_some() {
        return Err(path.expected("the name of a variant", json));
    }
    let Draft { tag, inside, .. } = frame(schema, json, handed, path)?;
    let Some(number) = tag.as_ref().and_then(Says::signed) else {
        return Err(path.error("only Rust code can compute the number of this variant"));
    };
    let held = leaf::bits_of(bits, Whole::from(number));
    let held = held.ok_or_else(|| path.error(format!("{} cannot hold {number}", Type::Bits(*bits))))?;
    Ok(Draft { bits: held, tag, inside, ..Draft::default() })
}

/// Drafts consecutive values, one for each type, with a separator between them.
fn sequence<'t>(
    types: impl Iterator<Item = &'t Type>,
    separator: Option<&Delimiter>,
    json: &Json,
    handed: &Handed<'_>,
    path: &Path<'_>,
) -> Result<Draft, JsonError> {
    let types: Vec<_> = types.collect();
    let Some(items) = json.as_array().filter(|items| items.len() == types.len()) else {
        return Err(path.expected(&format!("a list of {} values", types.len()), json));
    };
    let (mut draft, mut inside) = (Draft::default(), Vec::with_capacity(items.len()));
    for (index, (ty, item)) in types.iter().zip(items).enumerate() {
        let path = &Path::Item(path, index);
        let mut item = value(ty, item, handed, path)?;
        if let Some(separator) = separator {
            extent::separated(&mut item, separator, index + 1 == items.len(), path)?;
        }
        draft.append(&item);
        draft.last = item.bytes.len();
        inside.push(item.structure);
    }
    (draft.items, draft.structure) = (items.len(), Structure::Items(inside));
    Ok(draft)
}
