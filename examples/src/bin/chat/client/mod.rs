//! The client. It sends each input line as a message, and prints received messages.
//!
//! After a reconnect, it sends again the messages that have no receipt yet, and does not show
//! messages a second time.

mod connection;
mod files;
mod talk;
mod terminal;

use std::path::PathBuf;
use std::time::Duration;

use framewright::{Error, Result};
use tokio::io::{AsyncWriteExt, copy, sink, split};
use tokio::time::{Instant, sleep, timeout};
use tokio::try_join;

use crate::ADDRESS;
use connection::Connection;
pub use files::FILE;
use talk::Talk;
use terminal::Terminal;

/// How long the client waits for the last receipts.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a script tries to reconnect.
const ABSENCE: Duration = Duration::from_secs(10);

/// How long the client takes to end the connection after an error.
const LEAVING: Duration = Duration::from_secs(2);

/// The first and the longest pause before an attempt to reconnect.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(5)];

/// A line is a text message. `/to ID` sets the receiver of the next messages, `/send-file PATH`
/// sends a file, `/help` lists all commands. At the end of the input the client waits for the last
/// receipts. When the connection is lost, it reconnects and sends again the messages that have no
/// receipt yet.
#[derive(clap::Args)]
pub struct Options {
    /// The address of the server
    #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
    connect: String,
    /// Your number
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    id: u32,
    /// The receiver of your messages; `/to` changes it
    #[arg(long, value_name = "ID")]
    to: Option<u32>,
    /// The maximum size of a message's body in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 1024 * 1024)]
    max_body: usize,
    /// The folder for received files; by default `received-by-ID` in a terminal
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// The maximum total size, in bytes, of the files saved until the program is started again. One
    /// sender can use half of what the others have left, and at least an eighth of the whole; further
    /// files of this sender are acknowledged without being saved, and are lost. When the whole is used
    /// up, the client ends, and the server keeps further files
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30)]
    save_bytes: usize,
    /// A file with your password in its first line
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
            leave(connection).await;
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

/// Writes what was fed, such as the acknowledgements of what was shown, and waits for the server to
/// close the connection. Closing it while messages are unread would reset it, and the server might
/// lose what was written last. What arrives is discarded as bytes, because it may be malformed.
async fn leave(connection: Connection) {
    let io = connection.client.into_session().into_parts().io;
    let (mut reader, mut writer) = split(io);
    let mut nowhere = sink();
    let left = async { try_join!(writer.shutdown(), copy(&mut reader, &mut nowhere)) };
    // The client ends with another error in any case.
    let _ = timeout(LEAVING, left).await;
}

/// Sends and receives until the input has ended and every message has a receipt.
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
        // `recv` also writes fed messages, and is cancel safe.
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

/// Tries to reconnect: without limit in an interactive session, and for at most `ABSENCE` in a
/// script. Returns `None` if the user ends the input.
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

/// Returns `true` if reconnecting would not help: the server refuses the client, or one side
/// violates the protocol. A truncated frame only means that the connection was lost.
fn is_final(error: &Error) -> bool {
    match error {
        Error::Decode(error) => !error.is_short(),
        Error::Encode(_) | Error::Other(_) => true,
        _ => false,
    }
}
