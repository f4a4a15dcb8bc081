use std::io;
use std::net::TcpListener;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::by_hand::Error;
use crate::servers::exchange::Pipe;
use crate::servers::message::{Receipt, answer_all, parse, parse_owned};

/// The size of a read in bytes. The buffer grows for a message that needs more.
const READ: usize = 64 * 1024;

pub(super) async fn owned(listener: TcpListener) -> io::Result<()> {
    accept(listener, answer_owned).await
}

pub(super) async fn borrowed(listener: TcpListener) -> io::Result<()> {
    accept(listener, answer_borrowed).await
}

pub(super) async fn owned_over(pipe: Pipe) -> io::Result<()> {
    connection(pipe, answer_owned).await
}

pub(super) async fn borrowed_over(pipe: Pipe) -> io::Result<()> {
    connection(pipe, answer_borrowed).await
}

fn answer_owned(input: &[u8], out: &mut Vec<u8>) -> Result<usize, Error> {
    answer_all(input, out, parse_owned, |message| {
        Receipt::of(message.sender, message.receiver, message.kind, &message.body)
    })
}

fn answer_borrowed(input: &[u8], out: &mut Vec<u8>) -> Result<usize, Error> {
    answer_all(input, out, parse, |message| {
        Receipt::of(message.sender, message.receiver, message.kind, message.body)
    })
}

async fn accept<A>(listener: TcpListener, answer: A) -> io::Result<()>
where
    A: Fn(&[u8], &mut Vec<u8>) -> Result<usize, Error> + Copy + Send + 'static,
{
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(connection(stream, answer));
    }
}

async fn connection<A>(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: A) -> io::Result<()>
where
    A: Fn(&[u8], &mut Vec<u8>) -> Result<usize, Error>,
{
    let mut input = Vec::with_capacity(READ);
    let mut out = Vec::new();
    loop {
        if stream.read_buf(&mut input).await? == 0 {
            return Ok(());
        }
        let taken = answer(&input, &mut out).map_err(io::Error::other)?;
        input.drain(..taken);
        if input.len() == input.capacity() {
            input.reserve(READ);
        }
        stream.write_all(&out).await?;
        out.clear();
    }
}
