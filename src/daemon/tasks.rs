//! What the ingest thread is asked to do, and how that is gathered into groups. Knows no store.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::articles::Tried;
use super::desk::correct::Correction;
use super::healing::Found;
use super::poll::Polled;
use super::websub::Change;

/// Polls read and waiting for the store; more wait in their own tasks. Bounds memory when the disk is slow.
pub(super) const WAITING_POLLS: usize = 64;

/// Most polls in one commit.
const GROUP: usize = 256;
/// Most bytes of documents in one commit, give or take one document: they are in memory until it is done. 64 documents of 250 kB,
/// which few feeds have; where many have more, memory counts for more than fsyncs.
pub(super) const GROUP_BYTES: usize = 16 << 20;
/// How long a poll waits for the next, and the first of a group waits in any case. Nothing against the minutes between two polls.
pub(crate) const LINGER: Duration = Duration::from_millis(500);
/// Polls for which one fsync is cheap enough: fewer wait longer for company. Twice the 64 that an fsync should serve, since the
/// groups at both ends of a round are smaller.
const ENOUGH: usize = 128;
/// How many times as long as one poll the first of a group waits at most, while others keep coming: 1.5 s, so that news waits for
/// slower sources by a second at most, and its mail leaves within half a minute (P7). Sixteen fetches at a time, the default, from
/// servers that answer within 0.3 s bring some 90 polls by then; with [`LINGER`] alone a commit held thirty.
const PATIENCE: u32 = 3;

/// What the thread is asked to do.
#[derive(Debug)]
pub(crate) enum Task {
    /// Take this in.
    Poll(Box<Polled>),
    /// This article was fetched, or not.
    Article(Box<Tried>),
    /// This was found in place of a source's feed.
    Found(Box<Found>),
    /// This became of subscriptions at hubs.
    Leases(Vec<Change>),
    /// Answer, to show that thread and store move.
    Probe(oneshot::Sender<()>),
    /// Answer once every poll that was given before is taken in.
    Await(oneshot::Sender<()>),
    /// Move items between stories because a person said so, and place later ones accordingly.
    Correct(Correction, oneshot::Sender<serde_json::Value>),
}

/// Waits until every poll that was given to the ingest thread before is taken in; not, when the daemon is stopping.
pub(super) async fn taken_in(tasks: &mpsc::WeakSender<Task>) -> bool {
    answered(tasks, Task::Await).await
}

/// Waits until the ingest thread answers this.
pub(super) async fn answered(
    tasks: &mpsc::WeakSender<Task>,
    question: impl FnOnce(oneshot::Sender<()>) -> Task,
) -> bool {
    let (answer, answered) = oneshot::channel();
    let Some(tasks) = tasks.upgrade() else { return false };
    tasks.send(question(answer)).await.is_ok() && answered.await.is_ok()
}

/// What is done together.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) group: Vec<Polled>,
    /// Polls with more entries than one commit should bring, and the bytes that each takes in memory.
    pub(super) long: Vec<(Polled, usize)>,
    pub(super) articles: Vec<Tried>,
    pub(super) found: Vec<Found>,
    pub(super) leases: Vec<Change>,
    pub(super) probes: Vec<oneshot::Sender<()>>,
    pub(super) waiting: Vec<oneshot::Sender<()>>,
    pub(super) corrections: Vec<(Correction, oneshot::Sender<serde_json::Value>)>,
    /// Of the documents of the group, in memory.
    pub(super) bytes: usize,
}

impl Gathered {
    fn add(&mut self, task: Task) {
        match task {
            Task::Poll(mut polled) => {
                let bytes = polled.release();
                if polled.is_long() {
                    self.long.push((*polled, bytes));
                } else {
                    self.bytes += bytes;
                    self.group.push(*polled);
                }
            }
            Task::Article(tried) => self.articles.push(*tried),
            Task::Found(found) => self.found.push(*found),
            Task::Leases(changes) => self.leases.extend(changes),
            Task::Probe(answer) => self.probes.push(answer),
            Task::Await(answer) => self.waiting.push(answer),
            Task::Correct(correction, answer) => self.corrections.push((correction, answer)),
        }
    }

    /// Polls and articles.
    fn fetched(&self) -> usize {
        self.group.len() + self.long.len() + self.articles.len()
    }

    /// Whether it is as large as a commit should be, with so many bytes at most.
    fn is_full(&self, most: usize) -> bool {
        let long: usize = self.long.iter().map(|(_, bytes)| bytes).sum();
        self.fetched() >= GROUP || self.bytes + long >= most
    }
}

/// The next group, and where the one after it comes from; None when there will be none. A poll waits `linger` for company.
pub(super) async fn gather(
    mut tasks: mpsc::Receiver<Task>,
    linger: Duration,
) -> Option<(Gathered, mpsc::Receiver<Task>)> {
    let mut gathered = Gathered::default();
    gathered.add(tasks.recv().await?);
    let began = Instant::now();
    while !gathered.is_full(GROUP_BYTES) {
        let is_enough = gathered.fetched() >= ENOUGH;
        let end = if is_enough { began + linger } else { (Instant::now() + linger).min(began + linger * PATIENCE) };
        let Ok(Some(task)) = tokio::time::timeout_at(end, tasks.recv()).await else { break };
        gathered.add(task);
    }
    Some((gathered, tasks))
}

/// What waits already, of so many bytes at most: for whoever has other work to go on with.
pub(super) fn at_hand(tasks: &mut mpsc::Receiver<Task>, most: usize) -> Gathered {
    let mut gathered = Gathered::default();
    while !gathered.is_full(most) {
        let Ok(task) = tasks.try_recv() else { break };
        gathered.add(task);
    }
    gathered
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::*;
    use crate::config::SourcePlan;
    use crate::daemon::poll::{Job as Poll, PollError};
    use crate::extract::{ParseError, Reader};
    use crate::model::{Source, SourceId, SourceKind, SourceState};

    /// A poll that brought nothing.
    fn poll() -> Task {
        let url = "https://outlet.example/feed".parse().expect("a test address");
        let source = Source::new(SourceId::new("outlet").expect("a test id"), SourceKind::Feed, url);
        let job = Poll { plan: Arc::new(SourcePlan { source, reader: Reader::Feed }), state: SourceState::default() };
        let answer = Err(PollError::Parse(ParseError::Empty));
        Task::Poll(Box::new(Polled { job, at: Timestamp::UNIX_EPOCH, took: Duration::ZERO, answer }))
    }

    /// How many polls make a group, and how long the first of them waits, when one comes every so many milliseconds, after so many
    /// that wait already. Seen failing with each of the bounds left out.
    #[tokio::test(start_paused = true)]
    async fn polls_wait_for_company_while_it_comes() {
        for (waiting, every, (polls, waited)) in [
            (1, 10_000, (1, 500)),
            (1, 400, (4, 1_500)),
            (1, 100, (15, 1_500)),
            (16, 30, (65, 1_500)),
            (16, 10, (128, 1_120)),
            (100, 10_000, (100, 500)),
            (140, 100, (144, 500)),
            (300, 100, (GROUP, 0)),
        ] {
            let (sender, tasks) = mpsc::channel(GROUP * 2);
            for _ in 0..waiting {
                sender.try_send(poll()).expect("there is room");
            }
            let others = tokio::spawn(async move {
                loop {
                    tokio::time::sleep(Duration::from_millis(every)).await;
                    if sender.send(poll()).await.is_err() {
                        return;
                    }
                }
            });
            let began = Instant::now();
            let (gathered, _) = gather(tasks, LINGER).await.expect("tasks were given");
            let found = (gathered.group.len(), began.elapsed().as_millis());
            others.abort();
            assert!(found.0.abs_diff(polls) <= 1 && found.1.abs_diff(waited) <= 10, "{waiting} {every}: {found:?}");
        }
    }
}
