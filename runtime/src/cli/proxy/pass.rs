//! Forwarding of one connection through the proxy.

use std::boxed::Box;
use std::io;
use std::string::{String, ToString as _};
use std::sync::Arc;
use std::time::Duration;
use std::vec;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf, split};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::cli::side::Io;
use crate::cli::traffic::{Connection, Direction, Event, Happened, Time};

/// The size of a read.
const PIECE: usize = 16 * 1024;

/// How long to wait until the queue has room for the event that a stream has ended. The connection
/// itself has already ended then.
const LAST_WORD: Duration = Duration::from_secs(1);

/// Forwards bytes in both directions. When one direction ends, the other stays open. A reset by one
/// peer resets both connections.
pub(super) async fn pass(client: Box<dyn Io>, server: Box<dyn Io>, mut up: Reporter, mut down: Reporter) {
    let (mut from_client, mut to_client) = split(client);
    let (mut from_server, mut to_server) = split(server);
    let outcome = tokio::try_join!(
        one_way(&mut from_client, &mut to_server, &mut up),
        one_way(&mut from_server, &mut to_client, &mut down),
    );
    let Err(error) = outcome else { return };
    for io in [from_client.unsplit(to_client), from_server.unsplit(to_server)] {
        reset(io.tcp());
    }
    up.end(Some(error.to_string())).await;
    down.end(Some(error.to_string())).await;
}

async fn one_way(
    from: &mut ReadHalf<Box<dyn Io>>,
    to: &mut WriteHalf<Box<dyn Io>>,
    reporter: &mut Reporter,
) -> io::Result<()> {
    let mut buffer = vec![0; PIECE];
    loop {
        let (len, why) = match from.read(&mut buffer).await {
            Ok(len) => (len, None),
            // If a peer ends TLS without a close notification, the bytes before it are still
            // forwarded.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => (0, Some(error.to_string())),
            Err(error) => return Err(error),
        };
        let piece = buffer.get(..len).unwrap_or_default();
        if piece.is_empty() {
            to.shutdown().await?;
            reporter.end(why).await;
            return Ok(());
        }
        reporter.bytes(piece);
        to.write_all(piece).await?;
        to.flush().await?;
    }
}

/// Makes the coming close of this connection a reset, because the peer on the other side has reset
/// its connection or cannot be reached.
pub(super) fn reset(stream: &TcpStream) {
    #[cfg(unix)]
    {
        // If this fails, the peer sees a plain close.
        let _ = rustix::net::sockopt::set_socket_linger(stream, Some(Duration::ZERO));
    }
    #[cfg(not(unix))]
    let _ = stream;
}

/// A reporter of the events of one direction.
pub(super) struct Reporter {
    events: mpsc::Sender<Event>,
    connection: Arc<Connection>,
    direction: Direction,
    /// Number of bytes that were not reported because the queue was full.
    left_out: u64,
    has_ended: bool,
}

impl Reporter {
    pub(super) fn new(
        events: &mpsc::Sender<Event>,
        connection: &Arc<Connection>,
        direction: Direction,
    ) -> Self {
        let (events, connection) = (events.clone(), Arc::clone(connection));
        Self { events, connection, direction, left_out: 0, has_ended: false }
    }

    pub(super) fn opened(&self) {
        if let Ok(room) = self.events.try_reserve() {
            room.send(self.event(Happened::Opened));
        }
    }

    /// Reports `bytes` if the queue has room. Before that, reports how many bytes were left out.
    fn bytes(&mut self, bytes: &[u8]) {
        if self.left_out > 0 {
            if let Ok(room) = self.events.try_reserve() {
                room.send(self.event(Happened::Missing(self.left_out)));
                self.left_out = 0;
            }
        }
        match self.events.try_reserve() {
            Ok(room) if self.left_out == 0 => {
                room.send(self.event(Happened::Bytes(Bytes::copy_from_slice(bytes))));
            }
            _ => self.left_out += u64::try_from(bytes.len()).unwrap_or_default(),
        }
    }

    /// Reports the end, unless it was reported already.
    pub(super) async fn end(&mut self, why: Option<String>) {
        if std::mem::replace(&mut self.has_ended, true) {
            return;
        }
        let missing = std::mem::take(&mut self.left_out);
        let last = async {
            if missing > 0 {
                let _ = self.events.send(self.event(Happened::Missing(missing))).await;
            }
            let _ = self.events.send(self.event(Happened::End(why))).await;
        };
        // If the queue has no room for so long, the end is not reported.
        let _ = timeout(LAST_WORD, last).await;
    }

    fn event(&self, happened: Happened) -> Event {
        let (connection, direction) = (Arc::clone(&self.connection), self.direction);
        Event { time: Some(Time::now()), connection, direction, happened }
    }
}
