//! The annotated hex dump: which bytes are which field, and what they say.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::recorder::{Recorder, Row};
use super::tag;
use super::value::Value;
use crate::error::EncodeError;
use crate::frame::Encode;
use crate::schema::{Extent, Part, Role, Type};

/// How many bytes stand on a line.
const LINE: usize = 8;

/// How many lines a field may take before it is cut, and how many are left of
/// it then.
const LINES: usize = 8;
const LINES_OF_LONG: usize = 4;

/// The least width of the columns of names and types.
const COLUMN: usize = 8;

/// The bytes of a value, field by field: offset, hex, field, wire type, value.
///
/// Made by [`Encode::dump`]. A value that does not encode gives the reason
/// instead. Long bodies are cut, with a count of what is left out.
///
/// ```
/// use framewright::prelude::*;
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct Reading { sensor: u16, on: bool }
///
/// let dump = Reading { sensor: 7, on: true }.dump();
/// assert_eq!(dump.to_string(), "\
/// Reading, 3 bytes
/// 0000  00 07  sensor    u16 be    7
/// 0002  01     on        bool      true");
/// ```
#[derive(Clone)]
pub struct Dump {
    name: &'static str,
    lines: Result<Lines, EncodeError>,
}

#[derive(Clone)]
struct Lines {
    len: usize,
    lines: Vec<Line>,
}

/// What stands in each column; only the first line of a field names it.
#[derive(Clone, Default)]
struct Line {
    offset: Option<usize>,
    hex: String,
    field: String,
    ty: String,
    value: String,
}

/// The bytes of a value, and which field wrote which.
pub(crate) fn record<T: Encode + ?Sized>(value: &T) -> Result<(Vec<u8>, Vec<Row>), EncodeError> {
    let mut recorder = Recorder::new(T::SCHEMA);
    value.encode(&mut recorder)?;
    Ok(recorder.finish())
}

impl Dump {
    /// The dump of `value`.
    #[must_use]
    pub fn of<T: Encode + ?Sized>(value: &T) -> Self {
        let lines =
            record(value).map(|(bytes, rows)| Lines { len: bytes.len(), lines: lines(&bytes, &rows) });
        Self { name: T::SCHEMA.name, lines }
    }
}

/// The lines of all rows, and of the bytes that no row speaks of.
fn lines(bytes: &[u8], rows: &[Row]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut end = 0;
    let mut bits = Bits::default();
    for row in rows {
        if end < row.range.start {
            hex(&mut lines, bytes, end..row.range.start, Line::default());
        }
        end = end.max(row.range.end);
        let part = bytes.get(row.range.clone()).unwrap_or_default();
        let field = format!("{:indent$}{}", "", row.path, indent = 2 * row.depth);
        match row.field.ty {
            Type::Bits(width) if row.part == Part::Value => {
                let width = usize::try_from(width).unwrap_or(0);
                let first = bits.add(row, width);
                let value = bits.show(width, part);
                let line = Line { field, ty: row.field.ty.to_string(), value, ..Line::default() };
                if first { hex(&mut lines, bytes, row.range.clone(), line) } else { lines.push(line) }
            }
            _ => {
                let (ty, value) = describe(row, part);
                hex(&mut lines, bytes, row.range.clone(), Line { field, ty, value, ..Line::default() });
            }
        }
    }
    if end < bytes.len() {
        hex(&mut lines, bytes, end..bytes.len(), Line::default());
    }
    lines
}

/// Adds the bytes at `range`: as many lines as they need, the first of which is `line`.
fn hex(lines: &mut Vec<Line>, bytes: &[u8], range: Range<usize>, line: Line) {
    let bytes = bytes.get(range.clone()).unwrap_or_default();
    let shown = if bytes.len() > LINES * LINE { LINES_OF_LONG * LINE } else { bytes.len() };
    let (shown, cut) = bytes.split_at_checked(shown).unwrap_or((bytes, &[]));
    let mut first = Some(line);
    let mut offset = range.start;
    for chunk in shown.chunks(LINE) {
        let hex = chunk.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
        lines.push(Line { offset: Some(offset), hex, ..first.take().unwrap_or_default() });
        offset += chunk.len();
    }
    if let Some(line) = first {
        lines.push(Line { offset: Some(offset), ..line });
    }
    if !cut.is_empty() {
        let hex = format!("... {} more bytes", cut.len());
        lines.push(Line { offset: Some(offset), hex, ..Line::default() });
    }
}

/// The wire type and the value of a row.
fn describe(row: &Row, bytes: &[u8]) -> (String, String) {
    let sized = || match bytes.len() {
        1 => String::from("1 byte"),
        len => format!("{len} bytes"),
    };
    let ty = match (row.part, row.field.extent) {
        (Part::Len, Extent::LenPrefixed(prefix)) | (Part::Count, Extent::CountPrefixed(prefix)) => prefix.ty,
        (Part::Value, _) => row.field.ty,
        _ => return (sized(), Value::Bytes(bytes).to_string()),
    };
    let value = Value::of(&ty, bytes);
    let ty = match ty {
        Type::Bytes | Type::Text | Type::Custom => sized(),
        _ => ty.to_string(),
    };
    match row.part {
        Part::Value => (ty, explain(row, &value)),
        _ => (ty, value.to_string()),
    }
}

/// A value with what it was computed from, in the words of the declaration.
fn explain(row: &Row, value: &Value<'_>) -> String {
    match row.field.role {
        Role::Value => value.to_string(),
        Role::LenOf(fields) => format!("{value} = len_of({fields})"),
        Role::CountOf(field) => format!("{value} = count_of({field})"),
        Role::PresenceOf(field) => format!("{value} = presence_of({field})"),
        Role::TagOf(_) => {
            let chosen = tag::chosen_by(row.field, row.frame).zip(value.number());
            match chosen.and_then(|(schema, number)| tag::variant(&schema, number)) {
                Some(variant) => format!("{value} = {}", variant.name),
                None => value.to_string(),
            }
        }
        Role::Checksum(of) => format!("{} = checksum({of})", value.in_hex()),
        Role::Magic(_) => format!("{} = magic", value.in_hex()),
        Role::Pad => String::from("padding"),
        Role::Calc(expression) => format!("{value} = {expression}"),
    }
}

/// Where in its run a bit field stands: behind those that were marked before it.
#[derive(Default)]
struct Bits {
    run: Range<usize>,
    used: usize,
}

impl Bits {
    /// Counts a field of `width` bits in, and says whether it is the first of its run.
    fn add(&mut self, row: &Row, width: usize) -> bool {
        let first = self.run != row.range || self.used + width > self.run.len() * 8;
        if first {
            *self = Self { run: row.range.clone(), used: 0 };
        }
        self.used += width;
        first
    }

    /// The last field counted in, as Wireshark does it: its own bits among dots, and their value.
    fn show(&self, width: usize, run: &[u8]) -> String {
        let digits: String = run.iter().map(|byte| format!("{byte:08b}")).collect();
        let own = self.used.saturating_sub(width)..self.used;
        let mut shown = String::new();
        let mut number = 0u128;
        for (at, digit) in digits.chars().enumerate() {
            if at % 4 == 0 && at > 0 {
                shown.push(' ');
            }
            if own.contains(&at) {
                number = number << 1 | u128::from(digit == '1');
            }
            shown.push(if own.contains(&at) { digit } else { '.' });
        }
        format!("{shown} = {number}")
    }
}

impl fmt::Display for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Lines { len, lines } = match &self.lines {
            Ok(lines) => lines,
            Err(error) => return write!(f, "{} does not encode: {error}", self.name),
        };
        write!(f, "{}, {len} byte{}", self.name, if *len == 1 { "" } else { "s" })?;
        let widest = |column: fn(&Line) -> &str, least| {
            lines.iter().map(|line| column(line).chars().count()).fold(least, usize::max)
        };
        let offset = format!("{len:04x}").len();
        let hex = widest(|line| &line.hex, 0);
        let field = widest(|line| &line.field, COLUMN);
        let ty = widest(|line| &line.ty, COLUMN);
        for line in lines {
            let at = line.offset.map(|at| format!("{at:0offset$x}")).unwrap_or_default();
            let text = format!(
                "{at:offset$}  {:hex$}  {:field$}  {:ty$}  {}",
                line.hex, line.field, line.ty, line.value
            );
            write!(f, "\n{}", text.trim_end())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
