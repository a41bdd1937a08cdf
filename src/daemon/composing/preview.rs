//! `mail preview`: a mail as it would be written now. Nothing is decided, kept or sent by it.

use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::dossier::Dossier;
use super::round::Round;
use super::weighing::Telling;
use super::{Moment, Relay, digests, letters};
use crate::alert::{self, learn, recipient_hash, wanted};
use crate::daemon::desk::{muting, no_such};
use crate::daemon::live::Live;
use crate::daemon::lookback::{Refusal, Stop, Target, target};
use crate::model::{
    AlertId, Digest, DigestRuns, ItemId, Mailbox, News, Notification, NotificationId, Reader, Reason, Report, StoryId,
    Told, UpdateOn, Waiting, Watch, WatchId,
};
use crate::store::{Store, StoreError};

/// Which mail is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// Of what.
    pub of: Of,
    /// To whom; None for the first who would be told.
    pub to: Option<String>,
}

/// What a mail tells of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// A story.
    Story {
        /// Which.
        story: Target,
        /// An update, as if its reader knew all but the newest item; else as if they knew nothing of it.
        update: bool,
    },
    /// A digest, with what waits for it now.
    Digest(String),
}

/// A mail as it would be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Version of this document.
    pub schema: u32,
    /// To whom.
    pub to: String,
    /// What it is: `new`, `update`, `digest`.
    pub reason: Reason,
    /// The watches it names.
    pub watches: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Stories it tells of.
    pub stories: usize,
    /// The whole message (RFC 5322); 7-bit.
    pub message: String,
}

/// Writes it.
pub(in crate::daemon) fn preview(store: &Store, live: &Live, ask: &Ask, now: Timestamp) -> Result<Preview, Stop> {
    let moment = Moment { now, once: true, relay: Relay::Usable };
    let to = ask.to.as_deref();
    match &ask.of {
        Of::Story { story, update } => {
            let story = target::story(store, story)?;
            let (reader, waiting) = readers(store, live, story, to)?;
            let mut round = Round::new(store, live, &moment);
            let write = if *update { an_update } else { a_first };
            write(&mut round, reader, story, &waiting)
        }
        Of::Digest(id) => {
            let digest = digest(live, id)?;
            // What is muted is left out, as it will be; that it was is not kept.
            let mut by_reader: BTreeMap<String, Vec<Waiting>> = BTreeMap::new();
            for alert in Round::new(store, live, &moment).wanted(store.waiting()?)? {
                by_reader.entry(alert.reader.address.to_ascii_lowercase()).or_default().push(alert);
            }
            a_digest(&mut Round::new(store, live, &moment), digest, to, &by_reader)
        }
    }
}

/// Whom a mail on a story would go to, and the alerts it would tell them of.
fn readers<'l>(
    store: &Store,
    live: &'l Live,
    story: StoryId,
    to: Option<&str>,
) -> Result<(&'l Reader, Vec<Waiting>), Stop> {
    let asked = to.map(|address| muting::reader(live, address)).transpose()?;
    let mut told: Vec<Waiting> = Vec::new();
    let mut watches: Vec<String> = Vec::new();
    for member in store.story(story)? {
        for raised in store.alerts_on(member)? {
            let Some(watch) = live.watch(&raised.alert.id.watch) else { continue };
            watches.push(watch.id.to_string());
            told.extend(waiting(&raised.alert.id, raised.alert.reason, raised.alert.raised, watch));
        }
    }
    watches.sort_unstable();
    watches.dedup();
    let Some(first) = told.first().map(|alert| alert.reader.clone()) else {
        let told = format!(
            "nobody would be mailed: no watch alerted on the story {story}; `sahelwatch explain {story}` says why"
        );
        return Err(Refusal::Unknown(told).into());
    };
    let reader = asked.unwrap_or(&first);
    told.retain(|alert| alert.reader.address.eq_ignore_ascii_case(&reader.address));
    let known = live.config.readers.get(&reader.address.to_ascii_lowercase()).filter(|_| !told.is_empty());
    let known = known.ok_or_else(|| {
        Refusal::Unknown(format!(
            "{} would not be mailed: {} alerted on the story, and does not tell them",
            reader.address,
            watches.join(", ")
        ))
    })?;
    Ok((known, told))
}

fn waiting<'w>(
    id: &AlertId,
    reason: Reason,
    raised: Timestamp,
    watch: &'w Watch,
) -> impl Iterator<Item = Waiting> + use<'w> {
    let id = id.clone();
    watch.to.iter().zip(&watch.through).map(move |(reader, through): (&Mailbox, _)| Waiting {
        alert: id.clone(),
        reader: reader.clone(),
        through: through.clone(),
        digest: None,
        reason,
        raised,
        held: None,
    })
}

/// The first mail on a story, to somebody who knows nothing of it.
fn a_first(round: &mut Round<'_>, reader: &Reader, story: StoryId, waiting: &[Waiting]) -> Result<Preview, Stop> {
    let telling = telling(round, story, waiting)?;
    round.as_if = Some((0, None));
    written(letters::alert(round, reader, &telling, Reason::New)?)
}

/// An update, to somebody who knows all but the newest item.
fn an_update(round: &mut Round<'_>, reader: &Reader, story: StoryId, waiting: &[Waiting]) -> Result<Preview, Stop> {
    let first = a_first(round, reader, story, waiting)?;
    let telling = telling(round, story, waiting)?;
    let reports = &telling.dossier.reports;
    let Some(newest) = reports.iter().map(|report| report.item).max() else {
        return Err(Refusal::Unknown("the story has no item any more".to_owned()).into());
    };
    let known: Vec<Report> = reports.iter().filter(|report| report.item != newest).cloned().collect();
    let (mut told, mut news) = (Told::default(), Vec::new());
    if !known.is_empty() {
        let watches: Vec<WatchId> = telling.alerts.iter().map(|(watch, _)| watch.id.clone()).collect();
        let updates: Vec<UpdateOn> = telling.alerts.iter().flat_map(|(watch, _)| watch.updates.clone()).collect();
        let mail = NotificationId { thread: story, seq: 0, recipient: recipient_hash(&reader.mailbox.address) };
        learn(&mut told, &known, &watches, mail, round.moment.now);
        news = wanted(alert::news(&told, reports), &updates);
    }
    if news.is_empty() {
        return Err(no_update(newest, known.is_empty()).into());
    }
    round.as_if = Some((1, Some(first.subject)));
    let telling = Telling { news, told: Some(told), ..telling };
    written(letters::alert(round, reader, &telling, Reason::Changed)?)
}

fn no_update(newest: ItemId, alone: bool) -> Refusal {
    Refusal::Unknown(if alone {
        "no update would be sent: the story has one item only".to_owned()
    } else {
        format!("no update would be sent: the newest item, {newest}, says nothing that the others do not")
    })
}

fn telling<'a: 'w, 'w>(round: &Round<'a>, story: StoryId, waiting: &'w [Waiting]) -> Result<Telling<'w>, StoreError> {
    let dossier = Rc::new(Dossier::read(round.store, round.live, story)?);
    let alerts = round.by_story(waiting.iter())?.remove(&story).unwrap_or_default();
    Ok(Telling { dossier, alerts, news: Vec::<News>::new(), told: None })
}

fn digest<'l>(live: &'l Live, id: &str) -> Result<&'l Digest, Stop> {
    let ids: Vec<&str> = live.config.digests.iter().map(|digest| digest.id.as_str()).collect();
    live.config.digests.iter().find(|digest| digest.id.as_str() == id).ok_or_else(|| {
        if ids.is_empty() {
            let id = crate::text::display::terminal(id);
            let told = format!("error: `{id}` is no story's number, and no digest is configured");
            return Refusal::Mistaken(told).into();
        }
        no_such("digest", "digests", id, &ids)
    })
}

/// A digest with what waits for it.
fn a_digest<'a>(
    round: &mut Round<'a>,
    digest: &Digest,
    to: Option<&str>,
    by_reader: &'a BTreeMap<String, Vec<Waiting>>,
) -> Result<Preview, Stop> {
    let asked = to.map(|address| muting::reader(round.live, address)).transpose()?;
    let Some(to) = asked.or(digest.to.first()).map(|to| to.address.as_str()) else {
        return Err(Refusal::Unknown(format!("nobody is told of the digest {}", digest.id)).into());
    };
    let met = round.store.digests()?.remove(&digest.id);
    // A digest that was never met begins now.
    let runs = met.unwrap_or_else(|| DigestRuns { last: round.moment.now, ..DigestRuns::default() });
    let told = digests::told(round, digest, by_reader)?;
    let countries = digests::countries(told.iter().flat_map(|(_, tellings)| tellings));
    let mine = told.iter().find(|(reader, _)| reader.mailbox.address.eq_ignore_ascii_case(to));
    let Some((reader, tellings)) = mine else {
        return Err(Refusal::Unknown(format!("{to} is not told of the digest {}", digest.id)).into());
    };
    let mail = digests::letter(round, digest, reader, &runs, tellings, &countries)?.ok_or_else(|| {
        Refusal::Unknown(format!("the digest {} has nothing to tell {to} now, and would not be sent", digest.id))
    })?;
    Ok(shown(mail, tellings.len()))
}

/// A mail on a story, if it could be written.
fn written(mail: Option<Notification>) -> Result<Preview, Stop> {
    let mail = mail.ok_or_else(|| {
        Refusal::Unknown("the mail cannot be written, as it will be told in the log; what it tells waits".to_owned())
    })?;
    Ok(shown(mail, 1))
}

fn shown(mail: Notification, stories: usize) -> Preview {
    Preview {
        schema: crate::daemon::desk::SCHEMA,
        to: mail.to.address,
        reason: mail.reason,
        watches: mail.watches.iter().map(ToString::to_string).collect(),
        subject: mail.subject,
        stories,
        message: String::from_utf8_lossy(&mail.message).into_owned(),
    }
}
