//! The ingest thread: gathers polls into groups and takes them in. A thread of its own because the store's verbs block.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::ingest::{Taken, take_in};
use super::live::Shared;
use super::poll::Polled;
use super::scheduler::Notice;
use crate::store::{Store, StoreError};

/// Most polls in one commit.
const GROUP: usize = 256;
/// Most bytes of documents in one commit, give or take one document: they are in memory until it is done.
const GROUP_BYTES: usize = 16 << 20;
/// How long the first poll of a group waits for company. Nothing against the minutes between two polls, and under load one fsync
/// serves more than 64 of them (250 ms were too short for that while first polls cost 6 ms each).
const LINGER: Duration = Duration::from_millis(500);

/// What the thread is asked to do.
#[derive(Debug)]
pub(crate) enum Task {
    /// Take this in.
    Poll(Box<Polled>),
    /// Answer, to show that thread and store move.
    Probe(oneshot::Sender<()>),
}

/// Where the results go.
#[derive(Debug, Clone)]
pub(crate) struct Outlets {
    pub(crate) notices: mpsc::UnboundedSender<Notice>,
    pub(crate) news: mpsc::UnboundedSender<super::outbox::News>,
}

/// Runs until every sender of tasks is gone; what was sent before is still taken in.
///
/// # Errors
/// The store's: the caller must stop, since nothing can be remembered any more.
pub(crate) fn run(
    runtime: &tokio::runtime::Handle,
    store: &Store,
    live: &Shared,
    mut tasks: mpsc::Receiver<Task>,
    outlets: &Outlets,
) -> Result<(), StoreError> {
    loop {
        let (group, probes) = runtime.block_on(gather(&mut tasks));
        if group.is_empty() && probes.is_empty() {
            return Ok(());
        }
        if !group.is_empty() {
            let taken = take_in(store, &live.load(), group)?;
            announce(taken, outlets);
        }
        if !probes.is_empty() {
            store.stats()?;
        }
        for probe in probes {
            // Whoever asked may have stopped waiting.
            probe.send(()).ok();
        }
    }
}

/// The next group; empty when there will be none.
async fn gather(tasks: &mut mpsc::Receiver<Task>) -> (Vec<Polled>, Vec<oneshot::Sender<()>>) {
    let (mut group, mut probes, mut bytes) = (Vec::new(), Vec::new(), 0);
    let mut next = tasks.recv().await;
    let end = Instant::now() + LINGER;
    while let Some(task) = next {
        match task {
            Task::Poll(mut polled) => {
                bytes += polled.release();
                group.push(*polled);
            }
            Task::Probe(answer) => probes.push(answer),
        }
        if group.len() >= GROUP || bytes >= GROUP_BYTES {
            break;
        }
        next = tokio::time::timeout_at(end, tasks.recv()).await.unwrap_or_default();
    }
    (group, probes)
}

fn announce(taken: Taken, outlets: &Outlets) {
    if taken.new_items > 0 {
        tracing::info!(items = taken.new_items, alerts = taken.alerts, "new items");
    }
    if taken.alerts > 0 {
        outlets.news.send(super::outbox::News::Alerts).unwrap_or_else(|_| tracing::debug!("the send loop is gone"));
    }
    outlets.notices.send(Notice::Taken(taken)).unwrap_or_else(|_| tracing::debug!("the poll loop is gone"));
}
