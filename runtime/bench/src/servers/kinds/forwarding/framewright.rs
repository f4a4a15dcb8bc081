//! Proxies with Framewright.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use framewright::ClientOptions;
use framewright::net::{Close, Serves, Service};
use framewright::prelude::*;
use futures_util::FutureExt;

use crate::servers::exchange::{Behind, Pipe};

/// A message, declared again for the proxies. Code that several servers of this program share is
/// not inlined, unlike in a program that has only one server.
#[derive(Frame, Debug)]
#[frame(be)]
struct Message<'a> {
    sender: u32,
    receiver: u32,
    kind: u8,
    #[len_prefixed]
    body: &'a [u8],
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Receipt {
    sender: u32,
    receiver: u32,
    kind: u8,
    len: u32,
}

/// The server behind the proxy.
pub(crate) enum Upstream {
    At(SocketAddr),
    /// A server in memory, for a single connection.
    Over(Mutex<Option<Behind>>),
}

impl Upstream {
    pub(crate) fn over(pipe: &Pipe) -> Self {
        Self::Over(Mutex::new(Some(pipe.behind())))
    }

    /// Connects to the server that requests are forwarded to.
    async fn connect(&self) -> framewright::Result<Session> {
        match self {
            Self::At(address) => Session::connect(address).await,
            Self::Over(pipe) => {
                let pipe = pipe.lock().ok().and_then(|mut pipe| pipe.take());
                Ok(Session::over(pipe.ok_or(framewright::Error::Closed)?, &ClientOptions::new()))
            }
        }
    }
}

/// Returns a server whose handler feeds messages to a session with the upstream server. At the end
/// of each batch, the handler waits for the answers to all messages of the batch.
pub(crate) fn handler(upstream: Upstream) -> Server<impl Service> {
    Server::new(Forward(upstream))
}

/// Forwards one connection to a server in memory.
pub(crate) async fn handler_over(pipe: Pipe) -> io::Result<()> {
    handler(Upstream::over(&pipe)).serve_connection(pipe).await.map_err(io::Error::other)
}

struct Forward(Upstream);

/// The connection to the upstream server, and the number of answers that are due on it.
struct Due {
    session: Session,
    answers: usize,
}

impl Handler for Forward {
    type In<'a> = Message<'a>;
    type Out = Receipt;
    type State = Due;

    async fn open(&self, _: &mut Conn<Receipt>) -> Result<Due, Close> {
        Ok(Due { session: self.0.connect().await?, answers: 0 })
    }

    async fn frame<'a>(
        &'a self,
        _: &'a mut Conn<Receipt>,
        due: &'a mut Due,
        message: Message<'a>,
    ) -> Result<(), Close> {
        due.answers += 1;
        Ok(due.session.feed(&message)?)
    }

    async fn batch_end(&self, conn: &mut Conn<Receipt>, due: &mut Due) -> Result<(), Close> {
        due.session.flush().await?;
        while due.answers > 0 {
            let receipt: Receipt = due.session.require().await?;
            due.answers -= 1;
            conn.send(receipt)?;
        }
        Ok(())
    }
}

/// Returns a server with a session for each side and separate directions. A proxy needs this if the
/// upstream server also pushes frames.
pub(crate) fn sessions(upstream: SocketAddr) -> Server<impl Serves> {
    Server::sessions(async move |front: Session| -> Result<(), Close> {
        both_ways(front, Upstream::At(upstream).connect().await?).await
    })
}

/// Forwards one connection to a server in memory.
pub(crate) async fn sessions_over(pipe: Pipe) -> io::Result<()> {
    let upstream = Arc::new(Upstream::over(&pipe));
    let server = Server::sessions(async move |front: Session| -> Result<(), Close> {
        both_ways(front, upstream.connect().await?).await
    });
    server.serve_connection(pipe).await.map_err(io::Error::other)
}

async fn both_ways(mut front: Session, mut back: Session) -> Result<(), Close> {
    loop {
        // Frames that have arrived on either side are fed to the other side. A side's fed frames
        // are flushed when it has no more frames to return.
        tokio::select! {
            biased;
            message = front.recv::<Message<'_>>() => match message? {
                Some(message) => back.feed(&message)?,
                None => return Ok(()),
            },
            receipt = back.require::<Receipt>() => {
                front.feed(&receipt?)?;
                // Polling `front` after each receipt would flush each receipt separately.
                while let Some(receipt) = back.require::<Receipt>().now_or_never() {
                    front.feed(&receipt?)?;
                }
            }
        }
    }
}
