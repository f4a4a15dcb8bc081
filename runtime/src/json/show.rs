//! Conversion of a recorded value to JSON.

use super::draft::{BYTES, stands_for_its_value, work};
use super::members::{Form, form, is_beyond_schema, is_there, said_padding, values};
use super::names::Names;
use crate::notation::Json;
use crate::schema::known::{Says, chosen};
use crate::schema::recorded::{Member, Node};
use crate::schema::value::{Value, read};
use crate::schema::{BitKind, Bits, Body, Extent, Field, Part, Presence, Role, Schema, Type};
use crate::support::UNTIL;

/// Converts a recorded value of `schema`. `root` is its node.
pub(super) fn show(schema: &Schema, root: &Node, bytes: &[u8]) -> Json {
    Shown { bytes }.frame(schema, root, bytes)
}

/// Converts bytes to text of hex digits, which the input may contain too.
pub(super) fn hex(bytes: &[u8]) -> Json {
    use core::fmt::Write as _;
    let mut text = String::with_capacity(2 + 2 * bytes.len());
    text.push_str("0x");
    for byte in bytes {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Json::Text(text)
}

/// Converts the bytes of a frame whose JSON is that of its only value.
fn as_bytes(bytes: &[u8]) -> Json {
    Json::object([(BYTES, hex(bytes))])
}

pub(super) struct Shown<'a> {
    pub(super) bytes: &'a [u8],
}

impl<'a> Shown<'a> {
    fn bytes_of(&self, member: &Member) -> &'a [u8] {
        self.bytes.get(member.range.clone()).unwrap_or_default()
    }

    pub(super) fn value_of(&self, member: &Member) -> Value<'a> {
        work::add(member.range.len());
        Value::of(&member.field.ty, self.bytes_of(member))
    }

    /// Returns `true` if a field has the number that stands for an absent value.
    pub(super) fn is_none(&self, member: &Member) -> bool {
        member.field.none.is_some_and(|none| none.is(&self.value_of(member)))
    }

    fn frame(&self, schema: &Schema, node: &Node, bytes: &[u8]) -> Json {
        if !is_marked(schema, node) || is_unrecorded(node) && !bytes.is_empty() {
            // Plain hex would be read as the only value of the frame.
            return match stands_for_its_value(schema) {
                true => as_bytes(bytes),
                false => hex(bytes),
            };
        }
        let variant = match schema.body {
            Body::Struct(fields) => return self.fields(fields, node, ""),
            Body::Enum(variants) => node.variant.and_then(|index| variants.get(index)),
        };
        let Some(variant) = variant else { return hex(bytes) };
        match self.fields(variant.fields, node, variant.keeps) {
            Json::Object(members) if members.is_empty() => Json::text(variant.name),
            inside => Json::object([(variant.name, inside)]),
        }
    }

    fn fields(&self, fields: &'static [Field], node: &Node, keeps: &'static str) -> Json {
        let names = values(fields, keeps);
        let mut members: Vec<(&'static str, Json)> = Vec::new();
        for name in &names {
            let json = match fields.iter().find(|field| field.name == *name) {
                Some(field) => self.field(field, node),
                None => node.kept.as_deref().map_or(Json::Null, kept),
            };
            members.push((name, json));
        }
        let form = form(&names);
        let known = Names { shown: self, fields, node };
        let autos: Vec<_> = fields.iter().filter_map(|field| self.auto(field, &known)).collect();
        if form == Form::Named || !autos.is_empty() {
            members.extend(autos);
            return Json::Object(members);
        }
        let mut shown: Vec<_> = members.into_iter().map(|(_, json)| json).collect();
        match form {
            Form::Alone => shown.pop().unwrap_or(Json::Null),
            Form::Named | Form::Listed => Json::List(shown),
        }
    }

    fn field(&self, field: &Field, node: &Node) -> Json {
        let Some(member) = find(node, field) else { return Json::Null };
        let json = self.member(member);
        let is_optional = !matches!(field.presence, Presence::Always);
        match (field.ty, &json) {
            // A value that is there is not `null`.
            (Type::Unit, Json::Null) if is_optional => Json::List(Vec::new()),
            (_, Json::Null) if is_optional && !self.is_none(member) => as_bytes(self.bytes_of(member)),
            _ => json,
        }
    }

    /// Returns the name and the JSON of an `Auto`, if drafting needs it.
    fn auto(&self, field: &Field, known: &Names<'_>) -> Option<(&'static str, Json)> {
        if matches!(field.role, Role::Value) {
            return None;
        }
        let member = find(known.node, field);
        // The encoder records no node for padding without bytes.
        let always = matches!(field.presence, Presence::Always);
        let there = always || is_there(field, known) == Some(member.is_some());
        let padding = match field.extent {
            Extent::Len(_) if matches!(field.role, Role::Pad) => {
                said_padding(field, known) == Some(member.map_or(0, |member| member.range.len()))
            }
            _ => true,
        };
        if there && padding && !is_beyond_schema(field) {
            return None;
        }
        let none = if always { hex(&[]) } else { Json::Null };
        Some((field.name, member.map_or(none, |member| self.member(member))))
    }

    fn member(&self, member: &Member) -> Json {
        let (field, bytes) = (member.field, self.bytes_of(member));
        if self.is_none(member) {
            return Json::Null;
        }
        let dropped = matches!(field.extent, Extent::UntilItem(_, Some(_)));
        match field.ty {
            Type::Unit => Json::Null,
            Type::Custom => hex(bytes),
            Type::Frame(schema) => self.frame(schema(), &member.inside, bytes),
            Type::Bits(Bits { of: BitKind::Enum { schema, .. }, .. }) => {
                self.variant(schema(), self.value_of(member))
            }
            Type::List(item) if dropped && item.holds_frames() => self.items(item, &member.inside),
            _ if field.ty.holds_frames() => self.inside(&field.ty, &member.inside, bytes),
            Type::List(item) if dropped => without_last(item, bytes),
            Type::Bits(Bits { of: BitKind::Array { of: BitKind::Enum { schema, .. }, .. }, .. })
            | Type::List(Type::Bits(Bits { of: BitKind::Enum { schema, .. }, .. })) => {
                match Value::of(&field.ty, bytes).counted(&field.ty, member.inside.items.len()) {
                    Value::List(items) => {
                        Json::List(items.into_iter().map(|item| self.variant(schema(), item)).collect())
                    }
                    other => leaf(&other),
                }
            }
            _ => leaf(&Value::of(&field.ty, bytes).counted(&field.ty, member.inside.items.len())),
        }
    }

    /// Converts a fieldless enum in a bit field.
    fn variant(&self, schema: &Schema, number: Value<'a>) -> Json {
        let Body::Enum(variants) = schema.body else { return leaf(&number) };
        let tag = Says::tag(&number);
        let chosen = tag.as_ref().and_then(|tag| chosen(schema, tag));
        let index = variants.iter().position(|variant| chosen.is_some_and(|it| it.name == variant.name));
        let node = Node { variant: index, kept: tag.map(Box::new), ..Node::default() };
        if index.is_some() { self.frame(schema, &node, &[]) } else { leaf(&number) }
    }

    /// Converts a value that is a frame, or contains frames, and the values beside these in a tuple.
    fn inside(&self, ty: &Type, node: &Node, bytes: &[u8]) -> Json {
        match ty {
            Type::Frame(schema) => self.frame(schema(), node, bytes),
            Type::List(item) | Type::Array(item, _) if !node.items.is_empty() || bytes.is_empty() => {
                self.items(item, node)
            }
            Type::Tuple(types) if types.len() == node.items.len() => {
                let values = types.iter().zip(&node.items);
                Json::List(values.map(|(ty, node)| self.inside(ty, node, self.bytes_in(node))).collect())
            }
            _ if !ty.holds_frames() => leaf(&Value::of(ty, bytes)),
            _ => hex(bytes),
        }
    }

    fn items(&self, item: &Type, node: &Node) -> Json {
        Json::List(node.items.iter().map(|node| self.inside(item, node, self.bytes_in(node))).collect())
    }

    fn bytes_in(&self, node: &Node) -> &'a [u8] {
        self.bytes.get(node.range.clone()).unwrap_or_default()
    }
}

/// Returns `true` if the encoder recorded the fields of a frame. Those of a failed `Attempt` are
/// not recorded.
pub(super) fn is_marked(schema: &Schema, node: &Node) -> bool {
    match schema.body {
        _ if node.members.iter().any(|member| crate::attempt::is_bytes(member.field)) => false,
        Body::Enum(_) => node.variant.is_some(),
        Body::Struct(fields) => {
            let always = |field: &&Field| {
                let value = matches!(field.role, Role::Value) && matches!(field.presence, Presence::Always);
                value && !matches!(field.ty, Type::Unit)
            };
            fields.iter().filter(always).all(|field| find(node, field).is_some())
        }
    }
}

/// Returns `true` if the encoder has recorded nothing of a frame: it is written by hand, or everything
/// in the frame is absent, and then the frame has no bytes.
pub(super) fn is_unrecorded(node: &Node) -> bool {
    node.members.is_empty() && node.variant.is_none()
}

/// Returns the recorded value of a field, if the field is present.
pub(super) fn find<'n>(node: &'n Node, field: &Field) -> Option<&'n Member> {
    let same_role =
        |other: &Field| core::mem::discriminant(&other.role) == core::mem::discriminant(&field.role);
    let is_value = |member: &&Member| {
        let is_own = !core::ptr::eq(member.field, &raw const UNTIL);
        is_own && member.part == Part::Value && member.field.name == field.name && same_role(member.field)
    };
    node.members.iter().find(is_value)
}

/// Converts a list without its last item, which ends the list and is not part of the value.
fn without_last(item: &Type, mut bytes: &[u8]) -> Json {
    let mut items = Vec::new();
    while let (false, Some((value, rest))) = (bytes.is_empty(), read(item, bytes)) {
        items.push(leaf(&value));
        bytes = rest;
    }
    items.pop();
    Json::List(items)
}

/// Converts the tag that a variant keeps.
pub(super) fn kept(tag: &Says) -> Json {
    match (tag, tag.signed()) {
        (Says::Bytes(bytes), _) => hex(bytes),
        (_, Some(number)) => leaf(&Value::Signed(number)),
        (Says::Number(number), None) => leaf(&Value::Unsigned(*number)),
    }
}

/// Converts a leaf.
fn leaf(value: &Value<'_>) -> Json {
    match value {
        Value::Unsigned(number) => whole(u64::try_from(*number).is_ok(), number.to_string()),
        Value::Signed(number) => {
            whole(i64::try_from(*number).is_ok() || u64::try_from(*number).is_ok(), number.to_string())
        }
        Value::Single(number) => {
            // Readers of JSON parse numbers as `f64`. The number is written only if that `f64`,
            // rounded to an `f32`, is the same value.
            let text = format!("{number:?}");
            let wide = text.parse::<f64>().map(|wide| wide.to_string().parse::<f32>());
            match wide {
                Ok(Ok(again)) if number.is_finite() && again.to_bits() == number.to_bits() => {
                    Json::Number(text)
                }
                _ if number.is_infinite() => Json::Text(text),
                _ => hex(&number.to_bits().to_be_bytes()),
            }
        }
        Value::Double(number) if number.is_finite() => Json::Number(format!("{number:?}")),
        Value::Double(number) if number.is_infinite() => Json::Text(format!("{number:?}")),
        Value::Double(number) => hex(&number.to_bits().to_be_bytes()),
        Value::Bool(value) => Json::Bool(*value),
        Value::V4(address) => Json::Text(address.to_string()),
        Value::V6(address) => Json::Text(address.to_string()),
        Value::Text(text) => Json::text(text),
        Value::Bytes(bytes) => hex(bytes),
        // `()` in another value is `null`, as it is in a field.
        Value::Tuple(items) if items.is_empty() => Json::Null,
        Value::List(items) | Value::Tuple(items) => Json::List(items.iter().map(leaf).collect()),
    }
}

/// Returns an integer as a number, or as text if other programs would round it.
fn whole(is_small: bool, digits: String) -> Json {
    if is_small { Json::Number(digits) } else { Json::Text(digits) }
}
