//! A WebSocket connection.

use std::fmt::Debug;
use std::time::Duration;

use argon2::password_hash::rand_core::{OsRng, RngCore};
use framewright::{Encode, Error, Result, Session};
use tokio::net::ToSocketAddrs;
use tokio::time::Instant;

use super::messages::{Event, Fault, Message, Messages, Side, answer};
use super::protocol::{Closing, Opcode, WsFrame};
use super::{Share, WHOLE, upgrade};
use crate::http::protocol::Response;

/// Sends and receives messages over a session, as client or server. Answers pings while
/// [`recv`](Self::recv) waits.
pub struct Socket {
    session: Session,
    messages: Messages,
    side: Side,
    share: Option<Share>,
    /// How long a message may take to arrive.
    whole: Duration,
    closing: bool,
    closed: Option<Closing>,
}

impl Socket {
    /// Connects to a server and asks for `target`. A received message has at most `most` bytes.
    ///
    /// # Errors
    /// Returns an error if the server cannot be reached, or refuses the upgrade.
    pub async fn connect(
        address: impl ToSocketAddrs + Debug,
        host: &str,
        target: &str,
        most: usize,
    ) -> Result<Self> {
        let mut session = Session::connect(address).await?;
        let mut bytes = [0; 16];
        OsRng.fill_bytes(&mut bytes);
        let key = upgrade::key_of(bytes);
        let response: Response = session.call(&upgrade::request(host, target, &key)).await?;
        if !upgrade::is_granted(&response, &key) {
            let said = crate::printable(response.reason.as_bytes());
            return Err(Error::other(format!("the server answered: {} {said}", response.status)));
        }
        Ok(Self::over(session, Side::Client, most))
    }

    /// Creates a socket from a session whose upgrade is done.
    #[must_use]
    pub fn over(session: Session, side: Side, most: usize) -> Self {
        let messages = Messages::new(side, most);
        Self { session, messages, side, share: None, whole: WHOLE, closing: false, closed: None }
    }

    /// Limits the memory for incomplete messages to this share of a budget, and the time in which a
    /// message must arrive to [`WHOLE`].
    #[must_use]
    pub fn within(mut self, share: Share) -> Self {
        self.share = Some(share);
        self
    }

    /// Receives the next message. Returns `None` if the peer has closed the connection. Then
    /// [`closing`](Self::closing) returns the reason.
    ///
    /// # Errors
    /// Returns an error if the peer violates the protocol. A close frame is sent, and the socket
    /// has to be dropped.
    ///
    /// # Cancel safety
    /// If cancelled, no message is lost.
    pub async fn recv(&mut self) -> Result<Option<Message>> {
        loop {
            let frame = match self.session.recv::<WsFrame>().await {
                Ok(Some(frame)) => frame,
                Ok(None) => return Ok(None),
                Err(Error::Decode(error)) => return self.refuse(Fault::from(&error), error.into()).await,
                Err(error) => return Err(error),
            };
            let event = match self.take(frame) {
                Ok(event) => event,
                Err(fault) => return self.refuse(fault, Error::other(fault)).await,
            };
            match event {
                Some(Event::Message(message)) => return Ok(Some(message)),
                Some(Event::Ping(payload)) => self.feed_frame(WsFrame::new(Opcode::Pong, payload))?,
                Some(Event::Pong(_)) | None => {}
                Some(Event::Close(closing)) => {
                    if !self.closing {
                        self.closing = true;
                        self.feed_frame(answer(closing.as_ref()))?;
                    }
                    self.closed = closing;
                    self.session.flush().await?;
                    return Ok(None);
                }
            }
        }
    }

    fn take(&mut self, frame: WsFrame) -> Result<Option<Event>, Fault> {
        let before = self.messages.held();
        let event = self.messages.take(frame)?;
        let Some(share) = &mut self.share else { return Ok(event) };
        let held = self.messages.held();
        match (before, held) {
            (None, Some(_)) => self.session.deadline(Instant::now() + self.whole),
            (Some(_), None) => self.session.deadline(None),
            _ => {}
        }
        if share.set(held.unwrap_or_default()) { Ok(event) } else { Err(Fault::BUSY) }
    }

    async fn refuse(&mut self, fault: Fault, error: Error) -> Result<Option<Message>> {
        if !self.closing {
            self.closing = true;
            self.feed_frame(fault.frame())?;
            self.session.flush().await?;
        }
        Err(error)
    }

    /// Sends a message.
    ///
    /// # Errors
    /// Returns an error if the connection is closed.
    pub async fn send(&mut self, message: Message) -> Result<()> {
        self.feed(message)?;
        self.session.flush().await
    }

    /// Puts a message into the out-buffer. It is sent while [`recv`](Self::recv) waits.
    ///
    /// # Errors
    /// Returns an error if the connection is closed or the out-buffer is full.
    pub fn feed(&mut self, message: Message) -> Result<()> {
        if self.closing {
            return Err(Error::Closed);
        }
        self.feed_frame(message.into_frame())
    }

    fn feed_frame(&mut self, mut frame: WsFrame) -> Result<()> {
        if self.side == Side::Client {
            let mut key = [0; 4];
            OsRng.fill_bytes(&mut key);
            frame.key = Some(key);
        }
        self.session.feed(&frame)
    }

    /// Sends a close frame. After the peer has answered it, [`recv`](Self::recv) returns `None`.
    ///
    /// # Errors
    /// Returns an error if the connection is closed, or the reason has more than 123 bytes.
    pub async fn close(&mut self, code: u16, reason: &str) -> Result<()> {
        if self.closing {
            return Ok(());
        }
        self.closing = true;
        let payload = Closing { code, reason: reason.to_owned() }.to_vec()?;
        self.feed_frame(WsFrame::new(Opcode::Close, payload))?;
        self.session.flush().await
    }

    /// Returns the code and reason in the peer's close frame, if it has sent one.
    #[must_use]
    pub fn closing(&self) -> Option<&Closing> {
        self.closed.as_ref()
    }

    /// Returns `true` if this server is stopping. Then [`recv`](Self::recv) returns `None`.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.session.is_draining()
    }
}

#[cfg(test)]
mod tests {
    use framewright::{Close, Server};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::{sleep, timeout};

    use super::super::Budget;
    use super::*;

    #[tokio::test]
    async fn a_message_in_pieces_must_be_complete_in_time() {
        const SHORT: Duration = Duration::from_millis(10);
        let (mut ours, theirs) = duplex(1 << 16);
        let server = Server::sessions(async |s: Session| -> Result<(), Close> {
            let share = Budget::new(1000, 1000).share(s.peer_addr().ip());
            let mut socket = Socket::over(s, Side::Server, 1000).within(share);
            socket.whole = SHORT;
            while let Some(message) = socket.recv().await? {
                socket.send(message).await?;
            }
            Ok(())
        });
        tokio::spawn(async move { server.serve_connection(theirs).await });
        let piece = |opcode, last| {
            let frame = WsFrame { last, key: Some([1, 2, 3, 4]), ..WsFrame::new(opcode, b"piece".to_vec()) };
            frame.to_vec().unwrap()
        };
        let (first, second) = (piece(Opcode::Text, false), piece(Opcode::Continuation, true));
        ours.write_all(&[&first[..], &second].concat()).await.unwrap();
        ours.read_exact(&mut [0; 12]).await.unwrap();
        // The limit does not apply to the time between messages.
        sleep(SHORT * 5).await;
        ours.write_all(&piece(Opcode::Text, true)).await.unwrap();
        ours.read_exact(&mut [0; 7]).await.unwrap();
        ours.write_all(&first).await.unwrap();
        let closed = timeout(Duration::from_secs(60), ours.read_to_end(&mut Vec::new())).await;
        assert_eq!(closed.expect("still open").unwrap(), 0);
    }
}
