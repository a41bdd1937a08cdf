//! `explain ITEM|URL`: the life of an item, from where it was first seen to what was mailed of it, and why not.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::reader::hints;
use super::target::{self, Target};
use super::{SCHEMA, Stop};
use crate::config::Config;
use crate::daemon::desk::standing::{self, Standing};
use crate::daemon::desk::{muting, sheet};
use crate::model::{ArticleState, FieldToll, Item, ItemId, Link, Outcome, Reason, StoredItem, Watch};
use crate::query::{Entry, Scan, Subject};
use crate::store::{OutboxEntry, Raised, Store, StoreError};
use crate::{extract, text};

/// What became of an item: `explain ITEM --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Life {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Its number.
    pub id: String,
    /// Its headline.
    pub title: String,
    /// Its address.
    pub link: Option<String>,
    /// The source that showed it first.
    pub source: String,
    /// When that was.
    pub first_seen: Timestamp,
    /// When it says that it was published.
    pub published: Option<Timestamp>,
    /// How often its text has changed.
    pub revision: u32,
    /// Bytes of text kept beside the headline; none once pruned.
    pub text_bytes: usize,
    /// What became of the article behind it, where its source asks for full text.
    pub article: Option<ArticleState>,
    /// The next attempt at that article, where it was not read yet.
    pub article_due: Option<Timestamp>,
    /// Why it was, or was not, put before the watches.
    pub reason: Reason,
    /// What was read out of it.
    pub read: Read,
    /// Every watch in force, in the order of the configuration, and watches no longer configured that alerted on it.
    pub watches: Vec<Judged>,
    /// The story it is in.
    pub story: InStory,
    /// How its alerts stand with their readers.
    pub readers: Vec<Standing>,
    /// The mutes that hide one of them.
    pub mutes: Vec<muting::Line>,
    /// Every mail on its story, and the roundups and digests that tell of it; the first queued first.
    pub mails: Vec<Mail>,
}

/// Where an item stands among the stories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InStory {
    /// The story: the number of its first item.
    pub id: String,
    /// The headline of that.
    pub title: String,
    /// Items in it.
    pub items: usize,
    /// By what the item joined it, and how surely; None of the first.
    pub joined: Option<Link>,
    /// The item whose text it prints.
    pub copy_of: Option<String>,
}

/// What was read out of an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Read {
    /// Its language; `und` when unknown.
    pub lang: String,
    /// What the configuration says of its source.
    pub configured: Option<String>,
    /// What the item or its feed declares.
    pub declared: Option<String>,
    /// What its words look like.
    pub detected: String,
    /// How clearly, from 0 to 1.
    pub confidence: f32,
    /// The concepts it speaks of.
    pub concepts: Vec<Spoken>,
    /// The casualty figures it prints, in reading order.
    pub tolls: Vec<Printed>,
}

/// A casualty figure as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printed {
    /// The figure; its bytes are those of the field.
    #[serde(flatten)]
    pub found: FieldToll,
    /// The words that say it.
    pub words: String,
}

/// A concept that an item speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// Its id, without `@`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is.
    pub kind: crate::model::ConceptKind,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
}

/// A watch and an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The watch.
    pub watch: String,
    /// Whether it matches the item as both are now; None for a watch that is no longer configured.
    pub matches: Option<bool>,
    /// The clause by which it matches or fails.
    pub because: String,
    /// Every clause, judged.
    pub clause: serde_json::Value,
    /// The alert, if one was raised.
    pub alert: Option<Raising>,
    /// Why there is none although it matches, or one although it does not.
    pub note: Option<String>,
}

/// An alert that was raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raising {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Reason,
    /// Whether its mails are still to be written.
    pub due: bool,
}

/// A mail on an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Its name, of which its Message-ID is made.
    pub id: String,
    /// To whom.
    pub to: String,
    /// Why it exists.
    pub reason: Reason,
    /// The watches it tells of.
    pub watches: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// When it was written.
    pub queued: Timestamp,
    /// Attempts that did not settle it.
    pub attempts: u32,
    /// When it is tried next; None once settled.
    pub next_attempt: Option<Timestamp>,
    /// What the last attempt failed with.
    pub last_error: Option<String>,
    /// The final state, once there is one.
    pub outcome: Option<Outcome>,
}

/// Tells the life of an item.
pub(super) fn life(store: &Store, config: &Config, target: &Target) -> Result<Life, Stop> {
    let stored = target::item(store, target)?;
    let configured = hints(config).get(stored.source.as_str()).copied();
    let lang = extract::language_of(&stored.item, configured);
    let plan = config.plan();
    let scan = plan.scan(Subject { item: &stored.item, source: stored.source.as_str(), lang: &lang });
    let alerts = store.alerts_on(stored.id)?;
    let concepts = scan.concepts().map(spoken).collect();
    let tolls = scan.tolls().records.iter().map(|found| printed(&stored.item, found)).collect();
    let item = &stored.item;
    let readers = standing::on(store, stored.id)?;
    let detected = text::language::detect(&format!("{}\n{}", item.title, longer(item)));
    Ok(Life {
        schema: SCHEMA,
        id: stored.id.to_string(),
        title: item.title.clone(),
        link: item.link.as_ref().map(ToString::to_string),
        source: stored.source.to_string(),
        first_seen: stored.first_seen,
        published: item.published.as_ref().and_then(|date| date.at),
        revision: stored.revision,
        text_bytes: item.summary.len() + item.body.len(),
        article: store.article(stored.id)?,
        article_due: store.wanted_of(stored.id)?.map(|wanted| wanted.next_attempt),
        reason: stored.reason,
        read: Read {
            configured: configured.map(str::to_owned),
            declared: item.lang.clone(),
            detected: detected.lang.to_owned(),
            confidence: detected.confidence,
            lang: lang.clone(),
            concepts,
            tolls,
        },
        watches: judged(config, &scan, &stored, alerts),
        story: in_story(store, stored.id)?,
        mutes: mutes(store, config, &readers)?,
        mails: sheet::mails(store, store.placement(stored.id)?.story, &readers)?.into_iter().map(mail).collect(),
        readers,
    })
}

fn in_story(store: &Store, item: ItemId) -> Result<InStory, StoreError> {
    let placement = store.placement(item)?;
    let members = store.story(placement.story)?;
    let first = members.first().map(|first| store.item(*first)).transpose()?.flatten();
    Ok(InStory {
        id: placement.story.to_string(),
        title: first.map(|first| first.item.title).unwrap_or_default(),
        items: members.len(),
        joined: placement.link,
        copy_of: placement.copy_of.map(|of| of.to_string()),
    })
}

/// The mutes that are named.
fn mutes(store: &Store, config: &Config, readers: &[Standing]) -> Result<Vec<muting::Line>, StoreError> {
    let named = |id: String| readers.iter().any(|standing| standing.mute.as_ref() == Some(&id));
    let mutes = store.mutes()?;
    let mutes = mutes.iter().filter(|mute| named(mute.id.to_string()));
    mutes.map(|mute| muting::line(store, config, mute, Timestamp::now())).collect()
}

fn printed(item: &Item, found: &FieldToll) -> Printed {
    let words = item.field(found.field).get(found.toll.start as usize..found.toll.end as usize).unwrap_or_default();
    Printed { found: found.clone(), words: words.to_owned() }
}

fn longer(item: &Item) -> &str {
    if item.summary.len() > item.body.len() { &item.summary } else { &item.body }
}

fn spoken(entry: &Entry) -> Spoken {
    Spoken {
        id: entry.id.to_string(),
        name: entry.name.to_string(),
        kind: entry.kind,
        country: entry.country.as_ref().map(ToString::to_string),
    }
}

fn judged(config: &Config, scan: &Scan<'_>, item: &StoredItem, mut alerts: Vec<Raised>) -> Vec<Judged> {
    let mut judged: Vec<Judged> = Vec::new();
    for (number, watch) in config.watches.iter().enumerate() {
        let at = alerts.iter().position(|raised| raised.alert.id.watch == watch.id);
        judged.push(judge(watch, number, scan, item, at.map(|at| alerts.remove(at))));
    }
    let gone = alerts.into_iter().map(|raised| Judged {
        watch: raised.alert.id.watch.to_string(),
        matches: None,
        because: "it is no longer configured".to_owned(),
        clause: serde_json::Value::Null,
        alert: Some(raising(&raised)),
        note: None,
    });
    judged.extend(gone);
    judged
}

fn judge(watch: &Watch, number: usize, scan: &Scan<'_>, item: &StoredItem, raised: Option<Raised>) -> Judged {
    let clause = scan.explain(number);
    let matches = scan.hit(number).is_some();
    Judged {
        watch: watch.id.to_string(),
        matches: Some(matches),
        because: clause.reason(),
        clause: serde_json::json!(clause),
        note: note(matches, raised.is_some(), item.reason).map(str::to_owned),
        alert: raised.as_ref().map(raising),
    }
}

fn raising(raised: &Raised) -> Raising {
    Raising { at: raised.alert.raised, reason: raised.alert.reason, due: raised.due }
}

/// What needs an explanation beside the clause.
fn note(matches: bool, alerted: bool, reason: Reason) -> Option<&'static str> {
    match (matches, alerted) {
        (true, false) if reason == Reason::Primed => {
            Some("no alert (primed): the first poll of its source found it, which only remembers what is there")
        }
        (true, false) => Some(
            "no alert: when the item was taken in, the watch did not match; watch, lexicon or text have changed since",
        ),
        (false, true) => Some("it matched when the alert was raised; watch, lexicon or text have changed since"),
        _ => None,
    }
}

fn mail(entry: OutboxEntry) -> Mail {
    let open = entry.delivery.outcome.is_none();
    Mail {
        id: entry.id.to_string(),
        to: entry.to.address,
        reason: entry.reason,
        watches: entry.watches.iter().map(ToString::to_string).collect(),
        subject: entry.subject,
        queued: entry.queued,
        attempts: entry.delivery.attempts,
        next_attempt: open.then_some(entry.delivery.next_attempt),
        last_error: entry.delivery.last_error,
        outcome: entry.delivery.outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_stands_where_alert_and_match_disagree() {
        for (matches, alerted, reason, expected) in [
            (true, true, Reason::New, None),
            (false, false, Reason::Primed, None),
            (true, false, Reason::Primed, Some("no alert (primed)")),
            (true, false, Reason::New, Some("no alert: when")),
            (false, true, Reason::New, Some("it matched when")),
        ] {
            let found = note(matches, alerted, reason);
            assert_eq!(found.is_some(), expected.is_some(), "{found:?}");
            assert!(found.unwrap_or_default().starts_with(expected.unwrap_or_default()), "{found:?}");
        }
    }
}
