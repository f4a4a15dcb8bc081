//! DNS: a server for one zone over UDP and TCP, and a client that shows its messages.

mod answer;
mod client;
mod demo;
mod file;
mod name;
mod protocol;
mod reflection;
mod server;
mod zone;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright::{Error, Result};
use framewright_examples::{exit, interrupted, interruptible, log};
use protocol::Message;
use tokio::fs;
use zone::Zone;

const ADDRESS: &str = "127.0.0.1:5353";

/// The default zone.
const EXAMPLE: &str = include_str!("example.zone");

/// A DNS server for one zone, over UDP and TCP on the same port
///
/// Without a subcommand, a demo runs: server and client in one process.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Answer until Ctrl-C
    Server {
        /// The address to listen on
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        listen: String,
        /// The zone file; by default that of example.test
        #[arg(long, value_name = "FILE")]
        zone: Option<PathBuf>,
    },
    /// Query the records of a name, and show the answer
    Client(client::Options),
    /// Show, encode and draw frames
    #[command(subcommand)]
    Protocol(framewright::cli::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(match Cli::parse().command {
        Some(Command::Server { listen, zone }) => serve(&listen, zone.as_deref()).await,
        Some(Command::Client(options)) => interruptible(client::run(options)).await,
        Some(Command::Protocol(command)) => command.run::<Message>(),
        None => demo::run().await,
    })
}

async fn serve(address: &str, file: Option<&Path>) -> Result<()> {
    log("info");
    let zone = match file {
        Some(file) => {
            let wrong = |error: String| Error::other(format!("{}: {error}", file.display()));
            let text = fs::read_to_string(file).await.map_err(|error| wrong(error.to_string()))?;
            zone(&text).map_err(wrong)?
        }
        None => example()?,
    };
    let stop = interrupted()?;
    server::serve(zone, address, |_| (), stop).await
}

fn example() -> Result<Zone> {
    zone(EXAMPLE).map_err(Error::other)
}

fn zone(text: &str) -> std::result::Result<Zone, String> {
    Zone::new(file::parse(text)?)
}
