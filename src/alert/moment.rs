//! Times in a mail: always absolute, always with their zone, since nobody knows when a mail is read.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::labels::Labels;

/// `22 Nov 2026 15:05 WAT (14:05 UTC)`; the bracket only where the zone is not UTC's own time.
pub(super) fn moment(at: Timestamp, zone: &TimeZone, labels: &Labels) -> String {
    let local = zone.to_datetime(at);
    let info = zone.to_offset_info(at);
    let name = match info.abbreviation() {
        // Zones without a name of their own are called "+01" in the time zone database.
        number if number.starts_with(['+', '-']) => format!("UTC{number}"),
        name => name.to_owned(),
    };
    let month = labels.months[usize::from(local.month().unsigned_abs()) - 1];
    let shown = format!("{} {month} {} {:02}:{:02} {name}", local.day(), local.year(), local.hour(), local.minute());
    if info.offset().is_zero() { shown } else { format!("{shown} ({} UTC)", at.strftime("%H:%M")) }
}

/// `3 min 40 s`: the two largest units, rounded down. None for a negative time, which is a publisher's wrong clock.
pub(super) fn delay(from: Timestamp, to: Timestamp, labels: &Labels) -> Option<String> {
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
    fn a_time_names_its_zone() {
        let at: Timestamp = "2026-11-22T14:05:59Z".parse().unwrap();
        for (zone, shown) in [
            ("GMT0", "22 Nov 2026 14:05 GMT"),
            ("WAT-1", "22 Nov 2026 15:05 WAT (14:05 UTC)"),
            ("<+0530>-5:30", "22 Nov 2026 19:35 UTC+0530 (14:05 UTC)"),
        ] {
            assert_eq!(moment(at, &TimeZone::posix(zone).unwrap(), &ENGLISH), shown);
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
