//! When a source is polled next, as its news come and stay away.

use jiff::{SignedDuration, Timestamp};

use super::why;
use crate::bed::{Bed, everyday};

const DAY: i64 = 24 * 60;

/// So many minutes after a Thursday.
fn minute(n: i64) -> Timestamp {
    Timestamp::from_second(1_761_211_800 + n * 60).unwrap()
}

/// A round, and how many seconds later the next poll is due.
fn wait_after(bed: &Bed, at: Timestamp) -> (String, i64) {
    bed.once_at(at);
    let line = bed.stands("outlet");
    let next: Timestamp = line["next_poll"].as_str().unwrap().parse().unwrap();
    (line["state"].as_str().unwrap().to_owned(), next.duration_since(at).as_secs())
}

/// Serves the twenty latest of `n` everyday news.
fn window(bed: &Bed, n: usize) {
    bed.serve(&(0..n).rev().take(20).map(everyday).collect::<Vec<_>>());
}

/// An interval of a quarter of an hour and a jitter of a tenth.
fn is_about(seconds: i64, minutes: f64) -> bool {
    (minutes * 60.0 - 1.0..=minutes * 66.0 + 1.0).contains(&(seconds as f64))
}

#[test]
fn a_feed_that_shows_less_than_was_published_is_polled_twice_as_often_and_told_of() {
    let bed = Bed::new();
    window(&bed, 20);
    let (state, wait) = wait_after(&bed, minute(0));
    assert!(state == "ok" && is_about(wait, 15.0), "{state} {wait}");
    // Forty news in a quarter of an hour, of which a window of twenty shows half.
    window(&bed, 60);
    let (state, wait) = wait_after(&bed, minute(15));
    assert!(state == "overflowing" && is_about(wait, 7.5), "{state} {wait}");
    let line = bed.stands("outlet");
    assert!(why(&line).contains("20"), "{line}");
    let gap = [&line["gap"]["from"], &line["gap"]["to"]].map(|at| at.as_str().unwrap().parse::<Timestamp>().unwrap());
    assert_eq!(gap, [minute(0), minute(15)]);
    // Told for a day, and polled so, since a rush comes back.
    window(&bed, 65);
    let (state, wait) = wait_after(&bed, minute(23));
    assert!(state == "overflowing" && is_about(wait, 7.5), "{state} {wait}");
    window(&bed, 66);
    let (state, _) = wait_after(&bed, minute(15) + SignedDuration::from_hours(24));
    assert_eq!(state, "ok");
}

#[test]
fn a_feed_that_brought_nothing_for_a_week_is_asked_a_quarter_as_often() {
    let bed = Bed::new();
    window(&bed, 20);
    bed.once_at(minute(0));
    let (state, wait) = wait_after(&bed, minute(6 * DAY));
    assert!(state == "ok" && is_about(wait, 15.0), "{state} {wait}");
    let (state, wait) = wait_after(&bed, minute(8 * DAY));
    assert!(state == "ok" && is_about(wait, 60.0), "{state} {wait}");
}

#[test]
fn what_comes_back_after_a_failure_with_all_it_shows_new_is_a_gap_and_no_rush() {
    let bed = Bed::new();
    window(&bed, 20);
    bed.once_at(minute(0));
    bed.http.on("/feed", [crate::peers::http::Reply::status(503)]);
    let (state, wait) = wait_after(&bed, minute(15));
    assert!(state == "failing" && is_about(wait, 15.0), "{state} {wait}");
    let (_, wait) = wait_after(&bed, minute(30));
    assert!(is_about(wait, 30.0), "{wait}");
    window(&bed, 60);
    let (state, _) = wait_after(&bed, minute(60));
    assert_eq!(state, "ok");
    assert_ne!(bed.stands("outlet")["gap"], serde_json::Value::Null);
}
