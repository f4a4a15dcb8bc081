//! The frames of the chat. All numbers are big-endian.

use framewright::prelude::*;

/// A message from a client.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct ChatMsg {
    /// The sender. In the first message of a connection, it is the name that the connection takes.
    pub sender: u32,
    /// The receiver.
    pub receiver: u32,
    /// The kind of the body.
    pub kind: Kind,
    /// The message itself.
    #[len_prefixed]
    pub body: Vec<u8>,
}

/// A message from the server. It is a message for the client, or a receipt of one of its own
/// messages.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct ChatReply {
    /// The sender. In a receipt, it is the client itself.
    pub sender: u32,
    /// The kind of the body.
    pub kind: Kind,
    /// The message itself.
    #[len_prefixed]
    pub body: Vec<u8>,
}

/// The kind of a message's body.
#[derive(Frame, Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[frame(tag = u8)]
pub enum Kind {
    /// Text in UTF-8.
    Text = 1,
    /// A picture.
    Picture = 2,
    /// A voice recording.
    Voice = 3,
    /// A video.
    Video = 4,
    /// Another kind. The server passes it on unchanged.
    #[tag(_)]
    Other(u8),
}
