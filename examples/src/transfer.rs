//! File transfers: a progress bar, and files that become visible when they are complete.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::fs::File;
use tokio::io::AsyncWrite;
use tokio::task::spawn_blocking;

/// Returns a progress bar. It is hidden if standard error is not a terminal. `len` is the length of
/// the file, if known.
#[must_use]
pub fn progress(len: Option<u64>) -> ProgressBar {
    let bar = len.map_or_else(ProgressBar::no_length, ProgressBar::new);
    let template = match len {
        Some(_) => "{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}",
        None => "{spinner} {bytes} {bytes_per_sec}",
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Returns `true` if this is a plain file name: letters, digits, `-`, `_` and dots, but no dot at
/// the start. Such a name contains no path separator, and cannot be the name of a partial file
/// (`.{name}.….part`).
#[must_use]
pub fn is_plain_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !name.is_empty() && name.len() <= 200 && !name.starts_with('.') && name.bytes().all(is_plain)
}

/// How many bytes may still be written to a folder. Clones share the limit.
#[derive(Clone, Debug)]
pub struct Room(Arc<Left>);

#[derive(Debug)]
struct Left {
    bytes: AtomicU64,
    /// Held while a file replaces another. Otherwise several files could give back the room of the
    /// same replaced file.
    replacing: Mutex<()>,
}

impl Room {
    /// How many bytes each file counts in addition to its size.
    const EACH: u64 = 4096;

    #[must_use]
    pub fn new(bytes: u64) -> Self {
        Self(Arc::new(Left { bytes: AtomicU64::new(bytes), replacing: Mutex::default() }))
    }

    /// Returns a room without a limit, for the user's own files.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::new(u64::MAX)
    }

    fn take(&self, bytes: u64) -> io::Result<()> {
        let left = &self.0.bytes;
        let taken = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        taken.map(drop).map_err(|_| io::ErrorKind::QuotaExceeded.into())
    }

    fn give_back(&self, bytes: u64) {
        let left = &self.0.bytes;
        let more = |left: u64| Some(left.saturating_add(bytes));
        let given = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        debug_assert!(given.is_ok(), "there is always room for more room");
    }
}

/// A file that has a temporary name until it is complete, and is removed if it is dropped before.
/// Its size counts towards the [`Room`] until the file is removed or replaced.
pub struct Partial {
    pub file: Growing,
    path: PathBuf,
    target: PathBuf,
}

/// A file whose size counts towards a [`Room`] as it grows.
pub struct Growing {
    file: File,
    room: Room,
    taken: u64,
    /// Whether the file is complete. If so, its size still counts after it is dropped.
    whole: bool,
}

impl Partial {
    /// Creates a file in the folder of `target`. `unique` must be different for concurrent files
    /// with the same target.
    ///
    /// # Errors
    /// Returns an error if the file cannot be created, or the folder's limit is reached.
    ///
    /// # Cancel safety
    /// If cancelled, no file is left.
    pub async fn begin(target: &Path, unique: u64, room: &Room) -> io::Result<Self> {
        let (target, room) = (target.to_owned(), room.clone());
        // A blocking task is not cancelled. If nobody waits for the file any more, it is dropped.
        spawn_blocking(move || Self::create(target, unique, room)).await?
    }

    fn create(target: PathBuf, unique: u64, room: Room) -> io::Result<Self> {
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        let path = target.with_file_name(format!(".{name}.{}-{unique}.part", std::process::id()));
        room.take(Room::EACH)?;
        let opened = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = opened.inspect_err(|_| room.give_back(Room::EACH))?;
        let file = Growing { file: File::from_std(file), room, taken: Room::EACH, whole: false };
        Ok(Self { file, path, target })
    }

    /// Renames the file to its final name. Replaces an existing file.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written or renamed.
    pub async fn finish(self) -> io::Result<()> {
        self.file.file.sync_all().await?;
        // A blocking task is not cancelled, so the file and the room always agree.
        spawn_blocking(|| self.replace()).await?
    }

    fn replace(mut self) -> io::Result<()> {
        let room = self.file.room.clone();
        let _replacing = room.0.replacing.lock().unwrap_or_else(PoisonError::into_inner);
        let replaced = std::fs::metadata(&self.target).map_or(0, |before| before.len() + Room::EACH);
        std::fs::rename(&self.path, &self.target)?;
        self.file.whole = true;
        room.give_back(replaced);
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.file.whole {
            // This fails if another process has removed the file.
            let _ = std::fs::remove_file(&self.path);
            self.file.room.give_back(self.file.taken);
        }
    }
}

impl AsyncWrite for Growing {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wanted = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.room.take(wanted)?;
        let written = Pin::new(&mut self.file).poll_write(cx, bytes);
        let taken = match &written {
            Poll::Ready(Ok(written)) => u64::try_from(*written).unwrap_or(wanted),
            Poll::Ready(Err(_)) | Poll::Pending => 0,
        };
        self.taken += taken;
        self.room.give_back(wanted - taken);
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::task::Waker;

    use tokio::io::AsyncWriteExt;

    use super::*;

    fn left(room: &Room) -> u64 {
        room.0.bytes.load(Ordering::Relaxed)
    }

    async fn put(target: &Path, room: &Room, len: usize) -> io::Result<()> {
        put_unique(target, 1, room, len).await
    }

    async fn put_unique(target: &Path, unique: u64, room: &Room, len: usize) -> io::Result<()> {
        let mut partial = Partial::begin(target, unique, room).await?;
        partial.file.write_all(&vec![7; len]).await?;
        partial.file.flush().await?;
        partial.finish().await
    }

    #[tokio::test]
    async fn a_folder_has_so_much_room() {
        let folder = std::env::temp_dir().join(format!("framewright-room-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let room = Room::new(30_000);
        let (one, other) = (folder.join("one"), folder.join("other"));
        put(&one, &room, 10_000).await.unwrap();
        assert_eq!(left(&room), 30_000 - 14_096);
        let full = |put: io::Result<()>| assert_eq!(put.unwrap_err().kind(), io::ErrorKind::QuotaExceeded);
        full(put(&other, &room, 20_000).await);
        // An incomplete file no longer counts after it is dropped.
        assert_eq!(left(&room), 30_000 - 14_096);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        // A file that was replaced no longer counts.
        put(&one, &room, 5000).await.unwrap();
        assert_eq!(left(&room), 30_000 - 9096);
        put(&other, &room, 14_000).await.unwrap();
        // An empty file counts, too.
        full(put(&folder.join("empty"), &room, 0).await);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_cancelled_beginning_leaves_nothing() {
        let folder = std::env::temp_dir().join(format!("framewright-cancelled-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (room, target) = (Room::new(100_000), folder.join("file"));
        // The blocking tasks run one after the other.
        let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
        runtime.block_on(async {
            let (go, wait) = mpsc::channel::<()>();
            let first = spawn_blocking(move || wait.recv());
            for unique in 0..3 {
                let mut begin = Box::pin(Partial::begin(&target, unique, &room));
                assert!(begin.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            }
            drop(go);
            assert!(first.await.unwrap().is_err());
            spawn_blocking(|| ()).await.unwrap();
        });
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        assert_eq!(left(&room), 100_000);
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_replaced_file_gives_back_its_room_once() {
        let folder = std::env::temp_dir().join(format!("framewright-replaced-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (room, target) = (Room::new(1 << 30), folder.join("file"));
        for _ in 0..20 {
            put(&target, &room, 100_000).await.unwrap();
            let mut puts = tokio::task::JoinSet::new();
            for unique in 0..16 {
                let (target, room) = (target.clone(), room.clone());
                puts.spawn(async move { put_unique(&target, unique, &room, 1).await.unwrap() });
            }
            puts.join_all().await;
            assert_eq!(left(&room), (1 << 30) - Room::EACH - 1);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
