//! `stories`: the stories of late, those with the newest report first; of each what fits on a card.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{SCHEMA, no_such};
use crate::daemon::composing::Dossier;
use crate::daemon::live::Live;
use crate::daemon::lookback::{Job, Refusal, Stop};
use crate::model::{Figure, ItemId, Mute, Muted, Notice, Place, Report, StoryId};
use crate::store::{Store, StoreError, Stretch};

/// Items read at a time.
const PAGE: usize = 256;

/// Which stories are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// With a report first seen since then.
    pub since: Timestamp,
    /// On which this watch alerted.
    pub watch: Option<String>,
    /// Of which this source reports.
    pub source: Option<String>,
    /// In this country (ISO 3166-1 alpha-2).
    pub country: Option<String>,
    /// Of which somebody was told.
    pub mailed: bool,
    /// So many at most.
    pub limit: usize,
}

/// `stories --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Reports first seen since then were looked at.
    pub since: Timestamp,
    /// The stories, newest report first.
    pub stories: Vec<Card>,
    /// Whether there are more.
    pub more: bool,
}

/// A story in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Its number, that of its first item.
    pub id: String,
    /// The headline of its first item.
    pub title: String,
    /// The language of that.
    pub lang: String,
    /// Where it happened, as the first report that says so has it.
    pub places: Vec<Place>,
    /// When its first item was seen.
    pub opened: Timestamp,
    /// When its newest was.
    pub last: Timestamp,
    /// Items.
    pub items: usize,
    /// Sources that report in their own words.
    pub sources: Vec<String>,
    /// The languages of its items.
    pub languages: Vec<String>,
    /// The range of each kind of figure, as reported.
    pub tolls: Vec<Figure>,
    /// The watches that alerted on it.
    pub watches: Vec<String>,
    /// When somebody was first told of it.
    pub mailed: Option<Timestamp>,
    /// Mails that tell of it.
    pub mails: usize,
    /// Readers and alerts that still wait.
    pub waiting: usize,
    /// The mutes of it in force.
    pub muted: Vec<String>,
}

/// The stories asked for. Ends early when nobody waits for them any more.
pub(super) fn list(store: &Store, live: &Live, ask: &Ask, now: Timestamp, job: &Job) -> Result<Found, Stop> {
    check(live, ask)?;
    let mutes = store.mutes()?;
    let mut found = Found { schema: SCHEMA, since: ask.since, stories: Vec::new(), more: false };
    let mut seen: BTreeSet<StoryId> = BTreeSet::new();
    let mut rest = Stretch { from: ItemId::at(ask.since), before: ItemId(u64::MAX) };
    loop {
        let page = store.newest_items(rest, PAGE)?;
        let Some(last) = page.last() else { return Ok(found) };
        rest = rest.below(last.id);
        for item in page {
            let story = store.placement(item.id)?.story;
            if job.is_dropped() || !seen.insert(story) {
                continue;
            }
            let Some(card) = wanted(store, live, ask, story)? else { continue };
            if found.stories.len() == ask.limit {
                return Ok(Found { more: true, ..found });
            }
            found.stories.push(Card { muted: muted(&mutes, story, now), ..card });
        }
    }
}

fn check(live: &Live, ask: &Ask) -> Result<(), Stop> {
    if let Some(watch) = ask.watch.as_deref() {
        let ids: Vec<&str> = live.config.watches.iter().map(|watch| watch.id.as_str()).collect();
        ids.contains(&watch).then_some(()).ok_or_else(|| no_such("watch", "watches", watch, &ids))?;
    }
    if let Some(source) = ask.source.as_deref() {
        let ids: Vec<&str> = live.config.sources.iter().map(|plan| plan.source.id.as_str()).collect();
        ids.contains(&source).then_some(()).ok_or_else(|| no_such("source", "sources", source, &ids))?;
    }
    match ask.country.as_deref() {
        Some(code) if code.len() != 2 || !code.bytes().all(|letter| letter.is_ascii_alphabetic()) => {
            let code = crate::text::display::terminal(code);
            Err(Refusal::Mistaken(format!(
                "error: `{code}` is no country code; write two letters (ISO 3166-1), such as BF"
            ))
            .into())
        }
        _ => Ok(()),
    }
}

/// The card of a story that is asked for. What costs least is looked at first.
fn wanted(store: &Store, live: &Live, ask: &Ask, story: StoryId) -> Result<Option<Card>, StoreError> {
    if ask.mailed && store.tellings(story)?.is_empty() {
        return Ok(None);
    }
    if let Some(watch) = &ask.watch
        && !watches(store, &store.story(story)?)?.contains(watch)
    {
        return Ok(None);
    }
    let dossier = Dossier::read(store, live, story)?;
    if let Some(source) = &ask.source
        && dossier.reports.iter().all(|report| report.source.as_str() != source)
    {
        return Ok(None);
    }
    if let Some(country) = &ask.country {
        let mut places = dossier.reports.iter().flat_map(|report| &report.places);
        if !places.any(|place| place.country.as_ref().is_some_and(|code| code.eq_ignore_ascii_case(country))) {
            return Ok(None);
        }
    }
    card(store, &dossier)
}

/// A story in short; None of one that has no item any more. Mutes are for the caller.
pub(super) fn card(store: &Store, dossier: &Dossier) -> Result<Option<Card>, StoreError> {
    let reports = &dossier.reports;
    let (Some(first), Some(last)) = (reports.first(), reports.iter().map(|report| report.seen).max()) else {
        return Ok(None);
    };
    let own = || reports.iter().filter(|report| report.copy_of.is_none());
    let members = store.story(dossier.story)?;
    let mails = store.tellings(dossier.story)?;
    let mut waiting = 0;
    for member in &members {
        waiting += store.waiting_on(*member)?.len();
    }
    Ok(Some(Card {
        id: dossier.story.to_string(),
        title: first.title.clone(),
        lang: first.lang.clone(),
        places: reports.iter().find(|report| !report.places.is_empty()).map(|r| r.places.clone()).unwrap_or_default(),
        opened: first.seen,
        last,
        items: members.len(),
        sources: distinct(own().map(|report| report.source.to_string())),
        languages: distinct(reports.iter().map(|report| report.lang.clone())),
        tolls: ranges(reports),
        watches: watches(store, &members)?,
        mailed: mails.first().map(|(_, at)| *at),
        mails: mails.iter().map(|(id, _)| id).collect::<BTreeSet<_>>().len(),
        waiting,
        muted: Vec::new(),
    }))
}

/// The least and the highest that is reported of each kind, in the order of the kinds. What was withdrawn counts no more.
fn ranges(reports: &[Report]) -> Vec<Figure> {
    let mut ranges: Vec<Figure> = Vec::new();
    let standing = reports.iter().filter(|report| report.notice != Some(Notice::Withdrawal));
    for toll in standing.flat_map(|report| &report.tolls) {
        match ranges.iter_mut().find(|range| range.kind == toll.kind) {
            Some(range) => (range.min, range.max) = (range.min.min(toll.min), range.max.max(toll.figure())),
            None => ranges.push(Figure { kind: toll.kind, min: toll.min, max: toll.figure() }),
        }
    }
    ranges.sort_by_key(|range| range.kind);
    ranges
}

/// The watches that alerted on any of these.
pub(super) fn watches(store: &Store, members: &[ItemId]) -> Result<Vec<String>, StoreError> {
    let mut ids = BTreeSet::new();
    for member in members {
        ids.extend(store.watches_alerted(*member)?.iter().map(ToString::to_string));
    }
    Ok(ids.into_iter().collect())
}

/// The mutes in force of a story itself.
pub(super) fn muted(mutes: &[Mute], story: StoryId, now: Timestamp) -> Vec<String> {
    let of = |mute: &&Mute| mute.holds(now) && mute.what == Muted::Story(story);
    mutes.iter().filter(of).map(|mute| mute.id.to_string()).collect()
}

fn distinct(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}
