//! Copies of the rows: a backup, to be kept elsewhere by a person; exports and a journal, from which a store that was
//! lost is made anew by itself (docs/promises.md P11). One format, one reading and one writing for all of them.
//!
//! ```text
//! <state folder>/export/                     0700, made by the daemon and by `run --once`
//!   20270115T080000.123Z-00000000000012ab.export   every row that cannot be fetched again, as of commit 0x12ab
//!   00000000000012ab.journal                 what each commit after that one changed of these rows
//! ```
//!
//! An export and the journals from its commit on give the store of the last commit but for texts ([`contents`]). The
//! journal is what makes this hold between two exports: a store of the morning, put back in the evening, would send
//! again what was sent by day. It is appended to by every commit, and synced by those that queue or settle a mail or
//! keep what a person decided ([`journal`]).
//!
//! Knows nothing of what the rows mean, except [`recovery`], which sees to it that nobody is told in a flood what may
//! have been told before.

mod contents;
mod file;
mod frame;
mod journal;
mod rebuild;
mod recovery;
mod restore;
mod shelf;
mod taking;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use recovery::Recovery;
pub use restore::Restored;

use super::StoreError;
pub(super) use journal::Journal;
pub(super) use rebuild::{Lost, rebuild};
pub(super) use taking::Touched;

/// What a copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Every row.
    Backup,
    /// What cannot be fetched again.
    Export,
}

impl Kind {
    /// The word in the first line of a copy.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::Export => "export",
        }
    }
}

/// What a copy came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// What it holds.
    pub kind: Kind,
    /// When it was begun: everything acknowledged before is in it.
    pub at: Timestamp,
    /// Rows written; one that changed meanwhile is written again.
    pub rows: u64,
    /// Bytes of the whole copy.
    pub bytes: u64,
}

/// Why a copy could not be taken or read. Only [`CopyError::Store`] says anything about the store.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something beside the store could not be read or written.
    #[error("{step}: {source}")]
    Io {
        /// What was being done.
        step: String,
        /// The system's word.
        source: io::Error,
    },
    /// The file is not a copy, or not as it was written.
    #[error("{}: {why}; nothing was changed: use another copy", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A newer version wrote the file.
    #[error("{}: a newer version wrote it ({what}); nothing was changed: install that version to restore it",
        path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// What is newer.
        what: String,
    },
    /// There is a store where one was to be restored.
    #[error("a store is there already: {}; nothing was changed: `--replace` sets it aside, and never removes it",
        path.display())]
    Exists {
        /// The store.
        path: PathBuf,
    },
    /// One copy is taken at a time.
    #[error("another copy of the store is being taken; try again when it is done")]
    Busy,
    /// The program is stopping, or nobody waits for the copy any more.
    #[error("the copy was given up before it was whole")]
    GivenUp,
    /// Rows changed faster than they could be written.
    #[error("the copy fell behind: rows change faster than they can be written; write it to a faster disk")]
    Behind,
}

impl CopyError {
    /// For `map_err`: an error of reading or writing beside the store at `step`.
    fn io(step: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { step: step.into(), source }
    }

    fn damaged(path: &Path, why: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), why: why.into() }
    }
}

/// Reads a copy through as [`super::Store::restore`] would, and changes nothing.
///
/// # Errors
/// Why it cannot be restored.
pub fn verify_copy(path: &Path) -> Result<Copied, CopyError> {
    let mut copy = file::CopyFile::open(path)?;
    let mut rows = 0;
    for frame in copy.frames()? {
        frame?;
        rows += 1;
    }
    Ok(Copied { kind: copy.header().kind, at: copy.header().at, rows, bytes: copy.bytes() })
}
