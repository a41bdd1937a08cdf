//! Polls every source when it is due: bounded, spread out, and never given up. Knows when, not what a poll brings.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::health::Pulse;
use super::ingest::Taken;
use super::ingesting::Task;
use super::live::Live;
use super::poll::{Job, poll};
use crate::config::SourcePlan;
use crate::fetch::Client;
use crate::model::{SourceId, SourceState};
use crate::schedule;

/// Polls under way at once, waiting for their host included; how many of them talk is [`crate::fetch::Settings::concurrency`].
/// Bounds memory when ten thousand sources are due together.
pub(super) const UNDER_WAY: usize = 512;

/// What the poll loop is told.
#[derive(Debug)]
pub(crate) enum Notice {
    /// A group of polls was committed.
    Taken(Taken),
    /// The configuration was replaced, and how to fetch with it.
    Reloaded {
        /// The new one.
        live: Arc<Live>,
        /// A client with its settings.
        client: Arc<Client>,
    },
}

struct Entry {
    plan: Arc<SourcePlan>,
    state: SourceState,
    under_way: bool,
}

/// The poll loop.
pub(crate) struct Scheduler {
    client: Arc<Client>,
    polls: mpsc::Sender<Task>,
    entries: HashMap<SourceId, Entry>,
    due: BinaryHeap<Reverse<(Instant, SourceId)>>,
    places: Arc<Semaphore>,
    under_way: TaskTracker,
    pulse: Pulse,
}

impl Scheduler {
    /// Plans the first poll of every source from what the store remembers.
    pub(crate) fn new(
        client: Arc<Client>,
        polls: mpsc::Sender<Task>,
        sources: &[Arc<SourcePlan>],
        mut states: HashMap<SourceId, SourceState>,
        pulse: Pulse,
    ) -> Self {
        let mut scheduler = Self {
            client,
            polls,
            entries: HashMap::new(),
            due: BinaryHeap::new(),
            places: Arc::new(Semaphore::new(UNDER_WAY)),
            under_way: TaskTracker::new(),
            pulse,
        };
        for plan in sources {
            let state = states.remove(&plan.source.id).unwrap_or_default();
            scheduler.add(plan.clone(), state, sources.len());
        }
        scheduler
    }

    /// Runs until stopped; polls under way are then abandoned, which costs nothing but the request.
    pub(crate) async fn run(mut self, mut notices: mpsc::UnboundedReceiver<Notice>, stop: CancellationToken) {
        loop {
            self.pulse.beat();
            self.start_what_is_due(&stop);
            tokio::select! {
                () = stop.cancelled() => break,
                notice = notices.recv() => match notice {
                    Some(Notice::Taken(taken)) => self.taken(taken),
                    Some(Notice::Reloaded { live, client }) => {
                        self.client = client;
                        self.reloaded(&live);
                    }
                    None => break,
                },
                () = sleep_until(self.wakes_at()) => {}
            }
        }
        self.under_way.close();
        self.under_way.wait().await;
    }

    fn add(&mut self, plan: Arc<SourcePlan>, state: SourceState, company: usize) {
        let now = Timestamp::now();
        let planned = schedule::after_start(now, state.next_check, company, fastrand::f64());
        let id = plan.source.id.clone();
        self.due.push(Reverse((monotonic(now, planned), id.clone())));
        self.entries.insert(id, Entry { plan, state, under_way: false });
    }

    fn start_what_is_due(&mut self, stop: &CancellationToken) {
        while self.due.peek().is_some_and(|Reverse((at, _))| *at <= Instant::now()) {
            let Ok(place) = self.places.clone().try_acquire_owned() else { return };
            let Some(Reverse((_, id))) = self.due.pop() else { return };
            // A source removed or changed by a reload leaves a stale entry in the heap.
            let Some(entry) = self.entries.get_mut(&id).filter(|entry| !entry.under_way) else { continue };
            entry.under_way = true;
            let job = Job { plan: entry.plan.clone(), state: entry.state.clone() };
            self.start(job, place, stop.clone());
        }
    }

    fn start(&self, job: Job, place: OwnedSemaphorePermit, stop: CancellationToken) {
        let (client, polls) = (self.client.clone(), self.polls.clone());
        self.under_way.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
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
            let planned = state.next_check.unwrap_or(now);
            entry.state = state;
            entry.under_way = false;
            self.due.push(Reverse((monotonic(now, planned), id)));
        }
    }

    /// Takes over the sources of a new configuration. What is remembered of a source stays with its id.
    fn reloaded(&mut self, live: &Live) {
        let mut before = std::mem::take(&mut self.entries);
        self.due.clear();
        for plan in &live.config.sources {
            match before.remove(&plan.source.id) {
                Some(old) if old.under_way => {
                    let entry = Entry { plan: plan.clone(), ..old };
                    self.entries.insert(plan.source.id.clone(), entry);
                }
                old => self.add(plan.clone(), old.map(|old| old.state).unwrap_or_default(), live.config.sources.len()),
            }
        }
    }

    fn wakes_at(&self) -> Instant {
        let pulse = Instant::now() + super::health::BEAT;
        match self.due.peek() {
            // No place free: a poll that ends will notify.
            Some(_) if self.places.available_permits() == 0 => pulse,
            Some(Reverse((at, _))) => pulse.min(*at),
            None => pulse,
        }
    }
}

/// The moment of the monotonic clock that `at` will be, if the wall clock goes on as it does now. Jumps of the wall clock move
/// no poll that is already planned.
fn monotonic(now: Timestamp, at: Timestamp) -> Instant {
    let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default();
    Instant::now() + wait
}
