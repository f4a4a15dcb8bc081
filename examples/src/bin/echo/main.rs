//! An echo server that returns the request with visible line ends: `hello⏎you` becomes
//! `hello\r\nyou\r\n\r\n`.

mod protocol;

use std::process::ExitCode;

use framewright_examples::{exchange, printable};
use protocol::Message;

#[tokio::main]
async fn main() -> ExitCode {
    exchange("Returns text with its line breaks spelled out", answer, request, reply).await
}

/// Returns the request and its terminator. Each line end becomes the four characters `\r\n`.
async fn answer(request: Message) -> Message {
    let whole = request.text + "\r\n\r\n";
    Message { text: whole.replace("\r\n", r"\r\n") }
}

fn request(text: String) -> Message {
    Message { text: text.lines().collect::<Vec<_>>().join("\r\n") }
}

fn reply(reply: &Message) -> String {
    printable(reply.text.as_bytes())
}
