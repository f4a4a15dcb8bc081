//! Tasks of every program: logging, Ctrl-C, the demo, the exit code.

use std::future::Future;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Duration;

use framewright::Result;
use framewright::net::Limits;
use tokio::sync::oneshot;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::prelude::*;

/// Starts logging to standard error, in colour on a terminal. The variable `RUST_LOG`
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

/// Resolves at Ctrl-C, or when a service manager sends the signal to stop. Once this function was
/// called, even before the future is awaited, neither of the signals ends the program by itself.
///
/// # Errors
/// If a signal handler cannot be installed.
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

/// Resolves at Ctrl-C. Once this function was called, even before the future is awaited, Ctrl-C
/// does not end the program by itself.
///
/// # Errors
/// If a signal handler cannot be installed.
#[cfg(windows)]
pub fn interrupted() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}

/// Runs a client to its end or to Ctrl-C.
///
/// # Errors
/// Those of the client.
pub async fn interruptible(client: impl Future<Output = Result<()>>) -> Result<()> {
    let stop = interrupted()?;
    tokio::select! {
        talked = client => talked,
        () = stop => Ok(()),
    }
}

/// The maximum number of connections of one address, so that no address uses up all of them. It is
/// high because a whole building may share an address.
pub const EACH: usize = 500;

/// Returns limits for servers with human clients, who may be idle for a long time after they
/// connect.
#[must_use]
pub fn unhurried() -> Limits {
    Limits::new().per_address(EACH).first_frame_time(None).idle(Duration::from_secs(60 * 60))
}

/// Runs a server until its clients are done, then stops it.
///
/// # Errors
/// Those of the server and of the clients.
pub async fn demo<S: Future<Output = Result<()>>>(
    serve_until: impl FnOnce(oneshot::Receiver<()>) -> S,
    clients: impl Future<Output = Result<()>>,
) -> Result<()> {
    let (stop, stopped) = oneshot::channel();
    let clients = async {
        let talked = clients.await;
        // The server stops when this end of the channel is dropped.
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
