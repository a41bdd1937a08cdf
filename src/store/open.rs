//! Opening what is there: read through before it is believed, as far as patience goes after a clean stop. What is done with a store
//! that is damaged or missing is for `Store::open_watched`.

use std::mem::ManuallyDrop;
use std::time::Instant;

use jiff::Timestamp;

use super::closed::Closed;
use super::durable::Durable;
use super::folder::{self, Folder};
use super::guard::guarded;
use super::scan::{self, Scan};
use super::tables::Tables;
use super::writer::Writer;
use super::{Engine, Reading, STEP, Settings, StoreError, polls};

/// An opened and verified engine, and what was read from it.
pub(super) struct Parts {
    pub(super) engine: Engine,
    pub(super) durable: Durable,
    pub(super) writer: Writer,
}

/// Opens an existing store and reads it through. On any error the engine is left as it is, neither closed nor
/// dropped: its clean-up would write to the files, or panic again while a panic is under way, which ends the process.
pub(super) fn open_checked(
    folder: &Folder,
    settings: &Settings,
    watch: &mut dyn FnMut(Reading),
) -> Result<Parts, StoreError> {
    guarded(|| {
        let closed = Closed::take(&folder.closed())?;
        let durable = Durable::open(&folder.engine(), &folder.tip())?;
        // What a killed predecessor wrote may be in the page cache only. The engine's snapshot, which it syncs, must
        // not get to disk before the data it points at.
        durable.sync_data()?;
        durable.wait_until_free()?;
        durable.read_ahead();
        let db = ManuallyDrop::new(folder::open_engine(&folder.engine(), settings.cache)?);
        let tables = ManuallyDrop::new(Tables::open(&db)?);
        let head = scan::head_not_behind(&tables, &durable)?;
        let closed = closed.filter(|closed| closed.vouches_for(&head, Timestamp::now()));
        let end = closed.map(|_| Instant::now() + settings.patience);
        let mut scan = Scan::default();
        let rest = loop {
            let step = Instant::now() + STEP;
            if scan.go_on(&tables, &head, end.map_or(step, |end| end.min(step)))? {
                break None;
            }
            watch(scan.reading(&head));
            if end.is_some_and(|end| Instant::now() >= end) {
                break Some(scan);
            }
        };
        let read_through = closed.filter(|_| rest.is_some()).map_or_else(Timestamp::now, |closed| closed.read_through);
        // Every poll reads its source's row: one that makes no sense is found now, while the store can still be set aside.
        polls::sources(&tables).try_for_each(|row| row.map(drop))?;
        let writer = Writer::new(head, rest, read_through)?;
        let engine = Engine { db: ManuallyDrop::into_inner(db), tables: ManuallyDrop::into_inner(tables) };
        Ok(Parts { engine, durable, writer })
    })
}
