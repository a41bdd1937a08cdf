//! What the person who runs this is told of: sources that went dark, coverage that fell short, mail that does not
//! leave. Readers never get any of it.

use jiff::Timestamp;
use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use std::time::Duration;

use super::{Gap, Health, Mailbox, Owner, Source, SourceId, Tongue};

/// Who runs this, and how they are told; `mail.ops_to` and `[operator]` of the configuration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Operator {
    /// Who is told; nobody when empty.
    pub to: Vec<Mailbox>,
    /// The language of the mail.
    pub lang: Tongue,
    /// When a sign of life is sent each day, in the zone of the configuration; never by default.
    pub sign_of_life: Option<Time>,
    /// An address that is asked while all is well, so that its keeper notices when it is not.
    pub ping: Option<Ping>,
}

/// A dead man's switch somewhere else.
#[derive(Debug, Clone, PartialEq)]
pub struct Ping {
    /// Its address, which is a secret: whoever knows it can pretend that we live.
    pub url: super::Secret,
    /// How often it is asked.
    pub every: Duration,
}

/// A `[[coverage]]` floor: how many live sources of a kind there must be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Floor {
    /// What it is called.
    pub name: String,
    /// Fewest live sources.
    pub at_least: usize,
    /// Of this language (BCP 47, compared by its primary subtag).
    pub lang: Option<String>,
    /// With all of these tags.
    pub tags: Vec<String>,
    /// Of this owner.
    pub owner: Option<Owner>,
    /// Of this tier or a better one.
    pub tier: Option<u8>,
}

impl Floor {
    /// Whether a source counts for it, when it is live. One without a language or an owner counts for no floor that asks for one.
    #[must_use]
    pub fn counts(&self, source: &Source) -> bool {
        // `fr` of `fr-BF` (BCP 47 §2.2.1).
        let primary = |lang: &String| lang.split('-').next().unwrap_or_default().to_ascii_lowercase();
        self.lang.as_ref().is_none_or(|lang| source.lang.as_ref().map(primary) == Some(primary(lang)))
            && self.tags.iter().all(|tag| source.tags.contains(tag))
            && self.owner.is_none_or(|owner| source.owner == Some(owner))
            && self.tier.is_none_or(|tier| source.tier <= tier)
    }
}

/// What a matter is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Our own network: most sources fail at once.
    Network,
    /// The mail relay.
    Mail,
    /// The configuration on disk.
    Configuration,
    /// A coverage floor, by name.
    Floor(String),
    /// A source.
    Source(SourceId),
    /// What a source pours out: so much of it matches that its readers get it gathered.
    Flood(SourceId),
    /// Room on the disk of the state folder.
    Disk,
    /// The size of the store, where one is set.
    Size,
    /// Somebody to whom mail is written, by address.
    Recipient(String),
    /// The store, which was lost and made anew at this moment. The store knows subjects by their place: new ones come last.
    Store(Timestamp),
}

/// A matter as the operator was last told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// About what.
    pub subject: Subject,
    /// How a source stands; [`Health::Failing`] for everything else.
    pub health: Health,
    /// Since when.
    pub since: Timestamp,
    /// What happened, for people, in English.
    pub what: String,
    /// The beginning of what was answered, as plain text.
    pub sample: Option<String>,
    /// What the operator can do about it: a command or a setting.
    pub advice: Option<String>,
}

/// A matter that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// What it was.
    pub matter: Matter,
    /// Since when it is over.
    pub at: Timestamp,
    /// The time in which a source's news may have been missed.
    pub gap: Option<Gap>,
}

/// One mail to the operator: what began, what became different, what is over, and what they know already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bulletin {
    /// New matters.
    pub begun: Vec<Matter>,
    /// Matters that stand differently than they were told: before, now.
    pub changed: Vec<(Matter, Matter)>,
    /// Matters that are over.
    pub ended: Vec<Recovery>,
    /// Matters that stand as they were told.
    pub standing: Vec<Matter>,
    /// Sources whose news may have been missed since the last bulletin, and that are not named above: after an outage
    /// of our own, all that came back with nothing they had shown before.
    pub gaps: Vec<(SourceId, Gap)>,
}

impl Bulletin {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.begun.is_empty() && self.changed.is_empty() && self.ended.is_empty() && self.gaps.is_empty()
    }
}

/// What the operator was told; one row of the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorTold {
    /// Matters they know of.
    pub matters: Vec<Matter>,
    /// When the last bulletin was frozen.
    pub last: Option<Timestamp>,
    /// Since when something waits to be told together with what comes soon after it.
    pub waiting: Option<Timestamp>,
    /// When they were last told that a matter began or became different, for as long as that keeps it from being told
    /// again.
    pub recent: Vec<(Subject, Timestamp)>,
    /// When the last sign of life was due.
    pub sign_of_life: Option<Timestamp>,
}

/// The numbers of a daily sign of life.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignOfLife {
    /// Sources watched.
    pub sources: usize,
    /// Those that are live.
    pub live: usize,
    /// Those that are not, with how they stand.
    pub troubled: Vec<(SourceId, Health)>,
    /// Items never seen before, of the last day.
    pub items: usize,
    /// Alerts raised in the last day.
    pub alerts: usize,
    /// Mails accepted in the last day.
    pub sent: usize,
    /// Mails that wait.
    pub queued: usize,
    /// Sources whose news may have been missed in the last day.
    pub gaps: Vec<(SourceId, Gap)>,
}
