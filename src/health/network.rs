//! Whether it is our own network that fails. When more than half of all sources fall silent within one round of polls,
//! with failures that a dead line looks like, no source is blamed.

use std::borrow::Borrow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::model::{Health, Source, Standing};

/// Fewest failing sources that say anything of the line before them.
const FEWEST: usize = 3;
/// How far apart the first failures of one outage may lie, in intervals of the slowest of the failing sources: each is
/// polled in its own time, up to four intervals and a tenth apart.
const ROUND: u32 = 5;
/// Longest round, whatever the intervals: a source polled once a day must not tie this week's failures together.
const LONGEST_ROUND: Duration = Duration::from_secs(6 * 3600);

/// A time in which our own network failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// The first failure of it.
    pub since: Timestamp,
    /// Sources that fail with it.
    pub failing: usize,
    /// Sources that were polled and did not fail before it.
    pub of: usize,
}

/// The outage that goes on, if any. It is over when half of the sources answer again. What failed long before it counts
/// on neither side; what keeps us out or answers with an error was reached.
#[must_use]
pub fn own_network<'a, S: Borrow<Standing>>(sources: impl IntoIterator<Item = (&'a Source, S)>) -> Option<Outage> {
    let mut polled = 0_usize;
    let mut failing: Vec<(Timestamp, Duration)> = Vec::new();
    for (source, standing) in sources {
        let standing = standing.borrow();
        polled += usize::from(standing.since.is_some());
        if let (Health::Failing, true, Some(since)) = (standing.health, standing.local, standing.since) {
            failing.push((since, source.interval));
        }
    }
    if failing.len() < FEWEST {
        return None;
    }
    failing.sort_unstable();
    let slowest = failing.iter().map(|(_, interval)| *interval).max().unwrap_or_default();
    let round = slowest.saturating_mul(ROUND).min(LONGEST_ROUND);
    let round = SignedDuration::try_from(round).unwrap_or(SignedDuration::MAX);
    let (first, last) = fullest(&failing, round);
    let count = last - first;
    let of = polled - (failing.len() - count);
    (count >= FEWEST && count * 2 > of).then(|| Outage { since: failing[first].0, failing: count, of })
}

/// The bounds of the most failures that began within one round, in order of their beginning.
fn fullest(failing: &[(Timestamp, Duration)], round: SignedDuration) -> (usize, usize) {
    let (mut best, mut first) = ((0, 0), 0);
    for (last, (since, _)) in failing.iter().enumerate() {
        while since.duration_since(failing[first].0) > round {
            first += 1;
        }
        if last + 1 - first > best.1 - best.0 {
            best = (first, last + 1);
        }
    }
    best
}
