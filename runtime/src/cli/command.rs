//! The commands and what they print.

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
        /// Hex, a file, a capture (pcap, pcapng), or - for standard input
        #[arg(value_name = "HEX|FILE|-")]
        input: Vec<String>,
        /// Take a file as bytes, even if it holds hex
        #[arg(long)]
        raw: bool,
        /// The port of the server in a capture; what is of others is passed over
        #[arg(long)]
        port: Option<u16>,
        /// Show frames of this type, or with this field or value
        #[arg(long, value_name = "TYPE|FIELD|FIELD=VALUE", value_parser = Filter::parse)]
        only: Vec<Filter>,
        /// What the frames are
        #[arg(long = "type", value_name = "NAME")]
        name: Option<String>,
    },
    /// Print frames as JSON
    Decode {
        /// Hex, a file, a capture (pcap, pcapng), or - for standard input
        #[arg(value_name = "HEX|FILE|-")]
        input: Vec<String>,
        /// Take a file as bytes, even if it holds hex
        #[arg(long)]
        raw: bool,
        /// The port of the server in a capture; what is of others is passed over
        #[arg(long)]
        port: Option<u16>,
        /// Show frames of this type, or with this field or value
        #[arg(long, value_name = "TYPE|FIELD|FIELD=VALUE", value_parser = Filter::parse)]
        only: Vec<Filter>,
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
    /// Pass connections on to a server, and show what is said
    #[cfg(feature = "net")]
    Proxy(super::relay::Options),
    /// Put a load on a server, and tell how it answers
    #[cfg(feature = "net")]
    Bench(super::bench::Options),
    /// Tell what has changed on the wire since a schema was written
    Compatible {
        /// What `schema --json` has written, or - for standard input
        #[arg(value_name = "OLD.json")]
        old: String,
        /// Compare this type alone
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
    /// Explore frames in a page: bytes and fields side by side, values edited and sent
    #[cfg(feature = "explorer")]
    Explore(super::explore::Options),
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
    /// For input that cannot be read, for malformed bytes, behind all that is said of them,
    /// and for JSON that is no value. That nobody reads the output is none.
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
    /// Same as [`run`](Self::run), and what `out` says.
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

/// A field, and what is brought for it.
fn brought(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((field, object)) if !field.is_empty() && object.contains('.') => {
            Ok((field.into(), object.into()))
        }
        _ => Err(String::from("expected a field and an object of a module, as in mask=my_module.mask")),
    }
}

/// Shows frames of these types, or of one that is a part of them.
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

/// The type of that name; all if there is none.
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
            Err(Error::other(format!("there is no type `{name}`, but {}", names.join(", "))))
        }
    }
}

/// Same as [`chosen`], to keep.
pub(super) fn owned(kinds: &[Kind], name: Option<&str>) -> Result<Vec<Kind>> {
    Ok(chosen(kinds, name)?.into_iter().cloned().collect())
}

/// The frame of that name that is a part of others.
fn part(kinds: &[Kind], name: &str) -> Option<&'static Schema> {
    nested::all(kinds).into_iter().find(|schema| !schema.is_item && schema.name.eq_ignore_ascii_case(name))
}

/// What is to be drawn: as [`chosen`], or a part of it.
fn schemas(kinds: &[Kind], name: Option<&str>) -> Result<Vec<&'static Schema>> {
    match (chosen(kinds, name), name.and_then(|name| part(kinds, name))) {
        (Err(_), Some(schema)) => Ok(Vec::from([schema])),
        (kinds, _) => Ok(kinds?.into_iter().map(|kind| kind.schema).collect()),
    }
}

fn first(schemas: &[&'static Schema]) -> Result<&'static Schema> {
    schemas.first().copied().ok_or_else(|| Error::other("there are no types"))
}
