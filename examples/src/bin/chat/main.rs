//! A chat: the server gives every message back to its sender as a receipt and
//! passes it on to its receiver.

mod client;
mod demo;
mod protocol;
mod server;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright_examples::{exit, interruptible};

const ADDRESS: &str = "127.0.0.1:8888";

/// Every message goes back to its sender as a receipt and on to its receiver
///
/// Without a subcommand, a demo runs: server and clients in one process.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Pass messages on until Ctrl-C
    Server {
        /// Where to listen
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        listen: String,
        /// The most bytes of a message's body
        #[arg(long, value_name = "BYTES", default_value_t = 1024 * 1024)]
        max_body: usize,
    },
    /// Write to others and see what they write
    Client(client::Options),
    /// Look at frames, make them, draw them
    #[command(subcommand)]
    Protocol(framewright::cli::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(match Cli::parse().command {
        Some(Command::Server { listen, max_body }) => server::serve(&listen, max_body).await,
        Some(Command::Client(options)) => interruptible(client::chat(options)).await,
        Some(Command::Protocol(command)) => command.run::<(protocol::ChatMsg, protocol::ChatReply)>(),
        None => demo::run().await,
    })
}
