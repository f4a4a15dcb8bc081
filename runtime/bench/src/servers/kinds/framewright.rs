use std::io;
use std::net::TcpListener;

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
