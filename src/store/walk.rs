//! Walking through the items of a stretch of time, in pages. No iterator is handed out: each page is a reading of its own that
//! begins where the last one ended, so that a walk of minutes holds nothing in the engine, and several may walk at once.

use super::items::{Texts, add};
use super::tables::{Table, Tables, item_key};
use super::{Store, StoreError};
use crate::identity::Record;
use crate::model::{ItemId, StoredItem};

/// Where items stand in the order of their numbers, which is that of when they were first seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The first number of it.
    pub from: ItemId,
    /// One past the last.
    pub before: ItemId,
}

impl Stretch {
    /// Everything.
    pub const ALL: Self = Self { from: ItemId(0), before: ItemId(u64::MAX) };

    /// What is left of it once items up to `last` were seen, from its end downwards.
    #[must_use]
    pub fn below(self, last: ItemId) -> Self {
        Self { before: last, ..self }
    }

    /// The same upwards.
    #[must_use]
    pub fn above(self, last: ItemId) -> Self {
        Self { from: last.next(), ..self }
    }

    fn is_empty(self) -> bool {
        self.from >= self.before
    }
}

impl Store {
    /// The oldest items of a stretch, oldest first; none when it holds none. Go on with [`Stretch::above`] the last.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn oldest_items(&self, stretch: Stretch, limit: usize) -> Result<Vec<StoredItem>, StoreError> {
        self.read(|tables| page(tables, stretch, |rows| rows.take(limit).collect()))
    }

    /// The newest items of a stretch, newest first; none when it holds none. Go on with [`Stretch::below`] the last.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn newest_items(&self, stretch: Stretch, limit: usize) -> Result<Vec<StoredItem>, StoreError> {
        self.read(|tables| {
            let mut items = page(tables, stretch, |rows| {
                let mut rows: Vec<_> = rows.rev().take(limit).collect();
                rows.reverse();
                rows
            })?;
            items.reverse();
            Ok(items)
        })
    }

    /// The stretch without what is empty at its ends; None when it holds no item.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn inhabited(&self, stretch: Stretch) -> Result<Option<Stretch>, StoreError> {
        if stretch.is_empty() {
            return Ok(None);
        }
        self.read(|tables| {
            let keys = || tables.tree(Table::Items).range(item_key(stretch.from)..item_key(stretch.before)).keys();
            let number = |key: Option<sled::Result<sled::IVec>>| {
                let key = key.transpose().map_err(StoreError::engine("look for items"))?;
                Ok(key.as_deref().and_then(super::tables::item_of))
            };
            let ends = number(keys().next())?.zip(number(keys().next_back())?);
            Ok(ends.map(|(first, last)| Stretch { from: first, before: last.next() }))
        })
    }
}

type Rows = Vec<sled::Result<(sled::IVec, sled::IVec)>>;

/// The items of the rows that `choose` takes of a stretch, oldest first. Both tables have the same order, so that the texts are
/// read in one go along with them: looking each up by its number costs twice as much.
fn page(tables: &Tables, stretch: Stretch, choose: impl Fn(sled::Iter) -> Rows) -> Result<Vec<StoredItem>, StoreError> {
    if stretch.is_empty() {
        return Ok(Vec::new());
    }
    let rows = choose(tables.tree(Table::Items).range(item_key(stretch.from)..item_key(stretch.before)));
    let rows = rows.into_iter().collect::<sled::Result<Vec<_>>>().map_err(StoreError::engine("list items"))?;
    let Some(((first, _), (last, _))) = rows.first().zip(rows.last()) else { return Ok(Vec::new()) };
    let mut texts = tables.tree(Table::Texts).range::<&[u8], _>(&first[..]..=&last[..]);
    let mut next = || texts.next().transpose().map_err(StoreError::engine("list texts"));
    let mut text = next()?;
    let mut items = Vec::with_capacity(rows.len());
    for (key, value) in &rows {
        let mut record: Record = tables.decode(Table::Items, key, value)?;
        // A text that has no item is one that was pruned or committed between the two readings.
        while text.as_ref().is_some_and(|(of, _)| of < key) {
            text = next()?;
        }
        if let Some((_, value)) = text.as_ref().filter(|(of, _)| of == key) {
            let texts: Texts = tables.decode(Table::Texts, key, value)?;
            add(&mut record, texts);
        }
        items.push(record.stored);
    }
    Ok(items)
}
