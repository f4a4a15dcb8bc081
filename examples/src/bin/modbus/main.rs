//! Modbus/TCP: a device with bits and registers, and a client for this or any other device.

mod bits;
mod client;
mod demo;
mod device;
mod protocol;

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use device::Device;
use framewright::{Limits, Result, Server};
use framewright_examples::{exit, interrupted, interruptible, log, unhurried};
use protocol::{Packet, Reply, Request};

const ADDRESS: &str = "127.0.0.1:1502";

/// A Modbus/TCP device with 1000 coils, discrete inputs, holding and input registers
///
/// Without a subcommand, a demo runs: device and client in one process.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run a device until Ctrl-C
    Server {
        /// The address to listen on
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        listen: String,
    },
    /// Read from a device or write to it
    Client(client::Options),
    /// Show, encode and draw frames
    #[command(subcommand)]
    Protocol(framewright::cli::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(match Cli::parse().command {
        Some(Command::Server { listen }) => serve(&listen).await,
        Some(Command::Client(options)) => interruptible(client::run(options)).await,
        Some(Command::Protocol(command)) => command.run::<(Packet<Request>, Packet<Reply>)>(),
        None => demo::run().await,
    })
}

/// The maximum size of a packet.
const LONGEST: usize = 260;
const EACH: usize = 100;

fn limits() -> Limits {
    unhurried().frame(LONGEST).per_address(EACH)
}

async fn serve(address: &str) -> Result<()> {
    log("info");
    let stop = interrupted()?;
    let device = Arc::new(Device::default());
    let server = Server::new(async move |received| device.answer(received)).limits(limits());
    server.bind(address).await?.serve_until(stop).await
}
