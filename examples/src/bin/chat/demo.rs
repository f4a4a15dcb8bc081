//! The demo: a server and two clients in one process.

use std::net::SocketAddr;

use framewright::{Client, Error, Result, Server};
use framewright_examples::{demo, log, say, show};

use crate::protocol::{ChatMsg, ChatReply, Kind};
use crate::server::Chat;

const ALICE: u32 = 10_000_000;
const BOB: u32 = 10_000_001;

pub async fn run() -> Result<()> {
    log("warn");
    let server = Server::new(Chat::default()).bind("127.0.0.1:0").await?;
    let clients = talk(server.local_addr());
    demo(|stopped| server.serve_until(stopped), clients).await
}

async fn talk(server: SocketAddr) -> Result<()> {
    let mut alice = Client::<ChatMsg, ChatReply>::connect(server).await?;
    let mut bob = Client::<ChatMsg, ChatReply>::connect(server).await?;

    say("Bob's first message names his connection; Alice is not there yet.\n");
    let early = ChatMsg { sender: BOB, receiver: ALICE, kind: Kind::Text, body: b"anyone?".to_vec() };
    show("Bob -> server", &early);
    show("server -> Bob, the receipt", &bob.call(&early).await?);

    say("Alice writes to Bob.\n");
    let text = ChatMsg { sender: ALICE, receiver: BOB, kind: Kind::Text, body: b"hi there".to_vec() };
    show("Alice -> server", &text);
    show("server -> Alice, the receipt", &alice.call(&text).await?);
    show("server -> Bob", &next(&mut bob).await?);

    say("Bob answers with something newer than the server, which passes it on.\n");
    let newer =
        ChatMsg { sender: BOB, receiver: ALICE, kind: Kind::Other(9), body: vec![0xf0, 0x9f, 0x91, 0x8b] };
    show("Bob -> server", &newer);
    show("server -> Bob, the receipt", &bob.call(&newer).await?);
    show("server -> Alice", &next(&mut alice).await?);
    Ok(())
}

async fn next(client: &mut Client<ChatMsg, ChatReply>) -> Result<ChatReply> {
    client.recv().await?.ok_or(Error::Closed)
}
