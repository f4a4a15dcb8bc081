//! The client. It sends each line as a message.

use framewright::{Error, Result};
use framewright_examples::websocket::{Message, Socket, code};
use framewright_examples::{inputs, printable, say};

/// The maximum size of a reply in bytes.
const MOST: usize = 16 * 1024 * 1024;

pub async fn talk(server: &str, messages: Vec<String>) -> Result<()> {
    let mut socket = Socket::connect(server, server, "/", MOST).await?;
    let mut messages = inputs(messages);
    while let Some(text) = messages.recv().await {
        socket.send(Message::Text(text)).await?;
        say(text_of(socket.recv().await?.ok_or(Error::Closed)?));
    }
    socket.close(code::NORMAL, "").await?;
    while socket.recv().await?.is_some() {}
    Ok(())
}

pub fn text_of(message: Message) -> String {
    match message {
        Message::Text(text) => printable(text.as_bytes()),
        Message::Binary(bytes) => format!("{} bytes", bytes.len()),
    }
}
