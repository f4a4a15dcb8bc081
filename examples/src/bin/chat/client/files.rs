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

/// The part of the files and bytes that one sender may use.
const PART: usize = 8;

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
    left: Amount,
    /// How much each sender may use, and how much each of them has left.
    each: Amount,
    senders: HashMap<u32, Amount>,
    /// The last number in a file name, by the rest of the name.
    last: HashMap<(u32, &'static str), u64>,
}

#[derive(Clone, Copy)]
struct Amount {
    files: usize,
    bytes: usize,
}

impl Amount {
    fn without(self, bytes: usize) -> Option<Self> {
        Some(Self { files: self.files.checked_sub(1)?, bytes: self.bytes.checked_sub(bytes)? })
    }
}

impl Inbox {
    /// Returns a folder that takes in `bytes`, of which a sender may use a part, or at least one
    /// message of `largest` bytes.
    pub fn new(folder: PathBuf, bytes: usize, largest: usize) -> Self {
        let each = Amount { files: FILES / PART, bytes: largest.max(bytes / PART) };
        let left = Amount { files: FILES, bytes };
        Self { folder, left, each, senders: HashMap::new(), last: HashMap::new() }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Saves a body in a new file, and returns its path. Returns `None` if the sender has used its
    /// part.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written, or the limit for all senders is reached.
    pub async fn save(&mut self, sender: u32, kind: Kind, body: &[u8]) -> io::Result<Option<PathBuf>> {
        let theirs = self.senders.get(&sender).copied().unwrap_or(self.each);
        let Some(theirs) = theirs.without(body.len()) else { return Ok(None) };
        let full = || io::Error::other("the limit of files or bytes is reached (--save-bytes)");
        let left = self.left.without(body.len()).ok_or_else(full)?;
        fs::create_dir_all(&self.folder).await?;
        let (mut file, path) = self.create(sender, kind).await?;
        file.write_all(body).await?;
        // The client now acknowledges the message, and the server then deletes it. So the file must be
        // on disk first.
        file.sync_all().await?;
        self.left = left;
        self.senders.insert(sender, theirs);
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
        let mut inbox = Inbox::new(folder.clone(), 40, 1);
        let saved = inbox.save(1, Kind::Picture, b"abc").await.unwrap();
        assert_eq!(saved, Some(folder.join("picture-1-from-1")));
        assert_eq!(inbox.save(1, Kind::Picture, b"def").await.unwrap(), None);
        let saved = inbox.save(1, Kind::Picture, b"de").await.unwrap();
        assert_eq!(saved, Some(folder.join("picture-2-from-1")));
        // Files of an earlier run are not overwritten.
        let mut inbox = Inbox::new(folder.clone(), 40, 1);
        let saved = inbox.save(1, Kind::Picture, b"f").await.unwrap();
        assert_eq!(saved, Some(folder.join("picture-3-from-1")));
        // One sender leaves room for the others.
        inbox.senders.insert(1, Amount { files: 0, bytes: 5 });
        assert_eq!(inbox.save(1, Kind::Picture, b"").await.unwrap(), None);
        assert!(inbox.save(2, Kind::Picture, b"g").await.unwrap().is_some());
        // A file that does not fit is an error, so that its message is not acknowledged.
        inbox.left.bytes = 1;
        assert!(inbox.save(2, Kind::Picture, b"gh").await.is_err());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
