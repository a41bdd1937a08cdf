//! Items: what was printed, apart from its texts, which are longer, compressed and pruned earlier.

use serde::{Deserialize, Serialize};

use super::changes::Changes;
use super::codec::{Compressor, Row, damaged};
use super::tables::{Table, Tables, item_key, item_of};
use super::{Store, StoreError};
use crate::identity::Record;
use crate::model::{ItemId, SourceId, StoredItem};

/// Most texts remembered of one item; the oldest go first. More than `identity` lets an item change before it calls
/// it restless.
const MAX_HISTORY: usize = 64;

impl Store {
    /// An item; its summary and body are empty once pruned.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn item(&self, id: ItemId) -> Result<Option<StoredItem>, StoreError> {
        Ok(self.record(id)?.map(|record| record.stored))
    }

    /// The source that printed an item first; cheaper than the item.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn source_of(&self, id: ItemId) -> Result<Option<SourceId>, StoreError> {
        let record = self.read(|tables| tables.get::<Record>(Table::Items, &item_key(id)))?;
        Ok(record.map(|record| record.stored.source))
    }

    /// An item with its history.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn record(&self, id: ItemId) -> Result<Option<Record>, StoreError> {
        self.read(|tables| {
            let Some(mut record) = tables.get(Table::Items, &item_key(id))? else { return Ok(None) };
            add_texts(tables, &mut record)?;
            Ok(Some(record))
        })
    }

    /// How many items are stored from this one on.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn items_since(&self, from: ItemId) -> Result<usize, StoreError> {
        self.read(|tables| {
            let keys = tables.tree(Table::Items).range(item_key(from)..).keys();
            keys.map(|key| key.map(|_| 1).map_err(StoreError::engine("count items"))).sum()
        })
    }

    /// The newest items up to and including `from`, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn items(&self, from: ItemId, limit: usize) -> Result<Vec<StoredItem>, StoreError> {
        self.read(|tables| {
            let rows = tables.tree(Table::Items).range(..=item_key(from)).rev().take(limit);
            rows.map(|row| {
                let (key, value) = row.map_err(StoreError::engine("list items"))?;
                let mut record = tables.decode(Table::Items, &key, &value)?;
                add_texts(tables, &mut record)?;
                Ok(record.stored)
            })
            .collect()
        })
    }
}

/// Summary and body, as a row of their own.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Texts {
    summary: String,
    body: String,
}

fn add_texts(tables: &Tables, record: &mut Record) -> Result<(), StoreError> {
    add(record, tables.get(Table::Texts, &item_key(record.stored.id))?.unwrap_or_default());
    Ok(())
}

pub(super) fn add(record: &mut Record, texts: Texts) {
    record.stored.item.summary = texts.summary;
    record.stored.item.body = texts.body;
}

/// The texts an item has shown, `text` the last of them.
pub(super) fn history(tables: &Tables, item: ItemId, text: u64) -> Result<Vec<u64>, StoreError> {
    let record: Option<Record> = tables.get(Table::Items, &item_key(item))?;
    let mut history = record.map_or(Vec::new(), |record| record.history);
    if !history.contains(&text) {
        history.push(text);
    }
    history.drain(..history.len().saturating_sub(MAX_HISTORY));
    Ok(history)
}

/// Puts an item with its history.
pub(super) fn put(changes: &mut Changes, zstd: &mut Compressor, mut item: StoredItem, history: Vec<u64>) {
    let key = item_key(item.id);
    let texts = Texts { summary: std::mem::take(&mut item.item.summary), body: std::mem::take(&mut item.item.body) };
    if texts.summary.is_empty() && texts.body.is_empty() {
        changes.remove(Table::Texts, key.clone());
    } else {
        changes.put(Table::Texts, key.clone(), Row::text(Table::Texts, &key, &texts, zstd));
    }
    let row = Row::plain(Table::Items, &key, &Record { stored: item, history });
    changes.put(Table::Items, key, row);
}

/// Items older than `before`, oldest first, starting after `after`.
pub(super) fn older(
    tables: &Tables,
    table: Table,
    after: Option<ItemId>,
    before: ItemId,
    limit: usize,
) -> Result<Vec<ItemId>, StoreError> {
    let from = after.map_or(ItemId(0), ItemId::next);
    let rows = tables.tree(table).range(item_key(from)..item_key(before)).keys().take(limit);
    rows.map(|key| {
        let key = key.map_err(StoreError::engine("list old items"))?;
        item_of(&key).ok_or_else(|| damaged(table, &key, "not an item's number"))
    })
    .collect()
}
