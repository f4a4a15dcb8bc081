//! The servers that are compared.

mod by_hand;
mod epoll;
mod forwarding;
mod framed;
mod framewright;

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};

use clap::ValueEnum;

use self::forwarding::by_hand::Way;
use self::forwarding::framewright::Upstream;
use super::exchange::Pipe;

/// An implementation of the same server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A hand-written tokio loop that reads once, decodes all messages into owned ones, and writes
    /// once.
    ByHand,
    /// The same loop with messages that borrow from its buffer.
    ByHandBorrowed,
    /// `Server` with a closure.
    Framewright,
    /// `Server` with a `Handler` of borrowing frames.
    FramewrightBorrowed,
    /// `Server::sessions` with a conversation that is a loop of `recv` and `feed`.
    FramewrightSession,
    /// The same conversation with frames that borrow.
    FramewrightSessionBorrowed,
    /// A proxy that copies bytes to and from `Framewright`. That server runs in another thread of
    /// the same process, and its time is not counted.
    ForwardBytes,
    /// A hand-written proxy to the same server, which decodes frames and encodes them again.
    ForwardByHand,
    /// A proxy to the same server: a `Handler` that uses a `Session`, with `feed` in `frame` and
    /// `flush` in `batch_end`.
    FramewrightForward,
    /// A proxy to the same server, with a `Session` on each side and separate directions.
    FramewrightForwardSessions,
    /// `tokio_util::codec::Framed` with `feed` for each reply, and one `flush` for all that have
    /// arrived.
    FramedFeed,
    /// `tokio_util::codec::Framed` with `send` for each reply.
    FramedSend,
    /// A loop over epoll without a runtime, with messages that borrow.
    Epoll,
}

impl Kind {
    pub(crate) const ALL: [Self; 9] = [
        Self::ByHand,
        Self::Framewright,
        Self::FramewrightSession,
        Self::FramedFeed,
        Self::FramedSend,
        Self::ByHandBorrowed,
        Self::FramewrightBorrowed,
        Self::FramewrightSessionBorrowed,
        Self::Epoll,
    ];

    /// The server that the proxies forward to, and then the proxies.
    pub(crate) const FORWARDING: [Self; 5] = [
        Self::Framewright,
        Self::ForwardBytes,
        Self::ForwardByHand,
        Self::FramewrightForward,
        Self::FramewrightForwardSessions,
    ];

    /// Returns the server that this server is compared with: hand-written code that owns or borrows
    /// in the same way, or for proxies the server without a proxy.
    pub(crate) fn baseline(self) -> Self {
        match self {
            Self::ByHand
            | Self::Framewright
            | Self::FramewrightSession
            | Self::FramedFeed
            | Self::FramedSend => Self::ByHand,
            Self::ForwardBytes
            | Self::ForwardByHand
            | Self::FramewrightForward
            | Self::FramewrightForwardSessions => Self::Framewright,
            Self::ByHandBorrowed
            | Self::FramewrightBorrowed
            | Self::FramewrightSessionBorrowed
            | Self::Epoll => Self::ByHandBorrowed,
        }
    }

    /// Serves until the process ends.
    pub(super) fn run(self, listener: TcpListener) -> io::Result<()> {
        match self {
            Self::ByHand => on_tokio(by_hand::owned(listener)),
            Self::ByHandBorrowed => on_tokio(by_hand::borrowed(listener)),
            Self::Framewright => on_tokio(framewright::serve(framewright::owned(), listener)),
            Self::FramewrightBorrowed => on_tokio(framewright::serve(framewright::borrowed(), listener)),
            Self::FramewrightSession => on_tokio(framewright::serve(framewright::session(), listener)),
            Self::FramewrightSessionBorrowed => {
                on_tokio(framewright::serve(framewright::session_borrowed(), listener))
            }
            Self::ForwardBytes => on_tokio(forwarding::by_hand::serve(Way::Bytes, listener, behind()?)),
            Self::ForwardByHand => on_tokio(forwarding::by_hand::serve(Way::Frames, listener, behind()?)),
            Self::FramewrightForward => {
                let upstream = Upstream::At(behind()?);
                on_tokio(framewright::serve(forwarding::framewright::handler(upstream), listener))
            }
            Self::FramewrightForwardSessions => {
                on_tokio(framewright::serve(forwarding::framewright::sessions(behind()?), listener))
            }
            Self::FramedFeed => on_tokio(framed::serve(listener, framed::Flush::AllAtOnce)),
            Self::FramedSend => on_tokio(framed::serve(listener, framed::Flush::Each)),
            Self::Epoll => epoll::serve(listener),
        }
    }

    /// The servers that can serve a pipe.
    pub(crate) const OVER_A_PIPE: [Self; 10] = [
        Self::ByHand,
        Self::Framewright,
        Self::FramewrightSession,
        Self::ByHandBorrowed,
        Self::FramewrightBorrowed,
        Self::FramewrightSessionBorrowed,
        Self::ForwardBytes,
        Self::ForwardByHand,
        Self::FramewrightForward,
        Self::FramewrightForwardSessions,
    ];

    /// Serves one connection over a pipe.
    pub(super) fn run_over(self, pipe: Pipe) -> io::Result<()> {
        match self {
            Self::Framewright => on_tokio(framewright::over(framewright::owned(), pipe)),
            Self::FramewrightBorrowed => on_tokio(framewright::over(framewright::borrowed(), pipe)),
            Self::FramewrightSession => on_tokio(framewright::session_over(pipe)),
            Self::FramewrightSessionBorrowed => on_tokio(framewright::session_borrowed_over(pipe)),
            Self::ForwardBytes => on_tokio(forwarding::by_hand::over(Way::Bytes, pipe)),
            Self::ForwardByHand => on_tokio(forwarding::by_hand::over(Way::Frames, pipe)),
            Self::FramewrightForward => on_tokio(forwarding::framewright::handler_over(pipe)),
            Self::FramewrightForwardSessions => on_tokio(forwarding::framewright::sessions_over(pipe)),
            Self::ByHand => on_tokio(by_hand::owned_over(pipe)),
            Self::ByHandBorrowed => on_tokio(by_hand::borrowed_over(pipe)),
            Self::FramedFeed | Self::FramedSend | Self::Epoll => {
                Err(io::Error::other("a server of this kind does not serve a pipe"))
            }
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ByHand => "by hand, owned",
            Self::ByHandBorrowed => "by hand, borrowed",
            Self::Framewright => "framewright, owned",
            Self::FramewrightBorrowed => "framewright, borrowed",
            Self::FramewrightSession => "session, owned",
            Self::FramewrightSessionBorrowed => "session, borrowed",
            Self::ForwardBytes => "proxy, copying bytes",
            Self::ForwardByHand => "proxy, by hand",
            Self::FramewrightForward => "proxy, handler",
            Self::FramewrightForwardSessions => "proxy, sessions",
            Self::FramedFeed => "Framed, feed and flush",
            Self::FramedSend => "Framed, send",
            Self::Epoll => "epoll, borrowed",
        })
    }
}

/// Starts the server that a proxy forwards to, on its own thread.
fn behind() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(|| on_tokio(framewright::serve(framewright::owned(), listener)));
    Ok(address)
}

/// Runs a server on one thread, because the server has one processor here.
pub(super) fn on_tokio(serving: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(serving)
}
