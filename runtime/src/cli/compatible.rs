//! The command `compatible`, which compares the wire format with an earlier schema.

use std::format;
use std::io::{Read as _, Write};
use std::string::{String, ToString as _};
use std::vec::Vec;

use serde_json::Value;

use super::frames::Kind;
use crate::error::{Error, Result};
use crate::json::read_outline;
use crate::schema::compatible::compared;
use crate::schema::outline::Outline;

/// The maximum size of a file of schemas.
const MOST: u64 = 64 * 1024 * 1024;

/// Compares types with the types of the same names in the output of `schema --json`. If `all` is
/// set, `kinds` has all types of the protocol, and other types in the file are reported as removed.
pub(super) fn compatible(kinds: &[&Kind], all: bool, name: &str, out: &mut impl Write) -> Result<()> {
    let cannot = |error: std::io::Error| Error::other(format!("`{name}` cannot be read: {error}"));
    let mut text = String::new();
    match name {
        "-" => std::io::stdin().lock().take(MOST).read_to_string(&mut text),
        name => std::fs::File::open(name).and_then(|file| file.take(MOST).read_to_string(&mut text)),
    }
    .map_err(cannot)?;
    let values = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let values: Vec<Value> = values
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| Error::other(format!("invalid JSON: {error}")))?;
    let mut broken = Vec::new();
    let mut old: Vec<&Value> = values.iter().collect();
    for (index, kind) in kinds.iter().enumerate() {
        let apart = if index > 0 { "\n" } else { "" };
        let is_it = |value: &&Value| value.get("frame").and_then(Value::as_str) == Some(kind.schema.name);
        let Some(at) = old.iter().position(is_it) else {
            writeln!(out, "{apart}{} is new", kind.name)?;
            continue;
        };
        let outline = read_outline(old.remove(at)).map_err(|error| Error::other(error.to_string()))?;
        let report = compared(kind.schema.name, &outline, &Outline::of(kind.schema));
        writeln!(out, "{apart}{report}")?;
        if !report.is_compatible() {
            broken.push(kind.name.clone());
        }
    }
    let gone = |value: &&Value| value.get("frame").and_then(Value::as_str).map(String::from);
    for name in old.iter().filter_map(gone).filter(|_| all) {
        writeln!(out, "\n{name} is gone")?;
        broken.push(name);
    }
    out.flush()?;
    match broken.as_slice() {
        [] => Ok(()),
        names => Err(Error::other(format!("not compatible in both directions: {}", names.join(", ")))),
    }
}
