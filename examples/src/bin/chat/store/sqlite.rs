//! An SQLite database, which is a single file.

use std::borrow::Cow;
use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql};

use super::ledger::TABLES;
use super::{Row, Store, StoreError, Value};

/// How long to wait if another program has locked the file.
const PATIENCE: Duration = Duration::from_secs(2);

pub struct Sqlite(Connection);

impl Sqlite {
    /// Opens or creates the file. The file does not grow beyond `most` bytes.
    ///
    /// # Errors
    /// Returns an error if the file cannot be opened or is not an SQLite database.
    pub fn open(path: &Path, most: u64) -> Result<Self, StoreError> {
        Self::opened(path, most).map_err(|error| StoreError::new(format_args!("{}: {error}", path.display())))
    }

    fn opened(path: &Path, most: u64) -> rusqlite::Result<Self> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(PATIENCE)?;
        // With the write-ahead log, a commit is one write to the end of a file. With full
        // synchronisation, it is on disk when the commit returns.
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        let page: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let pages = i64::try_from(most).unwrap_or(i64::MAX) / page.max(1);
        connection.pragma_update(None, "max_page_count", pages.clamp(1, i64::from(u32::MAX) - 1))?;
        for table in TABLES {
            connection.execute(table, [])?;
        }
        // No client is connected yet, because the server has just started.
        connection.execute("UPDATE names SET node = NULL, token = NULL WHERE node IS NOT NULL", [])?;
        Ok(Self(connection))
    }
}

impl Store for Sqlite {
    fn begin(&mut self) -> Result<(), StoreError> {
        Ok(self.0.execute_batch("BEGIN IMMEDIATE")?)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.0.execute_batch("COMMIT").map_err(|error| {
            self.rollback();
            error.into()
        })
    }

    fn rollback(&mut self) {
        // After some errors, SQLite has already rolled back the transaction.
        if !self.0.is_autocommit() {
            if let Err(error) = self.0.execute_batch("ROLLBACK") {
                tracing::warn!("cannot roll back: {error}");
            }
        }
    }

    fn query(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.0.prepare_cached(sql)?;
        let columns = statement.column_count();
        // In SQLite, `$1` is the name of a parameter, not its index.
        const NAMES: [&str; 9] = ["$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9"];
        let mut named = Vec::<(&str, &dyn ToSql)>::new();
        for (name, value) in NAMES.into_iter().zip(values) {
            named.push((name, value));
        }
        let mut found = statement.query(&named[..])?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let values = (0..columns).map(|column| Ok(value(row.get_ref(column)?)));
            rows.push(Row(values.collect::<rusqlite::Result<Vec<_>>>()?.into_iter()));
        }
        Ok(rows)
    }
}

fn value(value: ValueRef<'_>) -> Value<'static> {
    match value {
        ValueRef::Integer(int) => Value::Int(int),
        ValueRef::Blob(bytes) => Value::Bytes(Cow::Owned(bytes.to_vec())),
        ValueRef::Null | ValueRef::Real(_) | ValueRef::Text(_) => Value::Null,
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(int) => ValueRef::Integer(*int),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::new(error)
    }
}
