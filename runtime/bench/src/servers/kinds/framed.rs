use std::io;
use std::net::TcpListener;

use bytes::{Buf, BytesMut};
use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_util::codec::{Decoder, Encoder, Framed};

use crate::by_hand::Error;
use crate::servers::message::{Message, Receipt, parse_owned};

/// When replies are written.
#[derive(Clone, Copy)]
pub(super) enum Flush {
    /// After each reply.
    Each,
    /// Once no complete message is left in the buffer.
    AllAtOnce,
}

/// A codec as users of `tokio_util` write it.
struct Messages;

impl Decoder for Messages {
    type Item = Message;
    type Error = io::Error;

    fn decode(&mut self, buffer: &mut BytesMut) -> io::Result<Option<Message>> {
        match parse_owned(buffer) {
            Ok((rest, message)) => {
                let taken = buffer.len() - rest.len();
                buffer.advance(taken);
                Ok(Some(message))
            }
            Err(Error::Incomplete(missing)) => {
                buffer.reserve(missing);
                Ok(None)
            }
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

impl Encoder<Receipt> for Messages {
    type Error = io::Error;

    fn encode(&mut self, receipt: Receipt, buffer: &mut BytesMut) -> io::Result<()> {
        buffer.extend_from_slice(&receipt.bytes());
        Ok(())
    }
}

pub(super) async fn serve(listener: TcpListener, flush: Flush) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(connection(stream, flush));
    }
}

async fn connection(stream: TcpStream, flush: Flush) -> io::Result<()> {
    let mut framed = Framed::new(stream, Messages);
    while let Some(message) = framed.next().await {
        match flush {
            Flush::Each => framed.send(receipt(message?)).await?,
            Flush::AllAtOnce => {
                framed.feed(receipt(message?)).await?;
                while let Some(Some(message)) = framed.next().now_or_never() {
                    framed.feed(receipt(message?)).await?;
                }
                framed.flush().await?;
            }
        }
    }
    Ok(())
}

fn receipt(message: Message) -> Receipt {
    Receipt::of(message.sender, message.receiver, message.kind, &message.body)
}
