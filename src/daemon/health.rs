//! Heartbeats: each loop says that it moved, and the watchdog is fed only while all of them do.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::{Interval, MissedTickBehavior, interval};

/// Longest time a healthy loop sleeps before it beats.
pub(crate) const BEAT: Duration = Duration::from_secs(10);
/// A loop that did not beat for this long hangs.
const HANGS_AFTER: Duration = Duration::from_secs(60);

/// Ticks at a distance. Of those missed while the process was frozen none is made up for: a container that is paused for six hours
/// had two thousand beats at once, and a line in the journal for each.
pub(crate) fn every(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// One loop's heartbeat.
#[derive(Debug, Clone)]
pub(crate) struct Pulse {
    name: &'static str,
    born: Instant,
    /// Milliseconds after `born`.
    last: Arc<AtomicU64>,
}

impl Pulse {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, born: Instant::now(), last: Arc::new(AtomicU64::new(0)) }
    }

    /// Says that the loop moved.
    pub(crate) fn beat(&self) {
        let age = u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(age, Ordering::Relaxed);
    }

    fn hangs(&self, now: Instant) -> bool {
        let last = self.born + Duration::from_millis(self.last.load(Ordering::Relaxed));
        now.saturating_duration_since(last) > HANGS_AFTER
    }
}

/// All heartbeats. Clones see the same ones: also those of loops that are started later.
#[derive(Debug, Clone, Default)]
pub(crate) struct Health {
    pulses: Arc<Mutex<Vec<Pulse>>>,
}

impl Health {
    /// A heartbeat for one more loop.
    pub(crate) fn pulse(&self, name: &'static str) -> Pulse {
        let pulse = Pulse::new(name);
        self.pulses.lock().unwrap_or_else(PoisonError::into_inner).push(pulse.clone());
        pulse
    }

    /// Every loop, and whether it hangs.
    pub(crate) fn loops(&self, now: Instant) -> Vec<(&'static str, bool)> {
        let pulses = self.pulses.lock().unwrap_or_else(PoisonError::into_inner);
        pulses.iter().map(|pulse| (pulse.name, pulse.hangs(now))).collect()
    }

    /// The loops that hang, by name.
    pub(crate) fn hanging(&self, now: Instant) -> Vec<&'static str> {
        self.loops(now).into_iter().filter(|(_, hangs)| *hangs).map(|(name, _)| name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_that_stops_beating_hangs() {
        let health = Health::default();
        let (poll, early) = (health.pulse("poll"), health.clone());
        let _send = health.pulse("send");
        poll.beat();
        let now = Instant::now();
        assert!(health.hanging(now).is_empty());
        let later = now + HANGS_AFTER + Duration::from_secs(1);
        assert_eq!(health.hanging(later), ["poll", "send"]);
        // The dead man's switch was asked although sending hung: whoever was given the heartbeats before the last loop was started
        // did not see that loop.
        assert_eq!(early.hanging(later), ["poll", "send"]);
    }
}
