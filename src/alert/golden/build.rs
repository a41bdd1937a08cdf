//! What a story for a test is put together from.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use super::super::{Letter, Occasion, compose, recipient_hash};
use crate::model::*;

/// Everything an [`Occasion`] borrows.
#[derive(Clone)]
pub(in crate::alert) struct Case {
    pub(in crate::alert) reader: Reader,
    pub(in crate::alert) through: Option<&'static str>,
    pub(in crate::alert) reason: Reason,
    pub(in crate::alert) first_subject: Option<String>,
    pub(in crate::alert) item: Item,
    pub(in crate::alert) reports: Vec<Report>,
    pub(in crate::alert) news: Vec<News>,
    pub(in crate::alert) sources: Vec<Source>,
    pub(in crate::alert) watches: Vec<Watch>,
}

pub(in crate::alert) fn time(clock: &str) -> Timestamp {
    format!("2026-11-22T{clock}Z").parse().unwrap()
}

/// The story: its first item, which is also the one shown.
pub(in crate::alert) fn lead() -> ItemId {
    ItemId::at(time("14:09:10"))
}

pub(in crate::alert) fn item(n: u64) -> ItemId {
    ItemId(lead().0 + n)
}

pub(in crate::alert) fn id(id: &str) -> SourceId {
    SourceId::new(id).unwrap()
}

pub(in crate::alert) fn reader(lang: Tongue, zone: &str) -> Reader {
    Reader {
        mailbox: Mailbox { name: Some("Amina".to_owned()), address: "amina@example.org".to_owned() },
        lang,
        profile: Profile::Full,
        subject: SubjectStyle::Full,
        zone: TimeZone::posix(zone).unwrap(),
        quiet: None,
        openpgp: None,
        keyword: None,
    }
}

pub(in crate::alert) fn source(slug: &str, name: &str, lang: &str, tier: u8) -> Source {
    let given = Source::new(id(slug), SourceKind::Feed, Url::parse("https://feeds.example/rss").unwrap());
    Source { name: name.into(), lang: Some(lang.to_owned()), tier, ..given }
}

pub(in crate::alert) fn watch(id: &str, name: &str, severity: Severity, any: &[&str]) -> Watch {
    Watch {
        id: WatchId::new(id).unwrap(),
        name: name.to_owned(),
        severity,
        asks: Asks::Lists {
            any: any.iter().map(|term| (*term).to_owned()).collect(),
            all: Vec::new(),
            none: Vec::new(),
        },
        to: Vec::new(),
        through: Vec::new(),
        timing: Timing::default(),
        deliver: Deliver::Instant,
        updates: UpdateOn::ALL.to_vec(),
        ignore_quiet_hours: false,
        backfill: std::time::Duration::ZERO,
        tests: Vec::new(),
    }
}

/// A watch on a concept that the article calls `words`.
pub(in crate::alert) fn concept(term: &str, words: &str) -> Watch {
    watch("on-a-concept", "On a concept", Severity::High, &[&format!("{term}→{words}")])
}

pub(in crate::alert) fn place(id: &str, name: &str, region: Option<&str>, country: (&str, &str)) -> Place {
    Place {
        id: id.to_owned(),
        name: name.to_owned(),
        region: region.map(str::to_owned),
        country: Some(country.0.to_owned()),
        country_name: Some(country.1.to_owned()),
    }
}

pub(in crate::alert) fn djibo() -> Place {
    place("djibo", "Djibo", Some("Soum"), ("BF", "Burkina Faso"))
}

pub(in crate::alert) fn toll(kind: TollKind, min: u32, max: Option<u32>, qualifier: TollQualifier) -> Toll {
    Toll { kind, min, max, qualifier, start: 0, end: 0 }
}

pub(in crate::alert) fn dead(n: u32, qualifier: TollQualifier) -> Toll {
    let open = matches!(qualifier, TollQualifier::AtLeast | TollQualifier::MoreThan | TollQualifier::Vague);
    toll(TollKind::Killed, n, (!open).then_some(n), qualifier)
}

pub(in crate::alert) fn report(n: u64, source: &str, lang: &str, clock: &str, title: &str) -> Report {
    Report {
        item: item(n),
        source: id(source),
        seen: time(clock),
        published: Some(time(clock)),
        lang: lang.to_owned(),
        title: title.to_owned(),
        link: Url::parse(&format!("https://www.{source}.example/{n}?utm_source=rss")).ok(),
        places: Vec::new(),
        tolls: Vec::new(),
        claimed_by: Vec::new(),
        notice: None,
        copy_of: None,
        revision: 0,
    }
}

/// The whole words around a place.
fn word(text: &str, at: usize, length: usize) -> (usize, usize) {
    let before = text[..at].trim_end_matches(char::is_alphabetic).len();
    let after = text[at + length..].trim_start_matches(char::is_alphabetic).len();
    (before, text.len() - after)
}

/// Every place where a term's letters occur; enough to mark them.
fn matches(watch: &Watch, item: &Item) -> Vec<Match> {
    let fields = [(Field::Title, &item.title), (Field::Summary, &item.summary), (Field::Body, &item.body)];
    let found = |term: &String| {
        // A concept stands with the words it goes by.
        let (term, words) = term.split_once('→').unwrap_or((term, term));
        let letters = words.trim_end_matches('*').to_lowercase();
        fields
            .iter()
            .flat_map(move |(field, text)| {
                let term: std::sync::Arc<str> = term.into();
                let lower = text.to_lowercase();
                let places: Vec<_> =
                    lower.match_indices(&letters).map(|(at, found)| word(text, at, found.len())).collect();
                let bytes = |at: usize| u32::try_from(at).unwrap();
                places.into_iter().map(move |(start, end)| Match {
                    term: term.clone(),
                    field: *field,
                    start: bytes(start),
                    end: bytes(end),
                })
            })
            .collect::<Vec<_>>()
    };
    let Asks::Lists { any, .. } = &watch.asks else { return Vec::new() };
    any.iter().flat_map(found).collect()
}

impl Case {
    pub(in crate::alert) fn letter(&self) -> Letter {
        let update = self.reason == Reason::Changed;
        let raised = time(if update { "16:30:00" } else { "14:09:10" });
        let stored = StoredItem {
            id: lead(),
            source: self.reports.first().map_or_else(|| self.sources[0].id.clone(), |report| report.source.clone()),
            first_seen: time("14:09:10"),
            revision: 0,
            reason: Reason::New,
            item: self.item.clone(),
        };
        let alerts: Vec<_> = self
            .watches
            .iter()
            .map(|watch| Alert {
                id: AlertId { item: lead(), watch: watch.id.clone() },
                reason: Reason::New,
                raised,
                matches: matches(watch, &self.item),
            })
            .collect();
        compose(&Occasion {
            id: &NotificationId { thread: lead(), seq: update.into(), recipient: recipient_hash("amina@example.org") },
            reader: &self.reader,
            through: self.through,
            reason: self.reason,
            first_subject: self.first_subject.as_deref(),
            lead: &stored,
            reports: &self.reports,
            news: &self.news,
            sources: &self.sources,
            alerts: &self.watches.iter().zip(&alerts).collect::<Vec<_>>(),
            now: raised + jiff::SignedDuration::from_secs(12),
            list_id: "sahelwatch.example.org",
            reply_to: Some("desk@example.org"),
            from_address: "alerts@example.org",
            host: "watch-1",
            version: "0.1.0",
        })
    }
}

pub(in crate::alert) fn date(printed: &str) -> Option<PrintedDate> {
    Some(PrintedDate { printed: printed.to_owned(), at: printed.parse().ok() })
}
