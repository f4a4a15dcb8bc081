//! The commands and their output.

use std::format;
use std::io::{self, IsTerminal as _, Write};
use std::string::{String, ToString as _};
use std::vec::Vec;

use clap::Subcommand;

use super::filter::Filter;
use super::frames::{Frames, Kind};
use super::{compatible, draw, input, make, nested, show};
use crate::error::{Error, Result};
use crate::schema::Schema;

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
///     /// Show, encode and draw frames
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
// The doc comment above is for programs that embed the commands, not for their users.
#[command(about = "Show, encode and draw frames", long_about = None)]
#[non_exhaustive]
pub enum Command {
    /// Show frames field by field
    Dump {
        /// Hex, a file, a capture (pcap, pcapng), or - for standard input
        #[arg(value_name = "HEX|FILE|-")]
        input: Vec<String>,
        /// Read a file as raw bytes, even if it contains hex
        #[arg(long)]
        raw: bool,
        /// The port of the server in a capture; other connections are ignored
        #[arg(long)]
        port: Option<u16>,
        /// Only show frames of this type, or with this field or value
        #[arg(long, value_name = "TYPE|FIELD|FIELD=VALUE", value_parser = Filter::parse)]
        only: Vec<Filter>,
        /// The type of the frames
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
    /// Print frames as JSON
    Decode {
        /// Hex, a file, a capture (pcap, pcapng), or - for standard input
        #[arg(value_name = "HEX|FILE|-")]
        input: Vec<String>,
        /// Read a file as raw bytes, even if it contains hex
        #[arg(long)]
        raw: bool,
        /// The port of the server in a capture; other connections are ignored
        #[arg(long)]
        port: Option<u16>,
        /// Only show frames of this type, or with this field or value
        #[arg(long, value_name = "TYPE|FIELD|FIELD=VALUE", value_parser = Filter::parse)]
        only: Vec<Filter>,
        /// The type of the frames
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
    /// Encode values in JSON, and print their bytes in hex
    Encode {
        /// JSON, a file, or - for standard input
        #[arg(value_name = "JSON|FILE|-")]
        input: Vec<String>,
        /// Print raw bytes
        #[arg(long)]
        raw: bool,
        /// The type of the values
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
    /// Forward connections to a server, and show the frames
    #[cfg(feature = "net")]
    Proxy(super::relay::Options),
    /// Put a load on a server, and measure its replies
    #[cfg(feature = "net")]
    Bench(super::bench::Options),
    /// Compare the wire format with that of an earlier schema
    Compatible {
        /// The output of `schema --json`, or - for standard input
        #[arg(value_name = "OLD.json")]
        old: String,
        /// Only compare this type
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
    /// Draw the layout as text, in the style of RFCs
    Diagram(OfType),
    /// Draw the layout as an SVG picture
    Svg(OfType),
    /// Describe the fields in tables
    Markdown(OfType),
    /// Write a dissector for Wireshark
    Wireshark {
        /// The port of the server
        #[arg(long)]
        port: u16,
        /// The type of the frames in both directions
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
    /// Write a description for the Kaitai compiler
    Kaitai(OfType),
    /// Write a Python module that encodes and decodes the frames
    Python {
        /// Use this object for a field with hand-written code
        #[arg(long, value_name = "FIELD=MODULE.OBJECT", value_parser = brought)]
        with: Vec<(String, String)>,
        /// The type
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
    /// Write a TypeScript module that encodes and decodes the frames
    #[command(name = "typescript")]
    TypeScript {
        /// Write plain JavaScript
        #[arg(long)]
        js: bool,
        /// Use this object for a field with hand-written code
        #[arg(long, value_name = "FIELD=MODULE.OBJECT", value_parser = brought)]
        with: Vec<(String, String)>,
        /// The type
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
    /// Print the declaration, one line for each field
    Schema {
        /// Print it as JSON
        #[arg(long)]
        json: bool,
        /// The type
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
    /// Explore frames in a web page: show bytes and fields, edit and send values
    #[cfg(feature = "explorer")]
    Explore(super::explore::Options),
}

/// The options of the commands that draw a type.
#[derive(Clone, Debug, clap::Args)]
pub struct OfType {
    /// The type
    #[arg(long = "type", value_name = "NAME")]
    name: Option<String>,
}

impl Command {
    /// Runs the command for the frames `P`, and prints to standard output.
    ///
    /// # Errors
    /// Returns an error for input that cannot be read, for malformed bytes (after printing all
    /// output), and for invalid JSON. A closed output pipe is not an error.
    pub fn run<P: Frames>(self) -> Result<()> {
        let out = io::stdout();
        let colored = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
        match self.write(&P::kinds(), &mut out.lock(), colored) {
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            outcome => outcome,
        }
    }

    /// Same as [`run`](Self::run), but prints to `out`, without colours.
    ///
    /// # Errors
    /// Same as [`run`](Self::run), and errors of `out`.
    pub fn write_to<P: Frames>(self, out: &mut impl Write) -> Result<()> {
        self.write(&P::kinds(), out, false)
    }

    fn write(self, kinds: &[Kind], out: &mut impl Write, colored: bool) -> Result<()> {
        match self {
            Self::Dump { input, raw, port, only, name } => {
                show(kinds, name.as_deref(), input::open(&input, raw, port)?, &only, false, out, colored)
            }
            Self::Decode { input, raw, port, only, name } => {
                show(kinds, name.as_deref(), input::open(&input, raw, port)?, &only, true, out, colored)
            }
            Self::Encode { input, raw, name } => {
                make::encode(&chosen(kinds, name.as_deref())?, &input::text(&input)?, raw, out)
            }
            #[cfg(feature = "net")]
            Self::Proxy(options) => options.run(kinds, out, colored),
            #[cfg(feature = "net")]
            Self::Bench(options) => options.run(kinds, out),
            Self::Compatible { old, name } => {
                compatible::compatible(&chosen(kinds, name.as_deref())?, name.is_none(), &old, out)
            }
            Self::Diagram(of) => {
                draw::each(&schemas(kinds, of.name.as_deref())?, out, |schema| schema.diagram().to_string())
            }
            Self::Markdown(of) => {
                draw::each(&schemas(kinds, of.name.as_deref())?, out, |schema| schema.markdown().to_string())
            }
            Self::Schema { json: false, name } => {
                draw::each(&schemas(kinds, name.as_deref())?, out, ToString::to_string)
            }
            Self::Schema { json: true, name } => {
                draw::each(&schemas(kinds, name.as_deref())?, out, |schema| schema.json().to_string())
            }
            Self::Svg(of) => draw::print(out, first(&schemas(kinds, of.name.as_deref())?)?.svg()),
            Self::Kaitai(of) => draw::print(out, first(&schemas(kinds, of.name.as_deref())?)?.kaitai()),
            Self::Python { with, name } => draw::python(&schemas(kinds, name.as_deref())?, &with, out),
            Self::TypeScript { js, with, name } => {
                draw::typescript(&schemas(kinds, name.as_deref())?, &with, js, out)
            }
            Self::Wireshark { port, name } => draw::wireshark(&schemas(kinds, name.as_deref())?, port, out),
            #[cfg(feature = "explorer")]
            Self::Explore(options) => options.run(kinds, out),
        }
    }
}

/// Parses `FIELD=MODULE.OBJECT`.
fn brought(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((field, object)) if !field.is_empty() && object.contains('.') => {
            Ok((field.into(), object.into()))
        }
        _ => Err(String::from("expected a field and an object of a module, as in mask=my_module.mask")),
    }
}

/// Shows frames of the named type, or of all types. The name may also be that of a nested frame.
fn show(
    kinds: &[Kind],
    name: Option<&str>,
    input: input::Input,
    only: &[Filter],
    json: bool,
    out: &mut impl Write,
    colored: bool,
) -> Result<()> {
    match (owned(kinds, name), name.and_then(|name| part(kinds, name))) {
        (Err(_), Some(schema)) => nested::show(schema, input, json, out, colored),
        (kinds, _) => show::show(kinds?, input, only, json, out, colored),
    }
}

/// Returns the type with this name, or all types if `name` is `None`.
fn chosen<'k>(kinds: &'k [Kind], name: Option<&str>) -> Result<Vec<&'k Kind>> {
    let Some(name) = name else { return Ok(kinds.iter().collect()) };
    match kinds.iter().find(|kind| kind.name.eq_ignore_ascii_case(name)) {
        Some(kind) => Ok(Vec::from([kind])),
        None => {
            let mut names: Vec<&str> = kinds.iter().map(|kind| &*kind.name).collect();
            for part in nested::all(kinds).iter().filter(|part| !part.is_item) {
                if !names.contains(&part.name) {
                    names.push(part.name);
                }
            }
            Err(Error::other(crate::json::unknown("type", name, &names)))
        }
    }
}

/// Like [`chosen`], but returns owned types.
pub(super) fn owned(kinds: &[Kind], name: Option<&str>) -> Result<Vec<Kind>> {
    Ok(chosen(kinds, name)?.into_iter().cloned().collect())
}

/// Returns the nested frame with this name.
fn part(kinds: &[Kind], name: &str) -> Option<&'static Schema> {
    nested::all(kinds).into_iter().find(|schema| !schema.is_item && schema.name.eq_ignore_ascii_case(name))
}

/// Returns the schemas to draw: the types as [`chosen`] returns them, or a nested frame.
fn schemas(kinds: &[Kind], name: Option<&str>) -> Result<Vec<&'static Schema>> {
    match (chosen(kinds, name), name.and_then(|name| part(kinds, name))) {
        (Err(_), Some(schema)) => Ok(Vec::from([schema])),
        (kinds, _) => Ok(kinds?.into_iter().map(|kind| kind.schema).collect()),
    }
}

fn first(schemas: &[&'static Schema]) -> Result<&'static Schema> {
    schemas.first().copied().ok_or_else(|| Error::other("the protocol has no types"))
}
