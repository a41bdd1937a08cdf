//! The scan: reads every row, checks its checksum, counts, and compares with what the head and the witness say.
//!
//! A damaged page makes the engine panic when it is read; a damaged end of the log makes it forget the last commits;
//! a damaged table of pages makes it forget rows. The first is caught by the guard, the second by the witness, the
//! third by the counts.
//!
//! Disks rot at rest, so everything is read at every start. After a kill or a power cut that comes before any work. After a clean
//! stop what takes longer than a few seconds is read beside the work, a little at a time ([`Scan::go_on`]): where the disk seeks
//! a hundred times a second, 400 MB of rows in the order of their keys take a minute, and a store of years an hour, in which
//! nothing would be polled.

use std::ops::Bound;
use std::time::Instant;

use super::StoreError;
use super::durable::Durable;
use super::head::{self, Head};
use super::tables::{Table, Tables};

/// How far the reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Rows read so far.
    pub read: u64,
    /// Rows in all.
    pub rows: u64,
}

/// A scan under way. Rows may come and go between two steps, if it is told of those it has passed.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Place in [`Table::ALL`] of the table being read.
    table: usize,
    /// The last row of it that was read.
    last: Option<sled::IVec>,
    /// Rows of it up to that one, as far as they are still there.
    rows: u64,
    /// Rows of all tables.
    read: u64,
}

impl Scan {
    /// Reads on, `until` then at most. True at the end.
    pub(super) fn go_on(&mut self, tables: &Tables, head: &Head, until: Instant) -> Result<bool, StoreError> {
        while let Some(table) = Table::ALL.get(self.table).copied() {
            let from = self.last.clone().map_or(Bound::Unbounded, Bound::Excluded);
            for row in tables.tree(table).range::<sled::IVec, _>((from, Bound::Unbounded)) {
                let (key, value) = row.map_err(StoreError::engine("read through the store"))?;
                tables.verify(table, &key, &value)?;
                (self.last, self.rows, self.read) = (Some(key), self.rows + 1, self.read + 1);
                if Instant::now() >= until {
                    return Ok(false);
                }
            }
            let (rows, expected) = (self.rows, if table == Table::Meta { 1 } else { head.rows(table) });
            if rows != expected {
                let what = format!("table {table} has {rows} rows where {expected} were written");
                return Err(StoreError::Damaged { what });
            }
            *self = Self { table: self.table + 1, last: None, rows: 0, read: self.read };
        }
        Ok(true)
    }

    /// Whether a row is, or would be, among those of this table that were read.
    pub(super) fn passed(&self, table: Table, key: &[u8]) -> bool {
        table as usize == self.table && self.last.as_ref().is_some_and(|last| key <= &last[..])
    }

    /// More (or fewer) rows are there now among those passed.
    pub(super) fn moved(&mut self, rows: i64) {
        self.rows = self.rows.saturating_add_signed(rows);
    }

    pub(super) fn reading(&self, head: &Head) -> Reading {
        let rows = Table::ALL.iter().map(|table| head.rows(*table)).sum();
        Reading { read: self.read, rows }
    }
}

/// The head of a store that is not behind its witness.
pub(super) fn head_not_behind(tables: &Tables, durable: &Durable) -> Result<Head, StoreError> {
    let missing = || StoreError::Damaged { what: format!("row {} is missing", String::from_utf8_lossy(head::KEY)) };
    let head = Head::read(tables)?.ok_or_else(missing)?;
    match durable.witnessed() {
        Some(witnessed) if head.commits < witnessed => {
            let what = format!("it ends at commit {} although commit {witnessed} was written", head.commits);
            Err(StoreError::Damaged { what })
        }
        _ => Ok(head),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::changes::Changes;
    use super::super::codec::Row;
    use super::super::folder;
    use super::*;

    fn filled() -> (tempfile::TempDir, Tables, Head) {
        let folder = tempfile::tempdir().unwrap();
        let tables = Tables::open(&folder::open_engine(folder.path(), 8 << 20).unwrap()).unwrap();
        let mut changes = Changes::default();
        for (table, length) in [(Table::Items, 10), (Table::Texts, 10_000)] {
            for key in ["b", "d", "f"].map(str::as_bytes) {
                changes.put(table, key.to_vec(), Row::plain(table, key, &vec![7_u8; length]));
            }
        }
        let (head, _) = changes.apply(&tables, &Head::default(), None).unwrap();
        (folder, tables, head)
    }

    fn scan(tables: &Tables, head: &Head) -> Result<bool, StoreError> {
        Scan::default().go_on(tables, head, Instant::now() + Duration::from_secs(600))
    }

    #[test]
    fn a_row_that_is_gone_or_not_its_own_is_damage() {
        let (_folder, tables, head) = filled();
        assert!(scan(&tables, &head).unwrap());
        let sound: Vec<_> = Table::ALL.iter().map(|table| (*table, tables.tree(*table).first().unwrap())).collect();
        for (table, row) in sound {
            let Some((key, value)) = row else { continue };
            tables.tree(table).remove(&key).unwrap();
            assert!(scan(&tables, &head).is_err(), "{table}: a row is gone");
            tables.tree(table).insert(&key, &[&value[..], b"!"].concat()[..]).unwrap();
            assert!(scan(&tables, &head).is_err(), "{table}: a row is not what was written");
            tables.tree(table).insert(&key, value).unwrap();
            assert!(scan(&tables, &head).unwrap());
        }
    }

    /// At every row the scan reads, rows are put and removed before, at and behind it, long ones with all their pieces.
    #[test]
    fn rows_may_come_and_go_while_it_reads() {
        let (_folder, tables, mut head) = filled();
        let mut scan = Scan::default();
        let mut steps = 0;
        while !scan.go_on(&tables, &head, Instant::now()).unwrap() {
            let mut changes = Changes::default();
            for (n, key) in ["a", "b", "c", "d", "e", "f", "g"].map(str::as_bytes).into_iter().enumerate() {
                for table in [Table::Items, Table::Texts] {
                    match (steps + n) % 3 {
                        0 => changes.remove(table, key.to_vec()),
                        turn => {
                            changes.put(table, key.to_vec(), Row::plain(table, key, &vec![7_u8; turn * steps * 1000]))
                        }
                    }
                }
            }
            let (changed, moved) = changes.apply(&tables, &head, Some(&scan)).unwrap();
            (head, steps) = (changed, steps + 1);
            scan.moved(moved);
            assert!(steps < 200);
        }
        assert!(steps > 15, "{steps} steps");
        assert!(super::tests::scan(&tables, &head).unwrap());
    }
}
