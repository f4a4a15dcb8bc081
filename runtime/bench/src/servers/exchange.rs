//! The cost of an exchange in instructions of the server. Messages and receipts are exchanged over
//! a pipe in memory, so that no instructions of the system are counted.

use std::env;
use std::hint::black_box;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use framewright::prelude::*;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::Kind;
use super::kinds::on_tokio;
use super::message::{Message, Receipt};
use crate::instructions;

/// The number of counted batches. It is large, so that the cost of opening the connection does not
/// show in the result.
const BATCHES: u32 = 2_000;

/// A peer that sends a batch of messages and takes the answers. It sends the next batch once it has
/// all answers and the server waits for input.
pub(super) struct Pipe {
    batch: Vec<u8>,
    left: u32,
    waits: bool,
    /// The number of bytes in the answers to a batch.
    answers: usize,
    /// How many of these bytes are still to come.
    due: usize,
    waker: Option<Waker>,
}

impl Pipe {
    fn new(in_flight: usize, body: usize) -> io::Result<Self> {
        let message = Message { sender: 1, receiver: 2, kind: 3, body: vec![b'x'; body] };
        let batch = message.to_vec().map_err(io::Error::other)?.repeat(in_flight);
        let answers = in_flight * Receipt::LEN;
        Ok(Self { batch, left: BATCHES, waits: true, answers, due: 0, waker: None })
    }

    /// Returns a server in memory, to which a proxy forwards the messages of this peer.
    pub(super) fn behind(&self) -> Behind {
        let in_flight = self.answers / Receipt::LEN;
        let receipts = Receipt::of(1, 2, 3, &[]).bytes().repeat(in_flight);
        Behind {
            message: self.batch.len() / in_flight,
            receipts,
            received: 0,
            ready: 0,
            ended: false,
            waits: true,
            waker: None,
        }
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.due > 0 {
            self.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        self.waits = !self.waits;
        if !self.waits {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            self.due = self.answers;
            buffer.put_slice(&self.batch);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.due = self.due.saturating_sub(black_box(bytes).len());
        if self.due == 0 {
            self.waker.take().into_iter().for_each(Waker::wake);
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A server in memory to which a proxy forwards. It counts messages, and provides receipts for
/// them.
pub(super) struct Behind {
    /// The size of a message in bytes.
    message: usize,
    receipts: Vec<u8>,
    /// The number of bytes of an incomplete message.
    received: usize,
    /// The number of bytes of receipts that can be read.
    ready: usize,
    /// Set once the proxy has closed its side.
    ended: bool,
    waits: bool,
    waker: Option<Waker>,
}

impl AsyncRead for Behind {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ready == 0 && !self.ended {
            self.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        self.waits = !self.waits;
        if !self.waits {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let ready = self.receipts.get(..self.ready).unwrap_or(&self.receipts);
        buffer.put_slice(ready);
        self.ready = 0;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Behind {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.received += black_box(bytes).len();
        self.ready += self.received / self.message * Receipt::LEN;
        self.received %= self.message;
        if self.ready > 0 {
            self.waker.take().into_iter().for_each(Waker::wake);
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.ended = true;
        self.waker.take().into_iter().for_each(Waker::wake);
        Poll::Ready(Ok(()))
    }
}

/// Returns the number of instructions of an exchange, without the instructions of the pipe. The
/// file of callgrind stays in `directory`.
///
/// # Errors
/// Returns an error if valgrind cannot be run, or if a server of this kind cannot serve a pipe.
pub(crate) fn count(kind: Kind, in_flight: u16, body: u16, directory: &Path) -> io::Result<f64> {
    let exchanges = f64::from(BATCHES) * f64::from(in_flight);
    let all = run_under_callgrind(Some(kind), in_flight, body, directory)?;
    let pipe = run_under_callgrind(None, in_flight, body, directory)?;
    Ok((all - pipe) / exchanges)
}

fn run_under_callgrind(kind: Option<Kind>, in_flight: u16, body: u16, directory: &Path) -> io::Result<f64> {
    let name = kind.map(|kind| kind.to_string());
    let file = instructions::file(&format!("exchange {}", name.as_deref().unwrap_or("pipe")), directory);
    std::fs::create_dir_all(directory)?;
    let name = kind.and_then(|kind| clap::ValueEnum::to_possible_value(&kind));
    let mut arguments = vec!["exchange".to_owned(), in_flight.to_string(), body.to_string()];
    arguments.extend(name.map(|name| name.get_name().to_owned()));
    instructions::callgrind(&env::current_exe()?, &arguments, "*counted_exchanges*", &file)
}

/// Runs the exchanges. The program calls this when it runs under valgrind.
///
/// # Errors
/// Returns an error if the server fails.
pub(crate) fn run(kind: Option<Kind>, in_flight: usize, body: usize) -> io::Result<()> {
    let pipe = Pipe::new(in_flight, body)?;
    counted_exchanges(kind, pipe)
}

#[inline(never)]
fn counted_exchanges(kind: Option<Kind>, pipe: Pipe) -> io::Result<()> {
    let done = match kind {
        Some(kind) => kind.run_over(pipe),
        None => on_tokio(drain(pipe)),
    };
    // Without an instruction after the call, the compiler would turn the call into a jump, and
    // callgrind would not see that this function returns.
    black_box(done)
}

/// Runs the pipe alone, to measure its own cost.
async fn drain(mut pipe: Pipe) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(64 * 1024);
    while pipe.read_buf(&mut buffer).await? > 0 {
        pipe.write_all(&buffer).await?;
        buffer.clear();
    }
    Ok(())
}
