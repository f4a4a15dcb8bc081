//! Files over HTTP/1.1: a server for uploads to and downloads from a folder, and a client for
//! uploads.
//!
//! Heads are frames. Bodies are streams of any length. A file becomes visible when its upload is
//! complete. Subfolders, ranges, users and TLS are not supported.

mod client;
mod demo;
mod server;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright_examples::http::protocol;
use framewright_examples::{exit, interruptible};
use protocol::{Request, Response};

/// Upload and download files over HTTP/1.1
///
/// Without a subcommand, a demo runs: server and client in one process.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve files until Ctrl-C
    Server {
        /// The address to listen on
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
        listen: String,
        #[command(flatten)]
        folder: server::Folder,
    },
    /// Upload a file
    Client(client::Upload),
    /// Show, encode and draw frames
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
