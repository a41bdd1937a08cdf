//! The ingest thread: takes polls in, group by group, and decides whatever else must not race them. A thread of its own because the
//! store's verbs block.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use super::articles::Tried;
use super::counters::Counters;
use super::desk::{self, correct::Correction};
use super::full_text::{self, TakenArticles};
use super::healing::{self, Found};
use super::ingest::{self, Remembered, Taken};
use super::intake::Intake;
use super::live::{Live, Shared};
use super::lookback::Job;
use super::outbox::News;
use super::poll::Polled;
use super::scheduler::Notice;
use super::standings::Standings;
use super::tasks::{GROUP_BYTES, Gathered, Task, at_hand, gather};
use super::websub::{self, Told};
use crate::identity::Overlay;
use crate::model::{SourceId, SourceState, Wanted};
use crate::store::{Store, StoreError};

/// When what found no room is fetched again, at the earliest.
const PUT_OFF: SignedDuration = SignedDuration::from_secs(30);

/// Where the results go.
#[derive(Debug, Clone)]
pub(crate) struct Outlets {
    pub(crate) notices: mpsc::UnboundedSender<Notice>,
    pub(crate) news: mpsc::UnboundedSender<News>,
    pub(crate) wishes: mpsc::UnboundedSender<Vec<Wanted>>,
    pub(crate) ailing: mpsc::UnboundedSender<SourceId>,
    pub(crate) hubs: mpsc::UnboundedSender<Told>,
    pub(crate) counters: Counters,
}

/// Runs until every sender of tasks is gone; what was sent before is still taken in. A poll waits `linger` for company
/// ([`gather`](super::tasks::gather)).
///
/// # Errors
/// The store's: the caller must stop, since nothing can be remembered any more.
pub(crate) fn run(
    fetching: &Handle,
    store: &Store,
    live: &Shared,
    mut tasks: mpsc::Receiver<Task>,
    outlets: &Outlets,
    linger: Duration,
) -> Result<(), StoreError> {
    let standings = Standings::read(store, &live.load())?;
    let remembered = Remembered { recent: None, standings };
    let mut thread = Thread { store, live, outlets, remembered, backlog: Backlog::default() };
    websub::forget_unless_reachable(store, &live.load(), &mut thread.remembered.standings)?;
    loop {
        let gathered = if thread.backlog.is_empty() {
            // Gathered where it is fetched, by a thread that is awake with every answer: to wake this one for each costs more than
            // its poll.
            match fetching.block_on(fetching.spawn(gather(tasks, linger))) {
                Ok(Some((gathered, rest))) => {
                    tasks = rest;
                    gathered
                }
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                // Every sender is gone, or the runtime.
                Ok(None) | Err(_) => return Ok(()),
            }
        } else {
            at_hand(&mut tasks, GROUP_BYTES.saturating_sub(thread.backlog.bytes()))
        };
        thread.take(gathered)?;
        thread.take_part()?;
    }
}

/// What the thread works with.
struct Thread<'a> {
    store: &'a Store,
    live: &'a Shared,
    outlets: &'a Outlets,
    remembered: Remembered,
    backlog: Backlog,
}

/// Polls with very many entries, which are taken in part by part, first come, first served; what else there is to do is done in
/// between.
#[derive(Default)]
struct Backlog(VecDeque<Long>);

struct Long {
    intake: Intake,
    /// In memory, at first.
    bytes: usize,
    /// Who waits until it is taken in.
    waiting: Vec<oneshot::Sender<()>>,
}

impl Backlog {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn bytes(&self) -> usize {
        self.0.iter().map(|long| long.bytes).sum()
    }
}

impl Thread<'_> {
    /// Does everything that was gathered, but that long polls are only begun.
    fn take(&mut self, gathered: Gathered) -> Result<(), StoreError> {
        let Self { store, live, outlets, remembered, backlog } = self;
        let Gathered { mut group, long, mut articles, found, leases, probes, waiting, corrections, bytes, .. } =
            gathered;
        let brought = !group.is_empty() || !articles.is_empty();
        if brought && !store.has_room_for(bytes as u64) {
            put_off(std::mem::take(&mut group), std::mem::take(&mut articles), outlets);
        }
        if !group.is_empty() {
            outlets.counters.polled(&group);
            let began = Instant::now();
            let taken = ingest::take_in(store, &live.load(), remembered, group)?;
            outlets.counters.brought(&taken.brought, began.elapsed());
            announce(taken, outlets);
        }
        for (polled, bytes) in long {
            outlets.counters.polled(std::slice::from_ref(&polled));
            let intake = Intake::begin(polled, store, &remembered.standings, &Overlay::default())?;
            backlog.0.push_back(Long { intake, bytes, waiting: Vec::new() });
        }
        if !articles.is_empty() {
            outlets.counters.tried(&articles);
            let taken = full_text::take_in(store, &live.load(), remembered, articles)?;
            announce_articles(taken, outlets);
        }
        websub::write(store, &mut remembered.standings, leases)?;
        self.decide(found, corrections)?;
        if !probes.is_empty() {
            self.store.stats()?;
        }
        match self.backlog.0.back_mut() {
            Some(last) => last.waiting.extend(waiting),
            None => answer(waiting),
        }
        answer(probes);
        Ok(())
    }

    /// Writes what was decided beside the polls.
    fn decide(
        &mut self,
        found: Vec<Found>,
        corrections: Vec<(Correction, oneshot::Sender<serde_json::Value>)>,
    ) -> Result<(), StoreError> {
        let Self { store, live, outlets, remembered, .. } = self;
        for found in found {
            if let Some((id, state)) = healing::propose(store, &live.load(), &mut remembered.standings, found)? {
                outlets
                    .notices
                    .send(Notice::Decided(id, state))
                    .unwrap_or_else(|_| tracing::debug!("the poll loop is gone"));
            }
        }
        if !corrections.is_empty() {
            correct(store, &live.load(), remembered, corrections)?;
            outlets.news.send(News::Alerts).unwrap_or_else(|_| tracing::debug!("the send loop is gone"));
        }
        Ok(())
    }

    /// Takes in the next part of the first long poll.
    fn take_part(&mut self) -> Result<(), StoreError> {
        let Some(Long { intake, bytes, .. }) = self.backlog.0.front_mut() else { return Ok(()) };
        if self.store.has_room_for(*bytes as u64) {
            let began = Instant::now();
            let taken = ingest::take_part(self.store, &self.live.load(), &mut self.remembered, intake)?;
            self.outlets.counters.brought(&taken.brought, began.elapsed());
            announce(taken, self.outlets);
            if intake.goes_on() {
                return Ok(());
            }
        }
        if let Some(Long { intake, waiting, .. }) = self.backlog.0.pop_front() {
            if intake.goes_on() {
                put_off(vec![intake.polled], Vec::new(), self.outlets);
            }
            answer(waiting);
        }
        Ok(())
    }
}

/// Tells all who wait; each of them may have stopped waiting.
fn answer(waiting: Vec<oneshot::Sender<()>>) {
    for one in waiting {
        one.send(()).ok();
    }
}

/// Moves items, and forgets what later ones were placed by, to be read anew. No poll is taken in between, so that none joins a story that ends.
fn correct(
    store: &Store,
    live: &Live,
    remembered: &mut Remembered,
    corrections: Vec<(Correction, oneshot::Sender<serde_json::Value>)>,
) -> Result<(), StoreError> {
    for (correction, answer) in corrections {
        let document = desk::answer(store, live, &desk::Request::Correct(correction), &Job::default())?;
        // Whoever asked may have stopped waiting.
        answer.send(document).ok();
    }
    remembered.recent = None;
    Ok(())
}

/// Gives up polls and articles for which there is no room, before anything of them is written: what is remembered of a source is as
/// it was, so the same document is fetched again and nothing of it is missed.
fn put_off(group: Vec<Polled>, articles: Vec<Tried>, outlets: &Outlets) {
    // The disk may have room for smaller documents, and not be told of as full.
    tracing::warn!(polls = group.len(), articles = articles.len(), "not taken in for want of room on the disk");
    let now = Timestamp::now();
    let later = now.checked_add(PUT_OFF).unwrap_or(Timestamp::MAX);
    let states = group.into_iter().map(|polled| {
        // The scheduler counts the wait from the attempt.
        let state = SourceState { last_attempt: Some(now), next_check: Some(later), ..polled.job.state };
        (polled.job.plan.source.id.clone(), state)
    });
    let taken = Taken { states: states.collect(), ..Taken::default() };
    outlets.notices.send(Notice::Taken(taken)).unwrap_or_else(|_| tracing::debug!("the poll loop is gone"));
    want(articles.into_iter().map(|tried| Wanted { next_attempt: later, ..tried.wanted }).collect(), outlets);
}

fn announce(mut taken: Taken, outlets: &Outlets) {
    want(std::mem::take(&mut taken.wanted), outlets);
    for id in taken.ailing.drain(..) {
        outlets.ailing.send(id).unwrap_or_else(|_| tracing::debug!("nobody looks for feeds elsewhere"));
    }
    for told in taken.told.drain(..) {
        outlets.hubs.send(told).unwrap_or_else(|_| tracing::debug!("nobody asks hubs"));
    }
    if taken.new_items > 0 {
        tracing::info!(items = taken.new_items, alerts = taken.alerts, "new items");
    }
    if taken.alerts > 0 {
        outlets.news.send(News::Alerts).unwrap_or_else(|_| tracing::debug!("the send loop is gone"));
    }
    outlets.notices.send(Notice::Taken(taken)).unwrap_or_else(|_| tracing::debug!("the poll loop is gone"));
}

fn announce_articles(taken: TakenArticles, outlets: &Outlets) {
    want(taken.wanted, outlets);
    if !taken.raised.is_empty() {
        let alerts = taken.raised.len();
        taken.raised.iter().for_each(|reason| outlets.counters.raised(*reason, 1));
        tracing::info!(alerts, "full texts raised alerts");
        outlets.news.send(News::Alerts).unwrap_or_else(|_| tracing::debug!("the send loop is gone"));
        let taken = Taken { alerts, ..Taken::default() };
        outlets.notices.send(Notice::Taken(taken)).unwrap_or_else(|_| tracing::debug!("the poll loop is gone"));
    }
}

fn want(wanted: Vec<Wanted>, outlets: &Outlets) {
    if !wanted.is_empty() {
        let gone = |_| tracing::debug!("the loop of articles is gone: they are fetched at the next start");
        outlets.wishes.send(wanted).unwrap_or_else(gone);
    }
}

#[cfg(test)]
#[path = "ingesting_tests.rs"]
mod tests;
