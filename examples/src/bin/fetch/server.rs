//! The server: the same page for every path.

use framewright::{Close, Conn, Handler, Result, Server};
use framewright_examples::{interrupted, log};

use crate::protocol::{Request, Response};

const PAGE: &[u8] = b"Declared, not parsed.\n";

pub async fn serve(address: &str) -> Result<()> {
    log("info");
    let stop = interrupted()?;
    Server::new(OnePage).bind(address).await?.serve_until(stop).await
}

pub struct OnePage;

impl Handler for OnePage {
    type In<'a> = Request;
    type Out = Response;
    type State = ();

    async fn open(&self, _: &mut Conn<Response>) -> Result<(), Close> {
        Ok(())
    }

    /// The page ends where the connection does.
    async fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<Response>,
        (): &'a mut (),
        request: Request,
    ) -> Result<(), Close> {
        tracing::info!("GET {}", request.target);
        let header = "1 200 OK\r\nContent-Type: text/plain\r\nConnection: close".to_owned();
        conn.send(Response { header, body: PAGE.to_vec() })?;
        conn.close();
        Ok(())
    }
}
