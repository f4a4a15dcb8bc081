//! Sends every chat message back to its sender: the echo server of the README.

#[path = "../chat/protocol.rs"]
mod protocol;

use framewright::Encode;
use framewright_examples::exchange;
use protocol::{ChatMsg, ChatReply, Kind};

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let answer = async |msg: ChatMsg| ChatReply { sender: msg.sender, kind: msg.kind, body: msg.body };
    let request = |text: String| ChatMsg { sender: 1, receiver: 2, kind: Kind::Text, body: text.into() };
    exchange("Returns every message to its sender", answer, request, |reply| reply.dump().to_string()).await
}
