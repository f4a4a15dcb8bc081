//! A broker of MQTT 3.1.1: clients publish messages about topics, and get those about topics they subscribe to.
//!
//! Messages reach subscribers at most once or at least once; one that was sent exactly once is taken exactly once and passed
//! on at least once, as the subscriber is told when it subscribes. Sessions and retained messages are kept in memory, so they
//! end with the program. Anyone is served unless a file of users is given.

mod broker;
mod budget;
mod demo;
mod message;
mod protocol;
mod retained;
mod server;
mod session;
mod topic;
mod tree;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright_examples::{exit, users};

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
        /// Serve the users of this file only, whose lines are made by `user`
        #[arg(long, value_name = "FILE")]
        users: Option<PathBuf>,
    },
    /// Print the line of a user for the file of users; the password is read from the standard input
    User {
        /// The name
        name: String,
    },
    /// Look at frames, make them, draw them
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

/// Prints the line of the file of users that lets somebody in.
fn print_user(name: &str) -> framewright::Result<()> {
    let mut password = String::new();
    std::io::stdin().read_line(&mut password)?;
    println!("{name}:{}", users::hash(password.trim_end_matches(['\r', '\n']))?);
    Ok(())
}
