//! How a source stands after a poll, and what the person who runs this should be told of it. Pure: it sees what a poll
//! brought, not how; it knows neither HTTP nor mail, and it never reads a clock.
//!
//! [`after`] judges one poll. A failure shows at once and is told later ([`notice`]); what was read is doubted
//! ([`doubt`]) and believed to be broken after [`doubt::ENOUGH`] polls; silence comes by time and is measured against
//! what the source used to bring ([`habit`]). One good poll ends all of it.

mod after;
mod article;
pub mod coverage;
pub mod doubt;
mod evidence;
pub mod habit;
pub mod life;
pub mod network;
pub mod notice;
mod silence;
#[cfg(test)]
mod silence_tests;
#[cfg(test)]
pub(crate) mod simulation;
#[cfg(test)]
mod tests;

pub use after::after;
pub use article::after_article;
pub use silence::{Silence, silent_now};

use jiff::Timestamp;
use url::Url;

/// One poll of a source, as far as its health is concerned.
#[derive(Debug, Clone, Copy)]
pub struct Sight<'a> {
    /// When it ended.
    pub at: Timestamp,
    /// The last poll before it that was answered (`SourceState::last_ok`); None when there was none.
    pub last_answer: Option<Timestamp>,
    /// Where the source is polled now, when that is not the configured address: a permanent redirect that is believed.
    /// A feed that was found and applied stands in `Standing::proposal` and need not be repeated here.
    pub moved_to: Option<&'a Url>,
    /// What came of it.
    pub saw: Saw<'a>,
}

/// What came of a poll.
#[derive(Debug, Clone, Copy)]
pub enum Saw<'a> {
    /// The same document as last time (304).
    Unchanged,
    /// A document that could be read.
    Read(Reading<'a>),
    /// Nothing that could be read.
    Failed(Failure<'a>),
}

/// A document that could be read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading<'a> {
    /// Items it shows.
    pub shown: u32,
    /// Those that this source had not shown before.
    pub fresh: u32,
    /// Those that no source had shown before.
    pub new: u32,
    /// Whether it primes its source: what it shows says nothing of how often news come.
    pub first: bool,
    /// When the oldest of them was published, where each says so to the hour.
    pub oldest: Option<Timestamp>,
    /// Items that look like the links of a menu.
    pub navigation: u32,
    /// Items whose text is cut off.
    pub cut: u32,
    /// Whether at least one item carries its full text.
    pub has_full_text: bool,
    /// The first thing that was wrong with it, for people.
    pub problem: Option<&'a str>,
    /// Whether it was read to its end.
    pub complete: bool,
    /// Its beginning.
    pub sample: Option<&'a str>,
}

/// A poll that brought nothing that could be read.
#[derive(Debug, Clone, Copy)]
pub struct Failure<'a> {
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// What happened, for people.
    pub what: &'a str,
    /// The beginning of what was answered.
    pub sample: Option<&'a str>,
    /// Whether the source keeps us out: a challenge, a login, 401, 403, 429, robots.txt.
    pub keeps_out: bool,
    /// Whether our own network may be to blame: a name that is not found, a connection refused or lost, no answer in
    /// time.
    pub local: bool,
}

/// A whole number of a count that is never near its bounds.
pub(crate) fn count(value: f64) -> u64 {
    // `as` saturates, and makes nothing of what is no number.
    value.round().max(0.0) as u64
}
