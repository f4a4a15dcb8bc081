//! The commands and what they print.

use std::format;
use std::io::{self, IsTerminal as _, Write};
use std::string::{String, ToString as _};
use std::vec::Vec;

use clap::Subcommand;
use serde_json::Value;

use super::frames::{Fault, Frames, Kind};
use super::input;
use crate::error::{Error, Result};

/// The commands, as a subcommand of a program that uses clap.
///
/// ```no_run
/// use clap::Parser;
/// use framewright::prelude::*;
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct Request { id: u16 }
///
/// #[derive(Parser)]
/// enum Cli {
///     /// Serve until Ctrl-C
///     Server,
///     /// Look at frames, make them, draw them
///     #[command(subcommand)]
///     Protocol(framewright::cli::Command),
/// }
///
/// fn main() -> framewright::Result<()> {
///     match Cli::parse() {
///         Cli::Server => Ok(()),
///         Cli::Protocol(command) => command.run::<Request>(),
///     }
/// }
/// ```
#[derive(Clone, Debug, Subcommand)]
// The text above is for those who embed it, not for those who use it.
#[command(about = "Look at frames, make them, draw them", long_about = None)]
#[non_exhaustive]
pub enum Command {
    /// Show frames field by field
    Dump {
        /// Hex, a file, or - for standard input
        #[arg(value_name = "HEX|FILE|-")]
        input: Vec<String>,
        /// Take a file as bytes, even if it holds hex
        #[arg(long)]
        raw: bool,
        /// What the frames are
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
    /// Print frames as JSON
    Decode {
        /// Hex, a file, or - for standard input
        #[arg(value_name = "HEX|FILE|-")]
        input: Vec<String>,
        /// Take a file as bytes, even if it holds hex
        #[arg(long)]
        raw: bool,
        /// What the frames are
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
    /// Print the bytes of values in JSON, in hex
    Encode {
        /// JSON, a file, or - for standard input
        #[arg(value_name = "JSON|FILE|-")]
        input: Vec<String>,
        /// Print the bytes as they are
        #[arg(long)]
        raw: bool,
        /// What the values are
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
    /// Draw the layout as RFCs do
    Diagram(OfType),
    /// Draw the layout as a picture
    Svg(OfType),
    /// Describe the fields in tables
    Markdown(OfType),
    /// Write a dissector for Wireshark
    Wireshark {
        /// The port of the server
        #[arg(long)]
        port: u16,
        /// What is sent to the port and comes from it
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
    /// Write a description for the Kaitai compiler
    Kaitai(OfType),
    /// Write a module in Python that reads and writes the frames
    Python {
        /// Take the code of a field that is written by hand from here
        #[arg(long, value_name = "FIELD=MODULE.OBJECT", value_parser = brought)]
        with: Vec<(String, String)>,
        /// Which type
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
    /// Write a module in TypeScript that reads and writes the frames
    #[command(name = "typescript")]
    TypeScript {
        /// Write plain JavaScript
        #[arg(long)]
        js: bool,
        /// Take the code of a field that is written by hand from here
        #[arg(long, value_name = "FIELD=MODULE.OBJECT", value_parser = brought)]
        with: Vec<(String, String)>,
        /// Which type
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
    /// Print the declaration, one line for each field
    Schema {
        /// Print it as JSON
        #[arg(long)]
        json: bool,
        /// Which type
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
}

/// The options of the commands that draw a type.
#[derive(Clone, Debug, clap::Args)]
pub struct OfType {
    /// Which type
    #[arg(long = "type", value_name = "NAME")]
    name: Option<String>,
}

impl Command {
    /// Does what the command says for the frames `P`, and prints it to the standard output.
    ///
    /// # Errors
    /// For input that cannot be read, for bytes that are no frames, behind all that is said of them,
    /// and for JSON that is no value. That nobody reads the output is none.
    pub fn run<P: Frames>(self) -> Result<()> {
        let out = io::stdout();
        let colored = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
        match self.write(&P::kinds(), &mut out.lock(), colored) {
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            outcome => outcome,
        }
    }

    /// As [`run`](Self::run), but prints to `out`, without colours.
    ///
    /// # Errors
    /// As [`run`](Self::run), and what `out` says.
    pub fn write_to<P: Frames>(self, out: &mut impl Write) -> Result<()> {
        self.write(&P::kinds(), out, false)
    }

    fn write(self, kinds: &[Kind], out: &mut impl Write, colored: bool) -> Result<()> {
        match self {
            Self::Dump { input, raw, name } => {
                let bytes = input::bytes(&input, raw)?;
                dump(furthest(&chosen(kinds, name.as_deref())?, &bytes)?, &bytes, out, colored)
            }
            Self::Decode { input, raw, name } => {
                let bytes = input::bytes(&input, raw)?;
                decode(furthest(&chosen(kinds, name.as_deref())?, &bytes)?, &bytes, out)
            }
            Self::Encode { input, raw, name } => {
                encode(&chosen(kinds, name.as_deref())?, &input::text(&input)?, raw, out)
            }
            Self::Diagram(of) => {
                each(&chosen(kinds, of.name.as_deref())?, out, |kind| kind.schema.diagram().to_string())
            }
            Self::Markdown(of) => {
                each(&chosen(kinds, of.name.as_deref())?, out, |kind| kind.schema.markdown().to_string())
            }
            Self::Schema { json: false, name } => {
                each(&chosen(kinds, name.as_deref())?, out, |kind| kind.schema.to_string())
            }
            Self::Schema { json: true, name } => {
                each(&chosen(kinds, name.as_deref())?, out, |kind| kind.schema.json().to_string())
            }
            Self::Svg(of) => print(out, first(&chosen(kinds, of.name.as_deref())?)?.schema.svg()),
            Self::Kaitai(of) => print(out, first(&chosen(kinds, of.name.as_deref())?)?.schema.kaitai()),
            Self::Python { with, name } => {
                let kinds = chosen(kinds, name.as_deref())?;
                let [first, others @ ..] = kinds.as_slice() else {
                    return Err(Error::other("there are no types"));
                };
                let module =
                    others.iter().fold(first.schema.python(), |module, kind| module.and(kind.schema));
                let module = with.iter().fold(module, |module, (field, object)| module.with(field, object));
                print(out, module.generate().map_err(|refused| Error::other(refused.to_string()))?)
            }
            Self::TypeScript { js, with, name } => {
                let kinds = chosen(kinds, name.as_deref())?;
                let [first, others @ ..] = kinds.as_slice() else {
                    return Err(Error::other("there are no types"));
                };
                let module =
                    others.iter().fold(first.schema.typescript(), |module, kind| module.and(kind.schema));
                let module = with.iter().fold(module, |module, (field, object)| module.with(field, object));
                let module = if js { module.javascript() } else { module };
                print(out, module.generate().map_err(|refused| Error::other(refused.to_string()))?)
            }
            Self::Wireshark { port, name } => match chosen(kinds, name.as_deref())?.as_slice() {
                [request, reply, ..] => print(out, request.schema.wireshark(port).replies(reply.schema)),
                kinds => print(out, first(kinds)?.schema.wireshark(port)),
            },
        }
    }
}

/// A field, and what is brought for it.
fn brought(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((field, object)) if !field.is_empty() && object.contains('.') => {
            Ok((field.into(), object.into()))
        }
        _ => Err(String::from("expected a field and an object of a module, as in mask=my_module.mask")),
    }
}

/// The type of that name; all if there is none.
fn chosen<'k>(kinds: &'k [Kind], name: Option<&str>) -> Result<Vec<&'k Kind>> {
    let Some(name) = name else { return Ok(kinds.iter().collect()) };
    let names = || kinds.iter().map(|kind| &*kind.name).collect::<Vec<_>>().join(", ");
    match kinds.iter().find(|kind| kind.name.eq_ignore_ascii_case(name)) {
        Some(kind) => Ok(Vec::from([kind])),
        None => Err(Error::other(format!("there is no type `{name}`, but {}", names()))),
    }
}

fn first<'k>(kinds: &[&'k Kind]) -> Result<&'k Kind> {
    kinds.first().copied().ok_or_else(|| Error::other("there are no types"))
}

/// The type whose frames reach furthest into the bytes; of several the one that
/// asks for the most bytes, since it is the less likely to do so by chance.
fn furthest<'k>(kinds: &[&'k Kind], bytes: &[u8]) -> Result<&'k Kind> {
    let mut best = first(kinds)?;
    if kinds.len() > 1 {
        let mut most = reach(best, bytes);
        for kind in kinds {
            let reached = reach(kind, bytes);
            if reached > most {
                (best, most) = (kind, reached);
            }
        }
    }
    Ok(best)
}

/// How far the frames of a type go, where the first fault is behind them, and
/// how many bytes one has at least.
fn reach(kind: &Kind, bytes: &[u8]) -> (usize, usize, usize) {
    let (mut at, mut fault) = (0, 0);
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        match (kind.measure)(rest) {
            Ok(0) => break,
            Ok(len) => at += len,
            Err(error) => {
                fault = error.offset();
                break;
            }
        }
    }
    (at, fault, kind.schema.min_len)
}

fn dump(kind: &Kind, bytes: &[u8], out: &mut impl Write, colored: bool) -> Result<()> {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let measured = (kind.measure)(rest);
        let len = measured.as_ref().map_or(rest.len(), |len| *len);
        let frame = rest.get(..len).unwrap_or(rest);
        let apart = if at > 0 { "\n" } else { "" };
        writeln!(out, "{apart}{}", (kind.dump)(frame).colored(colored))?;
        measured.map_err(|error| Error::other(behind(at, &error)))?;
        at += len;
        if len == 0 && at < bytes.len() {
            return Err(Error::other(format!("{} bytes are left over", bytes.len() - at)));
        }
        if at >= bytes.len() {
            return Ok(out.flush()?);
        }
    }
}

/// A fault of the frame that starts at a byte of the input.
fn behind(at: usize, error: &dyn std::fmt::Display) -> String {
    if at == 0 { error.to_string() } else { format!("in the frame at byte {at}: {error}") }
}

fn decode(kind: &Kind, bytes: &[u8], out: &mut impl Write) -> Result<()> {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let len = (kind.measure)(rest).map_err(|error| Error::other(behind(at, &error)))?;
        match (kind.decode)(rest.get(..len).unwrap_or(rest)) {
            Ok(json) => writeln!(out, "{json}")?,
            Err(Fault::Decode(error)) => return Err(Error::other(behind(at, &error))),
            Err(Fault::Encode(error)) => return Err(Error::other(behind(at, &error))),
        }
        at += len;
        if len == 0 && at < bytes.len() {
            return Err(Error::other(format!("{} bytes are left over", bytes.len() - at)));
        }
        if at >= bytes.len() {
            return Ok(out.flush()?);
        }
    }
}

/// Encodes the values in a text, one behind the other.
fn encode(kinds: &[&Kind], text: &str, raw: bool, out: &mut impl Write) -> Result<()> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let (mut start, mut bytes) = (0, Vec::new());
    while let Some(value) = values.next() {
        value.map_err(|error| Error::other(format!("no JSON: {error}")))?;
        let end = values.byte_offset();
        bytes.extend(encode_one(kinds, text.get(start..end).unwrap_or_default())?);
        start = end;
    }
    if start == 0 {
        return Err(Error::other("there is no JSON"));
    }
    if raw {
        out.write_all(&bytes)?;
    } else {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(out, "{hex}")?;
    }
    Ok(out.flush()?)
}

/// The bytes of a value of the first type that it is one of.
fn encode_one(kinds: &[&Kind], json: &str) -> Result<Vec<u8>> {
    let mut faults = Vec::new();
    for kind in kinds {
        match (kind.encode)(json) {
            Ok(bytes) => return Ok(bytes),
            Err(error) => faults.push(error.to_string()),
        }
    }
    Err(Error::other(faults.join("\n       ")))
}

fn each(kinds: &[&Kind], out: &mut impl Write, draw: impl Fn(&Kind) -> String) -> Result<()> {
    for (index, kind) in kinds.iter().enumerate() {
        let apart = if index > 0 { "\n" } else { "" };
        writeln!(out, "{apart}{}", draw(kind).trim_end())?;
    }
    Ok(out.flush()?)
}

fn print(out: &mut impl Write, drawing: impl std::fmt::Display) -> Result<()> {
    writeln!(out, "{}", drawing.to_string().trim_end())?;
    Ok(out.flush()?)
}
