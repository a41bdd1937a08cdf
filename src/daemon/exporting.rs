//! Copies of the store beside the work: the export of the day, and a copy for a command that asks for one. What they
//! hold and how they are taken is for `store::copies`.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::control::Answer;
use super::lookback::Job;
use crate::store::{CopyError, Kind, Store, StoreError};

/// Bytes of a piece of a copy that goes to a command.
const PIECE: usize = 64 << 10;

/// Time between two looks whether another copy is done.
const BETWEEN: Duration = Duration::from_millis(200);

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

/// Sends a copy to a command, and says what it came to. While another is being made, such as the export of the day, it waits.
pub(super) fn stream(store: &Store, kind: Kind, to: mpsc::Sender<Vec<u8>>, job: &Job) -> Answer {
    let mut to = io::BufWriter::with_capacity(PIECE, Pieces(to));
    let is_wanted = || {
        std::thread::sleep(BETWEEN);
        !job.is_dropped()
    };
    let copied = when_free(|| store.copy(kind, &mut to, || !job.is_dropped()), is_wanted);
    copied.map(|copied| serde_json::json!(copied)).map_err(|error| error.to_string())
}

/// Tries again for as long as another copy is being made, and `wait` says that this one is still wanted.
fn when_free<T>(
    mut copy: impl FnMut() -> Result<T, CopyError>,
    mut wait: impl FnMut() -> bool,
) -> Result<T, CopyError> {
    loop {
        match copy() {
            Err(CopyError::Busy) if wait() => {}
            done => return done,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_waits_for_another_while_it_is_wanted() {
        for (patience, expected) in [(3, Some(())), (2, Some(())), (1, None), (0, None)] {
            let (mut busy, mut waits) = (2, 0);
            let copy = || {
                busy -= 1;
                if busy < 0 { Ok(()) } else { Err(CopyError::Busy) }
            };
            let wait = || {
                waits += 1;
                waits <= patience
            };
            let done = when_free(copy, wait);
            assert_eq!(done.as_ref().ok(), expected.as_ref(), "{done:?}");
            assert!(done.is_ok() || matches!(done, Err(CopyError::Busy)));
        }
    }
}
