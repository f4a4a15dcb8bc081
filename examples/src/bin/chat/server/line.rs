//! What carries replies to a client: the chat's own frames, or messages of WebSocket with these inside.

use framewright::net::Peer;
use framewright::{Encode, Result};
use framewright_examples::websocket::Fault;
use framewright_examples::websocket::protocol::{Opcode, WsFrame};

use super::place::Outlet;
use crate::protocol::ChatReply;

/// The way to a client.
#[derive(Clone)]
pub enum Line {
    Tcp(Peer<ChatReply>),
    Web(Peer<WsFrame>),
}

/// What a page is told whose name was taken over, so that it does not take it back at once.
pub const REPLACED: Fault = Fault { code: 4001, reason: "the name is used elsewhere now" };

impl Outlet for Line {
    async fn send(&self, reply: &ChatReply) -> Result<()> {
        match self {
            Self::Tcp(peer) => peer.send(reply).await,
            Self::Web(peer) => peer.send(framed(reply)?).await,
        }
    }

    async fn flushed(&self) -> Result<()> {
        match self {
            Self::Tcp(peer) => peer.flushed().await,
            Self::Web(peer) => peer.flushed().await,
        }
    }

    fn close(&self) {
        match self {
            Self::Tcp(peer) => peer.close(),
            Self::Web(peer) => {
                // Without room in the buffer the peer only sees that the connection ends.
                let _ = peer.try_send(REPLACED.frame());
                peer.close();
            }
        }
    }
}

/// A reply as a message of WebSocket.
pub fn framed(reply: &ChatReply) -> Result<WsFrame> {
    Ok(WsFrame::new(Opcode::Binary, reply.to_vec()?))
}
