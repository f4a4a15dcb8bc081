//! Messages that are kept until their receivers have them.
//!
//! A [`Store`] is a database: it runs SQL in transactions. The `Ledger` says what is kept, in what order, and whose a name
//! is; it is written once, for every database. The [`Keeper`] is what the server has of them: a queue to the one thread that
//! writes, which does all that has arrived in one transaction and answers after the commit.

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

/// Who sends and who receives.
pub type Name = u32;

/// A message as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Who sent it, or whom it is for.
    pub peer: Name,
    pub kind: u8,
    pub body: Bytes,
}

/// A database. Statements are SQL that SQLite and PostgreSQL both understand, with `$1` and so on for values.
pub trait Store: Send {
    /// Begins a transaction, connecting again if the connection was lost.
    fn begin(&mut self) -> Result<(), StoreError>;

    /// Makes what was done durable. From then on it survives the program, and the machine's being switched off.
    fn commit(&mut self) -> Result<(), StoreError>;

    /// Undoes what was done since `begin`.
    fn rollback(&mut self);

    /// Runs a statement and gives the rows it returns.
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

    /// A count. None comes near the limit: one a nanosecond takes three centuries.
    pub fn count(count: u64) -> Self {
        Self::Int(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// What a statement returns. The columns are taken one after the other.
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

/// Why a transaction failed. Nothing of it was done then.
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
