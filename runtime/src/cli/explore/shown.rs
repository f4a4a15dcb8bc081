//! Conversion of frames to JSON for the page.

use std::string::{String, ToString as _};
use std::vec::Vec;

use serde_json::{Value, json};

use super::super::frames::Kind;
use super::super::traffic::{Record, What};
use crate::view::{Parts, ShownPart, parts_of_fault, without_parts};

/// The maximum length of the summary of a frame.
const SUMMARY: usize = 160;

/// Converts a frame that the page has encoded.
pub(super) fn made(kind: &Kind, bytes: &[u8]) -> Value {
    frame(kind, bytes, &(kind.parts)(bytes))
}

/// Converts a record.
pub(super) fn seen(record: &Record) -> Value {
    let bytes = match &record.what {
        // The error may be after the bytes of the record, so this takes all bytes that the parser
        // has seen.
        What::Malformed(fault) => &fault.seen,
        What::Frame | What::Passed | What::Missing(_) => &record.bytes,
    };
    frame(&record.kind, bytes, &parts(record))
}

/// Returns the parts of a record.
pub(super) fn parts(record: &Record) -> Parts {
    match &record.what {
        What::Frame => (record.kind.parts)(&record.bytes),
        What::Malformed(fault) => parts_of_fault(record.kind.schema, &fault.seen, &fault.error),
        What::Passed | What::Missing(_) => without_parts(&record.bytes),
    }
}

/// Converts the bytes of a frame with its parts. Adds the value as JSON if the frame is valid.
fn frame(kind: &Kind, bytes: &[u8], parts: &Parts) -> Value {
    let fault = parts.fault.as_ref().map(|(error, place)| {
        json!({ "at": error.offset(), "bit": error.bit(), "part": place, "why": error.to_string(), "what": error.kind().to_string() })
    });
    let list: Vec<Value> = parts
        .list
        .iter()
        .map(|part| {
            json!({
                "depth": part.depth, "label": part.label, "path": part.path, "type": part.ty, "value": part.value,
                "doc": part.doc, "start": part.range.start, "end": part.range.end, "bits": part.bits,
                "of": part.of.as_ref().map(|of| [of.start, of.end]), "derived": part.is_derived,
            })
        })
        .collect();
    json!({
        "type": kind.name, "hex": hex(bytes), "parts": list, "leftOut": parts.left_out, "fault": fault,
        "json": (kind.decode)(bytes).ok(),
    })
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use core::fmt::Write as _;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Returns the values of a frame on one line, without those that the codec computes.
pub(super) fn summary(record: &Record) -> String {
    let mut line = String::new();
    let list = &parts(record).list;
    for (index, part) in list.iter().enumerate() {
        let value = said(part);
        let value = if part.bits.is_empty() { value } else { value.rsplit(" = ").next().unwrap_or(value) };
        let has_parts = list.get(index + 1).is_some_and(|next| next.depth > part.depth);
        if part.is_derived || (value.is_empty() && (has_parts || index == 0)) {
            continue;
        }
        line.push_str(if line.is_empty() { "" } else { " " });
        // The label of a list item or tuple element is only its index, so it is left out.
        let is_named =
            index > 0 && !part.label.starts_with(|first: char| first == '[' || first.is_ascii_digit());
        if is_named {
            line.push_str(&part.label);
            line.push('=');
        }
        line.push_str(value);
        if let Some((end, _)) = line.char_indices().nth(SUMMARY) {
            line.truncate(end);
            line.push_str("...");
            break;
        }
    }
    line
}

/// Returns the value of a part as text, without the bit pattern.
pub(super) fn said(part: &ShownPart) -> &str {
    let pattern = if part.bits.is_empty() { None } else { part.value.split_once(" = ") };
    pattern.map_or(&part.value, |(_, value)| value)
}
