//! What makes a commit durable, and the witness of how far that went.
//!
//! The engine's `flush()` calls `sync_file_range` on Linux, which writes no metadata: after a power cut the file may
//! be shorter than what was "flushed" (spacejam/sled#1452; of 60 cuts 59 lost everything acknowledged). So a commit
//! is durable when the engine has flushed **and** our own fsync of its file has returned.
//!
//! The witness `tip` holds the number of the last durable transaction. It is written after the fsync and never synced
//! itself, so it is never ahead of the store: a store that opens behind its witness has lost something it had
//! acknowledged, which is how a damaged end of the log shows (the engine takes it for an unfinished write and cuts it
//! off without a word).

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::{Advice, FallocateFlags, FlockOperation, fadvise, fallocate, flock};
use rustix::io::Errno;

use super::StoreError;
use crate::model::{Histogram, Recorder};

/// Seconds. Flash syncs within milliseconds, a disk that turns in tens of them; what takes seconds is a disk about to fail, or one that
/// others keep busy.
const BOUNDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// The files a durable commit needs.
#[derive(Debug)]
pub(super) struct Durable {
    db: File,
    tip: File,
    syncs: Recorder,
    commits: Recorder,
}

/// How long the disk took for what was made durable since the store was opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Latencies {
    /// Our fsync of the engine's file.
    pub sync: Histogram,
    /// A durable commit: what the engine writes before that fsync, and the witness after it.
    pub commit: Histogram,
}

impl Durable {
    /// `engine` is the engine's folder, `tip` the witness, made when missing.
    pub(super) fn open(engine: &Path, tip: &Path) -> Result<Self, StoreError> {
        let db = engine.join("db");
        let db = File::open(&db).map_err(|error| match error.kind() {
            // The folder is whole or absent, so a file that is missing was taken away.
            ErrorKind::NotFound => StoreError::Damaged { what: format!("{} is missing", db.display()) },
            _ => StoreError::io(format!("open {}", db.display()))(error),
        })?;
        let tip = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(tip)
            .map_err(StoreError::io(format!("open {}", tip.display())))?;
        // Its place is taken before the disk is full; where that cannot be, it is by the first commit.
        if let Err(errno) = fallocate(&tip, FallocateFlags::KEEP_SIZE, 0, 12) {
            tracing::debug!(%errno, "no place is kept for the store's witness");
        }
        Ok(Self { db, tip, syncs: Recorder::new(&BOUNDS), commits: Recorder::new(&BOUNDS) })
    }

    /// Waits until the engine of an earlier store in this process has let go of the file. It closes on threads of its
    /// own, a moment after it is dropped, and refuses to open what is locked. Other processes are kept out by
    /// [`super::lock`] already.
    pub(super) fn wait_until_free(&self) -> Result<(), StoreError> {
        let step = "open the store";
        for _ in 0..500 {
            match flock(&self.db, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return flock(&self.db, FlockOperation::Unlock).map_err(|e| StoreError::io(step)(e.into())),
                Err(Errno::WOULDBLOCK) => std::thread::sleep(Duration::from_millis(10)),
                Err(e) => return Err(StoreError::io(step)(e.into())),
            }
        }
        Err(StoreError::io(step)(Errno::WOULDBLOCK.into()))
    }

    /// Makes everything written so far durable. The metadata that `fdatasync` leaves out (times) is not needed to
    /// read it back.
    pub(super) fn sync(&self, engine: &sled::Db, commits: u64) -> Result<(), StoreError> {
        let began = Instant::now();
        engine.flush().map_err(StoreError::engine("write the store"))?;
        self.sync_data()?;
        let bytes = witness(commits);
        self.tip.write_all_at(&bytes, 0).map_err(StoreError::io("write the store's witness"))?;
        self.commits.record(began.elapsed());
        Ok(())
    }

    pub(super) fn latencies(&self) -> Latencies {
        Latencies { sync: self.syncs.read(), commit: self.commits.read() }
    }

    /// Our own fsync of the engine's file.
    pub(super) fn sync_data(&self) -> Result<(), StoreError> {
        let began = Instant::now();
        self.db.sync_data().map_err(StoreError::io("sync the store"))?;
        self.syncs.record(began.elapsed());
        Ok(())
    }

    /// Has the system read the file ahead, in its own order, since everything is going to be read: a store of 400 MB opened in 64 s
    /// on a disk of 100 seeks a second, and in 10 s with this. No more than the cache is sure to hold: the unit in `deploy/` allows
    /// 256 MiB for all. Only a hint, so it cannot fail.
    pub(super) fn read_ahead(&self) {
        const MOST: std::num::NonZeroU64 = std::num::NonZeroU64::new(128 << 20).expect("not zero");
        if let Err(errno) = fadvise(&self.db, 0, Some(MOST), Advice::WillNeed) {
            tracing::debug!(%errno, "the store is not read ahead");
        }
    }

    /// The number in the witness; `None` when it is empty or damaged itself, and then it proves nothing.
    pub(super) fn witnessed(&self) -> Option<u64> {
        read_witness(&self.tip)
    }
}

/// The number in the witness of a store that was moved here; see [`Durable::witnessed`].
pub(super) fn witnessed_in(store: &Path) -> Option<u64> {
    read_witness(&File::open(store.join("tip")).ok()?)
}

fn read_witness(tip: &File) -> Option<u64> {
    let mut bytes = [0; 12];
    tip.read_exact_at(&mut bytes, 0).ok()?;
    let commits = u64::from_be_bytes(*bytes.first_chunk()?);
    (witness(commits) == bytes).then_some(commits)
}

fn witness(commits: u64) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&commits.to_be_bytes());
    let crc = crc32fast::hash(&bytes[..8]);
    bytes[8..].copy_from_slice(&crc.to_le_bytes());
    bytes
}

/// Makes a folder's entries durable: files made, renamed or removed in it.
pub(super) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(StoreError::io(format!("sync {}", path.display())))
}

/// Makes a file's content durable.
pub(super) fn sync_file(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(StoreError::io(format!("sync {}", path.display())))
}
