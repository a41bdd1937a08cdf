//! `stories show`: everything that is known of one story.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::card::{self, Card};
use super::standing::{self, Standing, State};
use super::{SCHEMA, muting};
use crate::daemon::composing::Dossier;
use crate::daemon::live::Live;
use crate::daemon::lookback::{Refusal, Stop, Target, target};
use crate::model::{FieldToll, Link, Mute, Muted, Notice, Place, Report, Source, StoredItem};
use crate::store::{OutboxEntry, Store, StoreError};

/// `stories show --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The story in short.
    pub story: Card,
    /// Its items, oldest first; of a story of hundreds the newest and the first.
    pub items: Vec<Member>,
    /// The casualty figures each source prints itself, in the order of the items.
    pub tolls: Vec<Printed>,
    /// Who is said to have claimed it.
    pub claims: Vec<Claim>,
    /// Every place that a report names as that of the event.
    pub places: Vec<Place>,
    /// What happened, in the order of time.
    pub timeline: Vec<Event>,
    /// How the alerts on its items stand with their readers.
    pub readers: Vec<Standing>,
    /// The mutes that hide something of it.
    pub mutes: Vec<muting::Line>,
}

/// An item of a story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Its number.
    pub id: String,
    /// When it was first seen.
    pub seen: Timestamp,
    /// When it says it was published.
    pub published: Option<Timestamp>,
    /// The source that showed it.
    pub source: String,
    /// The source's name.
    pub source_name: String,
    /// The source's tier.
    pub tier: u8,
    /// Its language.
    pub lang: String,
    /// Its headline.
    pub title: String,
    /// Its address.
    pub link: Option<String>,
    /// The item whose text it prints.
    pub copy_of: Option<String>,
    /// By what it joined, and how surely; None of the first.
    pub joined: Option<Link>,
    /// What it says of itself.
    pub notice: Option<Notice>,
    /// How often its text changed.
    pub revision: u32,
    /// The watches that alerted on it.
    pub watches: Vec<String>,
}

/// A figure as a source prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printed {
    /// The item.
    pub item: String,
    /// The source.
    pub source: String,
    /// The language of the words.
    pub lang: String,
    /// The words that say it.
    pub words: String,
    /// The figure; its bytes are those of the field.
    #[serde(flatten)]
    pub found: FieldToll,
}

/// A claim of responsibility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Who is said to claim it.
    pub by: String,
    /// The source that says so.
    pub source: String,
    /// The item.
    pub item: String,
}

/// Something that happened to a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: Happened,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Happened {
    /// A source reported it.
    Reported {
        /// The item.
        item: String,
        /// The source.
        source: String,
        /// Whether in another's words.
        copy: bool,
        /// What it says of itself.
        notice: Option<Notice>,
    },
    /// A mail told of it.
    Mailed {
        /// The mail.
        mail: String,
        /// To whom.
        to: String,
        /// What it is: `new`, `update`, `digest` …
        reason: crate::model::Reason,
        /// Its subject.
        subject: String,
    },
}

pub(super) fn sheet(store: &Store, live: &Live, target: &Target, now: Timestamp) -> Result<Sheet, Stop> {
    let story = target::story(store, target)?;
    let mut dossier = Dossier::read(store, live, story)?;
    let mutes = store.mutes()?;
    let Some(card) = card::card(store, &dossier)? else {
        return Err(
            Refusal::Unknown(format!("nothing is left of the story {story}: it is older than `keep_items`")).into()
        );
    };
    // Its first item names a story; a person may have put older ones into it.
    dossier.items.sort_by_key(|item| item.id);
    dossier.reports.sort_by_key(|report| report.item);
    let mut readers = Vec::new();
    for item in &dossier.items {
        readers.extend(standing::on(store, item.id)?);
    }
    readers.sort_by(|a, b| (&a.reader, a.at).cmp(&(&b.reader, b.at)));
    let touching = mutes.iter().filter(|mute| mute.holds(now) && touches(mute, &card, &dossier));
    Ok(Sheet {
        schema: SCHEMA,
        items: dossier
            .items
            .iter()
            .zip(&dossier.reports)
            .map(|pair| member(store, &dossier, pair))
            .collect::<Result<_, _>>()?,
        tolls: dossier.items.iter().zip(&dossier.reports).flat_map(|pair| printed(live, pair)).collect(),
        claims: dossier.reports.iter().flat_map(claims).collect(),
        places: places(&dossier.reports),
        timeline: timeline(store, &dossier, &readers)?,
        mutes: touching.map(|mute| muting::line(store, &live.config, mute, now)).collect::<Result<_, _>>()?,
        readers,
        story: Card { muted: card::muted(&mutes, story, now), ..card },
    })
}

fn touches(mute: &Mute, card: &Card, dossier: &Dossier) -> bool {
    match &mute.what {
        Muted::Story(story) => *story == dossier.story,
        Muted::Watch(watch) => card.watches.iter().any(|id| id == watch.as_str()),
        Muted::Source(source) => dossier.sources.iter().any(|known| known.id == *source),
    }
}

fn member(store: &Store, dossier: &Dossier, (item, report): (&StoredItem, &Report)) -> Result<Member, StoreError> {
    let source: Option<&Source> = dossier.sources.iter().find(|source| source.id == item.source);
    Ok(Member {
        id: item.id.to_string(),
        seen: report.seen,
        published: report.published,
        source: item.source.to_string(),
        source_name: source.map_or_else(|| item.source.to_string(), |source| source.name.to_string()),
        tier: source.map_or(0, |source| source.tier),
        lang: report.lang.clone(),
        title: report.title.clone(),
        link: report.link.as_ref().map(ToString::to_string),
        copy_of: report.copy_of.map(|of| of.to_string()),
        joined: store.placement(item.id)?.link,
        notice: report.notice,
        revision: report.revision,
        watches: store.watches_alerted(item.id)?.iter().map(ToString::to_string).collect(),
    })
}

/// The figures an item prints of the event itself. A copy prints none of its own.
fn printed(live: &Live, (item, report): (&StoredItem, &Report)) -> Vec<Printed> {
    if report.copy_of.is_some() {
        return Vec::new();
    }
    let own = live.scanned(&item.item, &item.source, |scan, _| {
        scan.tolls().records.iter().filter(|found| found.leads).cloned().collect::<Vec<_>>()
    });
    let words = |found: &FieldToll| {
        let text = item.item.field(found.field);
        text.get(found.toll.start as usize..found.toll.end as usize).unwrap_or_default().to_owned()
    };
    let line = |found: FieldToll| Printed {
        item: item.id.to_string(),
        source: item.source.to_string(),
        lang: report.lang.clone(),
        words: words(&found),
        found,
    };
    own.into_iter().map(line).collect()
}

fn claims(report: &Report) -> impl Iterator<Item = Claim> {
    report.claimed_by.iter().map(|by| Claim {
        by: by.clone(),
        source: report.source.to_string(),
        item: report.item.to_string(),
    })
}

fn places(reports: &[Report]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for place in reports.iter().flat_map(|report| &report.places) {
        if places.iter().all(|known| known.id != place.id) {
            places.push(place.clone());
        }
    }
    places
}

fn timeline(store: &Store, dossier: &Dossier, readers: &[Standing]) -> Result<Vec<Event>, StoreError> {
    let reported = dossier.reports.iter().map(|report| Event {
        at: report.seen,
        what: Happened::Reported {
            item: report.item.to_string(),
            source: report.source.to_string(),
            copy: report.copy_of.is_some(),
            notice: report.notice,
        },
    });
    let mailed = mails(store, dossier.story, readers)?.into_iter().map(|mail| Event {
        at: mail.queued,
        what: Happened::Mailed {
            mail: mail.id.to_string(),
            to: mail.to.address,
            reason: mail.reason,
            subject: mail.subject,
        },
    });
    let mut timeline: Vec<Event> = reported.chain(mailed).collect();
    timeline.sort_by_key(|event| event.at);
    Ok(timeline)
}

/// The mails of a story's conversation, and the roundups and digests among those that tell of it; the first written first.
pub(in crate::daemon) fn mails(
    store: &Store,
    story: crate::model::StoryId,
    readers: &[Standing],
) -> Result<Vec<OutboxEntry>, StoreError> {
    let mut mails = store.notifications_on(story)?;
    let told = readers.iter().filter(|standing| standing.state == State::Told).filter_map(|told| told.mail.as_deref());
    let mut threads: Vec<&str> = told.clone().filter_map(|mail| mail.split('.').next()).collect();
    threads.sort_unstable();
    threads.dedup();
    for thread in threads {
        let Ok(thread) = u64::from_str_radix(thread, 16).map(crate::model::ItemId) else { continue };
        if thread != story {
            let others = store.notifications_on(thread)?.into_iter();
            mails.extend(others.filter(|mail| told.clone().any(|told| mail.id.to_string() == told)));
        }
    }
    mails.sort_by(|a, b| (a.queued, &a.id).cmp(&(b.queued, &b.id)));
    Ok(mails)
}
