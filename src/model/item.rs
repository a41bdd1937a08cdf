//! An item: one article as its source printed it, and where and when it was first seen.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Field, Reason, SourceId};

/// A date as printed, with the instant it means where that could be told. Shown, never decided by: *first seen* decides
/// what is new, since dates are missing, local, in the future or wrong too often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintedDate {
    /// The text in the document, trimmed.
    pub printed: String,
    /// The instant, when it could be read. A date without a zone is read as UTC.
    pub at: Option<Timestamp>,
}

/// One article as its source printed it. All texts are plain text: markup removed, entities decoded, white space folded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The id the document gives (`guid`, `atom:id`, `id`), as given.
    pub entry_id: Option<String>,
    /// The article's address, absolute, http or https.
    pub link: Option<Url>,
    /// The headline.
    pub title: String,
    /// The teaser (`description`, `summary`).
    pub summary: String,
    /// The full text where the document carries it (`content:encoded`, `content`).
    pub body: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Categories and tags.
    pub categories: Vec<String>,
    /// When it was published.
    pub published: Option<PrintedDate>,
    /// When it was last changed.
    pub updated: Option<PrintedDate>,
    /// Declared language (BCP 47), of the item or its document.
    pub lang: Option<String>,
}

impl Item {
    /// The text of a field.
    #[must_use]
    pub fn field(&self, field: Field) -> &str {
        match field {
            Field::Title => &self.title,
            Field::Summary => &self.summary,
            Field::Body => &self.body,
        }
    }
}

/// Time-ordered number of a stored item: milliseconds since 1970 shifted left by [`ItemId::COUNTER_BITS`], and a counter.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ItemId(pub u64);

impl ItemId {
    /// Low bits that count within a millisecond: room for a million items in one, and for dates up to the year 2527.
    pub const COUNTER_BITS: u32 = 20;

    /// The first id that can be given out at `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(u64::try_from(now.as_millisecond()).unwrap_or(0) << Self::COUNTER_BITS)
    }

    /// When it was given out, to the millisecond.
    #[must_use]
    pub fn moment(self) -> Timestamp {
        i64::try_from(self.0 >> Self::COUNTER_BITS)
            .ok()
            .and_then(|millisecond| Timestamp::from_millisecond(millisecond).ok())
            .unwrap_or(Timestamp::MAX)
    }

    /// The id after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// An item as kept: what was printed, where and when it was first seen, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredItem {
    /// Its number.
    pub id: ItemId,
    /// The source that showed it first.
    pub source: SourceId,
    /// When that was.
    pub first_seen: Timestamp,
    /// 0 as first seen, one more for every materially changed text.
    pub revision: u32,
    /// Why it was, or was not, put before the watches.
    pub reason: Reason,
    /// Its newest text.
    pub item: Item,
}
