//! An HTTP/1.1 client that downloads one page, and a server with one page.

mod client;
mod protocol;
mod server;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright::{Error, Result, Session};
use framewright_examples::{demo, exit, interruptible, log, say, show};
use protocol::{Request, Response};
use tokio::io::AsyncReadExt;

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
        /// The address to listen on
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
        listen: String,
    },
    /// Get a page, as without this subcommand
    Client(client::Page),
    /// Show, encode and draw frames
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
    let server = server::server().bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    let client = async {
        let request = client::request(&address.to_string(), "/");
        let mut s = Session::connect(address).await?;
        let response: Response = s.call(&request).await?;
        show("client -> server", &request);
        show("server -> client", &response);
        let mut page = String::new();
        s.body_to_end().read_to_string(&mut page).await.map_err(Error::Io)?;
        say(page.trim_end());
        Ok(())
    };
    demo(|stopped| server.serve_until(stopped), client).await
}
