//! WebSocket: a server that sends every message back, and a client to type in.

mod client;
mod demo;
mod server;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright_examples::http::protocol::{Request, Response};
use framewright_examples::websocket::protocol::{Closing, WsFrame};
use framewright_examples::{exit, interruptible};

const ADDRESS: &str = "127.0.0.1:8081";

/// Sends every message back, text as text and bytes as bytes, to browsers and other WebSocket
/// clients
///
/// Without a subcommand, a demo runs: server and client in one process.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Send messages back until Ctrl-C
    Server {
        /// Where to listen
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        listen: String,
        /// The most bytes of a message
        #[arg(long, value_name = "BYTES", default_value_t = 16 * 1024 * 1024)]
        max_message: usize,
    },
    /// Send messages and print what comes back
    Client {
        /// Where the server listens
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        connect: String,
        /// The messages; without any, each line of standard input is one
        messages: Vec<String>,
    },
    /// Show, encode and draw frames
    #[command(subcommand)]
    Protocol(framewright::cli::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(match Cli::parse().command {
        Some(Command::Server { listen, max_message }) => server::serve(&listen, max_message).await,
        Some(Command::Client { connect, messages }) => interruptible(client::talk(&connect, messages)).await,
        Some(Command::Protocol(command)) => command.run::<(WsFrame, Closing, Request, Response)>(),
        None => demo::run().await,
    })
}
