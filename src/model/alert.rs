//! An alert: one watch on one item; what becomes of it for each of its readers. And the reasons: why something was, or was not,
//! alerted or sent.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DigestId, ItemId, Mailbox, Match, MuteId, NotificationId, WatchId};

/// Which alert: a watch alerts once on an item, however often the item is seen or changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AlertId {
    /// The item reported on.
    pub item: ItemId,
    /// The watch that matched it.
    pub watch: WatchId,
}

/// One watch's match on one item, waiting to be composed into notifications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Which watch on which item.
    pub id: AlertId,
    /// [`Reason::New`], [`Reason::Changed`], [`Reason::Backfilled`] or [`Reason::Recovered`].
    pub reason: Reason,
    /// When the item was taken in.
    pub raised: Timestamp,
    /// Where the watch's terms occur; empty when it asks for no words.
    pub matches: Vec<Match>,
}

/// An alert that one of its readers has not been told of yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Which alert.
    pub alert: AlertId,
    /// Who is to be told.
    pub reader: Mailbox,
    /// In which group the reader was found.
    pub through: Option<String>,
    /// The digest that will tell of it; None when a mail of its own, or a roundup, will.
    pub digest: Option<DigestId>,
    /// Why it was raised.
    pub reason: Reason,
    /// When the alert was raised.
    pub raised: Timestamp,
    /// What it waits for, as far as it was last looked at.
    pub held: Option<Held>,
}

/// What an alert waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Why.
    pub why: Reason,
    /// Since when; the first reason's time stays while the reason changes.
    pub since: Timestamp,
    /// Until when at least; None when that is not known.
    pub until: Option<Timestamp>,
}

/// What became of an alert for one of its readers: the last word on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// Which alert.
    pub alert: AlertId,
    /// The reader's address.
    pub reader: String,
    /// What, or why not: the reason of the mail, or why there is none.
    pub reason: Reason,
    /// When it was decided.
    pub at: Timestamp,
    /// The mail that tells of it.
    pub mail: Option<NotificationId>,
    /// The mute that hides it.
    pub mute: Option<MuteId>,
}

/// Why an item was, or was not, put before the watches; why a notification exists, or waits, or does not. Every decision names one. Stored by number: add
/// at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Never seen before.
    New,
    /// A materially changed text under a known identity.
    Changed,
    /// Found by the first poll of its source, which only remembers.
    Primed,
    /// Seen before, here or in another source, with the same text.
    Known,
    /// Changed more often than `identity::MAX_REVISIONS`: a page that prints the time, not news.
    RestlessText,
    /// Seen before its watch was first met, which looks back (`backfill`).
    Backfilled,
    /// It joined a story of which the watch told before.
    Joined,
    /// It prints the text of an item the watch told of before.
    Copy,
    /// Of a story its reader knows, and brings nothing they do not know.
    NothingNew,
    /// Somebody muted its story, watch or source.
    Muted,
    /// Its watch, its reader or its digest left the configuration.
    Withdrawn,
    /// The first minutes of a story: other reports may come.
    Gathering,
    /// The last mail on its story is too fresh.
    TooSoon,
    /// Its watch has told its reader enough for now.
    Throttled,
    /// Its source has caused enough mails for now.
    SourceThrottled,
    /// Too much happens: what is not urgent is gathered.
    Overload,
    /// Its reader's quiet hours.
    QuietHours,
    /// The mail server could not be used for long: what waited comes together.
    Outage,
    /// It waits for, or came in, a digest.
    Digest,
    /// It came in a roundup.
    Roundup,
    /// It came at the end of quiet hours.
    Held,
    /// The article behind the item has what its teaser had not.
    FullText,
    /// It tells the operator of sources, mail or the configuration.
    Ops,
    /// The operator's daily proof that all this still runs.
    SignOfLife,
    /// The store was lost, and it may have been told of before.
    Recovered,
}

impl Reason {
    /// The word used in headers, JSON and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "update",
            Self::Primed => "primed",
            Self::Known => "known",
            Self::RestlessText => "restless_text",
            Self::Backfilled => "backfill",
            Self::Joined => "joined_story",
            Self::Copy => "copy",
            Self::NothingNew => "nothing_new",
            Self::Muted => "muted",
            Self::Withdrawn => "withdrawn",
            Self::Gathering => "gathering",
            Self::TooSoon => "too_soon",
            Self::Throttled => "throttled",
            Self::SourceThrottled => "source_throttled",
            Self::Overload => "overload",
            Self::QuietHours => "quiet_hours",
            Self::Outage => "outage",
            Self::Digest => "digest",
            Self::Roundup => "roundup",
            Self::Held => "held",
            Self::FullText => "full_text",
            Self::Ops => "ops",
            Self::SignOfLife => "sign_of_life",
            Self::Recovered => "recovered",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
