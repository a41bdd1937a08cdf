//! Sleeps of the machine: how long it was suspended so far. Knows nothing of what is late by them.

use std::time::Duration;

use rustix::time::{ClockId, Timespec, clock_gettime};

/// Shorter ones change nothing that is worth planning anew, and reading two clocks one after the other takes a moment as well.
const NOTEWORTHY: Duration = Duration::from_secs(5);

/// Notices sleeps.
#[derive(Debug)]
pub(super) struct Sleeper {
    /// Time slept up to the last sleep that was noticed, by [`slept`].
    known: i64,
}

impl Sleeper {
    /// Counts from now.
    pub(super) fn awake() -> Self {
        Self { known: slept() }
    }

    /// How long the machine slept since this was asked last.
    pub(super) fn woke(&mut self) -> Option<Duration> {
        self.woke_after(slept())
    }

    fn woke_after(&mut self, slept: i64) -> Option<Duration> {
        let nap = Duration::from_millis(u64::try_from(slept.saturating_sub(self.known)).ok()?);
        (nap >= NOTEWORTHY).then(|| {
            self.known = slept;
            nap
        })
    }
}

/// Milliseconds by which the clock that goes on in a sleep is ahead of the one that stops (clock_gettime(2)). Only differences of it
/// mean anything: a time namespace sets both clocks as it likes (time_namespaces(7)).
fn slept() -> i64 {
    let milliseconds = |time: Timespec| time.tv_sec.saturating_mul(1000).saturating_add(time.tv_nsec / 1_000_000);
    let awake = milliseconds(clock_gettime(ClockId::Monotonic));
    milliseconds(clock_gettime(ClockId::Boottime)).saturating_sub(awake)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_is_noticed_once() {
        let mut sleeper = Sleeper::awake();
        assert_eq!(sleeper.woke(), None, "the machine this runs on did not sleep just now");
        let mut sleeper = Sleeper { known: 1000 };
        let seconds = |found: Option<Duration>| found.map(|nap| nap.as_secs());
        let found = [1000, 5999, 6000, 6000, 3000, 3_606_000].map(|slept| seconds(sleeper.woke_after(slept)));
        assert_eq!(found, [None, None, Some(5), None, None, Some(3600)]);
    }
}
