//! What can go wrong in the store, one variant per thing an operator would do differently.

use std::io;
use std::path::PathBuf;

/// Why the store did not do what was asked. Apart from [`StoreError::Locked`] and [`StoreError::Newer`], which leave
/// everything as it was, every error is final: the store refuses all further work, and the process should stop and
/// start again, which reads back what is truly on disk.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has this state folder. The command line ends with exit status 75 (`EX_TEMPFAIL`).
    #[error("open the store in {}: it is in use by {}; stop that one first, or give this one a state folder of its own",
        path.display(), holder.map_or("another process".to_owned(), |pid| format!("process {pid}")))]
    Locked {
        /// The state folder.
        path: PathBuf,
        /// The process that has it, when its lock file says so.
        holder: Option<u32>,
    },
    /// Written by a newer version. Nothing was touched.
    #[error("open the store in {}: it has format {found}, this version knows formats up to {known}; \
        install the newer version again, or give this one a state folder of its own", path.display())]
    Newer {
        /// The store's folder.
        path: PathBuf,
        /// The format found.
        found: u32,
        /// The newest format this version reads.
        known: u32,
    },
    /// The disk is full. What was acknowledged is safe; nothing opens or commits until there is space.
    #[error("{step}: the disk is full; free some space and start again")]
    Full {
        /// What was being done.
        step: String,
        /// The system's word.
        source: io::Error,
    },
    /// The system refused to read or write. Never tried again: after a failed fsync Linux forgets the pages that
    /// failed, and the next fsync would claim success (<https://wiki.postgresql.org/wiki/Fsync_Errors>).
    #[error("{step}: {source}")]
    Io {
        /// What was being done.
        step: String,
        /// The system's word.
        source: io::Error,
    },
    /// What is on disk is not what was written. The next start sets the store aside.
    #[error("the store is damaged: {what}; start again to set it aside")]
    Damaged {
        /// What was found.
        what: String,
    },
    /// An earlier error stopped the store.
    #[error("the store stopped after an earlier error ({why}); start again")]
    Broken {
        /// The earlier error.
        why: String,
    },
}

impl StoreError {
    /// That a step was not begun, for want of room.
    #[must_use]
    pub fn full(step: &str) -> Self {
        Self::Full { step: step.to_owned(), source: io::ErrorKind::StorageFull.into() }
    }

    /// For `map_err`: an IO error at `step`.
    pub(super) fn io(step: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { step: step.into(), source },
            _ => Self::Io { step: step.into(), source },
        }
    }

    /// For `map_err`: an error of the engine at `step`. The engine reports most damage as an IO error of its own
    /// making.
    pub(super) fn engine(step: &str) -> impl FnOnce(sled::Error) -> Self + '_ {
        use io::ErrorKind::{InvalidData, InvalidInput, NotFound, Other, UnexpectedEof};
        move |error| match error {
            sled::Error::Io(e)
                if !matches!(e.kind(), InvalidData | InvalidInput | NotFound | Other | UnexpectedEof) =>
            {
                Self::io(step)(e)
            }
            sled::Error::Corruption { .. } => {
                Self::Damaged { what: format!("{step}: the engine found corrupted data") }
            }
            other => Self::Damaged { what: format!("{step}: {other}") },
        }
    }
}
