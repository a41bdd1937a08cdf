//! The ingest thread: gathers polls into groups and takes them in. A thread of its own because the store's verbs block.

use std::time::{Duration, Instant as Moment};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::articles::Tried;
use super::counters::Counters;
use super::desk::{self, correct::Correction};
use super::full_text::{self, TakenArticles};
use super::healing::{self, Found};
use super::ingest::{Remembered, Taken, take_in};
use super::live::{Live, Shared};
use super::lookback::Job;
use super::outbox::News;
use super::poll::Polled;
use super::scheduler::Notice;
use super::standings::Standings;
use super::websub::{self, Change, Told};
use crate::model::{SourceId, SourceState, Wanted};
use crate::store::{Store, StoreError};

/// Most polls in one commit.
const GROUP: usize = 256;
/// Most bytes of documents in one commit, give or take one document: they are in memory until it is done. 64 documents of 250 kB,
/// which few feeds have; where many have more, memory counts for more than fsyncs.
const GROUP_BYTES: usize = 16 << 20;
/// How long a poll waits for the next, and the first of a group waits in any case. Nothing against the minutes between two polls.
pub(crate) const LINGER: Duration = Duration::from_millis(500);
/// Polls for which one fsync is cheap enough: fewer wait longer for company. Twice the 64 that an fsync should serve, since the
/// groups at both ends of a round are smaller.
const ENOUGH: usize = 128;
/// How many times as long as one poll the first of a group waits at most, while others keep coming: 1.5 s, so that news waits for
/// slower sources by a second at most, and its mail leaves within half a minute (P7). Sixteen fetches at a time, the default, from
/// servers that answer within 0.3 s bring some 90 polls by then; with [`LINGER`] alone a commit held thirty.
const PATIENCE: u32 = 3;

/// When what found no room is fetched again, at the earliest.
const PUT_OFF: SignedDuration = SignedDuration::from_secs(30);

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
    /// Move items between stories because a person said so, and place later ones accordingly.
    Correct(Correction, oneshot::Sender<serde_json::Value>),
}

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
/// ([`LINGER`], [`PATIENCE`]).
///
/// # Errors
/// The store's: the caller must stop, since nothing can be remembered any more.
pub(crate) fn run(
    fetching: &tokio::runtime::Handle,
    store: &Store,
    live: &Shared,
    mut tasks: mpsc::Receiver<Task>,
    outlets: &Outlets,
    linger: Duration,
) -> Result<(), StoreError> {
    let mut remembered = Remembered { recent: None, standings: Standings::read(store, &live.load())? };
    websub::forget_unless_reachable(store, &live.load(), &mut remembered.standings)?;
    loop {
        // Gathered where it is fetched, by a thread that is awake with every answer: to wake this one for each costs more than its poll.
        let gathered = match fetching.block_on(fetching.spawn(gather(tasks, linger))) {
            Ok((gathered, rest)) if !gathered.is_empty() => {
                tasks = rest;
                gathered
            }
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // Every sender is gone, or the runtime.
            Ok(_) | Err(_) => return Ok(()),
        };
        let Gathered { mut group, mut articles, found, leases, probes, corrections, bytes } = gathered;
        let brought = !group.is_empty() || !articles.is_empty();
        if brought && !store.has_room_for(bytes as u64) {
            put_off(std::mem::take(&mut group), std::mem::take(&mut articles), outlets);
        }
        if !group.is_empty() {
            outlets.counters.polled(&group);
            let began = Moment::now();
            let taken = take_in(store, &live.load(), &mut remembered, group)?;
            outlets.counters.brought(&taken.brought, began.elapsed());
            announce(taken, outlets);
        }
        if !articles.is_empty() {
            outlets.counters.tried(&articles);
            let taken = full_text::take_in(store, &live.load(), &mut remembered, articles)?;
            announce_articles(taken, outlets);
        }
        websub::write(store, &mut remembered.standings, leases)?;
        for found in found {
            if let Some((id, state)) = healing::propose(store, &live.load(), &mut remembered.standings, found)? {
                outlets
                    .notices
                    .send(Notice::Decided(id, state))
                    .unwrap_or_else(|_| tracing::debug!("the poll loop is gone"));
            }
        }
        if !corrections.is_empty() {
            correct(store, &live.load(), &mut remembered, corrections)?;
            outlets.news.send(News::Alerts).unwrap_or_else(|_| tracing::debug!("the send loop is gone"));
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

/// What is done together.
#[derive(Default)]
struct Gathered {
    group: Vec<Polled>,
    articles: Vec<Tried>,
    found: Vec<Found>,
    leases: Vec<Change>,
    probes: Vec<oneshot::Sender<()>>,
    corrections: Vec<(Correction, oneshot::Sender<serde_json::Value>)>,
    /// Of the documents, in memory.
    bytes: usize,
}

impl Gathered {
    fn is_empty(&self) -> bool {
        self.group.is_empty()
            && self.articles.is_empty()
            && self.found.is_empty()
            && self.leases.is_empty()
            && self.probes.is_empty()
            && self.corrections.is_empty()
    }
}

/// The next group, and where the one after it comes from; empty when there will be none.
async fn gather(mut tasks: mpsc::Receiver<Task>, linger: Duration) -> (Gathered, mpsc::Receiver<Task>) {
    let mut gathered = Gathered::default();
    let mut next = tasks.recv().await;
    let began = Instant::now();
    while let Some(task) = next {
        match task {
            Task::Poll(mut polled) => {
                gathered.bytes += polled.release();
                gathered.group.push(*polled);
            }
            Task::Article(tried) => gathered.articles.push(*tried),
            Task::Found(found) => gathered.found.push(*found),
            Task::Leases(changes) => gathered.leases.extend(changes),
            Task::Probe(answer) => gathered.probes.push(answer),
            Task::Correct(correction, answer) => gathered.corrections.push((correction, answer)),
        }
        let fetched = gathered.group.len() + gathered.articles.len();
        if fetched >= GROUP || gathered.bytes >= GROUP_BYTES {
            break;
        }
        let end =
            if fetched < ENOUGH { (Instant::now() + linger).min(began + linger * PATIENCE) } else { began + linger };
        next = tokio::time::timeout_at(end, tasks.recv()).await.unwrap_or_default();
    }
    (gathered, tasks)
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
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::{self, Environment, SourcePlan};
    use crate::daemon::lookback::Target;
    use crate::daemon::placing::Recent;
    use crate::daemon::poll::{Job as Poll, PollError};
    use crate::extract::{ParseError, Reader};
    use crate::identity;
    use crate::model::{Item, Placement, Reason, Source, SourceKind, StoredItem};
    use crate::store::PollCommit;

    const CONFIG: &str = "version = 1\nstorage = { path = \"STATE\" }\nhttp = { contact = \"ops@example.org\" }\n\
                          group.desk = [\"amina@example.org\"]\n\
                          [mail]\nfrom = \"alerts@example.org\"\nlist_id = \"sahelwatch.example.org\"\ntransport = \"file\"\n\
                          [[source]]\nid = \"outlet\"\nkind = \"feed\"\nurl = \"https://outlet.example/feed\"\n\
                          [[watch]]\nid = \"attacks\"\nany = [\"attack\"]\nto = [\"@desk\"]\n";

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
            let (gathered, _) = gather(tasks, LINGER).await;
            let found = (gathered.group.len(), began.elapsed().as_millis());
            others.abort();
            assert!(found.0.abs_diff(polls) <= 1 && found.1.abs_diff(waited) <= 10, "{waiting} {every}: {found:?}");
        }
    }

    /// An item as it is placed and kept by the ingest thread.
    fn take_in(store: &Store, live: &Live, recent: &mut Option<Recent>, title: &str) -> (StoredItem, Placement) {
        let now = Timestamp::now();
        let item = Item { title: title.to_owned(), summary: "The attack was deadly.".to_owned(), ..Item::default() };
        let source = SourceId::new("outlet").expect("a test id");
        let stored = StoredItem {
            id: store.next_item_id(now),
            source: source.clone(),
            first_seen: now,
            revision: 0,
            reason: Reason::New,
            item,
        };
        let story_of = |id| store.placement(id).map(|placement| placement.story);
        let placement = {
            let recent = Recent::ready(recent, store, live, now).expect("the store answers");
            live.scanned(&stored.item, &source, |scan, _| recent.place(&stored, scan, false, story_of))
        };
        let placement = placement.expect("the store answers");
        let face = identity::face(&stored.item).0;
        let commit = PollCommit {
            new_items: vec![(stored.clone(), face)],
            placements: vec![(stored.id, placement)],
            ..PollCommit::new(source)
        };
        store.commit(vec![commit]).expect("the store takes it");
        (stored, placement)
    }

    #[test]
    fn later_items_follow_a_correction_at_once() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("sahelwatch.toml");
        let state = folder.path().join("state");
        std::fs::write(&path, CONFIG.replace("STATE", &state.to_string_lossy())).expect("it can be written");
        let loaded = config::load(&path, &Environment::default());
        let report = loaded.report.render(false);
        let live = Live::new(loaded.config.unwrap_or_else(|| panic!("{report}")));
        let store = Store::open(&live.config.storage).expect("a new store").store;
        let mut remembered = Remembered::default();
        let (djibo, _) =
            take_in(&store, &live, &mut remembered.recent, "At least 40 killed in attack on Djibo, Burkina Faso");
        let (arbinda, apart) =
            take_in(&store, &live, &mut remembered.recent, "Attack on convoy near Arbinda kills seven");
        assert_eq!(apart.story, arbinda.id, "another place, another story");

        let correction = Correction::Merge { story: Target::Item(arbinda.id), into: Target::Item(djibo.id) };
        let (answer, mut answered) = oneshot::channel();
        correct(&store, &live, &mut remembered, vec![(correction, answer)]).expect("the store takes it");
        let document = answered.try_recv().expect("it was answered");
        assert_eq!(document["Ok"]["story"]["items"], 2, "{document}");
        let (_, follows) =
            take_in(&store, &live, &mut remembered.recent, "Seven killed in attack near Arbinda, officials say");
        assert_eq!(follows.story, djibo.id);
    }
}
