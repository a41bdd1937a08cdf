//! `run --once`: every source is polled, everything due is tried, and that is all. The same steps as the daemon's, without its
//! clock: for cron, for trying a configuration, and for the demo.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::task::TaskTracker;

use super::Failure;
use super::app::{WAITING_POLLS, open_store, spawn_ingest, transport};
use super::delivery::Courier;
use super::ingesting::{Outlets, Task};
use super::live::{Live, Shared};
use super::lookback::backfill;
use super::outbox::Outbox;
use super::poll::{Job, poll};
use super::report::{self, Status};
use super::scheduler::{Notice, UNDER_WAY};
use crate::config::Config;
use crate::fetch::Client;
use crate::model::{SourceId, SourceState};
use crate::store::Store;

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
    /// Alerts they raised, and those of new watches that looked back.
    pub alerts: usize,
    /// Mails that were accepted.
    pub sent: u64,
}

/// Polls every source once, but those whose server asked to be left alone; then composes and sends what is due.
///
/// # Errors
/// [`Failure`].
pub async fn once(config: Config, mut progress: impl FnMut(Progress)) -> Result<Round, Failure> {
    let store = open_store(&config)?;
    let client = Arc::new(Client::new(&config.http).map_err(Failure::Fetch)?);
    let (transport, from) = transport(&config)?;
    let live: Shared = Arc::new(ArcSwap::from_pointee(Live::new(config)));
    let (tasks, task_queue) = mpsc::channel(WAITING_POLLS);
    let (notices, mut taken) = mpsc::unbounded_channel();
    let (news, _) = mpsc::unbounded_channel();
    let looked_back = backfill::look_back(&store, &live.load(), Timestamp::now())?;
    let ingest = spawn_ingest(store.clone(), live.clone(), task_queue, Outlets { notices, news });
    start_polls(&store, &live.load(), &client, tasks)?;
    let (mut new_items, mut alerts) = (0, looked_back);
    while let Some(notice) = taken.recv().await {
        if let Notice::Taken(group) = notice {
            new_items += group.new_items;
            alerts += group.alerts;
            progress(Progress { polled: group.states, new_items: group.new_items, alerts: group.alerts });
        }
    }
    ingest.await.unwrap_or(Ok(()))?;
    let sent = Outbox::open(store.clone(), live.clone(), Arc::new(Courier::new(transport, from)))?.run_once().await?;
    let status = report::status(&store, &live.load().config, None, Timestamp::now())?;
    Ok(Round { status, new_items, alerts, sent })
}

/// Starts one poll per source; the channel closes when the last one is done.
fn start_polls(store: &Store, live: &Live, client: &Arc<Client>, tasks: mpsc::Sender<Task>) -> Result<(), Failure> {
    let mut states: HashMap<SourceId, SourceState> = store.source_states()?.into_iter().collect();
    let (polls, places) = (TaskTracker::new(), Arc::new(Semaphore::new(UNDER_WAY)));
    let now = Timestamp::now();
    for plan in &live.config.sources {
        let state = states.remove(&plan.source.id).unwrap_or_default();
        if let Some(until) = state.not_before.filter(|until| *until > now) {
            tracing::warn!(source = %plan.source.id, %until, "not polled: the server asked to be left alone until then");
            continue;
        }
        let (client, tasks, job) = (client.clone(), tasks.clone(), Job { plan: plan.clone(), state });
        let places = places.clone();
        polls.spawn(async move {
            let _place = places.acquire().await.expect("the semaphore is never closed");
            let polled = poll(&client, job).await;
            if tasks.send(Task::Poll(Box::new(polled))).await.is_err() {
                tracing::error!("poll dropped: the store failed");
            }
        });
    }
    Ok(())
}
