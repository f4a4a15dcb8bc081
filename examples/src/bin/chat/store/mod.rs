//! The store of undelivered messages.
//!
//! A [`Store`] is a database that runs SQL in transactions. The `Ledger` manages messages and the
//! ownership of names; it is the same for every database. The server uses the [`Keeper`]: a queue
//! to the one writing thread, which does all queued requests in one transaction and answers after
//! the commit.

mod asks;
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

pub use asks::{Claim, Enter, Entry, Fetch, Fetched, Keep, Leave, Outcome, Right, Take};
pub use keeper::Keeper;
pub use ledger::Allowance;
#[cfg(feature = "nodes")]
pub use look::Look;
#[cfg(feature = "nodes")]
pub use postgres::Postgres;
pub use sqlite::Sqlite;

/// The name of a sender or a receiver.
pub type Name = u32;

/// A stored message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The sender or the receiver.
    pub peer: Name,
    pub kind: u8,
    pub body: Bytes,
}

/// A database. Statements are SQL that SQLite and PostgreSQL both understand, with `$1` and so on
/// for values.
pub trait Store: Send {
    /// Begins a transaction, reconnecting if the connection was lost.
    fn begin(&mut self) -> Result<(), StoreError>;

    /// Commits the transaction durably: it survives a crash of the program and of the machine.
    fn commit(&mut self) -> Result<(), StoreError>;

    /// Rolls back to `begin`.
    fn rollback(&mut self);

    /// Runs a statement and returns its rows.
    fn query(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError>;
}

/// A value in a statement or a row.
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

    /// Returns a count as a value. It cannot overflow in practice: at one per nanosecond that takes
    /// three centuries.
    pub fn count(count: u64) -> Self {
        Self::Int(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// A row of a result. Its columns are taken one after the other.
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

/// The error of a failed transaction, which has changed nothing.
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
