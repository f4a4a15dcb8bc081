//! What the server asks of the store. Each is done in a transaction, beside others.

use std::collections::BTreeSet;

use subtle::ConstantTimeEq;

use super::ledger::Ledger;
use super::{Message, Name, StoreError, Value};

/// What a client shows to be known again.
pub type Token = [u8; 16];

/// Something to be done in a transaction.
pub trait Ask: Send + 'static {
    type Answer: Send + 'static;

    /// The names whose accounts it reads or changes. Where there are none, it changes nothing.
    fn names(&self, names: &mut BTreeSet<Name>);

    /// About how many bytes it writes.
    fn size(&self) -> usize {
        0
    }

    fn run(&self, ledger: &mut Ledger<'_>) -> Result<Self::Answer, StoreError>;
}

/// Takes the place of a name.
pub struct Enter {
    pub name: Name,
    /// Where it is now.
    pub node: i64,
    pub claim: Claim,
}

pub struct Claim {
    /// Nothing without a hello.
    pub token: Option<Token>,
    /// Below which number it has seen all that was for it; nothing without a hello.
    pub seen: Option<u64>,
    pub right: Right,
}

/// What else than the token of who is there lets somebody take a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Nothing does.
    None,
    /// That nobody is there, or somebody without a token.
    Free,
    /// A password, or a server that does not mind.
    Always,
}

#[derive(Debug, PartialEq)]
pub enum Entry {
    Entered {
        epoch: u64,
        stored_from: u64,
        next_for: u64,
    },
    /// Somebody else is there, or might be.
    Held,
    /// It has seen more than there ever was: the store is not the one it knows.
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

/// Gives the place of a name up, unless somebody else has it.
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

/// Keeps messages.
pub struct Keep {
    pub from: Name,
    pub epoch: u64,
    /// Whom they are for is in each.
    pub messages: Vec<Message>,
}

#[derive(Debug, PartialEq)]
pub enum Outcome {
    Kept(Kept),
    /// A limit was reached; the text says which.
    Full(String),
}

#[derive(Debug, PartialEq)]
pub struct Kept {
    pub is_away: bool,
}

impl Ask for Keep {
    /// What has become of each; nothing if the sender has lost its name.
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

/// Forgets what was taken.
pub struct Take {
    pub name: Name,
    pub epoch: u64,
    pub below: u64,
}

impl Ask for Take {
    /// Who sent what was taken. Nobody if the name was lost: it changes nothing then.
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

/// Reads what there is for a name.
pub struct Fetch {
    pub name: Name,
    pub epoch: u64,
    /// The number of the first.
    pub from: u64,
    /// How many at most.
    pub count: u64,
    /// How many bytes at most.
    pub bytes: u64,
    /// Whether the first may be longer than that.
    pub at_least_one: bool,
}

#[derive(Debug, PartialEq)]
pub enum Fetched {
    Messages(Vec<Message>),
    /// The name was lost to somebody.
    Lost {
        /// Whether that one said hello, so that it must be the only one.
        to_hello: bool,
    },
}

const PLACE: &str = "SELECT epoch, token FROM names WHERE name = $1";
/// The window function ends the list before the bytes are too many, without reading what is not sent.
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
