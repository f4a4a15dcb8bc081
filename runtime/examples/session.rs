//! A login, then messages: each step of a session has its own frame type.
//!
//! `cargo run --example session`

use framewright::net::Close;
use framewright::prelude::*;

#[derive(Frame, Debug)]
#[frame(be)]
struct Login {
    #[len_prefixed(u8)]
    name: String,
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(tag = u8)]
enum Answer {
    Refused,
    Granted,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Message {
    #[len_prefixed]
    text: String,
}

async fn converse(mut s: Session) -> Result<(), Close> {
    // `require` returns an error at the end of the stream, so `?` ends the session.
    let login: Login = s.require().await?;
    if login.name.is_empty() {
        s.send(&Answer::Refused).await?;
        return Ok(());
    }
    s.send(&Answer::Granted).await?;
    // At the end of the stream, `recv` returns `None` instead.
    while let Some(message) = s.recv::<Message>().await? {
        s.feed(&Message { text: format!("{}: {}", login.name, message.text) })?;
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> framewright::Result<()> {
    let server = Server::sessions(converse).bind("127.0.0.1:0").await?;
    let address = server.local_addr();
    tokio::spawn(server.serve());

    let mut s = Session::connect(address).await?;
    let answer: Answer = s.call(&Login { name: "ann".into() }).await?;
    assert_eq!(answer, Answer::Granted);
    let reply: Message = s.call(&Message { text: "hello".into() }).await?;
    println!("{}", reply.text);
    assert_eq!(reply.text, "ann: hello");

    let mut s = Session::connect(address).await?;
    let answer: Answer = s.call(&Login { name: String::new() }).await?;
    assert_eq!(answer, Answer::Refused);
    Ok(())
}
