//! The thread that talks to sources: a runtime of its own beside the one that mails and answers, so that servers which send all they
//! can, or names that cannot be looked up, hold up nobody's mail. Knows nothing of what runs on it.

use std::future::Future;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;

use super::Failure;

/// One: polls wait for the network, not for processors, and two threads wake each other with every answer, which made an unchanged
/// poll a fifth dearer (docs/performance.md).
const WORKERS: usize = 1;
/// Threads beside it, for reading documents and looking names up.
const BLOCKING: usize = 16;

/// The runtime of whatever asks sources. What still runs on it when this is dropped is abandoned.
#[derive(Debug)]
pub(super) struct Fetching(Option<Runtime>);

impl Fetching {
    /// Starts the thread.
    ///
    /// # Errors
    /// [`Failure::Runtime`].
    pub(super) fn start() -> Result<Self, Failure> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .max_blocking_threads(BLOCKING)
            .thread_name("fetching")
            .enable_all()
            .build();
        runtime.map(|runtime| Self(Some(runtime))).map_err(Failure::Runtime)
    }

    /// For tasks that are started there later.
    pub(super) fn handle(&self) -> &Handle {
        self.0.as_ref().expect("it is taken only when this is dropped").handle()
    }

    /// Starts a task there.
    pub(super) fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        self.handle().spawn(task)
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        // It is dropped on the other runtime, where nothing may wait for a thread.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
