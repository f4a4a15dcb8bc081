//! The output to a client: chat frames, or WebSocket messages that contain them.

use std::net::SocketAddr;

use framewright::net::Peer;
use framewright::{Encode, Result};
use framewright_examples::websocket::Fault;
use framewright_examples::websocket::protocol::{Opcode, WsFrame};

use super::place::Outlet;
use crate::protocol::ChatReply;

#[derive(Clone)]
pub enum Line {
    Tcp(Peer<ChatReply>),
    Web(Peer<WsFrame>),
}

/// Why a page's connection is closed when another connection takes over its name. The page then
/// does not reconnect, because it would take the name back.
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
                // If the buffer is full, the page sees only that the connection ends.
                let _ = peer.try_send(REPLACED.frame());
                peer.close();
            }
        }
    }

    fn peer_addr(&self) -> SocketAddr {
        match self {
            Self::Tcp(peer) => peer.peer_addr(),
            Self::Web(peer) => peer.peer_addr(),
        }
    }
}

/// Returns a reply as a WebSocket message.
pub fn framed(reply: &ChatReply) -> Result<WsFrame> {
    Ok(WsFrame::new(Opcode::Binary, reply.to_vec()?))
}
