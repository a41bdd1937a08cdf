//! Durations and sizes as people type them: `15m`, `1h30m`, `3d`, `8MB`. A unit is always required, because "15" means
//! seconds to one reader and minutes to the next.

use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

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
}

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

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
