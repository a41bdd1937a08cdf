//! A subscription as time goes by: wished for when a feed names a hub, asked for, verified, renewed, denied, given up. Pure: the
//! token of a new one is the caller's.
//!
//! Every question counts as unanswered until the hub verifies it (WebSub §5.3), so that a hub that refuses, one that is silent
//! and one that takes the wish and forgets it are asked again at the same growing distances.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::{Hub, Lease};
use crate::schedule::later;

/// The lease asked for; the hub decides (WebSub §5.1). Ten days: a source that left the configuration while we were stopped is told
/// of in vain for so long at most.
pub(super) const ASKED_FOR: Duration = Duration::from_secs(10 * DAY);
/// The longest lease believed: a hub that promises years may have gone long before.
const LONGEST: Duration = Duration::from_secs(30 * DAY);
/// What is taken for the lease of a hub that does not say, though it must (WebSub §5.3); hubs of the time before need not.
const UNSAID: Duration = Duration::from_secs(DAY);
/// Shortest time between two questions, however short the lease: polling covers what lies between.
const SOONEST: Duration = Duration::from_secs(10 * 60);
/// How long a hub has for its first verification; doubled with every question it leaves unanswered, up to a day.
const FIRST_WAIT: Duration = Duration::from_secs(HOUR);
/// A hub that denied is asked again after so long: it may have been the publisher's mistake.
const AFTER_DENIAL: Duration = Duration::from_secs(DAY);

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

/// What a document says of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish<'a> {
    /// It stays as it is, or there is none.
    Stays,
    /// There is one no longer.
    Ends,
    /// A new one, in place of any other.
    Begins(&'a Hub),
}

/// What follows from a document that names this hub, or none. One that broke off may have named it behind the break.
pub(super) fn wish<'a>(lease: Option<&Lease>, offered: Option<&'a Hub>, complete: bool) -> Wish<'a> {
    match (lease, offered) {
        (Some(lease), Some(hub)) if lease.hub == *hub => Wish::Stays,
        (_, Some(hub)) => Wish::Begins(hub),
        (Some(_), None) if complete => Wish::Ends,
        (_, None) => Wish::Stays,
    }
}

/// A subscription that is to be asked for at once.
pub(super) fn new(hub: Hub, token: String, now: Timestamp) -> Lease {
    Lease { hub, token, asked: None, until: None, next: now, unanswered: 0 }
}

/// After it was asked for.
pub(super) fn asked(lease: &Lease, now: Timestamp) -> Lease {
    let doubled = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(lease.unanswered.min(8)));
    Lease {
        asked: Some(now),
        until: lease.until.filter(|until| *until > now),
        next: later(now, doubled.min(AFTER_DENIAL)),
        unanswered: lease.unanswered.saturating_add(1),
        ..lease.clone()
    }
}

/// After the hub verified it for so many seconds. It is renewed when a fifth of the time is left: enough for several questions, were
/// the hub down.
pub(super) fn verified(lease: &Lease, granted: Option<u64>, now: Timestamp) -> Lease {
    let granted = granted.map_or(UNSAID, Duration::from_secs).min(LONGEST);
    let next = later(now, (granted / 5 * 4).max(SOONEST));
    Lease { until: Some(later(now, granted)), next, unanswered: 0, ..lease.clone() }
}

/// After the hub denied it, as it may at any time (WebSub §5.2).
pub(super) fn denied(lease: &Lease, now: Timestamp) -> Lease {
    Lease { until: None, next: later(now, AFTER_DENIAL), ..lease.clone() }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn hub(topic: &str) -> Hub {
        let url = |text: &str| text.parse().expect("a test address");
        Hub { hub: url("https://hub.example/"), topic: url(topic) }
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(hours * 3600).expect("a test instant")
    }

    fn fresh() -> Lease {
        new(hub("https://outlet.example/feed"), "token".to_owned(), at(0))
    }

    #[test]
    fn a_document_begins_keeps_and_ends_a_subscription() {
        let (lease, same, other) = (fresh(), fresh().hub, hub("https://outlet.example/other"));
        for (held, offered, complete, expected) in [
            (None, None, true, Wish::Stays),
            (None, Some(&same), true, Wish::Begins(&same)),
            (None, Some(&same), false, Wish::Begins(&same)),
            (Some(&lease), Some(&same), true, Wish::Stays),
            (Some(&lease), Some(&other), true, Wish::Begins(&other)),
            (Some(&lease), None, true, Wish::Ends),
            (Some(&lease), None, false, Wish::Stays),
        ] {
            assert_eq!(wish(held, offered, complete), expected, "{held:?} {offered:?} {complete}");
        }
    }

    #[test]
    fn a_hub_that_does_not_answer_is_asked_less_and_less_often_but_for_ever() {
        let (mut lease, mut waits) = (fresh(), Vec::new());
        for _ in 0..40 {
            let now = lease.next;
            lease = asked(&lease, now);
            waits.push(lease.next.duration_since(now).as_hours());
        }
        assert_eq!(waits[..7], [1, 2, 4, 8, 16, 24, 24]);
        assert_eq!((waits[39], lease.unanswered, lease.until), (24, 40, None));
    }

    #[test]
    fn a_lease_is_renewed_before_it_ends() {
        for (granted, until, next) in [
            (Some(864_000), at(240), at(192)),
            (Some(36_000), at(10), at(8)),
            // Years, nothing, and less than politeness asks for.
            (Some(u64::MAX), at(720), at(576)),
            (None, at(24), at(24) - SignedDuration::from_secs(17_280)),
            (Some(60), at(0) + SignedDuration::from_secs(60), at(0) + SignedDuration::from_secs(600)),
            (Some(0), at(0), at(0) + SignedDuration::from_secs(600)),
        ] {
            let lease = verified(&asked(&asked(&fresh(), at(0)), at(0)), granted, at(0));
            assert_eq!((lease.until, lease.next, lease.unanswered), (Some(until), next, 0), "{granted:?}");
        }
    }

    #[test]
    fn a_lease_holds_while_it_is_renewed_and_not_beyond_its_end() {
        let lease = verified(&fresh(), Some(36_000), at(0));
        assert_eq!(asked(&lease, at(8)).until, Some(at(10)));
        assert_eq!(asked(&lease, at(10)).until, None);
    }

    #[test]
    fn who_denies_is_asked_again_in_a_day() {
        let lease = denied(&verified(&fresh(), Some(36_000), at(0)), at(2));
        assert_eq!((lease.until, lease.next), (None, at(26)));
    }
}
