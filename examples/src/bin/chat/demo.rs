//! The demo: a server and two clients in one process. One client connects later than the other.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::{env, fs, process};

use framewright::{Client, Encode, Error, Result, Server};
use framewright_examples::{demo, log, say, show};

use crate::hello::{HELLO, Hello, SERVER, TAKEN, Taken};
use crate::protocol::{ChatMsg, ChatReply, Kind};
use crate::server::{Chat, Gate};
use crate::store::{Allowance, Keeper, Sqlite};

const ALICE: u32 = 10_000_000;
const BOB: u32 = 10_000_001;

pub async fn run() -> Result<()> {
    log("warn");
    let folder = Folder(env::temp_dir().join(format!("framewright-chat-{}", process::id())));
    fs::create_dir_all(&folder.0)?;
    let store = Sqlite::open(&folder.0.join("chat.sqlite"), 1 << 30).map_err(Error::other)?;
    let keeper = Keeper::new(store, Allowance { messages: 1000, bytes: 1024 * 1024 });
    let server = Server::new(Chat::new(keeper, Gate::default())).bind("127.0.0.1:0").await?;
    let clients = talk(server.local_addr());
    demo(|stopped| server.serve_until(stopped), clients).await
}

/// A temporary folder, which is removed at the end of the demo.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // The system clears temporary folders anyway, so an error does not matter.
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn talk(server: SocketAddr) -> Result<()> {
    say(
        "Alice sends a hello: she has seen nothing yet. The server answers with how many of her messages it has stored,",
    );
    say("and the sequence number of the next message for her.\n");
    let mut alice = Client::<ChatMsg, ChatReply>::connect(server).await?;
    greet(&mut alice, "Alice", ALICE).await?;

    say("She writes to Bob, who is away. The receipt says that her message is on the disk.\n");
    let text = ChatMsg { sender: ALICE, receiver: BOB, kind: Kind::Text, body: b"hi there".to_vec() };
    show("Alice -> server", &text);
    show("server -> Alice, the receipt", &alice.call(&text).await?);
    show("server -> Alice", &next(&mut alice).await?);

    say("Bob comes back, and gets it.\n");
    let mut bob = Client::<ChatMsg, ChatReply>::connect(server).await?;
    greet(&mut bob, "Bob", BOB).await?;
    show("server -> Bob", &next(&mut bob).await?);

    say(
        "He acknowledges the messages below number 1. Otherwise he would receive them again when he reconnects.\n",
    );
    let taken = Taken { below: 1 }.to_vec()?;
    let taken = ChatMsg { sender: BOB, receiver: SERVER, kind: TAKEN, body: taken };
    show("Bob -> server", &taken);
    bob.send(&taken).await?;
    show("server -> Alice", &next(&mut alice).await?);

    say("He answers with something newer than the server, which passes it on.\n");
    let newer =
        ChatMsg { sender: BOB, receiver: ALICE, kind: Kind::Other(9), body: vec![0xf0, 0x9f, 0x91, 0x8b] };
    show("Bob -> server", &newer);
    show("server -> Bob, the receipt", &bob.call(&newer).await?);
    show("server -> Alice", &next(&mut alice).await?);
    Ok(())
}

async fn greet(client: &mut Client<ChatMsg, ChatReply>, name: &str, id: u32) -> Result<()> {
    let hello = Hello { seen: 0, token: *b"made at random..", password: Vec::new() }.to_vec()?;
    let hello = ChatMsg { sender: id, receiver: SERVER, kind: HELLO, body: hello };
    show(&format!("{name} -> server"), &hello);
    show(&format!("server -> {name}"), &client.call(&hello).await?);
    Ok(())
}

async fn next(client: &mut Client<ChatMsg, ChatReply>) -> Result<ChatReply> {
    client.recv().await?.ok_or(Error::Closed)
}
