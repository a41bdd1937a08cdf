//! Forgetting, by age only: what was seen stays seen although it leaves the feed. In small steps, so that a poll or a
//! mail never waits long for the writer.

use std::collections::HashSet;

use jiff::Timestamp;

use super::changes::Changes;
use super::identities::{self, Sighting};
use super::items::older;
use super::tables::{Key, Table, item_key, item_of};
use super::{Store, StoreError, articles, decisions, outbox};
use crate::model::ItemId;

/// Rows looked at in one step: a few milliseconds.
const STEP: usize = 512;

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Summaries and bodies.
    pub texts: u64,
    /// Identities not seen since.
    pub identities: u64,
    /// Items, with their alerts and mails in the ledger.
    pub items: u64,
}

impl Store {
    /// Forgets texts of items taken in before `bodies_before`; identities not seen since `items_before`; and items taken in before
    /// `items_before` which no identity leads to any more. What waits, alert or notification, stays, and its item with it. Not
    /// durable: what is forgotten twice is still forgotten.
    ///
    /// The engine's file does not shrink; the room is used again.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn prune(&self, items_before: Timestamp, bodies_before: Timestamp) -> Result<Pruned, StoreError> {
        let mut pruned = Pruned::default();
        let mut kept = HashSet::new();
        for table in identities::TABLES {
            self.prune_identities(table, items_before, &mut kept, &mut pruned)?;
        }
        self.prune_older(Table::Texts, ItemId::at(bodies_before), &HashSet::new(), &mut pruned.texts)?;
        self.prune_older(Table::Items, ItemId::at(items_before), &kept, &mut pruned.items)?;
        self.prune_gatherings(ItemId::at(items_before))?;
        Ok(pruned)
    }

    /// Collects old items that are still seen into `kept`.
    fn prune_identities(
        &self,
        table: Table,
        before: Timestamp,
        kept: &mut HashSet<ItemId>,
        pruned: &mut Pruned,
    ) -> Result<(), StoreError> {
        let (first_day, first_item) = (identities::day(before), ItemId::at(before));
        let mut next: Key = Vec::new();
        loop {
            let more = self.write(|writer, engine, durable| {
                let mut changes = Changes::default();
                let mut last = None;
                for row in engine.tables.tree(table).range(next.clone()..).take(STEP) {
                    let (key, value) = row.map_err(StoreError::engine("look for old identities"))?;
                    let sighting: Sighting = engine.tables.decode(table, &key, &value)?;
                    if sighting.day < first_day {
                        changes.remove(table, key.to_vec());
                        pruned.identities += 1;
                    } else if sighting.item < first_item {
                        kept.insert(sighting.item);
                    }
                    last = Some(key);
                }
                writer.apply(engine, &changes)?;
                writer.quiet(changes.len(), engine, durable)?;
                Ok(last)
            })?;
            let Some(last) = more else { return Ok(()) };
            // The least key above `last`.
            next = [&last[..], &[0]].concat();
        }
    }

    /// Forgets rows of `table` whose item is older and not kept, and with an item everything that is kept for it.
    pub(super) fn prune_older(
        &self,
        table: Table,
        before: ItemId,
        kept: &HashSet<ItemId>,
        count: &mut u64,
    ) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let old = self.read(|tables| older(tables, table, after, before, STEP))?;
            after = old.last().copied();
            if after.is_none() {
                return Ok(());
            }
            for chunk in old.chunks(STEP / 8) {
                *count += self.forget(table, chunk, kept)?;
            }
        }
    }

    /// Forgets the settled roundups and digests of before: their numbers are no item's, so no item takes them along.
    fn prune_gatherings(&self, before: ItemId) -> Result<(), StoreError> {
        self.write(|writer, engine, durable| {
            let tables = &engine.tables;
            let mut changes = Changes::default();
            for key in tables.tree(Table::Settled).range(..item_key(before)).keys() {
                let key = key.map_err(StoreError::engine("look for old mails"))?.to_vec();
                let of_item = item_of(&key).map(|item| tables.has(Table::Items, &item_key(item))).transpose()?;
                if of_item != Some(true) {
                    outbox::forget(&mut changes, tables, key)?;
                }
            }
            writer.apply(engine, &changes)?;
            writer.quiet(changes.len(), engine, durable)
        })
    }

    fn forget(&self, table: Table, items: &[ItemId], kept: &HashSet<ItemId>) -> Result<u64, StoreError> {
        self.write(|writer, engine, durable| {
            let tables = &engine.tables;
            let mut changes = Changes::default();
            let mut forgotten = 0;
            for item in items {
                let starts_with = |table| -> Result<Vec<Key>, StoreError> {
                    let keys = tables.tree(table).scan_prefix(item_key(*item)).keys();
                    keys.map(|key| key.map(|key| key.to_vec()).map_err(StoreError::engine("list an item's rows")))
                        .collect()
                };
                let nothing_in = |table| starts_with(table).map(|keys| keys.is_empty());
                let waits =
                    !(nothing_in(Table::DueAlerts)? && nothing_in(Table::Waiting)? && nothing_in(Table::Outbox)?);
                if waits || kept.contains(item) {
                    continue;
                }
                forgotten += 1;
                changes.remove(Table::Texts, item_key(*item));
                if table == Table::Items {
                    changes.remove(Table::Items, item_key(*item));
                    starts_with(Table::DoneAlerts)?.into_iter().for_each(|key| changes.remove(Table::DoneAlerts, key));
                    for key in starts_with(Table::Settled)? {
                        outbox::forget(&mut changes, tables, key)?;
                    }
                    decisions::forget(&mut changes, tables, *item)?;
                    articles::forget(&mut changes, *item);
                }
            }
            writer.apply(engine, &changes)?;
            writer.quiet(changes.len(), engine, durable)?;
            Ok(forgotten)
        })
    }
}
