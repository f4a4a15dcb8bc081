//! Values that fit their own delimiter, and the delimiter before them.

use std::string::String;

use serde_json::Value as Json;

use super::maker::hex;
use crate::schema::Type;

/// Removes the delimiters from a value.
pub(crate) fn without(json: Json, delimiters: &[&[u8]]) -> Json {
    delimiters.iter().fold(json, |json, delimiter| without_one(json, delimiter))
}

fn without_one(json: Json, delimiter: &[u8]) -> Json {
    match (json, core::str::from_utf8(delimiter)) {
        (Json::String(text), _) if text.starts_with("0x") && !delimiter.is_empty() => {
            let delimiter = hex(delimiter);
            let digits = delimiter.as_str().and_then(|hex| hex.strip_prefix("0x")).unwrap_or_default();
            Json::String(without_bytes(text, digits))
        }
        (Json::String(text), Ok(delimiter)) if !delimiter.is_empty() => {
            Json::String(text.replace(delimiter, ""))
        }
        (json, _) => json,
    }
}

/// Prepends `delimiter`, which an earlier field left for this field.
pub(crate) fn behind(json: Json, ty: &Type, delimiter: &[u8]) -> Json {
    match (ty, json) {
        (Type::Text, Json::String(text)) => {
            Json::String(String::from_utf8_lossy(delimiter).into_owned() + &text)
        }
        (Type::Bytes, Json::String(digits)) => match (hex(delimiter), digits.strip_prefix("0x")) {
            (Json::String(begin), Some(digits)) => Json::String(begin + digits),
            (begin, _) => begin,
        },
        (_, json) => json,
    }
}

/// Removes bytes from hex. Both are digits in pairs.
fn without_bytes(mut text: String, digits: &str) -> String {
    let mut at = 2;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(digits)) {
        match (at + found) % 2 {
            0 => {
                text.replace_range(at + found..at + found + digits.len(), "");
                // What follows may form the delimiter with the byte before it.
                at = (at + found).saturating_sub(digits.len()).max(2);
            }
            _ => at += found + 1,
        }
    }
    text
}
