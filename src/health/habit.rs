//! How often a source brings news: learnt from its polls, by hour and weekday, and asked how much of it was to be
//! expected in a time. Knows nothing of what silence means ([`super::silence`]).
//!
//! The rate is a product of two margins, hours of the day and days of the week: 31 counts, which fill in weeks, where
//! the 168 cells of a week would take a year. Every count begins with a share of uniform news, so that an hour that
//! never brought any is a quiet one and not a hole. Counts are polls with news, not items: outlets publish in batches,
//! and twenty items at once say no more about the next hour than one does.

use std::f64::consts::LN_2;

use jiff::Timestamp;

use crate::model::Habit;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;
/// The first Monday after 1970 began.
const A_MONDAY: i64 = 4 * DAY;
/// After this time a count is half forgotten. Four weeks weigh six weekends, enough to know a weekday outlet, and
/// forget a month of Ramadan hours within the next. In the simulation two weeks told most outlets later and a random
/// one with more false alarms; eight were no worse, but an outlet that slows down is measured against its past for
/// twice as long.
const HALF_LIFE: f64 = 28.0 * DAY as f64;
/// The uniform news every hour and every weekday begins with, in polls with news. Many for the hours: an outlet of one
/// item a day is measured by days, so that its item may come at eight or at eleven, and one of thirty by its hours
/// (nine tenths). With half of one, the outlet of each morning was told 16 hours later, since the hour of its item
/// looked like unevenness.
const HOUR_PRIOR: f64 = 5.0;
const DAY_PRIOR: f64 = 1.0;
/// What a wait may weigh at most. A break of weeks must not make its source unwatchable for months.
const LONGEST_WAIT: f64 = 20.0;
/// Until a source is known this long, its waits are measured with a rate that is not known, and count like those of a
/// source that publishes at random.
const KNOWN_AFTER: i64 = 2 * WEEK;
/// Mean square of the waits of a source that publishes at random: they are exponential with mean 1.
const RANDOM: f64 = 2.0;

/// Begins to count: the first poll says what a source shows, not how often.
pub(super) fn begin(habit: &mut Habit, at: Timestamp, shown: u32) {
    *habit = Habit { since: Some(at), updated: Some(at), size: shown as f32, ..Habit::default() };
}

/// A poll brought `items` new ones. `broken` says that polls failed or were left out before it, so that the wait says
/// nothing.
pub(super) fn arrived(habit: &mut Habit, at: Timestamp, items: u32, broken: bool) {
    let Some((since, updated)) = habit.since.zip(habit.updated) else { return begin(habit, at, items) };
    // Counted by a clock that was wrong: begun again.
    if since > at {
        let shown = habit.size.round() as u32;
        return begin(habit, at, shown);
    }
    // A clock that was put back: nothing is decayed, and the count goes on from now.
    let passed = (at.as_second() - updated.as_second()).max(0);
    let is_known = at.as_second() - since.as_second() >= KNOWN_AFTER && visits(habit) >= 1.0 && !broken;
    let wait = if is_known { expected(habit, updated, at).min(LONGEST_WAIT).powi(2) } else { RANDOM };
    let kept = (-(passed as f64) * LN_2 / HALF_LIFE).exp() as f32;
    let (day, hour, _) = slot(at.as_second());
    for count in habit.hours.iter_mut().chain(&mut habit.days) {
        *count *= kept;
    }
    habit.hours[hour] += 1.0;
    habit.days[day] += 1.0;
    habit.items = habit.items * kept + items as f32;
    habit.unevenness = habit.unevenness * kept + wait as f32;
    habit.updated = Some(at);
}

/// A document showed this many items. Differences below half an item are no news, and write no row.
pub(super) fn showed(habit: &mut Habit, shown: u32) {
    /// A tenth of the way: a day of short documents does not become the usual one.
    const STEP: f32 = 0.1;
    let away = shown as f32 - habit.size;
    if habit.size < 0.5 {
        habit.size = shown as f32;
    } else if away.abs() >= 0.5 {
        habit.size += away * STEP;
    }
}

/// Polls with news to be expected between two moments, 0 for a source that is not known. Additive over adjacent times;
/// sums of 31 numbers, about 0.1 µs.
#[must_use]
pub fn expected(habit: &Habit, from: Timestamp, to: Timestamp) -> f64 {
    let weekly = weekly(habit);
    if weekly == 0.0 || to <= from {
        return 0.0;
    }
    let (from_week, from_part) = part_of_week(habit, from.as_second());
    let (to_week, to_part) = part_of_week(habit, to.as_second());
    weekly * ((to_week - from_week) as f64 + to_part - from_part).max(0.0)
}

/// New items to be expected in an hour that begins at `at`.
#[must_use]
pub fn items_an_hour(habit: &Habit, at: Timestamp) -> f64 {
    let (day, hour, _) = slot(at.as_second());
    weekly(habit) * part_of_day(habit, day) * part_of_hour(habit, hour) * batch(habit)
}

/// New items to be expected in a week.
#[must_use]
pub fn items_a_week(habit: &Habit) -> f64 {
    weekly(habit) * batch(habit)
}

/// Polls with news to be expected in a week: as of the last one, so that a source that falls silent is still measured
/// against what it used to bring.
pub(super) fn weekly(habit: &Habit) -> f64 {
    let (visits, Some((since, updated))) = (visits(habit), habit.since.zip(habit.updated)) else { return 0.0 };
    if visits < 1.0 {
        return 0.0;
    }
    let life = HALF_LIFE / LN_2;
    let seen = (updated.as_second() - since.as_second()).max(DAY) as f64;
    // The time up to an event always ends with one: half of it is given back.
    (visits - 0.5) * WEEK as f64 / (life * (1.0 - (-seen / life).exp()))
}

/// Polls with news that are remembered.
pub(super) fn visits(habit: &Habit) -> f64 {
    habit.days.iter().map(|count| f64::from(*count)).sum()
}

/// Whether all that a source shows is usually new at once.
pub(super) fn comes_in_editions(habit: &Habit) -> bool {
    /// Fewest polls with news that show it.
    const FEWEST: f64 = 2.5;
    /// The part of its items that must be new: one or two stay over.
    const MOST: f64 = 0.8;
    habit.size >= 0.5 && visits(habit) >= FEWEST && batch(habit) >= MOST * f64::from(habit.size)
}

/// Variance of the waits, in squares of their mean: 1 for news at random, less for a regular source, more for a moody
/// one. `prior` waits at random are taken as seen already.
pub(super) fn unevenness(habit: &Habit, prior: f64) -> f64 {
    (f64::from(habit.unevenness) + prior * RANDOM) / (visits(habit) + prior) - 1.0
}

/// Items of a poll with news.
fn batch(habit: &Habit) -> f64 {
    let visits = visits(habit);
    if visits > 0.0 { f64::from(habit.items) / visits } else { 0.0 }
}

/// Weeks since a Monday, and which part of a week's news falls before this second of its week.
fn part_of_week(habit: &Habit, second: i64) -> (i64, f64) {
    let (day, hour, into) = slot(second);
    let days: f64 = (0..day).map(|day| part_of_day(habit, day)).sum();
    let hours: f64 = (0..hour).map(|hour| part_of_hour(habit, hour)).sum();
    let today = hours + part_of_hour(habit, hour) * into as f64 / HOUR as f64;
    ((second - A_MONDAY).div_euclid(WEEK), days + part_of_day(habit, day) * today)
}

fn part_of_day(habit: &Habit, day: usize) -> f64 {
    (f64::from(habit.days[day]) + DAY_PRIOR) / (visits(habit) + 7.0 * DAY_PRIOR)
}

fn part_of_hour(habit: &Habit, hour: usize) -> f64 {
    (f64::from(habit.hours[hour]) + HOUR_PRIOR) / (visits(habit) + 24.0 * HOUR_PRIOR)
}

/// Weekday from Monday, hour, and seconds into it.
fn slot(second: i64) -> (usize, usize, i64) {
    let into_week = (second - A_MONDAY).rem_euclid(WEEK);
    let part = |value: i64| usize::try_from(value).unwrap_or_default();
    (part(into_week / DAY), part(into_week % DAY / HOUR), into_week % HOUR)
}
