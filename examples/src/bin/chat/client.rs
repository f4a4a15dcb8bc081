//! The client: a line is a message, and what arrives is printed meanwhile.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use framewright::{Client, ClientOptions, Error, Layout, Result};
use framewright_examples::{inputs, printable, say};
use tokio::fs;
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use crate::ADDRESS;
use crate::protocol::{ChatMsg, ChatReply, Kind};

/// The receiver of the message that only names the connection.
const NOBODY: u32 = 0;

/// How many receipts may be due before the next line is read.
const WINDOW: usize = 16;

/// How long the last receipts may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A line is a text message. `/to ID` says whom the next ones are for, `/send-file PATH` sends a file.
/// At the end of the input the client waits for the last receipts.
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
    /// Where to save what is not text
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
}

pub async fn chat(options: Options) -> Result<()> {
    let limits = ClientOptions::new().max_frame(options.max_body.saturating_add(ChatReply::MIN_LEN));
    let client = Client::connect_with(options.connect.as_str(), limits).await?;
    let mut session = Session { client, to: options.to, due: 0, saved: 0, options };
    session.send(NOBODY, Kind::Text, Vec::new())?;
    session.talk().await?;
    let last = async {
        while session.due > 0 {
            session.receive().await?;
        }
        Ok(())
    };
    timeout(PATIENCE, last).await.unwrap_or(Err(Error::Timeout("no receipt for the last messages")))
}

struct Session {
    client: Client<ChatMsg, ChatReply>,
    options: Options,
    to: Option<u32>,
    /// How many receipts are still to come.
    due: usize,
    /// How many files have been saved.
    saved: usize,
}

impl Session {
    /// Reads lines to their end, and prints what arrives meanwhile.
    async fn talk(&mut self) -> Result<()> {
        let mut lines = inputs(Vec::new());
        loop {
            // Receiving also sends what is on its way, and can be cancelled.
            tokio::select! {
                line = lines.recv(), if self.due < WINDOW => match line {
                    Some(line) => self.line(&line).await?,
                    None => return Ok(()),
                },
                received = self.client.recv() => self.received(received?).await?,
            }
        }
    }

    async fn receive(&mut self) -> Result<()> {
        let received = self.client.recv().await?;
        self.received(received).await
    }

    /// What comes from oneself is a receipt.
    async fn received(&mut self, message: Option<ChatReply>) -> Result<()> {
        let ChatReply { sender, kind, body } = message.ok_or(Error::Closed)?;
        if sender == self.options.id {
            self.due = self.due.saturating_sub(1);
        } else if kind == Kind::Text {
            say(format!("{sender}: {}", printable(&body)));
        } else {
            say(format!("{sender} sent a {}, {} bytes", name(kind), body.len()));
            self.save(sender, kind, &body).await?;
        }
        Ok(())
    }

    async fn line(&mut self, line: &str) -> Result<()> {
        match (line.split_once(' ').unwrap_or((line, "")), self.to) {
            (("/to", id), _) => match id.trim().parse() {
                Ok(id) if id != self.options.id => self.to = Some(id),
                Ok(_) => eprintln!("that is yourself"),
                Err(_) => eprintln!("/to ID: a number is needed, not {id:?}"),
            },
            (("/send-file", path), Some(to)) => match self.read(Path::new(path.trim())).await {
                Ok(body) => self.send(to, kind_of(Path::new(path.trim())), body)?,
                Err(error) => eprintln!("{}: {error}", path.trim()),
            },
            ((command, _), _) if command.starts_with('/') && command != "/send-file" => {
                eprintln!("no command {command}: there are /to ID and /send-file PATH");
            }
            (_, None) => eprintln!("whom to? /to ID says it"),
            (_, Some(_)) if line.len() > self.options.max_body => eprintln!("too long: {} bytes", line.len()),
            (_, Some(to)) => self.send(to, Kind::Text, line.into())?,
        }
        Ok(())
    }

    /// Puts a message on its way, for which there will be a receipt.
    fn send(&mut self, receiver: u32, kind: Kind, body: Vec<u8>) -> Result<()> {
        self.client.feed(&ChatMsg { sender: self.options.id, receiver, kind, body })?;
        self.due += 1;
        Ok(())
    }

    async fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let limit = u64::try_from(self.options.max_body).unwrap_or(u64::MAX);
        let mut body = Vec::new();
        fs::File::open(path).await?.take(limit.saturating_add(1)).read_to_end(&mut body).await?;
        if body.len() > self.options.max_body {
            return Err(io::Error::other(format!("more than {limit} bytes, which is the limit")));
        }
        Ok(body)
    }

    async fn save(&mut self, sender: u32, kind: Kind, body: &[u8]) -> Result<()> {
        let Some(directory) = &self.options.save else { return Ok(()) };
        self.saved += 1;
        let path = directory.join(format!("{}-{}-from-{sender}", name(kind), self.saved));
        fs::write(&path, body).await?;
        say(format!("saved as {}", path.display()));
        Ok(())
    }
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Picture => "picture",
        Kind::Voice => "recording",
        Kind::Video => "video",
        Kind::Other(_) => "file",
    }
}

/// The kind of a file, by how its name ends.
fn kind_of(path: &Path) -> Kind {
    let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
    match extension.as_ref().and_then(|extension| extension.to_str()) {
        Some("gif" | "jpeg" | "jpg" | "png" | "webp") => Kind::Picture,
        Some("flac" | "m4a" | "mp3" | "ogg" | "opus" | "wav") => Kind::Voice,
        Some("mkv" | "mov" | "mp4" | "webm") => Kind::Video,
        _ => Kind::Other(5),
    }
}
