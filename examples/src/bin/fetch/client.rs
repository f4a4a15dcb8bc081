//! The client: one request, one response, one file.

use std::path::PathBuf;
use std::time::Duration;

use framewright::{Auto, Client, ClientOptions, Error, Result};
use framewright_examples::{printable, say};
use http::Uri;
use tokio::fs;

use crate::protocol::{Request, Response};

#[derive(clap::Args)]
pub struct Page {
    /// The page's URL, which begins with http:
    // Not required where there is no page at all: without arguments the demo runs.
    #[arg(required = false)]
    url: Uri,
    /// Where to save the body
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The most bytes of a response
    #[arg(long, value_name = "BYTES", default_value_t = 64 * 1024 * 1024)]
    max_size: usize,
    /// The most seconds it may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
}

/// Prints the header, and saves the body.
pub async fn fetch(page: Page) -> Result<()> {
    if page.url.scheme_str() != Some("http") {
        return Err(Error::other(format!("{}: only http:// URLs are spoken here", page.url)));
    }
    let host = page.url.host().unwrap_or_default();
    let port = page.url.port_u16().unwrap_or(80);
    let target = page.url.path_and_query().map_or("/", |target| target.as_str());
    let options =
        ClientOptions::new().max_frame(page.max_size).request_timeout(Duration::from_secs(page.timeout));
    let mut client = Client::connect_with(format!("{host}:{port}"), options).await?;
    let authority = page.url.authority().map_or(host, |authority| authority.as_str());
    let response: Response = client.call(&request(authority, target)).await?;
    say(format!("HTTP/1.{}", printable(response.header.as_bytes())));
    match page.output {
        None => eprintln!("{} bytes; -o FILE saves them", response.body.len()),
        Some(path) => {
            fs::write(&path, &response.body)
                .await
                .map_err(|error| Error::other(format!("cannot write {}: {error}", path.display())))?;
            eprintln!("{} bytes saved as {}", response.body.len(), path.display());
        }
    }
    Ok(())
}

/// A request after whose response the server closes the connection.
pub fn request(host: &str, target: &str) -> Request {
    let header = format!("Host: {host}\r\nUser-Agent: framewright\r\nAccept: */*\r\nConnection: close");
    Request { target: target.to_owned(), version: Auto::new(), header }
}
