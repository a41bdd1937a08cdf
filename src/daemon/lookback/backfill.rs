//! The backfill of a watch: when its id is met for the first time, what it matches among the items of its last `backfill` raises
//! alerts, as if it had been there.
//!
//! The rule:
//! - A watch is met once. Which were met is kept in the store, in the same transaction that raises what they missed: a stop in
//!   between looks back again, and nothing is raised twice. A watch that leaves the configuration and comes back was met.
//! - A store that knows of no watch although it holds items is older than this rule: all watches configured then count as met,
//!   or an upgrade would mail the past.
//! - Every item first seen within the time is a candidate, also one that the first poll of its source only remembered.
//! - The alert has the name any other would have (item, watch), so that a watch alerts once on an item. A reader who was mailed
//!   about the item before, through another watch, is not mailed again (`composing`).
//! - At most [`MOST`] alerts are raised for a watch, the newest: a flood is not read. The rest is logged, and found by `search`.

use jiff::{SignedDuration, Timestamp};

use crate::daemon::live::Live;
use crate::model::{Alert, AlertId, ItemId, Match, Reason, StoredItem, Watch, WatchId};
use crate::store::{Store, StoreError, Stretch};

/// Most alerts of one backfill. Each is a mail to each recipient; more than a day of the busiest watch of a desk is a search.
pub(crate) const MOST: usize = 200;

/// Items in memory at a time.
const PAGE: usize = 256;

/// Lets every watch that is new look back. Returns how many alerts were raised.
///
/// # Errors
/// The store's; then no watch that was not told of counts as met.
pub(crate) fn look_back(store: &Store, live: &Live, now: Timestamp) -> Result<usize, StoreError> {
    let ids = || live.config.watches.iter().map(|watch| watch.id.clone());
    let Some(met) = store.met_watches()? else {
        if store.inhabited(Stretch::ALL)?.is_some() {
            tracing::info!("the store is older than backfill: every watch configured now counts as met");
        }
        return store.meet(&ids().collect::<Vec<_>>(), Vec::new());
    };
    let new: Vec<&Watch> = live.config.watches.iter().filter(|watch| !met.contains(&watch.id)).collect();
    if new.is_empty() {
        return Ok(0);
    }
    let missed = gather(store, live, &new, now)?;
    for finds in &missed {
        let (watch, raised) = (&finds.watch.id, finds.kept.len());
        if finds.left_out > 0 {
            tracing::warn!(%watch, raised, left_out = finds.left_out, "backfill: only the newest items are alerted; `search` finds the rest");
        } else if !finds.watch.backfill.is_zero() {
            tracing::info!(%watch, items = raised, "backfill");
        }
    }
    let ids: Vec<WatchId> = new.iter().map(|watch| watch.id.clone()).collect();
    store.meet(&ids, missed.into_iter().flat_map(|finds| finds.alerts(now)).collect())
}

/// What a watch missed.
struct Finds<'a> {
    watch: &'a Watch,
    since: ItemId,
    /// The newest, newest first.
    kept: Vec<(ItemId, Vec<Match>)>,
    left_out: usize,
}

impl Finds<'_> {
    fn take(&mut self, item: ItemId, matches: Vec<Match>) {
        if self.kept.len() < MOST {
            self.kept.push((item, matches));
        } else {
            self.left_out += 1;
        }
    }

    /// The oldest first, in the order in which news would have come.
    fn alerts(self, now: Timestamp) -> impl Iterator<Item = Alert> {
        let watch = self.watch.id.clone();
        self.kept.into_iter().rev().map(move |(item, matches)| Alert {
            id: AlertId { item, watch: watch.clone() },
            reason: Reason::Backfilled,
            raised: now,
            matches,
        })
    }
}

fn gather<'a>(store: &Store, live: &Live, new: &[&'a Watch], now: Timestamp) -> Result<Vec<Finds<'a>>, StoreError> {
    let since = |watch: &Watch| {
        let length = SignedDuration::try_from(watch.backfill).unwrap_or(SignedDuration::ZERO);
        ItemId::at(now.checked_sub(length).unwrap_or(now))
    };
    let finds = |watch: &&'a Watch| Finds { watch, since: since(watch), kept: Vec::new(), left_out: 0 };
    let mut finds: Vec<Finds<'a>> = new.iter().map(finds).collect();
    let from = finds.iter().map(|finds| finds.since).min().unwrap_or(ItemId::at(now));
    // What is first seen from now on is put before the new watches anyway, or only remembered.
    let mut rest = Stretch { from, before: ItemId::at(now) };
    if new.iter().all(|watch| watch.backfill.is_zero()) {
        return Ok(finds);
    }
    loop {
        let page = store.newest_items(rest, PAGE)?;
        let Some(last) = page.last() else { return Ok(finds) };
        rest = rest.below(last.id);
        for item in &page {
            look_at(store, live, item, &mut finds)?;
        }
    }
}

fn look_at(store: &Store, live: &Live, item: &StoredItem, finds: &mut [Finds<'_>]) -> Result<(), StoreError> {
    for (watch, matches) in live.hits(&item.item, &item.source) {
        let mine = finds.iter_mut().find(|finds| finds.watch.id == watch.id && finds.since <= item.id);
        if let Some(mine) = mine.filter(|finds| !finds.watch.backfill.is_zero())
            && !store.alerted(&AlertId { item: item.id, watch: watch.id.clone() })?
        {
            mine.take(item.id, matches);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Asks, Deliver, Severity, Timing, UpdateOn};

    #[test]
    fn the_newest_are_kept_and_told_of_oldest_first() {
        let watch = Watch {
            id: WatchId::new("w").expect("a test id"),
            name: "w".to_owned(),
            severity: Severity::Low,
            asks: Asks::Query("a".to_owned()),
            to: Vec::new(),
            through: Vec::new(),
            timing: Timing::default(),
            deliver: Deliver::Instant,
            updates: UpdateOn::ALL.to_vec(),
            ignore_quiet_hours: false,
            backfill: std::time::Duration::from_secs(60),
            tests: Vec::new(),
        };
        let mut finds = Finds { watch: &watch, since: ItemId(0), kept: Vec::new(), left_out: 0 };
        let count = MOST as u64 + 5;
        (0..count).rev().for_each(|id| finds.take(ItemId(id), Vec::new()));
        assert_eq!(finds.left_out, 5);
        let alerts: Vec<Alert> = finds.alerts(Timestamp::UNIX_EPOCH).collect();
        assert_eq!(alerts.len(), MOST);
        assert_eq!((alerts[0].id.item, alerts[MOST - 1].id.item), (ItemId(5), ItemId(count - 1)));
        assert!(alerts.iter().all(|alert| alert.reason == Reason::Backfilled));
    }
}
