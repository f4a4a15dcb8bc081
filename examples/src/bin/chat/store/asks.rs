//! Requests from the server to the store. Several requests share a transaction.

use std::collections::BTreeSet;

use subtle::ConstantTimeEq;

use super::ledger::Ledger;
use super::{Message, Name, StoreError, Value, epoch};

/// The token that identifies a client.
pub type Token = [u8; 16];

/// The token of a client that has none.
const NO_TOKEN: Token = [0; 16];

/// A request to the store, which runs in a transaction.
pub trait Ask: Send + 'static {
    type Answer: Send + 'static;

    /// Adds the names whose accounts the request reads or changes. A request without names must not
    /// change accounts.
    fn names(&self, names: &mut BTreeSet<Name>);

    fn size(&self) -> usize {
        0
    }

    fn run(&self, ledger: &mut Ledger<'_>) -> Result<Self::Answer, StoreError>;
}

/// Takes a name for a connection.
pub struct Enter {
    pub name: Name,
    /// The node of the connection.
    pub node: i64,
    pub claim: Claim,
}

#[derive(Clone, Copy)]
pub struct Claim {
    /// `None` if the client sent no hello.
    pub greeting: Option<Greeting>,
    pub right: Right,
}

/// The parts of a hello that the store needs.
#[derive(Clone, Copy)]
pub struct Greeting {
    pub token: Token,
    /// The client has seen all messages for the name whose sequence numbers are below this.
    pub seen: u64,
}

/// Who may take the name, apart from a client with the token of the current connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Nobody else.
    None,
    /// Anybody, if no client with a token is connected.
    Free,
    /// Anybody: the password is right, or `--takeover` is set.
    Always,
}

#[derive(Debug, PartialEq)]
pub enum Entry {
    Entered {
        epoch: u64,
        stored_from: u64,
        next_for: u64,
    },
    /// Another client has the name.
    Held,
    /// The client has seen more messages than exist, so it was connected to a different store.
    Ahead,
}

impl Ask for Enter {
    type Answer = Entry;

    fn names(&self, names: &mut BTreeSet<Name>) {
        names.insert(self.name);
    }

    fn run(&self, ledger: &mut Ledger<'_>) -> Result<Entry, StoreError> {
        let Claim { greeting, right } = self.claim;
        let (token, seen) = (greeting.map(|hello| hello.token), greeting.map(|hello| hello.seen));
        let account = ledger.account(self.name)?;
        let is_held = account.node.is_some();
        let holder = account.token.filter(|holder| *holder != NO_TOKEN);
        let is_same = match (token, holder) {
            (Some(token), Some(holder)) => is_held && bool::from(token.ct_eq(&holder)),
            _ => false,
        };
        let may = match right {
            Right::None => is_same,
            Right::Free => is_same || !is_held || holder.is_none(),
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
        account.epoch = epoch::next(account.epoch, greeting.is_some());
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

/// Releases a name, unless another connection has taken it over.
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

/// Stores messages from a sender.
pub struct Keep {
    pub from: Name,
    pub epoch: u64,
    /// Whether the connection began with a hello.
    pub is_hello: bool,
    pub messages: Vec<Message>,
}

#[derive(Debug, PartialEq)]
pub enum Outcome {
    Kept(Kept),
    /// A limit was reached. The text is for the sender.
    Full(String),
}

#[derive(Debug, PartialEq)]
pub struct Kept {
    pub is_away: bool,
}

impl Ask for Keep {
    /// The outcome of each message, or `None` if another connection has taken over the name.
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
        // Connections without a hello may share a name, so an older one may still store messages.
        // A connection that had a hello, or whose name was taken by a hello since, may not.
        let is_lost = account.epoch != self.epoch;
        if is_lost && (self.is_hello || epoch::has_hello_since(self.epoch, account.epoch)) {
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
    /// The senders of the deleted messages. If another connection has taken over the name, nothing
    /// is deleted.
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
    /// The sequence number of the first message.
    pub from: u64,
    pub count: u64,
    /// The maximum total size of the messages in bytes.
    pub bytes: u64,
    /// Whether the first message is read even if it is larger than `bytes`.
    pub at_least_one: bool,
}

#[derive(Debug, PartialEq)]
pub enum Fetched {
    Messages(Vec<Message>),
    /// Another connection has taken over the name.
    Lost {
        /// Whether that connection or one before it began with a hello. If so, no older connection
        /// may use the name.
        to_hello: bool,
    },
}

const EPOCH: &str = "SELECT epoch FROM names WHERE name = $1";
/// Selects messages up to a total size. The window function adds up the sizes, so that the database
/// reads no bodies beyond the limit.
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
        let row = ledger.store.query(EPOCH, std::slice::from_ref(&name))?.into_iter().next();
        let now = row.ok_or_else(|| StoreError::new("a name has no row"))?.count()?;
        if now != self.epoch {
            return Ok(Fetched::Lost { to_hello: epoch::has_hello_since(self.epoch, now) });
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::store::{Allowance, Keeper, Sqlite};

    const HELLO: Option<Token> = Some([7; 16]);
    const WITHOUT_TOKEN: Option<Token> = Some(NO_TOKEN);
    const WITHOUT_HELLO: Option<Token> = None;

    async fn enter(keeper: &Keeper, token: Option<Token>) -> u64 {
        let greeting = token.map(|token| Greeting { token, seen: 0 });
        let claim = Claim { greeting, right: Right::Always };
        match keeper.ask(Enter { name: 1, node: 0, claim }).await.unwrap() {
            Entry::Entered { epoch, .. } => epoch,
            other => panic!("{other:?}"),
        }
    }

    struct CountNames;

    impl Ask for CountNames {
        type Answer = u64;

        fn names(&self, _: &mut BTreeSet<Name>) {}

        fn run(&self, ledger: &mut Ledger<'_>) -> Result<u64, StoreError> {
            let rows = ledger.store.query("SELECT COUNT(*) FROM names", &[])?;
            rows.into_iter().next().unwrap().count()
        }
    }

    #[tokio::test]
    async fn refused_requests_leave_no_names() {
        let store = Sqlite::open(Path::new(":memory:"), 1 << 20).unwrap();
        let keeper = Keeper::new(store, Allowance { messages: 0, bytes: 0 });
        let epoch = enter(&keeper, HELLO).await;
        let messages = (2..100).map(|peer| Message { peer, kind: 1, body: "x".into() }).collect();
        let kept = keeper.ask(Keep { from: 1, epoch, is_hello: true, messages }).await.unwrap().unwrap();
        assert!(kept.iter().all(|outcome| matches!(outcome, Outcome::Full(_))), "{kept:?}");
        let claim = Claim { greeting: None, right: Right::None };
        assert_eq!(keeper.ask(Enter { name: 100, node: 0, claim }).await, Ok(Entry::Held));
        assert_eq!(keeper.ask(CountNames).await, Ok(1));
    }

    #[tokio::test]
    async fn late_messages_are_stored_only_if_no_connection_had_a_hello() {
        for (old, later, is_stored) in [
            (HELLO, &[HELLO][..], false),
            (HELLO, &[WITHOUT_TOKEN], false),
            (HELLO, &[WITHOUT_HELLO], false),
            (WITHOUT_TOKEN, &[WITHOUT_TOKEN], false),
            (WITHOUT_TOKEN, &[WITHOUT_HELLO], false),
            (WITHOUT_HELLO, &[HELLO], false),
            (WITHOUT_HELLO, &[WITHOUT_TOKEN], false),
            (WITHOUT_HELLO, &[WITHOUT_HELLO], true),
            (WITHOUT_HELLO, &[WITHOUT_HELLO, WITHOUT_HELLO], true),
            (WITHOUT_HELLO, &[WITHOUT_HELLO, HELLO], false),
            (WITHOUT_HELLO, &[HELLO, WITHOUT_HELLO], false),
        ] {
            for leaves in [false, true] {
                let store = Sqlite::open(Path::new(":memory:"), 1 << 20).unwrap();
                let keeper = Keeper::new(store, Allowance { messages: 9, bytes: 9 });
                let epoch = enter(&keeper, old).await;
                let mut last = epoch;
                for token in later {
                    last = enter(&keeper, *token).await;
                }
                if leaves {
                    keeper.ask(Leave { name: 1, epoch: last }).await.unwrap();
                }
                let message = Message { peer: 2, kind: 1, body: "late".into() };
                let keep = Keep { from: 1, epoch, is_hello: old.is_some(), messages: vec![message] };
                let kept = keeper.ask(keep).await.unwrap();
                assert_eq!(kept.is_some(), is_stored, "{old:?}, then {later:?}, leaves: {leaves}");
                // The oldest connection is told whether it must close.
                let fetch = Fetch { name: 1, epoch, from: 0, count: 1, bytes: 1, at_least_one: true };
                let lost = Fetched::Lost { to_hello: later.iter().any(Option::is_some) };
                assert_eq!(keeper.ask(fetch).await, Ok(lost), "{old:?}, then {later:?}, leaves: {leaves}");
            }
        }
    }
}
