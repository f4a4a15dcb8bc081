//! Comparison of the dissection with the encoder.

use core::ops::Range;
use std::format;
use std::string::String;
use std::vec::Vec;

use crate::frame::OwnedFrame;
use crate::schema::dissect::dissect;
use crate::schema::recorded::{Row, record};

/// Returns the fields of the value in `bytes` as its encoder records them, each with its path and
/// its position. Returns `None` if the bytes are malformed, or if the value encodes to different
/// bytes.
#[doc(hidden)]
#[must_use]
pub fn rows<T: OwnedFrame>(bytes: &[u8]) -> Option<Vec<(String, Range<usize>)>> {
    let value = T::decode(bytes).ok()?;
    let (written, root) = record(&value).ok()?;
    let named = |row: Row| (row.path, row.range);
    (written == bytes).then(|| root.rows(T::SCHEMA).into_iter().map(named).collect())
}

/// Returns the fields before the error in malformed bytes, as the dissection finds them. Returns
/// `None` if the bytes decode.
#[doc(hidden)]
pub fn rows_before_fault<T: OwnedFrame>(bytes: &[u8]) -> Option<Vec<(String, Range<usize>)>> {
    let fault = T::decode(bytes).err()?.offset();
    // If a run of fixed size is truncated, the error is at the end of the input, although an
    // earlier field of the run may be wrong. The parser reports that field when zeros complete the
    // run.
    let whole_run = [bytes, &[0; 256]].concat();
    let fault = T::decode(&whole_run).map_or_else(|error| error.offset().min(fault), |_| fault);
    let named = |row: Row| (row.range.end <= fault).then_some((row.path, row.range));
    Some(dissect(T::SCHEMA, bytes).rows(T::SCHEMA).into_iter().filter_map(named).collect())
}

/// Checks that the dissection finds the same fields in `bytes` as the encoder records, up to the
/// point where the schema alone does not suffice. If the bytes are malformed, checks that it stays
/// within the bytes. Returns the offset up to which the dissection found fields.
#[doc(hidden)]
pub fn dissects<T: OwnedFrame>(bytes: &[u8]) -> Result<usize, String> {
    let filled = |row: &Row| !row.range.is_empty();
    let found: Vec<_> = dissect(T::SCHEMA, bytes).rows(T::SCHEMA).into_iter().filter(filled).collect();
    let end = found.iter().map(|row| row.range.end).max().unwrap_or(0);
    if end > bytes.len() {
        return Err(format!("{end} of {} bytes are shown", bytes.len()));
    }
    let Some(rows) = rows::<T>(bytes) else { return Ok(end) };
    let mut rows = rows.into_iter().filter(|(_, range)| !range.is_empty());
    for Row { path, range, .. } in found {
        let expected = rows.next();
        if expected.as_ref().is_none_or(|(name, place)| *name != path || *place != range) {
            return Err(format!("{path} at {range:?} is shown, and not {expected:?}"));
        }
    }
    Ok(end)
}
