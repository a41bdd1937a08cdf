//! How many mails a reader may still get: from a watch, because of a source, and on a busy day. Knows nothing of what
//! happens to the stories for which there is no place.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{DueStory, PastMail, after};
use crate::model::{Pace, Rate, Reason, Severity, SourceId, WatchId};

/// The places taken by the mails of the last while, and by those being planned.
#[derive(Clone)]
pub(super) struct Quotas<'a> {
    now: Timestamp,
    pace: &'a Pace,
    past: Vec<&'a PastMail>,
    roundups: Vec<&'a PastMail>,
    /// Mails planned so far.
    by_source: HashMap<SourceId, u32>,
    by_watch: HashMap<WatchId, u32>,
}

impl<'a> Quotas<'a> {
    pub(super) fn new(now: Timestamp, pace: &'a Pace, past: &'a [PastMail]) -> Self {
        let counts = |mail: &&PastMail| matches!(mail.kind, Reason::New | Reason::Changed | Reason::Backfilled);
        let roundups = past.iter().filter(|mail| mail.kind == Reason::Roundup).collect();
        let past = past.iter().filter(counts).collect();
        Self { now, pace, past, roundups, by_source: HashMap::new(), by_watch: HashMap::new() }
    }

    /// Whether more became due lately than a person can read. What one source causes beyond its own rate is not
    /// counted: a source that floods must not hold the alerts of others.
    pub(super) fn is_overload(&self, due: &[DueStory]) -> bool {
        let Rate { count, per } = self.pace.overload;
        let mut counted = self.clone();
        let mut happened = self.past.iter().filter(|mail| self.is_within(mail.at, per)).count();
        for story in due.iter().filter(|story| self.since(story.raised, per)) {
            if counted.has_source(story) {
                counted.count_source(story);
                happened += 1;
            }
        }
        happened > usize::try_from(count).unwrap_or(usize::MAX)
    }

    /// Takes the places of a mail on this story, or says why there is none. A story that several sources report or
    /// several watches ask for needs one of each that has a place: one that is full must not hold what another one
    /// brings.
    pub(super) fn take(&mut self, story: &DueStory, overload: bool) -> Result<(), Reason> {
        if !self.has_source(story) {
            return Err(Reason::SourceThrottled);
        }
        if overload && story.severity < Severity::High {
            return Err(Reason::Overload);
        }
        if !self.has_watch(story) {
            return Err(Reason::Throttled);
        }
        self.count_source(story);
        for watch in &story.watches {
            *self.by_watch.entry(watch.watch.clone()).or_default() += 1;
        }
        Ok(())
    }

    /// When a story for which there is no place comes in a roundup: soon, but what one source goes on to pour out, once in
    /// the time of its rate. What is urgent waits for no source.
    pub(super) fn roundup_at(&self, story: &DueStory, why: Reason) -> Timestamp {
        let soon = after(self.now, self.pace.roundup);
        if why != Reason::SourceThrottled || story.severity == Severity::High {
            return soon;
        }
        let names = |mail: &&&PastMail| mail.at <= self.now && mail.sources.iter().any(|by| story.sources.contains(by));
        let last = self.roundups.iter().filter(names).map(|mail| mail.at).max();
        last.map_or(soon, |last| after(last, self.pace.per_source.per).max(soon))
    }

    fn has_source(&self, story: &DueStory) -> bool {
        let rate = self.pace.per_source;
        let has_place = |source: &SourceId| {
            let planned = self.by_source.get(source).copied().unwrap_or(0);
            self.has_place(rate, planned, |mail| mail.sources.contains(source))
        };
        story.sources.is_empty() || story.sources.iter().any(has_place)
    }

    fn has_watch(&self, story: &DueStory) -> bool {
        story.watches.is_empty()
            || story.watches.iter().any(|watch| {
                let planned = self.by_watch.get(&watch.watch).copied().unwrap_or(0);
                self.has_place(watch.throttle, planned, |mail| mail.watches.contains(&watch.watch))
            })
    }

    fn has_place(&self, rate: Rate, planned: u32, caused: impl Fn(&PastMail) -> bool) -> bool {
        let past = self.past.iter().filter(|mail| self.is_within(mail.at, rate.per) && caused(mail)).count();
        u32::try_from(past).unwrap_or(u32::MAX).saturating_add(planned) < rate.count
    }

    fn count_source(&mut self, story: &DueStory) {
        for source in &story.sources {
            *self.by_source.entry(source.clone()).or_default() += 1;
        }
    }

    /// Whether a mail went out lately. One in the future did so before the clock was put back, nobody knows when.
    fn is_within(&self, at: Timestamp, per: std::time::Duration) -> bool {
        at <= self.now && self.since(at, per)
    }

    fn since(&self, at: Timestamp, per: std::time::Duration) -> bool {
        self.now.checked_sub(per).is_ok_and(|start| at > start)
    }
}
