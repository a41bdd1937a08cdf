//! The article behind an item, where its source asks for full text: wanted, tried, and what became of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{ItemId, SourceId};

/// An article that is to be fetched: the item is known, its page was not read yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Of which item.
    pub item: ItemId,
    /// The source that asks for it.
    pub source: SourceId,
    /// Where it stands.
    pub url: Url,
    /// Failed attempts so far.
    pub attempts: u32,
    /// When to try (again).
    pub next_attempt: Timestamp,
}

/// What became of the article behind an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArticleState {
    /// Its text stands in the item's body.
    Read {
        /// When it was read.
        at: Timestamp,
        /// What hides its rest, for people, where the page shows only the beginning.
        cut_by: Option<String>,
    },
    /// It was given up; the item stands on what its source printed.
    Failed {
        /// When.
        at: Timestamp,
        /// Why, for people: a paywall, a challenge, a missing page.
        why: String,
    },
}
