//! The lines of a dump.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use crate::schema::known::{Says, chosen as chosen_variant};
use crate::schema::recorded::Row;
use crate::schema::value::{Value, unsigned};
use crate::schema::{Bits, Extent, Part, Role, Type};

/// Number of bytes in a line.
const LINE: usize = 8;

/// Maximum number of lines of a field. A longer field is shortened to `LINES_OF_LONG`.
const LINES: usize = 8;
const LINES_OF_LONG: usize = 4;

/// The columns of a line. Only the first line of a field has its name.
#[derive(Clone, Default)]
pub(super) struct Line {
    pub(super) offset: Option<usize>,
    pub(super) hex: String,
    pub(super) field: String,
    pub(super) ty: String,
    pub(super) value: String,
    /// Message below the line, and the index of the byte in the line that it marks.
    pub(super) fault: Option<(usize, String)>,
}

/// Returns the lines of all rows, and of bytes without a row.
pub(super) fn lines(bytes: &[u8], rows: &[Row]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut end = 0;
    let mut run = None;
    for row in rows {
        if end < row.range.start {
            hex(&mut lines, bytes, end..row.range.start, Line::default());
        }
        end = end.max(row.range.end);
        let (ty, value) = describe(row, bytes.get(row.range.clone()).unwrap_or_default());
        let field = format!("{:indent$}{}", "", row.path, indent = 2 * row.depth);
        let line = Line { field, ty, value, ..Line::default() };
        // The bytes of a run of bit fields are shown only with its first field.
        let bits = matches!(row.field.ty, Type::Bits(_)).then(|| row.range.clone());
        if bits.is_some() && bits == run {
            lines.push(line);
        } else {
            hex(&mut lines, bytes, row.range.clone(), line);
        }
        run = bits;
    }
    if end < bytes.len() {
        hex(&mut lines, bytes, end..bytes.len(), Line::default());
    }
    lines
}

/// Adds a message about the byte at `offset`, below the last line that begins at or before that
/// byte.
pub(super) fn mark(lines: &mut Vec<Line>, offset: usize, message: String) {
    let begins = |line: &Line| line.offset.is_some_and(|start| start <= offset);
    match lines.iter_mut().rfind(|line| begins(line)) {
        Some(line) => {
            let shown = line.hex.len().div_ceil(3);
            let column = line.offset.map_or(0, |start| offset - start);
            line.fault = Some((column.min(shown), message));
        }
        None => lines.push(Line { offset: Some(offset), fault: Some((0, message)), ..Line::default() }),
    }
}

/// Adds the bytes at `range` in as many lines as they need. The first line is `line`.
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

/// Returns the wire type and the value of a row.
pub(super) fn describe(row: &Row, bytes: &[u8]) -> (String, String) {
    let sized = || match bytes.len() {
        1 => String::from("1 byte"),
        len => format!("{len} bytes"),
    };
    let ty = match (row.part, row.field.extent) {
        (Part::Len, Extent::LenPrefixed(prefix)) | (Part::Count, Extent::CountPrefixed(prefix)) => prefix.ty,
        (Part::Value, _) => row.field.ty,
        _ => return (sized(), Value::Bytes(bytes).to_string()),
    };
    let value = Value::of(&ty, bytes).counted(&ty, row.items);
    let ty = match ty {
        Type::Bytes | Type::Text | Type::Custom => sized(),
        _ => ty.to_string(),
    };
    match row.part {
        // A frame without bytes has no value to be shown.
        Part::Value if bytes.is_empty() && matches!(row.field.ty, Type::Frame(_)) => (ty, String::new()),
        Part::Value => match row.field.ty {
            Type::Bits(bits) => (ty, format!("{} = {}", pattern(&bits, bytes), explain(row, &value))),
            _ => (ty, explain(row, &value)),
        },
        _ => (ty, value.to_string()),
    }
}

/// Formats a value and its role, in the words of the declaration: `2 = count_of(items)`.
fn explain(row: &Row, value: &Value<'_>) -> String {
    // An integer in hex has two digits for each byte. Other numbers have no leading zeros.
    let bytes = if let Type::Int { bytes, .. } = row.field.ty { bytes } else { 0 };
    match row.field.role {
        Role::LenOf(covers, _) => format!("{value} = len_of({covers})"),
        Role::CountOf(list, _) => format!("{value} = count_of({})", list.name),
        Role::OffsetOf(of, _) => format!("{value} = offset_of({})", of.name),
        Role::PresenceOf(of, ..) => format!("{value} = presence_of({})", of.name),
        Role::Value if row.field.none.is_some_and(|none| none.is(value)) => format!("{value} = absent"),
        Role::Value | Role::TagOf(_) => {
            let tag = Says::tag(value);
            let chosen = row.frame.enum_chosen_by(row.field).zip(tag);
            match chosen.and_then(|(schema, tag)| chosen_variant(schema, &tag)) {
                Some(variant) => format!("{value} = {}", variant.name),
                None => value.to_string(),
            }
        }
        Role::Checksum(algorithm, over) => {
            format!("{} = checksum({algorithm} over {over})", value.in_hex(bytes))
        }
        Role::Magic(_) if matches!(row.field.ty, Type::Bits(_)) => value.to_string(),
        Role::Magic(_) => value.in_hex(bytes),
        Role::Pad => String::from("padding"),
        Role::Calc(expression) => format!("{value} = {expression}"),
    }
}

/// Returns the bits of a field, highest first, with dots for the other bits of its run.
fn pattern(bits: &Bits, run: &[u8]) -> String {
    let Some(number) = unsigned(run, bits.order) else { return format!("{} bits", bits.width) };
    let own = bits.shift..bits.shift.saturating_add(bits.width);
    let mut pattern = String::new();
    for bit in (0..u32::try_from(run.len() * 8).unwrap_or(0)).rev() {
        let digit = if number >> bit & 1 == 1 { '1' } else { '0' };
        pattern.push(if own.contains(&bit) { digit } else { '.' });
        if bit % 4 == 0 && bit > 0 {
            pattern.push(' ');
        }
    }
    pattern
}
