//! Accepting connections.

use std::io;
use std::time::Duration;

use tokio::time::sleep;

use super::Server;
use super::listener::Listener;
use crate::net::session::serve::Serves;

/// How long accepting pauses when the system has no descriptor or memory for
/// another connection.
const BREATHER: Duration = Duration::from_millis(50);

/// Accepts connections for ever.
pub(super) async fn accept<S: Serves>(server: &Server<S>, listener: &Listener) {
    // Said once when it begins: a log that floods is of no use to anyone.
    let (mut refusing, mut exhausted) = (false, false);
    loop {
        match listener.accept().await {
            Ok(accepted) => {
                exhausted = false;
                let started = server.start(accepted);
                if !started && !refusing {
                    tracing::warn!("refusing: {} connections are open", server.limits.connections);
                }
                refusing = !started;
            }
            Err(error) if is_exhausted(&error) => {
                if !exhausted {
                    tracing::error!("cannot accept for now: {error}");
                }
                exhausted = true;
                sleep(BREATHER).await;
            }
            // The peer has left before it was accepted.
            Err(error) => tracing::debug!("not accepted: {error}"),
        }
    }
}

/// Whether the system has no descriptor or no memory for another connection, which
/// trying again at once will not change.
fn is_exhausted(error: &io::Error) -> bool {
    !matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
