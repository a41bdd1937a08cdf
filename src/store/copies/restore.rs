//! Restoring a copy because a person asked for it.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::super::folder::Folder;
use super::super::lock::{self, Lock};
use super::super::{Settings, Store};
use super::CopyError;
use super::file::CopyFile;
use super::rebuild::{import, in_doubt, name};
use super::recovery::Recovery;

/// A store that was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What is known of it.
    pub recovery: Recovery,
    /// Where the store that was in its place is now.
    pub set_aside: Option<PathBuf>,
}

impl Store {
    /// Makes a store of a copy, and puts it into a state folder: whole or not at all. The copy is read whole and
    /// verified, and the new store synced, before the old one is set aside, which happens only with `replace`.
    ///
    /// What was seen and sent since the copy is unknown to it; see [`Recovery`].
    ///
    /// # Errors
    /// See [`CopyError`]; then the state folder holds what it held. [`super::StoreError::Locked`] while a daemon runs.
    pub fn restore(settings: &Settings, copy: &Path, replace: bool, now: Timestamp) -> Result<Restored, CopyError> {
        let mut copy = CopyFile::open(copy)?;
        lock::state_folder(&settings.path)?;
        let _lock = Lock::take(&settings.path)?;
        let folder = Folder::new(&settings.path);
        let is_there = folder.exists()?;
        if is_there && !replace {
            return Err(CopyError::Exists { path: folder.store() });
        }
        let built = folder.build(settings.cache, |tables| {
            let known_until = Some(copy.header().at);
            let head = import(tables, &mut copy, &mut |_| ())?;
            let recovery = Recovery { known_until, by_hand: true, copy: name(copy.path()), ..Recovery::new(now) };
            let (head, recovery) = in_doubt(tables, head, recovery)?;
            Ok::<_, CopyError>((head, Some(recovery)))
        })?;
        let recovery = built.expect("it was just made");
        let set_aside = if is_there { Some(folder.replaced(now)?) } else { None };
        folder.put_in_place()?;
        Ok(Restored { recovery, set_aside })
    }
}
