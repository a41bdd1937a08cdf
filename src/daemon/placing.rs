//! Where a new item stands among the recent ones: whose text it prints, which story it belongs to, and which watches told of that
//! story before. Owned by the ingest thread, so that no two items are placed at once.
//!
//! All of it is derived and rebuilt from the store when the first new item comes: copies from the items of two weeks, stories from those of three days,
//! with the places they were given when they came.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::live::Live;
use crate::identity::{Copies, Sketch};
use crate::model::{AlertId, Item, ItemId, Placement, StoredItem, StoryId, WatchId};
use crate::query::Scan;
use crate::store::{Store, StoreError, Stretch};
use crate::story::{Features, Stories};

/// How long a text is remembered: reprints come within two weeks.
const COPIES: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long an item opens its story to others after it: beyond, it is another event.
const STORIES: SignedDuration = SignedDuration::from_hours(72);
/// Oldest date of an article that is believed when it is placed in time: an archive that appears at once is no news of today.
const BELIEVED: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Items read from the store at a time.
const PAGE: usize = 512;

/// The recent items.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    copies: Copies,
    stories: Stories,
    /// The watches that alerted on a story.
    told_by: BTreeMap<StoryId, BTreeSet<WatchId>>,
}

impl Recent {
    /// The recent items, read from the store when that has not been done: a round that brings nothing new needs none of them.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn ready<'r>(
        recent: &'r mut Option<Self>,
        store: &Store,
        live: &Live,
        now: Timestamp,
    ) -> Result<&'r mut Self, StoreError> {
        if recent.is_none() {
            let began = std::time::Instant::now();
            *recent = Some(Self::rebuilt(store, live, now)?);
            tracing::debug!(ms = began.elapsed().as_millis() as u64, "recent items read");
        }
        Ok(recent.as_mut().expect("it was just read"))
    }

    /// Rebuilds everything from the store.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn rebuilt(store: &Store, live: &Live, now: Timestamp) -> Result<Self, StoreError> {
        let mut recent = Self::default();
        let mut rest = Stretch { from: ItemId::at(earlier(now, COPIES)), before: ItemId(u64::MAX) };
        loop {
            let page = store.oldest_items(rest, PAGE)?;
            let Some(last) = page.last() else { break };
            rest = rest.above(last.id);
            let placements = page.iter().map(|item| store.placement(item.id)).collect::<Result<Vec<_>, _>>()?;
            let read = read_all(live, &page, now);
            for ((item, placement), (sketch, features)) in page.iter().zip(placements).zip(read) {
                let original = placement.copy_of.is_none();
                recent.copies.insert(item.id, item.first_seen, item.source.as_str(), &sketch, original);
                if let Some(features) = features {
                    recent.stories.put(placement.story, features);
                }
            }
        }
        for AlertId { item, watch } in store.alerted_since(ItemId::at(earlier(now, COPIES)))? {
            recent.told_by.entry(store.placement(item)?.story).or_default().insert(watch);
        }
        Ok(recent)
    }

    /// Places a new item; by its teaser only, where its text will come. `story_of` knows the stories of earlier items.
    ///
    /// # Errors
    /// Those of `story_of`.
    pub(crate) fn place<E>(
        &mut self,
        item: &StoredItem,
        scan: &Scan<'_>,
        is_teaser: bool,
        story_of: impl FnOnce(ItemId) -> Result<StoryId, E>,
    ) -> Result<Placement, E> {
        let (id, seen) = (item.id, item.first_seen);
        let sketch = Sketch::of_scan(scan);
        self.copies.prune(earlier(seen, COPIES));
        let copy_of = self.copies.of(&sketch, item.source.as_str(), seen).first().map(|copy| copy.of);
        self.copies.insert(id, seen, item.source.as_str(), &sketch, copy_of.is_none());
        let copied = copy_of.map(story_of).transpose()?;
        let features = Features::of(scan, time(&item.item, seen));
        let placed = match is_teaser {
            true => self.stories.place_teaser(id, features, copied),
            false => self.stories.place(id, features, copied),
        };
        self.forget_old(seen);
        Ok(Placement { story: placed.story, copy_of, link: placed.link })
    }

    /// Places an item by its full text that stands alone since its teaser was placed. None when it stays where it is.
    pub(crate) fn place_again(&mut self, item: &StoredItem, scan: &Scan<'_>) -> Option<Placement> {
        let placed = self.stories.place_again(item.id, Features::of(scan, time(&item.item, item.first_seen)))?;
        (placed.story != item.id).then_some(Placement { story: placed.story, copy_of: None, link: placed.link })
    }

    /// The watches that alerted on a story.
    pub(crate) fn told_by(&self, story: StoryId) -> impl Iterator<Item = &WatchId> {
        self.told_by.get(&story).into_iter().flatten()
    }

    /// Remembers that a watch alerted on a story.
    pub(crate) fn tell(&mut self, story: StoryId, watch: &WatchId) {
        self.told_by.entry(story).or_default().insert(watch.clone());
    }

    /// Forgets who told of the stories that opened before every text remembered.
    fn forget_old(&mut self, now: Timestamp) {
        let oldest = ItemId::at(earlier(now, COPIES));
        while self.told_by.first_key_value().is_some_and(|(story, _)| *story < oldest) {
            self.told_by.pop_first();
        }
    }
}

/// What is read of items at a rebuild, on two threads: most of its cost.
fn read_all(live: &Live, items: &[StoredItem], now: Timestamp) -> Vec<(Sketch, Option<Features>)> {
    let read = |half: &[StoredItem]| half.iter().map(|item| read(live, item, now)).collect::<Vec<_>>();
    let (first, second) = items.split_at(items.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| read(second));
        let mut all = read(first);
        match other.join() {
            Ok(rest) => all.extend(rest),
            Err(panic) => std::panic::resume_unwind(panic),
        }
        all
    })
}

fn read(live: &Live, item: &StoredItem, now: Timestamp) -> (Sketch, Option<Features>) {
    if item.first_seen < earlier(now, STORIES) {
        return (Sketch::of(&item.item), None);
    }
    live.scanned(&item.item, &item.source, |scan, _| {
        (Sketch::of_scan(scan), Some(Features::of(scan, time(&item.item, item.first_seen))))
    })
}

/// When the event was reported: the date printed where it can be true, else when it was seen.
fn time(item: &Item, seen: Timestamp) -> Timestamp {
    let printed = item.published.as_ref().and_then(|date| date.at);
    printed.filter(|at| *at <= seen && *at > earlier(seen, BELIEVED)).unwrap_or(seen)
}

fn earlier(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_sub(by).unwrap_or(Timestamp::MIN)
}
