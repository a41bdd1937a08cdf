//! `run --once`: every source is polled, everything due is tried, and that is all. The same steps as the daemon's, without its
//! clock: for cron, for trying a configuration, and for the demo.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::task::TaskTracker;

use super::Failure;
use super::app::{open_store, spawn_ingest, transport};
use super::articles::Articles;
use super::counters::Counters;
use super::delivery::Courier;
use super::exporting;
use super::fetching::Fetching;
use super::ingesting::Outlets;
use super::live::{Live, Shared, SharedClient};
use super::lookback::backfill;
use super::operator;
use super::outbox::Outbox;
use super::poll::{Job, poll};
use super::report::{self, Status};
use super::scheduler::{Notice, UNDER_WAY};
use super::tasks::{LINGER, Task, WAITING_POLLS, taken_in};
use crate::config::Config;
use crate::fetch::Client;
use crate::model::{SourceId, SourceState};
use crate::store::{Store, StoreError};

/// How a round is conducted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Conduct {
    /// The time it is taken to be, for a round that comes out the same every time: then sources are polled one after the other in
    /// the order of the configuration, and mails do not name the machine.
    pub still: Option<Timestamp>,
}

impl Conduct {
    fn now(self) -> Timestamp {
        self.still.unwrap_or_else(Timestamp::now)
    }
}

/// How far a run is, for a progress bar.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Sources polled since the last call, with the state each is in now.
    pub polled: Vec<(SourceId, SourceState)>,
    /// Items of them never seen before.
    pub new_items: usize,
    /// Alerts they raised.
    pub alerts: usize,
}

/// What a round came to.
#[derive(Debug, Clone)]
pub struct Round {
    /// How things stand after it.
    pub status: Status,
    /// Items never seen before.
    pub new_items: usize,
    /// Those of them that print the text of another.
    pub copies: usize,
    /// Alerts they raised, and those of new watches that looked back.
    pub alerts: usize,
    /// Mails that were accepted.
    pub sent: u64,
}

/// Polls every source once, but those whose server asked to be left alone; then composes and sends what is due.
///
/// # Errors
/// [`Failure`].
pub async fn once(config: Config, conduct: Conduct, mut progress: impl FnMut(Progress)) -> Result<Round, Failure> {
    let store = open_store(&config)?;
    let client: SharedClient = Arc::new(ArcSwap::from_pointee(Client::new(&config.http).map_err(Failure::Fetch)?));
    let (transport, from) = transport(&config)?;
    let mut live = Live::new(config);
    if conduct.still.is_some() {
        "localhost".clone_into(&mut live.host);
    }
    let live: Shared = Arc::new(ArcSwap::from_pointee(live));
    let (tasks, task_queue) = mpsc::channel(WAITING_POLLS);
    let (notices, mut taken) = mpsc::unbounded_channel();
    let (news, _) = mpsc::unbounded_channel();
    let looked_back = backfill::look_back(&store, &live.load(), conduct.now())?;
    // Nobody listens: articles are fetched at the end, and feeds are looked for and hubs asked by who goes on watching.
    let (wishes, _) = mpsc::unbounded_channel();
    let (ailing, _) = mpsc::unbounded_channel();
    let (hubs, _) = mpsc::unbounded_channel();
    let outlets = Outlets { notices, news, wishes, ailing, hubs, counters: Counters::default() };
    // One source after the other: none of them has company to wait for.
    let linger = if conduct.still.is_some() { Duration::ZERO } else { LINGER };
    let fetching = Fetching::start()?;
    let ingest = spawn_ingest(&fetching, store.clone(), live.clone(), task_queue, outlets, linger);
    let polls = start_polls(&fetching, &store, &live.load(), &client.load_full(), conduct, &tasks)?;
    let articles = fetching.spawn(articles_after(polls, store.clone(), live.clone(), client, tasks, conduct));
    let (mut new_items, mut copies, mut alerts) = (0, 0, looked_back);
    while let Some(notice) = taken.recv().await {
        if let Notice::Taken(group) = notice {
            new_items += group.new_items;
            copies += group.brought.copies;
            alerts += group.alerts;
            progress(Progress { polled: group.states, new_items: group.new_items, alerts: group.alerts });
        }
    }
    ingest.await.unwrap_or(Ok(()))?;
    if articles.await.is_err() {
        tracing::error!("fetching articles failed inside; please report this");
    }
    let now = conduct.now();
    operator::look(&store, &live.load(), &operator::Moment::new(now))?;
    let outbox = Outbox::open(store.clone(), live.clone(), Arc::new(Courier::new(transport, from)))?;
    let sent = outbox.run_once(conduct.still).await?;
    if !store.has_room_for(0) {
        return Err(Failure::Store(StoreError::full("take in what was polled")));
    }
    // One round is all there is: who runs it every ten minutes has an export as well.
    let exporting = store.clone();
    if tokio::task::spawn_blocking(move || exporting::export(&exporting, || true)).await.is_err() {
        tracing::error!("the export failed inside; please report this");
    }
    let status = report::status(&store, &live.load().config, None, now)?;
    Ok(Round { status, new_items, copies, alerts, sent })
}

/// When every poll is taken in, fetches the articles they made wanted. The channel closes when the last of them is done.
async fn articles_after(
    polls: TaskTracker,
    store: Store,
    live: Shared,
    client: SharedClient,
    tasks: mpsc::Sender<Task>,
    conduct: Conduct,
) {
    polls.close();
    polls.wait().await;
    if !taken_in(&tasks.downgrade()).await {
        return;
    }
    match Articles::open(&store, live, client, tasks, conduct.still) {
        Ok(articles) => articles.run_once().await,
        Err(error) => tracing::error!(%error, "fetch articles"),
    }
}

/// Starts the polls, one per source.
fn start_polls(
    fetching: &Fetching,
    store: &Store,
    live: &Live,
    client: &Arc<Client>,
    conduct: Conduct,
    tasks: &mpsc::Sender<Task>,
) -> Result<TaskTracker, Failure> {
    let mut states: HashMap<SourceId, SourceState> = store.source_states()?.into_iter().collect();
    let now = conduct.now();
    let mut jobs = Vec::new();
    for plan in &live.config.sources {
        let state = states.remove(&plan.source.id).unwrap_or_default();
        if let Some(until) = state.not_before.filter(|until| *until > now) {
            tracing::warn!(source = %plan.source.id, %until, "not polled: the server asked to be left alone until then");
            continue;
        }
        jobs.push(Job { plan: plan.clone(), state });
    }
    let (polls, client) = (TaskTracker::new(), client.clone());
    if conduct.still.is_some() {
        let tasks = tasks.clone();
        // In one task: of several, any may be the first to run.
        let in_turn = async move {
            for job in jobs {
                poll_one(&client, job, conduct, &tasks).await;
            }
        };
        polls.spawn_on(in_turn, fetching.handle());
        return Ok(polls);
    }
    let (tasks, others) = (tasks.clone(), polls.clone());
    let feed = async move {
        let places = Arc::new(Semaphore::new(UNDER_WAY));
        for job in jobs {
            let place = places.clone().acquire_owned().await.expect("the semaphore is never closed");
            let (client, tasks) = (client.clone(), tasks.clone());
            others.spawn(async move {
                poll_one(&client, job, conduct, &tasks).await;
                drop(place);
            });
        }
    };
    polls.spawn_on(feed, fetching.handle());
    Ok(polls)
}

async fn poll_one(client: &Client, job: Job, conduct: Conduct, tasks: &mpsc::Sender<Task>) {
    let mut polled = poll(client, job).await;
    polled.at = conduct.still.unwrap_or(polled.at);
    if tasks.send(Task::Poll(Box::new(polled))).await.is_err() {
        tracing::error!("poll dropped: the store failed");
    }
}
