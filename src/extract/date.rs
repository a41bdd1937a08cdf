//! Dates as feeds and pages print them.

use jiff::Timestamp;

/// Reads a printed date; None when it cannot be told.
#[must_use]
pub fn read(printed: &str) -> Option<Timestamp> {
    printed.trim().parse().ok().or_else(|| jiff::fmt::rfc2822::parse(printed.trim()).ok().map(|z| z.timestamp()))
}
