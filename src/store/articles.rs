//! The articles behind items: which are wanted still, and what became of the others. An item and its article's text are one
//! row, so that whoever reads an item reads all that is known of it.

use super::changes::Changes;
use super::codec::Row;
use super::tables::{Table, item_key};
use super::{Store, StoreError, alerts, items, stories};
use crate::identity::Record;
use crate::model::{Alert, ArticleState, ItemId, Placement, StoredItem, Wanted};

/// What an attempt at an article leaves behind.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleCommit {
    /// Of which item.
    pub item: ItemId,
    /// What became of it.
    pub became: Became,
}

/// See [`ArticleCommit`].
#[derive(Debug, Clone, PartialEq)]
pub enum Became {
    /// It is tried again.
    Wanted(Wanted),
    /// It was given up.
    Failed(ArticleState),
    /// It was read.
    Read {
        /// What is remembered of it.
        state: ArticleState,
        /// The item with the article's text.
        stored: Box<StoredItem>,
        /// Where its full text put it, when that is another story than its own.
        placement: Option<Placement>,
        /// What its full text raised.
        alerts: Vec<Alert>,
        /// Alerts it had raised before, with the places of their terms in the full text.
        rematched: Vec<Alert>,
    },
}

impl Store {
    /// Keeps what became of articles, each all or nothing; durable when any was read.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn take_articles(&self, commits: Vec<ArticleCommit>) -> Result<(), StoreError> {
        self.write(|writer, engine, durable| {
            let writes = commits.len();
            let matters = commits.iter().any(|commit| matches!(commit.became, Became::Read { .. }));
            for ArticleCommit { item, became } in commits {
                let mut changes = Changes::default();
                let key = item_key(item);
                match became {
                    Became::Wanted(wanted) => want(&mut changes, &wanted),
                    Became::Failed(state) => settle(&mut changes, item, &state),
                    Became::Read { state, stored, placement, alerts, rematched } => {
                        let old: Option<Record> = engine.tables.get(Table::Items, &key)?;
                        let history = old.map_or_else(Vec::new, |record| record.history);
                        items::put(&mut changes, &mut writer.zstd, *stored, history);
                        settle(&mut changes, item, &state);
                        let placed: Vec<_> = placement.into_iter().map(|placement| (item, placement)).collect();
                        stories::place(&mut changes, &engine.tables, &placed)?;
                        for alert in &rematched {
                            alerts::rematch(&mut changes, &engine.tables, alert)?;
                        }
                        for alert in &alerts {
                            alerts::raise(&mut changes, &engine.tables, alert)?;
                        }
                    }
                }
                writer.apply(engine, &changes)?;
            }
            if matters { writer.sync(engine, durable) } else { writer.quiet(writes, engine, durable) }
        })
    }

    /// Every article that is wanted still, oldest item first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn wanted(&self) -> Result<Vec<Wanted>, StoreError> {
        self.read(|tables| {
            let rows = tables.tree(Table::Wanted).iter();
            rows.map(|row| {
                let (key, value) = row.map_err(StoreError::engine("list wanted articles"))?;
                tables.decode(Table::Wanted, &key, &value)
            })
            .collect()
        })
    }

    /// The attempt that an item's article waits for; None when it waits for none.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn wanted_of(&self, item: ItemId) -> Result<Option<Wanted>, StoreError> {
        self.read(|tables| tables.get(Table::Wanted, &item_key(item)))
    }

    /// What became of an item's article; None when it was never wanted, or is wanted still.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn article(&self, item: ItemId) -> Result<Option<ArticleState>, StoreError> {
        self.read(|tables| tables.get(Table::Articles, &item_key(item)))
    }
}

/// Wants an article.
pub(super) fn want(changes: &mut Changes, wanted: &Wanted) {
    let key = item_key(wanted.item);
    changes.put(Table::Wanted, key.clone(), Row::plain(Table::Wanted, &key, wanted));
}

fn settle(changes: &mut Changes, item: ItemId, state: &ArticleState) {
    let key = item_key(item);
    changes.put(Table::Articles, key.clone(), Row::plain(Table::Articles, &key, state));
    changes.remove(Table::Wanted, key);
}

/// Forgets an item's article.
pub(super) fn forget(changes: &mut Changes, item: ItemId) {
    changes.remove(Table::Wanted, item_key(item));
    changes.remove(Table::Articles, item_key(item));
}
