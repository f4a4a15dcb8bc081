//! Conversion of values to JSON, and of JSON to bytes.
//!
//! Both directions use the schema; no other code is generated. JSON uses the names of the
//! declaration, and every value has one form:
//!
//! | in Rust | in JSON |
//! |---|---|
//! | a struct | an object; a tuple of one value is that value, a tuple of several is a list |
//! | an enum | `{"Variant": ..}`; a variant without values is `"Variant"` |
//! | a list, an array, a tuple | a list |
//! | bytes: `Vec<u8>`, `Bytes`, `[u8; N]` | `"0x6869"`; `{"text": "hi"}` is accepted too |
//! | text | a string |
//! | an `Option` | `null`, or the value; a `null` member may be left out |
//! | a present value whose JSON would be `null` | `[]` for `()`, otherwise `{"as bytes": "0x00"}` |
//! | a number that does not fit 64 bits | a string of its digits |
//! | an infinite float or a NaN | `"inf"`, `"-inf"`, or its bits as `"0x7fc00000"` |
//! | an IP address | `"10.0.0.1"` |
//! | a `#[with]` field, a failed [`Attempt`](crate::Attempt) | the bytes in hex |
//! | a failed `Attempt` of a tuple of one value | `{"as bytes": "0x0501"}` |
//!
//! In the input, integers may also be strings, decimal or `"0x2a"`, and every list and frame may be
//! the hex of its bytes.
//!
//! An [`Auto`](crate::Auto) is computed from the other values, so it is left out. The JSON contains
//! a kept tag, `null` if it is a tuple, and an `Auto` that the schema cannot compute, such as a
//! `#[calc]`. The input may leave out such an `Auto` unless decoding depends on it. The encoder
//! computes its value in any case.
//!
//! JSON does not keep bytes that decoding ignores, such as padding and the rest of a `lenient`
//! extent. JSON may be nested at most 128 levels deep.
//!
//! ```
//! use framewright::json::{from_json, to_json};
//! use framewright::prelude::*;
//!
//! #[derive(Frame)]
//! #[frame(be)]
//! struct Reading {
//!     #[count_of(values)]
//!     count: Auto<u8>,
//!     #[len_prefixed(u8)]
//!     unit: String,
//!     values: Vec<i16>,
//! }
//!
//! let reading = Reading { count: Auto::new(), unit: "mV".into(), values: vec![1, -1] };
//! assert_eq!(to_json(&reading)?, r#"{"unit": "mV", "values": [1, -1]}"#);
//! assert_eq!(from_json::<Reading>(r#"{"unit": "mV", "values": [1, -1]}"#)?, reading.to_vec()?);
//!
//! let error = from_json::<Reading>(r#"{"unit": "mV", "values": [1, 40000]}"#).unwrap_err();
//! assert_eq!(error.to_string(), "Reading.values[1]: expected an integer from -32768 to 32767, found 40000");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod draft;
mod error;
mod frame;
mod leaf;
pub(crate) mod members;
mod names;
mod outline;
mod placement;
#[cfg(feature = "explorer")]
mod shape;
mod show;
mod structure;
mod value;

use std::string::{String, ToString};

pub use error::JsonError;
pub(crate) use error::unknown;
pub(crate) use leaf::hex;
pub(crate) use outline::outline as read_outline;
#[cfg(feature = "explorer")]
pub(crate) use shape::shapes;

use self::draft::{Assumed, Draft};
use self::error::Path;
use crate::error::{DecodeError, EncodeError};
use crate::frame::{Decode, Encode};
use crate::notation::Fitted;
use crate::schema::Order;
use crate::schema::recorded::record;
use crate::source::Source;

/// Converts a value to JSON.
///
/// # Errors
/// Returns an error if the value cannot be encoded, because the JSON is made from the encoded
/// value.
///
/// ```
/// use framewright::json::to_json;
/// use framewright::prelude::*;
///
/// #[derive(Frame)]
/// #[frame(tag = u8)]
/// enum Command {
///     #[tag(1)]
///     Stop,
///     #[tag(2)]
///     Turn { degrees: i8 },
///     #[tag(_)]
///     Other(u8),
/// }
///
/// assert_eq!(to_json(&Command::Stop)?, r#""Stop""#);
/// assert_eq!(to_json(&Command::Turn { degrees: -45 })?, r#"{"Turn": {"degrees": -45}}"#);
/// assert_eq!(to_json(&Command::Other(9))?, r#"{"Other": 9}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn to_json<T: Encode + ?Sized>(value: &T) -> Result<String, EncodeError> {
    let (bytes, root) = record(value)?;
    Ok(Fitted(show::show(T::SCHEMA, &root, &bytes)).to_string())
}

/// Shows dissected bytes as JSON. Long JSON is broken into lines.
#[cfg(feature = "cli")]
pub(crate) fn shown(schema: &crate::Schema, root: &crate::schema::recorded::Node, bytes: &[u8]) -> String {
    Fitted(show::show(schema, root, bytes)).to_string()
}

/// Returns the encoded bytes of the value that JSON describes. `T::decode` turns them into the
/// value.
///
/// Most of the frame is drafted by the schema. The parser of `T` then reads the draft, without
/// verifying checksums, and the encoder of `T` writes the value that it read. So the result is
/// always a valid encoding. The value that was read must have the structure of the JSON, because a
/// value that the encoder refuses may have the bytes of another one.
///
/// # Errors
/// Returns an error for invalid JSON, for members that are missing, unknown or invalid for their
/// field, and for values that contradict each other.
///
/// ```
/// use framewright::checksum::Crc32;
/// use framewright::json::from_json;
/// use framewright::prelude::*;
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct Sealed {
///     #[len_prefixed(u16)]
///     body: Vec<u8>,
///     #[checksum(Crc32, over = ..)]
///     crc: Auto<u32>,
/// }
///
/// let bytes = from_json::<Sealed>(r#"{"body": {"text": "hi"}}"#)?;
/// assert_eq!(Sealed::decode(&bytes)?.body, b"hi");
///
/// let error = from_json::<Sealed>(r#"{"bdy": "0x00"}"#).unwrap_err();
/// assert_eq!(error.to_string(), "Sealed: unknown field `bdy`, expected one of `body`, `crc`");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn from_json<T: Encode + for<'a> Decode<'a>>(text: &str) -> Result<Vec<u8>, JsonError> {
    let json = serde_json::from_str(text).map_err(JsonError::Syntax)?;
    let assumed = Assumed::new(Order::Big);
    let big = written::<T>(&json, &assumed);
    if !assumed.used.get() || big.as_ref().is_ok_and(|written| is_as_given::<T>(written, &assumed)) {
        return big.map(|(_, bytes)| bytes);
    }
    let assumed = Assumed::new(Order::Little);
    match written::<T>(&json, &assumed) {
        Ok(little) if is_as_given::<T>(&little, &assumed) => Ok(little.1),
        little => Err(big.and(little).err().unwrap_or_else(|| {
            let message = "the byte order depends on run-time values, and the JSON matches neither big-endian nor little-endian";
            Path::Root(T::SCHEMA.name).error(message)
        })),
    }
}

/// Returns the bytes of a value as the schema alone drafts them, or `None` if it is invalid.
#[cfg(any(feature = "testing", all(feature = "cli", feature = "net")))]
pub(crate) fn drafted(ty: &crate::schema::Type, json: &serde_json::Value) -> Option<Vec<u8>> {
    let assumed = Assumed::new(Order::Big);
    draft::value(ty, json, &assumed.nothing(), &Path::Root("")).ok().map(|draft| draft.bytes)
}

/// Drafts a frame, decodes the draft, and encodes the value. Returns the draft and the encoding.
fn written<T: Encode + for<'a> Decode<'a>>(
    json: &serde_json::Value,
    assumed: &Assumed,
) -> Result<(Draft, Vec<u8>), JsonError> {
    let mut draft = draft::frame(T::SCHEMA, json, &assumed.nothing(), &Path::Root(T::SCHEMA.name))?;
    let value: T = decode(&mut draft).map_err(JsonError::Decode)?;
    let (bytes, root) = record(&value).map_err(JsonError::Encode)?;
    match first_difference(&draft, &bytes) {
        None => {
            draft.structure.is_decoded(&root, &bytes, &Path::Root(T::SCHEMA.name))?;
            Ok((draft, bytes))
        }
        Some(at) => {
            let rows = root.rows(T::SCHEMA);
            let path = match rows.iter().rfind(|row| row.range.start <= at) {
                Some(row) => format!("{}.{}", T::SCHEMA.name, row.path),
                None => String::from(T::SCHEMA.name),
            };
            Err(JsonError::Value { path, message: String::from("it contradicts the other values") })
        }
    }
}

/// Returns `true` if a draft in the assumed byte order decodes to the values in the JSON. To test
/// this, the decoded value is shown as JSON and drafted again: in the wrong byte order the second
/// draft differs.
fn is_as_given<T: Encode + for<'a> Decode<'a>>((draft, bytes): &(Draft, Vec<u8>), assumed: &Assumed) -> bool {
    let again = || {
        let shown = to_json(&T::decode(bytes).ok()?).ok()?;
        let json = serde_json::from_str(&shown).ok()?;
        draft::frame(T::SCHEMA, &json, &assumed.nothing(), &Path::Root(T::SCHEMA.name)).ok()
    };
    again().is_some_and(|again| first_difference(draft, &again.bytes).is_none())
}

/// Decodes a draft. The placeholder bytes of a checksum must not contain the delimiter of an
/// enclosing frame or field, so several placeholders are tried.
fn decode<T: for<'a> Decode<'a>>(draft: &mut Draft) -> Result<T, DecodeError> {
    let read = |draft: &Draft| T::decode_from(&draft.bytes, &Source::complete().unverified());
    let first = read(draft);
    if first.is_ok() {
        return first;
    }
    let again = |byte| draft.fill_sums(byte).then(|| read(draft).ok()).flatten();
    [0x55, 0xa6, 0x31, 0xff].into_iter().find_map(again).map_or(first, Ok)
}

/// Returns the position of the first difference between a draft and the encoding. Ranges that only
/// the encoder can compute are ignored.
fn first_difference(draft: &Draft, bytes: &[u8]) -> Option<usize> {
    // The ranges are sorted.
    let is_loose = |at: &usize| {
        let next = draft.loose.partition_point(|range| {
            draft::work::add(1);
            range.end <= *at
        });
        draft.loose.get(next).is_some_and(|range| range.contains(at))
    };
    let differs = |at: &usize| draft.bytes.get(*at) != bytes.get(*at);
    (0..draft.bytes.len().max(bytes.len())).filter(differs).find(|at| !is_loose(at))
}

#[cfg(test)]
mod tests {
    use super::draft::work::DONE;
    use super::{from_json, to_json};
    use crate::prelude::*;

    fn doubled(n: u8) -> u16 {
        u16::from(n) * 2
    }

    #[derive(Frame)]
    #[frame(be)]
    struct Record {
        n: u8,
        #[calc(doubled(n))]
        twice: Auto<u16>,
        #[len_prefixed(u8)]
        name: String,
    }

    #[derive(Frame)]
    #[frame(be)]
    struct Records {
        #[count_prefixed(u32)]
        records: Vec<Record>,
    }

    #[derive(Frame)]
    #[frame(be)]
    struct Lines {
        #[count_prefixed(u32)]
        lines: Vec<Line>,
    }

    #[derive(Frame)]
    struct Line {
        k: u8,
        #[tag(k)]
        chosen: Chosen,
        #[len_prefixed(u8)]
        #[separated(b",")]
        words: Vec<String>,
    }

    #[derive(Frame)]
    enum Chosen {
        #[tag(1)]
        One,
        #[tag(_)]
        Other(#[tag] u8, u8),
    }

    #[derive(Frame)]
    struct Deep {
        k: u8,
        #[pad(usize::from(k & 3))]
        pad: Auto<()>,
        #[len_prefixed(u8)]
        leaf: String,
        #[presence_of(next)]
        there: Auto<u8>,
        next: Option<Box<Deep>>,
    }

    /// Returns the work for JSON with many times the same item of `len` bytes.
    fn work<T: OwnedFrame>(list: &str, item: &str, items: usize, len: usize) -> usize {
        let json = format!(r#"{{"{list}": [{}]}}"#, vec![item; items].join(","));
        DONE.set(0);
        assert_eq!(from_json::<T>(&json).unwrap().len(), 4 + len * items);
        DONE.get()
    }

    #[test]
    fn drafting_takes_linear_work_for_many_calc_fields() {
        let work = |records| work::<Records>("records", r#"{"n": 7, "name": "abc"}"#, records, 7);
        let (few, many) = (work(1000), work(16_000));
        // The binary search among n ranges takes log n steps.
        assert!(few > 0 && many <= 16 * few * 3 / 2, "{few} for 1,000 records, {many} for 16,000");
    }

    #[test]
    fn comparing_takes_linear_work() {
        let line = r#"{"k": 7, "chosen": {"Other": [7, 8]}, "words": ["a", "b"]}"#;
        let work = |lines| work::<Lines>("lines", line, lines, 6);
        let (few, many) = (work(1000), work(16_000));
        assert!(few > 0 && many <= 16 * few, "{few} for 1,000 lines, {many} for 16,000");
    }

    #[test]
    fn showing_takes_linear_work_for_nested_frames() {
        let work = |depth| {
            let deep = |next| Deep { k: 1, pad: Auto::new(), leaf: "abc".into(), there: Auto::new(), next };
            let whole = (0..depth).fold(deep(None), |inner, _| deep(Some(Box::new(inner))));
            DONE.set(0);
            to_json(&whole).unwrap();
            DONE.get()
        };
        let (few, many) = (work(9), work(99));
        assert!(few > 0 && many <= 10 * few, "{few} for 10 levels, {many} for 100");
    }
}
