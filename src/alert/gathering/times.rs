//! Times in the title of a mail on several stories, which has no room for a zone; its body names it (`alert::moment`).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::labels::Words;
use crate::alert::labels::Labels;

/// A digest that comes sooner after the one before comes more than once a day, in hours.
const NEARLY_A_DAY: i64 = 20;

/// `Sun 22 Nov`.
pub(super) fn date(at: Timestamp, zone: &TimeZone, labels: &Labels, words: &Words) -> String {
    let local = zone.to_datetime(at);
    let weekday = words.weekdays[usize::from(local.weekday().to_monday_zero_offset().unsigned_abs())];
    format!("{weekday} {}", day_month(local, labels))
}

/// `Sun 22 Nov 14:20`, for subjects that only the time tells apart.
pub(super) fn date_and_clock(at: Timestamp, zone: &TimeZone, labels: &Labels, words: &Words) -> String {
    format!("{} {}", date(at, zone, labels, words), clock(zone.to_datetime(at)))
}

/// `14:05`, or `21 Nov 14:05` within a phrase when that was on another day than `now`.
pub(in crate::alert) fn clock_or_day(
    at: Timestamp,
    now: Timestamp,
    zone: &TimeZone,
    labels: &Labels,
    phrase: &str,
) -> String {
    let local = zone.to_datetime(at);
    if local.date() == zone.to_datetime(now).date() {
        return clock(local);
    }
    phrase.replace("{time}", &format!("{} {}", day_month(local, labels), clock(local)))
}

/// Whether `at` is less than a day before `now`.
pub(super) fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at).as_hours() < NEARLY_A_DAY
}

/// `22 Nov`.
pub(in crate::alert) fn day_month(local: DateTime, labels: &Labels) -> String {
    format!("{} {}", local.day(), labels.months[usize::from(local.month().unsigned_abs()) - 1])
}

/// `14:05`.
pub(in crate::alert) fn clock(local: DateTime) -> String {
    format!("{:02}:{:02}", local.hour(), local.minute())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Tongue;

    #[test]
    fn a_title_names_the_day_where_it_is_another() {
        let now: Timestamp = "2026-11-22T23:30:00Z".parse().unwrap();
        let zone = TimeZone::posix("WAT-1").unwrap();
        for (tongue, at, shown) in [
            (Tongue::En, "2026-11-22T23:10:00Z", "00:10"),
            (Tongue::En, "2026-11-22T22:10:00Z", "22 Nov 23:10"),
            (Tongue::Fr, "2026-11-22T22:10:00Z", "le 22 nov. 23:10"),
        ] {
            let words = Words::of(tongue);
            assert_eq!(clock_or_day(at.parse().unwrap(), now, &zone, Labels::of(tongue), words.since_day), shown);
        }
        assert_eq!(date(now, &zone, Labels::of(Tongue::En), Words::of(Tongue::En)), "Mon 23 Nov");
    }

    #[test]
    fn a_digest_that_comes_twice_a_day_is_told_apart_by_its_hour() {
        let now: Timestamp = "2026-11-22T18:30:00Z".parse().unwrap();
        for (since, recent) in [("2026-11-22T06:30:00Z", true), ("2026-11-21T18:30:00Z", false)] {
            assert_eq!(is_recent(since.parse().unwrap(), now), recent);
        }
    }
}
