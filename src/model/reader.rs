//! A reader: one person who is told, and how they want to be.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{DigestId, Mailbox, Secret, Severity, WatchId};

/// A person who is told: every address of the configuration becomes one, with what `[[reader]]` says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reader {
    /// To whom mail goes.
    pub mailbox: Mailbox,
    /// The language of our own words.
    pub lang: Tongue,
    /// How much a mail holds.
    pub profile: Profile,
    /// What stands outside its body.
    pub subject: SubjectStyle,
    /// The zone of the times shown, and of the quiet hours.
    pub zone: TimeZone,
    /// When only what is urgent may come.
    pub quiet: Option<QuietHours>,
    /// The OpenPGP key mail is encrypted to, checked when the configuration was read.
    pub openpgp: Option<Arc<KeyFile>>,
    /// The word by which they know that a mail is ours, shown in the body of each; a secret between them and whoever runs this.
    pub keyword: Option<Secret>,
}

impl Reader {
    /// Whether nothing outside the body of a mail may tell what it is about. An encrypted body would be of little use under a telling
    /// subject.
    #[must_use]
    pub fn is_discreet(&self) -> bool {
        self.subject == SubjectStyle::Neutral || self.openpgp.is_some()
    }
}

/// A file that holds an OpenPGP public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// The file, named in what is said of the key.
    pub path: PathBuf,
    /// What is in it.
    pub armoured: String,
}

/// A language our own words are written in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tongue {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
    /// Arabic.
    Ar,
}

/// How much a mail holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// HTML and text.
    #[default]
    Full,
    /// Text only, at most 2 kB: for a satellite phone or a bad line.
    Plain,
}

/// What stands outside the body of a mail, where anybody on the way and anybody who looks at a phone's lock screen reads it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubjectStyle {
    /// Severity, place, headline.
    #[default]
    Full,
    /// Nothing that names a place, a group or an event.
    Neutral,
}

/// Hours in which only what is urgent may come. What is held comes at their end, in one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// When they begin.
    pub from: Time,
    /// When they end: earlier than `from` when they span midnight; never equal.
    pub until: Time,
    /// Alerts below it are held.
    pub severity_below: Severity,
}

/// At most so many in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub count: u32,
    /// In which time.
    pub per: Duration,
}

/// When a watch's alerts go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Between the first report and its mail, so that the reports of the first minutes are one mail.
    pub wait: Duration,
    /// At least between two mails on one story.
    pub update_every: Duration,
    /// Mails to one reader; what is over comes in a roundup.
    pub throttle: Rate,
}

impl Default for Timing {
    /// A minute brings the agencies together; half an hour between two mails is what people read through a bad day.
    fn default() -> Self {
        Self {
            wait: Duration::from_secs(60),
            update_every: Duration::from_secs(30 * 60),
            throttle: Rate { count: 12, per: Duration::from_secs(3600) },
        }
    }
}

/// By which way a watch's alerts come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Deliver {
    /// As they happen.
    #[default]
    Instant,
    /// In a digest only.
    Digest,
    /// As they happen, and named again in the digest.
    Both,
}

/// What a watch sends an update for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateOn {
    /// A new independent source.
    NewSource,
    /// A toll that rose, or the first figure.
    Toll,
    /// A correction, a withdrawal or an edit in substance.
    Correction,
    /// A claim of responsibility.
    Claim,
    /// A place that was not named before.
    Place,
}

impl UpdateOn {
    /// Everything there is.
    pub const ALL: [Self; 5] = [Self::NewSource, Self::Toll, Self::Correction, Self::Claim, Self::Place];
}

/// A `[[digest]]`: what came since the last one, at set times.
#[derive(Debug, Clone, PartialEq)]
pub struct Digest {
    /// Its id.
    pub id: DigestId,
    /// Its name as shown in mail; the id when none was given.
    pub name: String,
    /// Times of the day, in order, each once; never empty.
    pub at: Vec<Time>,
    /// Monday to Sunday; at least one is set.
    pub days: [bool; 7],
    /// The zone of its times.
    pub zone: TimeZone,
    /// Who is told.
    pub to: Vec<Mailbox>,
    /// In which group each was found; parallel to `to`.
    pub through: Vec<Option<String>>,
    /// The watches it tells of.
    pub watches: Vec<WatchId>,
    /// Stories shown at most; the others are counted.
    pub max_stories: usize,
    /// Whether it comes when there is nothing to tell.
    pub send_empty: bool,
}

/// What is remembered of a digest; one row of the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestRuns {
    /// When it was last due.
    pub last: Timestamp,
    /// How many stories of each country (ISO 3166-1 alpha-2; empty for none) it told of, run by run, the newest last.
    pub counts: Vec<BTreeMap<String, u32>>,
}

impl DigestRuns {
    /// Runs remembered: four weeks of a daily digest, against which a day is compared.
    const KEPT: usize = 28;

    /// A run more.
    pub fn ran(&mut self, at: Timestamp, counts: BTreeMap<String, u32>) {
        self.last = at;
        self.counts.push(counts);
        self.counts.drain(..self.counts.len().saturating_sub(Self::KEPT));
    }

    /// The mean of a country over the runs remembered; None before the first.
    #[must_use]
    pub fn mean(&self, country: &str) -> Option<f64> {
        let sum: u32 = self.counts.iter().filter_map(|run| run.get(country)).sum();
        (!self.counts.is_empty()).then(|| f64::from(sum) / self.counts.len() as f64)
    }
}

/// Bounds on what one reader gets, whatever the watches say; `[pace]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Alert mails to one reader that one source may cause.
    pub per_source: Rate,
    /// Stories to one reader from which on the day is busy: alerts below high severity are gathered every `roundup`.
    pub overload: Rate,
    /// Between the first story held back and the roundup that tells of it.
    pub roundup: Duration,
    /// How long mail must have been stuck for what waits to come as roundups.
    pub outage: Duration,
    /// How long, after a store was lost, the sources are given to show what may have been told before, which comes in one mail.
    pub recovery: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        let hour = Duration::from_secs(3600);
        let quarter = Duration::from_secs(15 * 60);
        Self {
            per_source: Rate { count: 5, per: hour },
            overload: Rate { count: 20, per: hour },
            roundup: quarter,
            outage: quarter,
            recovery: quarter,
        }
    }
}
