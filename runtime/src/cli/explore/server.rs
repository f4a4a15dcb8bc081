//! The HTTP server of the page.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::Explorer;
use super::route;

/// The maximum number of connections; a browser opens six.
const CONNECTIONS: usize = 64;

/// The time limit for the head of a request, including the wait for the next request on a
/// connection.
const HEAD: Duration = Duration::from_secs(60);

/// Serves the page for as long as it is polled.
pub(super) async fn serve(listener: TcpListener, explorer: Arc<Explorer>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Accepting fails, for example, if no file descriptors are left.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let explorer = Arc::clone(&explorer);
        tokio::spawn(async move {
            let answer = service_fn(|request| {
                let explorer = Arc::clone(&explorer);
                async move { Ok::<_, Infallible>(route::answer(explorer, request).await) }
            });
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(64 * 1024);
            // If a connection breaks, there is nothing to do.
            let _ = http.serve_connection(TokioIo::new(stream), answer).await;
            drop(place);
        });
    }
}
