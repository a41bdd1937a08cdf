//! How values are shown to people: ages, sizes, tables, JSON.

use comfy_table::{ContentArrangement, Table, presets};
use jiff::Timestamp;

use super::exit;

/// `3 min`, `31 h`, `6 d`: one unit is enough to judge by.
pub(super) fn age(now: Timestamp, then: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs();
    match seconds.abs() {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        7200..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// `1 source`, `3 sources`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `3 days`; from two years on in years, since nobody plans by the day then.
pub(super) fn counted_days(days: u64) -> String {
    match days {
        1 => "1 day".to_owned(),
        0..=729 => format!("{days} days"),
        _ => format!("{} years", days / 365),
    }
}

/// `5 min ago`, `in 12 s`, `never`.
pub(super) fn moment(now: Timestamp, at: Option<Timestamp>) -> String {
    match at {
        None => "never".to_owned(),
        Some(at) if at > now => format!("in {}", age(at, now)),
        Some(at) => format!("{} ago", age(now, at)),
    }
}

/// `612 MB`.
pub(super) fn bytes(bytes: u64) -> String {
    match bytes {
        0..=9_999 => format!("{bytes} B"),
        10_000..=9_999_999 => format!("{} kB", bytes / 1000),
        10_000_000..=9_999_999_999 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

/// A plain table that fits the terminal.
pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header.to_vec());
    table
}

/// One JSON document on stdout.
pub(super) fn json(document: &impl serde::Serialize) -> u8 {
    match serde_json::to_string_pretty(document) {
        Ok(text) => {
            outln!("{text}");
            exit::OK
        }
        Err(error) => {
            errln!("error: write the document: {error}");
            exit::USAGE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_sizes_read_well() {
        let at = |seconds| Timestamp::from_second(seconds).expect("a test instant");
        for (seconds, expected) in
            [(5, "5 s ago"), (600, "10 min ago"), (111_600, "31 h ago"), (600_000, "6 d ago"), (-12, "in 12 s")]
        {
            assert_eq!(moment(at(1_000_000), Some(at(1_000_000 - seconds))), expected);
        }
        assert_eq!([512, 61_000, 612_000_000].map(bytes), ["512 B", "61 kB", "612 MB"]);
    }
}
