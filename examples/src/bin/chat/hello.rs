//! The hello and the acknowledgements, for clients that want reliable delivery. They are the bodies
//! of messages from and to user 0, the server.

use framewright::prelude::*;

use crate::protocol::{ChatReply, Kind};

/// The server's user number.
pub const SERVER: u32 = 0;

/// The kind of a hello and of the answer to it.
pub const HELLO: Kind = Kind::Other(0);

/// The kind of an acknowledgement.
pub const TAKEN: Kind = Kind::Other(5);

/// The kind of a refusal, which the server sends instead of a receipt. Its body is the reason.
pub const REFUSED: Kind = Kind::Other(6);

/// The first message of a connection.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Hello {
    /// The sequence number of the next message for the client. The client has seen all messages
    /// below it.
    pub seen: u64,
    /// A random token that is the same while the client runs. A client with the token can take over
    /// its name from its own broken connection. A client without a token sends zeros.
    pub token: [u8; 16],
    #[len_prefixed(u8)]
    pub password: Vec<u8>,
}

/// The answer to a hello.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Welcome {
    /// How many messages from the client are stored.
    pub stored_from: u64,
    /// The sequence number of the next message for the client.
    pub next_for: u64,
}

/// Acknowledges all messages for the client with a sequence number below `below`.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Taken {
    pub below: u64,
}

impl From<u8> for Kind {
    fn from(number: u8) -> Self {
        match number {
            1 => Self::Text,
            2 => Self::Picture,
            3 => Self::Voice,
            4 => Self::Video,
            other => Self::Other(other),
        }
    }
}

impl From<Kind> for u8 {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Text => 1,
            Kind::Picture => 2,
            Kind::Voice => 3,
            Kind::Video => 4,
            Kind::Other(other) => other,
        }
    }
}

/// Returns a message from the server itself. It is not stored and has no sequence number.
pub fn from_server(kind: Kind, body: impl Into<Vec<u8>>) -> ChatReply {
    ChatReply { sender: SERVER, kind, body: body.into() }
}
