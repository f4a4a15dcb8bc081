//! Requests of the server to the store. Each is done in a transaction, together with others.

use std::collections::BTreeSet;

use subtle::ConstantTimeEq;

use super::ledger::Ledger;
use super::{Message, Name, StoreError, Value};

/// The token by which a client is recognised.
pub type Token = [u8; 16];

/// A request to be done in a transaction.
pub trait Ask: Send + 'static {
    type Answer: Send + 'static;

    /// Adds the names whose accounts it reads or changes. If there are none, it changes nothing.
    fn names(&self, names: &mut BTreeSet<Name>);

    /// Returns the approximate number of bytes that it writes.
    fn size(&self) -> usize {
        0
    }

    fn run(&self, ledger: &mut Ledger<'_>) -> Result<Self::Answer, StoreError>;
}

/// Takes the place of a name.
pub struct Enter {
    pub name: Name,
    /// The node of the connection.
    pub node: i64,
    pub claim: Claim,
}

pub struct Claim {
    /// `None` without a hello.
    pub token: Option<Token>,
    /// The client has seen all of its messages below this number; `None` without a hello.
    pub seen: Option<u64>,
    pub right: Right,
}

/// What allows taking a name, besides the current connection's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Nothing else.
    None,
    /// If nobody is connected, or a client without a token.
    Free,
    /// Always: a right password, or `--takeover`.
    Always,
}

#[derive(Debug, PartialEq)]
pub enum Entry {
    Entered {
        epoch: u64,
        stored_from: u64,
        next_for: u64,
    },
    /// Another client is connected, or may be.
    Held,
    /// The client has seen more messages than exist: this is another store.
    Ahead,
}

impl Ask for Enter {
    type Answer = Entry;

    fn names(&self, names: &mut BTreeSet<Name>) {
        names.insert(self.name);
    }

    fn run(&self, ledger: &mut Ledger<'_>) -> Result<Entry, StoreError> {
        let Claim { token, seen, right } = self.claim;
        let account = ledger.account(self.name)?;
        let is_held = account.node.is_some();
        let is_same = match (token, account.token) {
            (Some(token), Some(holder)) => is_held && bool::from(token.ct_eq(&holder)),
            _ => false,
        };
        let may = match right {
            Right::None => is_same,
            Right::Free => is_same || !is_held || account.token.is_none(),
            Right::Always => true,
        };
        if !may {
            return Ok(Entry::Held);
        }
        if seen.is_some_and(|seen| seen > account.stored_for) {
            return Ok(Entry::Ahead);
        }
        if account.node.is_some_and(|node| node != self.node) {
            account.left_node = account.node;
        }
        account.epoch += 1;
        account.node = Some(self.node);
        account.token = token;
        let (epoch, stored_from) = (account.epoch, account.stored_from);
        if let Some(seen) = seen {
            ledger.take(self.name, seen)?;
        }
        let next_for = ledger.account(self.name)?.taken;
        Ok(Entry::Entered { epoch, stored_from, next_for })
    }
}

/// Releases a name, unless another connection has it.
pub struct Leave {
    pub name: Name,
    pub epoch: u64,
}

impl Ask for Leave {
    type Answer = ();

    fn names(&self, names: &mut BTreeSet<Name>) {
        names.insert(self.name);
    }

    fn run(&self, ledger: &mut Ledger<'_>) -> Result<(), StoreError> {
        let account = ledger.account(self.name)?;
        if account.epoch == self.epoch {
            (account.node, account.token) = (None, None);
        }
        Ok(())
    }
}

/// Stores messages.
pub struct Keep {
    pub from: Name,
    pub epoch: u64,
    /// The messages, each with its receiver.
    pub messages: Vec<Message>,
}

#[derive(Debug, PartialEq)]
pub enum Outcome {
    Kept(Kept),
    /// A limit was reached; the text describes it.
    Full(String),
}

#[derive(Debug, PartialEq)]
pub struct Kept {
    pub is_away: bool,
}

impl Ask for Keep {
    /// The outcome of each message; `None` if the sender has lost its name.
    type Answer = Option<Vec<Outcome>>;

    fn names(&self, names: &mut BTreeSet<Name>) {
        names.insert(self.from);
        names.extend(self.messages.iter().map(|message| message.peer));
    }

    fn size(&self) -> usize {
        self.messages.iter().map(|message| message.body.len()).sum()
    }

    fn run(&self, ledger: &mut Ledger<'_>) -> Result<Self::Answer, StoreError> {
        let account = ledger.account(self.from)?;
        // Several connections without a hello may share a name.
        if account.epoch != self.epoch && account.token.is_some() {
            return Ok(None);
        }
        self.messages
            .iter()
            .map(|message| ledger.keep(self.from, message))
            .collect::<Result<_, _>>()
            .map(Some)
    }
}

/// Deletes acknowledged messages.
pub struct Take {
    pub name: Name,
    pub epoch: u64,
    pub below: u64,
}

impl Ask for Take {
    /// The senders of these messages. Empty if the name was lost, when nothing changes.
    type Answer = Vec<Name>;

    fn names(&self, names: &mut BTreeSet<Name>) {
        names.insert(self.name);
    }

    fn run(&self, ledger: &mut Ledger<'_>) -> Result<Self::Answer, StoreError> {
        if ledger.account(self.name)?.epoch != self.epoch {
            return Ok(Vec::new());
        }
        ledger.take(self.name, self.below)
    }
}

/// Reads the messages for a name.
pub struct Fetch {
    pub name: Name,
    pub epoch: u64,
    /// The number of the first message.
    pub from: u64,
    /// The maximum number of messages.
    pub count: u64,
    /// Their maximum total size in bytes.
    pub bytes: u64,
    /// Whether the first may be longer than that.
    pub at_least_one: bool,
}

#[derive(Debug, PartialEq)]
pub enum Fetched {
    Messages(Vec<Message>),
    /// Another connection has the name.
    Lost {
        /// Whether that connection began with a hello, so that it must be the only one.
        to_hello: bool,
    },
}

const PLACE: &str = "SELECT epoch, token FROM names WHERE name = $1";
/// The window function ends the list at the byte limit, without reading the other messages.
const MESSAGES: &str =
    "SELECT sender, kind, body FROM messages WHERE receiver = $1 AND number >= $2 AND number < (
        SELECT COALESCE(MAX(number), -1) + 1 FROM (
            SELECT number, SUM(len) OVER (ORDER BY number) AS upto FROM (
                SELECT number, LENGTH(body) AS len FROM messages
                WHERE receiver = $1 AND number >= $2 ORDER BY number LIMIT $3
            ) AS next
        ) AS fitting WHERE upto <= $4 OR number = $5
    ) ORDER BY number";

impl Ask for Fetch {
    type Answer = Fetched;

    fn names(&self, _: &mut BTreeSet<Name>) {}

    fn run(&self, ledger: &mut Ledger<'_>) -> Result<Fetched, StoreError> {
        let name = Value::Int(i64::from(self.name));
        let place = ledger.store.query(PLACE, std::slice::from_ref(&name))?.into_iter().next();
        let mut place = place.ok_or_else(|| StoreError::new("a name has no row"))?;
        if place.count()? != self.epoch {
            return Ok(Fetched::Lost { to_hello: place.bytes()?.is_some() });
        }
        let (from, count, bytes) =
            (Value::count(self.from), Value::count(self.count), Value::count(self.bytes));
        let first = if self.at_least_one { from.clone() } else { Value::Int(-1) };
        let values = [name, from, count, bytes, first];
        let rows = ledger.store.query(MESSAGES, &values)?;
        let message = |mut row: super::Row| {
            let (peer, kind) = (row.name()?, row.count()?);
            let body = row.bytes()?.unwrap_or_default().into();
            let kind = u8::try_from(kind).map_err(|_| StoreError::new("a kind is more than a byte"))?;
            Ok(Message { peer, kind, body })
        };
        rows.into_iter().map(message).collect::<Result<_, _>>().map(Fetched::Messages)
    }
}
