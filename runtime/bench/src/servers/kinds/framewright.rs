use std::io;
use std::net::{SocketAddr, TcpListener};

use framewright::net::Close;
use framewright::prelude::*;

use crate::servers::message::{BorrowedMessage, Message, Receipt};

pub(super) async fn owned(listener: TcpListener) -> io::Result<()> {
    let answer =
        async |message: Message| Receipt::of(message.sender, message.receiver, message.kind, &message.body);
    let server = Server::new(answer).listener(listener).map_err(io::Error::other)?;
    server.serve().await.map_err(io::Error::other)
}

pub(super) async fn borrowed(listener: TcpListener) -> io::Result<()> {
    let server = Server::new(Answer).listener(listener).map_err(io::Error::other)?;
    server.serve().await.map_err(io::Error::other)
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

pub(super) async fn session(listener: TcpListener) -> io::Result<()> {
    let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        while let Some(message) = s.recv::<Message>().await? {
            s.feed(&Receipt::of(message.sender, message.receiver, message.kind, &message.body))?;
        }
        Ok(())
    });
    server.listener(listener).map_err(io::Error::other)?.serve().await.map_err(io::Error::other)
}

pub(super) async fn session_borrowed(listener: TcpListener) -> io::Result<()> {
    let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        while let Some(message) = s.recv::<BorrowedMessage<'_>>().await? {
            let receipt = Receipt::of(message.sender, message.receiver, message.kind, message.body);
            s.feed(&receipt)?;
        }
        Ok(())
    });
    server.listener(listener).map_err(io::Error::other)?.serve().await.map_err(io::Error::other)
}

pub(super) async fn forward(listener: TcpListener, upstream: SocketAddr) -> io::Result<()> {
    let server = Server::new(Forward(upstream)).listener(listener).map_err(io::Error::other)?;
    server.serve().await.map_err(io::Error::other)
}

/// Forwards what it is asked, and answers what it is answered.
struct Forward(SocketAddr);

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
        Ok(Behind { client: Client::connect(self.0).await?, due: 0 })
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
