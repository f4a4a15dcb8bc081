//! A PostgreSQL database, which several nodes can share.

use std::borrow::Cow;
use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use bytes::{BufMut, BytesMut};
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls, Statement};

use super::ledger::TABLES;
use super::{Row, Store, StoreError, Value};

/// The timeout for connecting.
const PATIENCE: Duration = Duration::from_secs(5);

/// The tables that only several nodes need. `seen` is when the node last checked the store.
const TABLES_OF_NODES: [&str; 2] = [
    "CREATE TABLE IF NOT EXISTS nodes (node BIGINT PRIMARY KEY, seen TIMESTAMPTZ NOT NULL)",
    "CREATE INDEX IF NOT EXISTS names_left ON names (left_node) WHERE left_node IS NOT NULL",
];

/// Takes a lock, so that only one node at a time creates the tables.
const ALONE: &str = "SELECT pg_advisory_xact_lock(8888)";

pub struct Postgres {
    config: Config,
    connection: Option<Connection>,
}

struct Connection {
    client: Client,
    statements: HashMap<&'static str, Statement>,
}

impl Postgres {
    /// Connects and creates the tables.
    ///
    /// # Errors
    /// Returns an error if connecting or creating the tables fails.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        let mut config: Config = url.parse().map_err(said)?;
        config.connect_timeout(PATIENCE);
        let mut store = Self { config, connection: None };
        store.begin()?;
        let client = &mut store.connection.as_mut().ok_or_else(|| StoreError::new("not connected"))?.client;
        client.batch_execute(ALONE).map_err(said)?;
        for table in TABLES.into_iter().chain(TABLES_OF_NODES) {
            client.batch_execute(table).map_err(said)?;
        }
        store.commit()?;
        Ok(store)
    }

    /// Runs a function on the connection. If it fails, drops the connection, so that the next
    /// transaction uses a new one.
    fn on<T>(
        &mut self,
        run: impl FnOnce(&mut Connection) -> Result<T, postgres::Error>,
    ) -> Result<T, StoreError> {
        let connection = self.connection.as_mut().ok_or_else(|| StoreError::new("not connected"))?;
        run(connection).map_err(|error| {
            self.connection = None;
            said(error)
        })
    }
}

impl Store for Postgres {
    fn begin(&mut self) -> Result<(), StoreError> {
        if self.connection.as_ref().is_none_or(|connection| connection.client.is_closed()) {
            let client = self.config.connect(NoTls).map_err(said)?;
            self.connection = Some(Connection { client, statements: HashMap::new() });
            // Require each commit to be on disk, even if the database is configured otherwise.
            self.on(|connection| connection.client.batch_execute("SET synchronous_commit = on"))?;
        }
        self.on(|connection| connection.client.batch_execute("BEGIN"))
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.on(|connection| connection.client.batch_execute("COMMIT"))
    }

    fn rollback(&mut self) {
        // Closing the connection rolls back its transaction.
        self.connection = None;
    }

    fn query(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let rows = self.on(|Connection { client, statements }| {
            let statement = match statements.get(sql) {
                Some(statement) => statement.clone(),
                None => statements.entry(sql).or_insert(client.prepare(sql)?).clone(),
            };
            let mut borrowed = Vec::<&(dyn ToSql + Sync)>::new();
            for value in values {
                borrowed.push(value);
            }
            client.query(&statement, &borrowed)
        })?;
        rows.iter().map(row).collect()
    }
}

fn row(row: &postgres::Row) -> Result<Row, StoreError> {
    let value = |column: usize| {
        let value = match *row.columns()[column].type_() {
            Type::BYTEA => {
                row.try_get::<_, Option<&[u8]>>(column)?.map(|bytes| Value::Bytes(Cow::Owned(bytes.to_vec())))
            }
            _ => row.try_get::<_, Option<i64>>(column)?.map(Value::Int),
        };
        Ok(value.unwrap_or(Value::Null))
    };
    let values: Result<Vec<_>, postgres::Error> = (0..row.len()).map(value).collect();
    Ok(Row(values.map_err(said)?.into_iter()))
}

impl ToSql for Value<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Int(int) => out.put_i64(*int),
            Self::Bytes(bytes) => out.put_slice(bytes),
        }
        Ok(IsNull::No)
    }

    fn accepts(of: &Type) -> bool {
        matches!(*of, Type::INT8 | Type::BYTEA)
    }

    to_sql_checked!();
}

/// Returns the error and its source. The text of the error itself is only `db error`.
fn said(error: postgres::Error) -> StoreError {
    match error.source() {
        Some(source) => StoreError::new(format_args!("PostgreSQL: {error}: {source}")),
        None => StoreError::new(format_args!("PostgreSQL: {error}")),
    }
}
