//! The one who writes: holds the head, applies transactions, and decides when they are synced.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::codec::Compressor;
use super::durable::Durable;
use super::head::Head;
use super::scan::Scan;
use super::{Changes, Engine, StoreError};

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
}

impl Writer {
    /// `scan` is what is still to be read of the store, `read_through` when it was last read as a whole.
    pub(super) fn new(head: Head, scan: Option<Scan>, read_through: Timestamp) -> Result<Self, StoreError> {
        let zstd = Compressor::new().map_err(StoreError::io("prepare compression"))?;
        Ok(Self { head, zstd, quiet: 0, synced: Instant::now(), scan, read_through })
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
            if let Some(scan) = &mut self.scan {
                scan.moved(moved);
            }
        }
        Ok(())
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

    /// After `writes` that may be lost: syncs only now and then.
    pub(super) fn quiet(&mut self, writes: usize, engine: &Engine, durable: &Durable) -> Result<(), StoreError> {
        self.quiet += writes;
        let due = self.quiet >= QUIET_WRITES || (self.quiet > 0 && self.synced.elapsed() >= QUIET_TIME);
        if due { self.sync(engine, durable) } else { Ok(()) }
    }
}
