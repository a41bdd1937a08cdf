//! The second half of the sentence: each item is identified, placed in a story and matched against every watch, and
//! what matches becomes an alert, written in the same transaction that marks the item as seen. One thread owns all of
//! it, so that no decision races another.
//!
//! Polls are taken in groups: one commit, and so one fsync, covers every poll that waits when the thread gets to it. Those with very
//! many entries are taken in part by part.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::counters::Brought;
use super::healing::{self, Lost};
use super::intake::{Conclusion, Document, Entry, Intake, is_first_here};
use super::live::Live;
use super::placing::Recent;
use super::poll::Polled;
use super::standings::Standings;
use super::websub::Told;
use crate::identity::{Face, Overlay, Record, Sighting, Verdict, identify};
use crate::model::{
    Alert, AlertId, Item, ItemId, Match, Placement, Reason, SourceId, SourceState, StoredItem, StoryId, Wanted, WatchId,
};
use crate::query::Scan;
use crate::store::{PollCommit, Store, StoreError};

/// What the ingest thread remembers from group to group.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    /// The recent items; read from the store when the first new one comes.
    pub(crate) recent: Option<Recent>,
    /// How every source stands.
    pub(crate) standings: Standings,
}

/// What a group of polls came to.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// The new state of each source.
    pub(crate) states: Vec<(SourceId, SourceState)>,
    /// Alerts raised.
    pub(crate) alerts: usize,
    /// Items never seen before.
    pub(crate) new_items: usize,
    /// Articles to be fetched.
    pub(crate) wanted: Vec<Wanted>,
    /// Sources that should be looked for elsewhere.
    pub(crate) ailing: Vec<SourceId>,
    /// Subscriptions at hubs that begin or end.
    pub(crate) told: Vec<Told>,
    /// What it brought, for the counters.
    pub(crate) brought: Brought,
}

/// Takes in a group of polls and commits it; none of them is long.
///
/// # Errors
/// The store's; then nothing of the group is written, and every source will be polled again.
pub(crate) fn take_in(
    store: &Store,
    live: &Live,
    remembered: &mut Remembered,
    group: Vec<Polled>,
) -> Result<Taken, StoreError> {
    let mut desk = Desk::new(store, live, remembered);
    let commits = group.into_iter().map(|polled| {
        let mut intake = Intake::begin(polled, store, desk.standings, &desk.overlay)?;
        desk.take_part(&mut intake)
    });
    let commits = commits.collect::<Result<Vec<_>, _>>()?;
    desk.commit(commits)
}

/// Takes in the next part of a long document and commits it.
///
/// # Errors
/// The store's; then nothing of the part is written, and the source will be polled again.
pub(crate) fn take_part(
    store: &Store,
    live: &Live,
    remembered: &mut Remembered,
    intake: &mut Intake,
) -> Result<Taken, StoreError> {
    let mut desk = Desk::new(store, live, remembered);
    let commit = desk.take_part(intake)?;
    desk.commit(vec![commit])
}

/// What the decisions of one commit share.
struct Desk<'a> {
    store: &'a Store,
    live: &'a Live,
    /// What was learned and the store does not know yet.
    overlay: Overlay,
    /// The recent items, this group's included; read from the store when the first new one comes.
    recent: &'a mut Option<Recent>,
    standings: &'a mut Standings,
    /// The stories of this group's items.
    placed: HashMap<ItemId, StoryId>,
    raised: HashSet<AlertId>,
    told: Vec<Told>,
    lost: Vec<Lost>,
}

impl<'a> Desk<'a> {
    fn new(store: &'a Store, live: &'a Live, remembered: &'a mut Remembered) -> Self {
        let Remembered { recent, standings } = remembered;
        Self {
            store,
            live,
            recent,
            standings,
            overlay: Overlay::default(),
            placed: HashMap::new(),
            raised: HashSet::new(),
            told: Vec::new(),
            lost: Vec::new(),
        }
    }

    /// Writes what was decided.
    fn commit(self, commits: Vec<PollCommit>) -> Result<Taken, StoreError> {
        let whole = commits.iter().filter(|commit| !commit.goes_on);
        let taken = Taken {
            states: whole.map(|commit| (commit.source.clone(), commit.state.clone())).collect(),
            alerts: commits.iter().map(|commit| commit.alerts.len()).sum(),
            new_items: commits.iter().map(|commit| commit.new_items.len()).sum(),
            ailing: healing::to_look_for(self.lost, self.standings, self.live),
            told: self.told,
            brought: Brought::of(&commits),
            wanted: commits.iter().flat_map(|commit| commit.wanted.iter().cloned()).collect(),
        };
        // As large as what is committed, and no longer needed.
        drop(self.overlay);
        self.store.commit(commits)?;
        Ok(taken)
    }

    /// Takes in what is left of a poll, [`PART`] entries at most.
    fn take_part(&mut self, intake: &mut Intake) -> Result<PollCommit, StoreError> {
        let mut commit = PollCommit::new(intake.source().id.clone());
        if let Some(document) = &mut intake.document {
            self.judge(&mut commit, document, intake.polled.at)?;
            document.took_in(&commit);
        }
        if intake.goes_on() {
            commit.goes_on = true;
            commit.state.last_attempt = Some(intake.polled.at);
            return Ok(commit);
        }
        let Conclusion { state, standing, told, lost } = intake.conclude(self.live, self.standings);
        (commit.state, commit.standing) = (state, standing);
        self.told.extend(told);
        self.lost.extend(lost);
        Ok(commit)
    }

    /// Identifies the next entries of a document and puts what is new before the watches.
    fn judge(&mut self, commit: &mut PollCommit, document: &mut Document, at: Timestamp) -> Result<(), StoreError> {
        let source = commit.source.clone();
        for Entry { position, item, face, words, known } in document.next_entries(self.store, &source)? {
            // What was learned in this commit counts as known by now.
            let known = self.overlay.known(&source, &face, known);
            let sighting = Sighting { item: &item, face, words, known };
            let primes = document.priming.takes(&item, position);
            match identify(&document.habits, &sighting, |id| self.recall(id))? {
                Verdict::New => self.take_new(commit, item, &face, at, document.priming.reason(primes))?,
                Verdict::Changed(id) => self.take_changed(commit, item, &face, at, id, primes)?,
                Verdict::Known(id) => self.take_known(commit, &sighting, at, id, primes)?,
                Verdict::Restless(id) => {
                    tracing::debug!(%source, item = %id, reason = %Reason::RestlessText, "change ignored")
                }
            }
        }
        Ok(())
    }

    fn recall(&self, id: ItemId) -> Result<Option<Record>, StoreError> {
        match self.overlay.record(id) {
            Some(record) => Ok(Some(record.clone())),
            None => self.store.record(id),
        }
    }

    fn take_new(
        &mut self,
        commit: &mut PollCommit,
        item: Item,
        face: &Face,
        at: Timestamp,
        reason: Reason,
    ) -> Result<(), StoreError> {
        let id = self.store.next_item_id(at);
        let stored = StoredItem { id, source: commit.source.clone(), first_seen: at, revision: 0, reason, item };
        let live = self.live;
        live.scanned(&stored.item, &stored.source, |scan, _| -> Result<(), StoreError> {
            let placement = self.place(commit, &stored, scan)?;
            if reason != Reason::Primed { self.raise_new(commit, &stored, &placement, scan) } else { Ok(()) }
        })?;
        self.overlay.learn(&commit.source, face, Record { stored: stored.clone(), history: Vec::new() });
        if reason != Reason::Primed {
            commit.wanted.extend(self.article_of(&stored, &stored.source, at));
        }
        commit.new_items.push((stored, *face));
        Ok(())
    }

    fn place(&mut self, commit: &mut PollCommit, item: &StoredItem, scan: &Scan<'_>) -> Result<Placement, StoreError> {
        let (store, placed) = (self.store, &self.placed);
        let recent = Recent::ready(self.recent, store, self.live, item.first_seen)?;
        let is_teaser = item.item.body.is_empty() && self.live.source(&item.source).is_some_and(|s| s.full_text);
        let placement = recent.place(item, scan, is_teaser, |earlier| story_of(store, placed, earlier))?;
        self.placed.insert(item.id, placement.story);
        if placement != Placement::alone(item.id) {
            commit.placements.push((item.id, placement));
        }
        Ok(placement)
    }

    /// Puts a new item before the watches, a copy as any other: whoever a mute kept from its original learns of it by
    /// the copy, and of everybody else `alert::life` says that they were told. An item of a story that a watch told of
    /// may be news to it whether or not it has the watch's words, unless it is a copy.
    fn raise_new(
        &mut self,
        commit: &mut PollCommit,
        item: &StoredItem,
        placement: &Placement,
        scan: &Scan<'_>,
    ) -> Result<(), StoreError> {
        let recent = Recent::ready(self.recent, self.store, self.live, item.first_seen)?;
        let told_by: Vec<WatchId> = recent.told_by(placement.story).cloned().collect();
        let hits = self.live.watches_in(scan);
        for (watch, matches) in &hits {
            self.raise(commit, item.id, &watch.id, item.first_seen, item.reason, matches.clone())?;
            self.tell(placement.story, &watch.id, item.first_seen)?;
        }
        let others = told_by.iter().filter(|told| !hits.iter().any(|(watch, _)| watch.id == **told));
        for watch in others.filter(|_| placement.copy_of.is_none()) {
            self.raise(commit, item.id, watch, item.first_seen, Reason::Joined, Vec::new())?;
        }
        Ok(())
    }

    fn take_changed(
        &mut self,
        commit: &mut PollCommit,
        item: Item,
        face: &Face,
        at: Timestamp,
        id: ItemId,
        primes: bool,
    ) -> Result<(), StoreError> {
        let Some(mut record) = self.recall(id)? else { return Ok(()) };
        record.stored.revision += 1;
        let before = std::mem::replace(&mut record.stored.item, item);
        let wanted = self.article_of(&record.stored, &record.stored.source, at);
        if record.stored.item.body.is_empty() && (wanted.is_some() || self.store.article(id)?.is_some()) {
            // What its article said stands until the article is read again, whoever asked for it.
            record.stored.item.body = before.body;
        }
        commit.wanted.extend(wanted.filter(|_| !primes));
        if !primes {
            record.stored.reason = Reason::Changed;
            self.raise_changed(commit, id, &record.stored.item, at)?;
        }
        commit.changed_items.push((record.stored.clone(), *face));
        self.overlay.learn(&commit.source, face, record);
        Ok(())
    }

    /// A known item raises nothing, but one case: it was only primed, by another source's first poll, and this source,
    /// which is watched for longer, shows it for the first time. For the reader that is news.
    fn take_known(
        &mut self,
        commit: &mut PollCommit,
        sighting: &Sighting<'_>,
        at: Timestamp,
        id: ItemId,
        primes: bool,
    ) -> Result<(), StoreError> {
        if is_first_here(sighting)
            && !primes
            && let Some(mut record) = self.recall(id)?
            && record.stored.reason == Reason::Primed
            && record.stored.source != commit.source
        {
            record.stored.reason = Reason::New;
            let story = story_of(self.store, &self.placed, id)?;
            for (watch, matches) in self.live.hits(sighting.item, &commit.source) {
                self.raise(commit, id, &watch.id, at, Reason::New, matches)?;
                self.tell(story, &watch.id, at)?;
            }
            let wanted = self.article_of(&record.stored, &commit.source, at);
            commit.wanted.extend(wanted.or_else(|| self.article_of(&record.stored, &record.stored.source, at)));
            commit.changed_items.push((record.stored.clone(), sighting.face));
            self.overlay.learn(&commit.source, &sighting.face, record);
            return Ok(());
        }
        if is_first_here(sighting) && !primes {
            commit.wanted.extend(self.article_elsewhere(id, &commit.source, at)?);
        }
        commit.sightings.push((id, sighting.face));
        Ok(())
    }

    /// The wish of a source for the article of an item that another source had brought, where nobody asked for it yet.
    fn article_elsewhere(&self, id: ItemId, source: &SourceId, at: Timestamp) -> Result<Option<Wanted>, StoreError> {
        let Some(record) = self.recall(id)?.filter(|record| record.stored.item.body.is_empty()) else {
            return Ok(None);
        };
        let wanted = self.article_of(&record.stored, source, at).filter(|_| record.stored.source != *source);
        let is_asked = wanted.is_some() && (self.store.wanted_of(id)?.is_some() || self.store.article(id)?.is_some());
        Ok(wanted.filter(|_| !is_asked))
    }

    /// The wish for an item's article, where a source asks for full text.
    fn article_of(&self, stored: &StoredItem, source: &SourceId, at: Timestamp) -> Option<Wanted> {
        let source = self.live.source(source).filter(|source| source.full_text)?;
        let url = stored.item.link.clone()?;
        Some(Wanted { item: stored.id, source: source.id.clone(), url, attempts: 0, next_attempt: at })
    }

    /// Puts a changed item before the watches. Those that alerted on it before are asked again as well: what they told
    /// may not stand any more.
    fn raise_changed(
        &mut self,
        commit: &mut PollCommit,
        id: ItemId,
        item: &Item,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let story = story_of(self.store, &self.placed, id)?;
        let hits = self.live.hits(item, &commit.source);
        for (watch, matches) in &hits {
            self.raise(commit, id, &watch.id, at, Reason::Changed, matches.clone())?;
            self.tell(story, &watch.id, at)?;
        }
        for watch in self.store.watches_alerted(id)? {
            if !hits.iter().any(|(hit, _)| hit.id == watch) {
                self.raise(commit, id, &watch, at, Reason::Changed, Vec::new())?;
            }
        }
        Ok(())
    }

    /// Remembers that a watch tells of a story.
    fn tell(&mut self, story: StoryId, watch: &WatchId, at: Timestamp) -> Result<(), StoreError> {
        Recent::ready(self.recent, self.store, self.live, at)?.tell(story, watch);
        Ok(())
    }

    /// A watch alerts once on an item, and again only when the item's text has changed.
    fn raise(
        &mut self,
        commit: &mut PollCommit,
        item: ItemId,
        watch: &WatchId,
        raised: Timestamp,
        reason: Reason,
        matches: Vec<Match>,
    ) -> Result<(), StoreError> {
        let id = AlertId { item, watch: watch.clone() };
        if self.raised.contains(&id) || (reason != Reason::Changed && self.store.alerted(&id)?) {
            return Ok(());
        }
        self.raised.insert(id.clone());
        commit.alerts.push(Alert { id, reason, raised, matches });
        Ok(())
    }
}

/// The story of an item of this group, or of one before it.
fn story_of(store: &Store, placed: &HashMap<ItemId, StoryId>, item: ItemId) -> Result<StoryId, StoreError> {
    match placed.get(&item) {
        Some(story) => Ok(*story),
        None => store.placement(item).map(|placement| placement.story),
    }
}
