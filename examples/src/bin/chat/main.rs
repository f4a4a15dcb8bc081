//! A chat: the server keeps every message, gives it back to its sender as a receipt and passes it on to its receiver.

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

/// Every message is kept, goes back to its sender as a receipt, and on to its receiver
///
/// Without a subcommand, a demo runs: server and clients in one process.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Keep messages and pass them on, until Ctrl-C
    Server(server::Options),
    /// Write to others and see what they write
    Client(client::Options),
    /// Print what stands for a password in the file of users; the password is a line of standard input
    Password,
    /// Look at frames, make them, draw them
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
