//! Reading ahead while the task waits for something else, so that a lost peer is noticed.

use std::io;
use std::pin::pin;
use std::task::{Context, Poll};

use bytes::{BufMut, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};

use super::{Reads, Transport};
use crate::net::connection::pool;

/// Bytes that were read while the task waited for something else, for example for the handler.
#[derive(Debug)]
pub(super) struct Ahead {
    pub(super) bytes: BytesMut,
    /// How the stream ended after these bytes, if it has: the peer has closed its side, or the
    /// connection broke.
    pub(super) end: Option<io::Result<()>>,
}

impl Ahead {
    /// Returns a copy of the error with which the connection broke, or `None` if it did not break.
    /// The system reports the error only once. So the error stays here, and the next read reports
    /// it too.
    pub(super) fn error(&self) -> Option<io::Error> {
        self.end.as_ref()?.as_ref().err().map(same)
    }
}

/// Returns an error with the same cause.
fn same(error: &io::Error) -> io::Error {
    error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error)
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Transport<IO> {
    /// Maximum number of bytes that are read while the task waits for something else, for example
    /// for the handler. Without reading, a lost peer would not be noticed.
    const AHEAD: usize = 8 * 1024;

    /// Reads ahead, up to a limit, while the task waits for something else. Resolves if the
    /// connection is broken. A peer that has only closed its side may still read replies, so that
    /// does not count as broken.
    pub(super) fn poll_ahead(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            let most = match (self.reads, &self.ahead) {
                (Reads::Datagrams, _) | (Reads::Frames, Some(_)) => 0,
                (_, Some(ahead)) if ahead.end.is_some() => 0,
                (_, ahead) => {
                    Self::AHEAD - ahead.as_ref().map_or(0, |ahead| ahead.bytes.len()).min(Self::AHEAD)
                }
            };
            if most == 0 {
                let error = self.ahead.as_ref().and_then(|ahead| ahead.error());
                return error.map_or(Poll::Pending, Poll::Ready);
            }
            let mut bytes = self.ahead.take().map_or_else(pool::take, |ahead| ahead.bytes);
            bytes.reserve(most);
            let read = {
                let mut room = (&mut bytes).limit(most);
                pin!(self.io.read_buf(&mut room)).poll(cx)
            };
            let is_pending = read.is_pending();
            let end = match read {
                Poll::Ready(Err(error)) => Some(Err(error)),
                Poll::Ready(Ok(count)) => {
                    self.note_read(count);
                    (count == 0).then_some(Ok(()))
                }
                Poll::Pending => None,
            };
            if bytes.is_empty() && end.is_none() {
                pool::give(bytes);
            } else {
                self.ahead = Some(Box::new(Ahead { bytes, end }));
            }
            if is_pending {
                return Poll::Pending;
            }
        }
    }

    /// Returns the number of bytes read ahead, and whether the stream has ended after them.
    pub(crate) fn ahead(&self) -> (usize, bool) {
        self.ahead.as_ref().map_or((0, false), |ahead| (ahead.bytes.len(), ahead.end.is_some()))
    }

    /// Takes the bytes read ahead, and the error if the connection broke after them. If the peer
    /// has closed its side, the next read of the stream reports that again.
    pub(crate) fn take_ahead(&mut self) -> (BytesMut, Option<io::Error>) {
        let Some(ahead) = self.ahead.take() else { return (BytesMut::new(), None) };
        (ahead.bytes, ahead.end.and_then(Result::err))
    }
}
