//! A command line for a protocol: look at frames, make them, draw them.
//!
//! A program of its own is one line:
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
//! | `dump INPUT` | frames field by field; what is malformed is marked, and what follows is shown all the same |
//! | `decode INPUT` | frames as [JSON](crate::json), one after the other; those of a capture as lines with time and addresses |
//! | `encode JSON` | the bytes of values in JSON, or of a list of them, in hex; `--raw` as they are |
//! | `proxy LISTEN UPSTREAM` | what clients and the server say, as it passes (feature `net`) |
//! | `bench ADDRESS` | how many requests a server answers, and how fast (feature `net`) |
//! | `compatible OLD.json` | what has changed on the wire since `schema --json` wrote a file, and who can still read whom |
//! | `explore [INPUT]` | the address of a page that shows frames, makes and sends them; `--proxy LISTEN UPSTREAM` shows what passes (feature `explorer`) |
//! | `diagram`, `markdown`, `schema` | the declaration as text; `schema --json` for programs |
//! | `svg`, `kaitai` | a drawing, a Kaitai description of one type |
//! | `python`, `typescript` | a module that reads and writes the frames; `typescript --js` writes JavaScript |
//! | `wireshark --port N` | a dissector; with several types the first goes to the port, the second comes from it |
//!
//! An input is hex, the name of a file, or `-` for standard input. Hex is taken as it is found: with spaces,
//! commas, colons, `0x` or `\x`, as byte strings and arrays of C, as `xxd`, `hexdump -C` and `tshark -x` print it, and as the lines of
//! `tshark -T fields -e tcp.payload`; in files too. What is nearly hex is refused with what to do about it. A file whose
//! name is hex is written `./cafe`. A file that holds anything else is taken as bytes, and with `--raw` any is. JSON is
//! given in the same three ways.
//!
//! A pipe is read as it is written: a frame is printed when it is there. A pipe that begins with a line of hex is read line by line.
//!
//! A capture (pcap or pcapng, a file or a pipe such as `tcpdump -w - | .. dump --port 8888`) is known by how it begins. Its packets are of Ethernet, with
//! tags of VLANs or not, of loopback, raw IP, or Linux cooked; IPv4 or IPv6; a datagram of UDP is a frame, and streams of TCP are put together,
//! even if segments were sent twice or out of order. `--port` is the port of the server: it selects the connections and tells requests from replies.
//! Bytes that are missing from the capture are reported at their place. The next frame is looked for after them, as after a malformed one:
//! at the next [leading constant](crate::Frame#framemagic--), where the frame is known to end, or with the next packet. What is left out, such as
//! fragments of IP, is reported on standard error.
//!
//! `--type` also takes a frame that is a part of others, for the drawings and to show bytes of it.
//!
//! `--only` shows frames of one type, or with a field or a value wherever it is in them: `--only Publish`, `--only kind=3`, `--only body.topic=a/b`; given
//! several times, all of it must be so. What is malformed is always shown.
//!
//! `proxy` passes bytes on both ways as they come, half-closes and resets too, and what is malformed as well as anything else. Nothing that is printed slows it: if
//! more passes than the output takes, that is left out and said. `--json` prints lines as `decode` does of a capture, `--record FILE.pcapng` keeps what passes for
//! `dump` and Wireshark. With the feature `tls` either side may have TLS: `--tls-cert` and `--tls-key` towards clients, `--tls-ca` towards the server. Ctrl-C ends it.
//!
//! `bench` sends requests that are given (hex, JSON, a file) or made from the declaration (`--seed`), and takes each reply for the answer to the first request that waits: protocols that
//! answer out of order have to be measured with `--in-flight 1`, which is the default. `--rate` is the number of requests a second on all `--connections` together; latencies are then
//! counted from when a request was due. Without it a request waits for a reply; the *corrected* latencies beside the *measured* ones add the
//! requests that a pause of the server has delayed. It ends after `--seconds` (10 by default), with exit code 1 if there were errors.
//!
//! With several types `--type NAME` chooses one. Without it the first is what goes to a server and the second what comes from it, in captures and
//! through the proxy. For input without directions, `dump` and `decode` take the type that reads furthest, and if several do, the one with the
//! largest minimum size. `encode` takes the first type that the JSON is a value of, `svg` and `kaitai` the first of all; the others draw all.
//!
//! Faults go to standard error with exit code 1, behind all output; 2 is for a wrong command line. There are colours on a
//! terminal only, and none where `NO_COLOR` is set. Where nobody reads the output any more, as behind
//! `| head`, it ends quietly.
//!
//! # The page
//!
//! `explore` prints a URL and serves a page there until Ctrl-C. The page lists the frames of its input, of files that are
//! dropped on it, of hex that is pasted, and of the connections that it passes on with `--proxy`. Of each it shows the bytes, the bits and
//! the fields, which point at each other; what is malformed is marked in both. A value can be edited as JSON, with its bytes beside it, and sent to
//! the server that `--to` or the page names. The declaration is there as a drawing, as tables, and as files for other programs.
//!
//! The token in the URL is what lets one in: who has it can see all frames and send others from this machine. The page is on loopback unless
//! `--page IP:PORT` says otherwise; over a network it is not encrypted.
//!
//! A program with commands of its own, by clap, takes [`Command`] as one of them.

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

/// Runs a program that is no more than these commands: what `main` returns.
///
/// `P` is a type of frames, or a tuple of up to eight. They own their data: of a type that borrows, the owned
/// sister is given. See [`cli`](crate::cli) for the commands.
///
/// Arguments that are wrong end the process with exit code 2, and `--help` with 0, as clap does it.
#[must_use]
pub fn run<P: Frames>() -> ExitCode {
    let names: Vec<_> = P::kinds().into_iter().map(|kind| kind.name).collect();
    let about = std::format!("Look at frames, make them, draw them: {}", names.join(", "));
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

/// Says something beside the output.
fn note(text: &str) {
    use std::io::Write as _;
    // Where nobody reads it there is nobody to tell.
    let _ = std::writeln!(std::io::stderr(), "{text}");
}

/// The names of types, each of which no other has.
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
