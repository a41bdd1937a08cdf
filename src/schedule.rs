//! When to do a thing next: pure functions of now, what happened, and a `spread` in 0..1 that callers draw at random so that
//! a thousand sources do not knock in the same second.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Longest wait after failures that look temporary, in intervals.
const SOFT_CEILING: u32 = 4;
/// Longest wait after failures in a row, whatever the interval.
const HARD_CEILING: Duration = Duration::from_secs(6 * 3600);
/// Longest wait for what is gone (404, 410): never given up, since sites come back.
const GONE_CEILING: Duration = Duration::from_secs(24 * 3600);
/// Longest `Retry-After` obeyed.
pub(crate) const RETRY_AFTER_CEILING: Duration = Duration::from_secs(24 * 3600);
/// Part of an interval by which a poll may come later.
const JITTER: f64 = 0.1;

/// Why a poll failed, as far as the next one is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Timeouts, resets, 5xx, unreadable documents: may be gone in a minute.
    Passing,
    /// 404 or 410.
    Gone,
}

/// The next poll after an answer. `fresh_for` is what the server says its answer is good for (Cache-Control); it may stretch
/// the interval to [`SOFT_CEILING`] times its length, since a missed alert costs more than a request.
#[must_use]
pub fn after_answer(now: Timestamp, interval: Duration, fresh_for: Option<Duration>, spread: f64) -> Timestamp {
    let wait = fresh_for.unwrap_or_default().min(interval * SOFT_CEILING).max(interval);
    later(now, wait.mul_f64(1.0 + JITTER * spread))
}

/// The next poll after the `failures`-th failure in a row: the interval doubles up to its ceiling. `retry_after` is obeyed up to
/// a day, and never brings a poll forward.
#[must_use]
pub fn after_failure(
    now: Timestamp,
    interval: Duration,
    failures: u32,
    trouble: Trouble,
    retry_after: Option<Duration>,
    spread: f64,
) -> Timestamp {
    let ceiling = match trouble {
        Trouble::Passing => (interval * SOFT_CEILING).min(HARD_CEILING),
        Trouble::Gone => GONE_CEILING,
    };
    let backoff = interval.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(ceiling).max(interval);
    let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_CEILING);
    later(now, backoff.mul_f64(1.0 + JITTER * spread).max(asked))
}

/// The first poll of a source, or the next one after the daemon was down: `overdue` sources are spread over a tenth of a second
/// each, a minute at most.
#[must_use]
pub fn after_start(now: Timestamp, next_check: Option<Timestamp>, overdue: usize, spread: f64) -> Timestamp {
    match next_check {
        // A next check further off than any rule above allows comes from a clock that was wrong.
        Some(at) if at > now && at <= later(now, GONE_CEILING.mul_f64(1.0 + JITTER)) => at,
        _ => {
            let overdue = u32::try_from(overdue).unwrap_or(u32::MAX);
            later(now, Duration::from_millis(100).saturating_mul(overdue).min(Duration::from_secs(60)).mul_f64(spread))
        }
    }
}

/// Waits between the attempts of one notification: quick at first, since the relay is ours; then every quarter of an hour.
const RETRIES: [u64; 6] = [10, 30, 60, 120, 300, 600];
const RETRY_AT_LAST: u64 = 900;

/// The next attempt after the `attempts`-th failed one, ±20 %.
#[must_use]
pub fn next_attempt(now: Timestamp, attempts: u32, spread: f64) -> Timestamp {
    let seconds = RETRIES.get(attempts.saturating_sub(1) as usize).copied().unwrap_or(RETRY_AT_LAST);
    later(now, Duration::from_secs(seconds).mul_f64(0.8 + 0.4 * spread))
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const QUARTER: Duration = Duration::from_secs(900);

    fn minutes(at: Timestamp) -> i64 {
        at.as_second() / 60
    }

    fn hours(n: u64) -> Option<Duration> {
        Some(Duration::from_secs(n * 3600))
    }

    #[test]
    fn an_answer_waits_its_interval_and_hints_stretch_it_within_bounds() {
        for (fresh_for, spread, expected) in [
            (None, 0.0, 15),
            (None, 1.0, 16),
            (Some(Duration::from_secs(60)), 0.0, 15),
            (hours(1), 0.0, 60),
            (hours(90), 0.0, 60),
        ] {
            assert_eq!(minutes(after_answer(NOW, QUARTER, fresh_for, spread)), expected, "{fresh_for:?}");
        }
    }

    #[test]
    fn failures_wait_longer_up_to_a_ceiling_and_nothing_is_given_up() {
        let passing = |n, asked| minutes(after_failure(NOW, QUARTER, n, Trouble::Passing, asked, 0.0));
        assert_eq!([1, 2, 3, 4, 900].map(|n| passing(n, None)), [15, 30, 60, 60, 60]);
        let gone = |n| minutes(after_failure(NOW, QUARTER, n, Trouble::Gone, None, 0.0));
        assert_eq!([1, 4, 7, 8, u32::MAX].map(gone), [15, 120, 960, 1440, 1440]);
        assert_eq!(passing(1, hours(3)), 180);
        assert_eq!(passing(1, hours(24 * 3650)), 1440);
        assert_eq!(passing(4, Some(Duration::from_secs(1))), 60);
        let daily = Duration::from_secs(86_400);
        assert_eq!(
            minutes(after_failure(NOW, daily, 3, Trouble::Passing, None, 0.0)),
            1440,
            "never sooner than its interval"
        );
    }

    #[test]
    fn a_start_obeys_what_was_planned_and_spreads_what_is_overdue() {
        let at = |seconds| Timestamp::from_second(seconds).expect("a test instant");
        assert_eq!(after_start(NOW, Some(at(500)), 10, 0.5), at(500));
        assert_eq!(after_start(at(1000), Some(at(500)), 10_000, 0.5), at(1030));
        assert_eq!(after_start(NOW, None, 10, 1.0), at(1));
        assert_eq!(after_start(NOW, Some(at(10 * 86_400)), 10, 0.0), NOW, "planned by a wrong clock");
    }

    #[test]
    fn mail_is_tried_again_quickly_and_then_steadily() {
        let waits: Vec<i64> = (1..9).map(|n| next_attempt(NOW, n, 0.5).as_second()).collect();
        assert_eq!(waits, [10, 30, 60, 120, 300, 600, 900, 900]);
        assert_eq!((next_attempt(NOW, 1, 0.0).as_second(), next_attempt(NOW, 1, 1.0).as_second()), (8, 12));
    }
}
