//! What one exchange costs a server, in instructions: messages and receipts over a pipe in memory, so that nothing of the system is
//! counted.

use std::env;
use std::hint::black_box;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use framewright::prelude::*;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::Kind;
use super::kinds::on_tokio;
use super::message::Message;
use crate::instructions;

/// Batches that are counted. What a connection costs by itself is lost among them.
const BATCHES: u32 = 2_000;

/// A peer that sends a batch of messages, takes everything, and sends the next when the server waits for it.
pub(super) struct Pipe {
    batch: Vec<u8>,
    left: u32,
    waits: bool,
}

impl Pipe {
    fn new(in_flight: usize, body: usize) -> io::Result<Self> {
        let message = Message { sender: 1, receiver: 2, kind: 3, body: vec![b'x'; body] };
        let batch = message.to_vec().map_err(io::Error::other)?.repeat(in_flight);
        Ok(Self { batch, left: BATCHES, waits: true })
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.waits = !self.waits;
        if !self.waits {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            buffer.put_slice(&self.batch);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(black_box(bytes).len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The instructions of an exchange, less those of the pipe. The file of callgrind is left in `directory`.
///
/// # Errors
/// When valgrind cannot be run, or a server of this kind cannot be run over a pipe.
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

/// What valgrind is to run.
///
/// # Errors
/// When the server fails.
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
    // Without something behind it the call would be a jump, and callgrind would not see this function being left.
    black_box(done)
}

/// What the pipe itself costs.
async fn drain(mut pipe: Pipe) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(64 * 1024);
    while pipe.read_buf(&mut buffer).await? > 0 {
        pipe.write_all(&buffer).await?;
        buffer.clear();
    }
    Ok(())
}
