//! A feed that broke or moved is looked for: at its home page, and where such feeds usually stand. What is found is proposed, and
//! used only where the configuration says so and it shows articles that the source had shown before. One source at a time, and each once a day: a site that is down is not helped
//! by questions.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::health::{BEAT, Pulse, every};
use super::live::{Live, Shared, SharedClient};
use super::poll::MOVED_AFTER;
use super::standings::Standings;
use super::tasks::Task;
use crate::extract::discover::{self, Candidate, CandidateKind, How};
use crate::extract::{self, Parsed, Reader, bare_host};
use crate::fetch::{ACCEPT_FEED, ACCEPT_PAGE, Client, Fetched, Request};
use crate::identity::face;
use crate::model::{Health, Moved, Proposal, Source, SourceId, SourceKind, SourceState, Standing, Validators};
use crate::store::{PollCommit, Store, StoreError};

/// Time between two searches for one source.
const EVERY: Duration = Duration::from_secs(24 * 3600);
/// Most addresses tried in one search.
const TRIED: usize = 12;

/// What was found in place of a source's feed.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) source: SourceId,
    /// The address that was configured when the search began.
    pub(crate) lost: Url,
    /// Not applied yet.
    pub(crate) proposal: Proposal,
}

/// The loop.
pub(crate) struct Healer {
    store: Store,
    live: Shared,
    client: SharedClient,
    tasks: mpsc::Sender<Task>,
    searched: HashMap<SourceId, Instant>,
}

impl Healer {
    pub(crate) fn new(store: Store, live: Shared, client: SharedClient, tasks: mpsc::Sender<Task>) -> Self {
        Self { store, live, client, tasks, searched: HashMap::new() }
    }

    /// Runs until stopped; a search under way is abandoned then.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn run(
        mut self,
        mut ailing: mpsc::UnboundedReceiver<SourceId>,
        stop: CancellationToken,
        pulse: Pulse,
    ) -> Result<(), StoreError> {
        let mut beat = every(BEAT);
        loop {
            pulse.beat();
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                _ = beat.tick() => {}
                id = ailing.recv() => {
                    let Some(id) = id else { return Ok(()) };
                    tokio::select! {
                        () = stop.cancelled() => return Ok(()),
                        () = beating(&pulse) => {}
                        healed = self.heal(&id) => healed?,
                    }
                }
            }
        }
    }

    /// Looks for the feed of one source, unless that was done lately.
    async fn heal(&mut self, id: &SourceId) -> Result<(), StoreError> {
        if self.searched.get(id).is_some_and(|at| at.elapsed() < EVERY) {
            return Ok(());
        }
        self.searched.insert(id.clone(), Instant::now());
        let (live, client) = (self.live.load_full(), self.client.load_full());
        let Some(source) = live.source(id).filter(|source| source.kind == SourceKind::Feed) else { return Ok(()) };
        tracing::info!(source = %id, "looking for its feed elsewhere");
        let Some(found) = self.search(&client, source).await? else { return Ok(()) };
        if self.tasks.send(Task::Found(Box::new(found))).await.is_err() {
            tracing::debug!("proposal dropped: the daemon is stopping");
        }
        Ok(())
    }

    /// The first address that serves a feed of this source; else the first of its own site that serves any.
    async fn search(&self, client: &Client, source: &Source) -> Result<Option<Found>, StoreError> {
        let mut other = None;
        for (url, how) in candidates(client, source).await {
            let Some((parsed, at)) = feed(client, source, &url).await else { continue };
            let found = |url, how, is_kin| {
                let proposal = Proposal { url, found: Timestamp::now(), how, is_kin, applied: false };
                Found { source: source.id.clone(), lost: source.url.clone(), proposal }
            };
            if is_kin(&self.store, &source.id, &parsed)? {
                return Ok(Some(found(url, format!("{how}, with articles it had shown before"), true)));
            }
            // A site that shows nothing old may have begun anew. Who else it sends us to is no site of this source.
            if other.is_none() && at.host_str().map(bare_host) == source.url.host_str().map(bare_host) {
                other = Some(found(url, format!("{how}, with nothing it had shown before"), false));
            }
        }
        Ok(other)
    }
}

/// Whether a feed shows anything that this source had shown before. What only others had shown does not count: they may
/// link to the same articles.
fn is_kin(store: &Store, source: &SourceId, parsed: &Parsed) -> Result<bool, StoreError> {
    let faces: Vec<_> = parsed.items.iter().map(|item| face(item).0).collect();
    for known in store.known(source, &faces)? {
        if known.by_entry.or(known.by_title).is_some() {
            return Ok(true);
        }
        let linked = known.by_link.map(|item| store.record(item)).transpose()?.flatten();
        if linked.is_some_and(|record| record.stored.source == *source) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A search takes minutes when hosts are slow, and moves all the while.
async fn beating(pulse: &Pulse) {
    loop {
        tokio::time::sleep(BEAT).await;
        pulse.beat();
    }
}

/// Where to look, the likeliest first: what the home page names, the same address otherwise written, the usual places.
async fn candidates(client: &Client, source: &Source) -> Vec<(Url, String)> {
    let home = discover::home_of(&source.url);
    let mut found: Vec<(Url, String)> = Vec::new();
    let mut guessed = Vec::new();
    if let Some((page, url, content_type)) = fetch(client, source, &home, ACCEPT_PAGE, true).await {
        let page = extract::Document { bytes: &page, content_type: content_type.as_deref(), url: Some(&url) };
        let feeds = discover::discover(&page).into_iter().filter(|found| found.kind == CandidateKind::Feed);
        let (named, others): (Vec<_>, Vec<_>) = feeds.partition(|found| found.how <= How::Linked);
        let told = |candidate: Candidate| (candidate.url, candidate.how.to_string());
        found.extend(named.into_iter().map(told));
        guessed.extend(others.into_iter().map(told));
    }
    let variants = discover::variants(&source.url);
    found.extend(variants.into_iter().map(|url| (url, "at a usual place of the same site".to_owned())));
    found.extend(guessed);
    let mut seen = HashSet::from([source.url.clone()]);
    found.retain(|(url, _)| seen.insert(url.clone()));
    found.truncate(TRIED);
    found
}

/// A feed with items at an address, and where it stands after redirects.
async fn feed(client: &Client, source: &Source, url: &Url) -> Option<(Parsed, Url)> {
    let (bytes, url, content_type) = fetch(client, source, url, ACCEPT_FEED, false).await?;
    let read = tokio::task::spawn_blocking(move || {
        let document = extract::Document { bytes: &bytes, content_type: content_type.as_deref(), url: Some(&url) };
        Reader::Feed.read(&document).ok().map(|parsed| (parsed, url))
    });
    read.await.ok().flatten().filter(|(parsed, _)| !parsed.items.is_empty())
}

async fn fetch(
    client: &Client,
    source: &Source,
    url: &Url,
    accept: &'static str,
    robots: bool,
) -> Option<(Vec<u8>, Url, Option<String>)> {
    let none = Validators::default();
    let request = Request::in_the_way_of(source, url, &none, accept, robots);
    match client.fetch(&request).await {
        Ok(Fetched::Document(document)) => Some((document.bytes, document.url, document.content_type)),
        Ok(Fetched::Unchanged { .. }) | Err(_) => None,
    }
}

/// Polls in a row that must fail before a feed is looked for elsewhere.
const LOST_AFTER: u32 = 3;

/// A source whose feed is gone.
#[derive(Debug)]
pub(crate) struct Lost {
    source: SourceId,
    /// Whether our own line may be the reason.
    local: bool,
}

impl Lost {
    /// A source that stands so, if it is lost.
    pub(crate) fn of(source: &SourceId, standing: &Standing) -> Option<Self> {
        is_lost(standing).then(|| Self { source: source.clone(), local: standing.local })
    }
}

/// Those of these sources that should be looked for elsewhere. While our own line is dead nobody is, wherever that may be the
/// reason.
pub(crate) fn to_look_for(lost: Vec<Lost>, standings: &Standings, live: &Live) -> Vec<SourceId> {
    let is_dark = lost.iter().any(|lost| lost.local) && standings.is_cut_off(live);
    lost.into_iter().filter(|lost| !(is_dark && lost.local)).map(|lost| lost.source).collect()
}

/// Whether a source failed for so long that it is no passing trouble, and nothing was found yet.
fn is_lost(standing: &Standing) -> bool {
    let is_gone = matches!(standing.health, Health::Failing | Health::Blocked);
    is_gone && standing.polls >= LOST_AFTER && standing.proposal.is_none()
}

/// Remembers what was found in place of a source's feed. Returns the source's new state where it is used at once. Nothing,
/// when the feed came back or was configured otherwise while it was looked for.
///
/// # Errors
/// The store's.
pub(crate) fn propose(
    store: &Store,
    live: &Live,
    standings: &mut Standings,
    found: Found,
) -> Result<Option<(SourceId, Box<SourceState>)>, StoreError> {
    let Found { source: id, lost, proposal } = found;
    let mut standing = standings.of(&id);
    let Some(source) = live.source(&id).filter(|source| source.url == lost && is_lost(&standing)) else {
        return Ok(None);
    };
    let applied = source.heal && proposal.is_kin;
    let host = proposal.url.host_str().unwrap_or_default();
    tracing::warn!(source = %id, host, how = proposal.how, applied, "a feed was found in its place");
    let proposal = Proposal { applied, ..proposal };
    let mut state = store.source_state(&id)?.unwrap_or_default();
    if applied {
        use_in_place(&mut state, &proposal);
    }
    standing.proposal = Some(Box::new(proposal));
    let standing = Some(standings.set(&id, standing));
    store.commit(vec![PollCommit { standing, state: state.clone(), ..PollCommit::new(id.clone()) }])?;
    Ok(applied.then(|| (id, Box::new(state))))
}

/// From now on the source is polled where its feed was found. What was learned at the old address tells nothing of this one.
fn use_in_place(state: &mut SourceState, proposal: &Proposal) {
    state.moved = Some(Moved { url: proposal.url.clone(), polls: MOVED_AFTER });
    state.validators = Default::default();
    state.next_check = Some(proposal.found);
}

/// What becomes of a proposal after a poll that led to `state`; `had_moved` says whether it was made at another address than
/// the configured one. A feed that answers where it is configured needs none, and one that is gone where it was found is
/// polled where it is configured again. One that is to be used, but was not known to the poll or not allowed before, is used from
/// now on.
pub(crate) fn settle(standing: &mut Standing, source: &Source, state: &mut SourceState, had_moved: bool) {
    let Some(proposal) = standing.proposal.as_deref_mut().filter(|_| state.moved.is_none()) else { return };
    let is_well = state.failures == 0;
    let is_wished = source.heal && proposal.is_kin;
    if is_well || (proposal.applied && had_moved) {
        standing.proposal = None;
    } else if proposal.applied || is_wished {
        proposal.applied = true;
        use_in_place(state, proposal);
    }
}

#[cfg(test)]
#[path = "healing_tests.rs"]
mod tests;
