//! The state of the client that outlives a connection. After a reconnect, the client continues
//! where the last connection was lost.

use std::collections::{BTreeSet, VecDeque};
use std::fmt::Display;
use std::path::{Path, PathBuf};

use argon2::password_hash::rand_core::{OsRng, RngCore};
use framewright::{Encode, Error, Result};
use framewright_examples::printable;

use super::Options;
use super::connection::{Connection, Login};
use super::files::{self, Inbox, kind_of};
use super::terminal::Terminal;
use crate::hello::{Hello, REFUSED, SERVER, TAKEN, Taken};
use crate::protocol::{ChatMsg, ChatReply, Kind};

/// The maximum number of messages without a receipt. No line is read while there are that many.
const WINDOW: usize = 16;

/// The minimum size in bytes of a body for its progress to be shown.
const LARGE: usize = 512 * 1024;

/// The maximum number of senders that `/who` lists.
const NAMES: usize = 100;

const HELP: &str = "A line is a message. /to ID says whom the next ones are for, /send-file PATH sends a file,\n\
    /who says who you are and whom you have heard of, /quit leaves.";

pub struct Talk {
    options: Options,
    terminal: Terminal,
    to: Option<u32>,
    token: [u8; 16],
    password: Vec<u8>,
    /// The sequence number of the next message to show. All messages below it were shown.
    seen: u64,
    /// How many of this client's messages the server has stored, if known.
    stored: Option<u64>,
    /// Messages that have no receipt yet.
    pending: VecDeque<Pending>,
    ended: bool,
    heard: BTreeSet<u32>,
    /// Where received files are saved, if they are.
    inbox: Option<Inbox>,
    /// How many bytes of the arriving message were last reported as progress.
    reported: usize,
}

struct Pending {
    message: ChatMsg,
    /// The name of the file, if the message is one.
    file: Option<String>,
    /// The number of bytes fed before this message.
    before: usize,
    /// The number of quarters that the last progress line reported as sent.
    quarters: usize,
}

impl Talk {
    pub fn new(options: Options, terminal: Terminal) -> Result<Self> {
        let mut token = [0; 16];
        OsRng.fill_bytes(&mut token);
        let password = match &options.password_file {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| Error::other(format!("{}: {error}", path.display())))?;
                text.lines().next().unwrap_or_default().as_bytes().to_vec()
            }
            None => Vec::new(),
        };
        let own = || PathBuf::from(format!("received-by-{}", options.id));
        let folder = options.save.clone().or_else(|| terminal.is_typed().then(own));
        Ok(Self {
            to: options.to,
            inbox: folder.map(|folder| Inbox::new(folder, options.save_bytes, options.max_body)),
            options,
            terminal,
            token,
            password,
            seen: 0,
            stored: None,
            pending: VecDeque::new(),
            ended: false,
            heard: BTreeSet::new(),
            reported: 0,
        })
    }

    pub fn login(&self) -> Login {
        let hello = Hello { seen: self.seen, token: self.token, password: self.password.clone() };
        let Options { connect, id, max_body, .. } = &self.options;
        Login { address: connect.clone(), id: *id, max_body: *max_body, hello }
    }

    /// Prints who the user is and the help.
    pub fn greet(&mut self) {
        if self.terminal.is_typed() {
            let Options { connect, id, .. } = &self.options;
            let greeting = format!("you are {id} at {connect}; /help lists the commands");
            self.terminal.note(greeting);
            if let Some(inbox) = &self.inbox {
                let folder = inbox.folder().display();
                self.terminal.note(format_args!("files that you are sent are saved in {folder}"));
            }
        }
        self.prompt();
    }

    fn prompt(&self) {
        let to = self.to.map_or("?".to_owned(), |to| to.to_string());
        self.terminal.prompt(format!("{} -> {to}> ", self.options.id));
    }

    /// Begins to use a new connection. Messages that the server has already stored are not sent
    /// again.
    pub fn welcome(&mut self, connection: &Connection) {
        let stored = connection.welcome.stored_from;
        let new = stored.saturating_sub(self.stored.unwrap_or(stored));
        for _ in 0..new {
            if let Some(Pending { file: Some(file), .. }) = self.pending.pop_front() {
                self.terminal.note(format_args!("the server has {file}"));
            }
        }
        self.stored = Some(stored);
    }

    /// Feeds the messages that have not been sent on this connection yet.
    pub fn send(&mut self, connection: &mut Connection) -> Result<()> {
        while let Some(pending) = self.pending.get_mut(connection.sent) {
            pending.before = connection.feed(&pending.message)?;
            pending.quarters = 0;
            connection.sent += 1;
        }
        Ok(())
    }

    pub fn is_done(&self) -> bool {
        self.ended && self.pending.is_empty()
    }

    pub fn has_ended(&self) -> bool {
        self.ended
    }

    pub fn is_typed(&self) -> bool {
        self.terminal.is_typed()
    }

    pub fn takes_lines(&self) -> bool {
        !self.ended && self.pending.len() < WINDOW
    }

    /// Returns the next line, or `None` at the end of the input.
    ///
    /// # Cancel safety
    /// If cancelled, no line is lost.
    pub async fn next_line(&mut self) -> Option<String> {
        self.terminal.next().await
    }

    pub fn note(&mut self, line: impl Display) {
        self.terminal.note(line);
    }

    /// Handles a line, or the end of the input.
    pub async fn line(&mut self, line: Option<String>) {
        match line {
            Some(line) => self.typed(&line).await,
            None => self.ended = true,
        }
        self.prompt();
    }

    async fn typed(&mut self, line: &str) {
        match (line.split_once(' ').unwrap_or((line, "")), self.to) {
            (("", ""), _) if self.terminal.is_typed() => {}
            (("/quit", _), _) => self.ended = true,
            (("/help", _), _) => self.note(HELP),
            (("/who", _), _) => self.who(),
            (("/to", id), _) => match id.trim().parse() {
                Ok(SERVER) => self.note("0 is the server"),
                Ok(id) if id != self.options.id => self.to = Some(id),
                Ok(_) => self.note("that is yourself"),
                Err(_) => self.note(format_args!("/to ID: a number is needed, not {id:?}")),
            },
            (("/send-file", path), Some(to)) => self.send_file(to, Path::new(path.trim())).await,
            ((command, _), _) if command.starts_with('/') && command != "/send-file" => {
                self.note(format_args!("no command {command}: /help lists them"));
            }
            (_, None) => self.note("no receiver yet: set one with /to ID"),
            (_, Some(_)) if line.len() > self.options.max_body => {
                self.note(format_args!("too long: {} bytes", line.len()));
            }
            (_, Some(to)) => self.push(to, Kind::Text, line.into(), None),
        }
    }

    fn who(&mut self) {
        let Options { connect, id, .. } = &self.options;
        let to = self.to.map_or("nobody yet".to_owned(), |to| to.to_string());
        let heard: Vec<_> = self.heard.iter().map(u32::to_string).collect();
        let heard = if heard.is_empty() { "nobody".to_owned() } else { heard.join(", ") };
        let due = self.pending.len();
        self.note(format!(
            "you are {id} at {connect}, writing to {to}; you have heard of {heard}; {due} messages have no receipt"
        ));
    }

    async fn send_file(&mut self, to: u32, path: &Path) {
        match files::read(path, self.options.max_body).await {
            Ok(body) => {
                let file = path.display().to_string();
                self.push(to, kind_of(path), body, Some(file));
            }
            Err(error) => self.note(format_args!("{}: {error}", path.display())),
        }
    }

    fn push(&mut self, receiver: u32, kind: Kind, body: Vec<u8>, file: Option<String>) {
        let message = ChatMsg { sender: self.options.id, receiver, kind, body };
        self.pending.push_back(Pending { message, file, before: 0, quarters: 0 });
    }

    /// Handles a received message. A message whose sender is this client is a receipt. A message
    /// whose sender is 0 is from the server itself.
    pub async fn received(&mut self, reply: ChatReply, connection: &mut Connection) -> Result<()> {
        connection.received += reply.encoded_len();
        self.reported = 0;
        let ChatReply { sender, kind, body } = reply;
        if sender == self.options.id {
            self.stored = self.stored.map(|stored| stored + 1);
            if let Some(Pending { file: Some(file), .. }) = self.settled(connection) {
                if self.terminal.is_typed() {
                    self.note(format_args!("the server has {file}"));
                }
            }
        } else if sender == SERVER && kind == REFUSED {
            let to = self.settled(connection).map_or(0, |pending| pending.message.receiver);
            self.note(format_args!("a message to {to} was refused: {}", text(&body)));
        } else if sender == SERVER {
            self.note(text(&body));
        } else {
            let number = connection.number;
            connection.number += 1;
            // The server sends a message again if the acknowledgement was lost.
            if number >= self.seen {
                self.show(sender, kind, &body).await?;
                self.seen = connection.number;
            }
            let taken = Taken { below: connection.number }.to_vec()?;
            let id = self.options.id;
            connection.feed(&ChatMsg { sender: id, receiver: SERVER, kind: TAKEN, body: taken })?;
        }
        Ok(())
    }

    fn settled(&mut self, connection: &mut Connection) -> Option<Pending> {
        connection.sent = connection.sent.saturating_sub(1);
        self.pending.pop_front()
    }

    async fn show(&mut self, sender: u32, kind: Kind, body: &[u8]) -> Result<()> {
        if self.heard.len() < NAMES {
            self.heard.insert(sender);
        }
        if kind == Kind::Text {
            self.terminal.say(format_args!("{sender}: {}", text(body)));
            return Ok(());
        }
        self.terminal.say(format_args!("{sender} sent a {}, {} bytes", files::name(kind), body.len()));
        let Some(inbox) = &mut self.inbox else { return Ok(()) };
        match inbox.save(sender, kind, body).await {
            Ok(Some(path)) => self.terminal.say(format_args!("saved as {}", path.display())),
            Ok(None) => {
                self.terminal
                    .say(format_args!("not saved: the limit for {sender} is reached (--save-bytes)"));
            }
            // The message is not acknowledged, so the server sends it again.
            Err(error) => return Err(Error::other(format!("{}: {error}", inbox.folder().display()))),
        }
        Ok(())
    }

    /// Shows the progress of large messages.
    pub fn progress(&mut self, connection: &Connection) {
        if !self.terminal.is_typed() {
            return;
        }
        let arriving = connection.arriving();
        if arriving >= self.reported.saturating_add(LARGE) {
            self.reported = arriving;
            self.note(format_args!("something is arriving: {} KiB so far", arriving / 1024));
        }
        let written = connection.written();
        for index in 0..connection.sent {
            let Some(pending) = self.pending.get_mut(index) else { return };
            let len = pending.message.encoded_len();
            let left = written.saturating_sub(pending.before).min(len);
            let quarters = left.saturating_mul(4) / len.max(1);
            if let (Some(file), true) = (&pending.file, len >= LARGE && quarters > pending.quarters) {
                pending.quarters = quarters;
                let line = format!("{file}: {} % sent", quarters * 25);
                self.terminal.note(line);
            }
        }
    }
}

/// Returns the text of a message. Further lines are indented, so that none looks like the message
/// of another sender.
fn text(body: &[u8]) -> String {
    printable(body).replace('\n', "\n    ")
}
