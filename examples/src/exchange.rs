//! The common code of `echo` and `chat-echo`, which answer each request with one reply.

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use framewright::{Client, Error, OwnedFrame, Result, Server, blocking};
use tokio::sync::mpsc;

use crate::{demo, exit, inputs, interrupted, interruptible, log, say, show, unhurried};

const ADDRESS: &str = "127.0.0.1:8888";

/// Without a subcommand, a demo runs: server and clients in one process.
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
    },
    /// Send messages and print the replies
    Client {
        /// The address of the server
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        connect: String,
        /// Use the client without tokio
        #[arg(long)]
        blocking: bool,
        /// The messages; by default the lines of standard input
        messages: Vec<String>,
    },
    /// Show, encode and draw frames
    #[command(subcommand)]
    Protocol(framewright::cli::Command),
}

/// How a client converts text to requests, and replies to text.
struct Script<Q, R> {
    request: fn(String) -> Q,
    reply: fn(&R) -> String,
}

/// Runs the server, the client or the demo, depending on the command line.
///
/// The server calls `answer` with each request. A client converts the user's text with `request`,
/// and prints replies as converted by `reply`. `about` is the first line of `--help`.
pub async fn exchange<F, A, Q, R>(
    about: &'static str,
    answer: F,
    request: fn(String) -> Q,
    reply: fn(&R) -> String,
) -> ExitCode
where
    F: FnOnce(Q) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = R> + Send + 'static,
    Q: OwnedFrame,
    R: OwnedFrame,
{
    let script = Script { request, reply };
    let matches = Cli::command().about(about).get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    exit(match cli.command {
        Some(Command::Server { listen }) => serve(answer, &listen).await,
        Some(Command::Client { connect, blocking: false, messages }) => {
            interruptible(talk(script, &connect, inputs(messages))).await
        }
        Some(Command::Client { connect, blocking: true, messages }) => {
            let talk = move || talk_blocking(script, &connect, inputs(messages));
            tokio::task::spawn_blocking(talk).await.unwrap_or_else(|error| Err(Error::other(error)))
        }
        Some(Command::Protocol(command)) => command.run::<(Q, R)>(),
        None => run_demo(answer, request).await,
    })
}

async fn serve<F, A, Q, R>(answer: F, address: &str) -> Result<()>
where
    F: FnOnce(Q) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = R> + Send + 'static,
    Q: OwnedFrame,
    R: OwnedFrame,
{
    log("info");
    let stop = interrupted()?;
    Server::new(answer).limits(unhurried()).bind(address).await?.serve_until(stop).await
}

async fn talk<Q: OwnedFrame, R: OwnedFrame>(
    script: Script<Q, R>,
    server: &str,
    mut texts: mpsc::Receiver<String>,
) -> Result<()> {
    let mut client = Client::<Q, R>::connect(server).await?;
    while let Some(text) = texts.recv().await {
        let reply = client.call(&(script.request)(text)).await?;
        say((script.reply)(&reply));
    }
    Ok(())
}

fn talk_blocking<Q: OwnedFrame, R: OwnedFrame>(
    script: Script<Q, R>,
    server: &str,
    mut texts: mpsc::Receiver<String>,
) -> Result<()> {
    let mut client = blocking::Client::<Q, R>::connect(server)?;
    while let Some(text) = texts.blocking_recv() {
        let reply = client.call(&(script.request)(text))?;
        say((script.reply)(&reply));
    }
    Ok(())
}

/// Runs a server, and two clients one after the other.
async fn run_demo<F, A, Q, R>(answer: F, request: fn(String) -> Q) -> Result<()>
where
    F: FnOnce(Q) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = R> + Send + 'static,
    Q: OwnedFrame,
    R: OwnedFrame,
{
    log("warn");
    let server = Server::new(answer).bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    let clients = async {
        let hello = request("hello world!\nhello all?".to_owned());
        let reply = Client::<Q, R>::connect(address).await?.call(&hello).await?;
        show("client -> server", &hello);
        show("server -> client", &reply);
        let exchange = move || -> Result<()> {
            let hi = request("hi there".to_owned());
            let reply = blocking::Client::<Q, R>::connect(address)?.call(&hi)?;
            show("blocking client -> server", &hi);
            show("server -> blocking client", &reply);
            Ok(())
        };
        tokio::task::spawn_blocking(exchange).await.unwrap_or_else(|error| Err(Error::other(error)))
    };
    demo(|stopped| server.serve_until(stopped), clients).await
}
