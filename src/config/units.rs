//! Durations, sizes and rates as people type them: `15m`, `1h30m`, `3d`, `8MB`, `12/h`. A unit is always required, because "15"
//! means seconds to one reader and minutes to the next.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use crate::model::Rate;

/// Why a text is not a duration or size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadMeasure {
    #[error("it has no unit")]
    NoUnit,
    #[error("it is negative")]
    Negative,
    #[error("months and years differ in length")]
    Calendar,
    #[error("it is not a duration")]
    NotADuration,
    #[error("it is not a size")]
    NotASize,
    #[error("it is not a rate")]
    NotARate,
}

/// What a rate may be per, and in which time that is.
const PER: [(&str, u64); 4] = [("s", 1), ("min", 60), ("h", 3_600), ("d", 86_400)];

/// Reads a duration. A day is 24 hours.
pub(super) fn duration(text: &str) -> Result<Duration, BadMeasure> {
    let text = text.trim();
    if is_number(text) {
        return Err(BadMeasure::NoUnit);
    }
    let span: Span = text.parse().map_err(|_| BadMeasure::NotADuration)?;
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| BadMeasure::Calendar)?;
    length.try_into().map_err(|_| BadMeasure::Negative)
}

/// Reads a size in bytes: a whole number and B, kB, MB, GB (powers of 1000) or KiB, MiB, GiB (powers of 1024), in any case.
pub(super) fn size(text: &str) -> Result<u64, BadMeasure> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or(BadMeasure::NoUnit)?;
    let factor = match text[digits..].trim_start().to_ascii_lowercase().as_str() {
        "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return Err(BadMeasure::NotASize),
    };
    let number: u64 = text[..digits].parse().map_err(|_| BadMeasure::NotASize)?;
    number.checked_mul(factor).ok_or(BadMeasure::NotASize)
}

/// Reads a rate: a whole number, a slash and s, min, h or d.
pub(super) fn rate(text: &str) -> Result<Rate, BadMeasure> {
    if is_number(text.trim()) {
        return Err(BadMeasure::NoUnit);
    }
    let (count, unit) = text.split_once('/').ok_or(BadMeasure::NotARate)?;
    let (_, seconds) = PER.into_iter().find(|(name, _)| *name == unit.trim()).ok_or(BadMeasure::NotARate)?;
    let count = count.trim();
    if !count.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BadMeasure::NotARate);
    }
    let count = count.parse().map_err(|_| BadMeasure::NotARate)?;
    Ok(Rate { count, per: Duration::from_secs(seconds) })
}

/// The rate that `12 per hour`, `12/hour` or `12/m` probably means, as it is to be written.
pub(super) fn probable_rate(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (count, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let words =
        rest.split(|c: char| !c.is_alphabetic()).filter(|word| !matches!(*word, "" | "a" | "an" | "per" | "par"));
    let mut units = words.filter_map(|word| match word {
        "s" | "sec" | "second" | "seconds" => Some("s"),
        "m" | "min" | "mins" | "minute" | "minutes" => Some("min"),
        "h" | "hr" | "hour" | "hours" | "hourly" | "heure" => Some("h"),
        "d" | "day" | "days" | "daily" | "jour" => Some("d"),
        _ => None,
    });
    let unit = units.next()?;
    let probable = format!("{count}/{unit}");
    rate(&probable).is_ok().then_some(probable)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_probable_rate_is_a_rate_and_means_itself(text in "[0-9]{0,12}( |/|per|an?|par|[a-z]|hour|day|min|\\PC)*") {
            if let Some(probable) = probable_rate(&text) {
                assert!(rate(&probable).is_ok());
                assert_eq!(probable_rate(&probable), Some(probable));
            }
        }
    }

    #[test]
    fn durations_need_a_unit() {
        for (text, expected) in [
            ("15m", Ok(900)),
            ("1h30m", Ok(5400)),
            ("3d", Ok(259_200)),
            (" 30s ", Ok(30)),
            ("0s", Ok(0)),
            ("2w", Ok(1_209_600)),
            ("15", Err(BadMeasure::NoUnit)),
            ("-1h", Err(BadMeasure::Negative)),
            ("1h ago", Err(BadMeasure::Negative)),
            ("2mo", Err(BadMeasure::Calendar)),
            ("soon", Err(BadMeasure::NotADuration)),
            ("", Err(BadMeasure::NotADuration)),
        ] {
            assert_eq!(duration(text), expected.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn sizes_need_a_unit() {
        for (text, expected) in [
            ("8MB", Ok(8_000_000)),
            ("64 MiB", Ok(67_108_864)),
            ("1kb", Ok(1000)),
            ("12", Err(BadMeasure::NoUnit)),
            ("", Err(BadMeasure::NoUnit)),
            ("MB", Err(BadMeasure::NotASize)),
            ("1.5MB", Err(BadMeasure::NotASize)),
            ("99999999999GB", Err(BadMeasure::NotASize)),
        ] {
            assert_eq!(size(text), expected, "{text}");
        }
    }
    #[test]
    fn rates_need_a_number_and_a_unit() {
        let rate_of = |count, seconds| Ok(Rate { count, per: Duration::from_secs(seconds) });
        for (text, expected) in [
            ("12/h", rate_of(12, 3600)),
            (" 1 / min ", rate_of(1, 60)),
            ("5/s", rate_of(5, 1)),
            ("0/d", rate_of(0, 86_400)),
            ("12", Err(BadMeasure::NoUnit)),
            ("", Err(BadMeasure::NotARate)),
            ("/h", Err(BadMeasure::NotARate)),
            ("+5/h", Err(BadMeasure::NotARate)),
            ("1.5/h", Err(BadMeasure::NotARate)),
            ("12/H", Err(BadMeasure::NotARate)),
            ("12/m", Err(BadMeasure::NotARate)),
            ("12/h/h", Err(BadMeasure::NotARate)),
            ("99999999999/h", Err(BadMeasure::NotARate)),
        ] {
            assert_eq!(rate(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_nearly_a_rate_is_understood() {
        for (text, expected) in [
            ("12 per hour", Some("12/h")),
            ("12/hour", Some("12/h")),
            ("12/H", Some("12/h")),
            ("12 a day", Some("12/d")),
            ("5 mails per minute", Some("5/min")),
            ("12 par heure", Some("12/h")),
            ("12/m", Some("12/min")),
            ("12", None),
            ("per hour", None),
            ("12/week", None),
            ("99999999999 per hour", None),
            ("", None),
        ] {
            assert_eq!(probable_rate(text).as_deref(), expected, "{text}");
        }
    }
}
