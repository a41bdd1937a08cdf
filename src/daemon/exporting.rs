//! Copies of the store beside the work: the export of the day, and a copy for a command that asks for one. What they
//! hold and how they are taken is for `store::copies`.

use std::io;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::control::Answer;
use super::lookback::Job;
use crate::store::{CopyError, Kind, Store, StoreError};

/// Bytes of a piece of a copy that goes to a command.
const PIECE: usize = 64 << 10;

/// Makes the export of the day, where it is due. One that fails is tried again at the next look; the one before it
/// stays.
pub(super) fn export(store: &Store, go_on: impl Fn() -> bool) {
    let made = store.is_export_due(Timestamp::now()).map_err(CopyError::Store);
    let made = made.and_then(|is_due| is_due.then(|| store.export(go_on)).transpose());
    match made {
        Ok(None) | Err(CopyError::GivenUp | CopyError::Busy) => {}
        Ok(Some(copied)) => tracing::info!(rows = copied.rows, bytes = copied.bytes, "export made"),
        // Said by whoever it broke first.
        Err(CopyError::Store(StoreError::Broken { .. })) => {}
        Err(error) => tracing::error!(%error, "no export can be made: a damage of the store would cost more"),
    }
}

/// Sends a copy to a command, and says what it came to.
pub(super) fn stream(store: &Store, kind: Kind, to: mpsc::Sender<Vec<u8>>, job: &Job) -> Answer {
    let to = io::BufWriter::with_capacity(PIECE, Pieces(to));
    let copied = store.copy(kind, to, || !job.is_dropped());
    copied.map(|copied| serde_json::json!(copied)).map_err(|error| error.to_string())
}

/// Waits while the command has not taken the pieces of before.
struct Pieces(mpsc::Sender<Vec<u8>>);

impl io::Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let gone = |_| io::Error::new(io::ErrorKind::BrokenPipe, "nobody takes the copy any more");
        self.0.blocking_send(bytes.to_vec()).map_err(gone)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
