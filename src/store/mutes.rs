//! Mutes: what somebody does not want to hear of for a time.

use super::changes::Changes;
use super::codec::Row;
use super::tables::{Table, Tables};
use super::{Store, StoreError};
use crate::model::{Mute, MuteId};

impl Store {
    /// Keeps a mute under a number of its own, which it gets here and returns; durable.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn mute(&self, mute: Mute) -> Result<MuteId, StoreError> {
        self.write(|writer, engine, durable| {
            let last = engine.tables.tree(Table::Mutes).last().map_err(StoreError::engine("number a mute"))?;
            let last = last.and_then(|(key, _)| key.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))).unwrap_or(0);
            let id = MuteId(last.saturating_add(1));
            let mut changes = Changes::default();
            put(&mut changes, &Mute { id, ..mute });
            writer.apply(engine, &changes)?;
            writer.sync_all(engine, durable)?;
            Ok(id)
        })
    }

    /// Every mute that was not taken away, those that are over included, oldest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn mutes(&self) -> Result<Vec<Mute>, StoreError> {
        self.read(|tables| {
            let rows = tables.tree(Table::Mutes).iter();
            rows.map(|row| {
                let (key, value) = row.map_err(StoreError::engine("list mutes"))?;
                tables.decode(Table::Mutes, &key, &value)
            })
            .collect()
        })
    }

    /// Ends a mute at once; it stays in the list, with what it hid. False when there is none of this number. Durable.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn unmute(&self, id: MuteId, now: jiff::Timestamp) -> Result<bool, StoreError> {
        self.write(|writer, engine, durable| {
            let Some(mute) = engine.tables.get::<Mute>(Table::Mutes, &key(id))? else { return Ok(false) };
            let mut changes = Changes::default();
            let until = Some(mute.until.map_or(now, |until| until.min(now)));
            put(&mut changes, &Mute { until, ..mute });
            writer.apply(engine, &changes)?;
            writer.sync_all(engine, durable)?;
            Ok(true)
        })
    }
}

fn key(id: MuteId) -> Vec<u8> {
    id.0.to_be_bytes().to_vec()
}

fn put(changes: &mut Changes, mute: &Mute) {
    changes.put(Table::Mutes, key(mute.id), Row::plain(Table::Mutes, &key(mute.id), mute));
}

/// Counts what a mute hid.
pub(super) fn count(changes: &mut Changes, tables: &Tables, id: MuteId, more: u64) -> Result<(), StoreError> {
    if let Some(mute) = tables.get::<Mute>(Table::Mutes, &key(id))? {
        put(changes, &Mute { hidden: mute.hidden.saturating_add(more), ..mute });
    }
    Ok(())
}
