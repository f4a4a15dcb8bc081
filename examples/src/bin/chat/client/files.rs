//! Reads files to send, and saves received files.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::protocol::Kind;

/// The kind of a file that is not text, a picture, a voice recording or a video.
pub const FILE: Kind = Kind::Other(5);

/// The maximum number of files saved by one run of the program.
const FILES: usize = 10_000;

/// Reads a file of at most `limit` bytes.
pub async fn read(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    File::open(path).await?.take(most.saturating_add(1)).read_to_end(&mut body).await?;
    if body.len() > limit {
        return Err(io::Error::other(format!("more than {limit} bytes, which is the limit")));
    }
    Ok(body)
}

/// The folder for received files. It takes in a limited number of files and bytes until the program
/// is started again, because anyone can send files.
pub struct Inbox {
    folder: PathBuf,
    files: usize,
    bytes: usize,
    /// The last number in a file name, by the rest of the name.
    last: HashMap<(u32, &'static str), u64>,
}

impl Inbox {
    pub fn new(folder: PathBuf, bytes: usize) -> Self {
        Self { folder, files: FILES, bytes, last: HashMap::new() }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Saves a body in a new file, and returns its path, or `None` if a limit is reached.
    pub async fn save(&mut self, sender: u32, kind: Kind, body: &[u8]) -> io::Result<Option<PathBuf>> {
        let (Some(files), Some(bytes)) = (self.files.checked_sub(1), self.bytes.checked_sub(body.len()))
        else {
            return Ok(None);
        };
        fs::create_dir_all(&self.folder).await?;
        let (mut file, path) = self.create(sender, kind).await?;
        file.write_all(body).await?;
        // The client now acknowledges the message, and the server then deletes it. So the file must be
        // on disk first.
        file.sync_all().await?;
        (self.files, self.bytes) = (files, bytes);
        Ok(Some(path))
    }

    /// Creates a file with a new name.
    async fn create(&mut self, sender: u32, kind: Kind) -> io::Result<(File, PathBuf)> {
        let last = self.last.entry((sender, name(kind))).or_default();
        loop {
            *last += 1;
            let path = self.folder.join(format!("{}-{last}-from-{sender}", name(kind)));
            match OpenOptions::new().write(true).create_new(true).open(&path).await {
                Ok(file) => return Ok((file, path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_takes_in_a_limited_number_of_bytes() {
        let folder = std::env::temp_dir().join(format!("framewright-inbox-{}", std::process::id()));
        let mut inbox = Inbox::new(folder.clone(), 5);
        let saved = inbox.save(1, Kind::Picture, b"abc").await.unwrap();
        assert_eq!(saved, Some(folder.join("picture-1-from-1")));
        assert_eq!(inbox.save(1, Kind::Picture, b"def").await.unwrap(), None);
        let saved = inbox.save(1, Kind::Picture, b"de").await.unwrap();
        assert_eq!(saved, Some(folder.join("picture-2-from-1")));
        // Files of an earlier run are not overwritten.
        let mut inbox = Inbox::new(folder.clone(), 5);
        let saved = inbox.save(1, Kind::Picture, b"f").await.unwrap();
        assert_eq!(saved, Some(folder.join("picture-3-from-1")));
        inbox.files = 0;
        assert_eq!(inbox.save(1, Kind::Picture, b"").await.unwrap(), None);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
