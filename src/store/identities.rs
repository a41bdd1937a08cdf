//! The four look-ups by which an item is found again. Each row says which item, and the day it was last seen that
//! way, for pruning by age. The day is refreshed at most once a day, or every poll would rewrite the rows of
//! everything it sees.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::changes::Changes;
use super::codec::Row;
use super::tables::{Key, Table, Tables, pair_key};
use super::{Store, StoreError, polls};
use crate::identity::{Face, Known};
use crate::model::{ItemId, SourceId};

/// The tables of identities.
pub(super) const TABLES: [Table; 4] = [Table::Entries, Table::Links, Table::SameTexts, Table::Titles];

/// One way an item was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sighting {
    pub(super) item: ItemId,
    /// Days since 1970, UTC.
    pub(super) day: u32,
}

/// The day of an instant; all instants before 1970 are day 0.
pub(super) fn day(at: Timestamp) -> u32 {
    u32::try_from(at.as_second() / 86_400).unwrap_or(0)
}

impl Store {
    /// What is known of each face, in the order given.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn known(&self, source: &SourceId, faces: &[Face]) -> Result<Vec<Known>, StoreError> {
        self.read(|tables| {
            let number = polls::row_of(tables, source)?.map(|row| row.number);
            faces.iter().map(|face| known(tables, number, face)).collect()
        })
    }

    /// The item last seen under an address, by the hashes of its canonical form ([`Face::link`]).
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn item_at(&self, (host, path): (u32, u64)) -> Result<Option<ItemId>, StoreError> {
        self.read(|tables| {
            let sighting: Option<Sighting> = tables.get(Table::Links, &pair_key(host, path))?;
            Ok(sighting.map(|sighting| sighting.item))
        })
    }
}

fn known(tables: &Tables, number: Option<u32>, face: &Face) -> Result<Known, StoreError> {
    let find = |table, key: Option<Key>| -> Result<Option<ItemId>, StoreError> {
        let Some(key) = key else { return Ok(None) };
        Ok(tables.get::<Sighting>(table, &key)?.map(|sighting| sighting.item))
    };
    let [by_entry, by_link, by_text, by_title] = keys(number, face);
    Ok(Known {
        by_entry: find(Table::Entries, by_entry)?,
        by_link: find(Table::Links, by_link)?,
        by_text: find(Table::SameTexts, by_text)?,
        by_title: find(Table::Titles, by_title)?,
    })
}

/// In the order of [`TABLES`]. A source without a number has seen nothing yet.
fn keys(number: Option<u32>, face: &Face) -> [Option<Key>; 4] {
    [
        number.zip(face.entry).map(|(number, hash)| pair_key(number, hash)),
        face.link.map(|(host, path)| pair_key(host, path)),
        Some(face.text.to_be_bytes().to_vec()),
        number.map(|number| pair_key(number, face.title)),
    ]
}

/// Notes the face of an item that is new: whatever its keys led to, they lead to it from now on. Looks nothing up, which is half of
/// what noting costs.
pub(super) fn saw_new(changes: &mut Changes, number: u32, item: ItemId, face: &Face, today: u32) {
    for (table, key) in TABLES.into_iter().zip(keys(Some(number), face)) {
        let Some(key) = key else { continue };
        let row = Row::plain(table, &key, &Sighting { item, day: today });
        changes.put(table, key, row);
    }
}

/// Notes that an item was seen with this face. Rows that say so already, and since today, are left alone. A key that
/// led to another item leads to this one from now on.
pub(super) fn saw(
    changes: &mut Changes,
    tables: &Tables,
    number: u32,
    item: ItemId,
    face: &Face,
    today: u32,
) -> Result<(), StoreError> {
    for (table, key) in TABLES.into_iter().zip(keys(Some(number), face)) {
        let Some(key) = key else { continue };
        let old: Option<Sighting> = tables.get(table, &key)?;
        // A clock that stepped back must not make a sighting older.
        if old.is_none_or(|old| old.item != item || old.day < today) {
            let day = today.max(old.map_or(0, |old| old.day));
            let row = Row::plain(table, &key, &Sighting { item, day });
            changes.put(table, key, row);
        }
    }
    Ok(())
}
