//! The scan at start: reads every row, checks its checksum, counts, and compares with what the head and the witness say.
//!
//! A damaged page makes the engine panic when it is read; a damaged end of the log makes it forget the last commits; a damaged table
//! of pages makes it forget rows. The first is caught by the guard, the second by the witness, the third by the counts.

use super::StoreError;
use super::durable::Durable;
use super::head::{self, Head};
use super::tables::{Table, Tables};

/// Reads everything through, and gives the head.
pub(super) fn scan(tables: &Tables) -> Result<(), StoreError> {
    let head = head(tables)?;
    for table in Table::ALL {
        let mut rows = 0;
        for row in tables.tree(table) {
            let (key, value) = row.map_err(StoreError::engine("read through the store"))?;
            tables.verify(table, &key, &value)?;
            rows += 1;
        }
        let expected = if table == Table::Meta { 1 } else { head.rows(table) };
        if rows != expected {
            return Err(StoreError::Damaged {
                what: format!("table {table} has {rows} rows where {expected} were written"),
            });
        }
    }
    Ok(())
}

/// The head of a store that is not behind its witness.
pub(super) fn head_not_behind(tables: &Tables, durable: &Durable) -> Result<Head, StoreError> {
    let head = head(tables)?;
    match durable.witnessed() {
        Some(witnessed) if head.commits < witnessed => {
            let what = format!("it ends at commit {} although commit {witnessed} was written", head.commits);
            Err(StoreError::Damaged { what })
        }
        _ => Ok(head),
    }
}

fn head(tables: &Tables) -> Result<Head, StoreError> {
    let missing = || StoreError::Damaged { what: format!("row {} is missing", String::from_utf8_lossy(head::KEY)) };
    Head::read(tables)?.ok_or_else(missing)
}
