//! Reading everything because somebody asks: at rest, and beside the work.

use std::time::Instant;

use super::closed::Closed;
use super::folder::Folder;
use super::lock::{self, Lock};
use super::open::open_checked;
use super::tables::Table;
use super::{Reading, STEP, Settings, Store, StoreError};

impl Store {
    /// Reads the store of a state folder through, every row and its checksum, and gives the number of rows. A damaged one is left where
    /// it is, to be looked at or replaced; the next start sets it aside.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] says what was found; see [`StoreError`] for the others.
    pub fn verify(settings: &Settings, watch: &mut dyn FnMut(Reading)) -> Result<u64, StoreError> {
        lock::state_folder(&settings.path)?;
        let lock = Lock::take(&settings.path)?;
        let folder = Folder::new(&settings.path);
        folder.check_format()?;
        // Without the note that it was closed cleanly everything is read before it opens.
        Closed::take(&folder.closed())?;
        let parts = open_checked(&folder, settings, watch)?;
        let rows = Table::ALL.iter().map(|table| parts.writer.head().rows(*table)).sum();
        drop(Self::start(parts, folder, lock)?);
        Ok(rows)
    }

    /// The same of a store that is at work, a little at a time. None when it may not `go_on`, which it asks many times a second,
    /// saying how far it is. A reading that is under way anyhow is joined, and not begun again.
    ///
    /// # Errors
    /// See [`StoreError`]. After damage the store stops, and the next start sets it aside.
    pub fn verify_at_work(&self, go_on: &mut dyn FnMut(Reading) -> bool) -> Result<Option<u64>, StoreError> {
        self.write(|writer, _, _| {
            writer.read_again();
            Ok(())
        })?;
        loop {
            let began = Instant::now();
            let (ended, reading) = self.write(|writer, engine, _| {
                let ended = writer.read_on(engine, began + STEP)?;
                Ok((ended, writer.reading()))
            })?;
            if !go_on(reading) {
                return Ok(None);
            }
            if ended {
                return Ok(Some(reading.rows));
            }
            // As much time for others, on the disk and under the lock.
            std::thread::sleep(began.elapsed());
        }
    }
}
