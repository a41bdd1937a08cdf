//! How a source stands: whether it still does what it used to do, since when, and what shows it. Judged by
//! `crate::health`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

/// The states of a source, each with its evidence in [`Standing`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// It answers, and brings what it used to bring. Also before its first poll.
    #[default]
    Ok,
    /// It answers at another address, for good or found by us.
    Moved,
    /// Its documents hold more news than they show: some were never seen.
    Overflowing,
    /// It answers, but is quieter than its habit.
    Silent,
    /// It answers, but not with what it used to bring: a redesigned page, a feed cut to teasers, a document broken off.
    Degraded,
    /// It keeps us out: a challenge, a login, 401, 403, 429, robots.txt.
    Blocked,
    /// It does not answer, or with nothing that can be read.
    Failing,
}

impl Health {
    /// The word used in reports and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Moved => "moved",
            Self::Overflowing => "overflowing",
            Self::Silent => "silent",
            Self::Degraded => "degraded",
            Self::Blocked => "blocked",
            Self::Failing => "failing",
        }
    }

    /// Whether news still come in as they used to, so that a coverage floor may count on it.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Ok | Self::Moved | Self::Overflowing)
    }
}

/// What shows that a source stands as it does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The status of the answer.
    pub status: Option<u16>,
    /// What happened, for people.
    pub what: String,
    /// The beginning of what was answered, as plain text.
    pub sample: Option<String>,
}

/// Why a document that could be read is not what its source used to bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// No item at all, where there used to be some.
    Nothing,
    /// A twentieth of the items there used to be, or fewer.
    Few,
    /// What is picked are the links of a menu.
    Navigation,
    /// A page that is served anew while the items picked from it stay the same, against its habit.
    Frozen,
    /// The items are cut off, and nobody fetches the rest.
    Teasers,
    /// The articles behind the items cannot be read.
    Articles,
    /// It broke off.
    CutOff,
}

/// How often a source brings news, by hour and weekday (UTC): decayed counts of the polls that brought some, and since
/// when they are counted. Ten items at once are one visit of news: what is told apart is when a source speaks and when
/// it is quiet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Habit {
    /// When counting began; None before the first poll.
    pub since: Option<Timestamp>,
    /// The last poll that brought something new (or the first poll), up to which the counts below are decayed.
    pub updated: Option<Timestamp>,
    /// Polls that brought something new, by hour of the day.
    pub hours: [f32; 24],
    /// The same by weekday, Monday first.
    pub days: [f32; 7],
    /// New items.
    pub items: f32,
    /// Squares of the waits between two such polls, each measured in the polls with news that were expected meanwhile:
    /// how uneven its news are.
    pub unevenness: f32,
    /// Items a document usually shows.
    pub size: f32,
}

/// What the last documents showed of their window on the source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Items of the last document.
    pub shown: u32,
    /// Those that this source had not shown before.
    pub fresh: u32,
    /// Documents in a row that held nothing it had shown before.
    pub overflows: u32,
}

/// A time in which news may have been missed: what the source shows after it begins later than what it showed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The last poll before it that was answered.
    pub from: Timestamp,
    /// The first one after it.
    pub to: Timestamp,
}

/// A feed that was found in place of one that moved or broke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Where it stands.
    pub url: Url,
    /// When it was found.
    pub found: Timestamp,
    /// How, for people: "named by the home page".
    pub how: String,
    /// Whether it shows articles that the source had shown before. Any other is for a person to judge.
    pub is_kin: bool,
    /// Whether it is polled in place of the configured address.
    pub applied: bool,
}

/// A subscription at a WebSub hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The hub and the topic.
    pub hub: super::Hub,
    /// The unguessable end of our callback address.
    pub token: String,
    /// When it was asked for last; None before the first time.
    pub asked: Option<Timestamp>,
    /// Until when the hub promised to tell; None until it verified our wish.
    pub until: Option<Timestamp>,
    /// When to ask next.
    pub next: Timestamp,
    /// Times in a row it was asked for and not verified.
    pub unanswered: u32,
}

/// How a source stands; one row of the store, written only when it changes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Its state.
    pub health: Health,
    /// Since when; None before the first poll.
    pub since: Option<Timestamp>,
    /// What shows it; None when all is well.
    pub evidence: Option<Evidence>,
    /// Failed polls in a row, while it fails or keeps us out; 0 in every other state.
    pub polls: u32,
    /// Whether what it failed with may be our own network.
    pub local: bool,
    /// What is doubted of its documents: makes it degraded once enough polls showed it.
    pub doubt: Option<Doubt>,
    /// Polls in a row that showed this doubt, up to what is enough.
    pub doubts: u32,
    /// What it used to bring.
    pub habit: Habit,
    /// What it showed last.
    pub window: Window,
    /// Articles in a row that could not be read, of a source with full text.
    pub unread_articles: u32,
    /// The last time in which news may have been missed.
    pub gap: Option<Gap>,
    /// What was found in its place. Boxed, like the lease, since few of ten thousand sources have one.
    pub proposal: Option<Box<Proposal>>,
    /// Its subscription at a hub.
    pub lease: Option<Box<Lease>>,
}

impl Standing {
    /// How it stands once its configured address was edited: what it used to bring stays, what was said of the old address
    /// does not.
    #[must_use]
    pub fn at_another_address(&self) -> Self {
        Self { habit: self.habit.clone(), ..Self::default() }
    }
}
