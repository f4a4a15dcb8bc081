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

pub struct Sqlite {
    connection: Connection,
    /// The size of a page in bytes.
    page: u64,
    /// The number of pages that messages and accounts may take together.
    pages: u64,
}

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
        let page = pragma(&connection, "page_size")?.max(1);
        let pages = (most / page).clamp(1, u64::from(u32::MAX) - 1);
        connection.pragma_update(None, "max_page_count", i64::try_from(pages).unwrap_or(i64::MAX))?;
        for table in TABLES {
            connection.execute(table, [])?;
        }
        // No client is connected yet, because the server has just started.
        connection.execute("UPDATE names SET node = NULL, token = NULL WHERE node IS NOT NULL", [])?;
        Ok(Self { connection, page, pages })
    }
}

/// Returns the value of a setting that is a count.
fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<u64> {
    connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map(|count| count.unsigned_abs())
}

impl Store for Sqlite {
    fn begin(&mut self) -> Result<(), StoreError> {
        Ok(self.connection.execute_batch("BEGIN IMMEDIATE")?)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.connection.execute_batch("COMMIT").map_err(|error| {
            self.rollback();
            error.into()
        })
    }

    fn rollback(&mut self) {
        // After some errors, SQLite has already rolled back the transaction.
        if !self.connection.is_autocommit() {
            if let Err(error) = self.connection.execute_batch("ROLLBACK") {
                tracing::warn!("cannot roll back: {error}");
            }
        }
    }

    fn room(&mut self) -> Result<u64, StoreError> {
        let used = pragma(&self.connection, "page_count")?
            .saturating_sub(pragma(&self.connection, "freelist_count")?);
        let for_messages = self.pages - self.pages / 8;
        Ok(for_messages.saturating_sub(used).saturating_mul(self.page))
    }

    fn query(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
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
