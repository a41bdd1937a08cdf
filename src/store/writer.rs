//! The one who writes: holds the head, applies transactions, and decides when they are synced.

use super::codec::Compressor;
use super::durable::Durable;
use super::head::Head;
use super::{Changes, Engine, StoreError};

/// Quiet writes between two syncs. At most this many polls that brought nothing new are forgotten by a power cut, and the engine
/// never gets far ahead of the disk: it reuses freed parts of its file, whose replacement should be synced by then.
const QUIET_WRITES: u32 = 64;

/// The state of writing; behind the store's one writer lock.
pub(super) struct Writer {
    head: Head,
    /// Compresses texts.
    pub(super) zstd: Compressor,
    quiet: u32,
}

impl Writer {
    pub(super) fn new(head: Head) -> Result<Self, StoreError> {
        let zstd = Compressor::new().map_err(StoreError::io("prepare compression"))?;
        Ok(Self { head, zstd, quiet: 0 })
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
            self.head = changes.apply(&engine.tables, &self.head)?;
        }
        Ok(())
    }

    /// Makes everything applied so far durable.
    pub(super) fn sync(&mut self, engine: &Engine, durable: &Durable) -> Result<(), StoreError> {
        self.quiet = 0;
        durable.sync(&engine.db, self.head.commits)
    }

    /// After `writes` that may be lost: syncs only now and then.
    pub(super) fn quiet(&mut self, writes: u32, engine: &Engine, durable: &Durable) -> Result<(), StoreError> {
        self.quiet += writes;
        if self.quiet < QUIET_WRITES { Ok(()) } else { self.sync(engine, durable) }
    }
}
