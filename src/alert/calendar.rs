//! Moments that stand in a calendar: the end of a reader's quiet hours, and when a digest is due. They are times of
//! the day in a zone, and zones change their clocks. A time that a change skips is taken as long after the change as
//! it would have been without it (02:30 becomes 03:30), and of one that occurs twice only the first counts; this is
//! how jiff resolves them, and RFC 5545 §3.3.5. Knows nothing of what is held or told.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::model::{Digest, QuietHours};

/// What is held comes within a day, whatever a zone does.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// Days looked at around now: a week has every weekday once, and one more day on either side covers the change of a
/// date by the zone.
const REACH: i32 = 8;

/// When the quiet hours in which `now` lies end; None outside of them. They hold from their first moment to just before
/// their end, and for no more than a day.
#[must_use]
pub fn quiet_until(quiet: &QuietHours, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let today = zone.to_datetime(now).date();
    let begun = [-1, 0].into_iter().filter_map(|days| day(today, days));
    let held = begun.filter_map(|begin| {
        let end = if quiet.until > quiet.from { begin } else { day(begin, 1)? };
        let start = moment(begin, quiet.from, zone)?;
        let end = moment(end, quiet.until, zone)?.min(start.checked_add(LONGEST).ok()?);
        (start <= now && now < end).then_some(end)
    });
    held.max()
}

/// The last moment up to `now` at which a digest was due.
#[must_use]
pub fn digest_before(digest: &Digest, now: Timestamp) -> Timestamp {
    moments(digest, now).filter(|at| *at <= now).max().unwrap_or(Timestamp::MIN)
}

/// The first moment after `now` at which it is due.
#[must_use]
pub fn digest_after(digest: &Digest, now: Timestamp) -> Timestamp {
    moments(digest, now).filter(|at| *at > now).min().unwrap_or(Timestamp::MAX)
}

fn moments(digest: &Digest, now: Timestamp) -> impl Iterator<Item = Timestamp> {
    let today = digest.zone.to_datetime(now).date();
    let days = (-REACH..=REACH).filter_map(move |days| day(today, days));
    let days = days.filter(|date| {
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        digest.days.get(weekday).copied().unwrap_or(false)
    });
    days.flat_map(move |date| digest.at.iter().filter_map(move |time| moment(date, *time, &digest.zone)))
}

fn day(from: Date, days: i32) -> Option<Date> {
    from.checked_add(days.days()).ok()
}

fn moment(date: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible().ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;
    use proptest::prelude::*;

    use super::*;
    use crate::model::{DigestId, Severity};

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").expect("a bundled zone")
    }

    fn clock(text: &str) -> Time {
        text.parse().expect("a test time")
    }

    /// Quiet hours in Paris, a time in UTC, and their end in UTC.
    #[track_caller]
    fn check_quiet(from: &str, until: &str, now: &str, end: Option<&str>) {
        let quiet = QuietHours { from: clock(from), until: clock(until), severity_below: Severity::High };
        let now: Timestamp = now.parse().expect("a test moment");
        let end = end.map(|end| end.parse().expect("a test moment"));
        assert_eq!(quiet_until(&quiet, &paris(), now), end, "{from} to {until} at {now}");
    }

    #[test]
    fn quiet_hours_hold_from_their_first_moment_to_just_before_their_end() {
        let night = |now, end| check_quiet("22:00", "06:00", now, end);
        night("2026-01-10T20:59:59Z", None);
        night("2026-01-10T21:00:00Z", Some("2026-01-11T05:00:00Z"));
        night("2026-01-10T23:30:00Z", Some("2026-01-11T05:00:00Z"));
        night("2026-01-11T04:59:59.999Z", Some("2026-01-11T05:00:00Z"));
        night("2026-01-11T05:00:00Z", None);
        let noon = |now, end| check_quiet("12:00", "14:00", now, end);
        noon("2026-07-10T09:59:59Z", None);
        noon("2026-07-10T10:00:00Z", Some("2026-07-10T12:00:00Z"));
        noon("2026-07-10T12:00:00Z", None);
    }

    /// In Paris 02:00 to 03:00 is skipped on 29 March 2026, at 01:00 UTC.
    #[test]
    fn a_skipped_time_comes_after_the_change() {
        check_quiet("02:30", "06:00", "2026-03-29T01:29:59Z", None);
        check_quiet("02:30", "06:00", "2026-03-29T01:30:00Z", Some("2026-03-29T04:00:00Z"));
        check_quiet("22:00", "02:30", "2026-03-29T00:59:59Z", Some("2026-03-29T01:30:00Z"));
        check_quiet("22:00", "02:30", "2026-03-29T01:29:59Z", Some("2026-03-29T01:30:00Z"));
        check_quiet("22:00", "02:30", "2026-03-29T01:30:00Z", None);
        check_quiet("22:00", "06:00", "2026-03-28T21:00:00Z", Some("2026-03-29T04:00:00Z"));
    }

    /// In Paris 02:00 to 03:00 occurs twice on 25 October 2026, from 00:00 and from 01:00 UTC.
    #[test]
    fn of_a_repeated_time_the_first_counts() {
        check_quiet("02:30", "06:00", "2026-10-25T00:29:59Z", None);
        check_quiet("02:30", "06:00", "2026-10-25T00:30:00Z", Some("2026-10-25T05:00:00Z"));
        check_quiet("22:00", "02:30", "2026-10-25T00:29:59Z", Some("2026-10-25T00:30:00Z"));
        check_quiet("22:00", "02:30", "2026-10-25T01:15:00Z", None);
        check_quiet("22:00", "06:00", "2026-10-24T20:00:00Z", Some("2026-10-25T05:00:00Z"));
        check_quiet("03:00", "02:59", "2026-10-24T01:00:00Z", Some("2026-10-25T00:59:00Z"));
        // A day after they began, although the clock then shows 02:30.
        check_quiet("03:30", "03:20", "2026-10-24T01:30:00Z", Some("2026-10-25T01:30:00Z"));
        check_quiet("03:30", "03:20", "2026-10-25T01:30:00Z", None);
    }

    fn digest(at: &[&str], days: [bool; 7]) -> Digest {
        Digest {
            id: DigestId::new("morning").expect("an id"),
            name: "Morning".to_owned(),
            at: at.iter().copied().map(clock).collect(),
            days,
            zone: paris(),
            to: Vec::new(),
            through: Vec::new(),
            watches: Vec::new(),
            max_stories: 40,
            send_empty: false,
        }
    }

    #[track_caller]
    fn check_digest(digest: &Digest, now: &str, before: &str, after: &str) {
        let now: Timestamp = now.parse().expect("a test moment");
        let around = (digest_before(digest, now).to_string(), digest_after(digest, now).to_string());
        assert_eq!(around, (before.to_owned(), after.to_owned()), "{now}");
    }

    #[test]
    fn a_digest_is_due_at_its_times_on_its_days() {
        let daily = digest(&["06:30", "18:00"], [true; 7]);
        check_digest(&daily, "2026-01-10T05:29:59Z", "2026-01-09T17:00:00Z", "2026-01-10T05:30:00Z");
        check_digest(&daily, "2026-01-10T05:30:00Z", "2026-01-10T05:30:00Z", "2026-01-10T17:00:00Z");
        check_digest(&daily, "2026-01-10T23:00:00Z", "2026-01-10T17:00:00Z", "2026-01-11T05:30:00Z");
        // 12 January 2026 is a Monday.
        let mondays = digest(&["06:30"], [true, false, false, false, false, false, false]);
        check_digest(&mondays, "2026-01-12T05:29:59Z", "2026-01-05T05:30:00Z", "2026-01-12T05:30:00Z");
        check_digest(&mondays, "2026-01-12T05:30:00Z", "2026-01-12T05:30:00Z", "2026-01-19T05:30:00Z");
    }

    #[test]
    fn a_digest_comes_once_on_the_days_clocks_change() {
        let nightly = digest(&["02:30"], [true; 7]);
        check_digest(&nightly, "2026-03-29T01:29:59Z", "2026-03-28T01:30:00Z", "2026-03-29T01:30:00Z");
        check_digest(&nightly, "2026-03-29T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z");
        check_digest(&nightly, "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
        check_digest(&nightly, "2026-10-25T01:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
        // Skipped, it falls on another time of the same digest.
        let twice = digest(&["02:30", "03:30"], [true; 7]);
        check_digest(&twice, "2026-03-29T01:30:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z");
    }

    fn a_zone() -> impl Strategy<Value = TimeZone> {
        // Two changes a year, a half hour's change, a day skipped in 2011, and none.
        let names = vec!["Europe/Paris", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Bamako"];
        prop::sample::select(names).prop_map(|name| TimeZone::get(name).expect("a bundled zone"))
    }

    fn a_time() -> impl Strategy<Value = Time> {
        (0i8..24, 0i8..60).prop_map(|(hour, minute)| time(hour, minute, 0, 0))
    }

    fn a_moment() -> impl Strategy<Value = Timestamp> {
        // 2011 to 2031.
        (1_293_840_000i64..1_924_992_000).prop_map(|second| Timestamp::from_second(second).expect("in range"))
    }

    proptest! {
        #[test]
        fn quiet_hours_end_within_a_day(zone in a_zone(), from in a_time(), until in a_time(), now in a_moment()) {
            prop_assume!(from != until);
            let quiet = QuietHours { from, until, severity_below: Severity::High };
            if let Some(end) = quiet_until(&quiet, &zone, now) {
                prop_assert!(end > now && end.duration_since(now) <= LONGEST);
            }
        }

        #[test]
        fn digests_stand_around_every_moment_in_order(
            zone in a_zone(),
            at in prop::collection::vec(a_time(), 1..4),
            day in 0usize..7,
            other in 0usize..7,
            now in a_moment(),
            later in 0i64..2_000_000,
        ) {
            let mut days = [false; 7];
            (days[day], days[other]) = (true, true);
            let digest = Digest { at, zone, days, ..digest(&["06:30"], [true; 7]) };
            let (before, after) = (digest_before(&digest, now), digest_after(&digest, now));
            prop_assert!(before <= now && now < after);
            // Nothing is due in between, seen from either end.
            prop_assert_eq!(digest_after(&digest, before), after);
            prop_assert_eq!(digest_before(&digest, after), after);
            let later = now + SignedDuration::from_secs(later);
            prop_assert!(before <= digest_before(&digest, later) && after <= digest_after(&digest, later));
        }
    }

    #[test]
    fn the_ends_of_time_are_no_panic() {
        let quiet = QuietHours { from: clock("22:00"), until: clock("06:00"), severity_below: Severity::High };
        for now in [Timestamp::MIN, Timestamp::MAX] {
            assert!(quiet_until(&quiet, &paris(), now).is_none_or(|end| end > now));
            let digest = digest(&["06:30"], [true; 7]);
            assert!(digest_before(&digest, now) <= now && now <= digest_after(&digest, now));
        }
    }
}
