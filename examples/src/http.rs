//! What the programs that speak HTTP share: which field says what, and bodies.

use framewright::prelude::*;
use framewright::{Error, Result};
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// The value of a field, if the lines of a header have it.
///
/// # Errors
/// If it is there twice: nobody knows which of them the others believe.
pub fn field<'h>(lines: impl IntoIterator<Item = &'h str>, name: &str) -> Result<Option<&'h str>> {
    let mut found = None;
    for line in lines {
        let Some((field, value)) = line.split_once(':') else { continue };
        if field.eq_ignore_ascii_case(name) && found.replace(value.trim_ascii()).is_some() {
            return Err(Error::other(format!("there are two fields {name}")));
        }
    }
    Ok(found)
}

/// How long a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    Bytes(u64),
    /// Each part says its own length.
    Chunked,
    /// As long as the stream.
    ToEnd,
}

impl Length {
    /// What the lines of a header say, if they do.
    ///
    /// # Errors
    /// If they contradict each other, or say what is not known here.
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
            (None, Some(_)) => Err(Error::other("only the transfer encoding \"chunked\" is known here")),
            (Some(_), Some(_)) => Err(Error::other("both Content-Length and Transfer-Encoding are there")),
        }
    }
}

/// The line in front of a part of a body, and each line behind the last.
#[derive(Frame, Debug, Clone, PartialEq)]
pub struct Line {
    #[until(b"\r\n")]
    pub text: String,
}

/// What is behind a part of a body.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = b"\r\n")]
struct EndOfPart;

/// Receives a body as it comes: writes it to `file`, and tells `progress` how many bytes have come. It fails on more than `most` bytes,
/// and on a body that is cut short.
///
/// # Errors
/// Those of the session and of the file, and [`Error::Other`] for a body that is too long.
pub async fn receive(
    s: &mut Session,
    length: Length,
    most: u64,
    file: &mut (impl AsyncWrite + Unpin),
    progress: impl Fn(u64),
) -> Result<u64> {
    let mut saving = Saving { file, progress, most, received: 0 };
    match length {
        Length::Bytes(len) => saving.part(s.body(len)).await?,
        Length::ToEnd => saving.part(s.body_to_end()).await?,
        Length::Chunked => {
            loop {
                let line: Line = s.require().await?;
                let size = line.text.split(';').next().unwrap_or_default().trim_ascii();
                match u64::from_str_radix(size, 16)
                    .map_err(|_| Error::other("a part of the body has no size"))?
                {
                    0 => break,
                    len => saving.part(s.body(len)).await?,
                }
                let EndOfPart = s.require().await?;
            }
            while !s.require::<Line>().await?.text.is_empty() {}
        }
    }
    saving.file.flush().await?;
    Ok(saving.received)
}

struct Saving<'f, F, P> {
    file: &'f mut F,
    progress: P,
    most: u64,
    received: u64,
}

impl<F: AsyncWrite + Unpin, P: Fn(u64)> Saving<'_, F, P> {
    async fn part(&mut self, mut body: framewright::net::Body<'_>) -> Result<()> {
        while let Some(chunk) = body.chunk().await? {
            self.received = self.received.saturating_add(chunk.len().try_into().unwrap_or(u64::MAX));
            if self.received > self.most {
                return Err(Error::other(format!("the body has more than {} bytes", self.most)));
            }
            self.file.write_all(&chunk).await?;
            (self.progress)(self.received);
        }
        Ok(())
    }
}
