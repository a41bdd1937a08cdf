//! An alert: one watch on one item. And the reasons: why something was, or was not, alerted.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ItemId, Match, WatchId};

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
    /// [`Reason::New`], [`Reason::Changed`] or [`Reason::Backfilled`].
    pub reason: Reason,
    /// When the item was taken in.
    pub raised: Timestamp,
    /// Where the watch's terms occur; empty when it asks for no words.
    pub matches: Vec<Match>,
}

/// Why an item was, or was not, put before the watches; why a notification exists. Every decision names one. Stored by number: add
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
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
