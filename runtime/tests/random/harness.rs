//! The properties that are checked for every declaration.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[allow(unused_imports)]
pub use framewright::checksum::{Adler32, Crc8Smbus, Crc16Modbus, Crc32, Internet, Sum8, Xor8};
use framewright::json::{from_json, to_json};
pub use framewright::prelude::*;
#[allow(unused_imports, reason = "a macro uses it")]
pub use framewright::testing::ends_early;
use framewright::testing::{laws, may_be_refused};

/// A user-defined type around a `u32`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Millis(pub u32);

impl From<u32> for Millis {
    fn from(number: u32) -> Self {
        Self(number)
    }
}

impl From<Millis> for u32 {
    fn from(millis: Millis) -> Self {
        millis.0
    }
}

/// A `u16` that must be even.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Even(pub u16);

impl TryFrom<u16> for Even {
    type Error = &'static str;

    fn try_from(number: u16) -> Result<Self, &'static str> {
        if number % 2 == 0 { Ok(Self(number)) } else { Err("odd") }
    }
}

impl TryFrom<Even> for u16 {
    type Error = &'static str;

    fn try_from(even: Even) -> Result<Self, &'static str> {
        if even.0 % 2 == 0 { Ok(even.0) } else { Err("odd") }
    }
}

/// The wire type of bytes that are combined with 0x55 by exclusive or.
#[derive(Frame, Debug, Clone, PartialEq)]
pub struct Masked {
    #[rest]
    bytes: Vec<u8>,
}

impl From<Vec<u8>> for Masked {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes: bytes.into_iter().map(|byte| byte ^ 0x55).collect() }
    }
}

impl From<Masked> for Vec<u8> {
    fn from(masked: Masked) -> Self {
        Masked::from(masked.bytes).bytes
    }
}

/// A module for bytes that are combined with 0x55 by exclusive or.
pub mod xor {
    use framewright::{DecodeError, EncodeError, Sink};

    pub fn parse(input: &[u8]) -> nom::IResult<&[u8], Vec<u8>, DecodeError> {
        Ok((&[], input.iter().map(|byte| byte ^ 0x55).collect()))
    }

    pub fn encode<S: Sink + ?Sized>(value: &[u8], out: &mut S) -> Result<(), EncodeError> {
        value.iter().try_for_each(|byte| out.put(&[byte ^ 0x55]))
    }

    pub fn encoded_len(value: &[u8]) -> usize {
        value.len()
    }
}

/// A module for bytes that are combined with the length of `origin` by exclusive or.
pub mod since {
    use framewright::{DecodeError, EncodeError, Sink};

    fn front(origin: &[u8]) -> u8 {
        origin.len().to_le_bytes()[0]
    }

    pub fn parse<'a>(input: &'a [u8], origin: &[u8]) -> nom::IResult<&'a [u8], Vec<u8>, DecodeError> {
        Ok((&[], input.iter().map(|byte| byte ^ front(origin)).collect()))
    }

    pub fn encode<S: Sink + ?Sized>(value: &[u8], out: &mut S, origin: &[u8]) -> Result<(), EncodeError> {
        value.iter().try_for_each(|byte| out.put(&[byte ^ front(origin)]))
    }

    pub fn encoded_len(value: &[u8]) -> usize {
        value.len()
    }
}

/// A broken property: its kind, and what was found.
pub type Broken = (String, String);

/// Runs code under test. A panic is a broken property.
pub fn quietly<R>(kind: &str, run: impl FnOnce() -> R) -> Result<R, Broken> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let text = text.unwrap_or_default();
        let law = text.lines().next().and_then(|line| line.split_once("breaks a law: "));
        match law {
            Some((_, law)) => (format!("law: {law}"), text),
            None => (format!("{kind}: a panic"), text),
        }
    })
}

/// Checks that the accepted values encode to their bytes, and that the refused values are refused
/// and write nothing.
pub fn encodes<T: Encode + Debug>(accepted: &[(T, &[u8])], refused: &[(T, &str)]) -> Result<(), Broken> {
    for (value, bytes) in accepted {
        match quietly("encode", || value.to_vec())? {
            Ok(found) if found == *bytes => {}
            Ok(found) => {
                let text = format!(
                    "{value:?}\n  expected {}\n  found    {}",
                    bytes.escape_ascii(),
                    found.escape_ascii()
                );
                return Err(("encode: other bytes".into(), text));
            }
            Err(error) => {
                let text = format!("{error} for {value:?}\n  expected {}", bytes.escape_ascii());
                return Err(("encode: refused".into(), text));
            }
        }
    }
    for (value, why) in refused {
        let _ = quietly("encoded_len", || value.encoded_len())?;
        if let Ok(found) = quietly("encode", || value.to_vec())? {
            return Err((
                format!("encode: accepted {why}"),
                format!("{value:?} as {}", found.escape_ascii()),
            ));
        }
    }
    Ok(())
}

/// Checks a declaration that owns its data.
pub fn owned<T: OwnedFrame + Clone + PartialEq + Debug>(
    accepted: &[(T, &[u8])],
    refused: &[(T, &str)],
) -> Result<(), Broken> {
    encodes(accepted, refused)?;
    for (value, bytes) in accepted {
        quietly("laws", || laws([value.clone()]))?;
        let json = quietly("json", || to_json(value))?
            .map_err(|error| ("json: not shown".to_owned(), error.to_string()))?;
        match quietly("json", || from_json::<T>(&json))? {
            Ok(found) if found == *bytes => {}
            Ok(found) => {
                let text = format!(
                    "{json}\n  expected {}\n  found    {}",
                    bytes.escape_ascii(),
                    found.escape_ascii()
                );
                return Err(("json: other bytes".into(), text));
            }
            Err(error) => {
                return Err((
                    "json: refused".into(),
                    format!("{error}\n  {json}\n  {}", bytes.escape_ascii()),
                ));
            }
        }
        quietly("json", || changed::is_refused_or_kept::<T>(&json))??;
        drawn::<T>(bytes)?;
        #[expect(clippy::eq_op, reason = "a value that holds a NaN differs from itself")]
        damaged(bytes, |damaged| {
            dump::<T>(damaged)?;
            let Ok(value) = T::decode(damaged) else { return Ok(()) };
            let Some(again) = encoded_again(&value)? else { return Ok(()) };
            match T::decode(&again) {
                Ok(second) if second == value || value != value => Ok(()),
                other => Err(format!("{value:?}, then {other:?}")),
            }
        })?;
    }
    drawings::write::<T>(accepted.iter().map(|(_, bytes)| *bytes))
}

/// Changes the JSON of values.
mod changed {
    use std::collections::BTreeSet;
    use std::ops::Range;

    use super::{Broken, OwnedFrame, from_json, to_json};

    /// The maximum number of parts of one text that are changed, and of texts that are tried.
    const PARTS: usize = 40;
    const TEXTS: usize = 200;

    /// Checks that JSON with one other value in it is refused, or gives the bytes of a value that is
    /// shown as the same JSON.
    pub(super) fn is_refused_or_kept<T: OwnedFrame>(json: &str) -> Result<(), Broken> {
        // The JSON may contain these, but they are always computed.
        if ["calc(", "pad"].iter().any(|role| T::SCHEMA.to_string().contains(role)) {
            return Ok(());
        }
        let parts = parts(json);
        let some = parts.iter().step_by(parts.len() / PARTS + 1);
        let changes = some.clone().flat_map(|part| {
            let others = some.clone().map(|other| &json[other.clone()]);
            let names = names::<T>(&with(json, part, "\"?\""));
            let is_name = json[part.end..].starts_with(':');
            let values = if is_name { BTreeSet::new() } else { values(&json[part.clone()], others) };
            let values = values.into_iter().map(move |other| (part, other, false));
            values.chain(names.into_iter().map(move |name| (part, name, true)))
        });
        let changes: Vec<_> = changes.collect();
        for (part, other, is_variant) in changes.iter().step_by(changes.len() / TEXTS + 1) {
            let text = &with(json, part, other);
            let Ok(bytes) = from_json::<T>(text) else { continue };
            let value =
                T::decode(&bytes).map_err(|error| ("json: malformed".into(), format!("{error} {text}")))?;
            let shown =
                to_json(&value).map_err(|error| ("json: unshown".into(), format!("{error} {text}")))?;
            // The name alone stands for a variant in which everything is absent.
            let is_short = *is_variant && squeezed(&shown).contains(&format!("{{{other}:"));
            // A kept tag may be left out.
            let is_same = other == "null" && squeezed(&shown) == squeezed(json);
            if squeezed(&shown) != squeezed(text) && !is_short && !is_same {
                return Err((
                    "json: another value".into(),
                    format!("{text}\n  as {}\n  {shown}", bytes.escape_ascii()),
                ));
            }
        }
        Ok(())
    }

    /// Returns values to try in place of a value.
    fn values<'j>(text: &str, others: impl Iterator<Item = &'j str>) -> BTreeSet<String> {
        let open = &text[..text.len() - 1];
        let own = match kind(text) {
            Kind::Text => format!("{open} \""),
            Kind::Hex => format!("{open}00\""),
            _ => String::from("null"),
        };
        let fixed: &[&str] = match kind(text) {
            Kind::Whole => &["0", "1", "2", "15", "255", "65535", "-1", "null"],
            Kind::Text => &["\"\"", "\" \"", "\",\"", "\"\\u0000\"", "null"],
            Kind::Hex => &["\"0x\"", "\"0x00\"", "\"0xff\"", "null"],
            Kind::Word => &["true", "false", "null", "0", "1", "\"a\"", "[]", "{}"],
            Kind::Number => &[],
        };
        let others = others.filter(|other| kind(other) == kind(text) && kind(text) != Kind::Number);
        let all = others.chain(fixed.iter().copied()).map(String::from).chain([own]);
        all.filter(|other| other != text).collect()
    }

    fn with(json: &str, part: &Range<usize>, text: &str) -> String {
        format!("{}{text}{}", &json[..part.start], &json[part.end..])
    }

    /// Returns the names of variants that are expected where the JSON has an unknown one.
    fn names<T: OwnedFrame>(unknown: &str) -> Vec<String> {
        let Err(error) = from_json::<T>(unknown) else { return Vec::new() };
        let error = error.to_string();
        let Some((_, names)) = error.split_once("unknown variant `?`, expected ") else { return Vec::new() };
        names.split('`').skip(1).step_by(2).map(|name| format!("\"{name}\"")).collect()
    }

    #[derive(PartialEq)]
    enum Kind {
        Whole,
        Text,
        Hex,
        Word,
        /// A float, which may be rounded, or a number in a text, which may be a number as well.
        Number,
    }

    fn kind(text: &str) -> Kind {
        match text.as_bytes() {
            [b'"', b'0', b'x', ..] => Kind::Hex,
            [b'"', digits @ .., b'"'] if !digits.is_empty() && is_whole(digits) => Kind::Number,
            [b'"', ..] => Kind::Text,
            [b'n' | b't' | b'f', ..] => Kind::Word,
            all if is_whole(all) => Kind::Whole,
            _ => Kind::Number,
        }
    }

    fn is_whole(text: &[u8]) -> bool {
        text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-')
    }

    /// Returns the places of all names and values without parts.
    fn parts(json: &str) -> Vec<Range<usize>> {
        let (mut parts, mut at) = (Vec::new(), 0);
        while let Some(byte) = json.as_bytes().get(at) {
            let rest = &json.as_bytes()[at..];
            let len = match byte {
                b'"' => text_len(rest),
                b'[' | b']' | b'{' | b'}' | b',' | b':' | b' ' | b'\n' => {
                    at += 1;
                    continue;
                }
                _ => rest.iter().position(|byte| b",]} \n".contains(byte)).unwrap_or(rest.len()),
            };
            parts.push(at..at + len);
            at += len;
        }
        parts
    }

    fn text_len(text: &[u8]) -> usize {
        let mut escaped = false;
        for (at, byte) in text.iter().enumerate().skip(1) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => return at + 1,
                _ => {}
            }
        }
        text.len()
    }

    fn squeezed(json: &str) -> String {
        let mut all = String::new();
        let mut end = 0;
        for part in parts(json) {
            all.extend(json[end..part.start].chars().filter(|each| !each.is_whitespace()));
            // `0` is accepted for a float.
            let text = &json[part.clone()];
            all.push_str(if kind(text) == Kind::Number { text.trim_end_matches(".0") } else { text });
            end = part.end;
        }
        all.extend(json[end..].chars().filter(|each| !each.is_whitespace()));
        all
    }
}

/// Checks that a dump finds the same fields by the schema alone as by the encoder.
fn dump<T: OwnedFrame>(bytes: &[u8]) -> Result<(), String> {
    let _ = framewright::view::dump_bytes::<T>(bytes).to_string();
    framewright::testing::dissects::<T>(bytes).map(drop)
}

fn drawn<T: OwnedFrame>(bytes: &[u8]) -> Result<(), Broken> {
    let checked = quietly("dump", || dump::<T>(bytes))?;
    checked.map_err(|found| ("dump: other fields".to_owned(), format!("{} {found}", bytes.escape_ascii())))
}

/// Writes the drawings of declarations, and the fields that other programs must find in their
/// values.
mod drawings {
    use std::fmt::Write as _;
    use std::ops::Range;
    use std::path::Path;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use framewright::prelude::*;

    use super::Broken;

    /// The number of types that have been written.
    static WRITTEN: AtomicUsize = AtomicUsize::new(0);

    /// The port in the generated dissectors.
    const PORT: u16 = 8888;

    /// The number of values of a type that are written.
    const VALUES: usize = 12;

    /// The number of damaged copies that are written for each value.
    const DAMAGED: usize = 4;

    /// Writes the drawings of a type, and the fields of some values, into the folder that
    /// `FRAMEWRIGHT_DRAWINGS` names.
    pub(super) fn write<'a, T: OwnedFrame>(values: impl Iterator<Item = &'a [u8]>) -> Result<(), Broken> {
        let Some(folder) = std::env::var_os("FRAMEWRIGHT_DRAWINGS") else { return Ok(()) };
        let mut rows = String::new();
        for bytes in values.filter(|bytes| fits_a_datagram(bytes)).take(VALUES) {
            line(&mut rows, bytes, framewright::testing::rows::<T>(bytes).unwrap_or_default(), "");
            let mut left = DAMAGED;
            super::damaged(bytes, |damaged| {
                if left > 0 && fits_a_datagram(damaged) {
                    left -= 1;
                    write_damaged::<T>(&mut rows, damaged);
                }
                Ok(())
            })?;
        }
        let path = Path::new(&folder).join(format!("{:05}", WRITTEN.fetch_add(1, Ordering::Relaxed)));
        let write = |extension: &str, text: String| {
            std::fs::write(path.with_extension(extension), text)
                .map_err(|error| ("drawings: not written".to_owned(), error.to_string()))
        };
        write("lua", T::SCHEMA.wireshark(PORT).to_string())?;
        write("ksy", T::SCHEMA.kaitai().to_string())?;
        write("rows", rows)
    }

    fn fits_a_datagram(bytes: &[u8]) -> bool {
        !bytes.is_empty() && bytes.len() < 60_000
    }

    /// Writes damaged bytes and their fields. Bytes that decode to a value with another encoding
    /// are left out.
    fn write_damaged<T: OwnedFrame>(rows: &mut String, bytes: &[u8]) {
        if let Some(found) = framewright::testing::rows_before_fault::<T>(bytes) {
            line(rows, bytes, found, "!");
        } else if let Some(found) = framewright::testing::rows::<T>(bytes) {
            line(rows, bytes, found, "");
        }
    }

    /// Appends a line with a mark for malformed bytes, the bytes, and the fields.
    fn line(rows: &mut String, bytes: &[u8], fields: Vec<(String, Range<usize>)>, mark: &str) {
        rows.push_str(mark);
        for byte in bytes {
            let _ = write!(rows, "{byte:02x}");
        }
        for (path, range) in fields {
            let _ = write!(rows, "\t{path} {} {}", range.start, range.end);
        }
        rows.push('\n');
    }
}

/// Like `owned`, for a declaration that borrows.
#[macro_export]
macro_rules! borrowed {
    ($type:ident, $accepted:expr, $refused:expr) => {{
        $crate::harness::encodes(&$accepted, &$refused)?;
        for (value, bytes) in &$accepted {
            let decoded = $crate::harness::quietly("decode", || format!("{:?}", $type::decode(bytes)))?;
            let expected = format!("Ok({value:?})");
            if decoded != expected {
                return Err(("borrowed: decode".to_owned(), format!("{decoded}\n  expected {expected}")));
            }
            if value.encoded_len() != bytes.len() {
                return Err(("borrowed: encoded_len".to_owned(), format!("{value:?}")));
            }
            for cut in 0..bytes.len() {
                let cut = &bytes[..cut];
                let whole = $crate::harness::quietly("cut", || $type::decode(cut).is_ok())?;
                let may_end = $crate::harness::ends_early($type::SCHEMA, <$type<'_> as Layout>::OPEN);
                if whole && !may_end {
                    return Err(("borrowed: cut".to_owned(), format!("{}", cut.escape_ascii())));
                }
            }
            $crate::harness::damaged(bytes, |damaged| {
                let Ok(value) = $type::decode(damaged) else { return Ok(()) };
                let Some(again) = $crate::harness::encoded_again(&value)? else { return Ok(()) };
                match $type::decode(&again) {
                    Ok(second) if second == value || value != value => Ok(()),
                    other => Err(format!("{value:?}, then {other:?}")),
                }
            })?;
        }
        Ok(())
    }};
}

/// Encodes what damaged bytes decoded to. Returns `None` if the encoder may refuse it.
pub fn encoded_again<T: Encode + Debug>(value: &T) -> Result<Option<Vec<u8>>, String> {
    match value.to_vec() {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if may_be_refused(T::SCHEMA, &error) => Ok(None),
        Err(error) => Err(format!("{error} for {value:?}")),
    }
}

/// Calls `check` with copies of the bytes that are damaged in several places at once.
pub fn damaged(bytes: &[u8], mut check: impl FnMut(&[u8]) -> Result<(), String>) -> Result<(), Broken> {
    let mut state = 0x9e37_79b9u32;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        usize::try_from(state).unwrap_or(0) % below.max(1)
    };
    for _ in 0..60 {
        let mut damaged = bytes.to_vec();
        for _ in 0..=next(3) {
            let at = next(damaged.len());
            let byte = [0, 1, 2, 0x7f, 0x80, 0xff, b'a', b'\n'][next(8)];
            match next(4) {
                0 => damaged.truncate(at),
                1 => damaged.insert(at.min(damaged.len()), byte),
                2 if at < damaged.len() => drop(damaged.remove(at)),
                _ if at < damaged.len() => damaged[at] = byte,
                _ => damaged.push(byte),
            }
        }
        let checked = quietly("damaged", || check(&damaged))?;
        checked.map_err(|found| {
            (
                "damaged: accepted and not the same again".to_owned(),
                format!("{} gave {found}", damaged.escape_ascii()),
            )
        })?;
    }
    Ok(())
}

/// Prints the result of one declaration.
pub fn report(name: &str, run: impl FnOnce() -> Result<(), Broken>) {
    println!("@ {name}");
    match quietly("harness", run).and_then(|result| result) {
        Ok(()) => println!("= {name}"),
        Err((kind, found)) => println!("! {name} {kind} | {}", found.replace('\n', "\u{b6}")),
    }
}
