//! Files on their way: a bar that shows how far one is, and a file that is there as a whole or not at all.

use std::io;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::fs::{self, File, OpenOptions};

/// A bar on standard error, if that is a terminal. `len` is where it ends, if that is known.
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

/// Whether this is the name of a file and nothing else: letters, digits, `-`, `_` and dots, none of them first. So it is never hidden,
/// never in another folder, and never a file that is still being written.
#[must_use]
pub fn is_plain_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !name.is_empty() && name.len() <= 200 && !name.starts_with('.') && name.bytes().all(is_plain)
}

/// A file that is written under another name, and gets its own when it is whole. Dropped before, it is removed.
pub struct Partial {
    pub file: File,
    path: PathBuf,
    target: PathBuf,
    whole: bool,
}

impl Partial {
    /// Begins a file in the folder of `target`. `unique` tells it from others with the same target.
    ///
    /// # Errors
    /// If no file can be made there.
    pub async fn begin(target: &Path, unique: u64) -> io::Result<Self> {
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        let path = target.with_file_name(format!(".{name}.{}-{unique}.part", std::process::id()));
        let file = OpenOptions::new().write(true).create_new(true).open(&path).await?;
        Ok(Self { file, path, target: target.to_owned(), whole: false })
    }

    /// Gives the file its name, in place of one that had it before.
    ///
    /// # Errors
    /// If the system does not let it.
    pub async fn finish(mut self) -> io::Result<()> {
        self.file.sync_all().await?;
        fs::rename(&self.path, &self.target).await?;
        self.whole = true;
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.whole {
            // Somebody else may have removed it.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
