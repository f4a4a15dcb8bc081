//! Values as JSON, and back to bytes.
//!
//! Both ways go through the schema; nothing is generated for a type but that.
//! The names are those of the declaration, and every value has one form:
//!
//! | in Rust | in JSON |
//! |---|---|
//! | a struct | an object; a tuple of one value that value, of several a list |
//! | an enum | `{"Variant": ..}`, of a variant without values `"Variant"` |
//! | a list, an array, a tuple | a list |
//! | bytes: `Vec<u8>`, `Bytes`, `[u8; N]` | `"0x6869"`; `{"text": "hi"}` is understood too |
//! | text | a string |
//! | an `Option` | `null`, or the value; what is `null` may be left out |
//! | a number of more than 64 bits that needs them | a string of its digits |
//! | a float that is no number | `"inf"`, `"-inf"`, or its bits as `"0x7fc00000"` |
//! | an IP address | `"10.0.0.1"` |
//! | what `#[with]` reads, tuples that hold frames, an [`Attempt`](crate::Attempt) that failed | the bytes in hex |
//! | the same of a tuple of one value, which stands for that value | `{"as bytes": "0x0501"}` |
//!
//! Whole numbers may also be given as strings, decimal or `"0x2a"`, and every list and frame as the hex of its bytes.
//!
//! What an [`Auto`](crate::Auto) stands for follows from the other values, so it is left out; a tag
//! that a variant keeps is not. Only an `Auto` that the schema cannot compute is written down, such as a
//! `#[calc]`. It may be left out all the same unless the way the frame is read depends on it,
//! and whatever is given for it, the codec has the last word.
//!
//! What `encode(decode(bytes))` does not give back, JSON does not keep either: padding and what
//! `lenient` ignores. JSON nests at most 128 deep.
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
//! assert_eq!(error.to_string(), "Reading.values[1]: expected a whole number from -32768 to 32767, found 40000");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod draft;
mod error;
mod frame;
mod leaf;
pub(crate) mod members;
mod outline;
#[cfg(feature = "explorer")]
mod shape;
mod show;
mod slots;

use std::string::{String, ToString};

pub use error::JsonError;
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

/// A value as JSON.
///
/// # Errors
/// When the wire cannot carry the value: what is shown is what would be sent.
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

/// What bytes are that were dissected, as JSON on one or several lines.
#[cfg(feature = "cli")]
pub(crate) fn shown(schema: &crate::Schema, root: &crate::schema::recorded::Node, bytes: &[u8]) -> String {
    Fitted(show::show(schema, root, bytes)).to_string()
}

/// The bytes of the value that JSON describes; `T::decode` makes the value of them.
///
/// The schema says how most of the frame is written. The parser of `T` then
/// reads that draft, without looking at checksums, and the encoder of `T` writes
/// what is returned, so that whatever holds for an encoded value holds here.
///
/// # Errors
/// For invalid JSON, for members that are missing, unknown or no value
/// of their field, and for values that make no frame together.
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
/// assert_eq!(error.to_string(), "Sealed: there is no field `bdy`, but body, crc");
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
            let message = "the schema does not know the byte order, and in neither the values are these";
            Path::Root(T::SCHEMA.name).error(message)
        })),
    }
}

/// The draft of a value, and what its encoder makes of that.
fn written<T: Encode + for<'a> Decode<'a>>(
    json: &serde_json::Value,
    assumed: &Assumed,
) -> Result<(Draft, Vec<u8>), JsonError> {
    let mut draft = draft::frame(T::SCHEMA, json, &assumed.nothing(), &Path::Root(T::SCHEMA.name))?;
    let value: T = decode(&mut draft).map_err(JsonError::Decode)?;
    let (bytes, root) = record(&value).map_err(JsonError::Encode)?;
    match first_difference(&draft, &bytes) {
        None => Ok((draft, bytes)),
        Some(at) => {
            let rows = root.rows(T::SCHEMA);
            let path = match rows.iter().rfind(|row| row.range.start <= at) {
                Some(row) => format!("{}.{}", T::SCHEMA.name, row.path),
                None => String::from(T::SCHEMA.name),
            };
            Err(JsonError::Value { path, message: String::from("the other values say otherwise") })
        }
    }
}

/// Whether what was drafted in a byte order that was only assumed is read with the values given: in another order it
/// is shown with others, of which another draft is made.
fn is_as_given<T: Encode + for<'a> Decode<'a>>((draft, bytes): &(Draft, Vec<u8>), assumed: &Assumed) -> bool {
    let again = || {
        let shown = to_json(&T::decode(bytes).ok()?).ok()?;
        let json = serde_json::from_str(&shown).ok()?;
        draft::frame(T::SCHEMA, &json, &assumed.nothing(), &Path::Root(T::SCHEMA.name)).ok()
    };
    again().is_some_and(|again| first_difference(draft, &again.bytes).is_none())
}

/// The value that a draft is. What stands in the place of a checksum must not be what ends something around it, such as
/// the delimiter of the frame, so there are several tries.
fn decode<T: for<'a> Decode<'a>>(draft: &mut Draft) -> Result<T, DecodeError> {
    let read = |draft: &Draft| T::decode_from(&draft.bytes, &Source::complete().unverified());
    let first = read(draft);
    if first.is_ok() {
        return first;
    }
    let again = |byte| draft.fill_sums(byte).then(|| read(draft).ok()).flatten();
    [0x55, 0xa6, 0x31, 0xff].into_iter().find_map(again).map_or(first, Ok)
}

/// Where the bytes of a draft are not those of the encoder, which only some may be.
fn first_difference(draft: &Draft, bytes: &[u8]) -> Option<usize> {
    // They are in order.
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
    use super::from_json;
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

    fn work(records: usize) -> usize {
        let record = r#"{"n": 7, "name": "abc"}"#;
        let json = format!(r#"{{"records": [{}]}}"#, vec![record; records].join(","));
        DONE.set(0);
        assert_eq!(from_json::<Records>(&json).unwrap().len(), 4 + 7 * records);
        DONE.get()
    }

    #[test]
    fn many_numbers_that_only_rust_knows_take_work_for_each() {
        let (few, many) = (work(1000), work(16_000));
        // Finding one of n takes log n steps.
        assert!(few > 0 && many <= 16 * few * 3 / 2, "{few} for 1,000 records, {many} for 16,000");
    }
}
