//! Mails to test with: invented stories from invented outlets, and a builder that keeps what a [`Gathering`] borrows.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use super::*;
use crate::alert::recipient_hash;
use crate::model::*;

pub(super) const OUTLETS: [(&str, &str, &str); 7] = [
    ("echo-du-liptako", "L’Écho du Liptako", "fr"),
    ("sahel-wire", "Sahel Wire", "en"),
    ("sada-alqawafil", "صدى القوافل", "ar"),
    ("tribune-des-dunes", "La Tribune des Dunes", "fr"),
    ("radio-gourma", "Radio Gourma", "fr"),
    ("agence-du-fleuve", "Agence du Fleuve", "fr"),
    ("al-waha", "الواحة الإخبارية", "ar"),
];

/// A place: name, region, country.
pub(super) type At = (&'static str, &'static str, &'static str);

pub(super) const DJIBO: At = ("Djibo", "Soum", "BF");
pub(super) const FADA: At = ("Fada N’Gourma", "Gourma", "BF");
pub(super) const MENAKA: At = ("Ménaka", "Ménaka", "ML");
pub(super) const KIDAL: At = ("Kidal", "Kidal", "ML");
pub(super) const AYOROU: At = ("Ayorou", "Tillabéri", "NE");
pub(super) const ABECHE: At = ("Abéché", "Ouaddaï", "TD");

/// Everything a [`StoryEntry`] borrows.
#[derive(Clone)]
pub(super) struct Story {
    pub(super) lead: StoredItem,
    pub(super) reports: Vec<Report>,
    pub(super) news: Vec<News>,
    pub(super) watches: Vec<Watch>,
}

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A story whose first report was seen at a time, by an outlet (its place in [`OUTLETS`]), of which a watch is told.
pub(super) fn story(seen: &str, outlet: usize, title: &str, at: Option<At>, severity: Severity) -> Story {
    let (source, _, lang) = OUTLETS[outlet];
    let seen = time(seen);
    let place = at.map(|(name, region, country)| Place {
        id: name.to_lowercase(),
        name: name.into(),
        region: Some(region.into()),
        country: Some(country.into()),
        country_name: None,
    });
    let link = Url::parse(&format!("https://www.{source}.example/{}?utm_source=rss", seen.as_second())).ok();
    let lead = StoredItem {
        id: ItemId::at(seen),
        source: SourceId::new(source).unwrap(),
        first_seen: seen,
        revision: 0,
        reason: Reason::New,
        item: Item { title: title.into(), link: link.clone(), lang: Some(lang.into()), ..Item::default() },
    };
    let report = Report {
        item: lead.id,
        source: lead.source.clone(),
        seen,
        published: None,
        lang: lang.into(),
        title: title.into(),
        link,
        places: place.into_iter().collect(),
        tolls: Vec::new(),
        claimed_by: Vec::new(),
        notice: None,
        copy_of: None,
        revision: 0,
    };
    let (id, name) = match severity {
        Severity::High => ("attaques", "Sahel – attaques"),
        Severity::Medium => ("enlevements", "Enlèvements"),
        Severity::Low => ("acces", "Accès humanitaire"),
    };
    Story { lead, reports: vec![report], news: Vec::new(), watches: vec![watch(id, name, severity)] }
}

impl Story {
    /// One more report, so many minutes after the first, with figures.
    pub(super) fn and(mut self, outlet: usize, minutes: i64, tolls: &[Toll]) -> Self {
        let first = &self.reports[0];
        let seen = first.seen + jiff::SignedDuration::from_mins(minutes);
        let source = SourceId::new(OUTLETS[outlet].0).unwrap();
        let report = Report { item: ItemId::at(seen), source, seen, tolls: tolls.to_vec(), ..first.clone() };
        self.reports.push(Report { claimed_by: Vec::new(), notice: None, ..report });
        self
    }

    /// The last report prints the first one's text.
    pub(super) fn copied(mut self) -> Self {
        let first = self.reports[0].item;
        if let Some(last) = self.reports.last_mut() {
            last.copy_of = Some(first);
        }
        self
    }

    /// What the first report gives.
    pub(super) fn tolls(mut self, tolls: &[Toll]) -> Self {
        self.reports[0].tolls = tolls.to_vec();
        self
    }

    pub(super) fn claimed(mut self, by: &str) -> Self {
        self.reports[0].claimed_by = vec![by.into()];
        self
    }

    pub(super) fn noticed(mut self, notice: Notice) -> Self {
        self.reports[0].notice = Some(notice);
        self
    }

    pub(super) fn known(mut self, news: &[News]) -> Self {
        self.news = news.to_vec();
        self
    }
}

pub(super) fn toll(kind: TollKind, min: u32, max: Option<u32>, qualifier: TollQualifier) -> Toll {
    Toll { kind, min, max, qualifier, start: 0, end: 1 }
}

pub(super) fn dead(n: u32) -> Toll {
    toll(TollKind::Killed, n, Some(n), TollQualifier::Exact)
}

pub(super) fn source_id(outlet: usize) -> SourceId {
    SourceId::new(OUTLETS[outlet].0).unwrap()
}

fn source((id, name, lang): (&str, &str, &str)) -> Source {
    let url = Url::parse("https://feeds.example/rss").unwrap();
    let given = Source::new(SourceId::new(id).unwrap(), SourceKind::Feed, url);
    Source { name: name.into(), lang: Some(lang.to_owned()), ..given }
}

pub(super) fn watch(id: &str, name: &str, severity: Severity) -> Watch {
    Watch {
        id: WatchId::new(id).unwrap(),
        name: name.to_owned(),
        severity,
        asks: Asks::Query(String::new()),
        to: Vec::new(),
        through: Vec::new(),
        timing: Timing::default(),
        deliver: Deliver::Instant,
        updates: UpdateOn::ALL.to_vec(),
        ignore_quiet_hours: false,
        backfill: Duration::ZERO,
        tests: Vec::new(),
    }
}

/// A mail with what it borrows.
#[derive(Clone)]
pub(super) struct Mail {
    pub(super) kind: Gathered<'static>,
    pub(super) stories: Vec<Story>,
    pub(super) also: usize,
    pub(super) max_stories: usize,
    pub(super) sent: Vec<(&'static str, &'static str, Url)>,
    pub(super) counts: Vec<CountryCount>,
    pub(super) ailing: Vec<Ailing<'static>>,
    pub(super) reader: Reader,
    pub(super) through: Option<&'static str>,
    pub(super) now: Timestamp,
}

impl Mail {
    pub(super) fn new(kind: Gathered<'static>, now: &str, stories: Vec<Story>) -> Self {
        let reader = Reader {
            mailbox: Mailbox { name: Some("Amina".to_owned()), address: "amina@example.org".to_owned() },
            lang: Tongue::En,
            profile: Profile::Full,
            subject: SubjectStyle::Full,
            zone: TimeZone::posix("GMT0").unwrap(),
            quiet: None,
            openpgp: None,
            keyword: None,
        };
        Self {
            kind,
            stories,
            also: 0,
            max_stories: 40,
            sent: Vec::new(),
            counts: Vec::new(),
            ailing: Vec::new(),
            reader,
            through: Some("security-desk"),
            now: time(now),
        }
    }

    pub(super) fn to(mut self, lang: Tongue, profile: Profile, subject: SubjectStyle) -> Self {
        self.reader = Reader { lang, profile, subject, ..self.reader };
        self
    }

    pub(super) fn letter(&self) -> Letter {
        self.with(gather)
    }

    pub(super) fn with<T>(&self, then: impl FnOnce(&Gathering<'_>) -> T) -> T {
        let sources: Vec<_> = OUTLETS.into_iter().map(source).collect();
        let watches: Vec<Vec<&Watch>> = self.stories.iter().map(|story| story.watches.iter().collect()).collect();
        let stories: Vec<_> = self
            .stories
            .iter()
            .zip(&watches)
            .map(|(story, watches)| StoryEntry {
                story: story.lead.id,
                lead: &story.lead,
                reports: &story.reports,
                news: &story.news,
                watches,
                sources: &sources,
            })
            .collect();
        let sent: Vec<_> = self
            .sent
            .iter()
            .map(|(title, lang, link)| SentEntry { title, lang, link: Some(link), sent: self.now })
            .collect();
        let recipient = recipient_hash(&self.reader.mailbox.address);
        then(&Gathering {
            id: &NotificationId { thread: ItemId::at(self.now), seq: 0, recipient },
            reader: &self.reader,
            through: self.through,
            kind: self.kind,
            stories: &stories,
            also: self.also,
            max_stories: self.max_stories,
            already_sent: &sent,
            counts: &self.counts,
            ailing: &self.ailing,
            sources: 63,
            now: self.now,
            list_id: "sahelwatch.example.org",
            reply_to: Some("desk@example.org"),
            from_address: "alerts@example.org",
            host: "watch-1",
            version: "0.1.0",
        })
    }
}
