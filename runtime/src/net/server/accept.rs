//! Accepting connections.

use std::io;
use std::time::Duration;

use tokio::time::sleep;

use super::Server;
use super::listener::Listener;
use super::repeated::Repeated;
use crate::net::session::serve::Serves;

/// The pause in accepting when the system has no file descriptor or memory for another connection.
const BREATHER: Duration = Duration::from_millis(50);

/// Accepts connections in an endless loop.
pub(super) async fn accept<S: Serves>(server: &Server<S>, listener: &Listener) {
    // Exhaustion is logged once when it begins, so that the log is not flooded.
    let mut exhausted = false;
    let refused = Repeated::default();
    loop {
        match listener.accept().await {
            Ok(accepted) => {
                exhausted = false;
                if let Err(why) = server.start(accepted) {
                    if let Some(count) = refused.happened() {
                        tracing::warn!("refused {count} connections: {why}");
                    }
                }
            }
            Err(error) if is_exhausted(&error) => {
                if !exhausted {
                    tracing::error!("cannot accept connections at the moment: {error}");
                }
                exhausted = true;
                sleep(BREATHER).await;
            }
            // The peer closed the connection before it was accepted.
            Err(error) => tracing::debug!("not accepted: {error}"),
        }
    }
}

/// Returns `true` if the system has no file descriptor or memory for another connection, so that
/// trying again at once is pointless.
fn is_exhausted(error: &io::Error) -> bool {
    !matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
