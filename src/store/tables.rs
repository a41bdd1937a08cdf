//! The tables, their keys and typed access to their rows. Keys are big-endian so that their order is the order of
//! what they name: the engine is three to five times slower with keys in random order.

use std::fmt;

use serde::de::DeserializeOwned;

use super::StoreError;
use super::codec::{self, Stored};
use crate::model::{AlertId, ItemId, NotificationId};

/// A table, a "tree" of the engine. The numbers and names are on disk: add at the end, never reuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(super) enum Table {
    /// `"head"` → [`super::head::Head`].
    Meta,
    /// Source id → its number and `SourceState`.
    Sources,
    /// Item → everything about it but its texts.
    Items,
    /// Item → summary and body, compressed; pruned earlier than the item.
    Texts,
    /// Source number, entry id hash → item, day last seen.
    Entries,
    /// Host hash, path hash → item, day last seen.
    Links,
    /// Text hash → item, day last seen. The one table with random keys.
    SameTexts,
    /// Source number, title hash → item, day last seen.
    Titles,
    /// Item, watch → an alert that waits to be composed.
    DueAlerts,
    /// Item, watch → an alert that was composed.
    DoneAlerts,
    /// Story, recipient, seq → an open notification without its message, and how its delivery stands.
    Outbox,
    /// Story, recipient, seq → the frozen message of an open notification, compressed.
    Messages,
    /// Story, recipient, seq → when it was settled; leads to the ledger.
    Settled,
    /// Time settled, story, recipient, seq → a settled notification.
    Ledger,
    /// Table, key, number → a piece of a row too long to be one value.
    Pieces,
    /// `"met"` → the ids of all watches ever met.
    Watches,
    /// Item → its place among the stories, unless it is alone and a copy of nothing.
    Placements,
    /// Story → its further items, where it has any.
    Stories,
    /// Item, recipient, watch → an alert that one reader has not been told of.
    Waiting,
    /// Item, recipient, watch → what became of an alert for one reader.
    Fates,
    /// Story, recipient → what one reader knows of it.
    Told,
    /// Number → a mute.
    Mutes,
    /// Digest id → when it was last due, and what it told of.
    Digests,
    /// Source id → how it stands; written only when that changes.
    Standings,
    /// Item → its article is to be fetched.
    Wanted,
    /// Item → what became of its article.
    Articles,
    /// `"told"` → what the operator was told.
    Operator,
}

impl Table {
    /// All of them, in the order of their numbers.
    pub(super) const ALL: [Self; 27] = [
        Self::Meta,
        Self::Sources,
        Self::Items,
        Self::Texts,
        Self::Entries,
        Self::Links,
        Self::SameTexts,
        Self::Titles,
        Self::DueAlerts,
        Self::DoneAlerts,
        Self::Outbox,
        Self::Messages,
        Self::Settled,
        Self::Ledger,
        Self::Pieces,
        Self::Watches,
        Self::Placements,
        Self::Stories,
        Self::Waiting,
        Self::Fates,
        Self::Told,
        Self::Mutes,
        Self::Digests,
        Self::Standings,
        Self::Wanted,
        Self::Articles,
        Self::Operator,
    ];

    /// Its name on disk.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Sources => "sources",
            Self::Items => "items",
            Self::Texts => "texts",
            Self::Entries => "entries",
            Self::Links => "links",
            Self::SameTexts => "same-texts",
            Self::Titles => "titles",
            Self::DueAlerts => "due-alerts",
            Self::DoneAlerts => "done-alerts",
            Self::Outbox => "outbox",
            Self::Messages => "messages",
            Self::Settled => "settled",
            Self::Ledger => "ledger",
            Self::Pieces => "pieces",
            Self::Watches => "watches",
            Self::Placements => "placements",
            Self::Stories => "stories",
            Self::Waiting => "waiting",
            Self::Fates => "fates",
            Self::Told => "told",
            Self::Mutes => "mutes",
            Self::Digests => "digests",
            Self::Standings => "standings",
            Self::Wanted => "wanted",
            Self::Articles => "articles",
            Self::Operator => "operator",
        }
    }
}

impl Table {
    /// Whether each of its rows is about the item, or the story, that its key begins with.
    pub(super) fn is_of_items(self) -> bool {
        use Table::*;
        matches!(
            self,
            Items
                | Texts
                | DueAlerts
                | DoneAlerts
                | Outbox
                | Messages
                | Settled
                | Placements
                | Stories
                | Waiting
                | Fates
                | Told
                | Wanted
                | Articles
        )
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A row's name within its table.
pub(super) type Key = Vec<u8>;

pub(super) fn item_key(id: ItemId) -> Key {
    id.0.to_be_bytes().to_vec()
}

/// The item a key starts with, in every table whose keys do.
pub(super) fn item_of(key: &[u8]) -> Option<ItemId> {
    key.first_chunk().map(|bytes| ItemId(u64::from_be_bytes(*bytes)))
}

/// A number and a hash: source and entry, source and title, host and path.
pub(super) fn pair_key(number: u32, hash: u64) -> Key {
    [&number.to_be_bytes()[..], &hash.to_be_bytes()].concat()
}

pub(super) fn alert_key(id: &AlertId) -> Key {
    [&id.item.0.to_be_bytes()[..], id.watch.as_str().as_bytes()].concat()
}

/// An alert as one recipient's.
pub(super) fn reader_key(id: &AlertId, recipient: u64) -> Key {
    [&id.item.0.to_be_bytes()[..], &recipient.to_be_bytes(), id.watch.as_str().as_bytes()].concat()
}

/// All mails to one recipient on one story share this prefix; it is the key of what they were told of it as well.
pub(super) fn mails_prefix(item: ItemId, recipient: u64) -> Key {
    [item.0.to_be_bytes(), recipient.to_be_bytes()].concat()
}

pub(super) fn notification_key(id: &NotificationId) -> Key {
    let mut key = mails_prefix(id.thread, id.recipient);
    key.extend(id.seq.to_be_bytes());
    key
}

/// `settled` in milliseconds since 1970.
pub(super) fn ledger_key(settled: u64, notification: &[u8]) -> Key {
    [&settled.to_be_bytes()[..], notification].concat()
}

pub(super) fn piece_key(table: Table, key: &[u8], number: u16) -> Key {
    [&[table as u8], key, &number.to_be_bytes()].concat()
}

/// The engine's trees, one per [`Table`].
#[derive(Debug)]
pub(super) struct Tables(Vec<sled::Tree>);

impl Tables {
    pub(super) fn open(engine: &sled::Db) -> Result<Self, StoreError> {
        let trees = Table::ALL.iter().map(|table| engine.open_tree(table.name())).collect::<Result<_, _>>();
        trees.map(Self).map_err(StoreError::engine("open the tables"))
    }

    /// All of them, for a transaction; in the order of [`Table::ALL`].
    pub(super) fn all(&self) -> &[sled::Tree] {
        &self.0
    }

    pub(super) fn tree(&self, table: Table) -> &sled::Tree {
        &self.0[table as usize]
    }

    pub(super) fn get<T: DeserializeOwned>(&self, table: Table, key: &[u8]) -> Result<Option<T>, StoreError> {
        let value = self.tree(table).get(key).map_err(StoreError::engine("read a row"))?;
        value.map(|bytes| self.decode(table, key, &bytes)).transpose()
    }

    pub(super) fn has(&self, table: Table, key: &[u8]) -> Result<bool, StoreError> {
        self.tree(table).contains_key(key).map_err(StoreError::engine("look for a row"))
    }

    /// Whether a row is there and in pieces.
    pub(super) fn in_pieces(&self, table: Table, key: &[u8]) -> Result<bool, StoreError> {
        let value = self.tree(table).get(key).map_err(StoreError::engine("read a row"))?;
        Ok(value.is_some_and(|bytes| Stored::check(table, key, &bytes).is_ok_and(|stored| stored.pieces().is_some())))
    }

    pub(super) fn decode<T: DeserializeOwned>(&self, table: Table, key: &[u8], bytes: &[u8]) -> Result<T, StoreError> {
        let stored = Stored::check(table, key, bytes)?;
        if stored.pieces().is_none() {
            return stored.value(table, key);
        }
        stored.joined(table, key, self.joined(table, key, &stored)?)
    }

    /// Reads a row through, pieces and all, without making sense of it; for the scan.
    pub(super) fn verify(&self, table: Table, key: &[u8], bytes: &[u8]) -> Result<(), StoreError> {
        let stored = Stored::check(table, key, bytes)?;
        self.joined(table, key, &stored).map(drop)
    }

    /// Bytes of a row's value, pieces and all, as the engine keeps them.
    pub(super) fn length(&self, table: Table, key: &[u8], bytes: &[u8]) -> Result<u64, StoreError> {
        let stored = Stored::check(table, key, bytes)?;
        Ok(bytes.len() as u64 + self.joined(table, key, &stored)?.len() as u64)
    }

    fn joined(&self, table: Table, key: &[u8], stored: &Stored<'_>) -> Result<Vec<u8>, StoreError> {
        let mut joined = Vec::new();
        for number in 0..stored.pieces().unwrap_or(0) {
            let piece_key = piece_key(table, key, number);
            let piece =
                self.tree(Table::Pieces).get(&piece_key).map_err(StoreError::engine("read a piece of a row"))?;
            let Some(piece) = piece else {
                return Err(codec::damaged(table, key, "a piece is missing"));
            };
            joined.extend_from_slice(Stored::check(Table::Pieces, &piece_key, &piece)?.payload());
        }
        Ok(joined)
    }
}
