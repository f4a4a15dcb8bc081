//! The client. It uploads one file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use framewright::{Error, Result, Session};
use framewright_examples::transfer::progress;
use framewright_examples::{http, printable};
use http::field;
use tokio::fs::File;
use tokio::io::AsyncRead;
use tokio::time::timeout;

use crate::protocol::{Field, Request, Response};

/// How long the client waits for `100 Continue`. Some servers never send it.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(clap::Args)]
pub struct Upload {
    /// The file
    file: PathBuf,
    /// The URL for the file, beginning with http:
    url: ::http::Uri,
}

pub async fn upload(upload: Upload) -> Result<()> {
    let Upload { file, url } = upload;
    let host = url.host().filter(|_| url.scheme_str() == Some("http"));
    let host = host.ok_or_else(|| Error::other(format!("{url}: only http:// URLs are supported")))?;
    let authority = url.authority().map_or(host, |authority| authority.as_str());
    let target = url.path_and_query().map_or("/", |target| target.as_str());
    let (source, len) =
        open(&file).await.map_err(|error| Error::other(format!("{}: {error}", file.display())))?;
    let mut s = Session::connect(format!("{host}:{}", url.port_u16().unwrap_or(80))).await?;
    let bar = progress(Some(len));
    let response = put(&mut s, authority, target, len, bar.wrap_async_read(source)).await?;
    bar.finish_and_clear();
    if !(200..300).contains(&response.status) {
        let said = printable(response.reason.as_bytes());
        return Err(Error::other(format!("the server answered: {} {said}", response.status)));
    }
    eprintln!("{len} bytes put");
    Ok(())
}

async fn open(path: &Path) -> std::io::Result<(File, u64)> {
    let file = File::open(path).await?;
    let len = file.metadata().await?.len();
    Ok((file, len))
}

/// Asks the server whether it accepts the file, and then uploads the file.
pub async fn put(
    s: &mut Session,
    host: &str,
    target: &str,
    len: u64,
    file: impl AsyncRead + Unpin,
) -> Result<Response> {
    let fields = vec![
        Field::new("Host", host),
        Field::new("Content-Length", len),
        Field::new("Expect", "100-continue"),
    ];
    s.send(&Request::new("PUT", target.to_owned(), fields)).await?;
    if let Ok(response) = timeout(PATIENCE, s.require::<Response>()).await {
        let response = response?;
        if response.status != 100 {
            return Ok(response);
        }
    }
    s.send_body(len, file).await?;
    loop {
        let response: Response = s.require().await?;
        // A late `100 Continue` is not the final response.
        if response.status != 100 {
            return Ok(response);
        }
    }
}

/// Returns the body length in the response.
pub fn length(response: &Response) -> Result<u64> {
    let length = field(response.lines(), "Content-Length")?.and_then(|len| len.parse().ok());
    length.ok_or_else(|| Error::other("the server did not send the length of the file"))
}
