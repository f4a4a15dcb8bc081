//! The chat: every message names its sender and its receiver, every one that
//! arrives names its sender. All numbers are big-endian.

use framewright::prelude::*;

/// What a client sends.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct ChatMsg {
    /// Who sends it. The first message of a connection names the connection.
    pub sender: u32,
    /// Whom it is for.
    pub receiver: u32,
    /// What the body is.
    pub kind: Kind,
    /// The message itself.
    #[len_prefixed]
    pub body: Vec<u8>,
}

/// What the server sends: a message for the client, or the receipt for one of its own.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct ChatReply {
    /// Who sent it. In a receipt that is the client itself.
    pub sender: u32,
    /// What the body is.
    pub kind: Kind,
    /// The message itself.
    #[len_prefixed]
    pub body: Vec<u8>,
}

/// What the body of a message is.
#[derive(Frame, Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[frame(tag = u8)]
pub enum Kind {
    /// Text in UTF-8.
    Text = 1,
    /// A picture.
    Picture = 2,
    /// A recording of a voice.
    Voice = 3,
    /// A video.
    Video = 4,
    /// Something newer than this program, which is passed on as it is.
    #[tag(_)]
    Other(u8),
}
