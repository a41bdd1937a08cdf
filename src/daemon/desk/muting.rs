//! `mute`: what somebody does not want to hear of for a time, and what that hides.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{SCHEMA, no_such};
use crate::config::Config;
use crate::daemon::live::Live;
use crate::daemon::lookback::{Refusal, Stop, Target, target};
use crate::model::{AlertId, ItemId, Mailbox, Mute, MuteId, Muted, Severity, SourceId, WatchId};
use crate::store::{Store, StoreError};

/// How far back is counted what a mute would have hidden, in days.
pub const PREVIEW_DAYS: u32 = 30;

/// What is to be muted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Object {
    /// A story.
    Story(Target),
    /// A watch, by its id.
    Watch(String),
    /// A source, by its id.
    Source(String),
}

/// A mute as asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// What.
    pub what: Object,
    /// When it ends; None for never.
    pub until: Option<Timestamp>,
    /// For whom only.
    pub reader: Option<String>,
    /// Why.
    pub reason: String,
}

/// A mute, as `mute list` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its name.
    pub id: String,
    /// `story`, `watch` or `source`.
    pub what: String,
    /// Which.
    pub target: String,
    /// Its headline or name.
    pub name: String,
    /// For whom only; None for everybody.
    pub reader: Option<String>,
    /// When it was set.
    pub since: Timestamp,
    /// When it ends; None for never.
    pub until: Option<Timestamp>,
    /// Whether it holds now.
    pub in_force: bool,
    /// Why, in the words of who set it.
    pub reason: String,
    /// Alerts it has kept from their readers.
    pub hidden: u64,
}

/// What came of `mute`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Muting {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The mute.
    pub mute: Line,
    /// The days looked back over.
    pub preview_days: u32,
    /// Alerts of those days it would have hidden.
    pub would_have_hidden: u64,
    /// Watches of high severity among what it hides.
    pub high: Vec<String>,
    /// Mutes of the same that hold already.
    pub beside: Vec<Line>,
}

/// `mute list --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The mutes, oldest first.
    pub mutes: Vec<Line>,
}

/// What came of `mute rm`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The mute, which holds no more.
    pub mute: Line,
    /// Whether it was over before.
    pub was_over: bool,
}

pub(super) fn mute(store: &Store, live: &Live, ask: &Ask, now: Timestamp) -> Result<Muting, Stop> {
    let what = object(store, live, &ask.what)?;
    let reader = ask.reader.as_deref().map(|address| reader(live, address)).transpose()?;
    if ask.until.is_some_and(|until| until <= now) {
        return Err(Refusal::Mistaken("error: a mute must last: give --for a time above zero".to_owned()).into());
    }
    let reader = reader.map(|reader| reader.address.to_ascii_lowercase());
    let mute =
        Mute { id: MuteId(0), what, reader, since: now, until: ask.until, reason: ask.reason.clone(), hidden: 0 };
    let (would_have_hidden, high) = hides(store, live, &mute, now)?;
    let same = |other: &&Mute| other.holds(now) && other.what == mute.what && covers(other, &mute);
    let beside = store.mutes()?;
    let beside =
        beside.iter().filter(same).map(|other| line(store, &live.config, other, now)).collect::<Result<_, _>>()?;
    let id = store.mute(mute.clone())?;
    Ok(Muting {
        schema: SCHEMA,
        mute: line(store, &live.config, &Mute { id, ..mute }, now)?,
        preview_days: PREVIEW_DAYS,
        would_have_hidden,
        high,
        beside,
    })
}

/// Whether a mute holds for all for whom another one does.
fn covers(other: &Mute, mute: &Mute) -> bool {
    other.reader.is_none() || other.reader == mute.reader
}

fn object(store: &Store, live: &Live, what: &Object) -> Result<Muted, Stop> {
    match what {
        Object::Story(target) => Ok(Muted::Story(target::story(store, target)?)),
        Object::Watch(given) => {
            let ids: Vec<&str> = live.config.watches.iter().map(|watch| watch.id.as_str()).collect();
            let known = ids.contains(&given.as_str()).then(|| WatchId::new(given).ok()).flatten();
            known.map(Muted::Watch).ok_or_else(|| no_such("watch", "watches", given, &ids))
        }
        Object::Source(given) => {
            let ids: Vec<&str> = live.config.sources.iter().map(|plan| plan.source.id.as_str()).collect();
            let known = ids.contains(&given.as_str()).then(|| SourceId::new(given).ok()).flatten();
            known.map(Muted::Source).ok_or_else(|| no_such("source", "sources", given, &ids))
        }
    }
}

/// The reader of an address.
pub(in crate::daemon) fn reader<'l>(live: &'l Live, address: &str) -> Result<&'l Mailbox, Stop> {
    let known = live.config.readers.get(&address.to_ascii_lowercase());
    known.map(|reader| &reader.mailbox).ok_or_else(|| {
        let all: Vec<&str> = live.config.readers.keys().map(String::as_str).collect();
        no_such("reader", "readers", address, &all)
    })
}

/// How many alerts of late a mute would have hidden, and the watches of high severity it hides.
fn hides(store: &Store, live: &Live, mute: &Mute, now: Timestamp) -> Result<(u64, Vec<String>), StoreError> {
    let days = SignedDuration::from_hours(24 * i64::from(PREVIEW_DAYS));
    let from = ItemId::at(now.checked_sub(days).unwrap_or(Timestamp::MIN));
    let (mut count, mut watches) = (0, BTreeSet::new());
    for alert in store.alerted_since(from)? {
        if hits(store, &mute.what, &alert)? && is_told(live, &alert.watch, mute.reader.as_deref()) {
            count += 1;
            watches.insert(alert.watch);
        }
    }
    if let Muted::Watch(watch) = &mute.what {
        watches.insert(watch.clone());
    }
    let is_high = |id: &WatchId| live.watch(id).is_some_and(|watch| watch.severity == Severity::High);
    Ok((count, watches.iter().filter(|id| is_high(id)).map(ToString::to_string).collect()))
}

fn hits(store: &Store, what: &Muted, alert: &AlertId) -> Result<bool, StoreError> {
    Ok(match what {
        Muted::Watch(watch) => *watch == alert.watch,
        Muted::Story(story) => store.placement(alert.item)?.story == *story,
        Muted::Source(source) => store.record(alert.item)?.is_some_and(|record| record.stored.source == *source),
    })
}

/// Whether a watch tells a reader; of everybody it tells somebody.
fn is_told(live: &Live, watch: &WatchId, reader: Option<&str>) -> bool {
    reader.is_none_or(|address| {
        let to = live.watch(watch).map(|watch| watch.to.as_slice()).unwrap_or_default();
        to.iter().any(|to| to.address.eq_ignore_ascii_case(address))
    })
}

pub(super) fn list(store: &Store, live: &Live, all: bool, now: Timestamp) -> Result<Found, Stop> {
    let mutes = store.mutes()?;
    let shown = mutes.iter().filter(|mute| all || mute.holds(now));
    Ok(Found {
        schema: SCHEMA,
        mutes: shown.map(|mute| line(store, &live.config, mute, now)).collect::<Result<_, _>>()?,
    })
}

pub(super) fn end(store: &Store, live: &Live, id: MuteId, now: Timestamp) -> Result<Ended, Stop> {
    let Some(mute) = store.mutes()?.into_iter().find(|mute| mute.id == id) else {
        let told = format!("there is no mute {id}; `sahelwatch mute list --all` shows every one");
        return Err(Refusal::Unknown(told).into());
    };
    let was_over = !mute.holds(now);
    store.unmute(id, now)?;
    let until = Some(mute.until.map_or(now, |until| until.min(now)));
    Ok(Ended { schema: SCHEMA, mute: line(store, &live.config, &Mute { until, ..mute }, now)?, was_over })
}

/// A mute as it is shown.
///
/// # Errors
/// The store's.
pub(in crate::daemon) fn line(store: &Store, config: &Config, mute: &Mute, now: Timestamp) -> Result<Line, StoreError> {
    let (what, target, name) = match &mute.what {
        Muted::Story(story) => {
            let title = store.item(*story)?.map(|item| item.item.title);
            ("story", story.to_string(), title.unwrap_or_default())
        }
        Muted::Watch(id) => {
            let watch = config.watches.iter().find(|watch| watch.id == *id);
            ("watch", id.to_string(), watch.map(|watch| watch.name.clone()).unwrap_or_default())
        }
        Muted::Source(id) => {
            let source = config.sources.iter().map(|plan| &plan.source).find(|source| source.id == *id);
            ("source", id.to_string(), source.map(|source| source.name.to_string()).unwrap_or_default())
        }
    };
    Ok(Line {
        id: mute.id.to_string(),
        what: what.to_owned(),
        target,
        name,
        reader: mute.reader.clone(),
        since: mute.since,
        until: mute.until,
        in_force: mute.holds(now),
        reason: mute.reason.clone(),
        hidden: mute.hidden,
    })
}
