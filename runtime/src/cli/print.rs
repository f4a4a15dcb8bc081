//! Printing records of traffic as dumps or as lines of JSON.

use std::fmt;
use std::format;
use std::io::{self, Write};
use std::string::{String, ToString as _};

use super::filter::Filter;
use super::traffic::{Direction, Record, What};
use crate::notation::Json;

/// The style of printed records.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) json: bool,
    pub(super) colored: bool,
    /// Whether records are printed with their time and addresses.
    pub(super) headed: bool,
}

/// A printer of records. It counts the malformed records.
pub(super) struct Printer<'o, W> {
    out: &'o mut W,
    style: Style,
    printed: u64,
    faults: u64,
}

impl<'o, W: Write> Printer<'o, W> {
    pub(super) fn new(out: &'o mut W, style: Style) -> Self {
        Self { out, style, printed: 0, faults: 0 }
    }

    /// Returns a text with the numbers of records printed so far.
    #[cfg(feature = "net")]
    pub(super) fn summary(&self) -> String {
        format!("{} records, {} of them malformed or incomplete", self.printed, self.faults)
    }

    /// Prints a record if all filters accept it.
    pub(super) fn print_of(&mut self, only: &[Filter], record: &Record) -> io::Result<()> {
        if Filter::all_pass(only, record) { self.print(record) } else { Ok(()) }
    }

    /// Prints a record and flushes the output.
    pub(super) fn print(&mut self, record: &Record) -> io::Result<()> {
        self.faults += u64::from(matches!(record.what, What::Malformed(_) | What::Missing(_)));
        self.printed += 1;
        match (self.style.json, self.style.headed) {
            (true, true) => {
                writeln!(self.out, "{}", line(record))?;
                return self.out.flush();
            }
            // Only values are printed here. Errors are reported after all output.
            (true, false) => {
                if let Some(json) = record.json() {
                    writeln!(self.out, "{json}")?;
                }
                return self.out.flush();
            }
            (false, _) => {}
        }
        if self.printed > 1 {
            writeln!(self.out)?;
        }
        if self.style.headed {
            let header = Header(record).to_string();
            let color = match record.direction {
                Direction::ToServer => "\x1b[1;34m",
                Direction::FromServer => "\x1b[1;35m",
                Direction::Unknown => "\x1b[1m",
            };
            match self.style.colored {
                true => writeln!(self.out, "{color}{header}\x1b[0m")?,
                false => writeln!(self.out, "{header}")?,
            }
        }
        match record.dump() {
            Some(dump) => writeln!(self.out, "{}", dump.colored(self.style.colored))?,
            None => {
                let fault = record.fault().unwrap_or_default();
                match self.style.colored {
                    true => writeln!(self.out, "\x1b[31m{fault}\x1b[0m")?,
                    false => writeln!(self.out, "{fault}")?,
                }
            }
        }
        self.out.flush()
    }
}

/// Displays the header of a record: time, addresses, and offset in the stream.
struct Header<'r>(&'r Record);

impl fmt::Display for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(record) = self;
        if let Some(time) = record.time {
            write!(f, "{time}  ")?;
        }
        let (client, server) = (&record.connection.client, &record.connection.server);
        match record.direction {
            Direction::ToServer => write!(f, "{client} -> {server}")?,
            Direction::FromServer => write!(f, "{client} <- {server}")?,
            Direction::Unknown => {}
        }
        write!(f, "  connection {}, byte {}", record.connection.id, record.offset)
    }
}

/// Returns the record as one line of JSON.
pub(super) fn line(record: &Record) -> String {
    let mut members = String::new();
    let mut add = |name: &str, value: &str| {
        let apart = if members.is_empty() { "" } else { ", " };
        members.push_str(&format!("{apart}\"{name}\": {value}"));
    };
    let text = |text: &str| Json::text(text).to_string();
    if let Some(time) = record.time {
        add("time", &text(&format!("{time:#}")));
    }
    let (client, server) = (&record.connection.client, &record.connection.server);
    match record.direction {
        Direction::ToServer => [("from", client), ("to", server)],
        Direction::FromServer | Direction::Unknown => [("from", server), ("to", client)],
    }
    .iter()
    .for_each(|(name, address)| add(name, &text(address)));
    add("connection", &record.connection.id.to_string());
    add("offset", &record.offset.to_string());
    add("type", &text(&record.kind.name));
    match record.json() {
        Some(json) => add("frame", &one_line(&json)),
        None => {
            let name = if matches!(record.what, What::Missing(_)) { "missing" } else { "malformed" };
            add(name, &text(&record.fault().unwrap_or_default()));
            let hex: String = record.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            add("bytes", &text(&format!("0x{hex}")));
        }
    }
    format!("{{{members}}}")
}

/// Returns JSON without line breaks. Line breaks in strings are escaped already.
pub(super) fn one_line(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    for part in json.lines().map(str::trim_start) {
        line.push_str(if line.ends_with(',') { " " } else { "" });
        line.push_str(part);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn json_fits_on_one_line() {
        assert_eq!(one_line("{\n  \"a\": [\n    1,\n    \"b, c\"\n  ]\n}"), r#"{"a": [1, "b, c"]}"#);
        assert_eq!(one_line(r#"{"a": 1}"#), r#"{"a": 1}"#);
    }
}
