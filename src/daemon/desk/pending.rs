//! What is pending, for `status`: alerts that wait and for what, stories that are followed, mutes in force, the next digest.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{muting, standing};
use crate::alert::calendar::digest_after;
use crate::config::Config;
use crate::model::{ItemId, Reason, Waiting};
use crate::store::{Store, StoreError};

/// How long a story is open to further items (`story::link`).
const OPEN: SignedDuration = SignedDuration::from_hours(72);

/// What is pending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Alerts that wait for one of their readers: each once for each of them.
    pub waiting: usize,
    /// The same by what they wait for, most first.
    pub by_reason: Vec<Held>,
    /// Stories that a watch alerted on in the last 72 hours.
    pub stories_open: usize,
    /// The mutes in force, with what each has hidden.
    pub mutes: Vec<muting::Line>,
    /// The digest that comes next.
    pub next_digest: Option<NextDigest>,
}

/// Alerts that wait for one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// What for; None of those that were not looked at yet.
    pub reason: Option<Reason>,
    /// How many.
    pub count: usize,
    /// When the first of them may go, where that is known.
    pub until: Option<Timestamp>,
}

/// The next digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextDigest {
    /// Its id.
    pub id: String,
    /// When it comes.
    pub at: Timestamp,
    /// Alerts that wait for it.
    pub waiting: usize,
}

/// What is pending now.
///
/// # Errors
/// The store's.
pub fn pending(store: &Store, config: &Config, now: Timestamp) -> Result<Pending, StoreError> {
    let waiting = store.waiting()?;
    let mutes = store.mutes()?;
    let mutes = mutes.iter().filter(|mute| mute.holds(now));
    Ok(Pending {
        by_reason: by_reason(&waiting),
        waiting: waiting.len(),
        stories_open: stories_open(store, now)?,
        mutes: mutes.map(|mute| muting::line(store, config, mute, now)).collect::<Result<_, _>>()?,
        next_digest: next_digest(config, &waiting, now),
    })
}

fn by_reason(waiting: &[Waiting]) -> Vec<Held> {
    let mut all: Vec<Held> = Vec::new();
    for alert in waiting {
        let (reason, until) = (standing::why(alert), alert.held.and_then(|held| held.until));
        match all.iter_mut().find(|held| held.reason == reason) {
            Some(held) => {
                held.count += 1;
                held.until = held.until.into_iter().chain(until).min();
            }
            None => all.push(Held { reason, count: 1, until }),
        }
    }
    all.sort_by_key(|held| std::cmp::Reverse(held.count));
    all
}

fn stories_open(store: &Store, now: Timestamp) -> Result<usize, StoreError> {
    let mut stories = BTreeSet::new();
    let mut last = None;
    for alert in store.alerted_since(ItemId::at(now.checked_sub(OPEN).unwrap_or(Timestamp::MIN)))? {
        // Several watches may have alerted on one item.
        if last.replace(alert.item) != Some(alert.item) {
            stories.insert(store.placement(alert.item)?.story);
        }
    }
    Ok(stories.len())
}

fn next_digest(config: &Config, waiting: &[Waiting], now: Timestamp) -> Option<NextDigest> {
    let next = config.digests.iter().map(|digest| (digest_after(digest, now), digest)).min_by_key(|(at, _)| *at);
    next.map(|(at, digest)| NextDigest {
        id: digest.id.to_string(),
        at,
        waiting: waiting.iter().filter(|alert| alert.digest.as_ref() == Some(&digest.id)).count(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AlertId, Held as Wait, Mailbox, WatchId};

    fn alert(held: Option<(Reason, i64)>) -> Waiting {
        let at = |second| Timestamp::from_second(second).expect("a test instant");
        Waiting {
            alert: AlertId { item: ItemId(1), watch: WatchId::new("attacks").expect("a test id") },
            reader: Mailbox { name: None, address: "amina@example.org".to_owned() },
            through: None,
            digest: None,
            reason: Reason::New,
            raised: at(0),
            held: held.map(|(why, until)| Wait { why, since: at(0), until: Some(at(until)) }),
        }
    }

    #[test]
    fn what_waits_is_counted_by_reason_with_the_first_that_may_go() {
        let waiting =
            [Some((Reason::TooSoon, 90)), None, Some((Reason::Gathering, 50)), Some((Reason::TooSoon, 60))].map(alert);
        let found = by_reason(&waiting);
        let found: Vec<_> =
            found.iter().map(|held| (held.reason, held.count, held.until.map(|at| at.as_second()))).collect();
        assert_eq!(
            found,
            [(Some(Reason::TooSoon), 2, Some(60)), (None, 1, None), (Some(Reason::Gathering), 1, Some(50))]
        );
    }
}
