//! The common code of the HTTP programs: header fields and bodies.

#[path = "bin/put/protocol.rs"]
pub mod protocol;

use std::io;
use std::time::Duration;

use ::http::{HeaderName, HeaderValue};
use framewright::prelude::*;
use framewright::{Error, Result};
pub use protocol::HEAD;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::Instant;

/// Returns the value of a header field, or `None` if there is no such field.
///
/// # Errors
/// Returns an error if the field occurs twice or a line is not a field. Other programs could read
/// such a header differently.
pub fn field<'h>(lines: impl IntoIterator<Item = &'h str>, name: &str) -> Result<Option<&'h str>> {
    let mut found = None;
    for line in lines {
        let (field, value) =
            split(line).ok_or_else(|| Error::other("a line of the header is not a field"))?;
        if field.eq_ignore_ascii_case(name) && found.replace(value).is_some() {
            return Err(Error::other(format!("there are two fields {name}")));
        }
    }
    Ok(found)
}

/// Splits a header line into name and value. The name must not contain white space, and the value
/// must not contain a line break.
fn split(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    HeaderName::from_bytes(name.as_bytes()).ok()?;
    HeaderValue::from_bytes(value.as_bytes()).ok()?;
    Some((name, value.trim_ascii()))
}

/// Returns `true` if the value of a field is a list, separated by commas, that contains `token`.
#[must_use]
pub fn lists(value: &str, token: &str) -> bool {
    value.split(',').any(|each| each.trim_ascii().eq_ignore_ascii_case(token))
}

/// Returns `true` if the header asks to close the connection.
#[must_use]
pub fn closes<'h>(lines: impl IntoIterator<Item = &'h str>) -> bool {
    let mut fields = lines.into_iter().filter_map(split);
    fields.any(|(name, value)| name.eq_ignore_ascii_case("Connection") && lists(value, "close"))
}

/// The length of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    Bytes(u64),
    /// The body consists of chunks, each with its own length.
    Chunked,
    ToEnd,
}

impl Length {
    /// Returns the length of the body according to the header, or `None` if the header has no
    /// length.
    ///
    /// # Errors
    /// Returns an error if the fields contradict each other, or name an unknown encoding.
    pub fn said<'h>(lines: impl IntoIterator<Item = &'h str> + Clone) -> Result<Option<Self>> {
        let bytes = field(lines.clone(), "Content-Length")?;
        match (bytes, field(lines, "Transfer-Encoding")?) {
            (None, None) => Ok(None),
            (Some(bytes), None) if !bytes.is_empty() && bytes.bytes().all(|byte| byte.is_ascii_digit()) => {
                let bytes = bytes.parse().map_err(|_| Error::other("Content-Length is too large"))?;
                Ok(Some(Self::Bytes(bytes)))
            }
            (None, Some(coding)) if coding.eq_ignore_ascii_case("chunked") => Ok(Some(Self::Chunked)),
            (_, None) => Err(Error::other("Content-Length is not a number")),
            (None, Some(_)) => Err(Error::other("only the transfer encoding \"chunked\" is supported")),
            (Some(_), Some(_)) => Err(Error::other("both Content-Length and Transfer-Encoding are there")),
        }
    }
}

/// The line before a chunk of a body, or a line after the last chunk.
#[derive(Frame, Debug, Clone, PartialEq)]
pub struct Line {
    #[until(b"\r\n")]
    pub text: String,
}

/// The line break after a chunk of a body.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = b"\r\n")]
struct EndOfPart;

/// Why a body was not received.
#[derive(Debug)]
pub enum NotReceived {
    /// The body is longer than this limit in bytes.
    TooLong(u64),
    File(io::Error),
    /// The chunks are malformed. The text says how.
    Malformed(&'static str),
    /// The session failed, or the body is truncated.
    Session(Error),
}

impl From<Error> for NotReceived {
    fn from(error: Error) -> Self {
        Self::Session(error)
    }
}

impl From<NotReceived> for Error {
    fn from(why: NotReceived) -> Self {
        match why {
            NotReceived::TooLong(most) => Self::other(format!("the body has more than {most} bytes")),
            NotReceived::File(error) => error.into(),
            NotReceived::Malformed(what) => Self::other(what),
            NotReceived::Session(error) => error,
        }
    }
}

/// How many bytes of a body in chunks must arrive within the time of `pace`.
const PIECE: u64 = 16 * 1024;

/// Receives a body and writes it to `file`. Calls `progress` with the number of new bytes. Fails if
/// the body is longer than `most` bytes, or truncated.
///
/// The server limits the pace of each body. Of a body in chunks, each chunk is such a body, so the
/// pace of all chunks together is limited by `pace`: the time for each 16 KiB.
///
/// # Errors
/// Returns a [`NotReceived`].
pub async fn receive(
    s: &mut Session,
    length: Length,
    most: u64,
    pace: Option<Duration>,
    file: &mut (impl AsyncWrite + Unpin),
    progress: impl Fn(u64),
) -> Result<u64, NotReceived> {
    let mut saving = Saving { file, progress, most, received: 0 };
    match length {
        Length::Bytes(len) => saving.part(s.body(len)).await?,
        Length::ToEnd => saving.part(s.body_to_end()).await?,
        Length::Chunked => {
            let due = || pace.map(|pace| Instant::now() + pace);
            let mut piece = 0_u64;
            s.deadline(due());
            loop {
                let line: Line = s.require().await?;
                let len = size(&line.text).ok_or(NotReceived::Malformed("a part of the body has no size"))?;
                if len == 0 {
                    break;
                }
                piece = piece.saturating_add(len);
                let ends_piece = piece >= PIECE;
                if ends_piece {
                    // This chunk may be long, and has a pace of its own.
                    s.deadline(None);
                }
                saving.part(s.body(len)).await?;
                if ends_piece {
                    piece = 0;
                    s.deadline(due());
                }
                let EndOfPart = s.require().await?;
            }
            trailer(s).await?;
            s.deadline(None);
        }
    }
    saving.file.flush().await.map_err(NotReceived::File)?;
    Ok(saving.received)
}

/// Parses the size before a chunk. Only digits are allowed, although `from_str_radix` also accepts
/// a sign.
fn size(line: &str) -> Option<u64> {
    let size = line.split(';').next().unwrap_or_default().trim_ascii();
    let digits = size.bytes().all(|byte| byte.is_ascii_hexdigit());
    u64::from_str_radix(size, 16).ok().filter(|_| digits)
}

/// Skips the lines after the last chunk, up to the empty line. Their total size is limited like
/// that of a head.
async fn trailer(s: &mut Session) -> Result<(), NotReceived> {
    let mut left = HEAD;
    loop {
        let line: Line = s.require().await?;
        if line.text.is_empty() {
            return Ok(());
        }
        left = left
            .checked_sub(line.text.len() + 2)
            .ok_or(NotReceived::Malformed("the trailer of the body is too long"))?;
    }
}

struct Saving<'f, F, P> {
    file: &'f mut F,
    progress: P,
    most: u64,
    received: u64,
}

impl<F: AsyncWrite + Unpin, P: Fn(u64)> Saving<'_, F, P> {
    async fn part(&mut self, mut body: framewright::net::Body<'_>) -> Result<(), NotReceived> {
        while let Some(chunk) = body.chunk().await? {
            self.received = self.received.saturating_add(chunk.len().try_into().unwrap_or(u64::MAX));
            if self.received > self.most {
                return Err(NotReceived::TooLong(self.most));
            }
            self.file.write_all(&chunk).await.map_err(NotReceived::File)?;
            (self.progress)(self.received);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use framewright::{Close, Server};
    use tokio::time::{sleep, timeout};

    use super::*;

    #[tokio::test]
    async fn a_body_in_small_chunks_has_a_least_pace() {
        let (mut ours, theirs) = tokio::io::duplex(64);
        let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
            let (pace, mut nowhere) = (Some(Duration::from_millis(100)), tokio::io::sink());
            let received = receive(&mut s, Length::Chunked, u64::MAX, pace, &mut nowhere, |_| ()).await;
            received.map(drop).map_err(|why| Error::from(why).into())
        });
        tokio::spawn(async move { server.serve_connection(theirs).await });
        let trickle = async {
            while ours.write_all(b"1\r\nx\r\n").await.is_ok() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        assert!(timeout(Duration::from_secs(30), trickle).await.is_ok());
    }

    #[test]
    fn a_connection_is_closed_by_any_of_its_fields() {
        for lines in [
            &["Connection: close"][..],
            &["X: y", "connection: keep-alive, Close"],
            &["Connection: a", "Connection: close"],
        ] {
            assert!(closes(lines.iter().copied()), "{lines:?}");
        }
        for lines in [&["Connection: keep-alive"][..], &["X: close"], &["Connection: closed"], &[]] {
            assert!(!closes(lines.iter().copied()), "{lines:?}");
        }
    }
}
