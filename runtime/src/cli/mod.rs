//! A command line for a protocol, which shows, encodes and draws frames.
//!
//! A complete program is one line:
//!
//! ```no_run
//! use framewright::prelude::*;
//!
//! #[derive(Frame)]
//! #[frame(be)]
//! struct Request { id: u16, #[len_prefixed(u16)] text: String }
//!
//! #[derive(Frame)]
//! #[frame(be)]
//! struct Reply { id: u16, ok: bool }
//!
//! fn main() -> std::process::ExitCode {
//!     framewright::cli::run::<(Request, Reply)>()
//! }
//! ```
//!
//! | command | prints |
//! |---|---|
//! | `dump INPUT` | frames field by field; malformed bytes are marked, and the frames after them are shown too |
//! | `decode INPUT` | frames as [JSON](crate::json); for a capture one line per frame, with time and addresses |
//! | `encode JSON` | the bytes of values in JSON, or of a list of them, in hex; raw with `--raw` |
//! | `proxy LISTEN UPSTREAM` | the frames between clients and a server, live (feature `net`) |
//! | `bench ADDRESS` | throughput and latencies of a server (feature `net`) |
//! | `compatible OLD.json` | the changes of the wire format since a file was written by `schema --json`, and their effects |
//! | `explore [INPUT]` | the URL of a web page that shows frames, encodes and sends them; with `--proxy LISTEN UPSTREAM` also those of forwarded connections (feature `explorer`) |
//! | `diagram`, `markdown`, `schema` | the declaration as text; `schema --json` for programs |
//! | `svg`, `kaitai` | a drawing, a Kaitai description of one type |
//! | `python`, `typescript` | a module that encodes and decodes the frames; `typescript --js` writes JavaScript |
//! | `wireshark --port N` | a dissector; with several types, the first is sent to the port and the second comes from it |
//!
//! An input is hex, the name of a file, or `-` for standard input. Hex is accepted in many forms:
//! with spaces, commas, colons, `0x` or `\x`, as C byte strings and arrays, in the format of `xxd`,
//! `hexdump -C` and `tshark -x`, and as the lines of `tshark -T fields -e tcp.payload`. Files may
//! contain hex too. Text that is nearly hex is refused with a suggestion. For a file whose name is
//! hex, write `./cafe`. A file with any other content is read as raw bytes, and `--raw` forces that
//! for any file. JSON is given in the same three ways.
//!
//! A pipe is read live: a frame is printed as soon as it is complete. A pipe that begins with a
//! line of hex is read line by line.
//!
//! A capture (pcap or pcapng, a file or a pipe such as `tcpdump -w - | .. dump --port 8888`) is
//! recognised by its beginning. It may have Ethernet (with or without VLAN tags), loopback, raw IP
//! or Linux cooked packets, with IPv4 or IPv6. A UDP datagram is a frame, and TCP streams are
//! reassembled, even if segments were repeated or out of order. `--port` is the port of the server:
//! it selects the connections and distinguishes requests from replies. Bytes missing from the
//! capture are reported at their position. The search for the next frame after them is the same as
//! after malformed bytes: at the next [leading constant](crate::Frame#framemagic--), at the known
//! end of the frame, or at the next packet. Packets that are left out, such as IP fragments, are
//! reported on standard error.
//!
//! `--type` also accepts the name of a nested frame, for drawings and for showing the bytes of such
//! a frame.
//!
//! `--only` shows frames of one type, or with a field or a value anywhere in them: `--only
//! Publish`, `--only kind=3`, `--only body.topic=a/b`. If it is given several times, all filters
//! must match. Malformed bytes are always shown.
//!
//! `proxy` forwards bytes in both directions unchanged, including malformed bytes, half-closes and
//! resets. Printing never slows it down: if the output is too slow, frames are left out of it, and
//! their number is reported. `--json` prints lines like `decode` for a capture, and `--record
//! FILE.pcapng` writes a capture for `dump` and Wireshark. With the feature `tls` either side may
//! use TLS: `--tls-cert` and `--tls-key` towards clients, `--tls-ca` towards the server. Ctrl-C
//! ends the proxy.
//!
//! `bench` sends requests that are given (hex, JSON, a file) or made from the declaration
//! (`--seed`). Each reply counts as the answer to the oldest pending request, so protocols that
//! reply out of order have to be measured with `--in-flight 1`, the default. `--rate` is the number
//! of requests per second on all `--connections` together; latencies are then measured from the
//! time at which a request was due. Without it each request waits for a reply, and the *corrected*
//! latencies, beside the *measured* ones, include the requests that a pause of the server has
//! delayed. The load ends after `--seconds` (10 by default), with exit code 1 if there were errors.
//!
//! With several types `--type NAME` selects one. Without it, the first type is sent to the server
//! and the second comes from it, in captures and through the proxy. For input without directions,
//! `dump` and `decode` use the type that decodes the most bytes. Of several such types, they use
//! the one with the largest minimum size. `encode` uses the first type that accepts the JSON, `svg`
//! and `kaitai` the first type; the other commands draw all types.
//!
//! Errors are printed on standard error after all output, with exit code 1; exit code 2 is for an
//! invalid command line. Colours are used only on a terminal, and not if `NO_COLOR` is set. If the
//! output pipe is closed, as with `| head`, the command ends silently.
//!
//! # The page
//!
//! `explore` prints a URL and serves a page there until Ctrl-C. The page lists the frames of its
//! input, of files dropped on it, of pasted hex, and of the connections that it forwards with
//! `--proxy`. For each frame it shows bytes, bits and fields, highlights which of them belong
//! together, and marks errors. A value can be edited as JSON, with its bytes beside it, and sent to
//! the server given by `--to` or in the page. The declaration is shown as a drawing and as tables,
//! and can be downloaded as files for other programs.
//!
//! The token in the URL protects access: anyone who has the token can see all frames and send
//! frames from this machine. The page listens on loopback unless `--page IP:PORT` is given. It is
//! not encrypted.
//!
//! A program with its own clap commands can include [`Command`] as one of them.

#[cfg(feature = "net")]
mod bench;
mod capture;
mod command;
mod compatible;
mod draw;
#[cfg(feature = "explorer")]
mod explore;
mod filter;
mod frames;
mod furthest;
mod input;
#[cfg(feature = "net")]
mod interrupt;
mod make;
mod nested;
mod print;
#[cfg(feature = "net")]
mod proxy;
#[cfg(feature = "net")]
mod relay;
mod show;
#[cfg(feature = "net")]
mod side;
mod traffic;

use std::process::ExitCode;
use std::string::String;
use std::vec::Vec;

use clap::{CommandFactory, FromArgMatches, Parser};

pub use command::Command;
pub use frames::Frames;

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Runs these commands as the whole program. Return the result from `main`.
///
/// `P` is a type of frames, or a tuple of up to eight types. The types own their data; for a type
/// that borrows, use its owned counterpart. See [`cli`](crate::cli) for the commands.
///
/// Invalid arguments end the process with exit code 2, and `--help` with 0, as usual with clap.
#[must_use]
pub fn run<P: Frames>() -> ExitCode {
    let names: Vec<_> = P::kinds().into_iter().map(|kind| kind.name).collect();
    let about = std::format!("Show, encode and draw frames: {}", names.join(", "));
    let matches = Cli::command().about(about).long_about(None).get_matches();
    let outcome = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli.command.run::<P>(),
        Err(error) => error.exit(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            note(&std::format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Prints a note on standard error.
fn note(text: &str) {
    use std::io::Write as _;
    // If standard error is closed, the note is lost.
    let _ = std::writeln!(std::io::stderr(), "{text}");
}

/// Makes the names of types unique.
fn unique(names: impl Iterator<Item = &'static str>) -> Vec<String> {
    let mut unique: Vec<String> = Vec::new();
    for name in names {
        let mut number = 1;
        let mut candidate = String::from(name);
        while unique.contains(&candidate) {
            number += 1;
            candidate = std::format!("{name}_{number}");
        }
        unique.push(candidate);
    }
    unique
}
