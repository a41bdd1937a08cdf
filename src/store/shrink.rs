//! Forgetting by size: where the rows take more than they may, the oldest texts go first, and then the oldest items. What was seen
//! stays known, so that nothing is alerted again (P4 of the promises): identities go by age alone. What waits stays as well.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::measure::Holdings;
use super::tables::{Table, item_key, item_of};
use super::{Pruned, Store, StoreError};
use crate::model::ItemId;

/// What is younger stays, whatever its size: a mail on a story quotes what came before, and a text that was not yet looked back into is
/// lost to a new watch.
const TEXTS_STAY: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The least that `keep_items` may be set to.
const ITEMS_STAY: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Part of the size that is left, in percent, so that it is not a few rows each day.
const DOWN_TO: u64 = 95;

/// What a size came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shrunk {
    /// Bytes of all rows before.
    pub before: u64,
    /// Bytes they may have.
    pub most: u64,
    /// What went.
    pub pruned: Pruned,
    /// Whether it was enough. If not, what is left is too young to go, waits, or is what was seen.
    pub enough: bool,
}

impl Store {
    /// Forgets until all rows together have no more than `most` bytes, of which `holdings` tells; None when they have not more. Not
    /// durable: what is forgotten twice is still forgotten.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn shrink(&self, most: u64, holdings: &Holdings, now: Timestamp) -> Result<Option<Shrunk>, StoreError> {
        let before = holdings.bytes();
        if before <= most {
            return Ok(None);
        }
        let mut pruned = Pruned::default();
        let mut excess = before.saturating_sub(most / 100 * DOWN_TO);
        let texts = self.oldest(Table::Texts, 1, excess, stays(now, TEXTS_STAY))?;
        excess = excess.saturating_sub(texts.bytes);
        self.prune_older(Table::Texts, texts.before, &HashSet::new(), &mut pruned.texts)?;
        if excess > 0 {
            // Alerts, fates and settled mails go with an item: by their share.
            let of = |table: Table| holdings.tables.iter().find(|held| held.table == table.name());
            let items = of(Table::Items).map_or(0, |held| held.bytes).max(1);
            let along = Table::ALL.iter().filter(|table| table.is_of_items() && **table != Table::Texts);
            let share = along.filter_map(|table| of(*table)).map(|held| held.bytes).sum::<u64>() / items;
            let oldest = self.oldest(Table::Items, share.max(1), excess, stays(now, ITEMS_STAY))?;
            excess = excess.saturating_sub(oldest.bytes);
            self.prune_older(Table::Items, oldest.before, &HashSet::new(), &mut pruned.items)?;
        }
        // A few percent were asked for beyond what is needed.
        let enough = excess <= most / 100 * (100 - DOWN_TO);
        Ok(Some(Shrunk { before, most, pruned, enough }))
    }

    /// How far the oldest rows of a table reach that have so many bytes, `share` times, at most up to `stays`.
    fn oldest(&self, table: Table, share: u64, bytes: u64, stays: ItemId) -> Result<Oldest, StoreError> {
        self.read(|tables| {
            let mut oldest = Oldest { before: ItemId(0), bytes: 0 };
            for row in tables.tree(table).range(..item_key(stays)) {
                if oldest.bytes >= bytes {
                    break;
                }
                let (key, value) = row.map_err(StoreError::engine("look for the oldest"))?;
                let whole = tables.length(table, &key, &value)?;
                oldest.bytes += (key.len() as u64 + whole).saturating_mul(share);
                oldest.before = item_of(&key).map_or(oldest.before, ItemId::next);
            }
            Ok(oldest)
        })
    }
}

/// Rows at the beginning of a table.
struct Oldest {
    /// One past the last.
    before: ItemId,
    bytes: u64,
}

fn stays(now: Timestamp, time: SignedDuration) -> ItemId {
    ItemId::at(now.checked_sub(time).unwrap_or(Timestamp::MIN))
}
