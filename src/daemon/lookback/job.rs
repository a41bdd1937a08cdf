//! A long question under way: how far it is, and whether anybody still waits for its answer. Shared between who asks and who works.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// See the module. The figures are for a progress bar; nothing is decided by them.
#[derive(Debug, Default)]
pub struct Job {
    done: AtomicU64,
    of: AtomicU64,
    dropped: AtomicBool,
}

impl Job {
    /// How far it is: so many parts done, of so many; of none while it is not known.
    #[must_use]
    pub fn progress(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed))
    }

    /// Nobody waits any more: the work ends within a page of items.
    pub fn drop_it(&self) {
        self.dropped.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_dropped(&self) -> bool {
        self.dropped.load(Ordering::Relaxed)
    }

    pub(super) fn begins(&self, parts: usize) {
        self.of.store(parts as u64, Ordering::Relaxed);
    }

    pub(in crate::daemon) fn reaches(&self, done: u64, of: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.of.store(of, Ordering::Relaxed);
    }

    pub(super) fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}
