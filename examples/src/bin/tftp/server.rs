//! The server. Clients read and write the files of a folder.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use framewright::{Error, Result, udp};
use framewright_examples::transfer::{Partial, Room, is_plain_name};
use framewright_examples::{Flood, interrupted, log};
use tokio::time::timeout;

use crate::places::{Place, Places};
use crate::protocol::{Code, File, Packet};
use crate::transfer::Transfer;

/// The maximum number of concurrent transfers. `EACH` is the limit for one network.
///
/// The address of a request can be forged. Beyond `TRANSFERS`, a request takes the place of any
/// transfer whose peer has not answered yet, so a peer that answers sooner is likelier to keep its
/// place: at 10,000 forged requests a second 90 % do that answer within 1 ms, and 37 % within 10 ms. Each
/// transfer that is under way makes that less likely for the others. A peer that loses its place gets no
/// further packet, so its transfer fails.
///
/// Beyond `EACH`, a request takes the place of a transfer with the same network whose peer has not
/// answered for a while. Without one it is dropped, and its sender repeats it. A network whose own
/// address is forged may be kept out.
///
/// A transfer whose peer has answered never gives way. Who has addresses in ten networks can use all
/// places.
const TRANSFERS: usize = 100;
const EACH: usize = 10;

/// The maximum time for a transfer.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// The error message for a file that does not fit on the disk.
const NO_ROOM: &str = "there is no more room";

#[derive(clap::Args, Clone, Debug)]
pub struct Folder {
    /// The folder with the files
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    root: PathBuf,
    /// Allow clients to write files
    #[arg(long)]
    writable: bool,
    /// The time in milliseconds to wait for an answer before sending again
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 1000)]
    patience: u64,
    /// The maximum total size of all files written while the server runs, in bytes
    #[arg(long, value_name = "BYTES", default_value = "1073741824", value_parser = room)]
    room: Room,
}

fn room(bytes: &str) -> Result<Room, std::num::ParseIntError> {
    bytes.parse().map(Room::new)
}

impl Folder {
    pub fn new(root: PathBuf) -> Self {
        Self { root, writable: true, patience: 1000, room: Room::new(1 << 24) }
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(self.patience)
    }
}

pub async fn serve(address: &str, folder: Folder) -> Result<()> {
    log("info");
    let stop = interrupted()?;
    let endpoint = udp::Endpoint::bind(address).await?;
    tokio::select! {
        served = answer(endpoint, folder) => served,
        () = stop => Ok(()),
    }
}

/// Answers requests. Each transfer has its own port.
pub async fn answer(endpoint: udp::Endpoint<Packet>, folder: Folder) -> Result<()> {
    tracing::info!("listening on {} (UDP)", endpoint.local_addr());
    let (folder, places) = (Arc::new(folder), Places::new(TRANSFERS, EACH));
    let local = endpoint.local_addr().ip();
    // Anyone can cause these errors at any rate, so not every error is logged.
    let (malformed, failed) = (Flood::new(), Arc::new(Flood::new()));
    loop {
        let (packet, from) = match endpoint.recv_from().await {
            Ok(received) => received,
            Err(error) => {
                malformed.happened(|count| {
                    tracing::warn!("{count} datagrams are not packets, the last one: {error}")
                });
                continue;
            }
        };
        let Some(mut place) = Place::take(&places, from.ip().into(), Instant::now()) else { continue };
        let (folder, failed) = (Arc::clone(&folder), Arc::clone(&failed));
        tokio::spawn(async move {
            let answered = Arc::clone(&place.answered);
            let transfer = transfer(SocketAddr::new(local, 0), from, packet, &folder, answered);
            let transferred = tokio::select! {
                biased;
                _ = &mut place.lost => return,
                transferred = timeout(LONGEST, transfer) => transferred,
            };
            if let Err(error) = transferred.unwrap_or(Err(Error::Timeout("the transfer takes too long"))) {
                failed.happened(
                    |count| tracing::warn!(%from, "{count} transfers failed, the last one: {error}"),
                );
            }
        });
    }
}

async fn transfer(
    local: SocketAddr,
    peer: SocketAddr,
    packet: Packet,
    folder: &Folder,
    answered: Arc<AtomicBool>,
) -> Result<()> {
    static UPLOADS: AtomicU64 = AtomicU64::new(0);
    let with = Transfer::with(udp::Endpoint::bind(local).await?, peer, folder.patience());
    let mut with = with.reports(answered);
    match packet {
        Packet::Read(file) => {
            let path = match folder.path(&file) {
                Ok(path) => path,
                Err((code, why)) => return with.refuse(code, why).await,
            };
            match tokio::fs::File::open(&path).await {
                Ok(content) => {
                    let sent = with.send(None, content).await?;
                    tracing::info!(%peer, "{} read, {sent} bytes", file.name.escape_debug());
                    Ok(())
                }
                Err(_) => with.refuse(Code::NotFound, "there is no such file").await,
            }
        }
        Packet::Write(_) if !folder.writable => {
            with.refuse(Code::AccessViolation, "writing is not allowed").await
        }
        Packet::Write(file) => {
            let path = match folder.path(&file) {
                Ok(path) => path,
                Err((code, why)) => return with.refuse(code, why).await,
            };
            let full = |error: &io::Error| error.kind() == io::ErrorKind::QuotaExceeded;
            let upload = UPLOADS.fetch_add(1, Ordering::Relaxed);
            let mut partial = match Partial::begin(&path, upload, &folder.room).await {
                Err(error) if full(&error) => return with.refuse(Code::DiskFull, NO_ROOM).await,
                begun => begun?,
            };
            let received = match with.receive(Packet::Ack { block: 0 }, &mut partial.file).await {
                Err(Error::Io(error)) if full(&error) => return with.refuse(Code::DiskFull, NO_ROOM).await,
                received => received?,
            };
            partial.finish().await.map_err(Error::Io)?;
            with.finish().await?;
            tracing::info!(%peer, "{} written, {received} bytes", file.name.escape_debug());
            Ok(())
        }
        Packet::Data { .. } | Packet::Ack { .. } => {
            with.refuse(Code::UnknownTransfer, "no such transfer").await
        }
        Packet::Error { .. } => Ok(()),
    }
}

impl Folder {
    fn path(&self, file: &File) -> Result<PathBuf, (Code, &'static str)> {
        if !file.mode.eq_ignore_ascii_case("octet") {
            return Err((Code::IllegalOperation, "only the mode octet is supported"));
        }
        if !is_plain_name(&file.name) {
            return Err((Code::AccessViolation, "no such name"));
        }
        Ok(self.root.join(&file.name))
    }
}
