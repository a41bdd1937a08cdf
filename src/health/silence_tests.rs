//! When sources are called silent: by their habit, by what is configured, and how soon and how rightly in invented
//! lives.

use std::time::Duration;

use super::simulation::{OUTLETS, live, moment, source};
use super::tests::{DOWN, FIRST, FULL, GOOD, KNOWN, Polled, SAME, page};
use crate::model::Source;

/// A source that had news every three hours for weeks.
pub(super) fn settled(source: Source) -> Polled {
    let mut polled = Polled::new(source);
    polled.poll(FIRST);
    for _ in 0..8 * 30 {
        polled.poll_later(3.0, GOOD);
    }
    polled
}

#[test]
fn silence_comes_by_time_and_ends_with_news() {
    let mut feed = settled(source());
    assert_eq!(feed.poll_later(12.0, SAME), "ok");
    assert_eq!(feed.poll_later(60.0, SAME), "silent");
    assert_eq!(feed.evidence(), "nothing new for 3 days, in which it usually has news 22 times");
    assert_eq!(feed.polls([SAME, KNOWN, DOWN, SAME]), ["silent", "silent", "failing 1", "silent"]);
    assert_eq!(feed.poll(GOOD), "ok");
}

#[test]
fn a_page_that_is_served_anew_while_its_picks_stand_still_is_frozen() {
    let mut frozen = settled(page());
    assert_eq!(frozen.poll_later(72.0, KNOWN), "degraded Frozen 3");
    assert_eq!(frozen.polls([SAME, KNOWN, GOOD]), ["degraded Frozen 3", "degraded Frozen 3", "ok"]);
    let mut still = settled(page());
    assert_eq!(still.poll_later(72.0, SAME), "silent");
    assert_eq!(still.poll(KNOWN), "silent", "what was said first stays");
}

#[test]
fn stale_after_replaces_the_habit() {
    let stale_after = Some(Duration::from_secs(24 * 3600));
    let mut polled = Polled::new(Source { stale_after, ..source() });
    polled.poll(FIRST);
    assert_eq!(polled.poll_later(23.9, SAME), "ok");
    assert_eq!(polled.poll(SAME), "silent");
    assert_eq!(polled.evidence(), "nothing new for 24 hours; `stale_after` allows 24 hours");
    let mut patient = settled(Source { stale_after: Some(Duration::from_secs(90 * 86_400)), ..source() });
    assert_eq!(patient.poll_later(24.0 * 80.0, SAME), "ok");
}

#[test]
fn a_source_without_a_habit_is_silent_after_a_month() {
    let mut polled = Polled::new(source());
    polled.poll(FIRST);
    assert_eq!(polled.poll_later(29.0 * 24.0, SAME), "ok");
    assert_eq!(polled.poll_later(25.0, SAME), "silent");
    assert_eq!(polled.evidence(), "nothing new for 30 days, since it was polled first");
}

#[test]
fn a_source_known_before_health_was_kept_begins_now() {
    let mut polled = Polled::new(source());
    assert_eq!(polled.polls([SAME, SAME]), ["ok", "ok"]);
    assert_eq!(polled.standing.habit.since, Some(moment(900.0)));
    assert_eq!(polled.polls([FULL, KNOWN]), ["ok", "ok"]);
    assert_eq!(polled.standing.habit.size, 20.0, "its first document is its usual one");
    let mut read = Polled::new(source());
    assert_eq!(read.poll(FULL), "ok", "what it showed before is not known");
}

#[test]
fn nothing_is_judged_before_two_weekends_were_seen() {
    let mut polled = Polled::new(source());
    polled.poll(FIRST);
    for _ in 0..48 {
        polled.poll_later(1.0, GOOD);
    }
    assert_eq!(polled.poll_later(11.0 * 24.0, SAME), "ok");
    assert_eq!(polled.poll_later(24.0, SAME), "silent");
}

/// The figures at the head of `silence.rs` come from a hundred such lives of each outlet.
#[test]
fn silence_is_told_in_time_and_rarely_without_reason() {
    let (mut alarms, mut years) = (0, 0.0);
    for outlet in &OUTLETS {
        let mut rng = fastrand::Rng::with_seed(5);
        let lives: Vec<_> = (0..4).map(|n| live(outlet, 250 + 3 * n, &mut rng)).collect();
        alarms += lives.iter().map(|life| life.false_alarms).sum::<u32>();
        years += lives.iter().map(|life| life.years).sum::<f64>();
        let latest = lives.iter().map(|life| life.noticed.expect("told within 90 days")).fold(0.0, f64::max);
        let bound = match outlet.name {
            "one each morning" => 4.0,
            "thirty a day at random" | "a hundred a day" => 1.0,
            _ => 40.0,
        };
        assert!(latest <= bound * 24.0, "{}: told after {latest} h", outlet.name);
    }
    assert!(f64::from(alarms) <= years, "{alarms} false alarms in {years} years");
}

#[test]
fn a_habit_of_a_wrong_clock_begins_again() {
    let mut polled = settled(source());
    let years_ago = moment(-8.0 * 365.0 * 86_400.0);
    super::habit::arrived(&mut polled.standing.habit, years_ago, 3, false);
    let habit = &polled.standing.habit;
    assert_eq!((habit.since, habit.updated, habit.size), (Some(years_ago), Some(years_ago), 20.0));
}
