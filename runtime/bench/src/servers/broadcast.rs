//! The cost of a broadcast for each member of a hub.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use framewright::net::{Close, Hub, Member};
use framewright::prelude::*;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::kinds::on_tokio;
use super::message::Message;
use super::process::own_memory;
use crate::spread::Spread;

/// The number of members in the hub of a large server.
const MEMBERS: u32 = 9_900;

const ROUNDS: usize = 21;

/// The measured cost of broadcasts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Broadcast {
    pub(crate) members: u32,
    pub(crate) first: First,
    /// The time for each member in nanoseconds, in all broadcasts after the first.
    pub(crate) later: Spread,
}

/// The cost of the first broadcast, divided by the number of members.
#[derive(Debug, Clone, Copy)]
pub(crate) struct First {
    pub(crate) nanoseconds: f64,
    pub(crate) bytes: f64,
}

/// A peer that sends nothing and accepts everything.
struct Silent;

impl AsyncRead for Silent {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, _: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

impl AsyncWrite for Silent {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A handler that makes each connection a member of the hub.
struct Crowd(Hub<u32, Message>, std::sync::atomic::AtomicU32);

impl Handler for Crowd {
    type In<'a> = Message;
    type Out = Message;
    type State = Member<u32, Message>;

    async fn open(&self, conn: &mut Conn<Message>) -> Result<Self::State, Close> {
        let number = self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Ok(self.0.register(number, conn.handle()))
    }

    async fn frame(&self, _: &mut Conn<Message>, _: &mut Self::State, _: Message) -> Result<(), Close> {
        Ok(())
    }
}

/// Measures broadcasts to [`MEMBERS`] connections.
///
/// # Errors
/// Returns an error if the memory of this process cannot be read, or if a member has no room for
/// the frame.
pub(crate) fn broadcast() -> io::Result<Broadcast> {
    let mut measured = None;
    on_tokio(async {
        measured = Some(to_crowd().await?);
        Ok(())
    })?;
    measured.ok_or_else(|| io::Error::other("nothing was measured"))
}

async fn to_crowd() -> io::Result<Broadcast> {
    let hub = Hub::new();
    let server = Arc::new(Server::new(Crowd(hub.clone(), 0.into())));
    for _ in 0..MEMBERS {
        let server = Arc::clone(&server);
        tokio::spawn(async move { server.serve_connection(Silent).await });
    }
    while hub.len() < usize::try_from(MEMBERS).map_err(io::Error::other)? {
        tokio::task::yield_now().await;
    }
    settle().await;
    let message = Message { sender: 1, receiver: 2, kind: 3, body: vec![b'x'; 32] };
    let before = own_memory()?;
    let first = nanoseconds(&hub, &message)?;
    let grown = u32::try_from(own_memory()?.saturating_sub(before)).map_err(io::Error::other)?;
    let mut later = VecDeque::new();
    for _ in 0..ROUNDS {
        settle().await;
        later.push_back(nanoseconds(&hub, &message)?);
    }
    let bytes = f64::from(grown) / f64::from(MEMBERS);
    let first = First { nanoseconds: first, bytes };
    Ok(Broadcast { members: MEMBERS, first, later: Spread::of(later.into_iter()) })
}

/// Lets all connections write their out-buffers.
async fn settle() {
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
}

/// Returns the time of one broadcast for each member, in nanoseconds.
fn nanoseconds(hub: &Hub<u32, Message>, message: &Message) -> io::Result<f64> {
    let start = Instant::now();
    let sent = hub.broadcast_all(message).map_err(io::Error::other)?;
    let taken = start.elapsed().as_secs_f64() * 1e9;
    if sent.full > 0 {
        return Err(io::Error::other("some had no room"));
    }
    Ok(taken / f64::from(MEMBERS))
}
