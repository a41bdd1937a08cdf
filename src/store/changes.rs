//! One transaction: the rows to write and remove, decided beforehand, applied all or not at all.
//!
//! The engine may run a transaction's closure twice, so nothing is decided inside it. Everything is decided under the
//! store's one writer lock, before: what was read there still holds when the changes are applied.

use sled::Transactional;
use sled::transaction::{TransactionError, TransactionalTree, UnabortableTransactionError};

use super::StoreError;
use super::codec::{Row, Stored};
use super::head::{self, Head};
use super::scan::Scan;
use super::tables::{Key, Table, Tables, piece_key};

/// What becomes of one row.
#[derive(Debug)]
pub(super) enum Change {
    /// It is written.
    Put { table: Table, key: Key, row: Row },
    /// It is removed, if it is there.
    Remove { table: Table, key: Key },
}

/// What one transaction does.
#[derive(Debug, Default)]
pub(super) struct Changes(Vec<Change>);

impl Changes {
    pub(super) fn put(&mut self, table: Table, key: Key, row: Row) {
        self.0.push(Change::Put { table, key, row });
    }

    pub(super) fn remove(&mut self, table: Table, key: Key) {
        self.0.push(Change::Remove { table, key });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// All of them, in order.
    pub(super) fn each(&self) -> impl Iterator<Item = &Change> {
        self.0.iter()
    }

    /// Applies them, and gives the head as it then is, and how many rows came (or went) among those that `scan` has passed.
    pub(super) fn apply(&self, tables: &Tables, head: &Head, scan: Option<&Scan>) -> Result<(Head, i64), StoreError> {
        let result = tables.all().transaction(|trees: &Vec<TransactionalTree>| {
            let mut tally = Tally { head: head.clone(), scan, moved: 0 };
            tally.head.commits += 1;
            for change in &self.0 {
                change.apply(trees, &mut tally)?;
            }
            trees[Table::Meta as usize].insert(head::KEY, tally.head.row().head)?;
            Ok((tally.head, tally.moved))
        });
        result.map_err(|error| match error {
            TransactionError::Storage(error) => StoreError::engine("commit")(error),
            TransactionError::Abort(()) => unreachable!("no transaction of ours aborts"),
        })
    }
}

/// What a transaction comes to, counted while it is applied.
struct Tally<'a> {
    head: Head,
    scan: Option<&'a Scan>,
    moved: i64,
}

impl Tally<'_> {
    fn count(&mut self, table: Table, key: &[u8], was: bool, is: bool) {
        self.head.count(table, was, is);
        if self.scan.is_some_and(|scan| scan.passed(table, key)) {
            self.moved += i64::from(is) - i64::from(was);
        }
    }
}

impl Change {
    /// Which row.
    pub(super) fn row(&self) -> (Table, &[u8]) {
        match self {
            Self::Put { table, key, .. } | Self::Remove { table, key } => (*table, key),
        }
    }

    fn apply(&self, trees: &[TransactionalTree], tally: &mut Tally<'_>) -> Result<(), UnabortableTransactionError> {
        let (table, key, old, new_pieces) = match self {
            Self::Put { table, key, row } => {
                let old = trees[*table as usize].insert(key.as_slice(), row.head.as_slice())?;
                tally.count(*table, key, old.is_some(), true);
                for (piece_key, piece) in &row.pieces {
                    let old = trees[Table::Pieces as usize].insert(piece_key.as_slice(), piece.as_slice())?;
                    tally.count(Table::Pieces, piece_key, old.is_some(), true);
                }
                (*table, key, old, row.pieces.len())
            }
            Self::Remove { table, key } => {
                let old = trees[*table as usize].remove(key.as_slice())?;
                tally.count(*table, key, old.is_some(), false);
                (*table, key, old, 0)
            }
        };
        // The row that was here may have been longer. A damaged one tells nothing of its pieces; they are found by
        // the scan's count.
        let old = old.as_deref().and_then(|bytes| Stored::check(table, key, bytes).ok());
        for number in 0..old.and_then(|stored| stored.pieces()).unwrap_or(0) {
            if usize::from(number) >= new_pieces {
                let piece_key = piece_key(table, key, number);
                let gone = trees[Table::Pieces as usize].remove(&piece_key[..])?;
                tally.count(Table::Pieces, &piece_key, gone.is_some(), false);
            }
        }
        Ok(())
    }
}
