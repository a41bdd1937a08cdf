//! Hands what was written quietly to the system every two seconds, so that a killed process forgets no more than
//! that. Not durable.
//!
//! It also wakes writers that the engine would leave waiting for ever: when a write fails on one of its own threads
//! it notes the error, but does not always tell whoever waits for that write (sled 0.34.7, `logger.rs:
//! exit_reservation`; one of 120 injected errors hung so). The next flush notices the error and does tell.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::StoreError;
use super::guard::guarded;

/// How much a kill may take, and how long a writer may wait in vain.
const EVERY: Duration = Duration::from_secs(2);

/// The thread that flushes. When this is dropped it ends in its own time.
#[derive(Debug)]
pub(super) struct Flusher {
    /// Ends the thread when dropped.
    running: Sender<()>,
    thread: JoinHandle<()>,
}

impl Flusher {
    /// Sets `broken` when the engine fails, and does nothing more once it is set.
    pub(super) fn start(engine: sled::Db, broken: Arc<OnceLock<String>>) -> Result<Self, StoreError> {
        let (running, stopped) = mpsc::channel::<()>();
        let flush = move || {
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) && broken.get().is_none() {
                if let Err(error) = guarded(|| engine.flush().map_err(StoreError::engine("write the store"))) {
                    tracing::error!(%error, "the store cannot write");
                    broken.get_or_init(|| error.to_string());
                }
            }
        };
        let thread = thread::Builder::new().name("store-flusher".to_owned()).spawn(flush);
        let thread = thread.map_err(StoreError::io("start the store's flusher"))?;
        Ok(Self { running, thread })
    }

    /// Ends it and waits until it has let go of the engine.
    pub(super) fn stop(self) {
        drop(self.running);
        if self.thread.join().is_err() {
            tracing::debug!("the store's flusher had panicked");
        }
    }
}
