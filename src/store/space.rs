//! Room on the disk: how much is free, and what is kept back of it, so that the engine does not meet a full disk by itself. It
//! takes a failed write for the end, and does not even open while the disk is full (sled 0.34.7).
//!
//! Two things are kept back:
//!
//! - Behind the end of the engine's file lies some room that is its own already ([`fallocate`] with `KEEP_SIZE`). Whoever takes the
//!   last free byte, what the engine appends has a place. It is filled up again before each transaction. The engine cuts free parts
//!   off the end of its file now and then, and this room with them, so it is measured each time, not remembered.
//! - The *ballast*, a file beside the store, is made while there is room and removed when there is none any more, or at a start that
//!   finds none. What it leaves is for the engine's snapshot, which it writes while it opens, and for recording what became of mail.
//!
//! On a file system that cannot keep room back (NFS 4.1, ZFS) the ballast alone remains. What to do about a full disk is for others.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{FallocateFlags, fallocate, fstat, statvfs};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::{Store, StoreError};

/// Room behind the engine's file: below `LEAST` it is filled up to `MOST`. Estimates, meant to be far above what a transaction
/// that records what became of a mail appends.
const LEAST: u64 = 1 << 20;
const MOST: u64 = 4 << 20;

/// Size of the ballast: an estimate of what the engine's snapshot and the record of the mail that waits need.
pub(super) const BALLAST: u64 = 16 << 20;

/// With less free than this, nothing new is taken in: it would only take the room of what must be recorded.
const FULL: u64 = 4 << 20;

/// What a group of polls may take of the disk for each byte of its documents. The engine writes a page anew for some of the
/// rows that come into it, so the file grows by more than the rows. An estimate.
const SPREAD: u64 = 4;

/// How the disk of a state folder stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Space {
    /// Bytes that others than root can still write.
    pub free: u64,
    /// Bytes of the file system.
    pub size: u64,
    /// Whether nothing new is taken in for want of room.
    pub full: bool,
    /// Bytes of the ballast; 0 while there is no room for it.
    pub ballast: u64,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Reserve {
    state: PathBuf,
    /// The engine's file; None where it cannot be opened a second time, and then nothing is kept back.
    file: Option<File>,
    full: AtomicBool,
}

impl Reserve {
    pub(super) fn new(state: &Path, engine_file: &Path) -> Self {
        let file = OpenOptions::new().write(true).open(engine_file);
        let file = file.inspect_err(|error| tracing::debug!(%error, "no room is kept back for the store")).ok();
        Self { state: state.to_owned(), file, full: AtomicBool::new(false) }
    }

    /// Sees to it that some room lies behind the engine's file. A hint: what cannot be kept back is not missed until the disk is full.
    pub(super) fn fill(&self) {
        let Some(file) = &self.file else { return };
        match keep_back(file, LEAST, MOST) {
            Err(Errno::NOSPC | Errno::DQUOT) => {
                if !self.full.swap(true, Ordering::Relaxed) {
                    tracing::error!(
                        "the disk is full: nothing new is taken in until there is room; queued mail is still sent"
                    );
                }
                // What the ballast leaves is taken at once, before somebody else does.
                if release(&self.state) && keep_back(file, BALLAST - MOST, BALLAST - MOST).is_err() {
                    tracing::debug!("somebody else took the room of the ballast");
                }
            }
            Err(errno) => tracing::trace!(%errno, "no room is kept back for the store"),
            Ok(()) => {}
        }
    }

    /// Measures, makes the ballast where there is room, and decides whether the disk is full.
    fn look(&self) -> Result<Space, StoreError> {
        let Space { free, ballast, .. } = self.measure()?;
        let has_ballast = ballast == BALLAST;
        // What is needed before anything is taken in again, so that it does not go on and off.
        let wanted = if has_ballast { 2 * FULL } else { 2 * FULL + BALLAST };
        let was_full = self.full.load(Ordering::Relaxed);
        let full = free < if was_full || !has_ballast { wanted } else { FULL };
        if !full && !has_ballast {
            make(&self.state);
        }
        self.full.store(full, Ordering::Relaxed);
        if !full {
            self.fill();
        }
        self.measure()
    }

    fn measure(&self) -> Result<Space, StoreError> {
        let step = || format!("measure the disk of {}", self.state.display());
        let disk = statvfs(&self.state).map_err(|errno| StoreError::io(step())(errno.into()))?;
        Ok(Space {
            free: disk.f_bavail.saturating_mul(disk.f_frsize),
            size: disk.f_blocks.saturating_mul(disk.f_frsize),
            full: self.full.load(Ordering::Relaxed),
            ballast: ballast_size(&self.state),
        })
    }

    fn has_room_for(&self, bytes: u64) -> bool {
        if self.full.load(Ordering::Relaxed) {
            return false;
        }
        // Where it cannot be measured the engine will tell.
        let free = statvfs(&self.state).map_or(u64::MAX, |disk| disk.f_bavail.saturating_mul(disk.f_frsize));
        let enough = free >= bytes.saturating_mul(SPREAD).saturating_add(FULL);
        if !enough {
            self.full.store(true, Ordering::Relaxed);
        }
        enough
    }
}

impl Store {
    /// Measures the disk, keeps back what can be kept back, and decides whether it is full. Ask every few seconds.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the state folder cannot be looked at.
    pub fn keep_room(&self) -> Result<Space, StoreError> {
        self.0.reserve.look()
    }

    /// Measures the disk, and nothing else.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the state folder cannot be looked at.
    pub fn space(&self) -> Result<Space, StoreError> {
        self.0.reserve.measure()
    }

    /// Whether documents of so many bytes can be taken in and mail still be recorded. Where not, the disk counts as full until
    /// [`Store::keep_room`] finds otherwise.
    #[must_use]
    pub fn has_room_for(&self, bytes: u64) -> bool {
        self.0.reserve.has_room_for(bytes)
    }
}

/// Before a start: where there is hardly any room, the ballast makes some.
pub(super) fn make_room_to_open(state: &Path) {
    if statvfs(state).is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) < FULL) && release(state) {
        tracing::warn!("the disk is full: starting in the room of the ballast");
    }
}

/// Bytes that can still be written to a folder's disk.
pub(super) fn free(folder: &Path) -> Result<u64, StoreError> {
    let disk = statvfs(folder)
        .map_err(|errno| StoreError::io(format!("measure the disk of {}", folder.display()))(errno.into()))?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Allocates up to `most` bytes behind the end of a file when fewer than `least` are.
fn keep_back(file: &File, least: u64, most: u64) -> Result<(), Errno> {
    let stat = fstat(file)?;
    let length = u64::try_from(stat.st_size).unwrap_or(0);
    // st_blocks counts in 512 bytes everywhere (man 3 stat). Where files are compressed it says too little, and we ask once more.
    let allocated = u64::try_from(stat.st_blocks).unwrap_or(0).saturating_mul(512);
    if allocated.saturating_sub(length) >= least {
        return Ok(());
    }
    fallocate(file, FallocateFlags::KEEP_SIZE, length, most)
}

fn ballast(state: &Path) -> PathBuf {
    state.join("ballast")
}

fn ballast_size(state: &Path) -> u64 {
    fs::metadata(ballast(state)).map_or(0, |file| file.len())
}

/// Makes the ballast, whole or not at all.
fn make(state: &Path) {
    let path = ballast(state);
    let file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&path);
    let made = file.and_then(|file| Ok(fallocate(&file, FallocateFlags::empty(), 0, BALLAST)?));
    if let Err(error) = made {
        tracing::debug!(%error, "no ballast can be made here");
        release(state);
    }
}

/// Removes the ballast; false when there was none.
fn release(state: &Path) -> bool {
    match fs::remove_file(ballast(state)) {
        Ok(()) => true,
        Err(error) => {
            if error.kind() != ErrorKind::NotFound {
                tracing::warn!(%error, "the ballast cannot be removed");
            }
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt;

    use super::*;

    #[test]
    fn room_is_kept_behind_the_end_and_the_length_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        fs::write(&path, [1; 10_000]).unwrap();
        let reserve = Reserve::new(folder.path(), &path);
        let behind = || {
            let file = fs::metadata(&path).unwrap();
            std::os::unix::fs::MetadataExt::blocks(&file) * 512 - file.len()
        };
        reserve.fill();
        assert_eq!(fs::metadata(&path).unwrap().len(), 10_000);
        assert!((MOST - 8192..=MOST + 8192).contains(&behind()), "{}", behind());
        // What is appended comes out of it, and it is filled up when little is left.
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        file.write_all_at(&vec![2; (MOST - LEAST / 2) as usize], 10_000).unwrap();
        assert!(behind() < LEAST);
        reserve.fill();
        assert!(behind() >= MOST - 8192);
        // The engine cuts the file, and the room with it.
        file.set_len(20_000).unwrap();
        reserve.fill();
        assert!(behind() >= MOST - 8192);
    }

    #[test]
    fn the_ballast_is_made_once_and_is_all_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        fs::write(&path, b"").unwrap();
        let reserve = Reserve::new(folder.path(), &path);
        for _ in 0..2 {
            let space = reserve.look().unwrap();
            assert_eq!((space.ballast, space.full), (BALLAST, false));
            assert!(space.free > 0 && space.size > space.free);
        }
        assert!(
            std::os::unix::fs::MetadataExt::blocks(&fs::metadata(ballast(folder.path())).unwrap()) * 512 >= BALLAST
        );
        assert!(reserve.has_room_for(1000));
        assert!(!reserve.has_room_for(u64::MAX));
        assert!(!reserve.has_room_for(1000), "full until looked at again");
        assert!(!reserve.look().unwrap().full && reserve.has_room_for(1000));
        assert!(release(folder.path()) && !release(folder.path()));
    }
}
