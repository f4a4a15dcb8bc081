//! A connection to the server, which begins with a hello and counts sent and received bytes.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use framewright::{Client, ClientOptions, Decode, Encode, Error, Layout, Result};
use framewright_examples::printable;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::hello::{HELLO, Hello, REFUSED, SERVER, Welcome};
use crate::protocol::{ChatMsg, ChatReply};

/// The interval between updates of the progress of large messages.
pub const TICK: Duration = Duration::from_millis(250);

/// The login of a client.
pub struct Login {
    pub address: String,
    pub id: u32,
    pub max_body: usize,
    pub hello: Hello,
}

pub struct Connection {
    pub client: Client<ChatMsg, ChatReply>,
    pub welcome: Welcome,
    /// The sequence number of the next message from the server.
    pub number: u64,
    /// How many pending messages have been sent on this connection.
    pub sent: usize,
    /// The number of bytes fed, and the number of bytes received in complete frames.
    pub fed: usize,
    pub received: usize,
    meter: Arc<Meter>,
}

impl Connection {
    /// Connects and says hello.
    ///
    /// # Errors
    /// [`Error::Other`] if the server refuses.
    pub async fn open(login: &Login) -> Result<Self> {
        let unreachable = |source| Error::Connect { address: login.address.clone(), source };
        let io = TcpStream::connect(&login.address).await.map_err(unreachable)?;
        io.set_nodelay(true)?;
        let meter = Arc::new(Meter::default());
        let limits = ClientOptions::new().max_frame(login.max_body.saturating_add(ChatReply::MIN_LEN));
        let io = Metered { io, meter: Arc::clone(&meter) };
        let mut client = Client::<ChatMsg, ChatReply>::over(io, &limits);
        let hello = ChatMsg { sender: login.id, receiver: SERVER, kind: HELLO, body: login.hello.to_vec()? };
        let answer = client.call(&hello).await?;
        let ChatReply { sender, kind, body } = &answer;
        if *sender == SERVER && *kind == REFUSED {
            return Err(Error::other(format!("the server refuses: {}", printable(body))));
        }
        if *sender != SERVER || *kind != HELLO {
            return Err(Error::other("the server stores no messages: it did not answer the hello"));
        }
        let welcome = Welcome::decode(body)?;
        let (fed, received) = (hello.encoded_len(), answer.encoded_len());
        Ok(Self { client, number: welcome.next_for, welcome, sent: 0, fed, received, meter })
    }

    /// Feeds a message. Returns the number of bytes that were fed before it.
    pub fn feed(&mut self, message: &ChatMsg) -> Result<usize> {
        self.client.feed(message)?;
        let before = self.fed;
        self.fed += message.encoded_len();
        Ok(before)
    }

    /// Returns the number of bytes written to the socket.
    pub fn written(&self) -> usize {
        self.meter.written.load(Ordering::Relaxed)
    }

    /// Returns how many bytes of an incomplete message have been received.
    pub fn arriving(&self) -> usize {
        self.meter.read.load(Ordering::Relaxed).saturating_sub(self.received)
    }
}

#[derive(Default)]
struct Meter {
    written: AtomicUsize,
    read: AtomicUsize,
}

/// A stream that counts its bytes.
struct Metered {
    io: TcpStream,
    meter: Arc<Meter>,
}

impl AsyncRead for Metered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        self.meter.read.fetch_add(buf.filled().len() - before, Ordering::Relaxed);
        read
    }
}

impl AsyncWrite for Metered {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, bytes);
        if let Poll::Ready(Ok(count)) = written {
            self.meter.written.fetch_add(count, Ordering::Relaxed);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
