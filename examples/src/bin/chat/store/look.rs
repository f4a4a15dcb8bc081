//! The regular check of the store by each node.

use std::collections::BTreeSet;

use super::asks::Ask;
use super::ledger::Ledger;
use super::{Name, StoreError, Value};

/// Records that a node is alive. Returns those of its names that have new messages or have moved to
/// another node.
pub struct Look {
    pub node: i64,
}

const LIVES: &str = "INSERT INTO nodes (node, seen) VALUES ($1, now())
    ON CONFLICT (node) DO UPDATE SET seen = excluded.seen";
/// Marks the names of dead nodes as away. Skips rows that are locked; the next check finds them.
const BURY: &str = "UPDATE names SET node = NULL, token = NULL WHERE name IN (
        SELECT name FROM names WHERE node IN (SELECT node FROM nodes WHERE seen < now() - interval '10 seconds')
        ORDER BY name FOR UPDATE SKIP LOCKED
    )";
const MISSED: &str = "SELECT name FROM names WHERE (node = $1 AND stored_for > taken) OR left_node = $1";
const KNOWN: &str = "UPDATE names SET left_node = NULL WHERE name IN (
        SELECT name FROM names WHERE left_node = $1 ORDER BY name FOR UPDATE SKIP LOCKED
    )";

impl Ask for Look {
    type Answer = Vec<Name>;

    fn names(&self, _: &mut BTreeSet<Name>) {}

    fn run(&self, ledger: &mut Ledger<'_>) -> Result<Vec<Name>, StoreError> {
        let node = [Value::Int(self.node)];
        ledger.store.query(LIVES, &node)?;
        ledger.store.query(BURY, &[])?;
        let missed = ledger.store.query(MISSED, &node)?;
        ledger.store.query(KNOWN, &node)?;
        missed.into_iter().map(|mut row| row.name()).collect()
    }
}
