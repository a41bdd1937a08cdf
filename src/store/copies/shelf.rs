//! The folder of exports and journals, and the export that is made by itself: once a day, sooner when the journal is
//! long or has a gap; the newest few are kept, with the journals from the oldest of them on.

use std::cell::Cell;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::super::{Store, StoreError};
use super::file::CopyFile;
use super::journal::Journal;
use super::taking::Follows;
use super::{Copied, CopyError, Kind};

/// Time between two exports.
const EVERY: Duration = Duration::from_secs(24 * 3600);
/// Journal from which on an export is made before its time, in bytes: reading it back takes a second or two.
const LONG: u64 = 64 << 20;
/// Exports kept. One may be damaged by what damaged the store; two days are the time in which somebody looks.
const KEPT: usize = 3;
/// Room that an export leaves on the disk, in bytes, beside what the newest one took twice: the store itself comes
/// first.
const ROOM: u64 = 32 << 20;

/// An export, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Export {
    pub(super) path: PathBuf,
    pub(super) at: Timestamp,
    pub(super) commits: u64,
}

/// The folder.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    pub(super) fn new(state: &Path) -> Self {
        Self { folder: state.join("export") }
    }

    /// Newest first, by commits: a clock may have been ahead or set back. A folder that cannot be read holds none: whoever needs them
    /// says that there are none.
    pub(super) fn exports(&self) -> Vec<Export> {
        let mut found: Vec<Export> = self.names().into_iter().filter_map(|name| self.export(&name)).collect();
        found.sort_by_key(|export| std::cmp::Reverse((export.commits, export.at)));
        found
    }

    /// By the commit after which they begin.
    pub(super) fn journals(&self) -> Vec<(u64, PathBuf)> {
        let journal = |name: String| {
            let base = u64::from_str_radix(name.strip_suffix(".journal")?, 16).ok()?;
            Some((base, self.folder.join(name)))
        };
        let mut found: Vec<_> = self.names().into_iter().filter_map(journal).collect();
        found.sort();
        found
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten();
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect()
    }

    fn export(&self, name: &str) -> Option<Export> {
        let (at, commits) = name.strip_suffix(".export")?.split_once('-')?;
        let commits = u64::from_str_radix(commits, 16).ok()?;
        let at = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%S%.fZ", at).ok()?;
        let at = jiff::tz::TimeZone::UTC.to_timestamp(at).ok()?;
        Some(Export { path: self.folder.join(name), at, commits })
    }

    fn name(&self, at: Timestamp, commits: u64) -> PathBuf {
        self.folder.join(format!("{}-{commits:016x}.export", at.strftime("%Y%m%dT%H%M%S%.3fZ")))
    }

    /// Begins the journal after a commit.
    pub(super) fn begin_journal(&self, base: u64) -> std::io::Result<Journal> {
        Journal::begin(self.folder.join(format!("{base:016x}.journal")), base)
    }

    /// The file in which the next export is written, in a folder that others cannot enter. There is only one: a
    /// leftover makes way.
    fn part(&self) -> Result<(PathBuf, File), CopyError> {
        let step = || format!("make an export in {}", self.folder.display());
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder).map_err(CopyError::io(step()))?;
        let path = self.folder.join("part");
        let file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&path);
        Ok((path, file.map_err(CopyError::io(step()))?))
    }

    /// Refuses while the disk is nearly full.
    fn has_room(&self) -> Result<(), CopyError> {
        let newest =
            self.exports().first().and_then(|export| fs::metadata(&export.path).ok()).map_or(0, |about| about.len());
        let Ok(disk) = rustix::fs::statvfs(&self.folder) else { return Ok(()) };
        if disk.f_bavail.saturating_mul(disk.f_frsize) > newest.saturating_mul(2).saturating_add(ROOM) {
            return Ok(());
        }
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        Err(CopyError::io(format!("make an export in {}, which needs the room", self.folder.display()))(full))
    }

    /// Removes exports beyond those kept, and journals that none of these needs.
    fn keep_few(&self) {
        let exports = self.exports();
        let (kept, old) = exports.split_at(exports.len().min(KEPT));
        let oldest = kept.iter().map(|export| export.commits).min().unwrap_or(0);
        let journals = self.journals().into_iter().filter(|(base, _)| *base < oldest).map(|(_, path)| path);
        for path in old.iter().map(|export| export.path.clone()).chain(journals) {
            if let Err(error) = fs::remove_file(&path) {
                tracing::warn!(path = %path.display(), %error, "an old export cannot be removed");
            }
        }
    }
}

impl Store {
    /// Whether an export is to be made: there is news, and the newest is a day old; or the journal after it is long or has a gap.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn is_export_due(&self, now: Timestamp) -> Result<bool, StoreError> {
        let (journaled, commits) = self.write(|writer, _, _| {
            Ok((writer.journal().is_some_and(|journal| journal.bytes() < LONG), writer.head().commits))
        })?;
        // One from the future, of a clock that was ahead, may be of any age.
        let is_of_today = |at| Duration::try_from(now.duration_since(at)).is_ok_and(|age| age < EVERY);
        let newest = self.shelf().exports().into_iter().next();
        let stands = newest.is_some_and(|newest| newest.commits == commits || is_of_today(newest.at));
        Ok(!journaled || !stands)
    }

    /// When the newest export was made.
    #[must_use]
    pub fn exported(&self) -> Option<Timestamp> {
        self.shelf().exports().first().map(|export| export.at)
    }

    /// Makes an export in the state folder, begins a journal after it, and forgets old ones. Beside other work, and for
    /// as long as it may `go_on`.
    ///
    /// # Errors
    /// See [`CopyError`]; the exports and the journal of before stay.
    pub fn export(&self, go_on: impl Fn() -> bool) -> Result<Copied, CopyError> {
        // First of all: while another is being made, its file must be left alone.
        let follows = Follows::begin(self)?;
        let shelf = self.shelf();
        let (part, file) = shelf.part()?;
        let made = shelf.has_room().and_then(|()| export_to(&follows, &shelf, &part, file, go_on));
        if made.is_err() {
            // Only a leftover, which the next one overwrites.
            fs::remove_file(&part).ok();
        }
        made
    }

    fn shelf(&self) -> Shelf {
        Shelf::new(self.0.folder.state())
    }
}

/// Writes the export, and begins the journal after it.
fn export_to(
    follows: &Follows<'_>,
    shelf: &Shelf,
    part: &Path,
    file: File,
    go_on: impl Fn() -> bool,
) -> Result<Copied, CopyError> {
    let step = || format!("write {}", part.display());
    let commits = Cell::new(0);
    let mut to = BufWriter::new(file);
    let copied = follows.copy(Kind::Export, &mut to, go_on, |writer| {
        commits.set(writer.head().commits);
        // Nothing was committed since it was begun.
        if writer.journal().is_none_or(|journal| journal.base() != commits.get()) {
            let journal = shelf.begin_journal(commits.get()).map_err(CopyError::io("begin a journal"))?;
            writer.go_on_in(journal);
        }
        Ok(())
    })?;
    let name = shelf.name(copied.at, commits.get());
    to.flush().and_then(|()| to.get_ref().sync_all()).map_err(CopyError::io(step()))?;
    // What is not as it was written must not push out one that is.
    CopyFile::open(part)?;
    fs::rename(part, &name).and_then(|()| File::open(&shelf.folder)?.sync_all()).map_err(CopyError::io(step()))?;
    shelf.keep_few();
    Ok(copied)
}
