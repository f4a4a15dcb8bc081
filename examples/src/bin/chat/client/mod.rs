//! The client: a line is a message, and what arrives is printed meanwhile.
//!
//! What has no receipt yet is sent again after a reconnect, what has been shown is not shown again.

mod connection;
mod files;
mod talk;
mod terminal;

use std::path::PathBuf;
use std::time::Duration;

use framewright::{Error, Result};
use tokio::time::{Instant, sleep, timeout};

use crate::ADDRESS;
use connection::Connection;
pub use files::FILE;
use talk::Talk;
use terminal::Terminal;

/// How long the last receipts may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a script waits for a server that has gone.
const ABSENCE: Duration = Duration::from_secs(10);

/// How long the client waits before it connects again: first, and at most.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(5)];

/// A line is a text message. `/to ID` says whom the next ones are for, `/send-file PATH` sends a file, `/help` lists the rest.
/// At the end of the input the client waits for the last receipts. When the connection is lost it connects again, and sends what
/// has no receipt.
#[derive(clap::Args)]
pub struct Options {
    /// Where the server listens
    #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
    connect: String,
    /// Who you are
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    id: u32,
    /// Whom you write to; `/to` changes it
    #[arg(long, value_name = "ID")]
    to: Option<u32>,
    /// The most bytes of a message's body
    #[arg(long, value_name = "BYTES", default_value_t = 1024 * 1024)]
    max_body: usize,
    /// Where to save what is not text; in a terminal `received-by-ID` if left out
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// A file whose first line is your password
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

pub async fn chat(options: Options) -> Result<()> {
    let terminal = Terminal::open()?;
    let mut talk = Talk::new(options, terminal)?;
    let mut connection = Connection::open(&talk.login()).await?;
    talk.greet();
    loop {
        let Err(error) = converse(&mut talk, &mut connection).await else { return Ok(()) };
        if is_final(&error) {
            return Err(error);
        }
        talk.note(format!("connection lost ({error}); connecting again"));
        match reconnect(&mut talk).await? {
            Some(again) => connection = again,
            None => return Ok(()),
        }
        talk.note("connected again");
    }
}

/// Talks until the input has ended and every message has its receipt.
async fn converse(talk: &mut Talk, connection: &mut Connection) -> Result<()> {
    talk.welcome(connection);
    let mut due = Instant::now() + PATIENCE;
    loop {
        talk.send(connection)?;
        if talk.is_done() {
            return connection.client.flush().await;
        }
        if !talk.has_ended() {
            due = Instant::now() + PATIENCE;
        }
        // Receiving also sends what is on its way, and can be cancelled.
        tokio::select! {
            line = talk.next_line(), if talk.takes_lines() => talk.line(line).await,
            received = connection.client.recv() => {
                let received = received?.ok_or(Error::Closed)?;
                talk.received(received, connection).await?;
            }
            () = sleep(connection::TICK) => talk.progress(connection),
            () = tokio::time::sleep_until(due), if talk.has_ended() => {
                return Err(Error::other("no receipt for the last messages"));
            }
        }
    }
}

/// Connects again, however long it takes; a script gives up at some point. Nothing if the user does not want to go on.
async fn reconnect(talk: &mut Talk) -> Result<Option<Connection>> {
    let since = Instant::now();
    let mut pause = PAUSES[0];
    loop {
        let login = talk.login();
        let attempt = async move {
            sleep(pause).await;
            timeout(PAUSES[1], Connection::open(&login)).await
        };
        let mut attempt = std::pin::pin!(attempt);
        let opened = loop {
            tokio::select! {
                opened = &mut attempt => break opened,
                line = talk.next_line(), if talk.takes_lines() => talk.line(line).await,
            }
            if talk.is_typed() && talk.has_ended() {
                return Ok(None);
            }
        };
        let lost = match opened {
            Ok(Ok(connection)) => return Ok(Some(connection)),
            Ok(Err(error)) if is_final(&error) => return Err(error),
            Ok(Err(error)) => error,
            Err(_) => Error::Timeout("the server does not answer"),
        };
        if !talk.is_typed() && since.elapsed() > ABSENCE {
            return Err(lost);
        }
        pause = (pause * 2).min(PAUSES[1]);
    }
}

/// Whether connecting again would not help: the server refuses, or one of the two is not as it must be. A frame that
/// is cut is a connection that was lost.
fn is_final(error: &Error) -> bool {
    match error {
        Error::Decode(error) => !error.is_short(),
        Error::Encode(_) | Error::Other(_) => true,
        _ => false,
    }
}
