//! A SOCKS5 proxy. A client names a host, and then exchanges bytes with it through the proxy.
//!
//! The proxy supports `CONNECT`, for everyone or for one user with a password. `BIND` and
//! `UDP ASSOCIATE` are not supported.

mod client;
mod demo;
mod lookups;
mod protocol;
mod server;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright_examples::{exit, interruptible};
use protocol::{Choice, Greeting, LoggedIn, Login, Reply, Request};

const ADDRESS: &str = "127.0.0.1:1080";

/// A SOCKS5 proxy: connects clients to the hosts that they ask for
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
        /// The address to listen on
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        listen: String,
        /// Only accept this user, as NAME:PASSWORD; by default everybody
        #[arg(long, value_name = "NAME:PASSWORD")]
        user: Option<server::User>,
    },
    /// Connect standard input and output to a host through a proxy
    Client {
        /// The address of the proxy
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        proxy: String,
        /// The host: a name or an address
        host: String,
        /// The port of the host
        port: u16,
    },
    /// Show, encode and draw frames
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
