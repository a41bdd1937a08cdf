//! The head: one row that every durable transaction rewrites. It counts the transactions and the rows of each table,
//! so that rows missing after a damage are noticed; a checksum in each row cannot tell of a row that is gone.

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::codec::Row;
use super::tables::{Table, Tables};
use crate::model::ItemId;

/// Its key in [`Table::Meta`].
pub(super) const KEY: &[u8] = b"head";

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// Transactions so far.
    pub(super) commits: u64,
    /// Rows by table, in the order of [`Table::ALL`]; the head itself is not counted.
    rows: Vec<u64>,
    /// The newest item ever stored, also when it is pruned.
    pub(super) last_item: u64,
    /// The number the next new source gets.
    pub(super) next_source: u32,
}

impl Head {
    pub(super) fn read(tables: &Tables) -> Result<Option<Self>, StoreError> {
        tables.get(Table::Meta, KEY)
    }

    pub(super) fn row(&self) -> Row {
        Row::plain(Table::Meta, KEY, self)
    }

    /// How many rows a table has.
    pub(super) fn rows(&self, table: Table) -> u64 {
        self.rows.get(table as usize).copied().unwrap_or(0)
    }

    /// The same store under another number of transactions.
    pub(super) fn at_commit(self, commits: u64) -> Self {
        Self { commits, ..self }
    }

    /// Whether every table has as many rows as in another store.
    pub(super) fn has_as_many_rows(&self, other: &Self) -> bool {
        Table::ALL.iter().all(|table| self.rows(*table) == other.rows(*table))
    }

    /// Counts a row that came (`was` no, `is` yes) or went.
    pub(super) fn count(&mut self, table: Table, was: bool, is: bool) {
        self.rows.resize(Table::ALL.len(), 0);
        let rows = &mut self.rows[table as usize];
        *rows = (*rows + u64::from(is)).saturating_sub(u64::from(was));
    }

    /// Remembers an item's number as given out.
    pub(super) fn saw(&mut self, item: ItemId) {
        self.last_item = self.last_item.max(item.0);
    }
}
