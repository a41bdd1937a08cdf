//! One process per state folder. The lock is advisory (flock) on a file of our own beside the store, so that it also
//! covers the moments when the store itself is made, set aside or missing. It ends with the process, however that
//! ends.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use super::StoreError;

/// Held as long as it lives.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock of a state folder, without waiting, and writes our process id into it.
    pub(super) fn take(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join("lock");
        let step = || format!("lock {}", path.display());
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(StoreError::io(step()))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let mut text = String::new();
                let holder = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
                return Err(StoreError::Locked { path: folder.to_owned(), holder });
            }
            Err(errno) => return Err(StoreError::io(step())(errno.into())),
        }
        // For people and for `Locked` only, so it need not reach the disk. On a full disk the lock holds without it.
        if file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).is_err() {
            tracing::debug!("the lock file does not name this process");
        }
        Ok(Self { file })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file would do, were it not for a process just being started elsewhere in this one: it has a
        // copy of the file until it executes its program. Unlocking reaches all copies.
        if let Err(error) = flock(&self.file, FlockOperation::Unlock) {
            tracing::debug!(%error, "the state folder stays locked until this process ends");
        }
    }
}

/// Makes the state folder if need be, and keeps others out of it: watch lists and mails are nobody else's business.
pub(super) fn state_folder(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    let step = || format!("make the state folder {}", path.display());
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(StoreError::io(step()))?;
    let mode = fs::metadata(path).map_err(StoreError::io(step()))?.permissions().mode();
    if mode & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(StoreError::io(step()))?;
    }
    Ok(())
}
