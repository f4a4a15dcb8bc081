//! Reading the outline of a schema from the JSON of the schema.

use std::boxed::Box;
use std::collections::BTreeMap;
use std::format;
use std::string::String;
use std::vec::Vec;

use serde_json::{Map, Value};

use super::{JsonError, hex};
use crate::schema::outline::{
    BodyOutline, CheckOutline, ExtentOutline, FieldOutline, FrameOutline, KindOutline, NOTHING, Outline,
    PrefixOutline, PresenceOutline, RoleOutline, TagsOutline, TypeOutline, VariantOutline,
};

type Read<T> = Result<T, JsonError>;

pub(crate) fn outline(json: &Value) -> Read<Outline> {
    let schema = Object::of(json, "the schema")?;
    let name = schema.text("frame")?;
    let wire = schema.object("wire").map_err(|_| {
        error(
            &name,
            "it was written by an older version without `wire`; write it again with `protocol schema --json`",
        )
    })?;
    let mut frames = BTreeMap::new();
    for (index, each) in wire.list("frames")?.iter().enumerate() {
        let each = Object::of(each, &format!("frames[{index}]"))?;
        frames.insert(each.text("name")?, frame(&each)?);
    }
    let root = wire.text("root")?;
    match frames.contains_key(&root) {
        true => Ok(Outline { root, frames }),
        false => Err(error("wire.root", "there is no frame of this name")),
    }
}

fn error(path: &str, message: impl Into<String>) -> JsonError {
    JsonError::Value { path: path.into(), message: message.into() }
}

/// A JSON object and its path.
struct Object<'v> {
    members: &'v Map<String, Value>,
    path: String,
}

impl<'v> Object<'v> {
    fn of(value: &'v Value, path: &str) -> Read<Self> {
        let members = value.as_object().ok_or_else(|| error(path, "expected an object"))?;
        Ok(Self { members, path: path.into() })
    }

    fn at(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }

    fn value(&self, name: &str) -> Option<&'v Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    fn expected(&self, name: &str, what: &str) -> JsonError {
        error(&self.at(name), format!("expected {what}"))
    }

    fn object(&self, name: &str) -> Read<Self> {
        Self::of(self.value(name).ok_or_else(|| self.expected(name, "an object"))?, &self.at(name))
    }

    /// Returns a list, or an empty list if the member is missing.
    fn list(&self, name: &str) -> Read<&'v [Value]> {
        match self.value(name) {
            None => Ok(&[]),
            Some(value) => value.as_array().map(Vec::as_slice).ok_or_else(|| self.expected(name, "a list")),
        }
    }

    fn each<T>(&self, name: &str, read: impl Fn(&Object<'v>) -> Read<T>) -> Read<Vec<T>> {
        let item = |(index, value)| read(&Object::of(value, &format!("{}[{index}]", self.at(name)))?);
        self.list(name)?.iter().enumerate().map(item).collect()
    }

    fn maybe_text(&self, name: &str) -> Read<Option<String>> {
        match self.value(name) {
            None => Ok(None),
            Some(value) => {
                value.as_str().map(|text| Some(text.into())).ok_or_else(|| self.expected(name, "text"))
            }
        }
    }

    fn text(&self, name: &str) -> Read<String> {
        self.maybe_text(name)?.ok_or_else(|| self.expected(name, "text"))
    }

    fn maybe_number(&self, name: &str) -> Read<Option<u64>> {
        match self.value(name) {
            None => Ok(None),
            Some(value) => value.as_u64().map(Some).ok_or_else(|| self.expected(name, "an integer")),
        }
    }

    fn number(&self, name: &str) -> Read<u64> {
        self.maybe_number(name)?.ok_or_else(|| self.expected(name, "an integer"))
    }

    /// Reads a number that is written as text.
    fn wide<T: core::str::FromStr>(&self, name: &str) -> Read<T> {
        self.text(name)?.parse().map_err(|_| self.expected(name, "an integer as text"))
    }

    fn bytes(&self, name: &str) -> Read<Vec<u8>> {
        hex(&self.text(name)?).ok_or_else(|| self.expected(name, "bytes in hex"))
    }

    fn is_set(&self, name: &str) -> bool {
        self.value(name) == Some(&Value::Bool(true))
    }
}

fn frame(json: &Object<'_>) -> Read<FrameOutline> {
    let bytes =
        |value: &Value| value.as_str().and_then(hex).ok_or_else(|| json.expected("until", "bytes in hex"));
    Ok(FrameOutline {
        max: json.maybe_number("max")?,
        until: json.list("until")?.iter().map(bytes).collect::<Read<_>>()?,
        head: json.each("head", field)?,
        body: match json.value("variants") {
            Some(_) => BodyOutline::Enum(json.each("variants", variant)?),
            None => BodyOutline::Struct(json.each("fields", field)?, json.each("checks", check)?),
        },
        names: json.maybe_text("names")?,
    })
}

fn variant(json: &Object<'_>) -> Read<VariantOutline> {
    let tags = |value: &Value| match value.as_str() {
        Some("any") => Ok(TagsOutline::Any),
        Some("unknown") => Ok(TagsOutline::Unknown),
        _ => {
            let tags = Object::of(value, &json.at("tags"))?;
            match tags.value("bytes") {
                Some(_) => Ok(TagsOutline::Bytes(tags.bytes("bytes")?)),
                None => Ok(TagsOutline::Range(tags.wide("first")?, tags.wide("last")?)),
            }
        }
    };
    Ok(VariantOutline {
        name: json.text("name")?,
        tag: json.text("tag")?,
        shown: json.text("shown")?,
        tags: json.list("tags")?.iter().map(tags).collect::<Read<_>>()?,
        fields: json.each("fields", field)?,
        checks: json.each("checks", check)?,
    })
}

fn check(json: &Object<'_>) -> Read<CheckOutline> {
    Ok(CheckOutline {
        condition: json.text("condition")?,
        field: json.maybe_text("field")?,
        text: json.text("text")?,
    })
}

fn field(json: &Object<'_>) -> Read<FieldOutline> {
    Ok(FieldOutline {
        name: json.text("name")?,
        words: json.text("words")?,
        ty: ty(&json.object("type")?)?,
        bits: json.maybe_number("bits")?,
        extent: extent(json)?,
        role: match json.maybe_text("role")?.as_deref() {
            None => RoleOutline::Value,
            Some("pad") => RoleOutline::Pad,
            Some("checked") => RoleOutline::Checked,
            Some("other") => RoleOutline::Other,
            Some(_) => return Err(json.expected("role", "pad, checked or other")),
        },
        purpose: json.maybe_text("purpose")?.unwrap_or_else(|| NOTHING.into()),
        presence: presence(json)?,
        lenient: json.is_set("lenient"),
        none: json.maybe_text("none")?,
    })
}

fn presence(json: &Object<'_>) -> Read<PresenceOutline> {
    let Some(value) = json.value("presence") else { return Ok(PresenceOutline::Always) };
    if value == "optional" {
        return Ok(PresenceOutline::Optional);
    }
    let presence = json.object("presence")?;
    match presence.value("lead") {
        Some(_) => Ok(PresenceOutline::Lead(presence.bytes("lead")?)),
        None => Ok(PresenceOutline::When(presence.text("when")?)),
    }
}

fn extent(json: &Object<'_>) -> Read<ExtentOutline> {
    let Some(value) = json.value("extent") else { return Ok(ExtentOutline::Own) };
    if value == "rest" {
        return Ok(ExtentOutline::Rest);
    }
    let extent = json.object("extent")?;
    match (extent.value("len"), extent.value("count")) {
        (Some(_), _) => Ok(ExtentOutline::Len(prefix(&extent.object("len")?)?)),
        (None, Some(_)) => Ok(ExtentOutline::Count(prefix(&extent.object("count")?)?)),
        (None, None) => Ok(ExtentOutline::Other(extent.text("words")?)),
    }
}

fn prefix(json: &Object<'_>) -> Read<PrefixOutline> {
    let bias = json.value("bias").and_then(Value::as_i64);
    Ok(PrefixOutline {
        words: json.text("words")?,
        ty: ty(&json.object("type")?)?,
        inclusive: json.is_set("inclusive"),
        max: json.maybe_number("max")?,
        scale: json.number("scale")?,
        bias: bias.ok_or_else(|| json.expected("bias", "an integer"))?,
        none: json.text("none")?,
    })
}

fn ty(json: &Object<'_>) -> Read<TypeOutline> {
    let item = || ty(&json.object("item")?).map(Box::new);
    let kind = match json.text("kind")?.as_str() {
        "frame" => KindOutline::Frame(json.text("frame")?),
        "list" => KindOutline::List(item()?),
        "array" => KindOutline::Array(item()?, json.number("len")?),
        "bytes" => KindOutline::Bytes,
        "text" => KindOutline::Text,
        "encoded" => KindOutline::Encoded,
        "int" => KindOutline::Int(json.number("bytes")?, json.text("order")?),
        "number" => KindOutline::Number {
            name: json.text("format")?,
            least: json.wide("least")?,
            most: json.wide("most")?,
            min_len: json.number("min_len")?,
            max_len: json.maybe_number("max_len")?,
        },
        "other" => KindOutline::Other(json.is_set("zeros")),
        _ => return Err(json.expected("kind", "a kind of type")),
    };
    Ok(TypeOutline { text: json.text("text")?, kind })
}
