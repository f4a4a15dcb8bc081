//! The input of commands: hex, a file, standard input, or a capture.

mod hex;
mod text;

use std::boxed::Box;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write as _};
use std::string::String;
use std::sync::Arc;
use std::vec::Vec;
use std::{format, mem};

use bytes::{Bytes, BytesMut};

use self::hex::{Lines, Refused, short};
pub(super) use self::text::text;
use super::capture::{Capture, is_capture};
use super::traffic::{Connection, Direction, Event, Happened};
use crate::error::{Error, Result};

/// The size of a read.
const READ: usize = 64 * 1024;

/// The maximum length of a line of hex.
const MOST_LINE: usize = 16 * 1024 * 1024;

/// The input of a command as a sequence of events.
pub(super) struct Input {
    source: Source,
    connection: Arc<Connection>,
}

enum Source {
    /// Bytes in memory.
    Here(Bytes),
    /// Raw bytes from a reader.
    Raw(BytesMut, Box<dyn Read + Send>),
    /// Lines of hex from a reader.
    Lines {
        line: BytesMut,
        number: u64,
        lines: Lines,
        reader: Box<dyn Read + Send>,
        is_over: bool,
    },
    Capture(Box<Capture<Box<dyn Read + Send>>>),
}

/// Opens the input that the arguments contain or name.
pub(super) fn open(words: &[String], raw: bool, port: Option<u16>) -> Result<Input> {
    let text = words.join(" ");
    let source = match words {
        [] => standard_input(raw, port)?,
        [name] if name == "-" => standard_input(raw, port)?,
        _ => match (hex::bytes(&text), raw) {
            (Ok(bytes), false) => Source::Here(bytes.into()),
            (refused, _) => match (File::open(&text), refused, words) {
                // A name with spaces is a single argument, so several arguments can only be hex.
                (Ok(file), _, [_]) => file_of(file, raw, port)?,
                (_, Err(Refused::Hint(hint)), _) if !raw => {
                    return Err(Error::other(format!("`{}`: {hint}", short(&text))));
                }
                (opened, _, _) => {
                    let error = opened.err().unwrap_or_else(|| io::ErrorKind::NotFound.into());
                    return Err(Error::other(format!(
                        "`{text}` is neither hex nor a file that can be read: {error}"
                    )));
                }
            },
        },
    };
    Ok(Input { source, connection: Arc::default() })
}

/// Creates an input from the content of an uploaded file.
#[cfg(feature = "explorer")]
pub(super) fn dropped(content: Vec<u8>, port: Option<u16>) -> Result<Input> {
    let source = recognized(Box::new(io::Cursor::new(content)), false, port, true)?;
    Ok(Input { source, connection: Arc::default() })
}

/// Creates an input from pasted hex.
#[cfg(feature = "explorer")]
pub(super) fn pasted(text: &str) -> Result<Input> {
    match hex::bytes(text) {
        Ok(bytes) => Ok(Input { source: Source::Here(bytes.into()), connection: Arc::default() }),
        Err(Refused::Hint(hint)) => Err(Error::other(hint)),
        Err(Refused::NotHex) => Err(Error::other(format!("`{}` is not hex", short(text.trim())))),
    }
}

fn standard_input(raw: bool, port: Option<u16>) -> Result<Source> {
    if io::stdin().is_terminal() {
        // If standard error is closed, the note is lost.
        let _ = writeln!(io::stderr(), "waiting for hex from the terminal; Ctrl-D ends it");
    }
    recognized(Box::new(io::stdin()), raw, port, false)
}

fn file_of(file: File, raw: bool, port: Option<u16>) -> Result<Source> {
    // A plain file is complete, but anything else may still be written to.
    let is_whole = file.metadata().is_ok_and(|about| about.is_file());
    recognized(Box::new(file), raw, port, is_whole)
}

/// Recognises whether an input is a capture, hex or raw bytes. If the input is complete and begins
/// like hex, all of it is checked.
fn recognized(
    mut reader: Box<dyn Read + Send>,
    raw: bool,
    port: Option<u16>,
    is_whole: bool,
) -> Result<Source> {
    let mut start = BytesMut::new();
    if raw {
        return Ok(Source::Raw(start, reader));
    }
    loop {
        let is_over = !read_more(&mut reader, &mut start)?;
        match is_capture(&start) {
            Some(true) => return Ok(Source::Capture(Box::new(Capture::new(start.to_vec(), reader, port)))),
            None if !is_over => continue,
            _ => {}
        }
        let first =
            start.as_ref().split(|byte: &u8| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
        let has_line = is_over || start.trim_ascii_start().contains(&b'\n');
        if !has_line && hex::may_be(&start) && start.len() < MOST_LINE {
            continue;
        }
        let Some(line) = first.filter(|_| has_line).and_then(|line| std::str::from_utf8(line).ok()) else {
            return Ok(Source::Raw(start, reader));
        };
        let is_array = line.contains('[') && line.contains('{');
        let is_hex = match Lines::default().line(line) {
            Ok(_) => true,
            Err(Refused::Hint(hint)) if !is_whole => {
                return Err(Error::other(format!("{hint} (--raw takes the input as bytes)")));
            }
            Err(Refused::Hint(_)) => true,
            Err(Refused::NotHex) => false,
        };
        if is_array || (is_hex && is_whole) {
            let mut whole = Vec::from(start);
            reader.read_to_end(&mut whole)?;
            return match std::str::from_utf8(&whole).map(hex::bytes) {
                Ok(Ok(bytes)) => Ok(Source::Here(bytes.into())),
                Ok(Err(Refused::Hint(hint))) => {
                    Err(Error::other(format!("{hint} (--raw takes the file as bytes)")))
                }
                _ => Ok(Source::Here(whole.into())),
            };
        }
        if is_hex {
            let lines = Lines::default();
            return Ok(Source::Lines { line: start, number: 0, lines, reader, is_over });
        }
        return Ok(Source::Raw(start, reader));
    }
}

/// Reads the bytes that are available. Returns `false` at the end.
fn read_more(reader: &mut Box<dyn Read + Send>, into: &mut BytesMut) -> io::Result<bool> {
    let len = into.len();
    into.resize(len + READ, 0);
    loop {
        match reader.read(into.get_mut(len..).unwrap_or_default()) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => {
                into.truncate(len + read.as_ref().map_or(0, |read| *read));
                return read.map(|read| read > 0);
            }
        }
    }
}

impl Input {
    /// Returns `true` if the input is a capture, so that its events have times and connections.
    pub(super) fn is_capture(&self) -> bool {
        matches!(self.source, Source::Capture(_))
    }

    /// Returns why packets of a capture were left out, with the number of such packets.
    pub(super) fn notes(&self) -> &[(String, u64)] {
        match &self.source {
            Source::Capture(capture) => capture.notes(),
            _ => &[],
        }
    }

    /// Returns the next event as soon as it is available, or `None` at the end.
    ///
    /// # Errors
    /// Returns an error if the input cannot be read.
    pub(super) fn next(&mut self) -> Result<Option<Event>> {
        let bytes = match &mut self.source {
            Source::Capture(capture) => return capture.next(),
            Source::Here(bytes) => bytes.split_to(bytes.len().min(READ)),
            Source::Raw(start, reader) => {
                if start.is_empty() {
                    read_more(reader, start)?;
                }
                Bytes::from(mem::take(start))
            }
            Source::Lines { line, number, lines, reader, is_over } => {
                next_line(line, number, lines, reader, is_over)?.into()
            }
        };
        let connection = Arc::clone(&self.connection);
        let event = |bytes| Event {
            time: None,
            connection,
            direction: Direction::Unknown,
            happened: Happened::Bytes(bytes),
        };
        Ok((!bytes.is_empty()).then(|| event(bytes)))
    }
}

/// Returns the bytes of the next line with hex, or no bytes at the end of the input.
fn next_line(
    start: &mut BytesMut,
    number: &mut u64,
    lines: &mut Lines,
    reader: &mut Box<dyn Read + Send>,
    is_over: &mut bool,
) -> Result<Vec<u8>> {
    loop {
        let line = match start.iter().position(|byte| *byte == b'\n') {
            Some(at) => start.split_to(at + 1),
            None if *is_over && start.is_empty() => return Ok(Vec::new()),
            None if *is_over || start.len() > MOST_LINE => start.split(),
            None => {
                *is_over = !read_more(reader, start)?;
                continue;
            }
        };
        *number += 1;
        let text = String::from_utf8_lossy(&line);
        match lines.line(&text) {
            Ok(bytes) if bytes.is_empty() => {}
            Ok(bytes) => return Ok(bytes),
            Err(refused) => {
                let why = match refused {
                    Refused::Hint(hint) => hint,
                    Refused::NotHex => format!("`{}` is not hex", short(text.trim())),
                };
                return Err(Error::other(format!(
                    "line {number} of the input: {why} (--raw takes the input as bytes)"
                )));
            }
        }
    }
}
