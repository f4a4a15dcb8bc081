//! Sends text back with its line ends spelled out: `hello⏎you` as `hello\r\nyou\r\n\r\n`.

mod protocol;

use std::process::ExitCode;

use framewright_examples::{exchange, printable};
use protocol::Message;

#[tokio::main]
async fn main() -> ExitCode {
    exchange("Returns text with its line breaks spelled out", answer, request, reply).await
}

/// Returns the request, including its terminator, with every line end spelled out.
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
