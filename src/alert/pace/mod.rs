//! The pace of mail: which of the stories that are due for one reader come now, each in a mail of its own or many in
//! one, and what the others wait for. Nothing is dropped: every story that is due is in one mail or held. Knows
//! nothing of what a story tells (`life`), nor of other readers.
//!
//! In this order: mail that is stuck holds everything; quiet hours hold what is not urgent, until they end; what may
//! have been told before the store was lost is gathered; what waited through an outage, through quiet hours or for a
//! roundup comes in one mail each; for what is left, rates decide (`quota`).

mod quota;

use std::cmp::Reverse;
use std::time::Duration;

use jiff::Timestamp;

use self::quota::Quotas;
use super::calendar::quiet_until;
use crate::model::{Held, Pace, Rate, Reader, Reason, Severity, SourceId, StoryId, WatchId};

/// Stories that may come one by one after an outage; more of them come in one mail.
const FEW: usize = 3;

/// A story that is due for a reader, as `life::step` has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueStory {
    /// Which.
    pub story: StoryId,
    /// What a mail of its own is: [`Reason::New`], [`Reason::Changed`] or [`Reason::Backfilled`]; [`Reason::Recovered`] has none.
    pub reason: Reason,
    /// When the oldest of its waiting alerts was raised.
    pub raised: Timestamp,
    /// What its oldest alert waited for when it was last looked at.
    pub held: Option<Held>,
    /// The highest severity among its watches.
    pub severity: Severity,
    /// The watches of its waiting alerts.
    pub watches: Vec<DueWatch>,
    /// Who printed the items of these alerts.
    pub sources: Vec<SourceId>,
}

/// What a watch says about pace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueWatch {
    /// Which.
    pub watch: WatchId,
    /// Alert mails to one reader.
    pub throttle: Rate,
    /// Whether quiet hours do not hold for it.
    pub ignore_quiet: bool,
}

/// A mail that was sent, or queued, to the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastMail {
    /// When it was frozen.
    pub at: Timestamp,
    /// The watches named in it.
    pub watches: Vec<WatchId>,
    /// Who printed the items it told of.
    pub sources: Vec<SourceId>,
    /// Its reason; only alert mails on one story count against a rate.
    pub kind: Reason,
}

/// A time in which no mail went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// When it began.
    pub from: Timestamp,
    /// When it ended; None while it lasts.
    pub until: Option<Timestamp>,
}

/// What comes now and what waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// In the order in which they are to be sent.
    pub mails: Vec<Planned>,
    /// What each other story waits for.
    pub held: Vec<(StoryId, Held)>,
    /// When to look again at the latest.
    pub wake: Option<Timestamp>,
}

/// A mail to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planned {
    /// On one story, and why: its own reason, or [`Reason::Held`].
    Story(StoryId, Reason),
    /// On several, which are told by it.
    Gathered {
        /// What they waited for: [`Reason::Outage`], [`Reason::Held`], or the cause of a roundup, which is
        /// [`Reason::Overload`], [`Reason::Throttled`], [`Reason::SourceThrottled`] or [`Reason::Recovered`].
        why: Reason,
        /// Since when the first of them waited.
        since: Timestamp,
        /// Which, most severe first, then oldest first; after an outage oldest first.
        stories: Vec<StoryId>,
    },
}

impl Planned {
    /// The reason of the notification it becomes.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::Story(_, reason) => *reason,
            Self::Gathered { why: why @ (Reason::Outage | Reason::Held), .. } => *why,
            Self::Gathered { .. } => Reason::Roundup,
        }
    }

    /// The stories it tells of.
    #[must_use]
    pub fn stories(&self) -> &[StoryId] {
        match self {
            Self::Story(story, _) => std::slice::from_ref(story),
            Self::Gathered { stories, .. } => stories,
        }
    }
}

/// Plans the mail to one reader: of the stories that are due, each named once, after the mails of the last hours.
/// `outage` is one that lasts, or that ended since the last plan.
#[must_use]
pub fn plan(
    now: Timestamp,
    reader: &Reader,
    pace: &Pace,
    mut due: Vec<DueStory>,
    past: &[PastMail],
    outage: Option<Outage>,
) -> Plan {
    due.sort_by_key(|story| (Reverse(story.severity), story.raised, story.story));
    let mut planning = Planning { now, pace, plan: Plan::default() };
    if outage.is_some_and(|outage| outage.until.is_none()) {
        due.iter().for_each(|story| planning.hold(story, Reason::Outage, None));
        return planning.plan;
    }
    let due = planning.after_quiet_hours(due, reader);
    let due = planning.after_loss(due);
    let due = planning.after_outage(due, outage);
    planning.at_their_rates(due, past);
    planning.plan
}

/// A plan being made.
struct Planning<'a> {
    now: Timestamp,
    pace: &'a Pace,
    plan: Plan,
}

impl Planning<'_> {
    /// Holds what quiet hours hold and lets go what they held; the rest is still to be planned.
    fn after_quiet_hours(&mut self, due: Vec<DueStory>, reader: &Reader) -> Vec<DueStory> {
        let quiet = reader.quiet.as_ref();
        let end = quiet.and_then(|quiet| Some((quiet, quiet_until(quiet, &reader.zone, self.now)?)));
        let (mut rest, mut freed) = (Vec::new(), Vec::new());
        for story in due {
            let promised = story.held.filter(|held| held.why == Reason::QuietHours).and_then(|held| held.until);
            let waited = story.held.is_some_and(|held| held.why == Reason::QuietHours);
            let holds = end.filter(|(quiet, _)| {
                story.severity < quiet.severity_below && !story.watches.iter().any(|watch| watch.ignore_quiet)
            });
            match holds {
                // The end that was promised stays, whatever the zone or the configuration does in between.
                Some((_, until)) if promised.is_none_or(|promised| promised > self.now) => {
                    let until = promised.map_or(until, |promised| promised.min(until));
                    self.hold(&story, Reason::QuietHours, Some(until));
                }
                Some(_) => freed.push(story),
                // What became urgent meanwhile comes as if it had not been held.
                None if waited && end.is_none() => freed.push(story),
                None => rest.push(story),
            }
        }
        match &*freed {
            [] => {}
            [story] => self.plan.mails.push(Planned::Story(story.story, Reason::Held)),
            _ => self.gather(Reason::Held, &freed),
        }
        rest
    }

    /// Gathers what may have been told before the store was lost, however little it is: alone it would look like news. It waits until
    /// the sources had time to show all of it. The rest is still to be planned.
    fn after_loss(&mut self, due: Vec<DueStory>) -> Vec<DueStory> {
        let (recovered, rest): (Vec<_>, Vec<_>) = due.into_iter().partition(|story| story.reason == Reason::Recovered);
        // One raised in the future was raised before the clock was put back.
        let raised = recovered.iter().map(|story| story.raised.min(self.now)).min();
        match raised.map(|raised| after(raised, self.pace.recovery)) {
            Some(until) if until > self.now => {
                recovered.iter().for_each(|story| self.hold(story, Reason::Recovered, Some(until)));
            }
            Some(_) => self.gather(Reason::Recovered, &recovered),
            None => {}
        }
        rest
    }

    /// Gathers what waited through an outage, if that is more than a few; the rest is still to be planned.
    fn after_outage(&mut self, due: Vec<DueStory>, outage: Option<Outage>) -> Vec<DueStory> {
        let ended = outage.and_then(|outage| outage.until);
        let through = |story: &DueStory| {
            // Held is what says so when the program was started again in between.
            let held = story.held.is_some_and(|held| held.why == Reason::Outage);
            held || ended.is_some_and(|ended| story.raised <= ended)
        };
        let (mut waited, rest): (Vec<_>, Vec<_>) = due.into_iter().partition(through);
        if waited.len() <= FEW {
            waited.extend(rest);
            waited.sort_by_key(|story| (Reverse(story.severity), story.raised, story.story));
            return waited;
        }
        waited.sort_by_key(|story| (story.raised, story.story));
        self.gather(Reason::Outage, &waited);
        rest
    }

    /// Gives the free places to the most severe and oldest stories, and gathers the others.
    fn at_their_rates(&mut self, due: Vec<DueStory>, past: &[PastMail]) {
        // The time of the first story that is held stays while others join. One further ahead than any is set was left by
        // a clock that was put back.
        let furthest = after(self.now, self.pace.roundup.max(self.pace.per_source.per));
        let timers = due.iter().filter_map(overflow).filter_map(|held| held.until);
        let timer = timers.min().filter(|timer| *timer <= furthest);
        let mut over: Vec<(DueStory, Reason)> = Vec::new();
        let (ready, compete): (Vec<_>, Vec<_>) = due
            .into_iter()
            .partition(|story| timer.is_some_and(|timer| timer <= self.now) && overflow(story).is_some());
        let mut quotas = Quotas::new(self.now, self.pace, past);
        let busy = quotas.is_overload(&compete);
        for story in compete {
            match quotas.take(&story, busy) {
                Ok(()) => self.plan.mails.push(Planned::Story(story.story, story.reason)),
                Err(why) => over.push((story, why)),
            }
        }
        if ready.is_empty() {
            let earliest = over.iter().map(|(story, why)| quotas.roundup_at(story, *why));
            let until = timer.into_iter().chain(earliest).min();
            over.iter().for_each(|(story, why)| self.hold(story, *why, until));
            return;
        }
        let because = |story: DueStory| overflow(&story).map(|held| held.why).map(|why| (story, why));
        over.extend(ready.into_iter().filter_map(because));
        over.sort_by_key(|(story, _)| (Reverse(story.severity), story.raised, story.story));
        let causes = [Reason::Overload, Reason::Throttled];
        let cause = causes.into_iter().find(|cause| over.iter().any(|(_, why)| why == cause));
        let stories: Vec<DueStory> = over.into_iter().map(|(story, _)| story).collect();
        self.gather(cause.unwrap_or(Reason::SourceThrottled), &stories);
    }

    fn hold(&mut self, story: &DueStory, why: Reason, until: Option<Timestamp>) {
        let since = story.held.map_or(self.now, |held| held.since);
        self.plan.held.push((story.story, Held { why, since, until }));
        self.plan.wake = self.plan.wake.into_iter().chain(until).min();
    }

    fn gather(&mut self, why: Reason, stories: &[DueStory]) {
        let since = stories.iter().map(|story| story.held.map_or(story.raised, |held| held.since)).min();
        let since = since.unwrap_or(self.now);
        let stories = stories.iter().map(|story| story.story).collect();
        self.plan.mails.push(Planned::Gathered { why, since, stories });
    }
}

/// What a story waits for, if that is a roundup.
fn overflow(story: &DueStory) -> Option<Held> {
    let is_overflow = |why| matches!(why, Reason::Throttled | Reason::SourceThrottled | Reason::Overload);
    story.held.filter(|held| is_overflow(held.why))
}

fn after(at: Timestamp, pause: Duration) -> Timestamp {
    at.checked_add(pause).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
