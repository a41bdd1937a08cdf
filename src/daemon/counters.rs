//! What the loops have done since the start, counted for whoever monitors this (`outside`). The loops say what happened, in a line
//! each; nothing here decides anything, and nothing is lost with it: what must be remembered stands in the store.
//!
//! A lock is taken a few times for each group of polls and each mail; a poll costs 0.2 µs (release build, busy machine).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;

use super::articles::{Tried, Unread};
use super::operator::Looked;
use super::poll::{Answer, PollError, Polled};
use crate::model::{Histogram, Outcome, Reason};
use crate::store::PollCommit;

/// Seconds of a poll: most answer within one; the longest wait for their host's turn, and are given up after 30 s of talking.
const POLL_BOUNDS: [f64; 10] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0];
/// Seconds of taking in a group of polls: a quiet one takes milliseconds, 256 first polls a second or two.
const INGEST_BOUNDS: [f64; 9] = [0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0];

/// Older printed dates say nothing of how late we are: an outlet that shows its archive, or a date without a year.
const LATEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Counts by a word. The words that are known beforehand are there from the start, at 0: a monitor cannot see the first of
/// something that it never saw at 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally(BTreeMap<&'static str, u64>);

/// Everything counted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Counted {
    /// Polls by how they went.
    pub(crate) polls: Tally,
    /// From asking to having read, the wait for the host's turn included.
    pub(crate) poll_time: Histogram,
    /// Bytes of the documents that were read, decompressed.
    pub(crate) bytes: u64,
    /// Articles fetched for full text, by how that went.
    pub(crate) articles: Tally,
    /// Groups of polls: identified, matched and committed.
    pub(crate) ingest_time: Histogram,
    /// New items, by whether they were put before the watches.
    pub(crate) items: Tally,
    /// New items that print the text of another.
    pub(crate) copies: u64,
    /// Alerts raised, by why.
    pub(crate) raised: Tally,
    /// What became of alerts for their readers.
    pub(crate) decided: Tally,
    /// Notifications that came to an end, by which.
    pub(crate) notifications: Tally,
    /// Attempts that did not end one.
    pub(crate) postponed: u64,
    /// From the printed time of a source's newest item to its being taken in.
    pub(crate) lags: BTreeMap<String, Duration>,
    /// The last look at how things stand; None before the first.
    pub(crate) looked: Option<Looked>,
}

/// The counters, shared by the loops.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counters(Arc<Mutex<Counted>>);

/// What a group of polls brought.
#[derive(Debug, Default)]
pub(crate) struct Brought {
    raised: Vec<Reason>,
    primed: usize,
    fresh: usize,
    /// New items that print the text of another.
    pub(crate) copies: usize,
    lags: Vec<(String, Duration)>,
}

impl Tally {
    fn of(known: &[&'static str]) -> Self {
        Self(known.iter().map(|word| (*word, 0)).collect())
    }

    fn add(&mut self, word: &'static str, count: usize) {
        *self.0.entry(word).or_default() += count as u64;
    }

    /// Each word and its count.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.0.iter().map(|(word, count)| (*word, *count))
    }
}

impl Default for Counted {
    fn default() -> Self {
        let raised = [Reason::New, Reason::Changed, Reason::FullText, Reason::Joined, Reason::Backfilled];
        Self {
            polls: Tally::of(&["unchanged", "read", "read_in_part", "not_fetched", "not_read"]),
            poll_time: Histogram::new(&POLL_BOUNDS),
            bytes: 0,
            articles: Tally::of(&["read", "again", "given_up"]),
            ingest_time: Histogram::new(&INGEST_BOUNDS),
            items: Tally::of(&[Reason::New.as_str(), Reason::Primed.as_str()]),
            copies: 0,
            raised: Tally::of(&raised.map(Reason::as_str)),
            decided: Tally::of(&[Reason::New, Reason::NothingNew, Reason::Muted].map(Reason::as_str)),
            notifications: Tally::of(&["sent", "refused", "expired", "withdrawn"]),
            postponed: 0,
            lags: BTreeMap::new(),
            looked: None,
        }
    }
}

impl Counters {
    /// Everything counted so far.
    pub(crate) fn read(&self) -> Counted {
        self.counted().clone()
    }

    /// The last look at how things stand, without a copy of all the rest.
    pub(crate) fn last_look(&self) -> Option<Looked> {
        self.counted().looked
    }

    /// A group of polls is about to be taken in.
    pub(crate) fn polled(&self, group: &[Polled]) {
        let mut counted = self.counted();
        for polled in group {
            counted.polls.add(outcome(polled), 1);
            counted.poll_time.record(polled.took);
            if let Ok(Answer::Read(reading)) = &polled.answer {
                counted.bytes += reading.weight as u64;
            }
        }
    }

    /// Articles were fetched, or not.
    pub(crate) fn tried(&self, group: &[Tried]) {
        let mut counted = self.counted();
        for tried in group {
            let word = match &tried.outcome {
                Ok(_) => "read",
                Err(Unread::Again { .. }) => "again",
                Err(Unread::Never(_)) => "given_up",
            };
            counted.articles.add(word, 1);
        }
    }

    /// A group of polls was committed.
    pub(crate) fn brought(&self, brought: &Brought, took: Duration) {
        let mut counted = self.counted();
        counted.ingest_time.record(took);
        counted.items.add(Reason::New.as_str(), brought.fresh);
        counted.items.add(Reason::Primed.as_str(), brought.primed);
        counted.copies += brought.copies as u64;
        brought.raised.iter().for_each(|reason| counted.raised.add(reason.as_str(), 1));
        counted.lags.extend(brought.lags.iter().cloned());
    }

    /// Alerts were raised beside the polls.
    pub(crate) fn raised(&self, reason: Reason, count: usize) {
        self.counted().raised.add(reason.as_str(), count);
    }

    /// This became of alerts.
    pub(crate) fn decided(&self, reasons: &[Reason]) {
        let mut counted = self.counted();
        reasons.iter().for_each(|reason| counted.decided.add(reason.as_str(), 1));
    }

    /// A notification came to its end.
    pub(crate) fn ended(&self, outcome: &Outcome) {
        let word = match outcome {
            Outcome::Sent { .. } => "sent",
            Outcome::Refused { .. } => "refused",
            Outcome::Expired { .. } => "expired",
            Outcome::Withdrawn { .. } => "withdrawn",
        };
        self.counted().notifications.add(word, 1);
    }

    /// An attempt did not end its notification.
    pub(crate) fn postponed(&self) {
        self.counted().postponed += 1;
    }

    /// How things stand.
    pub(crate) fn looked(&self, looked: Looked) {
        self.counted().looked = Some(looked);
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        // Whoever panicked left numbers behind, and every one of them is a number.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Brought {
    /// Of the commits of a group.
    pub(crate) fn of(commits: &[PollCommit]) -> Self {
        let mut brought = Self::default();
        for commit in commits {
            brought.raised.extend(commit.alerts.iter().map(|alert| alert.reason));
            let is_primed = |reason| reason == Reason::Primed;
            let primed = commit.new_items.iter().filter(|(item, _)| is_primed(item.reason)).count();
            brought.primed += primed;
            brought.fresh += commit.new_items.len() - primed;
            brought.copies += commit.placements.iter().filter(|(_, placement)| placement.copy_of.is_some()).count();
            // The first poll of a source shows how old its news are, not how late we are.
            let fresh = commit.new_items.iter().filter(|(item, _)| !is_primed(item.reason));
            let waits = fresh.filter_map(|(item, _)| {
                let printed = item.item.published.as_ref()?.at?;
                Some(item.first_seen.duration_since(printed)).filter(|wait| *wait < LATEST)
            });
            let lag = waits.min().map(|wait| Duration::try_from(wait).unwrap_or_default());
            brought.lags.extend(lag.map(|lag| (commit.source.to_string(), lag)));
        }
        brought
    }
}

fn outcome(polled: &Polled) -> &'static str {
    match &polled.answer {
        Ok(Answer::Unchanged { .. }) => "unchanged",
        Ok(Answer::Read(reading)) if reading.parsed.complete => "read",
        Ok(Answer::Read(_)) => "read_in_part",
        Err(PollError::Fetch(_) | PollError::Program(_)) => "not_fetched",
        Err(PollError::Parse(_) | PollError::Slow | PollError::Reader(_)) => "not_read",
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::identity::face;
    use crate::model::{Item, ItemId, Placement, PrintedDate, SourceId, StoredItem};

    /// The commit of a poll whose new items were printed so many minutes before it.
    fn commit(id: &str, reason: Reason, minutes: &[i64]) -> PollCommit {
        let source = SourceId::new(id).expect("a test id");
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365);
        let item = |minutes: &i64| {
            let at = Some(now - SignedDuration::from_mins(*minutes));
            let published = Some(PrintedDate { printed: String::new(), at });
            let item = Item { title: minutes.to_string(), published, ..Item::default() };
            let face = face(&item).0;
            let id = ItemId::at(now);
            (StoredItem { id, source: source.clone(), first_seen: now, revision: 0, reason, item }, face)
        };
        PollCommit { new_items: minutes.iter().map(item).collect(), ..PollCommit::new(source) }
    }

    /// Seen failing without the filter for first polls: a source added today was reported as days late.
    #[test]
    fn how_late_a_source_is_shows_in_its_newest_item_and_not_in_its_first_poll() {
        let counters = Counters::default();
        let mut commits = [
            commit("late", Reason::New, &[90, 30, 600]),
            commit("new", Reason::Primed, &[4000]),
            commit("archive", Reason::New, &[60 * 24 * 300]),
            commit("ahead", Reason::New, &[-5]),
        ];
        let copy = Placement { copy_of: Some(ItemId(1)), ..Placement::alone(ItemId(2)) };
        commits[0].placements.push((ItemId(2), copy));
        counters.brought(&Brought::of(&commits), Duration::from_millis(3));
        let counted = counters.read();
        let lags: Vec<_> = counted.lags.iter().map(|(source, lag)| (source.as_str(), lag.as_secs() / 60)).collect();
        assert_eq!(lags, [("ahead", 0), ("late", 30)]);
        assert_eq!(counted.items.rows().collect::<Vec<_>>(), [("new", 5), ("primed", 1)]);
        assert_eq!((counted.copies, counted.ingest_time.count()), (1, 1));
    }
}
