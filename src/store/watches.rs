//! Which watches were ever met, so that one that is new can look back once, and only once.

use std::collections::BTreeSet;

use super::changes::Changes;
use super::codec::Row;
use super::tables::{Table, Tables};
use super::{Store, StoreError, alerts};
use crate::model::{Alert, WatchId};

/// The one row of [`Table::Watches`].
const KEY: &[u8] = b"met";

impl Store {
    /// Every watch ever met; None in a store that has never been told of any, which is new or older than this.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn met_watches(&self) -> Result<Option<BTreeSet<WatchId>>, StoreError> {
        self.read(met)
    }

    /// Remembers watches as met and raises what they missed, in one transaction; durable. An alert that exists already, due or
    /// done, stays as it is. Returns how many were raised.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn meet(&self, watches: &[WatchId], missed: Vec<Alert>) -> Result<usize, StoreError> {
        self.write(|writer, engine, durable| {
            let tables = &engine.tables;
            let mut all = met(tables)?.unwrap_or_default();
            all.extend(watches.iter().cloned());
            let mut changes = Changes::default();
            changes.put(Table::Watches, KEY.to_vec(), Row::plain(Table::Watches, KEY, &all));
            let mut raised = 0;
            for alert in missed {
                raised += usize::from(alerts::raise(&mut changes, tables, &alert)?);
            }
            writer.apply(engine, &changes)?;
            writer.sync_all(engine, durable)?;
            Ok(raised)
        })
    }
}

fn met(tables: &Tables) -> Result<Option<BTreeSet<WatchId>>, StoreError> {
    tables.get(Table::Watches, KEY)
}
