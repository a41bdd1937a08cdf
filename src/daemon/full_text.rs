//! An article that was read, or not: its text joins its item, which is placed among the stories and put before the watches
//! again. Who was alerted by the teaser is not alerted twice. The ingest thread does it, as it does everything that decides.

use jiff::Timestamp;

use super::articles::{Tried, Unread};
use super::ingest::Remembered;
use super::live::Live;
use super::placing::Recent;
use crate::extract::article::Article;
use crate::health;
use crate::model::{
    Alert, AlertId, ArticleState, ItemId, Match, Reason, SourceId, SourceKind, StoredItem, Wanted, WatchId,
};
use crate::schedule;
use crate::store::{ArticleCommit, Became, Store, StoreError};

/// What a group of articles came to.
#[derive(Debug, Default)]
pub(crate) struct TakenArticles {
    /// Why each of the alerts that full texts raised was.
    pub(crate) raised: Vec<Reason>,
    /// Articles to be tried again.
    pub(crate) wanted: Vec<Wanted>,
}

/// Takes in a group of articles and commits it.
///
/// # Errors
/// The store's; then nothing of it is written, and the articles are fetched again.
pub(crate) fn take_in(
    store: &Store,
    live: &Live,
    remembered: &mut Remembered,
    group: Vec<Tried>,
) -> Result<TakenArticles, StoreError> {
    let (mut taken, mut commits) = (TakenArticles::default(), Vec::new());
    for tried in group {
        let (source, at) = (tried.wanted.source.clone(), tried.at);
        let Some(commit) = became(store, live, &mut remembered.recent, tried)? else { continue };
        stand(store, live, remembered, &source, at, &commit.became)?;
        match &commit.became {
            Became::Wanted(wanted) => taken.wanted.push(wanted.clone()),
            Became::Read { alerts, .. } => taken.raised.extend(alerts.iter().map(|alert| alert.reason)),
            Became::Failed(_) => {}
        }
        commits.push(commit);
    }
    store.take_articles(commits)?;
    Ok(taken)
}

/// An article that was given up tells of its source, whatever it was given up for; so does one that was read. What is tried
/// again says nothing yet, and what its source does not ask for any more nothing at all.
fn stand(
    store: &Store,
    live: &Live,
    remembered: &mut Remembered,
    id: &SourceId,
    at: Timestamp,
    became: &Became,
) -> Result<(), StoreError> {
    let Some(source) = live.source(id).filter(|source| source.full_text) else { return Ok(()) };
    let read = match became {
        Became::Read { .. } => Ok(()),
        Became::Failed(ArticleState::Failed { why, .. }) => Err(why.as_str()),
        Became::Wanted(_) | Became::Failed(ArticleState::Read { .. }) => return Ok(()),
    };
    if let Some(standing) = health::after_article(&remembered.standings.of(id), source, at, read) {
        store.stand(id, &remembered.standings.set(id, standing))?;
    }
    Ok(())
}

/// What is to be written; nothing when the item is gone.
fn became(
    store: &Store,
    live: &Live,
    recent: &mut Option<Recent>,
    tried: Tried,
) -> Result<Option<ArticleCommit>, StoreError> {
    let Tried { wanted, at, outcome } = tried;
    let item = wanted.item;
    let Some(record) = store.record(item)? else { return Ok(None) };
    let became = match outcome {
        Ok(article) => read(store, live, recent, record.stored, *article, at)?,
        Err(Unread::Again { why, retry_after }) => {
            let attempts = wanted.attempts + 1;
            match schedule::next_article(at, attempts, retry_after) {
                Some(next_attempt) => Became::Wanted(Wanted { attempts, next_attempt, ..wanted }),
                None => Became::Failed(ArticleState::Failed { at, why }),
            }
        }
        Err(Unread::Never(why)) => Became::Failed(ArticleState::Failed { at, why }),
    };
    Ok(Some(ArticleCommit { item, became }))
}

fn read(
    store: &Store,
    live: &Live,
    recent: &mut Option<Recent>,
    before: StoredItem,
    article: Article,
    at: Timestamp,
) -> Result<Became, StoreError> {
    let state = ArticleState::Read { at, cut_by: article.cut_by.map(|wall| wall.to_string()) };
    let kind = live.source(&before.source).map(|source| &source.kind);
    let was_read = matches!(store.article(before.id)?, Some(ArticleState::Read { .. }));
    let stored = with_text(before, article, kind, was_read);
    let recent = Recent::ready(recent, store, live, at)?;
    let may_move = is_alone_and_untold(store, &stored)?;
    let (mut hits, placement) = live.scanned(&stored.item, &stored.source, |scan, _| {
        (live.watches_in(scan), may_move.then(|| recent.place_again(&stored, scan)).flatten())
    });
    let story = match &placement {
        Some(placement) => placement.story,
        None => store.placement(stored.id)?.story,
    };
    let (mut alerts, mut rematched) = (Vec::new(), Vec::new());
    for watch in store.watches_alerted(stored.id)? {
        let hit = hits.iter().position(|(hit, _)| hit.id == watch).map(|place| hits.swap_remove(place));
        let matches = hit.map(|(_, matches)| matches).unwrap_or_default();
        rematched.push(alert(stored.id, &watch, at, Reason::FullText, matches));
    }
    let told_by: Vec<WatchId> = recent.told_by(story).filter(|_| placement.is_some()).cloned().collect();
    for (watch, matches) in hits {
        alerts.push(alert(stored.id, &watch.id, at, Reason::FullText, matches));
    }
    for watch in told_by {
        if !alerts.iter().chain(&rematched).any(|raised| raised.id.watch == watch) {
            alerts.push(alert(stored.id, &watch, at, Reason::Joined, Vec::new()));
        }
    }
    alerts.iter().chain(&rematched).for_each(|raised| recent.tell(story, &raised.id.watch));
    Ok(Became::Read { state, stored: Box::new(stored), placement, alerts, rematched })
}

/// Whether an item is all of its story, and nobody was told of it: then it may join another one by its full text.
fn is_alone_and_untold(store: &Store, stored: &StoredItem) -> Result<bool, StoreError> {
    let placement = store.placement(stored.id)?;
    let is_alone = placement.story == stored.id && placement.copy_of.is_none() && store.story(stored.id)?.len() == 1;
    Ok(is_alone && store.tellings(stored.id)?.is_empty())
}

fn alert(item: ItemId, watch: &WatchId, raised: Timestamp, reason: Reason, matches: Vec<Match>) -> Alert {
    Alert { id: AlertId { item, watch: watch.clone() }, reason, raised, matches }
}

/// An item with the text of its article. What its source printed stays, but for titles that were made of an address. A text that
/// was read before gives way to a shorter one, unless a wall cut it: a report that was withdrawn must not go on matching.
fn with_text(mut stored: StoredItem, article: Article, kind: Option<&SourceKind>, was_read: bool) -> StoredItem {
    let item = &mut stored.item;
    if article.text.len() > item.body.len() || (was_read && article.cut_by.is_none()) {
        item.body = article.text;
    }
    let made_of_address = matches!(kind, Some(SourceKind::Sitemap));
    if !article.title.is_empty() && (item.title.is_empty() || made_of_address) {
        item.title = article.title;
    }
    if item.published.is_none() {
        item.published = article.published;
    }
    if item.authors.is_empty() {
        item.authors = article.authors;
    }
    if item.lang.is_none() && article.language != "und" {
        item.lang = Some(article.language);
    }
    stored
}
