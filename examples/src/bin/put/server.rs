//! The server: uploads to and downloads from a folder.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ::http::Uri;

use framewright::net::{Limits, Serves};
use framewright::{Close, Error, Result, Server, Session};
use framewright_examples::http::{self, HEAD, Length, NotReceived};
use framewright_examples::transfer::{Partial, Room, is_plain_name};
use framewright_examples::{excerpt, halved, interrupted, log};
use tokio::fs::{self, File};

use crate::protocol::{Field, Request, Response};

#[derive(clap::Args, Clone, Debug)]
pub struct Folder {
    /// The folder with the files
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    root: PathBuf,
    /// The maximum size of an uploaded file in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 16 << 30)]
    max_size: u64,
    /// The maximum total size of all files uploaded while it runs, in bytes
    #[arg(long, value_name = "BYTES", default_value = "68719476736", value_parser = room)]
    room: Room,
}

fn room(bytes: &str) -> Result<Room, std::num::ParseIntError> {
    bytes.parse().map(Room::new)
}

impl Folder {
    pub fn new(root: PathBuf) -> Self {
        Self { root, max_size: 1 << 20, room: Room::new(1 << 24) }
    }
}

pub async fn serve(address: &str, folder: Folder) -> Result<()> {
    log("info");
    let stop = interrupted()?;
    server(folder).bind(address).await?.serve_until(stop).await
}

/// The number of the next upload. It makes the names of temporary files unique.
static UPLOADS: AtomicU64 = AtomicU64::new(0);

/// The time for each 16 KiB of an upload in chunks.
const PACE: Duration = Duration::from_secs(10);

/// Returns a server for this folder.
pub fn server(folder: Folder) -> Server<impl Serves> {
    let folder = Arc::new(folder);
    Server::sessions(async move |s: Session| -> Result<(), Close> { converse(s, &folder).await })
        // This limit applies only to heads. A body is not a frame and has its own limit.
        .limits(halved(Limits::new().frame(HEAD)))
}

async fn converse(mut s: Session, folder: &Folder) -> Result<(), Close> {
    loop {
        let request = match s.recv::<Request>().await {
            Ok(Some(request)) => request,
            Ok(None) => return Ok(()),
            Err(error) => {
                s.send(&closing(400, "Bad Request")).await?;
                return Err(error.into());
            }
        };
        let closes = http::closes(request.lines());
        match answer(&mut s, folder, &request).await {
            Ok(()) => {}
            Err(Failure::Refused(Refusal(status, reason))) => {
                let (method, target) = (excerpt(&request.method), excerpt(&request.target));
                tracing::debug!("{method} {target}: {status} {reason}");
                s.send(&closing(status, reason)).await?;
                return Ok(());
            }
            Err(Failure::Broken(error)) => return Err(error.into()),
        }
        if closes {
            return Ok(());
        }
    }
}

/// Answers a request. If this succeeds, the body of the request has been read completely.
async fn answer(s: &mut Session, folder: &Folder, request: &Request) -> Result<(), Failure> {
    http::field(request.lines(), "Host").ok().flatten().ok_or(BAD_REQUEST)?;
    let length = Length::said(request.lines()).map_err(|_| BAD_REQUEST)?;
    match (request.method.as_str(), length) {
        ("PUT", Some(length)) => put(s, folder, request, length).await,
        ("PUT", None) => Err(Refusal(411, "Length Required").into()),
        ("GET" | "HEAD", None | Some(Length::Bytes(0))) => get(s, folder, request).await,
        ("GET" | "HEAD", Some(_)) => Err(BAD_REQUEST.into()),
        _ => Err(Refusal(405, "Method Not Allowed").into()),
    }
}

/// Returns a response without a body. The connection is closed after it.
fn closing(status: u16, reason: &str) -> Response {
    Response::new(status, reason, vec![Field::new("Content-Length", 0), Field::new("Connection", "close")])
}

async fn put(s: &mut Session, folder: &Folder, request: &Request, length: Length) -> Result<(), Failure> {
    let path = folder.path(&request.target)?;
    if matches!(length, Length::Bytes(len) if len > folder.max_size) {
        return Err(Refusal(413, "Content Too Large").into());
    }
    let mut file = Partial::begin(&path, UPLOADS.fetch_add(1, Ordering::Relaxed), &folder.room)
        .await
        .map_err(refused_file)?;
    let expects = http::field(request.lines(), "Expect").map_err(|_| BAD_REQUEST)?;
    if expects.is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        // `s.feed` only queues this response. It is written when the server waits for the body.
        s.feed(&Response::new(100, "Continue", Vec::new()))?;
    }
    let received = http::receive(s, length, folder.max_size, Some(PACE), &mut file.file, |_| ()).await;
    let received = received.map_err(refused_body)?;
    let existed = fs::try_exists(&path).await.unwrap_or(false);
    file.finish().await.map_err(refused_file)?;
    tracing::debug!("PUT {}: {received} bytes", excerpt(&request.target));
    let (status, reason) = if existed { (204, "No Content") } else { (201, "Created") };
    let fields = if existed { Vec::new() } else { vec![Field::new("Content-Length", 0)] };
    Ok(s.feed(&Response::new(status, reason, fields))?)
}

/// Sends a file, or for `HEAD` only its length.
async fn get(s: &mut Session, folder: &Folder, request: &Request) -> Result<(), Failure> {
    let path = folder.path(&request.target)?;
    let file = File::open(&path).await.map_err(refused_file)?;
    let about = file.metadata().await.map_err(refused_file)?;
    if !about.is_file() {
        return Err(Refusal(404, "Not Found").into());
    }
    let fields = vec![
        Field::new("Content-Length", about.len()),
        Field::new("Content-Type", "application/octet-stream"),
    ];
    s.feed(&Response::new(200, "OK", fields))?;
    if request.method == "GET" {
        s.send_body(about.len(), file).await?;
    }
    tracing::debug!("{} {}: {} bytes", request.method, excerpt(&request.target), about.len());
    Ok(())
}

impl Folder {
    /// Returns the path of a request target, a path or a URL, which must name a file directly in the
    /// folder.
    fn path(&self, target: &str) -> Result<PathBuf, Refusal> {
        let target: Uri = target.parse().map_err(|_| Refusal(404, "Not Found"))?;
        let name = target.path_and_query().and_then(|target| target.as_str().strip_prefix('/'));
        let name = name.unwrap_or_default();
        if !is_plain_name(name) {
            return Err(Refusal(404, "Not Found"));
        }
        Ok(self.root.join(Path::new(name)))
    }
}

struct Refusal(u16, &'static str);

const BAD_REQUEST: Refusal = Refusal(400, "Bad Request");

/// Why a request failed.
enum Failure {
    Refused(Refusal),
    /// The connection failed, so no response can be sent.
    Broken(Error),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

/// Returns the error response for a body that could not be received. A broken connection gets none.
fn refused_body(why: NotReceived) -> Failure {
    match why {
        NotReceived::TooLong(_) => Refusal(413, "Content Too Large").into(),
        NotReceived::File(error) => refused_file(error).into(),
        NotReceived::Malformed(_) | NotReceived::Session(Error::Decode(_)) => BAD_REQUEST.into(),
        NotReceived::Session(error) => error.into(),
    }
}

/// Returns the error response for a file that cannot be read or written.
fn refused_file(error: std::io::Error) -> Refusal {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::IsADirectory => Refusal(404, "Not Found"),
        ErrorKind::PermissionDenied => Refusal(403, "Forbidden"),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            Refusal(507, "Insufficient Storage")
        }
        _ => {
            tracing::error!("{error}");
            Refusal(500, "Internal Server Error")
        }
    }
}
