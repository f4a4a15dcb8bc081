//! The annotated hex dump, which shows the bytes of each field and its value.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use super::lines::{Line, lines, mark};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError};
use crate::frame::{Decode, Encode};
use crate::schema::Schema;
use crate::schema::dissect::dissect;
use crate::schema::recorded::record;

/// Minimum width of the columns of names and types.
const COLUMN: usize = 8;

/// The bytes of a value, field by field, with offset, hex, field, wire type and value.
///
/// [`Encode::dump`] makes a dump from a value, and [`dump_bytes`] from bytes. The dump of a value
/// that cannot be encoded shows the error. Long bodies are shortened, with a count of the bytes
/// that are left out.
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
    colored: bool,
}

#[derive(Clone)]
struct Lines {
    len: usize,
    lines: Vec<Line>,
    malformed: bool,
}

/// Returns the dump of bytes. If the bytes are malformed, all fields before the error are shown and
/// the error is marked.
///
/// ```
/// use framewright::prelude::*;
/// use framewright::view::dump_bytes;
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct Reading { sensor: u16, on: bool }
///
/// assert_eq!(dump_bytes::<Reading>(&[0, 7, 2]).to_string(), "\
/// Reading, 3 bytes, malformed
/// 0000  00 07  sensor    u16 be    7
/// 0002  02     on        bool      0x02
///       ^^ Reading.on at byte 2: expected 0 or 1, found 2");
/// ```
#[must_use]
pub fn dump_bytes<T: Encode + for<'a> Decode<'a>>(bytes: &[u8]) -> Dump {
    let rows = match T::decode(bytes) {
        Ok(value) => match record(&value) {
            // Decoding ignores some bytes, such as padding. The dump shows them as they were, in
            // the rows of the value that was encoded again.
            Ok((again, root)) if again.len() == bytes.len() => root.rows(T::SCHEMA),
            _ => dissect(T::SCHEMA, bytes).rows(T::SCHEMA),
        },
        Err(error) => return dump_fault(T::SCHEMA, bytes, bytes.len(), &error),
    };
    let lines = Ok(Lines { len: bytes.len(), lines: lines(bytes, &rows), malformed: false });
    Dump { name: T::SCHEMA.name, lines, colored: false }
}

/// Returns the dump of bytes of a frame with this schema.
#[cfg(feature = "cli")]
pub(crate) fn dump_schema(schema: &'static Schema, bytes: &[u8]) -> Dump {
    let lines = lines(bytes, &dissect(schema, bytes).rows(schema));
    Dump { name: schema.name, lines: Ok(Lines { len: bytes.len(), lines, malformed: false }), colored: false }
}

/// Returns the dump of `len` malformed bytes, with the error marked. `bytes` also contains the
/// bytes after them, because the parser saw those too.
pub(crate) fn dump_fault(schema: &'static Schema, bytes: &[u8], len: usize, error: &DecodeError) -> Dump {
    let mut rows = dissect(schema, bytes).rows(schema);
    // A missing delimiter is an error of the whole value, not of its first byte.
    if !matches!(error.kind(), DecodeErrorKind::Delimiter { .. }) {
        rows.retain(|row| row.range.start <= error.offset());
    }
    let mut lines = lines(bytes, &rows);
    mark(&mut lines, error.offset(), error.to_string());
    Dump { name: schema.name, lines: Ok(Lines { len, lines, malformed: true }), colored: false }
}

impl Dump {
    /// Returns the dump of `value`.
    #[must_use]
    pub fn of<T: Encode + ?Sized>(value: &T) -> Self {
        let lines = record(value).map(|(bytes, root)| Lines {
            len: bytes.len(),
            lines: lines(&bytes, &root.rows(T::SCHEMA)),
            malformed: false,
        });
        Self { name: T::SCHEMA.name, lines, colored: false }
    }

    /// Sets whether the dump has terminal colours. They are off by default.
    #[must_use]
    pub fn colored(mut self, on: bool) -> Self {
        self.colored = on;
        self
    }

    /// Prints the dump and a line break to standard output. The dump has colours if the output is a
    /// terminal and `NO_COLOR` is not set. A closed pipe, as with `| head`, is not an error.
    #[cfg(feature = "std")]
    pub fn print(&self) {
        use std::io::{IsTerminal as _, Write as _};
        let mut out = std::io::stdout();
        let color = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let _ = std::writeln!(out, "{}", self.clone().colored(color));
    }

    /// Returns `text` in a colour, if colours are on.
    fn paint(&self, color: Color, text: &str) -> alloc::string::String {
        match color {
            _ if !self.colored || text.trim().is_empty() => text.to_string(),
            Color::Faint => format!("\x1b[2m{text}\x1b[0m"),
            Color::Field => format!("\x1b[36m{text}\x1b[0m"),
            Color::Value => format!("\x1b[32m{text}\x1b[0m"),
            Color::Fault => format!("\x1b[31m{text}\x1b[0m"),
        }
    }
}

#[derive(Clone, Copy)]
enum Color {
    Faint,
    Field,
    Value,
    Fault,
}

impl fmt::Display for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Lines { len, lines, malformed } = match &self.lines {
            Ok(lines) => lines,
            Err(error) => return write!(f, "{} does not encode: {error}", self.name),
        };
        write!(f, "{}, {len} byte{}", self.name, if *len == 1 { "" } else { "s" })?;
        f.write_str(if *malformed { ", malformed" } else { "" })?;
        let widest = |column: fn(&Line) -> &str, least| {
            lines.iter().map(|line| column(line).chars().count()).fold(least, usize::max)
        };
        let offset = format!("{len:04x}").len();
        let hex = widest(|line| &line.hex, 0);
        let field = widest(|line| &line.field, COLUMN);
        let ty = widest(|line| &line.ty, COLUMN);
        for line in lines {
            let at = line.offset.map(|at| format!("{at:0offset$x}")).unwrap_or_default();
            // Trailing blanks are not written.
            let columns = [
                (Color::Faint, format!("{at:offset$}")),
                (Color::Value, format!("{:hex$}", line.hex)),
                (Color::Field, format!("{:field$}", line.field)),
                (Color::Faint, format!("{:ty$}", line.ty)),
                (Color::Value, line.value.clone()),
            ];
            let last = columns.iter().rposition(|(_, text)| !text.trim().is_empty()).unwrap_or(0);
            for (index, (color, text)) in columns.iter().take(last + 1).enumerate() {
                let text = if index == last { text.trim_end() } else { text };
                write!(f, "{}{}", if index == 0 { "\n" } else { "  " }, self.paint(*color, text))?;
            }
            if let Some((column, message)) = &line.fault {
                let message = self.paint(Color::Fault, &format!("^^ {message}"));
                write!(f, "\n{:indent$}{message}", "", indent = offset + 2 + column * 3)?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
