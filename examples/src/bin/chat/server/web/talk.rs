//! The WebSocket connection of a page.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use framewright::net::Peer;
use framewright::{Close, CloseReason, Conn, Decode, Error, Handler, Result};
use framewright_examples::websocket::protocol::{Opcode, WsFrame};
use framewright_examples::websocket::{
    Budget, Event, Fault, Message, Messages, Share, Side, WHOLE, answer, code,
};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::hello::{REFUSED, from_server};
use crate::protocol::ChatMsg;
use crate::server::conversation::Conversation;
use crate::server::line::{Line, framed};
use crate::server::node::Node;

/// The interval between pings.
const PING: Duration = Duration::from_secs(30);
const SILENCE: Duration = Duration::from_secs(90);

/// The state that all connections share.
#[derive(Clone)]
pub struct Shared {
    pub node: Arc<Node<Line>>,
    pub budget: Budget,
    /// The maximum size of a WebSocket message, which is the size of the largest chat frame.
    pub largest: usize,
}

/// The state of a connection.
pub struct State {
    conversation: Conversation<Line>,
    messages: Messages,
    share: Share,
    pings: JoinHandle<()>,
    /// Whether a first frame has arrived.
    greeted: bool,
    /// Whether a close frame was sent.
    closed: bool,
}

impl Shared {
    pub fn begin(self, peer: Peer<WsFrame>, address: IpAddr) -> State {
        let Self { node, budget, largest } = self;
        State {
            conversation: Conversation::new(node, Line::Web(peer.clone())),
            messages: Messages::new(Side::Server, largest),
            share: budget.share(address),
            pings: tokio::spawn(ping(peer)),
            greeted: false,
            closed: false,
        }
    }
}

/// Sends pings until the connection is closed.
async fn ping(peer: Peer<WsFrame>) {
    while !peer.is_closed() {
        sleep(PING).await;
        // If the buffer is full, the page is reading slowly, and needs no ping.
        let _ = peer.try_send(WsFrame::new(Opcode::Ping, Vec::new()));
    }
}

pub struct Talk;

impl Handler for Talk {
    type In<'a> = WsFrame;
    type Out = WsFrame;
    type State = State;

    async fn open(&self, _: &mut Conn<WsFrame>) -> Result<State, Close> {
        Err("a connection begins with an upgrade".into())
    }

    async fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<WsFrame>,
        state: &'a mut State,
        frame: WsFrame,
    ) -> Result<(), Close> {
        if !state.greeted {
            state.greeted = true;
            conn.deadline(None);
            conn.keep_alive(SILENCE);
        }
        match state.take(conn, frame) {
            Ok(None | Some(Event::Pong(_))) => Ok(()),
            Ok(Some(Event::Ping(payload))) => Ok(conn.send(WsFrame::new(Opcode::Pong, payload))?),
            Ok(Some(Event::Message(Message::Binary(bytes)))) => match state.say(&bytes).await? {
                Ok(()) => Ok(()),
                Err(fault) => state.refuse(conn, fault).await,
            },
            Ok(Some(Event::Message(Message::Text(_)))) => state.refuse(conn, TEXT).await,
            Ok(Some(Event::Close(closing))) => {
                state.conversation.settle().await?;
                state.close(conn, answer(closing.as_ref()));
                Err(Close::new())
            }
            Err(fault) => state.refuse(conn, fault).await,
        }
    }

    async fn batch_end(&self, _: &mut Conn<WsFrame>, state: &mut State) -> Result<(), Close> {
        state.conversation.settle().await
    }

    fn ending(&self, conn: &mut Conn<WsFrame>, state: &mut State, why: &CloseReason) {
        match why {
            CloseReason::Malformed(error) => state.tell(conn, Fault::from(error)),
            CloseReason::Drain => state.tell(conn, STOPPING),
            CloseReason::Handler(close) if close.error().is_some() => state.tell(conn, REFUSING),
            // If another task closed the connection, it also sent a close frame.
            CloseReason::Handler(_) if !conn.handle().is_closed() => state.tell(conn, DONE),
            _ => {}
        }
    }

    async fn closed(&self, state: State, _: CloseReason) {
        state.pings.abort();
        state.conversation.end().await;
    }
}

const TEXT: Fault = Fault { code: code::UNSUPPORTED, reason: "the chat uses binary messages" };
const NO_FRAME: Fault = Fault { code: code::NOT_TEXT, reason: "not a message of the chat" };
const STOPPING: Fault = Fault { code: code::GOING_AWAY, reason: "the server is stopping" };
const REFUSING: Fault = Fault { code: code::REFUSED, reason: "violates the rules of the chat" };
const DONE: Fault = Fault { code: code::NORMAL, reason: "" };

impl State {
    /// Handles a WebSocket frame, within the limits on memory and time.
    fn take(&mut self, conn: &mut Conn<WsFrame>, frame: WsFrame) -> Result<Option<Event>, Fault> {
        let before = self.messages.held();
        let event = self.messages.take(frame)?;
        let held = self.messages.held();
        match (before, held) {
            (None, Some(_)) => conn.deadline(Instant::now() + WHOLE),
            (Some(_), None) => conn.deadline(None),
            _ => {}
        }
        if self.share.set(held.unwrap_or_default()) { Ok(event) } else { Err(Fault::BUSY) }
    }

    /// Handles the chat frames in a WebSocket message.
    async fn say(&mut self, mut bytes: &[u8]) -> Result<Result<(), Fault>, Close> {
        while !bytes.is_empty() {
            let Ok((rest, msg)) = ChatMsg::parse(bytes) else { return Ok(Err(NO_FRAME)) };
            bytes = rest;
            self.conversation.frame(msg).await?;
        }
        Ok(Ok(()))
    }

    /// Answers earlier frames, sends the reason, and closes the connection.
    async fn refuse(&mut self, conn: &mut Conn<WsFrame>, fault: Fault) -> Result<(), Close> {
        self.conversation.settle().await?;
        self.tell(conn, fault);
        Err(Error::other(fault).into())
    }

    fn tell(&mut self, conn: &mut Conn<WsFrame>, fault: Fault) {
        if self.closed {
            return;
        }
        if fault == Fault::TOO_LARGE && self.conversation.takes_refusals() {
            if let Ok(refusal) = framed(&from_server(REFUSED, "it is larger than this server allows")) {
                // If the refusal cannot be sent, the close frame below still ends the connection.
                let _ = conn.send(refusal);
            }
        }
        self.close(conn, fault.frame());
    }

    fn close(&mut self, conn: &mut Conn<WsFrame>, frame: WsFrame) {
        self.closed = true;
        // If the buffer is full, the page sees only that the connection ends.
        let _ = conn.send(frame);
    }
}
