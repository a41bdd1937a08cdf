//! When to do a thing next: pure functions of now, what happened, and a `spread` in 0..1 that callers draw at random so
//! that a thousand sources do not knock in the same second.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::health::habit;
use crate::model::{Habit, Health, Standing};

/// Longest wait after failures that look temporary, in intervals.
const SOFT_CEILING: u32 = 4;
/// Longest wait after failures in a row, whatever the interval.
const HARD_CEILING: Duration = Duration::from_secs(6 * 3600);
/// Longest wait for what is gone (404, 410): never given up, since sites come back.
const GONE_CEILING: Duration = Duration::from_secs(24 * 3600);
/// Longest `Retry-After` obeyed.
pub(crate) const RETRY_AFTER_CEILING: Duration = Duration::from_secs(24 * 3600);
/// Bounds of the pace, in polls per configured interval: half to four times its length.
const SLOWEST: f64 = 1.0 / SOFT_CEILING as f64;
const FASTEST: u32 = 2;
/// No source is polled more often than this, unless its interval says so.
const SHORTEST: Duration = Duration::from_secs(60);
/// New items to a poll at which the configured interval is kept: 10 a day at 15 minutes. The outlets of the simulation
/// then take a sixth fewer polls than at a fixed interval; with 0.25 those of five a day would wait twice as long as
/// configured.
const ITEMS_A_POLL: f64 = 0.1;
/// A habit makes a source wait longer when it holds a whole week.
const KNOWN_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Longest interval that is adapted.
const LONGEST_PACED: Duration = Duration::from_secs(7 * 24 * 3600);
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

/// The time to the next poll of a source, adapted to its habit: from half to four times `base`, the configured one,
/// shorter in its busy hours and longer at night. Polls go with the square root of the rate, which makes the delay of
/// an item least for a number of polls (Sia, Cho and Cho, "Efficient Monitoring Algorithm for Fast News Alerts", TKDE
/// 2007); a wait that runs into a busier hour ends sooner. Never longer than `base` in the first week or while the
/// source is in any trouble.
///
/// What it costs, on the outlets of `health/simulation.rs` with a base of 15 minutes, where a fixed interval makes 96
/// polls a day and an item waits 7.5 minutes on average: an outlet of thirty items a day is polled 147 times, and an
/// item waits 3.8 minutes (4.9 with as many polls at a fixed interval); eight on weekdays, 66 times and 6.4 (10.9);
/// five a day, 67 times and 9.4 (10.8); one each morning, 30 times and 14.9 (24.0); one on Mondays, 24 times and 27.0
/// (30.0). All of them together take 80 polls a day each and an item waits 4.3 minutes. A quiet source pays for busy
/// ones: for one whose every item counts, configure a shorter interval.
#[must_use]
pub fn interval(base: Duration, standing: &Standing, now: Timestamp) -> Duration {
    let shortest = SHORTEST.min(base);
    if standing.health == Health::Overflowing {
        return (base / FASTEST).max(shortest);
    }
    let is_known = standing.habit.since.is_some_and(|since| now.duration_since(since) >= KNOWN_AFTER);
    let is_well = matches!(standing.health, Health::Ok | Health::Moved);
    // A pace of the week says nothing of intervals that are longer.
    if base > LONGEST_PACED {
        return base;
    }
    let adapted = paced(base, &standing.habit, now).max(shortest);
    if is_known && is_well { adapted } else { adapted.min(base) }
}

/// The time in which `base` passes at the pace of the habit.
fn paced(base: Duration, habit: &Habit, now: Timestamp) -> Duration {
    const HOUR: f64 = 3600.0;
    let base = base.as_secs_f64();
    let mut hour = now.as_second().div_euclid(3600) * 3600;
    let (mut waited, mut left) = (0.0, base);
    let mut until_next = HOUR - (now.as_second() - hour) as f64;
    loop {
        let rate = Timestamp::from_second(hour).map_or(0.0, |at| habit::items_an_hour(habit, at));
        let pace = (rate * base / HOUR / ITEMS_A_POLL).sqrt().clamp(SLOWEST, f64::from(FASTEST));
        if left <= pace * until_next {
            return Duration::from_secs_f64(waited + left / pace);
        }
        left -= pace * until_next;
        waited += until_next;
        (hour, until_next) = (hour.saturating_add(3600), HOUR);
    }
}

/// The next poll after an answer, `interval` later ([`interval`] of the configured one, `base`). `fresh_for` is what
/// the server says its answer is good for (Cache-Control); it may stretch the wait to [`SOFT_CEILING`] times the
/// configured interval, since a missed alert costs more than a request.
#[must_use]
pub fn after_answer(
    now: Timestamp,
    base: Duration,
    interval: Duration,
    fresh_for: Option<Duration>,
    spread: f64,
) -> Timestamp {
    let wait = fresh_for.unwrap_or_default().min(base.saturating_mul(SOFT_CEILING)).max(interval);
    later(now, wait.mul_f64(1.0 + JITTER * spread))
}

/// The next poll after the `failures`-th failure in a row: the interval doubles up to its ceiling. `retry_after` is
/// obeyed up to a day, and never brings a poll forward.
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

/// The first poll of a source, or the next one after the daemon was down: `overdue` sources are spread over a tenth of
/// a second each, a minute at most. `base` is the configured interval.
#[must_use]
pub fn after_start(
    now: Timestamp,
    next_check: Option<Timestamp>,
    base: Duration,
    overdue: usize,
    spread: f64,
) -> Timestamp {
    let longest = base.saturating_mul(SOFT_CEILING).max(GONE_CEILING);
    match next_check {
        // A next check further off than any rule above allows comes from a clock that was wrong.
        Some(at) if at > now && at <= later(now, longest.mul_f64(1.0 + JITTER)) => at,
        _ => {
            let overdue = u32::try_from(overdue).unwrap_or(u32::MAX);
            later(now, Duration::from_millis(100).saturating_mul(overdue).min(Duration::from_secs(60)).mul_f64(spread))
        }
    }
}

/// What fell due while the machine slept is polled within this time after it woke: who carries a laptop around has all sources
/// overdue at once, on a network that is just coming up.
const AFTER_SLEEP: Duration = Duration::from_secs(300);

/// What is left of a wait after the machine slept for so long, in which the clock of the waits stood still.
#[must_use]
pub fn after_sleep(left: Duration, slept: Duration, spread: f64) -> Duration {
    left.checked_sub(slept).filter(|left| !left.is_zero()).unwrap_or_else(|| AFTER_SLEEP.mul_f64(spread).min(left))
}

/// How far the clock may be ahead of what was seen last before it is not believed in forgetting: the least that is kept.
const AWAY: Duration = Duration::from_secs(30 * 86_400);

/// Before when a thing must have been seen to be forgotten after `keep`. A clock that jumps ahead by years, as one without a battery
/// may, must not make us forget all that was seen, which would then be told again: it is believed no further than [`AWAY`] beyond
/// `known`, a moment of before, and the time we have been `running` since.
#[must_use]
pub fn forget_before(now: Timestamp, known: Timestamp, running: Duration, keep: Duration) -> Timestamp {
    let believed = now.min(later(known, running.saturating_add(AWAY)));
    SignedDuration::try_from(keep).ok().and_then(|keep| believed.checked_sub(keep).ok()).unwrap_or(Timestamp::MIN)
}

/// Waits between the attempts of one notification: quick at first, since the relay is ours, and less than a minute for as long as
/// servers commonly put a stranger off (greylisting, 5 min in postgrey), so that the try after it comes within a minute, however the
/// waits are drawn; then longer, at last every quarter of an hour.
const RETRIES: [u64; 11] = [10, 30, 50, 50, 50, 50, 50, 50, 50, 300, 600];
const RETRY_AT_LAST: u64 = 900;

/// The next attempt after the `attempts`-th failed one, ±20 %.
#[must_use]
pub fn next_attempt(now: Timestamp, attempts: u32, spread: f64) -> Timestamp {
    let seconds = RETRIES.get(attempts.saturating_sub(1) as usize).copied().unwrap_or(RETRY_AT_LAST);
    later(now, Duration::from_secs(seconds).mul_f64(0.8 + 0.4 * spread))
}

/// Waits between the attempts at one article, in seconds: a publisher's server may be overloaded by the news itself.
const ARTICLE_RETRIES: [u64; 3] = [120, 900, 3600];

/// The next attempt at an article after the `attempts`-th failed one; None when it is given up. `retry_after` is obeyed up to a
/// day.
#[must_use]
pub fn next_article(now: Timestamp, attempts: u32, retry_after: Option<Duration>) -> Option<Timestamp> {
    let seconds = ARTICLE_RETRIES.get(attempts.saturating_sub(1) as usize)?;
    let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_CEILING);
    Some(later(now, Duration::from_secs(*seconds).max(asked)))
}

/// The moment after a wait; the last one there is when it would lie beyond.
#[must_use]
pub fn later(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::simulation::{self, OUTLETS};

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
            assert_eq!(minutes(after_answer(NOW, QUARTER, QUARTER, fresh_for, spread)), expected, "{fresh_for:?}");
        }
        let adapted = after_answer(NOW, QUARTER, QUARTER * 3, hours(90), 0.0);
        assert_eq!(minutes(adapted), 60, "hints stretch what was configured, not what was adapted");
    }

    /// A source polled since 1970 that had two items an hour from six to noon for eight weeks.
    fn mornings() -> Standing {
        let day = 86_400;
        let mut standing = Standing::default();
        standing.habit.since = Some(NOW);
        standing.habit.updated = Timestamp::from_second(56 * day).ok();
        standing.habit.hours[6..12].fill(40.0);
        standing.habit.days.fill(240.0 / 7.0);
        standing.habit.items = 2.0 * 240.0;
        standing
    }

    fn at_hour(day: i64, hour: i64) -> Timestamp {
        Timestamp::from_second(day * 86_400 + hour * 3600).expect("a test instant")
    }

    #[test]
    fn a_source_is_polled_faster_in_its_hours_and_slower_at_night_within_bounds() {
        let known = mornings();
        let minutes = |standing: &Standing, at| interval(QUARTER, standing, at).as_secs() / 60;
        assert_eq!(minutes(&known, at_hour(60, 8)), 7, "twice as often");
        let night = minutes(&known, at_hour(60, 20));
        assert!((16..=60).contains(&night), "{night}");
        let before_morning = interval(QUARTER, &known, at_hour(60, 6) - SignedDuration::from_mins(5));
        assert!(before_morning < Duration::from_secs(15 * 60), "a wait ends in the busy hours it runs into");
        let idle = Standing { habit: Habit { since: Some(NOW), ..Habit::default() }, ..Standing::default() };
        assert_eq!(minutes(&idle, at_hour(60, 8)), 60);
    }

    #[test]
    fn nothing_waits_longer_than_its_interval_while_little_is_known_or_something_is_wrong() {
        let idle = |health| {
            let habit = Habit { since: Some(NOW), ..Habit::default() };
            Standing { health, habit, ..Standing::default() }
        };
        for (standing, day, minutes) in [
            (Standing::default(), 60, 15.0),
            (idle(Health::Ok), 6, 15.0),
            (idle(Health::Ok), 7, 60.0),
            (idle(Health::Moved), 7, 60.0),
            (idle(Health::Silent), 60, 15.0),
            (idle(Health::Degraded), 60, 15.0),
            (idle(Health::Overflowing), 60, 7.5),
        ] {
            let waits = interval(QUARTER, &standing, at_hour(day, 0)).as_secs_f64() / 60.0;
            assert_eq!(waits, minutes, "{:?} on day {day}", standing.health);
        }
    }

    #[test]
    fn odd_intervals_are_kept() {
        let overflowing = Standing { health: Health::Overflowing, ..Standing::default() };
        for (base, standing, expected) in
            [(90, &overflowing, 60), (30, &overflowing, 30), (30 * 86_400, &mornings(), 30 * 86_400)]
        {
            let waits = interval(Duration::from_secs(base), standing, at_hour(60, 8)).as_secs();
            assert_eq!(waits, expected, "{base} s");
        }
        assert_eq!(interval(Duration::MAX, &overflowing, NOW), Duration::MAX / 2);
        assert_eq!(interval(Duration::ZERO, &mornings(), NOW), Duration::ZERO);
    }

    #[test]
    fn adapted_polls_find_items_sooner_than_as_many_at_a_fixed_interval() {
        for outlet in &OUTLETS {
            let pace = simulation::pace(outlet, 90, &mut fastrand::Rng::with_seed(7));
            assert!(pace.mean() <= pace.fixed() * 1.1, "{}: {pace:?}", outlet.name);
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
        assert_eq!(after_start(NOW, Some(at(500)), QUARTER, 10, 0.5), at(500));
        assert_eq!(after_start(at(1000), Some(at(500)), QUARTER, 10_000, 0.5), at(1030));
        assert_eq!(after_start(NOW, None, QUARTER, 10, 1.0), at(1));
        assert_eq!(after_start(NOW, Some(at(10 * 86_400)), QUARTER, 10, 0.0), NOW, "planned by a wrong clock");
        let week = Duration::from_secs(7 * 86_400);
        assert_eq!(after_start(NOW, Some(at(10 * 86_400)), week, 10, 0.0), at(10 * 86_400), "it is asked once a week");
    }

    #[test]
    fn what_fell_due_in_a_sleep_is_spread_and_the_rest_comes_in_its_time() {
        let minutes = |n: u64| Duration::from_secs(60 * n);
        for (left, slept, spread, expected) in [
            (15, 8 * 60, 0.0, 0),
            (15, 8 * 60, 0.5, 150),
            (15, 8 * 60, 1.0, 300),
            (1, 8 * 60, 1.0, 60),
            (15, 15, 1.0, 300),
            (24 * 60, 8 * 60, 1.0, 16 * 3600),
        ] {
            assert_eq!(after_sleep(minutes(left), minutes(slept), spread).as_secs(), expected, "{left} {slept}");
        }
    }

    #[test]
    fn a_clock_that_runs_ahead_makes_nothing_forgotten() {
        let day = |n: i64| Timestamp::from_second(n * 86_400).expect("a test instant");
        let days = |n: u64| Duration::from_secs(n * 86_400);
        for (now, known, running, expected) in [
            (1000, 1000, 0, 600),
            (1020, 1000, 0, 620),
            (1000 + 3650, 1000, 0, 630),
            (1000 + 3650, 1000, 90, 720),
            (0, 1000, 0, -400),
        ] {
            assert_eq!(forget_before(day(now), day(known), days(running), days(400)), day(expected), "{now} {running}");
        }
        assert_eq!(forget_before(NOW, NOW, Duration::ZERO, Duration::MAX), Timestamp::MIN);
    }

    #[test]
    fn mail_is_tried_again_quickly_and_then_steadily() {
        let waits: Vec<i64> = (1..14).map(|n| next_attempt(NOW, n, 0.5).as_second()).collect();
        assert_eq!(waits, [10, 30, 50, 50, 50, 50, 50, 50, 50, 300, 600, 900, 900]);
        assert_eq!((next_attempt(NOW, 1, 0.0).as_second(), next_attempt(NOW, 1, 1.0).as_second()), (8, 12));
    }

    #[test]
    fn an_article_is_tried_four_times_and_no_earlier_than_asked() {
        let waits = |attempts, asked| next_article(NOW, attempts, asked).map(minutes);
        assert_eq!([1, 2, 3, 4].map(|attempts| waits(attempts, None)), [Some(2), Some(15), Some(60), None]);
        assert_eq!((waits(1, hours(3)), waits(1, hours(90))), (Some(180), Some(24 * 60)));
    }
}
