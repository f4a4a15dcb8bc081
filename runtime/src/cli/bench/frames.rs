//! The requests that `bench` sends.

use std::format;
use std::string::{String, ToString as _};
use std::vec::Vec;

use crate::cli::frames::Kind;
use crate::cli::traffic::{Traffic, What};
use crate::cli::{input, make};
use crate::error::{Error, Result};

/// Makes valid frames from the schema. The same seed makes the same frames.
pub(super) fn made(kind: &Kind, seed: u64, count: u32) -> Result<Vec<Vec<u8>>> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    (kind.sample)(seed, count).map_err(|refused| {
        Error::other(format!("cannot generate requests of {}; pass them as arguments: {refused}", kind.name))
    })
}

/// Returns the frames that are given as JSON, as hex, or in a file.
pub(super) fn given(kind: &Kind, words: &[String], raw: bool) -> Result<Vec<Vec<u8>>> {
    let is_json = |text: &str| text.trim_start().starts_with(['{', '[', '"']);
    let text = words.join(" ");
    // Text in brackets may also be hex, so hex is tried first.
    let mut input = match (input::open(words, raw, None), is_json(&text)) {
        (Ok(input), _) => input,
        (Err(_), true) => return make::frames(&[kind], &text),
        (Err(error), false) => return Err(error),
    };
    let mut bytes = Vec::new();
    let mut traffic = Traffic::new(Vec::from([kind.clone()]));
    let mut records = Vec::new();
    while let Some(event) = input.next()? {
        if let crate::cli::traffic::Happened::Bytes(piece) = &event.happened {
            bytes.extend_from_slice(piece);
        }
        records.extend(traffic.take(event));
    }
    records.extend(traffic.finish(None));
    if let Some(text) = std::str::from_utf8(&bytes).ok().filter(|text| !raw && is_json(text)) {
        if let Ok(frames) = make::frames(&[kind], text) {
            return Ok(frames);
        }
    }
    if let Some(fault) = records.iter().find_map(|record| record.fault()) {
        return Err(Error::other(format!("the requests are malformed: {fault}")));
    }
    let frames: Vec<_> = records
        .iter()
        .filter(|record| matches!(record.what, What::Frame))
        .map(|record| record.bytes.to_vec())
        .collect();
    if frames.is_empty() { Err(Error::other("there are no requests".to_string())) } else { Ok(frames) }
}
