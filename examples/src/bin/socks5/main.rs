//! A SOCKS5 proxy: clients tell it where to connect to, and then speak through it.
//!
//! It connects (`CONNECT`) for whoever asks, or for one user with a password. It does not listen for others (`BIND`) and passes
//! no datagrams on (`UDP ASSOCIATE`).

mod client;
mod demo;
mod protocol;
mod server;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright_examples::{exit, interruptible};
use protocol::{Choice, Greeting, LoggedIn, Login, Reply, Request};

const ADDRESS: &str = "127.0.0.1:1080";

/// Connects its clients to whom they ask for
///
/// Without a subcommand, a demo runs: proxy, client and a host in one process.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Connect clients until Ctrl-C
    Server {
        /// Where to listen
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        listen: String,
        /// Who may use it; anyone who can reach it if left out
        #[arg(long, value_name = "NAME:PASSWORD")]
        user: Option<server::User>,
    },
    /// Speak to a host through a proxy: standard input and output
    Client {
        /// Where the proxy listens
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        proxy: String,
        /// The host, a name or an address
        host: String,
        /// Its port
        port: u16,
    },
    /// Look at frames, make them, draw them
    #[command(subcommand)]
    Protocol(framewright::cli::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(match Cli::parse().command {
        Some(Command::Server { listen, user }) => server::serve(&listen, user).await,
        Some(Command::Client { proxy, host, port }) => interruptible(client::talk(&proxy, &host, port)).await,
        Some(Command::Protocol(command)) => {
            command.run::<(Greeting, Login, Request, Choice, LoggedIn, Reply)>()
        }
        None => demo::run().await,
    })
}
