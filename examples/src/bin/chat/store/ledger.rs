//! The accounts and messages of one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::asks::{Kept, Outcome, Token};
use super::{Message, Name, Row, Store, StoreError, Value};

/// The statements that create the tables. They are the same for all databases.
pub const TABLES: [&str; 4] = [
    "CREATE TABLE IF NOT EXISTS names (
        name BIGINT PRIMARY KEY,
        stored_from BIGINT NOT NULL DEFAULT 0,
        stored_for BIGINT NOT NULL DEFAULT 0,
        taken BIGINT NOT NULL DEFAULT 0,
        bytes BIGINT NOT NULL DEFAULT 0,
        epoch BIGINT NOT NULL DEFAULT 0,
        node BIGINT,
        token BYTEA,
        left_node BIGINT
    )",
    "CREATE TABLE IF NOT EXISTS messages (
        receiver BIGINT NOT NULL,
        number BIGINT NOT NULL,
        sender BIGINT NOT NULL,
        kind BIGINT NOT NULL,
        body BYTEA NOT NULL,
        PRIMARY KEY (receiver, number)
    )",
    "CREATE TABLE IF NOT EXISTS pairs (
        receiver BIGINT NOT NULL,
        sender BIGINT NOT NULL,
        messages BIGINT NOT NULL,
        bytes BIGINT NOT NULL,
        PRIMARY KEY (receiver, sender)
    )",
    "CREATE INDEX IF NOT EXISTS names_of_nodes ON names (node) WHERE node IS NOT NULL",
];

/// Locks the row of a name for the rest of the transaction, and returns it. Inserts a missing row
/// first.
const LOCK: &str =
    "INSERT INTO names (name) VALUES ($1) ON CONFLICT (name) DO UPDATE SET name = excluded.name
    RETURNING stored_from, stored_for, taken, bytes, epoch, node, token, left_node";
const WRITE: &str =
    "UPDATE names SET stored_from = $2, stored_for = $3, taken = $4, bytes = $5, epoch = $6, node = $7,
    token = $8, left_node = $9 WHERE name = $1";
const READ_PAIR: &str = "SELECT messages, bytes FROM pairs WHERE receiver = $1 AND sender = $2";
const WRITE_PAIR: &str = "INSERT INTO pairs (receiver, sender, messages, bytes) VALUES ($1, $2, $3, $4)
    ON CONFLICT (receiver, sender) DO UPDATE SET messages = excluded.messages, bytes = excluded.bytes";
const FORGET_PAIR: &str = "DELETE FROM pairs WHERE receiver = $1 AND sender = $2";
const APPEND: &str =
    "INSERT INTO messages (receiver, number, sender, kind, body) VALUES ($1, $2, $3, $4, $5)";
const COUNT_BELOW: &str = "SELECT sender, COUNT(*), SUM(LENGTH(body)) FROM messages
    WHERE receiver = $1 AND number < $2 GROUP BY sender";
const DELETE_BELOW: &str = "DELETE FROM messages WHERE receiver = $1 AND number < $2";
const FORGET: &str = "DELETE FROM names WHERE name = $1";

/// About the size of the rows of a message, without its body.
const ROWS: u64 = 300;

/// Databases store the rest of a large body in pages of this size.
const PAGE: u64 = 4096;

/// The limits on unacknowledged messages from one sender to one receiver. For the messages from all
/// senders to one receiver, the limits are `SENDERS` times as high.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    pub messages: u64,
    pub bytes: u64,
}

impl Allowance {
    const SENDERS: u64 = 4;
}

/// The account of a name, which is a row of the table `names`.
pub struct Account {
    /// How many messages from the name were stored so far.
    pub stored_from: u64,
    /// How many messages for the name were stored so far. This is also the sequence number of the
    /// next one.
    pub stored_for: u64,
    /// How many messages for the name are acknowledged.
    pub taken: u64,
    /// The total size of the unacknowledged messages for the name in bytes.
    pub bytes: u64,
    /// The number of the last connection that took the name, from `epoch::next`. A connection with a
    /// smaller epoch has lost the name.
    pub epoch: u64,
    /// The node where the name is connected.
    pub node: Option<i64>,
    /// The token in the hello of the client that is connected. It may be all zeros. `None` if the
    /// client sent no hello.
    pub token: Option<Token>,
    /// A node that has lost the name to another node and does not know it yet.
    pub left_node: Option<i64>,
}

/// The unacknowledged messages from one sender to one receiver.
#[derive(Clone, Copy, Default)]
struct Pair {
    messages: u64,
    bytes: u64,
}

/// One transaction and its accounts. Accounts are locked in the order of their names, so that
/// transactions cannot deadlock.
pub struct Ledger<'s> {
    pub store: &'s mut dyn Store,
    allowance: Allowance,
    accounts: BTreeMap<Name, Account>,
    /// The pairs by receiver and sender. They are protected by the lock of the receiver's account.
    pairs: HashMap<(Name, Name), Pair>,
    /// What is left of the room for messages, if a message was stored in this transaction.
    room: Option<u64>,
}

impl<'s> Ledger<'s> {
    pub fn open(
        store: &'s mut dyn Store,
        allowance: Allowance,
        names: &BTreeSet<Name>,
    ) -> Result<Self, StoreError> {
        let mut accounts = BTreeMap::new();
        for name in names {
            let rows = store.query(LOCK, &[Value::Int(i64::from(*name))])?;
            let row = rows.into_iter().next().ok_or_else(|| StoreError::new("a name has no row"))?;
            accounts.insert(*name, Account::read(row)?);
        }
        Ok(Self { store, allowance, accounts, pairs: HashMap::new(), room: None })
    }

    /// Returns the account of a name that was passed to [`open`](Self::open).
    pub fn account(&mut self, name: Name) -> Result<&mut Account, StoreError> {
        self.accounts.get_mut(&name).ok_or_else(|| StoreError::new("a name was not locked"))
    }

    /// Stores a message, unless a limit is reached.
    pub fn keep(&mut self, sender: Name, message: &Message) -> Result<Outcome, StoreError> {
        let receiver = message.peer;
        let len = u64::try_from(message.body.len()).unwrap_or(u64::MAX);
        let mut pair = self.pair(receiver, sender)?;
        let allowance = self.allowance;
        let account = self.account(receiver)?;
        let waiting = account.stored_for.saturating_sub(account.taken);
        if pair.messages >= allowance.messages || pair.bytes.saturating_add(len) > allowance.bytes {
            return Ok(Outcome::Full(format!("too many of your messages are waiting for {receiver}")));
        }
        if waiting >= allowance.messages.saturating_mul(Allowance::SENDERS)
            || account.bytes.saturating_add(len) > allowance.bytes.saturating_mul(Allowance::SENDERS)
        {
            return Ok(Outcome::Full(format!("too many messages are waiting for {receiver}")));
        }
        if !self.has_room(len)? {
            return Ok(Outcome::Full("the store is full".to_owned()));
        }
        let account = self.account(receiver)?;
        let number = account.stored_for;
        account.stored_for += 1;
        account.bytes += len;
        let kept = Kept { is_away: account.node.is_none() };
        pair.messages += 1;
        pair.bytes += len;
        self.pairs.insert((receiver, sender), pair);
        self.account(sender)?.stored_from += 1;
        let values = [
            Value::Int(i64::from(receiver)),
            Value::count(number),
            Value::Int(i64::from(sender)),
            Value::Int(i64::from(message.kind)),
            Value::bytes(&message.body),
        ];
        self.store.query(APPEND, &values)?;
        Ok(Outcome::Kept(kept))
    }

    /// Takes the room for a message with a body of `len` bytes, if there is enough.
    fn has_room(&mut self, len: u64) -> Result<bool, StoreError> {
        let room = match self.room {
            Some(room) => room,
            None => self.store.room()?,
        };
        let body = if len < PAGE / 8 { len } else { len.checked_next_multiple_of(PAGE).unwrap_or(u64::MAX) };
        let left = room.checked_sub(body.saturating_add(ROWS));
        self.room = Some(left.unwrap_or(room));
        Ok(left.is_some())
    }

    /// Deletes the messages for a name with a sequence number below `below`, which it has
    /// acknowledged. Returns their senders.
    pub fn take(&mut self, name: Name, below: u64) -> Result<Vec<Name>, StoreError> {
        let account = self.account(name)?;
        if below <= account.taken || below > account.stored_for {
            return Ok(Vec::new());
        }
        account.taken = below;
        let range = [Value::Int(i64::from(name)), Value::count(below)];
        let mut senders = Vec::new();
        for mut row in self.store.query(COUNT_BELOW, &range)? {
            let (sender, messages, bytes) = (row.name()?, row.count()?, row.count()?);
            let account = self.account(name)?;
            account.bytes = account.bytes.saturating_sub(bytes);
            let pair = self.pair(name, sender)?;
            let left = Pair {
                messages: pair.messages.saturating_sub(messages),
                bytes: pair.bytes.saturating_sub(bytes),
            };
            self.pairs.insert((name, sender), left);
            senders.push(sender);
        }
        self.store.query(DELETE_BELOW, &range)?;
        Ok(senders)
    }

    /// Writes the changed accounts and pairs. The caller commits.
    pub fn close(self) -> Result<(), StoreError> {
        for (name, account) in &self.accounts {
            // Otherwise anyone could fill the store with the names of receivers that do not exist.
            if account.is_unused() {
                self.store.query(FORGET, &[Value::Int(i64::from(*name))])?;
            } else {
                self.store.query(WRITE, &account.values(*name))?;
            }
        }
        for ((receiver, sender), pair) in self.pairs {
            let key = [Value::Int(i64::from(receiver)), Value::Int(i64::from(sender))];
            if pair.messages == 0 {
                self.store.query(FORGET_PAIR, &key)?;
            } else {
                let [receiver, sender] = key;
                let values = [receiver, sender, Value::count(pair.messages), Value::count(pair.bytes)];
                self.store.query(WRITE_PAIR, &values)?;
            }
        }
        Ok(())
    }

    fn pair(&mut self, receiver: Name, sender: Name) -> Result<Pair, StoreError> {
        if let Some(pair) = self.pairs.get(&(receiver, sender)) {
            return Ok(*pair);
        }
        let key = [Value::Int(i64::from(receiver)), Value::Int(i64::from(sender))];
        match self.store.query(READ_PAIR, &key)?.into_iter().next() {
            Some(mut row) => Ok(Pair { messages: row.count()?, bytes: row.count()? }),
            None => Ok(Pair::default()),
        }
    }
}

impl Account {
    fn read(mut row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            stored_from: row.count()?,
            stored_for: row.count()?,
            taken: row.count()?,
            bytes: row.count()?,
            epoch: row.count()?,
            node: row.int()?,
            token: row.bytes()?.and_then(|token| token.try_into().ok()),
            left_node: row.int()?,
        })
    }

    /// Returns `true` if the name was never taken, and no message for it was stored.
    fn is_unused(&self) -> bool {
        (self.epoch, self.stored_from, self.stored_for) == (0, 0, 0)
    }

    fn values(&self, name: Name) -> [Value<'_>; 9] {
        [
            Value::Int(i64::from(name)),
            Value::count(self.stored_from),
            Value::count(self.stored_for),
            Value::count(self.taken),
            Value::count(self.bytes),
            Value::count(self.epoch),
            self.node.map_or(Value::Null, Value::Int),
            self.token.as_ref().map_or(Value::Null, |token| Value::bytes(token)),
            self.left_node.map_or(Value::Null, Value::Int),
        ]
    }
}
