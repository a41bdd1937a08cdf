//! How the relay stands, as the attempts to use it tell: whether it may be tried, since when it cannot be used, and which time of no
//! mail ended. Knows nothing of mails.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::composing::Relay;
use super::outbox::until;
use crate::schedule;
use crate::store::OutboxEntry;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Door {
    /// Nothing is sent before this moment, because the relay could not be used.
    pub(super) hold: Option<Instant>,
    /// How often in a row it could not be used.
    failures: u32,
    /// What the last of these failed with.
    why: Option<String>,
    /// Since when it cannot be used.
    pub(super) stuck_since: Option<Timestamp>,
    /// A time of no mail that ended since mails were last composed.
    pub(super) recovered: Option<(Timestamp, Timestamp)>,
    /// When an attempt last told how it stands.
    told: Option<Instant>,
}

impl Door {
    /// Whether nothing is to be tried yet.
    pub(super) fn is_held(&self, now: Instant) -> bool {
        self.hold.is_some_and(|until| until > now)
    }

    /// Whether it could not be used when it was tried last.
    pub(super) fn is_shut(&self) -> bool {
        self.failures > 0
    }

    /// An attempt could not use it; `pause` is the least time to leave it alone. Of attempts that were under way together the first
    /// to end speaks for all: eight broken at once are one failure, and one that hung while others got through says nothing.
    pub(super) fn was_shut(&mut self, began: Instant, pause: Duration, why: Option<String>) {
        if self.told.is_some_and(|told| began <= told) {
            return;
        }
        self.why = why;
        self.told = Some(Instant::now());
        self.failures = self.failures.saturating_add(1);
        let now = Timestamp::now();
        let wait = until(now, schedule::next_attempt(now, self.failures, fastrand::f64()));
        self.hold = Some(Instant::now() + wait.max(pause));
        self.stuck_since.get_or_insert(now);
    }

    /// An attempt could use it, whatever was said of the mail. True when those before could not. What waited through a `long` time
    /// of no mail is composed as soon as one mail got through.
    pub(super) fn was_open(&mut self, long: Duration) -> bool {
        self.told = Some(Instant::now());
        let opens = self.failures > 0 || self.stuck_since.is_some();
        (self.failures, self.hold, self.why) = (0, None, None);
        let now = Timestamp::now();
        if let Some(since) = self.stuck_since.take()
            && until(since, now) >= long
        {
            tracing::info!(%since, "mail leaves again");
            self.recovered = Some((since, now));
        }
        opens
    }

    /// A mail that waited while others knocked has failed by what they did: the operator of one that is given up is told why.
    pub(super) fn speaks_for(&self, mut entry: OutboxEntry) -> OutboxEntry {
        let said = entry.delivery.last_error.take();
        entry.delivery.last_error = said.or_else(|| self.why.clone());
        entry
    }

    /// How it stands, where a time of no mail is an outage when it was `long`.
    pub(super) fn stands(&self, long: Duration) -> Relay {
        match (self.stuck_since, self.recovered) {
            (Some(since), _) if until(since, Timestamp::now()) >= long => Relay::Stuck { since },
            (_, Some((from, to))) => Relay::Recovered { from, to },
            _ => Relay::Usable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(900);

    #[tokio::test(start_paused = true)]
    async fn attempts_under_way_together_are_one_failure() {
        let mut door = Door::default();
        let began = Instant::now();
        (0..8).for_each(|_| door.was_shut(began, Duration::ZERO, None));
        let hold = door.hold.expect("it is held").duration_since(began);
        assert!(hold <= Duration::from_secs(12), "{hold:?}");
        tokio::time::advance(hold).await;
        door.was_shut(Instant::now(), Duration::ZERO, None);
        let hold = door.hold.expect("it is held").duration_since(Instant::now());
        assert!(hold >= Duration::from_secs(24), "the second failure: {hold:?}");
        assert!(door.was_open(LONG), "it opens");
        assert!(!door.was_open(LONG) && !door.is_held(Instant::now()));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_hung_while_others_got_through_says_nothing_of_the_relay() {
        let mut door = Door::default();
        let hung = Instant::now();
        tokio::time::advance(Duration::from_secs(1)).await;
        door.was_open(LONG);
        tokio::time::advance(Duration::from_secs(300)).await;
        door.was_shut(hung, Duration::ZERO, None);
        assert!(!door.is_held(Instant::now()) && door.stuck_since.is_none());
        door.was_shut(Instant::now(), Duration::from_secs(300), None);
        let hold = door.hold.expect("it is held").duration_since(Instant::now());
        assert_eq!(hold, Duration::from_secs(300), "as long as a refused login asks for");
    }
}
