//! A broker of MQTT 3.1.1: clients publish messages about topics, and get those about topics they subscribe to.
//!
//! Messages reach subscribers at most once or at least once; one that was sent exactly once is taken exactly once and passed
//! on at least once, as the subscriber is told when it subscribes. Sessions and retained messages are kept in memory, so they
//! end with the program. Users and passwords are not looked at.

mod broker;
mod demo;
mod message;
mod protocol;
mod server;
mod session;
mod topic;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright_examples::exit;

/// Clients publish messages about topics, and get those about topics they subscribe to
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
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:1883")]
        listen: String,
    },
    /// Look at frames, make them, draw them
    #[command(subcommand)]
    Protocol(framewright::cli::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(match Cli::parse().command {
        Some(Command::Server { listen }) => server::serve(&listen).await,
        Some(Command::Protocol(command)) => command.run::<protocol::Packet>(),
        None => demo::run().await,
    })
}
