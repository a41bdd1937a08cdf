//! Every stored item of a stretch of time put before a visitor, newest first, on two threads.
//!
//! The stretch is cut into chunks of equal time, which the threads take in turn; what is gathered of each chunk is handed back in
//! order at the end. Knows nothing of what is looked for.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::job::Job;
use crate::model::{ItemId, StoredItem};
use crate::store::{Store, StoreError, Stretch};

/// Threads: the machine is made for two, and a daemon beside this goes on polling.
const THREADS: usize = 2;

/// Chunks: enough for the threads to end together although news comes in waves, and for a bar that moves.
const CHUNKS: u64 = 256;

/// Items in memory at a time, for each thread.
const PAGE: usize = 256;

/// What a walk goes through, and when it has enough.
pub(super) struct Walk<'a> {
    pub(super) store: &'a Store,
    pub(super) stretch: Stretch,
    pub(super) job: &'a Job,
    /// So many found are enough: what is older need not be looked at.
    pub(super) wanted: usize,
}

/// What is gathered of one chunk.
pub(super) trait Gathered: Default + Send {
    /// How much of what is wanted it holds.
    fn found(&self) -> usize;
}

/// The chunks that are done.
struct Board<T> {
    done: Vec<Option<T>>,
    /// Chunks from the newest on without a gap, and what was found in them.
    whole: usize,
    found: usize,
}

impl Walk<'_> {
    /// Puts every item before `visit`, each chunk with something of its own to gather in. Gives what was gathered, the newest chunk
    /// first. A job that is dropped ends early; its result is for nobody.
    ///
    /// # Errors
    /// The store's.
    pub(super) fn run<T: Gathered>(&self, visit: impl Fn(&mut T, &StoredItem) + Sync) -> Result<Vec<T>, StoreError> {
        let Some(stretch) = self.store.inhabited(self.stretch)? else { return Ok(Vec::new()) };
        let chunks = chunks(stretch);
        self.job.begins(chunks.len());
        let next = AtomicUsize::new(0);
        let board = Mutex::new(Board { done: chunks.iter().map(|_| None).collect(), whole: 0, found: 0 });
        let work = || -> Result<(), StoreError> {
            while let Some((number, chunk)) = take(&next, &chunks).filter(|_| !self.job.is_dropped()) {
                let gathered = self.gather(chunk, &visit)?;
                self.job.step();
                let mut board = board.lock().unwrap_or_else(PoisonError::into_inner);
                if board.put(number, gathered) >= self.wanted {
                    next.store(chunks.len(), Ordering::Relaxed);
                }
            }
            Ok(())
        };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
        })?;
        let board = board.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(board.done.into_iter().map_while(|gathered| gathered).collect())
    }

    fn gather<T: Gathered>(
        &self,
        chunk: Stretch,
        visit: &(impl Fn(&mut T, &StoredItem) + Sync),
    ) -> Result<T, StoreError> {
        let (mut gathered, mut rest) = (T::default(), chunk);
        while !self.job.is_dropped() {
            let page = self.store.newest_items(rest, PAGE)?;
            let Some(last) = page.last() else { break };
            rest = rest.below(last.id);
            page.iter().for_each(|item| visit(&mut gathered, item));
        }
        Ok(gathered)
    }
}

impl<T: Gathered> Board<T> {
    /// Returns how much was found from the newest chunk on without a gap.
    fn put(&mut self, number: usize, gathered: T) -> usize {
        self.done[number] = Some(gathered);
        while let Some(Some(gathered)) = self.done.get(self.whole) {
            self.found += gathered.found();
            self.whole += 1;
        }
        self.found
    }
}

fn take(next: &AtomicUsize, chunks: &[Stretch]) -> Option<(usize, Stretch)> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    chunks.get(number).map(|chunk| (number, *chunk))
}

/// Cuts a stretch into pieces of equal time, the newest first.
fn chunks(stretch: Stretch) -> Vec<Stretch> {
    let (from, before) = (stretch.from.0, stretch.before.0);
    let length = before.saturating_sub(from).div_ceil(CHUNKS).max(1);
    let starts = (0..CHUNKS).map(|n| from.saturating_add(n * length)).take_while(|start| *start < before);
    let piece = |start: u64| Stretch { from: ItemId(start), before: ItemId(start.saturating_add(length).min(before)) };
    let mut chunks: Vec<Stretch> = starts.map(piece).collect();
    chunks.reverse();
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: u64, before: u64, count: usize) {
        let chunks = chunks(Stretch { from: ItemId(from), before: ItemId(before) });
        assert_eq!(chunks.len(), count);
        assert_eq!(chunks.first().map(|newest| newest.before.0), Some(before));
        assert_eq!(chunks.last().map(|oldest| oldest.from.0), Some(from));
        assert!(chunks.windows(2).all(|pair| pair[0].from == pair[1].before), "no gap and no overlap");
    }

    #[test]
    fn chunks_cover_a_stretch_once() {
        check(5, 6, 1);
        check(0, 256, 256);
        check(0, 257, 129);
        check(1 << 60, (1 << 60) + 1_000_003, 256);
        check(0, u64::MAX, 256);
    }

    #[derive(Default)]
    struct Count(usize);

    impl Gathered for Count {
        fn found(&self) -> usize {
            self.0
        }
    }

    #[test]
    fn what_is_found_counts_from_the_newest_chunk_on() {
        let mut board = Board { done: vec![None, None, None], whole: 0, found: 0 };
        assert_eq!(board.put(1, Count(5)), 0, "a gap before it");
        assert_eq!(board.put(0, Count(1)), 6);
        assert_eq!(board.put(2, Count(1)), 7);
    }
}
