//! Senders with state. Each sender has a connection, which carries its datagrams.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use super::Server;
use super::floods::Floods;
use super::queue::{Load, Share};
use super::silence::{Heard, Silence};
use crate::net::connection::outbox::{Ends, Outbox};
use crate::net::connection::transport::Reads;
use crate::net::handler::service::Service;
use crate::net::server::connections::Connections;
use crate::net::server::limits::Limits;
use crate::net::server::listener::NO_ADDRESS;
use crate::net::server::stats::Counters;
use crate::net::server::{Setup, spawn};

/// The maximum number of queued datagrams of one sender.
const WAITING: usize = 64;
const WAITING_BYTES: usize = 128 * 1024;

/// The reason for dropping a datagram when the memory limit is reached.
const TOO_MUCH: &str = "the queued datagrams use all of the memory limit";

/// The senders with state.
pub(super) struct Peers<S> {
    service: Arc<S>,
    limits: Arc<Limits>,
    /// The limits for new connections, with room for replaced senders that are still finishing.
    admits: Limits,
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    connections: Arc<Connections>,
    senders: HashMap<SocketAddr, Sender>,
    silence: Silence,
    /// The memory of the queued datagrams of all senders.
    load: Arc<Load>,
    floods: Arc<Floods>,
    counters: Option<Counters>,
}

/// A sender with state.
struct Sender {
    datagrams: mpsc::Sender<Waiting>,
    /// The memory of this sender's queued datagrams.
    load: Arc<Load>,
    heard: Heard,
}

/// A queued datagram, with its shares in the memory of its sender and of all senders.
struct Waiting {
    datagram: Bytes,
    _shares: [Share; 2],
}

impl<S: Service> Peers<S> {
    pub(super) fn new(
        server: &Server<S>,
        socket: &Arc<UdpSocket>,
        floods: &Arc<Floods>,
        load: &Arc<Load>,
    ) -> Self {
        let limits = &server.limits;
        Self {
            service: Arc::clone(&server.service),
            limits: Arc::clone(limits),
            admits: Limits::clone(limits).connections(limits.connections.saturating_mul(2)),
            socket: Arc::clone(socket),
            local: socket.local_addr().unwrap_or(NO_ADDRESS),
            connections: Arc::default(),
            senders: HashMap::new(),
            silence: Silence::default(),
            load: Arc::clone(load),
            floods: Arc::clone(floods),
            counters: server.counters.clone(),
        }
    }

    /// Passes a datagram to the connection of its sender. The first datagram creates the
    /// connection.
    pub(super) fn hand_over(&mut self, from: SocketAddr, datagram: Bytes) {
        let Some(datagram) = self.pass_on(from, datagram) else { return };
        let load = Arc::default();
        let Some(waiting) = self.admit(datagram, &load) else { return self.note_dropped(TOO_MUCH) };
        let admitted = match self.connections.admit(
            &self.admits,
            Outbox::of_datagrams(self.limits.out_buffer, Ends::new(from, self.local)),
            self.counters.clone(),
        ) {
            Ok(admitted) => admitted,
            Err(why) => return self.note_dropped(why),
        };
        // A sender is replaced only by one that is admitted.
        while self.senders.len() >= self.limits.connections {
            let Some(silent) = self.silence.longest() else { break };
            self.forget(silent);
        }
        if let Some(counters) = &self.counters {
            counters.accepted();
        }
        let (sender, datagrams) = mpsc::channel(WAITING);
        // An empty channel has room for one datagram.
        let _ = sender.try_send(waiting);
        let heard = self.silence.first(from);
        self.senders.insert(from, Sender { datagrams: sender, load, heard });
        let (socket, outbox) = (Arc::clone(&self.socket), Arc::clone(&admitted.outbox));
        let (floods, counters) = (Arc::clone(&self.floods), self.counters.clone());
        let io = Datagrams { datagrams, socket, peer: from, outbox, floods, counters };
        let setup = Setup {
            service: Arc::clone(&self.service),
            limits: Arc::clone(&self.limits),
            counters: self.counters.clone(),
            reads: Reads::Datagrams,
            half_close: false,
            accepted: None,
        };
        spawn(io, setup, admitted, tracing::error_span!("peer", peer = %from));
    }

    /// Passes a datagram to the connection of its sender, or returns the datagram if the sender has
    /// no connection.
    fn pass_on(&mut self, from: SocketAddr, datagram: Bytes) -> Option<Bytes> {
        let Some(sender) = self.senders.get_mut(&from) else { return Some(datagram) };
        sender.heard = self.silence.again(from, sender.heard);
        let load = Arc::clone(&sender.load);
        let Some(waiting) = self.admit(datagram, &load) else {
            self.note_dropped(TOO_MUCH);
            return None;
        };
        let Some(sender) = self.senders.get(&from) else { return Some(waiting.datagram) };
        match sender.datagrams.try_send(waiting) {
            Ok(()) => None,
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.note_dropped(format_args!("{WAITING} datagrams are queued already"));
                None
            }
            Err(mpsc::error::TrySendError::Closed(waiting)) => {
                self.forget(from);
                Some(waiting.datagram)
            }
        }
    }

    /// Reserves memory for a datagram that is to be queued. Returns `None` if the limit of its
    /// sender or of all senders together would be exceeded.
    fn admit(&self, datagram: Bytes, own: &Arc<Load>) -> Option<Waiting> {
        let shares =
            [own.admit(datagram.len(), WAITING_BYTES)?, self.load.admit(datagram.len(), self.limits.memory)?];
        Some(Waiting { datagram, _shares: shares })
    }

    fn note_dropped(&self, why: impl fmt::Display) {
        note_dropped(&self.floods, self.counters.as_ref(), why);
    }

    /// Removes a sender. Its connection ends when it has handled the queued datagrams.
    fn forget(&mut self, sender: SocketAddr) {
        if let Some(sender) = self.senders.remove(&sender) {
            self.silence.forget(sender.heard);
        }
    }

    /// Returns the connections of the senders.
    pub(super) fn connections(&self) -> Arc<Connections> {
        Arc::clone(&self.connections)
    }

    /// Lets the handlers finish, for at most `time`.
    pub(super) async fn drain(&self, time: Duration) {
        self.connections.drain(time).await;
    }
}

/// Counts and logs a datagram that is dropped before it is handled.
fn note_dropped(floods: &Floods, counters: Option<&Counters>, why: impl fmt::Display) {
    floods.log_dropped(why);
    if let Some(counters) = counters {
        counters.refused();
    }
}

/// The datagrams of one sender as a stream. Each read returns one datagram, and each write sends
/// one frame of the outbox.
struct Datagrams {
    datagrams: mpsc::Receiver<Waiting>,
    socket: Arc<UdpSocket>,
    peer: SocketAddr,
    outbox: Arc<Outbox>,
    floods: Arc<Floods>,
    counters: Option<Counters>,
}

impl Drop for Datagrams {
    fn drop(&mut self) {
        self.close();
    }
}

impl Datagrams {
    /// Closes the queue. Counts and logs the datagrams in it, which nobody will handle.
    fn close(&mut self) {
        self.datagrams.close();
        while self.datagrams.try_recv().is_ok() {
            note_dropped(&self.floods, self.counters.as_ref(), "the state of their sender was closed");
        }
    }
}

impl AsyncRead for Datagrams {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.datagrams.poll_recv(cx).map(|datagram| {
            // A datagram may be empty, so an empty read does not mean the end.
            let Waiting { datagram, .. } = datagram.ok_or(io::ErrorKind::UnexpectedEof)?;
            let len = datagram.len().min(buffer.remaining());
            buffer.put_slice(datagram.get(..len).unwrap_or_default());
            Ok(())
        })
    }
}

impl Datagrams {
    fn poll_send(&self, cx: &mut Context<'_>, frame: &[u8]) -> Poll<()> {
        match (ready!(self.socket.poll_send_to(cx, frame, self.peer)), &self.counters) {
            (Ok(bytes), Some(counters)) => counters.wrote(bytes),
            (Ok(_), None) => {}
            // The frame is treated as lost.
            (Err(error), _) => self.floods.log_unsent(frame.len(), &error),
        }
        self.outbox.first_left();
        Poll::Ready(())
    }

    /// Sends the empty frames before the next frame that has bytes. No write does that, because a
    /// write of no bytes would look like the end of the stream.
    fn poll_send_empty(&self, cx: &mut Context<'_>) -> Poll<()> {
        while self.outbox.first_len() == Some(0) {
            ready!(self.poll_send(cx, &[]));
        }
        Poll::Ready(())
    }
}

impl AsyncWrite for Datagrams {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_send_empty(cx));
        let len = self.outbox.first_len().unwrap_or(bytes.len()).min(bytes.len());
        ready!(self.poll_send(cx, bytes.get(..len).unwrap_or_default()));
        Poll::Ready(Ok(len))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_send_empty(cx).map(Ok)
    }

    /// Closes the queue, so that the next datagram of this sender starts a new connection.
    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.close();
        Poll::Ready(Ok(()))
    }
}
