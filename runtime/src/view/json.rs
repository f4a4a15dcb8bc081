//! Schemas as JSON, for programs in other languages.

use alloc::format;
use alloc::string::ToString;
use core::fmt;

use crate::notation::Json;
use crate::schema::frames::Frames;
use crate::schema::outline::Outline;
use crate::schema::{
    Body, Check, Constant, Extent, Field, LengthRule, Order, Prefix, Presence, Role, Schema, TagOf, Type,
    Variant, text,
};

impl Schema {
    /// Returns the frame and its nested frames as JSON: one object that names the frame, and lists
    /// the fields of each frame with name, type, extent, role and presence. Defaults are left out:
    /// that a field is always present, is self-delimiting, and has a value that is not computed.
    /// The member `wire` has the same data without comments, for
    /// [`compatible_with_json`](Schema::compatible_with_json).
    ///
    /// ```
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// #[frame(be)]
    /// struct Reading { sensor: u16 }
    ///
    /// let json = Reading::SCHEMA.json().to_string();
    /// assert!(json.starts_with("{\n  \"frame\": \"Reading\","));
    /// ```
    pub fn json(&self) -> impl fmt::Display {
        let frames = Frames::of(self);
        let list = frames.iter().map(|(name, schema)| frame(name, schema, &frames)).collect();
        let wire = super::outline::outline(&Outline::of(self));
        Json::object([("frame", Json::text(self.name)), ("frames", Json::List(list)), ("wire", wire)])
    }
}

/// Returns the text, or `null` if it is empty.
fn said(text: &str) -> Json {
    if text.is_empty() { Json::Null } else { Json::text(text) }
}

fn limit(limit: Option<usize>) -> Json {
    limit.map_or(Json::Null, digits)
}

fn digits(number: impl ToString) -> Json {
    Json::Number(number.to_string())
}

fn bytes(bytes: &[u8]) -> Json {
    Json::Text(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn order(order: Option<Order>) -> Json {
    order.map_or(Json::Null, |order| Json::Text(order.to_string()))
}

fn frame(name: &str, schema: &Schema, frames: &Frames) -> Json {
    let json = Json::object([("name", Json::text(name))])
        .with("doc", said(schema.doc.trim()))
        .with("order", order(schema.order))
        .with("min_len", digits(schema.min_len))
        .with("max_len", limit(schema.max_len))
        .with("max", limit(schema.max))
        .with("open", if schema.open { Json::Bool(true) } else { Json::Null })
        .with("until", if schema.until.is_empty() { Json::Null } else { bytes(schema.until) })
        .with(
            "until_any",
            match schema.until_any {
                [] | [_] => Json::Null,
                any => Json::List(any.iter().map(|each| bytes(each)).collect()),
            },
        )
        .with("head", if schema.head.is_empty() { Json::Null } else { fields(schema.head, frames) });
    match schema.body {
        Body::Struct(list) => json.with("fields", fields(list, frames)).with("checks", checks(schema.checks)),
        Body::Enum(variants) => {
            json.with("variants", Json::List(variants.iter().map(|each| variant(each, frames)).collect()))
        }
    }
}

fn variant(variant: &Variant, frames: &Frames) -> Json {
    Json::object([("name", Json::text(variant.name)), ("tag", Json::Text(variant.shown_tag().to_string()))])
        .with("doc", said(variant.doc.trim()))
        .with("fields", fields(variant.fields, frames))
        .with("checks", checks(variant.checks))
}

/// Returns the invariants, or `null` if `checks` is empty.
fn checks(checks: &[Check]) -> Json {
    let check = |check: &Check| {
        Json::object([("check", Json::text(check.condition.text)), ("message", Json::text(check.message))])
            .with("field", said(check.field.unwrap_or_default()))
    };
    if checks.is_empty() { Json::Null } else { Json::List(checks.iter().map(check).collect()) }
}

fn fields(fields: &[Field], frames: &Frames) -> Json {
    Json::List(fields.iter().map(|each| field(each, frames)).collect())
}

fn field(field: &Field, frames: &Frames) -> Json {
    Json::object([("name", Json::text(field.name)), ("type", ty(&field.ty, frames))])
        .with("doc", said(field.doc.trim()))
        .with("extent", extent(&field.extent, frames))
        .with("role", role(&field.role))
        .with("lenient", if field.lenient { Json::Bool(true) } else { Json::Null })
        .with_rule(field.rule())
        .with("begins", said(field.begins.map_or("", |offset| offset.name)))
        .with("order", said(field.ordered.map_or("", |ordered| ordered.order.text)))
        .with("none", said(field.none.map_or("", |none| none.text)))
        .with("stop", said(&field.stop.map(|stop| stop.delimiter.to_string()).unwrap_or_default()))
        .with("given", said(&text::given(&field.given).unwrap_or_default()))
        .with(
            "presence",
            match field.presence {
                Presence::Always => Json::Null,
                Presence::Optional => Json::text("optional"),
                Presence::Lead(lead) => Json::object([("lead", bytes(lead))]),
                presence => Json::object([("when", Json::text(presence.text()))]),
            },
        )
}

fn ty(of: &Type, frames: &Frames) -> Json {
    let number = |kind, bytes: usize| Json::object([("kind", Json::text(kind)), ("bytes", digits(bytes))]);
    let items = |kind, items| Json::object([("kind", Json::text(kind)), ("items", items)]);
    match of {
        Type::Int { bytes, signed, order: each } => {
            number("int", *bytes).with("signed", Json::Bool(*signed)).with("order", order(*each))
        }
        Type::Float { bytes, order: each } => number("float", *bytes).with("order", order(Some(*each))),
        Type::Bits(bits) => Json::object([("kind", Json::text("bits")), ("bits", digits(bits.width))])
            .with("shift", digits(bits.shift))
            .with("of_bytes", digits(bits.run))
            .with("order", order(Some(bits.order)))
            .with("signed", Json::Bool(bits.of.is_signed()))
            .with("frame", bits.of.as_enum().map_or(Json::Null, |schema| Json::text(frames.name(schema)))),
        Type::Number(format) => {
            Json::object([("kind", Json::text("number")), ("format", Json::text(format.name))])
                .with("least", digits(format.least))
                .with("most", digits(format.most))
        }
        Type::Array(item, len) => items("array", ty(item, frames)).with("len", digits(*len)),
        Type::Tuple(types) => items("tuple", Json::List(types.iter().map(|item| ty(item, frames)).collect())),
        Type::List(item) => items("list", ty(item, frames)),
        Type::Frame(schema) => {
            Json::object([("kind", Json::text("frame")), ("name", Json::text(frames.name(schema())))])
        }
        Type::Unit => Json::text("nothing"),
        Type::Bool => Json::text("bool"),
        Type::Ipv4 => Json::text("ipv4"),
        Type::Ipv6 => Json::text("ipv6"),
        Type::Bytes => Json::text("bytes"),
        Type::Text => Json::text("text"),
        Type::Encoded(format) => {
            Json::object([("kind", Json::text("text")), ("encoding", Json::text(format.name))])
                .with("bytes", format.size().map_or(Json::Null, digits))
        }
        Type::Custom => Json::text("custom"),
    }
}

fn extent(extent: &Extent, frames: &Frames) -> Json {
    match extent {
        Extent::Own => Json::Null,
        Extent::LenPrefixed(each) => Json::object([("len_prefixed", prefix(each, frames))]),
        Extent::CountPrefixed(each) => Json::object([("count_prefixed", prefix(each, frames))]),
        Extent::LenOf(field) => Json::object([("len", Json::Text(field.to_string()))]),
        Extent::CountOf(field) => Json::object([("count", Json::Text(field.to_string()))]),
        Extent::Len(expression) => Json::object([("len", Json::text(expression.text))]),
        Extent::Count(expression) => Json::object([("count", Json::text(expression.text))]),
        Extent::Until(delimiter) => Json::object([("until", bytes(delimiter))]),
        Extent::UntilAny(delimiter) => Json::object([("until", Json::text(&delimiter.to_string()))]),
        Extent::UntilItem(item, _) => Json::object([("until_item", Json::text(item.text))]),
        Extent::Fixed(len, fill) => Json::object([("fixed", digits(*len)), ("fill", digits(*fill))]),
        Extent::Align(to) => Json::object([("align", digits(*to))]),
        Extent::Rest => Json::text("rest"),
    }
}

fn prefix(prefix: &Prefix, frames: &Frames) -> Json {
    Json::object([("type", ty(&prefix.ty, frames))]).with_rule(Some(&prefix.rule))
}

impl Json {
    /// Adds the rule of a length or count.
    fn with_rule(self, rule: Option<&LengthRule>) -> Self {
        let Some(rule) = rule else { return self };
        self.with("inclusive", if rule.inclusive { Self::Bool(true) } else { Self::Null })
            .with("max", limit(rule.max))
            .with("scale", unless(1, rule.scale))
            .with("bias", unless(0, rule.bias))
            .with("none", rule.none.map_or(Self::Null, |none| Self::text(none.text)))
    }
}

/// Returns a number, or `null` if it is the default.
fn unless<T: PartialEq + ToString>(usual: T, number: T) -> Json {
    if number == usual { Json::Null } else { digits(number) }
}

fn role(role: &Role) -> Json {
    let of = |name, of: &str| Json::object([(name, Json::text(of))]);
    let constant = |constant: &Option<Constant>| constant.map_or(Json::Null, |each| Json::text(each.text));
    match role {
        Role::Value => Json::Null,
        Role::LenOf(fields, _) => of("len_of", fields.text),
        Role::CountOf(list, _) => of("count_of", list.name),
        Role::OffsetOf(target, _) => of("offset_of", target.name),
        Role::TagOf(TagOf::Own) => of("tag_of", "self"),
        Role::TagOf(TagOf::Field(field)) => of("tag_of", field.name),
        Role::PresenceOf(field, some, none) => {
            of("presence_of", field.name).with("some", constant(some)).with("none", constant(none))
        }
        Role::Checksum(algorithm, over) => of("checksum", &format!("{algorithm} over {over}")),
        Role::Magic(constant) => Json::object([("magic", bytes(constant))]),
        Role::Pad => Json::text("pad"),
        Role::Calc(expression) => of("calc", expression.text),
    }
}
