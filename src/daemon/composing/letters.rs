//! Decisions become mails: what `alert` needs to write one is brought together here, and what it wrote is frozen as a notification.

use jiff::{SignedDuration, Timestamp};

use super::dossier::Dossier;
use super::freezing::{self, Envelope};
use super::round::Round;
use super::weighing::Telling;
use crate::alert::gathering::{self, Ailing, CountryCount, Gathered, Gathering, SentEntry, StoryEntry};
use crate::alert::{self, Letter, Occasion, recipient_hash};
use crate::health::network::own_network;
use crate::model::{
    Alert, Health, News, Notification, NotificationId, Reader, Reason, Severity, Source, SourceId, Standing,
    StoredItem, Watch,
};
use crate::store::StoreError;

/// How long a source must have failed to be named in a digest (P9 of the promises).
const FAILING_LONG: SignedDuration = SignedDuration::from_hours(6);
/// Stories told in full in a roundup; a digest says itself how many.
const ROUNDUP_STORIES: usize = 40;

/// Writes the mail on one story. None when it could not be written; the journal says why, and its alerts wait.
///
/// # Errors
/// The store's.
pub(crate) fn alert(
    round: &Round<'_>,
    reader: &Reader,
    telling: &Telling<'_>,
    reason: Reason,
) -> Result<Option<Notification>, StoreError> {
    let recipient = recipient_hash(&reader.mailbox.address);
    let thread = telling.dossier.story;
    let (seq, first_subject) = round.conversation(thread, recipient)?;
    let id = NotificationId { thread, seq, recipient };
    let alerts = alerts(round, telling)?;
    let alerts: Vec<(&Watch, &Alert)> = alerts.iter().map(|(watch, alert)| (*watch, alert)).collect();
    let Some(lead) = lead(telling) else { return Ok(None) };
    let settings = &round.live.config.mail;
    let letter = alert::compose(&Occasion {
        id: &id,
        reader,
        through: telling.through(),
        reason,
        first_subject: first_subject.as_deref(),
        lead,
        reports: &telling.dossier.reports,
        news: &telling.news,
        sources: &telling.dossier.sources,
        alerts: &alerts,
        now: round.moment.now,
        list_id: &settings.list_id,
        reply_to: settings.reply_to.as_ref().map(|to| to.address.as_str()),
        from_address: &settings.from.address,
        host: &round.live.host,
        version: env!("CARGO_PKG_VERSION"),
    });
    Ok(freeze(round, reader, id, reason, letter, watches(std::slice::from_ref(telling))))
}

/// What a digest says beside its stories.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    pub(crate) max_stories: Option<usize>,
    /// Stories that mails of their own told of, and when.
    pub(crate) sent: Vec<(std::rc::Rc<Dossier>, Timestamp)>,
    pub(crate) counts: Vec<CountryCount>,
}

/// Writes a mail on several stories. None when it could not be written.
///
/// # Errors
/// The store's.
pub(crate) fn gathering(
    round: &Round<'_>,
    reader: &Reader,
    kind: Gathered<'_>,
    tellings: &[Telling<'_>],
    beside: &Beside,
) -> Result<Option<Notification>, StoreError> {
    let recipient = recipient_hash(&reader.mailbox.address);
    let id = NotificationId { thread: round.store.next_item_id(round.moment.now), seq: 0, recipient };
    let told: Vec<(&Telling<'_>, Vec<&Watch>)> =
        tellings.iter().map(|telling| (telling, watches(std::slice::from_ref(telling)))).collect();
    let stories: Vec<StoryEntry<'_>> = told.iter().filter_map(|(telling, watches)| entry(telling, watches)).collect();
    let already_sent: Vec<SentEntry<'_>> = beside.sent.iter().filter_map(|(dossier, at)| sent(dossier, *at)).collect();
    let (settings, sources) = (&round.live.config.mail, round.live.config.sources.len());
    let ailing = if matches!(kind, Gathered::Digest { .. }) { ailing(round)? } else { Vec::new() };
    let reason = kind.reason();
    let letter = gathering::gather(&Gathering {
        id: &id,
        reader,
        through: tellings.first().and_then(Telling::through),
        kind,
        stories: &stories,
        also: 0,
        max_stories: beside.max_stories.unwrap_or(ROUNDUP_STORIES),
        already_sent: &already_sent,
        counts: &beside.counts,
        ailing: &ailing,
        sources,
        now: round.moment.now,
        list_id: &settings.list_id,
        reply_to: settings.reply_to.as_ref().map(|to| to.address.as_str()),
        from_address: &settings.from.address,
        host: &round.live.host,
        version: env!("CARGO_PKG_VERSION"),
    });
    Ok(freeze(round, reader, id, reason, letter, watches(tellings)))
}

/// The configured sources from which nothing has come for long; none, while our own network is to blame.
fn ailing<'a>(round: &Round<'a>) -> Result<Vec<Ailing<'a>>, StoreError> {
    let long_ago = round.moment.now.checked_sub(FAILING_LONG).unwrap_or(Timestamp::MIN);
    let standings = round.store.standings()?;
    let known: Vec<(&Source, &Standing)> =
        standings.iter().filter_map(|(id, standing)| Some((round.live.source(id)?, standing))).collect();
    if own_network(known.iter().copied()).is_some() {
        return Ok(Vec::new());
    }
    let ailing = known.iter().filter(|(_, standing)| !standing.health.is_live());
    let ailing = ailing.filter_map(|(source, standing)| {
        let since = standing.since.filter(|since| *since < long_ago)?;
        let name = &*round.live.source(&source.id)?.name;
        Some(Ailing { name, since, is_silent: standing.health == Health::Silent })
    });
    Ok(ailing.collect())
}

fn entry<'t>(telling: &'t Telling<'_>, watches: &'t [&'t Watch]) -> Option<StoryEntry<'t>> {
    let Dossier { story, reports, sources, .. } = &*telling.dossier;
    Some(StoryEntry { story: *story, lead: lead(telling)?, reports, news: &telling.news, watches, sources })
}

fn sent(dossier: &Dossier, at: Timestamp) -> Option<SentEntry<'_>> {
    let (first, report) = (dossier.items.first()?, dossier.reports.first()?);
    Some(SentEntry { title: &first.item.title, lang: &report.lang, link: first.item.link.as_ref(), sent: at })
}

/// The alerts of a telling with their matches. One that is gone (its item was pruned) is left out.
fn alerts<'w>(round: &Round<'_>, telling: &Telling<'w>) -> Result<Vec<(&'w Watch, Alert)>, StoreError> {
    let mut alerts = Vec::new();
    for (watch, waiting) in &telling.alerts {
        alerts.extend(round.store.alert(&waiting.alert)?.map(|alert| (*watch, alert)));
    }
    Ok(alerts)
}

/// The item a mail shows: what brought the news; else the first that matched by its own words.
fn lead<'t>(telling: &'t Telling<'_>) -> Option<&'t StoredItem> {
    let dossier = &telling.dossier;
    let newest_of = |source: &SourceId| dossier.items.iter().rev().find(|item| item.source == *source);
    let brought = telling.news.first().and_then(|news| match news {
        News::Correction { item, .. } | News::Edited { item, .. } => dossier.item(*item),
        News::Urgent { .. } => None,
        News::Source { source }
        | News::Toll { source, .. }
        | News::Claim { source, .. }
        | News::Place { source, .. } => newest_of(source),
    });
    let matched = telling.alerts.iter().filter(|(_, alert)| alert.reason != Reason::Joined);
    let first = matched.min_by_key(|(watch, alert)| (std::cmp::Reverse(watch.severity), alert.alert.item));
    brought.or_else(|| first.and_then(|(_, alert)| dossier.item(alert.alert.item))).or(dossier.items.first())
}

/// The country of a story, by code (ISO 3166-1 alpha-2) and name: that of the first place named; empty when none is.
pub(super) fn country(dossier: &Dossier) -> (String, String) {
    let mut places = dossier.reports.iter().flat_map(|report| &report.places);
    let named = |place: &crate::model::Place| Some((place.country.clone()?, place.country_name.clone()?));
    places.find_map(named).unwrap_or_default()
}

/// The watches that tell of any of these, most severe first, each once.
fn watches<'w>(tellings: &[Telling<'w>]) -> Vec<&'w Watch> {
    let mut watches: Vec<&Watch> = Vec::new();
    for (watch, _) in tellings.iter().flat_map(|telling| &telling.alerts) {
        if !watches.iter().any(|known| known.id == watch.id) {
            watches.push(watch);
        }
    }
    watches.sort_by_key(|watch| std::cmp::Reverse(watch.severity));
    watches
}

fn freeze(
    round: &Round<'_>,
    reader: &Reader,
    id: NotificationId,
    reason: Reason,
    letter: Letter,
    watches: Vec<&Watch>,
) -> Option<Notification> {
    let envelope = Envelope {
        settings: &round.live.config.mail,
        to: &reader.mailbox,
        key: reader.openpgp.as_deref(),
        id,
        reason,
        severity: watches.first().map_or(Severity::Low, |watch| watch.severity),
        watches: watches.into_iter().map(|watch| watch.id.clone()).collect(),
        now: round.moment.now,
    };
    freezing::freeze(letter, envelope)
}
