//! Stored items in the order in which they were first seen, a page at a time: `export jsonl|csv`. However many there
//! are, one page of them is in memory, here and with who asks.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SCHEMA;
use super::reader::hints;
use super::search::is_source;
use crate::config::Config;
use crate::extract;
use crate::model::{ItemId, SourceId, StoredItem, WatchId};
use crate::store::{Store, StoreError, Stretch};

/// Items of a page at most; with summaries of the longest kind some megabytes.
const PAGE: usize = 256;

/// Items looked at for a page at most, so that a filter that admits few keeps nobody waiting for long.
const LOOKED_AT: usize = 4096;

/// Which items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// From this one on; [`Page::next`] of the last page, or [`ItemId::at`] of a moment.
    pub from: ItemId,
    /// Only those on which this watch alerted.
    pub watch: Option<String>,
    /// Only those of the source with this id, or with an id that begins so where a `*` ends it.
    pub source: Option<String>,
}

/// A page of items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The items, the first seen first; there may be none on a page that is not the last.
    pub items: Vec<Line>,
    /// Where the next page begins; None after the last.
    pub next: Option<ItemId>,
}

/// An item: a line of `export jsonl`, in the order of its fields a row of `export csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Its number.
    pub id: String,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it says that it was published.
    pub published: Option<Timestamp>,
    /// The source that showed it first.
    pub source: SourceId,
    /// Its headline.
    pub title: String,
    /// Its address.
    pub link: Option<String>,
    /// Its teaser.
    pub summary: String,
    /// Its language; `und` when unknown.
    pub lang: String,
    /// The story it is in: the number of its first item.
    pub story: String,
    /// Why it was, or was not, put before the watches.
    pub reason: String,
    /// The watches that alerted on it.
    pub watches: Vec<WatchId>,
}

/// The page that begins at an item.
///
/// # Errors
/// The store's.
pub fn page(store: &Store, config: &Config, ask: &Listing) -> Result<Page, StoreError> {
    let hints = hints(config);
    let mut rest = Stretch { from: ask.from, ..Stretch::ALL };
    let (mut items, mut looked_at) = (Vec::new(), 0);
    while items.len() < PAGE && looked_at < LOOKED_AT {
        // No more than have room, so that none is left over where the page ends.
        let read = store.oldest_items(rest, PAGE - items.len())?;
        let Some(last) = read.last() else { return Ok(Page { items, next: None }) };
        rest = rest.above(last.id);
        looked_at += read.len();
        for item in read {
            if ask.source.as_deref().is_none_or(|wanted| is_source(wanted, item.source.as_str())) {
                let watches = store.watches_alerted(item.id)?;
                if ask.watch.as_deref().is_none_or(|wanted| watches.iter().any(|watch| watch.as_str() == wanted)) {
                    let lang = extract::language_of(&item.item, hints.get(item.source.as_str()).copied());
                    let story = store.placement(item.id)?.story.to_string();
                    items.push(line(item, lang, story, watches));
                }
            }
        }
    }
    Ok(Page { items, next: Some(rest.from) })
}

fn line(stored: StoredItem, lang: String, story: String, watches: Vec<WatchId>) -> Line {
    let StoredItem { id, source, first_seen, reason, item, .. } = stored;
    Line {
        schema: SCHEMA,
        id: id.to_string(),
        first_seen,
        published: item.published.and_then(|date| date.at),
        source,
        title: item.title,
        link: item.link.map(String::from),
        summary: item.summary,
        lang,
        story,
        reason: reason.to_string(),
        watches,
    }
}
