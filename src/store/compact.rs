//! Compaction: every live row goes into a fresh engine, which takes the place of the old one. The engine uses freed room again, but
//! its file shrinks little by itself (sled 0.34.7: half of a million rows removed, 445 MB of 475 stayed).
//!
//! Every moment of a kill or a power cut leaves a store that opens. The copy is made beside the store, synced, opened again as it
//! is on disk, and read through; only then the two change places, in one step (`RENAME_EXCHANGE`), and that is synced before the old
//! one goes. Whatever was cut short lies in `store.compact`, and the next start that finds the store sound removes it. Rows are copied
//! as bytes, checksums and head included, so that the copy is the store and not a retelling of it.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use jiff::Timestamp;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::closed::Closed;
use super::copies::Recovery;
use super::durable::{Durable, sync_folder};
use super::folder::{self, Folder, sync_tree, write_format};
use super::guard::guarded;
use super::head::Head;
use super::lock::{self, Lock};
use super::open::{Parts, open_checked};
use super::tables::{Table, Tables};
use super::{Reading, Settings, Store, StoreError, space};

/// Rows put into the new engine in one go.
const BATCH: usize = 256;

/// Room a copy needs for each byte of its rows, and besides. Estimates: a fresh engine took 1.6 bytes for each in a large store, and 3
/// to 4 in the one small sample there is (`docs/store.md`).
const SPREAD: u64 = 4;
const BESIDES: u64 = 24 << 20;

/// A file of less is left alone by [`Store::wants_compaction`]: there is little to win.
const SMALL: u64 = 64 << 20;

/// So many times its rows a file must take to be worth it. A freshly written one took up to four in a small sample (`docs/store.md`), and a
/// start must not try in vain.
const WORTH: u64 = 6;

/// A copy that is smaller by less than one part in so many is not worth the exchange.
const HARDLY: u64 = 10;

/// What became of a compaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compaction {
    /// It was done.
    Done {
        /// Bytes on disk before.
        before: u64,
        /// And now.
        after: u64,
    },
    /// A copy is hardly smaller: the store was written in one go, or takes little room. Nothing was changed.
    Needless {
        /// Bytes on disk.
        bytes: u64,
    },
    /// The disk has not the room for a second copy. Nothing was changed.
    NoRoom {
        /// Bytes it needs, at most.
        needed: u64,
        /// Bytes there are.
        free: u64,
    },
    /// The file system cannot let two folders change places. Nothing was changed.
    CannotSwap,
}

impl Store {
    /// Whether a file of so many bytes, with rows of so many, is worth a compaction.
    #[must_use]
    pub fn is_worth_compacting(file: u64, rows: u64) -> bool {
        file >= SMALL && file >= rows.saturating_mul(WORTH)
    }

    /// Asks for a compaction at the next start of the daemon, which alone is the time for it. Need not be durable.
    ///
    /// # Errors
    /// [`StoreError::Io`], which is not final here.
    pub fn want_compaction(&self) -> Result<(), StoreError> {
        let path = self.0.folder.wish();
        fs::write(&path, "").map_err(StoreError::io(format!("write {}", path.display())))
    }

    /// Whether a compaction was asked for.
    #[must_use]
    pub fn wants_compaction(settings: &Settings) -> bool {
        Folder::new(&settings.path).wish().exists()
    }

    /// Compacts the store of a state folder, which nobody may have open; see the module. Tells many times a second how far it is,
    /// through four readings: of the store, of its rows for their size and for the copy, and of the copy.
    ///
    /// # Errors
    /// See [`StoreError`]. [`StoreError::Damaged`] means that the store is, and not the copy alone; nothing was changed then.
    pub fn compact(settings: &Settings, watch: &mut dyn FnMut(Reading)) -> Result<Compaction, StoreError> {
        lock::state_folder(&settings.path)?;
        let _lock = Lock::take(&settings.path)?;
        let folder = Folder::new(&settings.path);
        folder.check_format()?;
        let (new, before) = (folder.of_compaction(), folder.size()?);
        // A wish is fulfilled by trying: what fails now would fail at each start.
        forget(&folder.wish())?;
        remove(&new.store())?;
        // Read as a whole: damage must not be copied, and missing rows not be missed.
        Closed::take(&folder.closed())?;
        let parts = open_checked(&folder, settings, watch)?;
        let bytes = guarded(|| bytes(&parts.engine.tables, parts.writer.head(), watch))?;
        let (needed, free) = (bytes.saturating_mul(SPREAD).saturating_add(BESIDES), space::free(&settings.path)?);
        if free < needed {
            close(parts, &folder)?;
            return Ok(Compaction::NoRoom { needed, free });
        }
        let head = guarded(|| copy(&parts.engine.tables, parts.writer.head(), &new, settings.cache, watch))?;
        close(parts, &folder)?;
        // For a day after a loss the first poll of a source asks it what may have been told before.
        if let Some(recovery) = Recovery::read(&folder.recovery()) {
            recovery.leave(&new.recovery())?;
        }
        check(&new, &head, settings, watch)?;
        if new.size()? > before - before / HARDLY {
            remove(&new.store())?;
            return Ok(Compaction::Needless { bytes: before });
        }
        if !exchange(&new, &folder)? {
            remove(&new.store())?;
            return Ok(Compaction::CannotSwap);
        }
        remove(&new.store())?;
        Ok(Compaction::Done { before, after: folder.size()? })
    }
}

/// Removes what a compaction that was cut short left behind. Beside a store that was just made for one that was damaged it is kept for
/// a person to look at, since it may be the better one then.
pub(super) fn remove_leftover(folder: &Folder, was_damaged: bool) {
    let left = folder.of_compaction();
    if !left.store().exists() {
        return;
    }
    let done = if was_damaged {
        left.replaced(Timestamp::now()).map(|kept| tracing::warn!(kept = %kept.display(), "a compaction was cut short"))
    } else {
        remove(&left.store()).map(|()| tracing::info!("what a compaction left behind was removed"))
    };
    if let Err(error) = done {
        tracing::warn!(%error, "what a compaction left behind cannot be removed");
    }
}

/// Bytes of all rows.
fn bytes(tables: &Tables, head: &Head, watch: &mut dyn FnMut(Reading)) -> Result<u64, StoreError> {
    let (mut bytes, rows) = (0, rows(head));
    for (row, read) in tables.all().iter().flat_map(sled::Tree::iter).zip(1..) {
        let (key, value) = row.map_err(StoreError::engine("measure the store"))?;
        bytes += (key.len() + value.len()) as u64;
        if read % BATCH as u64 == 0 {
            watch(Reading { read, rows });
        }
    }
    Ok(bytes)
}

fn rows(head: &Head) -> u64 {
    Table::ALL.iter().map(|table| head.rows(*table)).sum()
}

/// Copies every row into a new store at `to`, and gives the head it must have.
fn copy(
    from: &Tables,
    head: &Head,
    to: &Folder,
    cache: u64,
    watch: &mut dyn FnMut(Reading),
) -> Result<Head, StoreError> {
    let step = || format!("make {}", to.store().display());
    fs::create_dir(to.store()).map_err(StoreError::io(step()))?;
    let engine = folder::open_engine(&to.engine(), cache)?;
    let tables = Tables::open(&engine)?;
    let (mut read, rows) = (0, rows(head));
    for table in Table::ALL {
        let (mut batch, mut waiting) = (sled::Batch::default(), 0);
        for row in from.tree(table) {
            let (key, value) = row.map_err(StoreError::engine("read a row"))?;
            batch.insert(key, value);
            waiting += 1;
            if waiting == BATCH {
                let full = std::mem::take(&mut batch);
                tables.tree(table).apply_batch(full).map_err(StoreError::engine("write a row"))?;
                (read, waiting) = (read + BATCH as u64, 0);
                watch(Reading { read, rows });
            }
        }
        tables.tree(table).apply_batch(batch).map_err(StoreError::engine("write a row"))?;
    }
    let durable = Durable::open(&to.engine(), &to.tip())?;
    durable.sync(&engine, head.commits)?;
    drop((tables, engine));
    durable.wait_until_free()?;
    write_format(&to.store().join("format")).map_err(StoreError::io(step()))?;
    sync_tree(&to.store())?;
    Ok(head.clone())
}

/// Opens the copy as it is on disk and reads it through: every row with its checksum, and as many as its head says.
fn check(new: &Folder, head: &Head, settings: &Settings, watch: &mut dyn FnMut(Reading)) -> Result<(), StoreError> {
    let parts = open_checked(new, settings, watch).map_err(|error| match error {
        // The store itself was read through a moment ago.
        StoreError::Damaged { what } => {
            let source = io::Error::other(what);
            StoreError::Io { step: "read the copy back; the store stays as it was".to_owned(), source }
        }
        other => other,
    })?;
    let is_same = parts.writer.head() == head;
    close(parts, new)?;
    if !is_same {
        let source = io::Error::other("it is not the same");
        return Err(StoreError::Io { step: "read the copy back; the store stays as it was".to_owned(), source });
    }
    sync_tree(&new.store())
}

/// Closes an engine that was read through, and waits until it has let go of its file.
fn close(parts: Parts, folder: &Folder) -> Result<(), StoreError> {
    let Parts { engine, durable, writer, .. } = parts;
    let note = Closed { commits: writer.head().commits, read_through: Timestamp::now() };
    guarded(|| {
        durable.sync(&engine.db, note.commits)?;
        drop(engine);
        durable.wait_until_free()?;
        note.leave(&folder.closed())
    })
}

/// Lets the two change places, durably; false where the file system cannot.
fn exchange(new: &Folder, folder: &Folder) -> Result<bool, StoreError> {
    match renameat_with(CWD, new.store(), CWD, folder.store(), RenameFlags::EXCHANGE) {
        Ok(()) => sync_folder(folder.state()).map(|()| true),
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(false),
        Err(errno) => Err(StoreError::io("put the copy in the store's place")(errno.into())),
    }
}

fn remove(folder: &Path) -> Result<(), StoreError> {
    gone(fs::remove_dir_all(folder), folder)
}

fn forget(file: &Path) -> Result<(), StoreError> {
    gone(fs::remove_file(file), file)
}

fn gone(removed: io::Result<()>, path: &Path) -> Result<(), StoreError> {
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(StoreError::io(format!("remove {}", path.display()))(error))
        }
        _ => Ok(()),
    }
}
