//! The common code of the HTTP programs: header fields and bodies.

#[path = "bin/put/protocol.rs"]
pub mod protocol;

use std::io;

use ::http::{HeaderName, HeaderValue};
use framewright::prelude::*;
use framewright::{Error, Result};
pub use protocol::HEAD;
use tokio::io::{AsyncWrite, AsyncWriteExt};

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

/// Receives a body and writes it to `file`. Calls `progress` with the number of new bytes. Fails if
/// the body is longer than `most` bytes, or truncated.
///
/// # Errors
/// Returns a [`NotReceived`].
pub async fn receive(
    s: &mut Session,
    length: Length,
    most: u64,
    file: &mut (impl AsyncWrite + Unpin),
    progress: impl Fn(u64),
) -> Result<u64, NotReceived> {
    let mut saving = Saving { file, progress, most, received: 0 };
    match length {
        Length::Bytes(len) => saving.part(s.body(len)).await?,
        Length::ToEnd => saving.part(s.body_to_end()).await?,
        Length::Chunked => {
            loop {
                let line: Line = s.require().await?;
                match size(&line.text).ok_or(NotReceived::Malformed("a part of the body has no size"))? {
                    0 => break,
                    len => saving.part(s.body(len)).await?,
                }
                let EndOfPart = s.require().await?;
            }
            trailer(s).await?;
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
