//! A chat: the server stores every message, returns it to its sender as a receipt and delivers it
//! to its receiver.

mod bus;
mod client;
mod demo;
mod hello;
#[cfg(feature = "nodes")]
mod nats;
mod protocol;
mod server;
mod store;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright_examples::{exit, inputs, interruptible, say, users};

const ADDRESS: &str = "127.0.0.1:8888";

/// Stores every message, returns it to its sender as a receipt, and delivers it to its receiver
///
/// Without a subcommand, a demo runs: server and clients in one process.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Store and deliver messages until Ctrl-C
    Server(server::Options),
    /// Send messages and show received ones
    Client(client::Options),
    /// Print the hash of a password for the file of users; the password is read from standard input
    Password,
    /// Show, encode and draw frames
    #[command(subcommand)]
    Protocol(framewright::cli::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(match Cli::parse().command {
        Some(Command::Server(options)) => server::serve(options).await,
        Some(Command::Client(options)) => interruptible(client::chat(options)).await,
        Some(Command::Password) => password().await,
        Some(Command::Protocol(command)) => command.run::<(protocol::ChatMsg, protocol::ChatReply)>(),
        None => demo::run().await,
    })
}

async fn password() -> framewright::Result<()> {
    let password = inputs(Vec::new()).recv().await.unwrap_or_default();
    say(users::hash(&password)?);
    Ok(())
}
