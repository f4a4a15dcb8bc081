//! An echo server and a client for it, in one process.
//!
//! `cargo run --example echo`

use framewright::prelude::*;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct ChatMsg {
    sender: u32,
    receiver: u32,
    kind: u8,
    #[len_prefixed]
    body: Vec<u8>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> framewright::Result<()> {
    // A closure from a frame to its reply is a complete server. With port 0 the system chooses a
    // port.
    let server = Server::new(async |msg: ChatMsg| msg).bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    tokio::spawn(server.serve());

    let mut client = Client::<ChatMsg>::connect(address).await?;
    let msg = ChatMsg { sender: 1, receiver: 2, kind: 1, body: b"hi there".to_vec() };
    let reply = client.call(&msg).await?;
    println!("{}", reply.dump());
    assert_eq!(reply, msg);
    Ok(())
}
