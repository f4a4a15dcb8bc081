//! Measurements of Framewright, hand-written code and other libraries.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod building;
mod by_hand;
mod case;
mod instructions;
mod languages;
mod layouts;
#[cfg(feature = "peers")]
mod peers;
#[cfg(all(feature = "peers", feature = "servers"))]
mod report;
#[cfg(feature = "servers")]
mod servers;
mod spread;
mod table;
mod time;

#[cfg(feature = "servers")]
use servers::{Comparison, Kind, Load};
use table::Table;

/// The default directory for the files of callgrind.
const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/callgrind");

/// The directory of the packages for build measurements.
const BUILDING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/building");

/// The directory for the codecs in other languages.
const LANGUAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/languages");

/// Measures Framewright beside hand-written code and other libraries.
#[derive(Parser)]
struct Arguments {
    /// The part to measure. Without it, everything is measured, as by `page`.
    #[command(subcommand)]
    part: Option<Part>,
}

/// The default number of builds of each package.
const BUILDS: usize = 3;

#[derive(Subcommand)]
enum Part {
    /// Counts the instructions of parsers and encoders, by callgrind.
    Codec {
        /// Measures only layouts whose names contain one of these words.
        layouts: Vec<String>,
        /// Fails if Framewright takes more than this multiple of the instructions of hand-written
        /// code.
        #[arg(long)]
        at_most: Option<f64>,
        /// The same limit for loops into which the compiler may inline the code. Without it, these
        /// are not checked.
        #[arg(long)]
        at_most_inlined: Option<f64>,
        /// The directory for the files of callgrind, which `callgrind_annotate` shows.
        #[arg(long, default_value = FILES)]
        files: PathBuf,
    },
    /// Counts the instructions of the framer for frames that arrive in pieces, by callgrind.
    Streams {
        #[arg(long, default_value = FILES)]
        files: PathBuf,
    },
    /// Times parsers and encoders.
    Time {
        /// Measures only layouts whose names contain one of these words.
        layouts: Vec<String>,
    },
    /// Measures sections of the page, and writes the page and its pictures into this package's
    /// directory. Earlier measurements of other sections are kept in the target directory.
    #[cfg(all(feature = "peers", feature = "servers"))]
    Page {
        /// The sections; all by default.
        sections: Vec<report::Section>,
        /// The number of builds of each package whose building is measured.
        #[arg(long, default_value_t = BUILDS)]
        builds: usize,
    },
    /// Measures the cost of building with Framewright, deku and binrw.
    Building {
        #[arg(long, default_value_t = BUILDS)]
        builds: usize,
    },
    /// Times the codecs in Python and JavaScript, and other libraries in these languages.
    Languages,
    /// Puts servers under load, one after the other.
    #[cfg(feature = "servers")]
    Servers {
        /// The servers; all by default.
        kinds: Vec<Kind>,
        #[arg(long, default_value_t = 50)]
        connections: usize,
        /// The number of unanswered messages of each connection.
        #[arg(long, default_value_t = 64)]
        in_flight: usize,
        /// The size of a message's body in bytes.
        #[arg(long, default_value_t = 32)]
        body: usize,
        /// The time in milliseconds for which each server is measured in each round.
        #[arg(long, default_value_t = 400)]
        millis: u64,
        #[arg(long, default_value_t = 9)]
        rounds: usize,
    },
    /// Counts the instructions of an exchange over a pipe in memory, by callgrind.
    #[cfg(feature = "servers")]
    Exchanges {
        /// The servers; by default all that can serve a pipe.
        kinds: Vec<Kind>,
        /// The number of messages that arrive at the same time.
        #[arg(long, default_value_t = 64)]
        in_flight: u16,
        #[arg(long, default_value_t = 32)]
        body: u16,
        #[arg(long, default_value = FILES)]
        files: PathBuf,
    },
    /// Measures the cost of a broadcast to the members of a hub.
    #[cfg(feature = "servers")]
    Broadcast,
    /// Measures the memory of a server for each waiting connection.
    #[cfg(feature = "servers")]
    Idle {
        /// The servers; all by default.
        kinds: Vec<Kind>,
        /// The number of connections; by default as many as Framewright accepts by default.
        #[arg(long)]
        connections: Option<u32>,
    },
    #[cfg(feature = "servers")]
    #[command(hide = true)]
    Serve { kind: Kind },
    #[cfg(feature = "servers")]
    #[command(hide = true)]
    Exchange { in_flight: usize, body: usize, kind: Option<Kind> },
    #[cfg(feature = "servers")]
    #[command(hide = true)]
    Load(Load),
    #[command(hide = true)]
    RunCounted { case: String },
}

fn main() -> ExitCode {
    match measure(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(Arguments { part }: Arguments) -> Result<(), Box<dyn Error>> {
    let Some(part) = part else { return everything() };
    match part {
        Part::Codec { layouts, at_most, at_most_inlined, files } => {
            let counts = instructions::count(&layouts::codec(&layouts), &files)?;
            print!("{}", Table(&counts));
            instructions::compare(
                &counts,
                |operation| {
                    if operation.is_inlined() { at_most_inlined } else { at_most }
                },
            )?;
        }
        Part::Streams { files } => {
            for count in instructions::count(&layouts::streams(), &files)? {
                println!(
                    "{:24}{:28}{:12.0} instructions a frame, {:6.0} a call",
                    count.layout,
                    count.operation,
                    count.instructions,
                    count.instructions / count.calls
                );
            }
        }
        Part::Time { layouts } => {
            for timing in time::time(&layouts::codec(&layouts)) {
                let time::Timing { layout, operation, subject, nanoseconds, ratio } = timing;
                println!(
                    "{layout:24}{operation:24}{subject:12}{:10.1} ns, {ratio} times by hand",
                    nanoseconds.median
                );
            }
        }
        #[cfg(all(feature = "peers", feature = "servers"))]
        Part::Page { sections, builds } => page(&sections, builds)?,
        Part::Building { builds } => {
            for cost in building::measure(Path::new(BUILDING), builds)? {
                println!(
                    "{:12} alone {} s, a type {:.4} s, one changed {} s, none changed {} s, 500 fields {} s, 1,000 variants {} s, 40 pairs in release {} s",
                    cost.library.name(),
                    cost.alone,
                    cost.per_type,
                    cost.changed,
                    cost.unchanged,
                    cost.fields,
                    cost.variants,
                    cost.wide
                );
            }
        }
        Part::Languages => print!("{}", languages::measure(Path::new(LANGUAGES))?),
        #[cfg(feature = "servers")]
        Part::Servers { kinds, connections, in_flight, body, millis, rounds } => {
            let comparison = Comparison { connections, in_flight, body, millis, rounds };
            for outcome in servers::compare(comparison, &or_all(kinds))? {
                println!("{outcome}");
            }
        }
        #[cfg(feature = "servers")]
        Part::Exchanges { kinds, in_flight, body, files } => {
            for kind in if kinds.is_empty() { Kind::OVER_A_PIPE.to_vec() } else { kinds } {
                let instructions = servers::count_exchanges(kind, in_flight, body, &files)?;
                println!("{kind:24}{instructions:8.0} instructions an exchange");
            }
        }
        #[cfg(feature = "servers")]
        Part::Exchange { in_flight, body, kind } => servers::run_exchanges(kind, in_flight, body)?,
        #[cfg(feature = "servers")]
        Part::Broadcast => {
            let servers::Broadcast { members, first, later } = servers::broadcast()?;
            let (time, bytes) = (first.nanoseconds, first.bytes);
            println!("{members} members: first {time:.0} ns and {bytes:.0} bytes each, then {later} ns");
        }
        #[cfg(feature = "servers")]
        Part::Idle { kinds, connections } => {
            let connections = connections.unwrap_or_else(servers::crowd);
            for kind in or_all(kinds) {
                println!("{kind:24}{:8.0} bytes", servers::idle_memory(kind, connections)?);
            }
        }
        #[cfg(feature = "servers")]
        Part::Serve { kind } => servers::serve(kind)?,
        #[cfg(feature = "servers")]
        Part::Load(load) => println!("{}", load.run()?.print()),
        Part::RunCounted { case } => instructions::run_counted(&case),
    }
    Ok(())
}

#[cfg(all(feature = "peers", feature = "servers"))]
fn everything() -> Result<(), Box<dyn Error>> {
    page(&[], BUILDS)
}

#[cfg(not(all(feature = "peers", feature = "servers")))]
fn everything() -> Result<(), Box<dyn Error>> {
    Err("the features `peers` and `servers` are needed".into())
}

#[cfg(all(feature = "peers", feature = "servers"))]
fn page(sections: &[report::Section], builds: usize) -> Result<(), Box<dyn Error>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    report::write(package, &package.join("target"), sections, builds)
}

#[cfg(feature = "servers")]
fn or_all(kinds: Vec<Kind>) -> Vec<Kind> {
    if kinds.is_empty() { Kind::ALL.to_vec() } else { kinds }
}
