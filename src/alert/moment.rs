//! Times in a mail: always absolute, always with their zone, since nobody knows when a mail is read.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::labels::Labels;
use super::line::Line;

/// Longest time of day with its zone, in characters.
const MAX_TIME: usize = 40;

/// `22 Nov 15:05 WAT (14:05 UTC)`; the year only where it is not the present one, the bracket only where the zone is not UTC's
/// own time.
pub(crate) fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone, labels: &Labels) -> Line {
    let utc = (!zone.to_offset(at).is_zero()).then(|| format!(" ({}\u{a0}UTC)", at.strftime("%H:%M")));
    dated(at, now, zone, &(time(at, zone) + &utc.unwrap_or_default()), labels)
}

/// `22 Nov 15:05 WAT`, for where many times stand.
pub(crate) fn short(at: Timestamp, now: Timestamp, zone: &TimeZone, labels: &Labels) -> Line {
    dated(at, now, zone, &time(at, zone), labels)
}

/// What belongs together stays on one line. The time of day is isolated: its zone has a Latin name, beside which an Arabic line would move the digits about.
fn dated(at: Timestamp, now: Timestamp, zone: &TimeZone, time: &str, labels: &Labels) -> Line {
    let local = zone.to_datetime(at);
    let month = labels.months[usize::from(local.month().unsigned_abs()) - 1];
    let year = local.year();
    let year = if year == zone.to_datetime(now).year() { String::new() } else { format!("\u{a0}{year}") };
    let day = Line::ours(format!("{}\u{a0}{month}{year}", local.day()));
    Line::join([day, labels.foreign(time, MAX_TIME)], " ")
}

/// `15:05 WAT`, where the day is clear.
pub(crate) fn time(at: Timestamp, zone: &TimeZone) -> String {
    let (local, info) = (zone.to_datetime(at), zone.to_offset_info(at));
    let name = match info.abbreviation() {
        // Zones without a name of their own are called "+01" in the time zone database.
        number if number.starts_with(['+', '-']) => format!("UTC{number}"),
        name => name.to_owned(),
    };
    format!("{:02}:{:02}\u{a0}{name}", local.hour(), local.minute())
}

/// `3 min 40 s`: the two largest units, rounded down. None for a negative time, which is a publisher's wrong clock.
pub(crate) fn delay(from: Timestamp, to: Timestamp, labels: &Labels) -> Option<String> {
    let seconds = u64::try_from(to.duration_since(from).as_secs()).ok()?;
    let counts = [seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60];
    let largest = counts.iter().position(|count| *count > 0).unwrap_or(3);
    let shown: Vec<_> = (largest..4)
        .take(2)
        .filter(|unit| counts[*unit] > 0 || *unit == largest)
        .map(|unit| format!("{} {}", counts[unit], labels.units[unit]))
        .collect();
    Some(shown.join(" "))
}

#[cfg(test)]
mod tests {
    use super::super::labels::ENGLISH;
    use super::*;

    #[test]
    fn a_time_names_its_zone_and_a_year_that_is_not_this_one() {
        let at: Timestamp = "2026-11-22T14:05:59Z".parse().unwrap();
        let later: Timestamp = "2027-01-02T08:00:00Z".parse().unwrap();
        for (zone, now, shown) in [
            ("GMT0", at, "22 Nov 14:05 GMT"),
            ("GMT0", later, "22 Nov 2026 14:05 GMT"),
            ("WAT-1", at, "22 Nov 15:05 WAT (14:05 UTC)"),
            ("<+0530>-5:30", at, "22 Nov 19:35 UTC+0530 (14:05 UTC)"),
        ] {
            assert_eq!(
                moment(at, now, &TimeZone::posix(zone).unwrap(), &ENGLISH).to_string().replace('\u{a0}', " "),
                shown
            );
        }
    }

    #[test]
    fn a_delay_has_two_units() {
        let table = [
            (0, Some("0 s")),
            (59, Some("59 s")),
            (220, Some("3 min 40 s")),
            (7_200, Some("2 h")),
            (7_230, Some("2 h")),
            (90_061, Some("1 d 1 h")),
            (-1, None),
        ];
        for (seconds, shown) in table {
            let to = Timestamp::from_second(seconds).unwrap();
            assert_eq!(delay(Timestamp::UNIX_EPOCH, to, &ENGLISH).as_deref(), shown);
        }
    }
}
