//! The files of a store, and how its folder comes and goes.
//!
//! ```text
//! <state folder>/            0700
//!   lock                     the process that has it
//!   store/                   whole or absent: made under another name, synced, then renamed
//!     format                 "sahelwatch store 5": read before the engine may touch anything
//!     tip                    the witness of the last durable commit
//!     closed                 left by a clean close, taken away by the next start
//!     recovery               how it was made anew, if it was
//!     engine/                the engine's own: conf, db, snap.*, blobs/ (always empty)
//!   store.compact/           a compaction that was cut short: its copy before the swap, what it replaces after it
//!   store.damaged-<time>/    a store set aside
//!   ballast                  room for a start on a full disk
//!   store.replaced-<time>/   a store in whose place a copy was restored
//!   export/                  see `copies`
//! ```

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::StoreError;
use super::copies::Recovery;
use super::durable::{sync_file, sync_folder};
use super::guard::guarded;
use super::head::{self, Head};
use super::tables::{Table, Tables};

/// The format this version writes, and the newest it reads. Goes up with every change that an older version would
/// misread. 2 added the table of watches and the reason of backfilled alerts; 3 the tables of stories, readers and mutes, and
/// their reasons; 5 the reason of alerts after a loss, and what the operator is told of the disk. What earlier ones wrote reads as it
/// did.
pub(super) const FORMAT: u32 = 5;

/// What stands in `format` before the number.
const FORMAT_NAME: &str = "sahelwatch store ";

/// What the folders of stores set aside are called, before the time.
const SET_ASIDE: &str = "store.damaged-";
const REPLACED: &str = "store.replaced-";

/// The note of how a store was made anew.
const RECOVERY: &str = "recovery";

/// A store that was found damaged, and where it is now. Its state is unknown to the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The folder it was moved to.
    pub to: PathBuf,
    /// What was found.
    pub what: String,
}

/// Where a store is.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    state: PathBuf,
    name: &'static str,
}

impl Folder {
    pub(super) fn new(state: &Path) -> Self {
        Self { state: state.to_owned(), name: "store" }
    }

    /// Where a compaction copies to.
    pub(super) fn of_compaction(&self) -> Self {
        Self { state: self.state.clone(), name: "store.compact" }
    }

    pub(super) fn state(&self) -> &Path {
        &self.state
    }

    pub(super) fn store(&self) -> PathBuf {
        self.state.join(self.name)
    }

    pub(super) fn engine(&self) -> PathBuf {
        self.store().join("engine")
    }

    pub(super) fn tip(&self) -> PathBuf {
        self.store().join("tip")
    }

    pub(super) fn closed(&self) -> PathBuf {
        self.store().join("closed")
    }

    /// Left where a compaction is wanted at the next start.
    pub(super) fn wish(&self) -> PathBuf {
        self.store().join("compact")
    }

    pub(super) fn recovery(&self) -> PathBuf {
        self.store().join(RECOVERY)
    }

    pub(super) fn exists(&self) -> Result<bool, StoreError> {
        self.store().try_exists().map_err(StoreError::io(format!("look for {}", self.store().display())))
    }

    /// Refuses what a newer version wrote, before anything is changed.
    pub(super) fn check_format(&self) -> Result<(), StoreError> {
        let path = self.store().join("format");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData) => String::new(),
            Err(e) => return Err(StoreError::io(format!("read {}", path.display()))(e)),
        };
        match text.strip_prefix(FORMAT_NAME).and_then(|number| number.trim_end().parse().ok()) {
            Some(found) if found > FORMAT => Err(StoreError::Newer { path: self.store(), found, known: FORMAT }),
            Some(FORMAT) => Ok(()),
            Some(1..FORMAT) => self.raise_format(),
            _ => Err(StoreError::Damaged { what: format!("{} does not name a format", path.display()) }),
        }
    }

    /// Says that from now on older versions must keep away; before anything is written that they would misread.
    fn raise_format(&self) -> Result<(), StoreError> {
        let (path, new) = (self.store().join("format"), self.store().join("format.new"));
        write_format(&new)
            .and_then(|()| fs::rename(&new, &path))
            .map_err(StoreError::io(format!("write {}", path.display())))?;
        sync_folder(&self.store())
    }

    /// Makes an empty store, whole or not at all.
    pub(super) fn create(&self, cache: u64) -> Result<(), StoreError> {
        self.build(cache, |_| Ok::<_, StoreError>((Head::default(), None)))?;
        self.put_in_place()
    }

    /// Makes a store beside the place of the store, filled and synced: a power cut leaves at most a folder of another name, which the
    /// next try removes. `fill` gives its head, and how it was made anew, which is given back.
    pub(super) fn build<E: From<StoreError>>(
        &self,
        cache: u64,
        fill: impl FnOnce(&Tables) -> Result<(Head, Option<Recovery>), E>,
    ) -> Result<Option<Recovery>, E> {
        let new = self.new_store();
        let step = || format!("make {}", new.display());
        match fs::remove_dir_all(&new) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(StoreError::io(step())(e).into()),
            _ => fs::create_dir(&new).map_err(StoreError::io(step()))?,
        }
        let mut filled = Ok(None);
        // The engine may panic in here, so nothing is given out of it but the outcome.
        guarded(|| {
            let engine = open_engine(&new.join("engine"), cache)?;
            let tables = Tables::open(&engine)?;
            filled = fill(&tables).and_then(|(head, recovery)| {
                let head = tables.tree(Table::Meta).insert(head::KEY, head.row().head);
                head.and_then(|_| engine.flush()).map_err(StoreError::engine("write the first row"))?;
                Ok(recovery)
            });
            Ok(())
        })?;
        let recovery = filled?;
        if let Some(recovery) = &recovery {
            recovery.leave(&new.join(RECOVERY))?;
        }
        write_format(&new.join("format"))
            .and_then(|()| File::create(new.join("tip")))
            .map_err(StoreError::io(step()))?;
        sync_tree(&new)?;
        Ok(recovery)
    }

    fn new_store(&self) -> PathBuf {
        self.state.join("store.new")
    }

    /// Puts what was built into the place of the store, which is empty.
    pub(super) fn put_in_place(&self) -> Result<(), StoreError> {
        let new = self.new_store();
        fs::rename(&new, self.store()).map_err(StoreError::io(format!("put {} in its place", new.display())))?;
        sync_folder(&self.state)?;
        // The state folder may be new as well.
        self.state.parent().filter(|parent| !parent.as_os_str().is_empty()).map_or(Ok(()), sync_folder)
    }

    /// Moves a damaged store out of the way, to be looked at; never removes it.
    pub(super) fn set_aside(&self, what: String, now: Timestamp) -> Result<SetAside, StoreError> {
        Ok(SetAside { to: self.move_away(SET_ASIDE, now)?, what })
    }

    /// The same for one in whose place another is put.
    pub(super) fn replaced(&self, now: Timestamp) -> Result<PathBuf, StoreError> {
        self.move_away(REPLACED, now)
    }

    fn move_away(&self, name: &str, now: Timestamp) -> Result<PathBuf, StoreError> {
        let stamp = now.strftime("%Y%m%dT%H%M%SZ");
        let named = |suffix: &str| self.state.join(format!("{name}{stamp}{suffix}"));
        let step = "set the store aside";
        // Two in one second happen in tests and in the worst of nights.
        let names = std::iter::once(String::new()).chain((2_u32..).map(|n| format!("-{n}")));
        for suffix in names {
            let to = named(&suffix);
            if to.try_exists().map_err(StoreError::io(step))? {
                continue;
            }
            fs::rename(self.store(), &to).map_err(StoreError::io(step))?;
            sync_folder(&self.state)?;
            return Ok(to);
        }
        unreachable!("a name is free sooner or later")
    }

    /// The store set aside last, of those still here.
    pub(super) fn last_set_aside(&self) -> Result<Option<SetAside>, StoreError> {
        let what = || "found by an earlier start, which was cut short".to_owned();
        let (damaged, replaced) = (self.all_set_aside()?.pop(), self.moved_away(REPLACED)?.pop());
        Ok(damaged.or(replaced).map(|to| SetAside { to, what: what() }))
    }

    /// Every store ever set aside and still here, oldest first.
    pub(super) fn all_set_aside(&self) -> Result<Vec<PathBuf>, StoreError> {
        self.moved_away(SET_ASIDE)
    }

    fn moved_away(&self, name: &str) -> Result<Vec<PathBuf>, StoreError> {
        let step = || format!("list {}", self.state.display());
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.state).map_err(StoreError::io(step()))? {
            let file = entry.map_err(StoreError::io(step()))?.file_name();
            if file.as_encoded_bytes().starts_with(name.as_bytes()) {
                found.push(self.state.join(file));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Bytes on disk.
    pub(super) fn size(&self) -> Result<u64, StoreError> {
        let mut bytes = 0;
        walk(&self.store(), &mut |path| {
            bytes += fs::metadata(path).map(|file| file.len()).unwrap_or(0);
            Ok(())
        })
        .map_err(StoreError::io(format!("measure {}", self.store().display())))?;
        Ok(bytes)
    }
}

/// Opens the engine. It may panic: only under [`super::guard::guarded`].
///
/// `flush_every_ms` is off: the engine's own flusher would fsync, log an error of that and go on, and our next fsync would succeed
/// over pages the system has dropped ([`super::flusher`] flushes instead). `LowSpace` is the engine's default mode; the other one
/// made no difference in file size or CPU that could be measured (1,000 polls of 30 items, 120,000 quiet ones).
pub(super) fn open_engine(folder: &Path, cache: u64) -> Result<sled::Db, StoreError> {
    let config =
        sled::Config::default().path(folder).cache_capacity(cache).flush_every_ms(None).mode(sled::Mode::LowSpace);
    config.open().map_err(StoreError::engine("open the store"))
}

pub(super) fn write_format(path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    writeln!(file, "{FORMAT_NAME}{FORMAT}")?;
    file.sync_all()
}

/// Makes everything in a folder durable, and the folder.
pub(super) fn sync_tree(folder: &Path) -> Result<(), StoreError> {
    let mut result = Ok(());
    let walked = walk(folder, &mut |path| {
        result = std::mem::replace(&mut result, Ok(()))
            .and_then(|()| if path.is_dir() { sync_folder(path) } else { sync_file(path) });
        Ok(())
    });
    walked.map_err(StoreError::io(format!("sync {}", folder.display())))?;
    result
}

/// Calls `visit` on everything in a folder, and then on the folder.
fn walk(folder: &Path, visit: &mut dyn FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { walk(&path, visit)? } else { visit(&path)? }
    }
    visit(folder)
}
