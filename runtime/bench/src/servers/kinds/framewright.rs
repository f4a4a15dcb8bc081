use std::io;
use std::net::TcpListener;

use framewright::net::{Close, Serves, Service};
use framewright::prelude::*;

use crate::servers::exchange::Pipe;
use crate::servers::message::{BorrowedMessage, Message, Receipt};

/// Serves all connections of a listener.
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
