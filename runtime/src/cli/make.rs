//! The command `encode`, which makes frames from JSON.

use std::format;
use std::io::Write;
use std::string::{String, ToString as _};
use std::vec::Vec;

use serde_json::Value;

use super::frames::Kind;
use crate::error::{Error, Result};

/// Encodes all values in a text, and prints their bytes one after the other.
pub(super) fn encode(kinds: &[&Kind], text: &str, raw: bool, out: &mut impl Write) -> Result<()> {
    let bytes: Vec<u8> = frames(kinds, text)?.concat();
    if raw {
        out.write_all(&bytes)?;
    } else {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(out, "{hex}")?;
    }
    Ok(out.flush()?)
}

/// Encodes each value in a text. A list that no type accepts as a value is a list of values.
pub(super) fn frames(kinds: &[&Kind], text: &str) -> Result<Vec<Vec<u8>>> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let (mut start, mut frames) = (0, Vec::new());
    while let Some(value) = values.next() {
        let value = value.map_err(|error| Error::other(format!("invalid JSON: {error}")))?;
        let end = values.byte_offset();
        match (encode_one(kinds, text.get(start..end).unwrap_or_default()), value) {
            (Ok(bytes), _) => frames.push(bytes),
            // If no type accepts the list as a value, its items are the values.
            (Err(_), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    let bytes = encode_one(kinds, &item.to_string())
                        .map_err(|error| Error::other(format!("in frame {index} of the list: {error}")))?;
                    frames.push(bytes);
                }
            }
            (Err(error), _) => return Err(error),
        }
        start = end;
    }
    if start == 0 {
        return Err(Error::other("there is no JSON"));
    }
    Ok(frames)
}

/// Encodes a value with the first type that accepts it.
fn encode_one(kinds: &[&Kind], json: &str) -> Result<Vec<u8>> {
    let mut faults = Vec::new();
    for kind in kinds {
        match (kind.encode)(json) {
            Ok(bytes) => return Ok(bytes),
            Err(error) => faults.push(error.to_string()),
        }
    }
    Err(Error::other(faults.join("\n       ")))
}
