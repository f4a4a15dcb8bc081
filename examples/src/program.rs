//! What every program needs: logging, Ctrl-C, the demo, the exit code.

use std::future::Future;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Duration;

use framewright::Result;
use framewright::net::Limits;
use tokio::sync::oneshot;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

/// Starts logging to standard error, in colour on a terminal. The environment variable `RUST_LOG`
/// overrides `level`.
pub fn log(level: &str) {
    let asked = std::env::var("RUST_LOG").ok().and_then(|asked| asked.parse::<Targets>().ok());
    let filter = asked.or_else(|| level.parse().ok()).unwrap_or_default();
    let shown = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false);
    tracing_subscriber::registry().with(shown).with(filter).init();
}

/// Returns a future that resolves at Ctrl-C, or at SIGTERM from a service manager. From this call
/// on, these signals no longer end the program.
///
/// # Errors
/// Returns an error if a signal handler cannot be installed.
#[cfg(unix)]
pub fn interrupted() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Returns a future that resolves at Ctrl-C. From this call on, Ctrl-C no longer ends the program.
///
/// # Errors
/// Returns an error if the handler cannot be installed.
#[cfg(windows)]
pub fn interrupted() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}

/// Runs a client until it is done or Ctrl-C is pressed.
///
/// # Errors
/// Returns the error of the client.
pub async fn interruptible(client: impl Future<Output = Result<()>>) -> Result<()> {
    let stop = interrupted()?;
    tokio::select! {
        talked = client => talked,
        () = stop => Ok(()),
    }
}

/// The maximum number of connections from one address. It is high, because all computers of a
/// building may share an address.
pub const EACH: usize = 500;

/// Returns limits for servers whose users are people, who may be idle for a long time.
#[must_use]
pub fn unhurried() -> Limits {
    Limits::new().per_address(EACH).first_frame_time(None).idle(Duration::from_secs(60 * 60))
}

/// Halves the limits on connections, for servers whose connections take two file descriptors each,
/// and for two servers in one process.
#[must_use]
pub fn halved(limits: Limits) -> Limits {
    let connections = (descriptors().saturating_sub(32) / 2).clamp(2, 5000);
    limits.connections(connections).per_address(EACH.min(connections / 2))
}

/// Returns how many file descriptors the process may have.
#[cfg(unix)]
fn descriptors() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    limit.current.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

#[cfg(not(unix))]
fn descriptors() -> usize {
    usize::MAX
}

/// Runs a server until its clients are done. Then stops the server.
///
/// # Errors
/// Returns the error of the server or of the clients.
pub async fn demo<S: Future<Output = Result<()>>>(
    serve_until: impl FnOnce(oneshot::Receiver<()>) -> S,
    clients: impl Future<Output = Result<()>>,
) -> Result<()> {
    let (stop, stopped) = oneshot::channel();
    let clients = async {
        let talked = clients.await;
        // The server stops when the sender is dropped.
        drop(stop);
        talked
    };
    let (served, talked) = tokio::join!(serve_until(stopped), clients);
    served.and(talked)
}

/// Returns the program's exit code: 0, or 1 after printing the error.
#[must_use]
pub fn exit(outcome: Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
