//! The server: receipts to senders, messages to receivers.

use framewright::net::{Delivery, Member};
use framewright::{Close, CloseReason, Conn, Handler, Hub, Layout, Limits, Result, Server};
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

/// Who is there. Of several connections of one name the newest is written to: whoever comes back
/// may do so before the old connection is known to be dead.
#[derive(Default)]
pub struct Chat {
    hub: Hub<u32, ChatReply>,
}

impl Handler for Chat {
    type In<'a> = ChatMsg;
    type Out = ChatReply;
    /// The connection's name, once it has one.
    type State = Option<Member<u32, ChatReply>>;

    async fn open(&self, _: &mut Conn<ChatReply>) -> Result<Self::State, Close> {
        Ok(None)
    }

    async fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<ChatReply>,
        name: &'a mut Self::State,
        msg: ChatMsg,
    ) -> Result<(), Close> {
        let ChatMsg { sender, receiver, kind, body } = msg;
        name.get_or_insert_with(|| {
            tracing::info!("{sender} is here");
            self.hub.register(sender, conn.handle())
        });
        let message = ChatReply { sender, kind, body };
        // Unlike `conn.send`, this waits for room while others fill the out-buffer.
        conn.handle().send(&message).await?;
        match self.hub.send_to(&receiver, &message)? {
            Delivery::Delivered => {}
            Delivery::Offline => tracing::info!("nothing passed on: {receiver} is not here"),
            Delivery::Full => tracing::warn!("nothing passed on: {receiver} does not take what it is sent"),
        }
        Ok(())
    }

    async fn closed(&self, name: Self::State, _: CloseReason) {
        if let Some(name) = name {
            tracing::info!("{} is gone", name.key());
        }
    }
}
