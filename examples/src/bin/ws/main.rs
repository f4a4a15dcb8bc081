//! WebSocket: a server that returns each message, and a client that sends typed lines.

mod client;
mod demo;
mod server;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright_examples::http::protocol::{Request, Response};
use framewright_examples::websocket::protocol::{Closing, WsFrame};
use framewright_examples::{exit, interruptible};

const ADDRESS: &str = "127.0.0.1:8081";

/// A WebSocket server that echoes every message, and a client
///
/// Without a subcommand, a demo runs: server and client in one process.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Echo messages until Ctrl-C
    Server {
        /// The address to listen on
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        listen: String,
        /// The maximum size of a message in bytes
        #[arg(long, value_name = "BYTES", default_value_t = 16 * 1024 * 1024)]
        max_message: usize,
    },
    /// Send messages and print the replies
    Client {
        /// The address of the server
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        connect: String,
        /// The messages; by default the lines of standard input
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
