//! A Redis-compatible in-memory server with SET, GET, DEL, INCR, EXPIRE, PUBLISH, SUBSCRIBE and
//! PING.
//!
//! Values are strings, which are lost when the program exits. Users, transactions and channel
//! patterns are not supported.

mod protocol;
mod server;
mod store;

use std::process::ExitCode;

use bytes::Bytes;
use clap::{Parser, Subcommand};
use framewright::net::Part;
use framewright::{Client, Result};
use framewright_examples::{demo, exit, interruptible, log, show};
use protocol::Value;

const ADDRESS: &str = "127.0.0.1:6379";

/// The default memory limit for keys and values, in bytes.
const MEMORY: usize = 256 * 1024 * 1024;

/// The default of `--timeout`, in seconds.
const TIMEOUT: u64 = 60 * 60;

/// A Redis-compatible in-memory server
///
/// Without a subcommand, a demo runs: server and client in one process.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Answer commands until Ctrl-C
    Server {
        /// The address to listen on
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        listen: String,
        /// The maximum memory for keys and values in bytes
        #[arg(long, value_name = "BYTES", default_value_t = MEMORY)]
        max_memory: usize,
        /// The time in seconds without a command after which a client is disconnected, or 0 for never.
        /// A client that subscribes to a channel is disconnected after a day without a message in either
        /// direction, or this time if it is longer
        #[arg(long, value_name = "SECONDS", default_value_t = TIMEOUT)]
        timeout: u64,
    },
    /// Send a command, to this server or to Redis itself
    Client {
        /// The address of the server
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        connect: String,
        /// The command and its arguments
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// Show, encode and draw frames
    #[command(subcommand)]
    Protocol(framewright::cli::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(match Cli::parse().command {
        Some(Command::Server { listen, max_memory, timeout }) => {
            server::serve(&listen, max_memory, timeout).await
        }
        Some(Command::Client { connect, words }) => interruptible(ask(&connect, &words)).await,
        Some(Command::Protocol(command)) => command.run::<Value>(),
        None => run_demo().await,
    })
}

/// Returns a command as clients send it: an array of byte strings.
fn command(words: &[&str]) -> Value {
    Value::array(words.iter().map(|word| Value::bulk(Bytes::copy_from_slice(word.as_bytes()))).collect())
}

/// Sends a command and prints the answer.
async fn ask(server: &str, words: &[String]) -> Result<()> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut client = Client::<Value>::connect(server).await?;
    show("server -> client", &client.call(&command(&words)).await?);
    Ok(())
}

async fn run_demo() -> Result<()> {
    log("warn");
    let server = server::server(MEMORY, TIMEOUT).bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    let talk = async {
        // Many tasks can share `calls`, because the server answers commands in order.
        let (calls, _) = Client::<Value>::connect(address).await?.in_order(|_| Part::Last);
        let (set, incr, get) = (["SET", "visits", "41"], ["INCR", "visits"], ["GET", "visits"]);
        let (set, incr, get) = (command(&set), command(&incr), command(&get));
        show("client -> server", &set);
        let (_, number, text) = tokio::try_join!(calls.call(&set), calls.call(&incr), calls.call(&get))?;
        show("server -> client", &number);
        show("server -> client", &text);
        Ok(())
    };
    demo(|stopped| server.serve_until(stopped), talk).await
}
