//! Times of the day and days of the week as people type them: `06:30`, `mon..fri`, `mon,wed,fri`, `daily`. Knows no time zones.

use jiff::civil::Time;

/// The days as typed, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Reads a time of the day: hours and minutes of the 24-hour clock.
pub(super) fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let number = |digits: &str| {
        let all_digits = digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_digit());
        if all_digits { digits.parse::<i8>().ok() } else { None }
    };
    if minute.len() != 2 {
        return None;
    }
    Time::new(number(hour)?, number(minute)?, 0, 0).ok()
}

/// Reads days: single ones and ranges, joined by commas, or `daily`. A range may cross the end of the week: in much of the
/// region the working week is `sun..thu`. The error names the part that is none.
pub(super) fn days(text: &str) -> Result<[bool; 7], String> {
    let text = text.trim().to_lowercase();
    if text == "daily" {
        return Ok([true; 7]);
    }
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once("..").unwrap_or((part, part));
        let (Some(first), Some(last)) = (day(first), day(last)) else { return Err(part.trim().to_owned()) };
        let length = (last + 7 - first) % 7;
        for step in 0..=length {
            days[(first + step) % 7] = true;
        }
    }
    Ok(days)
}

fn day(text: &str) -> Option<usize> {
    DAYS.iter().position(|day| *day == text.trim())
}

/// The days that `monday-friday` or `mon - fri` probably mean, as they are to be written.
pub(super) fn probable_days(text: &str) -> Option<String> {
    let text = text.to_lowercase();
    if matches!(text.trim(), "*" | "all" | "every day" | "always") {
        return Some("daily".to_owned());
    }
    if text.trim() == "weekdays" {
        return Some("mon..fri".to_owned());
    }
    let dotted = text.replace(" - ", "-").replace("..", "-").replace([';', ' '], ",").replace('-', "..");
    let parts = dotted.split(',').filter(|part| !part.is_empty());
    let short = |name: &str| name.chars().take(3).collect::<String>();
    let parts: Vec<String> = parts.map(|part| part.split("..").map(short).collect::<Vec<_>>().join("..")).collect();
    let probable = parts.join(",");
    days(&probable).is_ok().then_some(probable)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn probable_days_are_days_and_the_same_ones(text in "(mon|tuesday|Sun|daily|all|,|-|\\.\\.| |\\PC)*") {
            if let Some(probable) = probable_days(&text) {
                let meant = days(&probable);
                assert!(meant.is_ok(), "{probable}");
                if let Ok(typed) = days(&text) {
                    assert_eq!(meant, Ok(typed));
                }
            }
        }
    }

    #[test]
    fn a_time_has_hours_and_minutes() {
        let at = |hour, minute| Time::new(hour, minute, 0, 0).ok();
        for (text, expected) in [
            ("06:30", at(6, 30)),
            (" 6:30 ", at(6, 30)),
            ("00:00", at(0, 0)),
            ("23:59", at(23, 59)),
            ("24:00", None),
            ("06:60", None),
            ("06:3", None),
            ("006:30", None),
            ("6h30", None),
            ("6:30pm", None),
            ("+6:30", None),
            (":30", None),
            ("06:30:00", None),
            ("", None),
        ] {
            assert_eq!(time(text), expected, "{text}");
        }
    }

    #[test]
    fn days_are_single_ones_and_ranges() {
        for (text, expected) in [
            ("mon..sun", Ok("1111111")),
            ("daily", Ok("1111111")),
            ("mon..fri", Ok("1111100")),
            ("mon,wed,fri", Ok("1010100")),
            (" Mon .. Tue , sun", Ok("1100001")),
            ("sun..thu", Ok("1111001")),
            ("sat..mon", Ok("1000011")),
            ("wed", Ok("0010000")),
            ("", Err("")),
            ("mon,", Err("")),
            ("mon..", Err("mon..")),
            ("mon..wed..fri", Err("mon..wed..fri")),
            ("mon,lun", Err("lun")),
            ("mon-fri", Err("mon-fri")),
        ] {
            let shown = days(text).map(|days| days.map(|on| if on { '1' } else { '0' }).iter().collect::<String>());
            assert_eq!(shown, expected.map(str::to_owned).map_err(str::to_owned), "{text}");
        }
    }

    #[test]
    fn what_is_nearly_days_is_understood() {
        for (text, expected) in [
            ("mon-fri", Some("mon..fri")),
            ("Monday - Friday", Some("mon..fri")),
            ("Monday-Friday", Some("mon..fri")),
            ("monday..sunday", Some("mon..sun")),
            ("mon wed, fri", Some("mon,wed,fri")),
            ("every day", Some("daily")),
            ("weekdays", Some("mon..fri")),
            ("lundi", None),
            ("", None),
        ] {
            assert_eq!(probable_days(text).as_deref(), expected, "{text}");
        }
    }
}
