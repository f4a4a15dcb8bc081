//! Reads files to send, and saves received files.

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs::{self, OpenOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::protocol::Kind;

/// The kind of a file that is not text, a picture, a voice recording or a video.
pub const FILE: Kind = Kind::Other(5);

/// The maximum number of files of one kind from one sender in a folder.
const FILES: usize = 100_000;

/// Reads a file of at most `limit` bytes.
pub async fn read(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    fs::File::open(path).await?.take(most.saturating_add(1)).read_to_end(&mut body).await?;
    if body.len() > limit {
        return Err(io::Error::other(format!("more than {limit} bytes, which is the limit")));
    }
    Ok(body)
}

/// Saves a body in a new file, and returns its path.
pub async fn save(folder: &Path, sender: u32, kind: Kind, body: &[u8]) -> io::Result<PathBuf> {
    fs::create_dir_all(folder).await?;
    for number in 1..=FILES {
        let path = folder.join(format!("{}-{number}-from-{sender}", name(kind)));
        match OpenOptions::new().write(true).create_new(true).open(&path).await {
            Ok(mut file) => {
                file.write_all(body).await?;
                // The client now acknowledges the message, and the server then deletes it. So the
                // file must be on disk first.
                file.sync_all().await?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(format!("{} is full of files from {sender}", folder.display())))
}

pub fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Picture => "picture",
        Kind::Voice => "recording",
        Kind::Video => "video",
        Kind::Other(_) => "file",
    }
}

/// Returns the kind of a file from its extension.
pub fn kind_of(path: &Path) -> Kind {
    let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
    match extension.as_ref().and_then(|extension| extension.to_str()) {
        Some("gif" | "jpeg" | "jpg" | "png" | "webp") => Kind::Picture,
        Some("flac" | "m4a" | "mp3" | "ogg" | "opus" | "wav") => Kind::Voice,
        Some("mkv" | "mov" | "mp4" | "webm") => Kind::Video,
        _ => FILE,
    }
}
