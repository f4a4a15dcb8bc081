//! An MQTT 3.1.1 broker. Clients publish messages to topics, and receive the messages of the topics
//! that they subscribe to.
//!
//! Messages are delivered at most once or at least once. A QoS 2 message is accepted exactly once,
//! but delivered at least once; the reply to a subscription tells the subscriber this. Sessions and
//! retained messages are only kept in memory. Anyone may connect, unless a file of users is given.

mod broker;
mod demo;
mod message;
mod protocol;
mod retained;
mod server;
mod session;
mod topic;
mod tree;
mod wanted;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright_examples::{exit, users};

/// An MQTT broker: clients publish messages to topics, and receive those of the topics they
/// subscribe to
///
/// Without a subcommand, a demo runs: server and clients in one process.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the broker until Ctrl-C
    Server {
        /// The address to listen on
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:1883")]
        listen: String,
        /// Only accept the users in this file, whose lines are printed by `user`
        #[arg(long, value_name = "FILE")]
        users: Option<PathBuf>,
    },
    /// Print the line of a user for the file of users; the password is read from standard input
    User {
        /// The name
        name: String,
    },
    /// Show, encode and draw frames
    #[command(subcommand)]
    Protocol(framewright::cli::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(match Cli::parse().command {
        Some(Command::Server { listen, users }) => server::serve(&listen, users.as_deref()).await,
        Some(Command::User { name }) => print_user(&name),
        Some(Command::Protocol(command)) => command.run::<protocol::Packet>(),
        None => demo::run().await,
    })
}

/// Prints a line for the file of users.
fn print_user(name: &str) -> framewright::Result<()> {
    let mut password = String::new();
    std::io::stdin().read_line(&mut password)?;
    println!("{name}:{}", users::hash(password.trim_end_matches(['\r', '\n']))?);
    Ok(())
}
