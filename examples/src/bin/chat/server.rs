//! The server: receipts to senders, messages to receivers.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};

use framewright::{Close, CloseReason, Conn, Handler, Layout, Limits, Peer, Result, Server};
use framewright_examples::{interrupted, log, unhurried};

use crate::protocol::{ChatMsg, ChatReply};

pub async fn serve(address: &str, max_body: usize) -> Result<()> {
    log("info");
    let stop = interrupted()?;
    Server::new(Chat::default()).limits(limits(max_body)).bind(address).await?.serve_until(stop).await
}

/// Room for the largest message, and for a few of them on their way to the same receiver.
fn limits(max_body: usize) -> Limits {
    let largest = max_body.saturating_add(ChatMsg::MIN_LEN);
    unhurried().frame(largest).out_buffer(largest.saturating_mul(4))
}

/// Who is there, by the name of the connection.
#[derive(Default)]
pub struct Chat {
    peers: Mutex<Peers>,
}

/// Of several connections of one name the newest is written to: whoever comes back may do so before
/// the old connection is known to be dead.
type Peers = HashMap<u32, Vec<Peer<ChatReply>>>;

impl Chat {
    fn peers(&self) -> MutexGuard<'_, Peers> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes a message on to its receiver, if that one is there and takes what it is sent.
    fn pass_on(&self, receiver: u32, message: ChatReply) {
        let Some(peer) = self.peers().get(&receiver).and_then(|peers| peers.last().cloned()) else {
            return tracing::info!("{receiver} is not here: nothing passed on");
        };
        if let Err(error) = peer.try_send(message) {
            tracing::warn!("nothing passed on to {receiver}: {error}");
        }
    }
}

impl Handler for Chat {
    type In<'a> = ChatMsg;
    type Out = ChatReply;
    /// The connection's name, once it has one.
    type State = Option<u32>;

    async fn open(&self, _: &mut Conn<ChatReply>) -> Result<Option<u32>, Close> {
        Ok(None)
    }

    async fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<ChatReply>,
        name: &'a mut Option<u32>,
        msg: ChatMsg,
    ) -> Result<(), Close> {
        let ChatMsg { sender, receiver, kind, body } = msg;
        if name.is_none() {
            tracing::info!("{sender} is here");
            self.peers().entry(sender).or_default().push(conn.handle());
            *name = Some(sender);
        }
        let message = ChatReply { sender, kind, body };
        // Unlike `conn.send`, this waits for room while others fill the out-buffer.
        conn.handle().send(&message).await?;
        self.pass_on(receiver, message);
        Ok(())
    }

    async fn closed(&self, name: Option<u32>, _: CloseReason) {
        let Some(name) = name else { return };
        if let Entry::Occupied(mut peers) = self.peers().entry(name) {
            peers.get_mut().retain(|peer| !peer.is_closed());
            if peers.get().is_empty() {
                peers.remove();
            }
        }
        tracing::info!("{name} is gone");
    }
}
