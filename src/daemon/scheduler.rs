//! Polls every source when it is due: bounded, spread out, and never given up. Knows when, not what a poll brings; what is
//! remembered of a source stands in the store alone, and is read when it is polled.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::health::Pulse;
use super::ingest::Taken;
use super::live::{Live, SharedClient};
use super::poll::{Job, poll};
use super::sleep::Sleeper;
use super::tasks::Task;
use crate::config::SourcePlan;
use crate::model::{SourceId, SourceState};
use crate::schedule;
use crate::store::{Store, StoreError};

/// Polls under way at once, waiting for their host included; how many of them talk is [`crate::fetch::Settings::concurrency`].
/// Bounds memory when ten thousand sources are due together.
pub(super) const UNDER_WAY: usize = 512;

/// Shortest time between two polls of a source, whoever says that it has news.
const PATIENCE: Duration = Duration::from_secs(60);

/// Longest wait at a stop for polls under way: what was asked for and not taken in is asked for again after the restart, inside its
/// interval. Most are answered within a second; a server that takes longer does not hold up the stop.
const GRACE: Duration = Duration::from_secs(2);

/// What the poll loop is told.
#[derive(Debug)]
pub(crate) enum Notice {
    /// A group of polls was committed.
    Taken(Taken),
    /// Something was decided on a source beside its polls.
    Decided(SourceId, Box<SourceState>),
    /// The configuration was replaced by this one.
    Reloaded(Arc<Live>),
    /// Somebody says that a source has news.
    News(SourceId),
    /// Nothing can be taken in, or can again: the disk is full, or has room.
    Paused(bool),
}

struct Entry {
    plan: Arc<SourcePlan>,
    under_way: bool,
    /// Whether news were told of while it was polled: the answer may be older than they are.
    told: bool,
    /// When it is due; an entry of the heap with another time is stale.
    at: Instant,
    /// When it may be polled, at the earliest, since somebody says that it has news.
    earliest: Timestamp,
}

/// The poll loop.
pub(crate) struct Scheduler {
    store: Store,
    client: SharedClient,
    polls: mpsc::Sender<Task>,
    entries: HashMap<SourceId, Entry>,
    due: BinaryHeap<Reverse<(Instant, SourceId)>>,
    places: Arc<Semaphore>,
    under_way: TaskTracker,
    /// Ends the polls under way.
    abandon: CancellationToken,
    sleeper: Sleeper,
    pulse: Pulse,
    /// Whether no poll begins, since nothing of it could be kept.
    pub(super) paused: bool,
}

impl Scheduler {
    /// Plans the first poll of every source from what the store remembers.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn new(
        store: Store,
        client: SharedClient,
        polls: mpsc::Sender<Task>,
        sources: &[Arc<SourcePlan>],
        pulse: Pulse,
    ) -> Result<Self, StoreError> {
        let mut scheduler = Self {
            store,
            client,
            polls,
            entries: HashMap::new(),
            due: BinaryHeap::new(),
            places: Arc::new(Semaphore::new(UNDER_WAY)),
            under_way: TaskTracker::new(),
            abandon: CancellationToken::new(),
            sleeper: Sleeper::awake(),
            pulse,
            paused: false,
        };
        scheduler.plan(sources, HashMap::new())?;
        Ok(scheduler)
    }

    /// Runs until stopped; polls under way are then waited for, no longer than [`GRACE`], and abandoned.
    pub(crate) async fn run(mut self, mut notices: mpsc::UnboundedReceiver<Notice>, stop: CancellationToken) {
        loop {
            self.pulse.beat();
            if let Some(slept) = self.sleeper.woke() {
                self.woke(slept);
            }
            self.start_what_is_due();
            tokio::select! {
                () = stop.cancelled() => break,
                notice = notices.recv() => match notice {
                    Some(Notice::Taken(taken)) => self.taken(taken),
                    Some(Notice::Decided(id, state)) => self.decided(id, &state),
                    Some(Notice::Reloaded(live)) => self.reloaded(&live),
                    Some(Notice::News(id)) => self.hurry(&id),
                    Some(Notice::Paused(paused)) => self.paused = paused,
                    None => break,
                },
                () = sleep_until(self.wakes_at()) => {}
            }
        }
        self.under_way.close();
        if tokio::time::timeout(GRACE, self.under_way.wait()).await.is_err() {
            self.abandon.cancel();
            self.under_way.wait().await;
        }
    }

    /// Plans the next poll of these sources, but of those that `before` shows to be under way.
    fn plan(&mut self, sources: &[Arc<SourcePlan>], mut before: HashMap<SourceId, Entry>) -> Result<(), StoreError> {
        let now = Timestamp::now();
        let known = self.store.source_states_by(|state| (state.next_check, earliest(&state)))?;
        let mut known: HashMap<_, _> = known.into_iter().collect();
        for plan in sources {
            let (id, plan) = (plan.source.id.clone(), plan.clone());
            let entry = match before.remove(&id).filter(|old| old.under_way) {
                Some(old) => Entry { plan, ..old },
                None => {
                    let (next_check, earliest) = known.remove(&id).unwrap_or((None, Timestamp::MIN));
                    let (interval, overdue) = (plan.source.interval, sources.len());
                    let next = schedule::after_start(now, next_check, interval, overdue, fastrand::f64());
                    let at = monotonic(now, next);
                    self.due.push(Reverse((at, id.clone())));
                    Entry { plan, under_way: false, told: false, at, earliest }
                }
            };
            self.entries.insert(id, entry);
        }
        Ok(())
    }

    fn start_what_is_due(&mut self) {
        while !self.paused && self.due.peek().is_some_and(|Reverse((at, _))| *at <= Instant::now()) {
            let Ok(place) = self.places.clone().try_acquire_owned() else { return };
            let Some(Reverse((at, id))) = self.due.pop() else { return };
            // What was planned anew, or left with a reload, leaves a stale entry in the heap.
            let is_due = |entry: &&mut Entry| !entry.under_way && entry.at == at;
            let Some(entry) = self.entries.get_mut(&id).filter(is_due) else { continue };
            entry.under_way = true;
            let plan = entry.plan.clone();
            match self.store.source_state(&id) {
                Ok(state) => self.start(Job { plan, state: state.unwrap_or_default() }, place),
                // Every error of the store is final, and ends the daemon.
                Err(error) => tracing::error!(source = %id, %error, "not polled"),
            }
        }
    }

    fn start(&self, job: Job, place: OwnedSemaphorePermit) {
        let (client, polls, abandon) = (self.client.load_full(), self.polls.clone(), self.abandon.clone());
        self.under_way.spawn(async move {
            tokio::select! {
                () = abandon.cancelled() => {}
                polled = poll(&client, job) => {
                    // Full only while the store is slower than the network; then polling waits for it.
                    if polls.send(Task::Poll(Box::new(polled))).await.is_err() {
                        tracing::debug!("poll dropped: the daemon is stopping");
                    }
                }
            }
            drop(place);
        });
    }

    fn taken(&mut self, taken: Taken) {
        let now = Timestamp::now();
        for (id, state) in taken.states {
            let Some(entry) = self.entries.get_mut(&id) else { continue };
            // Both were read off the same clock, which may have been set since.
            let (polled, planned) = (state.last_attempt.unwrap_or(now), state.next_check.unwrap_or(now));
            entry.under_way = false;
            entry.earliest = earliest(&state);
            entry.at = monotonic(polled, planned);
            self.due.push(Reverse((entry.at, id.clone())));
            if std::mem::take(&mut entry.told) {
                self.hurry(&id);
            }
        }
    }

    /// Plans anew what was decided on a source beside its polls. One that is under way brings its own plan.
    fn decided(&mut self, id: SourceId, state: &SourceState) {
        let now = Timestamp::now();
        let Some(entry) = self.entries.get_mut(&id).filter(|entry| !entry.under_way) else { return };
        entry.earliest = earliest(state);
        entry.at = monotonic(now, state.next_check.unwrap_or(now));
        self.due.push(Reverse((entry.at, id)));
    }

    /// Polls a source as soon as it may be.
    fn hurry(&mut self, id: &SourceId) {
        let now = Timestamp::now();
        let Some(entry) = self.entries.get_mut(id) else { return };
        if entry.under_way {
            entry.told = true;
            return;
        }
        let at = monotonic(now, entry.earliest);
        if at < entry.at {
            entry.at = at;
            self.due.push(Reverse((at, id.clone())));
        }
    }

    /// Takes over the sources of a new configuration. What is remembered of a source stays with its id.
    fn reloaded(&mut self, live: &Live) {
        let before = std::mem::take(&mut self.entries);
        self.due.clear();
        if let Err(error) = self.plan(&live.config.sources, before) {
            tracing::error!(%error, "nothing is polled");
        }
    }

    /// Plans anew after the machine slept: the clock of what was planned stood still meanwhile. What fell due is polled once, spread
    /// over a few minutes.
    fn woke(&mut self, slept: Duration) {
        tracing::info!(seconds = slept.as_secs(), "the machine slept; what fell due meanwhile is polled soon");
        let now = Instant::now();
        for (id, entry) in self.entries.iter_mut().filter(|(_, entry)| !entry.under_way) {
            entry.at = now + schedule::after_sleep(entry.at.saturating_duration_since(now), slept, fastrand::f64());
            self.due.push(Reverse((entry.at, id.clone())));
        }
    }

    fn wakes_at(&self) -> Instant {
        let pulse = Instant::now() + super::health::BEAT;
        match self.due.peek() {
            // No place free: a poll that ends will notify.
            Some(_) if self.paused || self.places.available_permits() == 0 => pulse,
            Some(Reverse((at, _))) => pulse.min(*at),
            None => pulse,
        }
    }
}

/// When a source may be polled out of turn: not while its server wants to be left alone, or within [`PATIENCE`] of its last poll.
fn earliest(state: &SourceState) -> Timestamp {
    let patience = SignedDuration::try_from(PATIENCE).unwrap_or_default();
    let patient = state.last_attempt.and_then(|last| last.checked_add(patience).ok());
    patient.max(state.not_before).unwrap_or(Timestamp::MIN)
}

/// The moment of the monotonic clock that `at` will be, if the wall clock goes on as it does now. Jumps of the wall clock move
/// no poll that is already planned.
fn monotonic(now: Timestamp, at: Timestamp) -> Instant {
    let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default();
    Instant::now() + wait
}

#[cfg(test)]
mod tests;
