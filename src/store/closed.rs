//! The note that a clean close leaves for the next start: at which commit the store was closed, and when it was last read
//! through. It is taken away before anything is written again. Where it is missing, the predecessor was killed, lost its power, or
//! met damage.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::StoreError;
use super::durable::sync_folder;
use super::head::Head;

/// Longest time between two whole readings. Commands that open the store for a moment never get far, and come every few minutes.
const READ_EVERY: Duration = Duration::from_secs(24 * 3600);

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Closed {
    pub(super) commits: u64,
    /// When the last whole reading ended.
    pub(super) read_through: Timestamp,
}

impl Closed {
    /// Takes the note away, durably. None when there is none that can be read.
    pub(super) fn take(path: &Path) -> Result<Option<Self>, StoreError> {
        let step = || format!("take {}", path.display());
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::io(step())(error)),
        };
        fs::remove_file(path).map_err(StoreError::io(step()))?;
        path.parent().map_or(Ok(()), sync_folder)?;
        Ok(Self::read(&bytes))
    }

    /// Leaves the note. Need not be durable: without it the next start only takes longer.
    pub(super) fn leave(self, path: &Path) -> Result<(), StoreError> {
        let mut bytes = [self.commits.to_be_bytes(), self.read_through.as_second().to_be_bytes()].concat();
        bytes.extend(crc32fast::hash(&bytes).to_be_bytes());
        fs::write(path, bytes).map_err(StoreError::io(format!("write {}", path.display())))
    }

    /// Whether the store is as it was closed, and was read through not long ago.
    pub(super) fn vouches_for(self, head: &Head, now: Timestamp) -> bool {
        let age = Duration::try_from(now.duration_since(self.read_through));
        self.commits == head.commits && age.is_ok_and(|age| age < READ_EVERY)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (note, crc) = bytes.split_last_chunk::<4>()?;
        let (commits, seconds) = note.split_first_chunk::<8>()?;
        let seconds = i64::from_be_bytes(seconds.try_into().ok()?);
        let sound = u32::from_be_bytes(*crc) == crc32fast::hash(note);
        let read_through = Timestamp::from_second(seconds).ok().filter(|_| sound)?;
        Some(Self { commits: u64::from_be_bytes(*commits), read_through })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_counts_once_and_only_for_the_store_it_was_left_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("closed");
        let at = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        let closed = Closed { commits: 0, read_through: at(0) };
        closed.leave(&path).unwrap();
        assert_eq!(Closed::take(&path).unwrap(), Some(closed));
        assert_eq!(Closed::take(&path).unwrap(), None, "taken");
        let (head, mut later) = (Head::default(), Head::default());
        later.commits = 1;
        for (head, now, vouches) in
            [(&head, 3600, true), (&later, 3600, false), (&head, 24 * 3600, false), (&head, -1, false)]
        {
            assert_eq!(closed.vouches_for(head, at(now)), vouches, "{} commits, {now} s later", head.commits);
        }
        for damaged in [&b""[..], b"closed", &[0; 20], &[0; 21]] {
            fs::write(&path, damaged).unwrap();
            assert_eq!(
                Closed::take(&path).unwrap().filter(|closed| closed.vouches_for(&head, at(0))),
                None,
                "{damaged:?}"
            );
        }
    }
}
