//! Files over HTTP/1.1: a folder that they are put into and got from, and a client that puts one.
//!
//! Heads are frames; bodies are streams, far beyond any limit of a frame. A file that is put is there as a whole or not at all.
//! There are no folders in the folder, no ranges, no users, and no TLS.

mod client;
mod demo;
mod server;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright_examples::http::protocol;
use framewright_examples::{exit, interruptible};
use protocol::{Request, Response};

/// Put files and get them, over HTTP/1.1
///
/// Without a subcommand, a demo runs: server and client in one process.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Take and give files until Ctrl-C
    Server {
        /// Where to listen
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
        listen: String,
        #[command(flatten)]
        folder: server::Folder,
    },
    /// Put a file
    Client(client::Upload),
    /// Look at frames, make them, draw them
    #[command(subcommand)]
    Protocol(framewright::cli::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(match Cli::parse().command {
        Some(Command::Server { listen, folder }) => server::serve(&listen, folder).await,
        Some(Command::Client(upload)) => interruptible(client::upload(upload)).await,
        Some(Command::Protocol(command)) => command.run::<(Request, Response)>(),
        None => demo::run().await,
    })
}
