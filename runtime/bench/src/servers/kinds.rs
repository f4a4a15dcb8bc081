//! The servers that are compared.

mod by_hand;
mod epoll;
mod framed;
mod framewright;

use std::fmt;
use std::io;
use std::net::TcpListener;

use clap::ValueEnum;

use super::exchange::Pipe;

/// A way to write the same server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A hand-written tokio loop that reads once, decodes all into owned messages, and writes once.
    ByHand,
    /// The same with messages that borrow from its buffer.
    ByHandBorrowed,
    /// `Server` with a closure.
    Framewright,
    /// `Server` with a `Handler` whose frames borrow.
    FramewrightBorrowed,
    /// `Server::sessions`, whose conversation is a loop of `recv` and `feed`.
    FramewrightSession,
    /// The same with frames that borrow.
    FramewrightSessionBorrowed,
    /// A `Handler` that forwards each message to a server of this kind by a `Client`: `feed` in `frame`, `flush` in `batch_end`.
    /// That server is another thread of the same process, whose time is not counted.
    FramewrightForward,
    /// `tokio_util::codec::Framed` with `feed` for each reply and one `flush` for all that have arrived.
    FramedFeed,
    /// `tokio_util::codec::Framed` with a `send` per reply.
    FramedSend,
    /// A loop over epoll without any runtime, borrowing.
    Epoll,
}

impl Kind {
    pub(crate) const ALL: [Self; 10] = [
        Self::ByHand,
        Self::Framewright,
        Self::FramewrightSession,
        Self::FramewrightForward,
        Self::FramedFeed,
        Self::FramedSend,
        Self::ByHandBorrowed,
        Self::FramewrightBorrowed,
        Self::FramewrightSessionBorrowed,
        Self::Epoll,
    ];

    /// What this one is compared with: hand-written code that owns or borrows as it does.
    pub(crate) fn baseline(self) -> Self {
        match self {
            Self::ByHand
            | Self::Framewright
            | Self::FramewrightSession
            | Self::FramewrightForward
            | Self::FramedFeed
            | Self::FramedSend => Self::ByHand,
            Self::ByHandBorrowed
            | Self::FramewrightBorrowed
            | Self::FramewrightSessionBorrowed
            | Self::Epoll => Self::ByHandBorrowed,
        }
    }

    /// Serves until the process is ended.
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
            Self::FramewrightForward => {
                let upstream = TcpListener::bind("127.0.0.1:0")?;
                let address = upstream.local_addr()?;
                std::thread::spawn(|| on_tokio(framewright::serve(framewright::owned(), upstream)));
                on_tokio(framewright::serve(framewright::forward(address), listener))
            }
            Self::FramedFeed => on_tokio(framed::serve(listener, framed::Flush::AllAtOnce)),
            Self::FramedSend => on_tokio(framed::serve(listener, framed::Flush::Each)),
            Self::Epoll => epoll::serve(listener),
        }
    }

    /// Those that can serve a pipe.
    pub(crate) const OVER_A_PIPE: [Self; 5] = [
        Self::Framewright,
        Self::FramewrightSession,
        Self::FramewrightBorrowed,
        Self::FramewrightSessionBorrowed,
        Self::FramewrightForward,
    ];

    /// Serves one connection over a pipe.
    pub(super) fn run_over(self, pipe: Pipe) -> io::Result<()> {
        match self {
            Self::Framewright => on_tokio(framewright::over(framewright::owned(), pipe)),
            Self::FramewrightBorrowed => on_tokio(framewright::over(framewright::borrowed(), pipe)),
            Self::FramewrightSession => on_tokio(framewright::session_over(pipe)),
            Self::FramewrightSessionBorrowed => on_tokio(framewright::session_borrowed_over(pipe)),
            Self::FramewrightForward => on_tokio(framewright::forward_over(pipe)),
            _ => Err(io::Error::other("only servers of Framewright serve a pipe")),
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
            Self::FramewrightForward => "forwarding handler",
            Self::FramedFeed => "Framed, feed and flush",
            Self::FramedSend => "Framed, send",
            Self::Epoll => "epoll, borrowed",
        })
    }
}

/// One thread, since a server has one processor here.
pub(super) fn on_tokio(serving: impl Future<Output = io::Result<()>>) -> io::Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(serving)
}
