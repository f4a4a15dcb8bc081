//! The structure of a frame's JSON as data, for completion in editors.

use alloc::string::String;

use serde_json::{Value, json};

use super::members::{Form, form, values};
use crate::schema::frames::Frames;
use crate::schema::{BitKind, Body, Field, Presence, Schema, Type};

/// Returns the name of the type, and for each of its frames the structure of the JSON, by name.
pub(crate) fn shapes(root: &Schema) -> Value {
    let frames = Frames::of(root);
    let each = frames.iter().map(|(name, schema)| (String::from(name), frame(schema, &frames)));
    json!({ "frame": frames.name(root), "frames": Value::Object(each.collect()) })
}

fn frame(schema: &Schema, frames: &Frames) -> Value {
    let variants = match schema.body {
        Body::Struct(list) => return fields(list, "", frames),
        Body::Enum(variants) => variants,
    };
    let variant = |variant: &crate::schema::Variant| {
        let is_plain = values(variant.fields, variant.keeps).is_empty();
        let inside = if is_plain { Value::Null } else { fields(variant.fields, variant.keeps, frames) };
        json!({ "name": variant.name, "doc": variant.doc.trim(), "shape": inside })
    };
    json!({ "is": "enum", "variants": variants.iter().map(variant).collect::<Value>() })
}

/// Returns the structure of the fields of a struct or variant.
fn fields(fields: &'static [Field], keeps: &'static str, frames: &Frames) -> Value {
    let names = values(fields, keeps);
    let member = |name: &&str| {
        let field = fields.iter().find(|field| field.name == *name);
        let ty =
            field.map_or_else(|| json!({ "is": "number", "type": "tag" }), |field| ty(&field.ty, frames));
        let may_be_null =
            field.is_some_and(|field| !matches!(field.presence, Presence::Always) || field.none.is_some());
        json!({ "name": name, "shape": ty, "optional": may_be_null, "doc": field.map_or("", |it| it.doc.trim()) })
    };
    let members: Vec<Value> = names.iter().map(member).collect();
    match form(&names) {
        Form::Named => json!({ "is": "object", "members": members }),
        Form::Listed => json!({ "is": "tuple", "items": members }),
        Form::Alone => members.into_iter().next().map_or(Value::Null, |mut member| member["shape"].take()),
    }
}

fn ty(ty: &Type, frames: &Frames) -> Value {
    let shown = || std::format!("{ty}");
    match ty {
        Type::Frame(schema) => {
            let schema = schema();
            // The hidden frame of list items has no name in the declaration.
            if schema.is_item {
                frame(schema, frames)
            } else {
                json!({ "is": "frame", "name": frames.name(schema) })
            }
        }
        Type::Bool => json!({ "is": "bool" }),
        Type::Int { .. } | Type::Number(_) => json!({ "is": "number", "type": shown() }),
        Type::Float { .. } => json!({ "is": "number", "type": shown() }),
        Type::Bits(bits) => self::bits(&bits.of, shown(), frames),
        Type::Ipv4 => json!({ "is": "text", "type": "IPv4 address", "usual": "0.0.0.0" }),
        Type::Ipv6 => json!({ "is": "text", "type": "IPv6 address", "usual": "::" }),
        Type::Text | Type::Encoded(_) => json!({ "is": "text", "type": shown() }),
        Type::Array(Type::Int { bytes: 1, signed: false, .. }, len) => {
            json!({ "is": "bytes", "type": std::format!("{len} bytes"), "usual": std::format!("0x{}", "00".repeat(*len)) })
        }
        Type::Bytes => json!({ "is": "bytes", "type": "bytes" }),
        Type::Custom => json!({ "is": "bytes", "type": "read by hand-written code" }),
        Type::Array(item, len) => json!({ "is": "list", "of": self::ty(item, frames), "len": len }),
        Type::List(item) => json!({ "is": "list", "of": self::ty(item, frames) }),
        Type::Tuple(items) => {
            let item = |item: &Type| json!({ "shape": self::ty(item, frames) });
            json!({ "is": "tuple", "items": items.iter().map(item).collect::<Value>() })
        }
        Type::Unit => json!({ "is": "tuple", "items": [] }),
    }
}

fn bits(of: &BitKind, shown: String, frames: &Frames) -> Value {
    match of {
        BitKind::Bool => json!({ "is": "bool" }),
        BitKind::Unsigned | BitKind::Signed => json!({ "is": "number", "type": shown }),
        BitKind::Enum { schema, .. } => json!({ "is": "frame", "name": frames.name(schema()) }),
        BitKind::Array { items, of, .. } => {
            json!({ "is": "list", "of": bits(of, String::from("bits"), frames), "len": items })
        }
    }
}
