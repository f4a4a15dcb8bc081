//! Encoding of values in JSON for the page.

use std::string::ToString as _;
use std::vec::Vec;

use bytes::Bytes;
use hyper::StatusCode;
use serde_json::{Value, json};

use super::super::frames::Kind;
use super::guard::Refused;
use super::shown;
use crate::json::JsonError;

/// Encodes a value. Returns the frame, or the error and where it is in the JSON.
pub(super) fn shown(kind: &Kind, body: &Bytes) -> Result<Value, Refused> {
    Ok(match (kind.encode)(text(body)?) {
        Ok(bytes) => shown::made(kind, &bytes),
        Err(error) => json!({ "wrong": wrong(&error) }),
    })
}

/// Encodes a value. Returns its bytes.
pub(super) fn bytes(kind: &Kind, body: &Bytes) -> Result<Vec<u8>, Refused> {
    (kind.encode)(text(body)?).map_err(|error| (StatusCode::UNPROCESSABLE_ENTITY, error.to_string().into()))
}

fn text(body: &Bytes) -> Result<&str, Refused> {
    core::str::from_utf8(body).map_err(|_| (StatusCode::BAD_REQUEST, "the JSON is not UTF-8".into()))
}

/// Converts an error to JSON, with its line and column or with the path to the value.
fn wrong(error: &JsonError) -> Value {
    let why = std::format!("{error}");
    match error {
        JsonError::Syntax(error) => json!({ "why": why, "line": error.line(), "column": error.column() }),
        JsonError::Value { path, message } => json!({ "why": message, "path": path }),
        JsonError::Decode(error) => json!({ "why": why, "path": error.path() }),
        JsonError::Encode(error) => json!({ "why": why, "path": error.path() }),
    }
}
