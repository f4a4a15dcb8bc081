//! The page's own connection, which sends frames and receives replies. It uses TCP, or UDP if the
//! address is `udp:HOST:PORT`.

use std::borrow::ToOwned as _;
use std::format;
use std::io;
use std::string::{String, ToString as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket, lookup_host};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::super::traffic::{Connection, Direction, Event, Happened, Time, Traffic};
use super::Explorer;

/// The time limit for connecting and for sending.
const TIME: Duration = Duration::from_secs(10);

/// The size of a read.
const PIECE: usize = 16 * 1024;

/// The maximum size of a datagram.
const DATAGRAM: usize = 64 * 1024;

/// The page's connection to the server, if it is open.
#[derive(Default)]
pub(super) struct Line {
    open: tokio::sync::Mutex<Option<Open>>,
    state: Mutex<State>,
    connections: AtomicU64,
}

/// The connection that is open.
struct Open {
    to: String,
    out: mpsc::Sender<Bytes>,
}

/// The state of the connection for the page.
#[derive(Clone, Default)]
pub(super) struct State {
    /// The server, while the connection is open.
    pub(super) to: Option<String>,
    /// A sentence about the end of the last connection.
    pub(super) ended: String,
}

impl Line {
    pub(super) fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, to: Option<String>, ended: String) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State { to, ended };
    }
}

/// Sends a frame on the open connection. Opens a new connection if none is open, or if the open one
/// is to another server, has ended, or does not take the frame in time.
pub(super) async fn send(explorer: &Arc<Explorer>, to: &str, frame: Bytes) -> io::Result<()> {
    let mut open = explorer.line.open.lock().await;
    if let Some(Open { to: before, out }) = &*open {
        if before == to && timeout(TIME, out.send(frame.clone())).await.is_ok_and(|sent| sent.is_ok()) {
            return Ok(());
        }
    }
    // The previous connection ends when its sender is dropped.
    *open = None;
    let (socket, client) =
        timeout(TIME, Socket::connect(to)).await.map_err(|_| io::ErrorKind::TimedOut)??;
    let (out, frames) = mpsc::channel(16);
    let id = explorer.line.connections.fetch_add(1, Ordering::Relaxed) + 1;
    let connection = Arc::new(Connection { id, client, server: to.to_owned() });
    explorer.line.set(Some(to.to_owned()), String::new());
    tokio::spawn(talk(Arc::clone(explorer), connection, socket, frames));
    // Sending cannot fail, because the task has just started and will receive the frame.
    let _ = out.send(frame).await;
    *open = Some(Open { to: to.to_owned(), out });
    Ok(())
}

/// Closes the connection.
pub(super) async fn hang_up(explorer: &Explorer) {
    *explorer.line.open.lock().await = None;
}

enum Socket {
    Tcp(TcpStream),
    Udp(UdpSocket),
}

impl Socket {
    /// Connects, and returns the local address.
    async fn connect(to: &str) -> io::Result<(Self, String)> {
        let (socket, client) = match to.strip_prefix("udp:") {
            None => {
                let stream = TcpStream::connect(to).await?;
                stream.set_nodelay(true)?;
                let client = stream.local_addr()?;
                (Self::Tcp(stream), client)
            }
            Some(to) => {
                let server = lookup_host(to).await?.next().ok_or(io::ErrorKind::NotFound)?;
                let any = if server.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
                let socket = UdpSocket::bind(any).await?;
                socket.connect(server).await?;
                let client = socket.local_addr()?;
                (Self::Udp(socket), client)
            }
        };
        Ok((socket, client.to_string()))
    }
}

/// Sends the queued frames on a connection and stores its traffic until it ends.
async fn talk(
    explorer: Arc<Explorer>,
    connection: Arc<Connection>,
    socket: Socket,
    frames: mpsc::Receiver<Bytes>,
) {
    let mut traffic = Traffic::new(explorer.kinds.clone());
    let mut tell = |direction, happened| {
        let event =
            Event { time: Some(Time::now()), connection: Arc::clone(&connection), direction, happened };
        explorer.store.add(traffic.take(event), true);
    };
    let outcome = match socket {
        Socket::Tcp(stream) => pass(stream, frames, &mut tell).await,
        Socket::Udp(socket) => pass_datagrams(&socket, frames, &mut tell).await,
    };
    let ended = match outcome {
        Ok(ended) => ended.to_owned(),
        Err(error) => format!("The connection broke: {error}."),
    };
    // If there is a newer connection, the end of this one is not shown.
    if explorer.line.connections.load(Ordering::Relaxed) == connection.id {
        explorer.line.set(None, ended);
    }
    tell(Direction::ToServer, Happened::End(None));
    tell(Direction::FromServer, Happened::End(None));
}

/// Sends and receives until one side ends the connection. Returns a sentence about the end.
async fn pass(
    mut stream: TcpStream,
    mut frames: mpsc::Receiver<Bytes>,
    tell: &mut impl FnMut(Direction, Happened),
) -> io::Result<&'static str> {
    let (mut read, mut write) = stream.split();
    let mut piece = BytesMut::new();
    // The unwritten rest of a frame. Reading continues meanwhile, because the server may reply
    // before it has received the whole frame.
    let mut rest = Bytes::new();
    loop {
        piece.reserve(PIECE);
        tokio::select! {
            frame = frames.recv(), if rest.is_empty() => {
                let Some(frame) = frame else { return Ok("The connection is closed.") };
                tell(Direction::ToServer, Happened::Bytes(frame.clone()));
                rest = frame;
            }
            written = timeout(TIME, write.write(&rest)), if !rest.is_empty() => {
                match written.map_err(|_| io::ErrorKind::TimedOut)?? {
                    0 => return Err(io::ErrorKind::WriteZero.into()),
                    len => rest.advance(len),
                }
            }
            len = read.read_buf(&mut piece) => {
                if len? == 0 {
                    return Ok("The server has closed the connection.");
                }
                tell(Direction::FromServer, Happened::Bytes(piece.split().freeze()));
            }
        }
    }
}

/// Sends and receives datagrams, like `pass`.
async fn pass_datagrams(
    socket: &UdpSocket,
    mut frames: mpsc::Receiver<Bytes>,
    tell: &mut impl FnMut(Direction, Happened),
) -> io::Result<&'static str> {
    let mut datagram = BytesMut::new();
    loop {
        datagram.reserve(DATAGRAM);
        tokio::select! {
            frame = frames.recv() => {
                let Some(frame) = frame else { return Ok("The socket is closed.") };
                socket.send(&frame).await?;
                tell(Direction::ToServer, Happened::Datagram(frame));
            }
            len = socket.recv_buf(&mut datagram) => {
                len?;
                // The datagram is copied because a slice would keep the whole buffer alive.
                tell(Direction::FromServer, Happened::Datagram(Bytes::copy_from_slice(&datagram)));
                datagram.clear();
            }
        }
    }
}
