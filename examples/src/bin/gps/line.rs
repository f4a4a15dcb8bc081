//! A serial line as a stream.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use tokio::io::{Join, join};
use tokio::net::unix::pipe::{Receiver, Sender};

pub type Line = Join<Receiver, Sender>;

pub fn open(path: &Path) -> io::Result<Line> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
    let line = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path)?;
    let mut settings = tcgetattr(&line)?;
    settings.make_raw();
    tcsetattr(&line, OptionalActions::Now, &settings)?;
    // The pipe types work for every file that supports readiness events, not only for pipes.
    let reads = Receiver::from_file_unchecked(line.try_clone()?)?;
    Ok(join(reads, Sender::from_file_unchecked(line)?))
}
