//! A source: a thing we poll, and what we remember between two polls. Knows nothing of HTTP or of parsing.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::SourceId;

/// A `[[source]]` of the configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its id, unique in the configuration.
    pub id: SourceId,
    /// Its name as shown in mail; the id when none was given.
    pub name: String,
    /// What is found at `url`.
    pub kind: SourceKind,
    /// Where it is polled.
    pub url: Url,
    /// Language hint (BCP 47), for display only: matching never depends on it.
    pub lang: Option<String>,
    /// 1 trusted to 3 unverified; shown in mail.
    pub tier: u8,
    /// Free words to group sources by.
    pub tags: Vec<String>,
    /// Time between two polls when nothing else is known.
    pub interval: Duration,
    /// What the first poll may alert on.
    pub first_poll: FirstPoll,
    /// Whether loopback and private addresses may be dialled for it.
    pub allow_private: bool,
}

/// How a source's bytes become items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// RSS, Atom or JSON Feed; told apart by content.
    Feed,
    /// A web page whose items are picked by CSS selectors.
    Page(PageSelectors),
}

/// CSS selectors of a page source as typed, e.g. `h3 a` or `h3 a@href` (the attribute instead of the text).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageSelectors {
    /// One element per item.
    pub item: String,
    /// The title, inside the item.
    pub title: String,
    /// The link, inside the item; the first `a@href` in the title or item when absent.
    pub link: Option<String>,
    /// The date, inside the item.
    pub date: Option<String>,
    /// The summary, inside the item.
    pub summary: Option<String>,
}

/// What the first poll of a source may alert on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FirstPoll {
    /// Nothing: everything found is only remembered.
    Skip,
    /// Everything found.
    Alert,
    /// The first `n` items of the document.
    Last(u32),
}

/// What a server gave with its last good answer, to be echoed byte for byte (RFC 9110 §8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`, quotes and `W/` included.
    pub etag: Option<Vec<u8>>,
    /// `Last-Modified`, however odd its date.
    pub last_modified: Option<Vec<u8>>,
}

/// A permanent redirect a source answered with. It is followed at once and believed only when it repeats, because a captive
/// portal answers 301 too (`SourceState::moved_to`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Where it pointed.
    pub url: Url,
    /// How many polls in a row said so.
    pub polls: u32,
}

/// What is remembered of a source between two polls; one row of the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceState {
    /// The URL these facts belong to. When the configured URL changes, validators and redirects no longer apply.
    pub url: Option<Url>,
    /// Of the last answer whose items were committed.
    pub validators: Validators,
    /// The permanent redirect last seen.
    pub moved: Option<Moved>,
    /// When to poll next.
    pub next_check: Option<Timestamp>,
    /// Until when the server asked to be left alone (`Retry-After`); obeyed over a restart and by a poll made by hand.
    pub not_before: Option<Timestamp>,
    /// Failed polls in a row.
    pub failures: u32,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// What the last poll failed with, for people.
    pub last_error: Option<String>,
    /// The last poll, whatever came of it.
    pub last_attempt: Option<Timestamp>,
    /// The last poll that was answered and read.
    pub last_ok: Option<Timestamp>,
    /// The last poll that brought a new item.
    pub last_new: Option<Timestamp>,
    /// Items of the first poll, once it happened.
    pub primed: Option<u64>,
    /// Items ever taken in.
    pub items: u64,
}
