//! The one who writes: holds the head, applies transactions, and decides when they are synced.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::changes::{Change, Changes};
use super::codec::Compressor;
use super::copies::{Journal, Touched};
use super::durable::Durable;
use super::head::Head;
use super::scan::Scan;
use super::tables::Table;
use super::{Engine, Reading, StoreError};

/// Quiet writes between two syncs, at most. The engine must not get far ahead of the disk: it reuses freed parts of
/// its file, and what replaced them should be synced by then.
const QUIET_WRITES: usize = 64;

/// Time after which a quiet write syncs itself and those before it. Where little happens it would take hours to gather
/// [`QUIET_WRITES`], and a power cut would forget as long what servers asked for (Retry-After).
const QUIET_TIME: Duration = Duration::from_secs(30);

/// The state of writing; behind the store's one writer lock.
pub(super) struct Writer {
    head: Head,
    /// Compresses texts.
    pub(super) zstd: Compressor,
    quiet: usize,
    synced: Instant,
    /// The part of the store that opening left unread.
    scan: Option<Scan>,
    read_through: Timestamp,
    /// What a copy that is being taken must know.
    touched: Option<Touched>,
    /// What changed since the newest export; None where that is not known.
    journal: Option<Journal>,
}

impl Writer {
    /// `scan` is what is still to be read of the store, `read_through` when it was last read as a whole.
    pub(super) fn new(head: Head, scan: Option<Scan>, read_through: Timestamp) -> Result<Self, StoreError> {
        let zstd = Compressor::new().map_err(StoreError::io("prepare compression"))?;
        let (quiet, synced, touched, journal) = (0, Instant::now(), None, None);
        Ok(Self { head, zstd, quiet, synced, scan, read_through, touched, journal })
    }

    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    /// For what is given out with the next transaction: item and source numbers.
    pub(super) fn head_mut(&mut self) -> &mut Head {
        &mut self.head
    }

    /// Applies one transaction; not yet durable.
    pub(super) fn apply(&mut self, engine: &Engine, changes: &Changes) -> Result<(), StoreError> {
        if !changes.is_empty() {
            let (head, moved) = changes.apply(&engine.tables, &self.head, self.scan.as_ref())?;
            self.head = head;
            self.remember(changes);
            if let Some(scan) = &mut self.scan {
                scan.moved(moved);
            }
        }
        Ok(())
    }

    /// Tells a copy and the journal of a transaction that was applied.
    fn remember(&mut self, changes: &Changes) {
        if let Some(touched) = &mut self.touched {
            changes.each().map(Change::row).for_each(|(table, key)| touched.note(table, key));
        }
        if let Some(journal) = &mut self.journal
            && let Err(error) = journal.append(&self.head, changes, Timestamp::now())
        {
            self.give_up_journal(&error);
        }
    }

    /// Notes a row that was changed by no transaction.
    pub(super) fn note(&mut self, table: Table, key: &[u8]) {
        if let Some(touched) = &mut self.touched {
            touched.note(table, key);
        }
    }

    /// Notes from now on which rows are touched. False when that is done already.
    pub(super) fn follow(&mut self) -> bool {
        let is_free = self.touched.is_none();
        self.touched.get_or_insert_default();
        is_free
    }

    /// Notes them no more.
    pub(super) fn unfollow(&mut self) {
        self.touched = None;
    }

    /// The rows touched since this was asked last, if they are more than `few`.
    pub(super) fn touched(&mut self, few: usize) -> Option<Touched> {
        self.touched.as_mut().filter(|touched| touched.len() > few).map(std::mem::take)
    }

    /// The journal that is written.
    pub(super) fn journal(&self) -> Option<&Journal> {
        self.journal.as_ref()
    }

    /// Writes this journal from now on.
    pub(super) fn go_on_in(&mut self, journal: Journal) {
        self.journal = Some(journal);
    }

    /// The store is more than its journal: what cannot be written there is written in the next export.
    fn give_up_journal(&mut self, error: &std::io::Error) {
        if let Some(journal) = self.journal.take() {
            let path = journal.path().display();
            tracing::error!(%path, %error, "the journal cannot be written; until the next export a damage would cost more");
        }
    }

    /// Reads on in what opening left unread, `until` then at most. True when nothing is left.
    pub(super) fn read_on(&mut self, engine: &Engine, until: Instant) -> Result<bool, StoreError> {
        let Some(scan) = &mut self.scan else { return Ok(true) };
        let ended = scan.go_on(&engine.tables, &self.head, until)?;
        if ended {
            (self.scan, self.read_through) = (None, Timestamp::now());
        }
        Ok(ended)
    }

    /// Begins to read everything once more, unless a reading is under way.
    pub(super) fn read_again(&mut self) {
        self.scan.get_or_insert_default();
    }

    /// How far the reading is; at its end when none is under way.
    pub(super) fn reading(&self) -> Reading {
        let ended = || {
            let rows = Table::ALL.iter().map(|table| self.head.rows(*table)).sum();
            Reading { read: rows, rows }
        };
        self.scan.as_ref().map_or_else(ended, |scan| scan.reading(&self.head))
    }

    /// When the store was last read as a whole.
    pub(super) fn read_through(&self) -> Timestamp {
        self.read_through
    }

    /// Makes everything applied so far durable.
    pub(super) fn sync(&mut self, engine: &Engine, durable: &Durable) -> Result<(), StoreError> {
        durable.sync(&engine.db, self.head.commits)?;
        (self.quiet, self.synced) = (0, Instant::now());
        Ok(())
    }

    /// The same for the journal as well: what would be sent twice, or asked of people again, if a damage came right after.
    pub(super) fn sync_all(&mut self, engine: &Engine, durable: &Durable) -> Result<(), StoreError> {
        if let Some(Err(error)) = self.journal.as_ref().map(Journal::sync) {
            self.give_up_journal(&error);
        }
        self.sync(engine, durable)
    }

    /// After `writes` that may be lost: syncs only now and then.
    pub(super) fn quiet(&mut self, writes: usize, engine: &Engine, durable: &Durable) -> Result<(), StoreError> {
        self.quiet += writes;
        let due = self.quiet >= QUIET_WRITES || (self.quiet > 0 && self.synced.elapsed() >= QUIET_TIME);
        if due { self.sync(engine, durable) } else { Ok(()) }
    }
}
