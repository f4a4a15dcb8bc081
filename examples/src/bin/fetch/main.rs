//! Gets one page over HTTP/1.1, and serves one.

mod client;
mod protocol;
mod server;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright::{Client, Result, Server};
use framewright_examples::{demo, exit, interruptible, log, show};
use protocol::{Request, Response};

/// Get one page over HTTP/1.1
///
/// Without arguments, a demo runs: server and client in one process.
#[derive(Parser)]
#[command(name = "fetch", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    page: Option<client::Page>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve one page until Ctrl-C
    Server {
        /// Where to listen
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
        listen: String,
    },
    /// Get a page, as without this word
    Client(client::Page),
    /// Look at frames, make them, draw them
    #[command(subcommand)]
    Protocol(framewright::cli::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Cli { command, page } = Cli::parse();
    exit(match (command, page) {
        (Some(Command::Server { listen }), _) => server::serve(&listen).await,
        (Some(Command::Client(page)), _) | (None, Some(page)) => interruptible(client::fetch(page)).await,
        (Some(Command::Protocol(command)), _) => command.run::<(Request, Response)>(),
        (None, None) => run_demo().await,
    })
}

async fn run_demo() -> Result<()> {
    log("warn");
    let server = Server::new(server::OnePage).bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    let client = async {
        let request = client::request(&address.to_string(), "/");
        let response = Client::<Request, Response>::connect(address).await?.call(&request).await?;
        show("client -> server", &request);
        show("server -> client", &response);
        Ok(())
    };
    demo(|stopped| server.serve_until(stopped), client).await
}
