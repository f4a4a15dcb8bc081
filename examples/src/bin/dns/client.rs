//! The client. It sends a query and shows the answer byte by byte.

use std::fmt::Debug;

use clap::{Args, ValueEnum};
use framewright::net::udp;
use framewright::{Auto, Client, Error, Result};
use framewright_examples::{say, show};
use tokio::net::ToSocketAddrs;

use crate::ADDRESS;
use crate::protocol::{Data, Header, Message, Name, Question, Record, Tcp};
use crate::zone::INTERNET;

const ROOM: u16 = 1232;

#[derive(Args)]
pub struct Options {
    /// The address of the server
    #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
    connect: String,
    /// Use TCP at once, not only if the answer does not fit into a datagram
    #[arg(long)]
    tcp: bool,
    name: String,
    #[arg(default_value = "a")]
    kind: Kind,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    A,
    Ns,
    Cname,
    Soa,
    Mx,
    Txt,
    Aaaa,
    Any,
}

pub async fn run(options: Options) -> Result<()> {
    let name = Name::parse(&options.name, &Name::root()).map_err(Error::other)?;
    let kind = match options.kind {
        Kind::A => 1,
        Kind::Ns => 2,
        Kind::Cname => 5,
        Kind::Soa => 6,
        Kind::Mx => 15,
        Kind::Txt => 16,
        Kind::Aaaa => 28,
        Kind::Any => 255,
    };
    let query = query(1, name, kind);
    ask(&options.connect, &query, options.tcp).await
}

/// Sends a query and shows query and answer. If the answer is truncated, asks again over TCP.
pub async fn ask(server: impl ToSocketAddrs + Debug, query: &Message, tcp: bool) -> Result<()> {
    if !tcp {
        show("client -> server (UDP)", query);
        let answer = udp::Client::<Message>::connect(&server).await?.call(query).await?;
        show("server -> client (UDP)", &answer);
        if !answer.header.truncated {
            return Ok(());
        }
        say("The answer is truncated: asking again.\n");
    }
    let query = Tcp(query.clone());
    show("client -> server (TCP)", &query);
    show("server -> client (TCP)", &Client::<Tcp<Message>>::connect(&server).await?.call(&query).await?);
    Ok(())
}

/// Returns a query for the records of this kind.
pub fn query(id: u16, name: Name, kind: u16) -> Message {
    let (nothing, data) = (Auto::new(), Data::Opt(Vec::new()));
    let extension = Record { name: Name::root(), kind: nothing, class: ROOM, time: 0, length: nothing, data };
    Message {
        header: Header { id, ..Header::default() },
        questions: vec![Question { name, kind, class: INTERNET }],
        additional: vec![extension],
        ..Message::default()
    }
}
