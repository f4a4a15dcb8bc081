use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Mutex;

use framewright::ClientOptions;
use framewright::net::{Close, Serves, Service};
use framewright::prelude::*;
use tokio::io::DuplexStream;

use crate::servers::exchange::Pipe;
use crate::servers::message::{BorrowedMessage, Message, Receipt};

/// Serves whoever connects.
pub(super) async fn serve(server: Server<impl Serves>, listener: TcpListener) -> io::Result<()> {
    server.listener(listener).map_err(io::Error::other)?.serve().await.map_err(io::Error::other)
}

/// Serves one connection.
pub(super) async fn over(server: Server<impl Service>, pipe: Pipe) -> io::Result<()> {
    server.serve_connection(pipe).await.map_err(io::Error::other)
}

pub(super) fn owned() -> Server<impl Service> {
    Server::new(async |message: Message| {
        Receipt::of(message.sender, message.receiver, message.kind, &message.body)
    })
}

pub(super) fn borrowed() -> Server<impl Service> {
    Server::new(Answer)
}

struct Answer;

impl Handler for Answer {
    type In<'a> = BorrowedMessage<'a>;
    type Out = Receipt;
    type State = ();

    async fn open(&self, _: &mut Conn<Receipt>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<Receipt>,
        (): &'a mut (),
        message: BorrowedMessage<'a>,
    ) -> Result<(), Close> {
        let receipt = Receipt::of(message.sender, message.receiver, message.kind, message.body);
        Ok(conn.send(receipt)?)
    }
}

pub(super) fn session() -> Server<impl Serves> {
    Server::sessions(talk)
}

pub(super) async fn session_over(pipe: Pipe) -> io::Result<()> {
    Server::sessions(talk).serve_connection(pipe).await.map_err(io::Error::other)
}

async fn talk(mut s: Session) -> Result<(), Close> {
    while let Some(message) = s.recv::<Message>().await? {
        s.feed(&Receipt::of(message.sender, message.receiver, message.kind, &message.body))?;
    }
    Ok(())
}

pub(super) fn session_borrowed() -> Server<impl Serves> {
    Server::sessions(talk_borrowed)
}

pub(super) async fn session_borrowed_over(pipe: Pipe) -> io::Result<()> {
    Server::sessions(talk_borrowed).serve_connection(pipe).await.map_err(io::Error::other)
}

async fn talk_borrowed(mut s: Session) -> Result<(), Close> {
    while let Some(message) = s.recv::<BorrowedMessage<'_>>().await? {
        let receipt = Receipt::of(message.sender, message.receiver, message.kind, message.body);
        s.feed(&receipt)?;
    }
    Ok(())
}

pub(super) fn forward(upstream: SocketAddr) -> Server<impl Serves> {
    Server::new(Forward(Upstream::At(upstream)))
}

/// Forwards to a server behind a pipe as well.
pub(super) async fn forward_over(pipe: Pipe) -> io::Result<()> {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let upstream = tokio::spawn(async move { owned().serve_connection(theirs).await });
    over(Server::new(Forward(Upstream::Over(Mutex::new(Some(ours))))), pipe).await?;
    upstream.await?.map_err(io::Error::other)
}

/// Forwards what it is asked, and answers what it is answered.
struct Forward(Upstream);

/// Where the server behind is.
enum Upstream {
    At(SocketAddr),
    /// For the one connection there is.
    Over(Mutex<Option<DuplexStream>>),
}

/// The connection to the server behind, and how many answers are due on it.
struct Behind {
    client: Client<Message, Receipt>,
    due: usize,
}

impl Handler for Forward {
    type In<'a> = Message;
    type Out = Receipt;
    type State = Behind;

    async fn open(&self, _: &mut Conn<Receipt>) -> Result<Behind, Close> {
        let client = match &self.0 {
            Upstream::At(address) => Client::connect(address).await?,
            Upstream::Over(pipe) => {
                let pipe = pipe.lock().ok().and_then(|mut pipe| pipe.take());
                Client::over(pipe.ok_or("there is one connection")?, &ClientOptions::new())
            }
        };
        Ok(Behind { client, due: 0 })
    }

    async fn frame(&self, _: &mut Conn<Receipt>, behind: &mut Behind, message: Message) -> Result<(), Close> {
        behind.due += 1;
        Ok(behind.client.feed(&message)?)
    }

    async fn batch_end(&self, conn: &mut Conn<Receipt>, behind: &mut Behind) -> Result<(), Close> {
        behind.client.flush().await?;
        while behind.due > 0 {
            let receipt = behind.client.recv().await?.ok_or("the server behind is gone")?;
            behind.due -= 1;
            conn.send(receipt)?;
        }
        Ok(())
    }
}
