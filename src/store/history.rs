//! What became of an item or story: the alerts raised on it and the mails that told of them. For people who ask; nothing is decided by it.

use super::outbox::OutboxEntry;
use super::tables::{Table, Tables, item_key, ledger_key};
use super::{Store, StoreError};
use crate::model::{Alert, ItemId, StoryId};

/// An alert of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// The alert.
    pub alert: Alert,
    /// Whether it still waits to be composed.
    pub due: bool,
}

impl Store {
    /// Every alert raised on an item, by watch.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn alerts_on(&self, item: ItemId) -> Result<Vec<Raised>, StoreError> {
        self.read(|tables| {
            let mut raised: Vec<Raised> = Vec::new();
            for (table, due) in [(Table::DueAlerts, true), (Table::DoneAlerts, false)] {
                for (key, value) in rows_of(tables, table, item)? {
                    let alert: Alert = tables.decode(table, &key, &value)?;
                    // Between the two readings one may have been composed.
                    raised.retain(|earlier| earlier.alert.id != alert.id);
                    raised.push(Raised { alert, due });
                }
            }
            raised.sort_by(|a, b| a.alert.id.cmp(&b.alert.id));
            Ok(raised)
        })
    }

    /// Every mail of a story's conversation, open and settled, the first queued first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn notifications_on(&self, story: StoryId) -> Result<Vec<OutboxEntry>, StoreError> {
        self.read(|tables| {
            let mut found: Vec<OutboxEntry> = Vec::new();
            for (key, value) in rows_of(tables, Table::Outbox, story)? {
                found.push(tables.decode(Table::Outbox, &key, &value)?);
            }
            for (key, value) in rows_of(tables, Table::Settled, story)? {
                let settled: u64 = tables.decode(Table::Settled, &key, &value)?;
                let entry: Option<OutboxEntry> = tables.get(Table::Ledger, &ledger_key(settled, &key))?;
                // Between the two readings one may have been settled.
                found.retain(|open| entry.as_ref().is_none_or(|settled| settled.id != open.id));
                found.extend(entry);
            }
            found.sort_by(|a, b| (a.queued, &a.id).cmp(&(b.queued, &b.id)));
            Ok(found)
        })
    }
}

/// The rows whose keys begin with an item.
fn rows_of(tables: &Tables, table: Table, item: ItemId) -> Result<Vec<(sled::IVec, sled::IVec)>, StoreError> {
    let rows = tables.tree(table).scan_prefix(item_key(item)).collect::<sled::Result<Vec<_>>>();
    rows.map_err(StoreError::engine("list an item's rows"))
}
