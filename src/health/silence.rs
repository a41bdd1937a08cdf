//! When a source is quieter than its own habit. Silence comes by time, not by a poll: it is asked at each of them.
//!
//! Waits between polls with news, measured in what was expected meanwhile, have mean 1 whatever the hour. How far they
//! scatter is learnt per source; a gamma distribution of that variance says which wait is too long to be chance.
//!
//! Measured on the invented outlets of `simulation.rs`, a hundred lives of 400 days each, polled every quarter of an
//! hour until they die: false alarms in a year, and the median and ninth decile of the hours from the last item to the
//! word "silent".
//!
//! | outlet | false alarms | told after |
//! |---|---|---|
//! | one a day at random | 0.91 | 180, 261 |
//! | five a day at random | 0.10 | 56, 65 |
//! | thirty a day at random | 0.02 | 15, 16 |
//! | one each morning | 0.05 | 71, 89 |
//! | one each weekday morning | 0.03 | 115, 127 |
//! | eight each weekday | 0.00 | 87, 93 |
//! | one each Monday | 0.00 | 661, 701 |
//! | five a day, moody | 0.49 | 134, 176 |
//! | thirty a day, moody | 0.84 | 65, 76 |
//! | thirty a day, Ramadan hours | 0.40 | 19, 20 |
//! | a hundred a day | 0.39 | 13, 14 |
//!
//! A weekly outlet is told after four weeks, and one that has often been away for days may go for as long again: where
//! that is too late, `stale_after` says so.

use jiff::Timestamp;

use super::habit;
use crate::model::{Habit, Source, Standing};

const DAY: i64 = 24 * 3600;
/// False alarms a source may cause in a year, when its waits are what the distribution says. They are not quite: with
/// this aim every outlet of the simulation stays below one; with 0.5 two of them do not, and all are told a tenth
/// sooner.
const FALSE_ALARMS: f64 = 0.25;
/// Waits at random that are taken as seen before a source is known: a regular one is believed after a few weeks. With
/// six, the outlet of each morning is told ten hours later.
const PRIOR: f64 = 3.0;
/// No source is more regular than this: clocks drift, people are ill.
const MOST_REGULAR: f64 = 0.05;
/// Days differ, and a source with many visits a day is late with all of them at once, which its single waits do not
/// show: this variance is added for it, half of it at [`BUSY`] visits a day. Without it three busy outlets of the
/// simulation cause more than one false alarm in a year.
const MOOD: f64 = 0.3;
const BUSY: f64 = 4.0;
/// Shortest silence, in seconds: a busy outlet has a power cut more often than it dies.
const SHORTEST: i64 = 4 * 3600;
/// A source is judged when two weeks of it, two weekends, were seen.
const JUDGED_AFTER: i64 = 14 * DAY;
/// A source that never brought anything has no habit; after this long it is told.
const NEVER_ANYTHING: i64 = 30 * DAY;

/// That a source is quiet for too long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Silence {
    /// The last poll that brought something new.
    pub since: Timestamp,
    /// Polls with news that its habit lets expect meanwhile.
    pub expected: f64,
}

/// Whether a source is silent now. `stale_after` of its configuration decides where it is given, its habit otherwise.
/// Cheap enough for every poll of ten thousand sources.
#[must_use]
pub fn silent_now(standing: &Standing, source: &Source, now: Timestamp) -> Option<Silence> {
    let habit = &standing.habit;
    let since = habit.updated?;
    let quiet = now.as_second() - since.as_second();
    let silence = |expected| Some(Silence { since, expected });
    if let Some(limit) = source.stale_after {
        let limit = i64::try_from(limit.as_secs()).unwrap_or(i64::MAX);
        return if quiet >= limit { silence(habit::expected(habit, since, now)) } else { None };
    }
    if quiet < SHORTEST || now.as_second() - habit.since?.as_second() < JUDGED_AFTER {
        return None;
    }
    if habit::visits(habit) < 1.0 {
        return if quiet >= NEVER_ANYTHING { silence(0.0) } else { None };
    }
    let expected = habit::expected(habit, since, now);
    // Most polls end here: no source is called silent before twice its usual wait.
    if expected >= 2.0 && expected >= longest_wait(habit) { silence(expected) } else { None }
}

/// The wait that chance exceeds [`FALSE_ALARMS`] times a year, in expected polls with news.
pub(super) fn longest_wait(habit: &Habit) -> f64 {
    let daily = habit::weekly(habit) / 7.0;
    let waits_a_year = (daily * 365.0).max(1.0);
    // That the rate itself is known from so many visits only widens what is to be expected of a wait.
    let variance = habit::unevenness(habit, PRIOR).max(MOST_REGULAR)
        + 1.0 / habit::visits(habit).max(1.0)
        + MOOD * daily.powi(2) / (daily.powi(2) + BUSY.powi(2));
    quantile(variance, (FALSE_ALARMS / waits_a_year).min(0.1))
}

/// What a gamma distribution of mean 1 and this variance exceeds with this probability: the cube of Wilson and Hilferty
/// (1931) over the normal quantile of Abramowitz and Stegun 26.2.23. Within 7 % of the exact one where it is used here.
fn quantile(variance: f64, probability: f64) -> f64 {
    let t = (-2.0 * probability.ln()).sqrt();
    let normal =
        t - (2.515_517 + t * (0.802_853 + t * 0.010_328)) / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)));
    (1.0 - variance / 9.0 + normal * variance.sqrt() / 3.0).max(0.0).powi(3)
}
