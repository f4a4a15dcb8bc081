//! Accepting connections.

use std::io;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Server;
use super::connections::Refusal;
use super::listener::Listener;
use crate::net::session::serve::Serves;

/// How long accepting pauses when the system has no descriptor or memory for
/// another connection.
const BREATHER: Duration = Duration::from_millis(50);

/// Accepts connections for ever.
pub(super) async fn accept<S: Serves>(server: &Server<S>, listener: &Listener) {
    // Said once when it begins: a log that floods is of no use to anyone.
    let mut exhausted = false;
    let mut refused = Refused::default();
    loop {
        match listener.accept().await {
            Ok(accepted) => {
                exhausted = false;
                if let Err(why) = server.start(accepted) {
                    refused.log(why);
                }
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

/// Connections that were refused, logged once in a while: a stranger can make any number of them.
#[derive(Default)]
struct Refused {
    logged: Option<Instant>,
    since: u64,
}

impl Refused {
    const EVERY: Duration = Duration::from_secs(10);

    fn log(&mut self, why: Refusal) {
        self.since += 1;
        if self.logged.is_none_or(|logged| logged.elapsed() >= Self::EVERY) {
            tracing::warn!("refused {} connections: {why}", self.since);
            *self = Self { logged: Some(Instant::now()), since: 0 };
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
