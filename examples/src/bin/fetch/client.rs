//! The client, which downloads one page.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ::http::Uri;
use framewright::{Auto, ClientOptions, Error, Result, Session};
use framewright_examples::http::{self, Length};
use framewright_examples::transfer::{Partial, Room, progress};
use framewright_examples::{printable, say};
use tokio::io::AsyncWrite;
use tokio::time::sleep;

use crate::protocol::{Request, Response};

#[derive(clap::Args)]
pub struct Page {
    /// The URL of the page, beginning with http:
    // Not required: without arguments the demo runs.
    #[arg(required = false)]
    url: Uri,
    /// The file for the body
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The maximum size of the body in bytes
    #[arg(long, value_name = "BYTES", default_value_t = u64::MAX, hide_default_value = true)]
    max_size: u64,
    /// The timeout in seconds while nothing arrives
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
}

/// Prints the response head, and saves the body while it is received.
pub async fn fetch(page: Page) -> Result<()> {
    if page.url.scheme_str() != Some("http") {
        return Err(Error::other(format!("{}: only http:// URLs are supported", page.url)));
    }
    let host = page.url.host().unwrap_or_default();
    let port = page.url.port_u16().unwrap_or(80);
    let target = page.url.path_and_query().map_or("/", |target| target.as_str());
    let authority = page.url.authority().map_or(host, |authority| authority.as_str());
    let options = ClientOptions::new().request_timeout(Duration::from_secs(page.timeout));
    let mut s = Session::connect_with(format!("{host}:{port}"), options).await?;
    let response: Response = s.call(&request(authority, target)).await?;
    say(format!("HTTP/1.{}", printable(response.header.as_bytes())));
    let Some(path) = &page.output else {
        let len = body(&mut s, &response, &page, &mut tokio::io::sink()).await?;
        eprintln!("{len} bytes; -o FILE saves them");
        return Ok(());
    };
    let cannot = |error| Error::other(format!("cannot write {}: {error}", path.display()));
    let mut file = Partial::begin(path, 0, &Room::unlimited()).await.map_err(cannot)?;
    let len = body(&mut s, &response, &page, &mut file.file).await?;
    file.finish().await.map_err(cannot)?;
    eprintln!("{len} bytes saved as {}", path.display());
    Ok(())
}

/// Receives the body of a response into `file`, and shows a progress bar.
async fn body(
    s: &mut Session,
    response: &Response,
    page: &Page,
    file: &mut (impl AsyncWrite + Unpin),
) -> Result<u64> {
    let lines = response.header.split("\r\n").skip(1);
    let length = match response.header.split(' ').nth(1) {
        Some("204" | "304") => Length::Bytes(0),
        _ => Length::said(lines)?.unwrap_or(Length::ToEnd),
    };
    let total = match length {
        Length::Bytes(len) => Some(len),
        Length::Chunked | Length::ToEnd => None,
    };
    let bar = progress(total);
    let moved = AtomicBool::new(true);
    let receiving = http::receive(s, length, page.max_size, None, file, |received| {
        moved.store(true, Ordering::Relaxed);
        bar.set_position(received);
    });
    let stalled = async {
        while moved.swap(false, Ordering::Relaxed) {
            sleep(Duration::from_secs(page.timeout)).await;
        }
    };
    tokio::select! {
        received = receiving => {
            bar.finish_and_clear();
            Ok(received?)
        }
        () = stalled => Err(Error::Timeout("nothing of the body arrived")),
    }
}

/// Returns a request. It asks the server to close the connection after the response.
pub fn request(host: &str, target: &str) -> Request {
    let header = format!("Host: {host}\r\nUser-Agent: framewright\r\nAccept: */*\r\nConnection: close");
    Request { target: target.to_owned(), version: Auto::new(), header }
}
