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

/// The part of the files and bytes that one sender may use in any case.
const PART: usize = 8;

/// The part that it may use of what the others have left.
const PART_LEFT: usize = 2;

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
    /// How much each sender may use in any case, and how much each of them has used.
    each: Amount,
    senders: HashMap<u32, Amount>,
    /// The last number in a file name, by the rest of the name.
    last: HashMap<(u32, &'static str), u64>,
}

#[derive(Clone, Copy, Default)]
struct Amount {
    files: usize,
    bytes: usize,
}

impl Amount {
    fn with(self, bytes: usize) -> Self {
        Self { files: self.files + 1, bytes: self.bytes.saturating_add(bytes) }
    }

    fn without(self, bytes: usize) -> Option<Self> {
        Some(Self { files: self.files.checked_sub(1)?, bytes: self.bytes.checked_sub(bytes)? })
    }
}

impl Inbox {
    /// Returns a folder that takes in `bytes`, of which a sender may use a part, or at least one
    /// message of `largest` bytes if there can be such a message.
    pub fn new(folder: PathBuf, bytes: usize, largest: usize) -> Self {
        let each = Amount { files: FILES / PART, bytes: largest.max(bytes / PART).min(bytes) };
        let left = Amount { files: FILES, bytes };
        Self { folder, left, each, senders: HashMap::new(), last: HashMap::new() }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Saves a body in a new file, and returns its path. Returns `None` if the sender has used its
    /// part, so that one sender cannot use up the room of all.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written, or the limit for all senders is reached.
    pub async fn save(&mut self, sender: u32, kind: Kind, body: &[u8]) -> io::Result<Option<PathBuf>> {
        let used = self.senders.get(&sender).copied().unwrap_or_default();
        let (theirs, most) = (used.with(body.len()), self.part(used));
        if theirs.files > most.files || theirs.bytes > most.bytes {
            return Ok(None);
        }
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

    /// Returns how much a sender that has used this much may use.
    fn part(&self, used: Amount) -> Amount {
        let part = |each: usize, left: usize, used: usize| each.max(left.saturating_add(used) / PART_LEFT);
        Amount {
            files: part(self.each.files, self.left.files, used.files),
            bytes: part(self.each.bytes, self.left.bytes, used.bytes),
        }
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

    /// A folder that is removed at the end of a test.
    struct Temporary(PathBuf);

    impl Temporary {
        fn new(name: &str) -> Self {
            Self(std::env::temp_dir().join(format!("framewright-{name}-{}", std::process::id())))
        }
    }

    impl Drop for Temporary {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[tokio::test]
    async fn files_get_new_names() {
        let folder = Temporary::new("names");
        for name in ["picture-1-from-1", "picture-2-from-1", "picture-3-from-1"] {
            // Files of an earlier run are not overwritten.
            let mut inbox = Inbox::new(folder.0.clone(), 40, 1);
            let saved = inbox.save(1, Kind::Picture, b"abc").await.unwrap();
            assert_eq!(saved, Some(folder.0.join(name)));
        }
    }

    #[tokio::test]
    async fn one_sender_leaves_room_for_the_others() {
        let folder = Temporary::new("inbox");
        let mut inbox = Inbox::new(folder.0.clone(), 80, 1);
        // The first sender may use a half, the second one a half of the rest, and further ones an eighth.
        for (sender, files) in [(1, 4), (2, 2), (3, 1)] {
            for _ in 0..files {
                assert!(inbox.save(sender, Kind::Picture, &[0; 10]).await.unwrap().is_some());
            }
            assert!(inbox.save(sender, Kind::Picture, &[0; 10]).await.unwrap().is_none());
        }
        // A file that does not fit is an error, so that its message is not acknowledged.
        assert!(inbox.save(4, Kind::Picture, &[0; 10]).await.unwrap().is_some());
        assert!(inbox.save(5, Kind::Picture, &[0; 10]).await.is_err());
        // The number of files is limited in the same way.
        inbox.left.files = 10;
        inbox.senders.insert(6, Amount { files: FILES / PART, bytes: 0 });
        assert!(inbox.save(6, Kind::Picture, b"").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_file_that_can_never_fit_is_not_saved() {
        let folder = Temporary::new("largest");
        let mut inbox = Inbox::new(folder.0.clone(), 5, 16);
        assert!(inbox.save(1, Kind::Picture, &[0; 6]).await.unwrap().is_none());
        assert!(inbox.save(1, Kind::Picture, &[0; 5]).await.unwrap().is_some());
    }
}
