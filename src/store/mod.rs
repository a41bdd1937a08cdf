//! What is kept: the only module that names sled. It speaks in domain verbs, all synchronous: call them on a blocking
//! thread.
//!
//! # Promises
//!
//! - A poll's items, identities, alerts and source state are one transaction ([`Store::commit`]): all of it is there, or nothing. Of a
//!   document with very many entries each entry is, and the source's state comes with the last.
//! - *Durable* means synced to disk before the verb returns, so that a power cut right after loses nothing. Each verb says whether
//!   it is durable. One that is not loses, at a kill or a power cut, at most what costs an early poll or an early attempt.
//! - A damaged store is noticed, at start or soon after ([`Store::read_through`]), set aside at the next start and never emptied
//!   ([`Opened::set_aside`]). The new one is made of the newest export and its journal ([`Recovery`]).
//! - An error is final (see [`StoreError`]): nothing is tried again on a disk that failed, nothing is acknowledged after it.
//!
//! It decides nothing: what is new, what matches and when to send is for others. It knows times only as far as rows
//! carry them.

mod alerts;
mod articles;
mod changes;
mod closed;
mod codec;
mod compact;
mod copies;
mod decisions;
mod durable;
mod error;
mod flusher;
mod folder;
mod guard;
mod head;
mod history;
mod identities;
mod items;
mod lock;
mod measure;
mod mutes;
mod open;
mod outbox;
mod polls;
mod prune;
mod scan;
mod shrink;
mod space;
mod standings;
mod stories;
mod tables;
mod verify;
mod walk;
mod watches;
mod writer;

use std::fmt;
use std::mem;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

pub use articles::{ArticleCommit, Became};
pub use compact::Compaction;
pub use copies::{Copied, CopyError, Kind, Recovery, Restored, verify_copy};
pub use decisions::Decisions;
pub use durable::Latencies;
pub use error::StoreError;
pub use folder::SetAside;
pub use history::Raised;
pub use measure::{Held, Holdings};
pub use outbox::OutboxEntry;
pub use polls::{PART, PollCommit};
pub use prune::Pruned;
pub use scan::Reading;
pub use shrink::Shrunk;
pub use space::Space;
pub use walk::Stretch;

use crate::model::ItemId;
use closed::Closed;
use copies::{Journal, Lost};
use durable::Durable;
use flusher::Flusher;
use folder::Folder;
use guard::guarded;
use lock::Lock;
use open::{Parts, open_checked};
use space::Reserve;
use tables::{Table, Tables};
use writer::Writer;

/// Where and how to keep; filled by `config`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The state folder; the store makes its own folder inside.
    pub path: PathBuf,
    /// Page cache of the engine, in bytes.
    pub cache: u64,
    /// How long opening may read in a store that was closed cleanly; see [`PATIENCE`] and [`Store::read_through`].
    pub patience: Duration,
}

/// The usual patience. In 5 s a disk of any kind reads some 30 MB in any order, a good one the store of a year.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Time for which the scan holds up other work, at most, beside it; and between two words on how far it is, before it.
const STEP: Duration = Duration::from_millis(20);

/// A store as opened.
#[derive(Debug)]
pub struct Opened {
    /// The store, ready for work.
    pub store: Store,
    /// The damaged store that was found in its place and moved away.
    pub set_aside: Option<SetAside>,
    /// How a new one was made just now in place of one that was damaged, or is gone.
    pub recovery: Option<Recovery>,
}

/// The store. Cheap to clone; closed when the last clone is dropped.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

/// What `status` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// Sources ever polled.
    pub sources: u64,
    /// Items kept.
    pub items: u64,
    /// Alerts that wait to be addressed to their readers.
    pub due_alerts: u64,
    /// Alerts that one of their readers has not been told of; each counts once for every reader.
    pub waiting: u64,
    /// Notifications that wait for the mail server.
    pub open_notifications: u64,
    /// Notifications in the ledger.
    pub settled_notifications: u64,
    /// Bytes on disk.
    pub bytes: u64,
}

struct Inner {
    /// `None` only while dropping.
    engine: Option<Engine>,
    /// `None` only while dropping.
    flusher: Option<Flusher>,
    durable: Durable,
    /// Locked by every verb that writes: one transaction is decided and applied at a time.
    writer: Mutex<Writer>,
    last_item: AtomicU64,
    /// The first error, once there was one.
    broken: Arc<OnceLock<String>>,
    folder: Folder,
    reserve: Reserve,
    recovery: Option<Recovery>,
    _lock: Lock,
}

struct Engine {
    db: sled::Db,
    tables: Tables,
}

impl Store {
    /// Opens the store in a state folder, making one when there is none. Blocks for as long as the whole store takes
    /// to read; after a clean stop not longer than [`Settings::patience`], and the rest is for [`Store::read_through`].
    ///
    /// # Errors
    /// [`StoreError::Locked`] and [`StoreError::Newer`], which touch nothing; [`StoreError::Full`]; [`StoreError::Io`].
    pub fn open(settings: &Settings) -> Result<Opened, StoreError> {
        Self::open_watched(settings, &mut |_| ())
    }

    /// The same, telling many times a second how far the reading is.
    ///
    /// # Errors
    /// See [`Store::open`].
    pub fn open_watched(settings: &Settings, watch: &mut dyn FnMut(Reading)) -> Result<Opened, StoreError> {
        lock::state_folder(&settings.path)?;
        let lock = Lock::take(&settings.path)?;
        let folder = Folder::new(&settings.path);
        space::make_room_to_open(&settings.path);
        // Left by a start that was cut short before it could tell of it.
        let mut set_aside = if folder.exists()? { None } else { folder.last_set_aside()? };
        let parts = if folder.exists()? {
            match folder.check_format().and_then(|()| open_checked(&folder, settings, watch)) {
                Err(StoreError::Damaged { what }) => {
                    set_aside = Some(folder.set_aside(what, Timestamp::now())?);
                    None
                }
                sound_or_refused => Some(sound_or_refused?),
            }
        } else {
            None
        };
        let (parts, recovery) = match parts {
            Some(parts) => (parts, None),
            None => {
                let aside = set_aside.as_ref().map(|aside| aside.to.as_path());
                let recovery = copies::rebuild(&folder, settings.cache, &Lost { aside, at: Timestamp::now() }, watch)?;
                if recovery.is_none() {
                    folder.create(settings.cache)?;
                }
                (open_checked(&folder, settings, watch)?, recovery)
            }
        };
        compact::remove_leftover(&folder, set_aside.is_some());
        Ok(Opened { store: Self::start(parts, folder, lock)?, set_aside, recovery })
    }

    fn start(parts: Parts, folder: Folder, lock: Lock) -> Result<Self, StoreError> {
        let Parts { engine, durable, mut writer } = parts;
        if let Some(journal) = Journal::resume(folder.state(), writer.head().commits) {
            writer.go_on_in(journal);
        }
        let broken = Arc::new(OnceLock::new());
        let flusher = Flusher::start(engine.db.clone(), broken.clone())?;
        Ok(Self(Arc::new(Inner {
            engine: Some(engine),
            flusher: Some(flusher),
            durable,
            last_item: AtomicU64::new(writer.head().last_item),
            writer: Mutex::new(writer),
            broken,
            reserve: Reserve::new(folder.state(), &folder.engine().join("db")),
            recovery: Recovery::read(&folder.recovery()),
            folder,
            _lock: lock,
        })))
    }

    /// Reads through, beside other work, what opening left unread. Ends early when it may not `go_on`, which it asks many times
    /// a second.
    ///
    /// # Errors
    /// See [`StoreError`]. After damage the next start reads everything first, and sets the store aside.
    pub fn read_through(&self, go_on: impl Fn() -> bool) -> Result<(), StoreError> {
        while go_on() {
            let began = Instant::now();
            if self.write(|writer, engine, _| writer.read_on(engine, began + STEP))? {
                return Ok(());
            }
            // As much time for others, on the disk and under the lock.
            std::thread::sleep(began.elapsed());
        }
        Ok(())
    }

    /// Whether a state folder holds a store.
    #[must_use]
    pub fn exists(settings: &Settings) -> bool {
        Folder::new(&settings.path).store().exists()
    }

    /// The number for an item taken in at `now`: time-ordered, and never given twice although the clock steps back or the program
    /// restarts. A number that was given but not committed may come again after a restart.
    #[must_use]
    pub fn next_item_id(&self, now: Timestamp) -> ItemId {
        let next = |last| ItemId(last).next().max(ItemId::at(now)).0;
        let last = self.0.last_item.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last)));
        ItemId(next(last.expect("the update always gives a value")))
    }

    /// Damaged stores that were set aside and are still there, oldest first: what they knew, this one does not.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn set_aside(&self) -> Result<Vec<PathBuf>, StoreError> {
        self.0.folder.all_set_aside()
    }

    /// How this store was made anew, if it was.
    #[must_use]
    pub fn recovery(&self) -> Option<&Recovery> {
        self.0.recovery.as_ref()
    }

    /// Counts, and the size on disk.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn stats(&self) -> Result<Stats, StoreError> {
        let bytes = self.0.folder.size()?;
        self.write(|writer, _, _| {
            let head = writer.head();
            Ok(Stats {
                sources: head.rows(Table::Sources),
                items: head.rows(Table::Items),
                due_alerts: head.rows(Table::DueAlerts),
                waiting: head.rows(Table::Waiting),
                open_notifications: head.rows(Table::Outbox),
                settled_notifications: head.rows(Table::Ledger),
                bytes,
            })
        })
    }

    /// How long the disk takes. Answers although the store hangs.
    #[must_use]
    pub fn latencies(&self) -> Latencies {
        self.0.durable.latencies()
    }

    /// Runs a verb that only reads. It reads row by row beside whoever writes, so a value in several pieces may be torn by a change
    /// under way. What looks damaged is therefore read again while nobody writes, before it is believed.
    fn read<T>(&self, work: impl Fn(&Tables) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.run(|engine| match work(&engine.tables) {
            Err(StoreError::Damaged { .. }) => {
                let _nobody_writes = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner);
                work(&engine.tables)
            }
            read => read,
        })
    }

    /// Runs a verb that writes; one at a time.
    fn write<T>(
        &self,
        work: impl FnOnce(&mut Writer, &Engine, &Durable) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.run(|engine| {
            // A panic under this lock broke the store, so whoever finds it poisoned gets no further than `run`.
            let mut writer = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner);
            self.sound()?;
            self.0.reserve.fill();
            work(&mut writer, engine, &self.0.durable)
        })
    }

    /// Every error is final: what the engine holds in memory after one is not to be trusted, and not to be written.
    fn run<T>(&self, work: impl FnOnce(&Engine) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.sound()?;
        let engine = self.0.engine.as_ref().expect("the engine is there until the last clone is dropped");
        guarded(|| work(engine)).inspect_err(|error| drop(self.0.broken.set(error.to_string())))
    }

    fn sound(&self) -> Result<(), StoreError> {
        self.0.broken.get().map_or(Ok(()), |why| Err(StoreError::Broken { why: why.clone() }))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let Some(engine) = self.engine.take() else { return };
        let flusher = self.flusher.take();
        if self.broken.get().is_some() {
            // Closing flushes and syncs what must not be written any more, and panics when that fails.
            mem::forget(engine);
            return;
        }
        if let Some(flusher) = flusher {
            flusher.stop();
        }
        let writer = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner);
        let note = Closed { commits: writer.head().commits, read_through: writer.read_through() };
        let closed = guarded(|| {
            let synced = self.durable.sync(&engine.db, note.commits);
            drop(engine);
            synced.and_then(|()| note.leave(&self.folder.closed()))
        });
        if let Err(error) = closed {
            tracing::error!(%error, "the store did not close cleanly; nothing acknowledged is lost");
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("folder", &self.0.folder).finish_non_exhaustive()
    }
}
