//! The server. It returns the same page for all paths.

use framewright::net::{Limits, Serves};
use framewright::{Close, Error, Result, Server, Session};
use framewright_examples::http::HEAD;
use framewright_examples::{EACH, excerpt, interrupted, log};

use crate::protocol::{Request, Response};

const PAGE: &[u8] = b"Declared, not parsed.\n";

pub async fn serve(address: &str) -> Result<()> {
    log("info");
    let stop = interrupted()?;
    server().bind(address).await?.serve_until(stop).await
}

pub fn server() -> Server<impl Serves> {
    Server::sessions(async |mut s: Session| -> Result<(), Close> {
        let request: Request = s.require().await?;
        tracing::info!("GET {}", excerpt(&request.target));
        let header = format!(
            "1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close",
            PAGE.len()
        );
        s.feed(&Response { header })?;
        let len = u64::try_from(PAGE.len()).map_err(Error::other)?;
        Ok(s.send_body(len, PAGE).await?)
    })
    .limits(Limits::new().frame(HEAD).per_address(EACH))
}
