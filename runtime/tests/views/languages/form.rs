//! The canonical form in which values of all languages are compared. It is derived from the JSON of
//! the Rust value and the schema.

use framewright::Schema;
use framewright::schema::{BitKind, Body, Field, Presence, Role, Tags, Type, Variant};
use serde_json::{Map, Value};

/// The canonical form of a part that is not compared.
const ANYTHING: &str = "anything";

/// Returns `true` if a language made the same value. JavaScript has the same type for most numbers,
/// and text for addresses.
pub(super) fn is_same(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (_, Value::String(expected)) if expected == ANYTHING => true,
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len()
                && found.iter().zip(expected).all(|(found, expected)| is_same(found, expected))
        }
        (Value::Object(found), Value::Object(expected)) => {
            found.len() == expected.len()
                && expected
                    .iter()
                    .all(|(name, expected)| found.get(name).is_some_and(|found| is_same(found, expected)))
        }
        (Value::Object(found), Value::String(expected)) => match (found.get("number"), found.get("nan")) {
            (Some(Value::String(number)), _) => {
                let number: f64 = number.parse().unwrap();
                // In JavaScript, a fieldless enum is its number.
                let expected = expected.strip_prefix("enum:").unwrap_or(expected);
                match expected.rsplit_once(':') {
                    Some((_, "7fc00000" | "7ff8000000000000")) => number.is_nan(),
                    Some((_, bits)) => u64::from_str_radix(bits, 16) == Ok(number.to_bits()),
                    None => number.to_string() == *expected,
                }
            }
            (_, Some(Value::String(bits))) => expected.trim_end_matches(&**bits).len() < expected.len(),
            _ => false,
        },
        (Value::String(text), Value::String(expected)) if text != expected => {
            let address = text.strip_prefix("s:").and_then(|text| text.parse::<std::net::IpAddr>().ok());
            match address {
                Some(std::net::IpAddr::V4(address)) => format!("0x{}", hex(&address.octets())) == *expected,
                Some(std::net::IpAddr::V6(address)) => format!("0x{}", hex(&address.octets())) == *expected,
                None => false,
            }
        }
        (found, expected) => found == expected,
    }
}

/// Returns `true` if a part of a value is a NaN.
pub(super) fn has_nan(expected: &Value) -> bool {
    match expected {
        Value::Array(items) => items.iter().any(has_nan),
        Value::Object(members) => members.values().any(has_nan),
        Value::String(text) => {
            let bits = |text: &str| u64::from_str_radix(text, 16).map(f64::from_bits);
            text.starts_with("f32:")
                || text.strip_prefix("f:").is_some_and(|text| bits(text).unwrap().is_nan())
        }
        _ => false,
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Converts the JSON of a frame to the canonical form.
pub(super) fn of_frame(schema: &Schema, json: &Value) -> Value {
    if schema.attempt_at.is_some() && json.as_str().is_some_and(|text| text.starts_with("0x")) {
        return json.clone();
    }
    match schema.body {
        Body::Struct([field]) if field.is_item => of_field(field, json),
        // If the encoder of a frame records no fields, its JSON consists of bytes.
        Body::Struct([_, _, ..]) if json.is_string() => Value::String(ANYTHING.into()),
        Body::Struct(fields) => of_fields(fields, "", json),
        Body::Enum(variants) => {
            let (name, inside) = match json {
                Value::String(name) => (name, &Value::Null),
                json => json.as_object().and_then(|members| members.iter().next()).unwrap(),
            };
            let variant = variants.iter().find(|variant| variant.name == name).unwrap();
            let by_number = variants.iter().all(|variant| {
                variant.fields.is_empty()
                    && variant.tags.iter().all(|set| !matches!(set, Tags::Bytes(_) | Tags::Unknown))
                    && (matches!(variant.tags.first(), Some(Tags::Range(..))) || !variant.keeps.is_empty())
            });
            if by_number {
                return number_of(variant, inside);
            }
            let mut form = of_fields(variant.fields, variant.keeps, inside);
            if let Some(members) = form.as_object_mut() {
                members.insert("$".into(), Value::String(variant.name.trim_matches('_').into()));
            }
            form
        }
    }
}

fn number_of(variant: &Variant, inside: &Value) -> Value {
    match (variant.keeps, variant.tags.first()) {
        ("", Some(Tags::Range(first, _))) => Value::String(format!("enum:{first}")),
        (_, _) => of_type(&Type::Int { bytes: 8, signed: false, order: None }, inside),
    }
}

fn of_fields(fields: &'static [Field], keeps: &'static str, json: &Value) -> Value {
    let mut names: Vec<&str> = Vec::new();
    names.extend(Some(keeps).filter(|keeps| !keeps.is_empty()));
    names.extend(fields.iter().filter(|field| matches!(field.role, Role::Value)).map(|field| field.name));
    let is_tuple =
        !names.is_empty() && names.iter().all(|name| name.starts_with(|first: char| first.is_ascii_digit()));
    if is_tuple {
        names.sort_by_key(|name| name.parse::<usize>().unwrap());
    }
    let mut form = Map::new();
    for (index, name) in names.iter().enumerate() {
        let value = match json {
            json if is_tuple && names.len() == 1 => json,
            Value::Array(items) if is_tuple => &items[index],
            json => json.get(*name).unwrap_or(&Value::Null),
        };
        let field = fields.iter().find(|field| field.name == *name && matches!(field.role, Role::Value));
        let value = match field {
            Some(field) => of_field(field, value),
            None if value.as_str().is_some_and(|text| text.starts_with("0x")) => value.clone(),
            None => of_type(&Type::Int { bytes: 8, signed: false, order: None }, value),
        };
        form.insert(name.trim_start_matches("r#").trim_matches('_').into(), value);
    }
    Value::Object(form)
}

fn of_field(field: &Field, json: &Value) -> Value {
    let may_be_absent = !matches!(field.presence, Presence::Always) || field.none.is_some();
    if may_be_absent && json.is_null() { Value::Null } else { of_type(&field.ty, json) }
}

fn of_bits(kind: &BitKind, json: &Value) -> Value {
    match kind {
        BitKind::Bool => json.clone(),
        BitKind::Enum { schema, .. } => of_frame(schema(), json),
        BitKind::Array { of, .. } => {
            let items = json.as_array().unwrap_or_else(|| panic!("no list: {json}"));
            Value::Array(items.iter().map(|each| of_bits(of, each)).collect())
        }
        _ => of_type(&Type::Int { bytes: 8, signed: false, order: None }, json),
    }
}

fn of_type(ty: &Type, json: &Value) -> Value {
    let all = |item: &Type, items: &Value| {
        let items = items.as_array().unwrap_or_else(|| panic!("no list for {ty:?}: {items}"));
        Value::Array(items.iter().map(|each| of_type(item, each)).collect())
    };
    match ty {
        Type::Unit => Value::Null,
        Type::Int { .. } | Type::Number(_) => match json {
            Value::String(text) => Value::String(text.clone()),
            json => Value::String(json.to_string()),
        },
        Type::Bits(bits) => of_bits(&bits.of, json),
        Type::Float { bytes, .. } => {
            let text = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
            match text.strip_prefix("0x") {
                Some(bits) if *bytes == 4 => Value::String(format!("f32:{bits}")),
                Some(bits) => Value::String(format!("f:{bits}")),
                None if *bytes == 4 => {
                    let number: f32 = text.parse().unwrap();
                    Value::String(format!("f:{:016x}", f64::from(number).to_bits()))
                }
                None => Value::String(format!("f:{:016x}", text.parse::<f64>().unwrap().to_bits())),
            }
        }
        Type::Bool => json.clone(),
        Type::Ipv4 => {
            let address: std::net::Ipv4Addr = json.as_str().unwrap().parse().unwrap();
            Value::String(format!("0x{}", hex(&address.octets())))
        }
        Type::Ipv6 => {
            let address: std::net::Ipv6Addr = json.as_str().unwrap().parse().unwrap();
            Value::String(format!("0x{}", hex(&address.octets())))
        }
        Type::Text | Type::Encoded(_) => {
            let text = json.as_str().unwrap_or_else(|| panic!("no text: {json}"));
            Value::String(format!("s:{text}"))
        }
        Type::Array(Type::Int { bytes: 1, signed: false, .. }, _) => json.clone(),
        Type::Array(item, _) | Type::List(item) => all(item, json),
        Type::Tuple(items) => {
            let values = json.as_array().unwrap();
            Value::Array(items.iter().zip(values).map(|(ty, value)| of_type(ty, value)).collect())
        }
        Type::Frame(schema) => of_frame(schema(), json),
        // JSON has only the bytes of a custom type, and only the type's own code can decode them,
        // so they are not compared.
        Type::Custom => Value::String(ANYTHING.into()),
        _ => json.clone(),
    }
}
