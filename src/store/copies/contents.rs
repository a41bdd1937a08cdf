//! What an export holds: every row that cannot be fetched again, without which something would be lost, told twice, or
//! forgotten. One rule for all: a backup holds every table, an export leaves out texts, which are most of the store.
//!
//! | Table | In an export, because without it |
//! |---|---|
//! | `meta` | numbers of items and sources would be given twice |
//! | `sources` | identities are keyed by a source's number; and every source would be primed again |
//! | `items` | an identity would lead to nothing, and what was seen be new; also the headline and link of what waits |
//! | `texts` | **left out**, but for items of which somebody is still to be told: others can be read where they stand |
//! | `entries`, `links`, `same-texts`, `titles` | what was seen would be new |
//! | `due-alerts`, `waiting` | what nobody was told yet would never be told, since its item counts as seen |
//! | `done-alerts`, `fates`, `told` | readers would be told again, and `explain` could not say why they were not |
//! | `outbox`, `messages` | queued mail would not be sent |
//! | `settled`, `ledger` | a mail that was sent would be sent again, and its number be given to another |
//! | `pieces` | long rows would have no value; a piece goes where its row goes |
//! | `watches` | every watch would look back as if it were new, and mail the past |
//! | `placements`, `stories` | corrections by people, and who was told of which event, would be lost |
//! | `mutes`, `digests` | people would hear again of what they muted, and of what a digest told |
//! | `standings` | a source's habit is learned in weeks |
//! | `wanted` | articles that are still to be put before the watches would not be |
//! | `articles` | articles would be fetched again, and those given up be tried again |
//! | `operator` | the operator would be told again of all that is wrong |

use super::super::StoreError;
use super::super::tables::{Key, Table, Tables};
use super::Kind;

/// Whether the rows of a table are walked through for a copy. The head is read at the end, pieces with their rows.
pub(super) fn is_walked(kind: Kind, table: Table) -> bool {
    match table {
        Table::Meta | Table::Pieces => false,
        Table::Texts => kind == Kind::Backup,
        _ => true,
    }
}

/// Whether a row that changed while a copy was taken belongs to it. One that is gone does, since it may have been
/// written before.
pub(super) fn belongs(kind: Kind, tables: &Tables, table: Table, key: &[u8]) -> Result<bool, StoreError> {
    match table {
        Table::Texts if kind == Kind::Export => Ok(!tables.has(table, key)? || is_awaited(tables, key)?),
        _ => Ok(is_walked(kind, table)),
    }
}

/// The text that goes along with a row of an export: that of an item of which somebody is still to be told.
pub(super) fn companion(kind: Kind, table: Table, key: &[u8]) -> Option<(Table, Key)> {
    let waits = kind == Kind::Export && matches!(table, Table::DueAlerts | Table::Waiting);
    waits.then(|| key.get(..8)).flatten().map(|item| (Table::Texts, item.to_vec()))
}

fn is_awaited(tables: &Tables, item: &[u8]) -> Result<bool, StoreError> {
    for table in [Table::DueAlerts, Table::Waiting] {
        let first = tables.tree(table).scan_prefix(item).next().transpose();
        if first.map_err(StoreError::engine("look for what waits"))?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
