//! TFTP: a server for the files of a folder, and a client. Clients may also write files if the
//! server allows it.
//!
//! Files are transferred unchanged (mode "octet"), in parts of 512 bytes. Options (RFC 2347) are
//! refused by not acknowledging them.

mod client;
mod places;
mod protocol;
mod server;
mod transfer;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright::{Result, udp};
use framewright_examples::{exit, interruptible, log, say, show};
use protocol::{File, Packet};

const ADDRESS: &str = "127.0.0.1:6969";

/// Transfer files over UDP (TFTP)
///
/// Without a subcommand, a demo runs: server and client in one process.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Answer requests until Ctrl-C
    Server {
        /// The address to listen on
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        listen: String,
        #[command(flatten)]
        folder: server::Folder,
    },
    /// Get a file
    Get {
        /// The address of the server
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        connect: String,
        /// The name of the file on the server
        name: String,
        /// The path to save the file to
        path: PathBuf,
    },
    /// Put a file
    Put {
        /// The address of the server
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        connect: String,
        /// The file
        path: PathBuf,
        /// The name of the file on the server
        name: String,
    },
    /// Show, encode and draw frames
    #[command(subcommand)]
    Protocol(framewright::cli::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(match Cli::parse().command {
        Some(Command::Server { listen, folder }) => server::serve(&listen, folder).await,
        Some(Command::Get { connect, name, path }) => {
            interruptible(async { told(client::get(&connect, &name, &path).await?) }).await
        }
        Some(Command::Put { connect, path, name }) => {
            interruptible(async { told(client::put(&connect, &name, path).await?) }).await
        }
        Some(Command::Protocol(command)) => command.run::<Packet>(),
        None => run_demo().await,
    })
}

fn told(bytes: u64) -> Result<()> {
    eprintln!("{bytes} bytes");
    Ok(())
}

async fn run_demo() -> Result<()> {
    log("warn");
    let folder = std::env::temp_dir().join(format!("framewright-tftp-{}", std::process::id()));
    tokio::fs::create_dir(&folder).await?;
    let demo = async {
        tokio::fs::write(folder.join("hello.txt"), "Declared, not parsed.\n").await?;
        show("client -> server", &Packet::Read(File::new("hello.txt")));
        let endpoint = udp::Endpoint::bind("127.0.0.1:0").await?;
        let address = endpoint.local_addr().to_string();
        let copy = folder.join("copy");
        tokio::select! {
            served = server::answer(endpoint, server::Folder::new(folder.clone())) => served?,
            got = client::get(&address, "hello.txt", &copy) => { got?; }
        }
        say(tokio::fs::read_to_string(&copy).await?.trim_end());
        Ok(())
    };
    let outcome = demo.await;
    tokio::fs::remove_dir_all(&folder).await?;
    outcome
}
