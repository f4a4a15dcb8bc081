//! Outlines of schemas as JSON. The command `protocol compatible` reads this JSON.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::notation::Json;
use crate::schema::outline::{
    BodyOutline, CheckOutline, ExtentOutline, FieldOutline, FrameOutline, KindOutline, NOTHING, Outline,
    PrefixOutline, PresenceOutline, RoleOutline, TagsOutline, TypeOutline, VariantOutline,
};

pub(crate) fn outline(outline: &Outline) -> Json {
    let frames = outline.frames.iter().map(|(name, each)| frame(name, each)).collect();
    Json::object([("root", Json::text(&outline.root)), ("frames", Json::List(frames))])
}

/// Returns a list, or `null` if it is empty.
fn list<T>(items: &[T], each: impl Fn(&T) -> Json) -> Json {
    if items.is_empty() { Json::Null } else { Json::List(items.iter().map(each).collect()) }
}

fn number(number: impl ToString) -> Json {
    Json::Number(number.to_string())
}

fn maybe(some: Option<u64>) -> Json {
    some.map_or(Json::Null, number)
}

fn text(some: Option<&String>) -> Json {
    some.map_or(Json::Null, |some| Json::text(some))
}

fn flag(is_set: bool) -> Json {
    if is_set { Json::Bool(true) } else { Json::Null }
}

fn hex(bytes: &[u8]) -> Json {
    Json::Text(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn frame(name: &str, frame: &FrameOutline) -> Json {
    let json = Json::object([("name", Json::text(name))])
        .with("max", maybe(frame.max))
        .with("names", text(frame.names.as_ref()))
        .with("until", list(&frame.until, |each| hex(each)))
        .with("head", list(&frame.head, field));
    match &frame.body {
        BodyOutline::Struct(fields, checks) => {
            json.with("fields", all(fields, field)).with("checks", list(checks, check))
        }
        BodyOutline::Enum(variants) => json.with("variants", all(variants, variant)),
    }
}

/// Returns a list, even if it is empty.
fn all<T>(items: &[T], each: impl Fn(&T) -> Json) -> Json {
    Json::List(items.iter().map(each).collect::<Vec<_>>())
}

fn variant(variant: &VariantOutline) -> Json {
    Json::object([
        ("name", Json::text(&variant.name)),
        ("tag", Json::text(&variant.tag)),
        ("shown", Json::text(&variant.shown)),
        ("tags", all(&variant.tags, tags)),
    ])
    .with("fields", list(&variant.fields, field))
    .with("checks", list(&variant.checks, check))
}

/// Converts a set of tags. Its numbers become text, because readers of JSON may round large
/// numbers.
fn tags(tags: &TagsOutline) -> Json {
    match tags {
        TagsOutline::Range(first, last) => {
            Json::object([("first", Json::Text(first.to_string())), ("last", Json::Text(last.to_string()))])
        }
        TagsOutline::Bytes(bytes) => Json::object([("bytes", hex(bytes))]),
        TagsOutline::Any => Json::text("any"),
        TagsOutline::Unknown => Json::text("unknown"),
    }
}

fn check(check: &CheckOutline) -> Json {
    Json::object([("condition", Json::text(&check.condition)), ("text", Json::text(&check.text))])
        .with("field", text(check.field.as_ref()))
}

fn field(field: &FieldOutline) -> Json {
    Json::object([
        ("name", Json::text(&field.name)),
        ("words", Json::text(&field.words)),
        ("type", ty(&field.ty)),
    ])
    .with("bits", maybe(field.bits))
    .with("extent", extent(&field.extent))
    .with(
        "role",
        match field.role {
            RoleOutline::Value => Json::Null,
            RoleOutline::Pad => Json::text("pad"),
            RoleOutline::Checked => Json::text("checked"),
            RoleOutline::Other => Json::text("other"),
        },
    )
    .with("purpose", if field.purpose == NOTHING { Json::Null } else { Json::text(&field.purpose) })
    .with(
        "presence",
        match &field.presence {
            PresenceOutline::Always => Json::Null,
            PresenceOutline::Optional => Json::text("optional"),
            PresenceOutline::Lead(lead) => Json::object([("lead", hex(lead))]),
            PresenceOutline::When(condition) => Json::object([("when", Json::text(condition))]),
        },
    )
    .with("lenient", flag(field.lenient))
    .with("none", text(field.none.as_ref()))
}

fn extent(extent: &ExtentOutline) -> Json {
    match extent {
        ExtentOutline::Own => Json::Null,
        ExtentOutline::Rest => Json::text("rest"),
        ExtentOutline::Len(each) => Json::object([("len", prefix(each))]),
        ExtentOutline::Count(each) => Json::object([("count", prefix(each))]),
        ExtentOutline::Other(words) => Json::object([("words", Json::text(words))]),
    }
}

fn prefix(prefix: &PrefixOutline) -> Json {
    Json::object([
        ("words", Json::text(&prefix.words)),
        ("type", ty(&prefix.ty)),
        ("scale", number(prefix.scale)),
        ("bias", number(prefix.bias)),
        ("none", Json::text(&prefix.none)),
    ])
    .with("inclusive", flag(prefix.inclusive))
    .with("max", maybe(prefix.max))
}

fn ty(of: &TypeOutline) -> Json {
    let kind = |kind: &str| Json::object([("text", Json::text(&of.text)), ("kind", Json::text(kind))]);
    match &of.kind {
        KindOutline::Frame(name) => kind("frame").with("frame", Json::text(name)),
        KindOutline::List(item) => kind("list").with("item", ty(item)),
        KindOutline::Array(item, len) => kind("array").with("item", ty(item)).with("len", number(len)),
        KindOutline::Bytes => kind("bytes"),
        KindOutline::Text => kind("text"),
        KindOutline::Encoded => kind("encoded"),
        KindOutline::Int(bytes, order) => {
            kind("int").with("bytes", number(bytes)).with("order", Json::text(order))
        }
        KindOutline::Number { name, least, most, min_len, max_len } => kind("number")
            .with("format", Json::text(name))
            .with("least", Json::Text(least.to_string()))
            .with("most", Json::Text(most.to_string()))
            .with("min_len", number(min_len))
            .with("max_len", maybe(*max_len)),
        KindOutline::Other(takes_zeros) => kind("other").with("zeros", flag(*takes_zeros)),
    }
}
