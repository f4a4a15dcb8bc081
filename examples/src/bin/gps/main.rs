//! A gateway for GT06 GPS trackers, which send binary packets over a noisy line. A tracker logs in,
//! and the gateway then prints each position as a line of JSON.
//!
//! The gateway accepts connections from trackers, or serves one tracker on a serial line. It sends
//! no commands to trackers, and stores nothing.

#[cfg(unix)]
mod line;
mod protocol;
mod server;
mod tracker;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright::{Result, Session};
use framewright_examples::{demo, exit, interruptible, log, show};
use protocol::{Answer, Packet};

const ADDRESS: &str = "127.0.0.1:5023";

/// Positions of GPS trackers, as lines of JSON
///
/// Without a subcommand, a demo runs: gateway and tracker in one process.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Receive positions until Ctrl-C
    Server {
        /// The address to listen on
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        listen: String,
        #[command(flatten)]
        gateway: server::Gateway,
    },
    /// Receive positions from a serial line
    #[cfg(unix)]
    Line {
        /// The device, such as /dev/ttyS0
        path: std::path::PathBuf,
    },
    /// Simulate a tracker
    Client {
        /// The address of the gateway
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        connect: String,
        /// The number of positions to send
        #[arg(long, value_name = "COUNT", default_value_t = 10)]
        rounds: u16,
    },
    /// Show, encode and draw frames
    #[command(subcommand)]
    Protocol(framewright::cli::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(match Cli::parse().command {
        Some(Command::Server { listen, gateway }) => server::serve(&listen, gateway).await,
        #[cfg(unix)]
        Some(Command::Line { path }) => server::serve_line(&path).await,
        Some(Command::Client { connect, rounds }) => interruptible(drive(&connect, rounds)).await,
        Some(Command::Protocol(command)) => command.run::<(Packet, Answer)>(),
        None => run_demo().await,
    })
}

async fn drive(gateway: &str, rounds: u16) -> Result<()> {
    let s = Session::connect_with(gateway, tracker::options()).await?;
    tracker::drive(s, rounds).await?;
    Ok(())
}

async fn run_demo() -> Result<()> {
    log("error");
    let gateway = server::server(server::Gateway::default()).bind("127.0.0.1:0").await?;
    let address = gateway.local_addr();
    let driving = async {
        show("tracker -> gateway", &Packet::new(2, protocol::Body::Position(tracker::position(0))));
        let s = Session::connect_with(address, tracker::options()).await?;
        show("gateway -> tracker", &tracker::drive(s, 3).await?);
        Ok(())
    };
    demo(|stopped| gateway.serve_until(stopped), driving).await
}
