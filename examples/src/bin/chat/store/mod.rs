//! The store of undelivered messages.
//!
//! A [`Store`] is a database that runs SQL in transactions. The `Ledger` implements accounts and
//! messages for any database. The server uses the [`Keeper`], which runs requests in a thread of
//! its own. This thread runs all queued requests in one transaction, and answers after the commit.

mod asks;
mod epoch;
mod keeper;
mod ledger;
#[cfg(feature = "nodes")]
mod look;
#[cfg(feature = "nodes")]
mod postgres;
mod sqlite;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

pub use asks::{Claim, Enter, Entry, Fetch, Fetched, Greeting, Keep, Leave, Outcome, Right, Take};
pub use keeper::Keeper;
pub use ledger::Allowance;
#[cfg(feature = "nodes")]
pub use look::Look;
#[cfg(feature = "nodes")]
pub use postgres::Postgres;
pub use sqlite::Sqlite;

/// The name of a user, which is a number.
pub type Name = u32;

/// A stored message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The sender of a message that was read, or the receiver of a message to store.
    pub peer: Name,
    pub kind: u8,
    pub body: Bytes,
}

/// A database. The SQL statements run in both SQLite and PostgreSQL. Their parameters are `$1`,
/// `$2` and so on.
pub trait Store: Send {
    /// Begins a transaction. Reconnects first if the connection was lost.
    fn begin(&mut self) -> Result<(), StoreError>;

    /// Commits the transaction. It then survives a crash of the program and of the machine.
    fn commit(&mut self) -> Result<(), StoreError>;

    /// Rolls back the transaction.
    fn rollback(&mut self);

    /// Returns the number of bytes that messages may still take. A limited store keeps some room for
    /// accounts, so that clients can enter and acknowledge messages when no more can be stored.
    fn room(&mut self) -> Result<u64, StoreError> {
        Ok(u64::MAX)
    }

    /// Runs a statement and returns its rows.
    fn query(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError>;
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Null,
    Int(i64),
    Bytes(Cow<'a, [u8]>),
}

impl<'a> Value<'a> {
    pub fn bytes(bytes: &'a [u8]) -> Self {
        Self::Bytes(Cow::Borrowed(bytes))
    }

    /// Returns a count as a value. An overflow would take three centuries at one message per
    /// nanosecond.
    pub fn count(count: u64) -> Self {
        Self::Int(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// A row of a result. Each call of a method below takes the next column.
pub struct Row(pub std::vec::IntoIter<Value<'static>>);

impl Row {
    pub fn count(&mut self) -> Result<u64, StoreError> {
        self.int()?.and_then(|int| u64::try_from(int).ok()).ok_or_else(unexpected)
    }

    pub fn name(&mut self) -> Result<Name, StoreError> {
        self.int()?.and_then(|int| Name::try_from(int).ok()).ok_or_else(unexpected)
    }

    pub fn int(&mut self) -> Result<Option<i64>, StoreError> {
        match self.0.next() {
            Some(Value::Int(int)) => Ok(Some(int)),
            Some(Value::Null) => Ok(None),
            _ => Err(unexpected()),
        }
    }

    pub fn bytes(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        match self.0.next() {
            Some(Value::Bytes(bytes)) => Ok(Some(bytes.into_owned())),
            Some(Value::Null) => Ok(None),
            _ => Err(unexpected()),
        }
    }
}

fn unexpected() -> StoreError {
    StoreError::new("the store is damaged: a value is not of its column's type")
}

/// The error of a failed transaction. The transaction has changed nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct StoreError(Arc<str>);

impl StoreError {
    pub fn new(error: impl fmt::Display) -> Self {
        Self(error.to_string().into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoreError {}
