//! A server that greets clients by name, over TCP and UDP on the same port.

mod protocol;
mod server;

use std::fmt::Debug;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use framewright::net::udp;
use framewright::{Client, ClientOptions, Error, Result};
use framewright_examples::{demo, exit, inputs, interrupted, interruptible, log, printable, say, show};
use protocol::{Greeting, Name, Reply};
use tokio::net::ToSocketAddrs;
use tokio::sync::oneshot;

const ADDRESS: &str = "127.0.0.1:9999";

/// Greets clients by name, over TCP and UDP on the same port
///
/// Without a subcommand, a demo runs: server and clients in one process.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Greet clients until Ctrl-C
    Server {
        /// The address to listen on
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        listen: String,
    },
    /// Send names and print the greetings
    Client {
        /// The address of the server
        #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
        connect: String,
        /// Use UDP
        #[arg(long)]
        udp: bool,
        /// The names, or `exit`; by default the lines of standard input
        names: Vec<String>,
    },
    /// Show, encode and draw frames
    #[command(subcommand)]
    Protocol(framewright::cli::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    exit(match Cli::parse().command {
        Some(Command::Server { listen }) => serve(&listen).await,
        Some(Command::Client { connect, udp: false, names }) => interruptible(talk(&connect, names)).await,
        Some(Command::Client { connect, udp: true, names }) => {
            interruptible(talk_in_datagrams(&connect, names)).await
        }
        Some(Command::Protocol(command)) => command.run::<(Name, Reply, Greeting)>(),
        None => run_demo().await,
    })
}

async fn serve(address: &str) -> Result<()> {
    log("info");
    let stop = interrupted()?;
    server::serve(address, |_| (), stop).await
}

/// Connects over TCP. Like the server, the client treats each read as one message.
async fn connect(address: impl ToSocketAddrs + Debug) -> Result<Client<Name, Reply>> {
    Client::connect_with(address, ClientOptions::new().per_read()).await
}

async fn talk(server: &str, names: Vec<String>) -> Result<()> {
    let mut client = connect(server).await?;
    say(text(client.recv().await?.ok_or(Error::Closed)?));
    let mut names = inputs(names);
    while let Some(name) = names.recv().await {
        client.send(&Name { name }).await?;
        match client.recv().await? {
            Some(reply) => say(text(reply)),
            None => break,
        }
    }
    Ok(())
}

fn text(reply: Reply) -> String {
    match reply {
        Reply::Welcome { .. } => "Welcome!".to_owned(),
        Reply::Hello { name, .. } => printable(format!("Hello, {name}!").as_bytes()),
    }
}

async fn talk_in_datagrams(server: &str, names: Vec<String>) -> Result<()> {
    let mut client = udp::Client::<Name, Greeting>::connect(server).await?;
    let mut names = inputs(names);
    while let Some(name) = names.recv().await {
        let greeting = client.call(&Name { name }).await?;
        say(printable(format!("hello {}!", greeting.name).as_bytes()));
    }
    Ok(())
}

/// Runs a server and three clients: two concurrent ones over TCP, and one over UDP.
async fn run_demo() -> Result<()> {
    log("warn");
    let (ready, address) = oneshot::channel();
    let clients = async {
        let address = address.await.map_err(Error::other)?;
        let (mut ada, mut bob) = tokio::try_join!(connect(address), connect(address))?;
        for (who, client) in [("Ada", &mut ada), ("Bob", &mut bob)] {
            show(&format!("server -> {who}"), &client.recv().await?.ok_or(Error::Closed)?);
        }
        for (who, client) in [("Bob", &mut bob), ("Ada", &mut ada)] {
            let name = Name { name: who.to_owned() };
            show(&format!("{who} -> server"), &name);
            show(&format!("server -> {who}"), &client.call(&name).await?);
        }
        let eve = Name { name: "Eve".to_owned() };
        show("Eve -> server (UDP)", &eve);
        let greeting = udp::Client::<Name, Greeting>::connect(address).await?.call(&eve).await?;
        show("server -> Eve (UDP)", &greeting);
        let exit = Name { name: "exit".to_owned() };
        show("Ada -> server", &exit);
        ada.send(&exit).await?;
        match ada.recv().await? {
            Some(reply) => Err(Error::other(format!("{reply:?} instead of a closed connection"))),
            None => {
                say("server closes the connection to Ada");
                Ok(())
            }
        }
    };
    let ready = |address| {
        // Sending fails only if the clients have already failed. Then nobody waits for the address.
        let _ = ready.send(address);
    };
    demo(|stopped| server::serve("127.0.0.1:0", ready, stopped), clients).await
}
