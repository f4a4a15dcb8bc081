//! Hand-written proxies.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;

use futures_util::future::select;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy_bidirectional_with_sizes, split};
use tokio::net::TcpStream;

use crate::by_hand::Error;
use crate::servers::exchange::Pipe;
use crate::servers::message::{for_each_frame, parse, parse_receipt};

/// The size of a read in bytes.
const READ: usize = 64 * 1024;

/// A way to forward.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    /// Copies bytes in both directions and knows nothing of frames, which is the least that a proxy
    /// does.
    Bytes,
    /// Reads the bytes that have arrived, decodes the frames in them, encodes them again, and
    /// writes once. Each direction is separate.
    Frames,
}

pub(crate) async fn serve(way: Way, listener: TcpListener, behind: SocketAddr) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (front, _) = listener.accept().await?;
        front.set_nodelay(true)?;
        tokio::spawn(async move {
            let back = TcpStream::connect(behind).await?;
            back.set_nodelay(true)?;
            forward(way, front, back).await
        });
    }
}

/// Forwards one connection to a server in memory.
pub(crate) async fn over(way: Way, pipe: Pipe) -> io::Result<()> {
    let behind = pipe.behind();
    forward(way, pipe, behind).await
}

async fn forward<F, B>(way: Way, mut front: F, mut back: B) -> io::Result<()>
where
    F: AsyncRead + AsyncWrite + Unpin,
    B: AsyncRead + AsyncWrite + Unpin,
{
    match way {
        Way::Bytes => {
            copy_bidirectional_with_sizes(&mut front, &mut back, READ, READ).await?;
        }
        Way::Frames => {
            let (from_front, to_front) = split(front);
            let (from_back, to_back) = split(back);
            let messages = pass(from_front, to_back, |input, out| {
                for_each_frame(input, parse, |message| message.write(out))
            });
            let receipts = pass(from_back, to_front, |input, out| {
                for_each_frame(input, parse_receipt, |receipt| {
                    out.extend_from_slice(&receipt.bytes());
                    Ok(())
                })
            });
            // The side that closes first ends both directions.
            select(pin!(messages), pin!(receipts)).await.factor_first().0?;
        }
    }
    Ok(())
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    frames: impl Fn(&[u8], &mut Vec<u8>) -> Result<usize, Error>,
) -> io::Result<()> {
    let mut input = Vec::with_capacity(READ);
    let mut out = Vec::new();
    loop {
        if from.read_buf(&mut input).await? == 0 {
            return to.shutdown().await;
        }
        let taken = frames(&input, &mut out).map_err(io::Error::other)?;
        input.drain(..taken);
        if input.len() == input.capacity() {
            input.reserve(READ);
        }
        to.write_all(&out).await?;
        out.clear();
    }
}
