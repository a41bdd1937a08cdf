//! The life of an alert, for one reader and one story: what is new to them, whether a mail is due for it, and what
//! they know after it. Knows nothing of other stories, nor of how many mails a reader can bear (`pace`).

use std::time::Duration;

use jiff::Timestamp;

use super::news::{news, wanted};
use crate::model::{ItemId, News, Reason, Report, Severity, Timing, Told, UpdateOn, Watch, WatchId};

/// An alert that waits for its reader.
#[derive(Debug, Clone, Copy)]
pub struct WaitingAlert<'a> {
    /// The item reported on.
    pub item: ItemId,
    /// What asked for it.
    pub watch: &'a Watch,
    /// Its timing, or that of somebody who cannot wait as long.
    pub timing: Timing,
    /// When it was raised.
    pub raised: Timestamp,
    /// [`Reason::New`], [`Reason::Changed`], [`Reason::Backfilled`] or [`Reason::Recovered`].
    pub reason: Reason,
}

/// What a reader knows of a story.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// As kept.
    pub told: &'a Told,
    /// The highest severity among the watches that told of it; None when all of them left the configuration.
    pub severity: Option<Severity>,
}

/// What becomes of the alerts of one story that wait for one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A mail is due.
    Send {
        /// [`Reason::New`], [`Reason::Backfilled`], [`Reason::Changed`] or [`Reason::Recovered`].
        reason: Reason,
        /// What it tells beyond what the reader knows; empty for a first mail.
        news: Vec<News>,
        /// The watch that makes a known story more urgent than it was told to be. Then there may be no other news.
        urgent: Option<WatchId>,
    },
    /// Not yet.
    Wait {
        /// [`Reason::Gathering`] or [`Reason::TooSoon`].
        why: Reason,
        /// Until when.
        until: Timestamp,
    },
    /// There is nothing to tell: [`Reason::NothingNew`] or [`Reason::Copy`].
    Drop(Reason),
}

/// Decides on the alerts of one story that wait for one reader; `reports` are those of the whole story.
#[must_use]
pub fn step(now: Timestamp, known: Option<Known<'_>>, waiting: &[WaitingAlert<'_>], reports: &[Report]) -> Step {
    match known {
        None => first(now, waiting),
        Some(known) => update(now, known, waiting, reports),
    }
}

/// The first mail on a story gathers the reports of its first minutes, as long as the least patient of its watches
/// waits.
fn first(now: Timestamp, waiting: &[WaitingAlert<'_>]) -> Step {
    // What was found looking back has waited long enough. A time in the future is that of a clock that was put back
    // since: how long ago it was cannot be told, and waiting for it might take for ever.
    let due = |alert: &WaitingAlert<'_>| match alert.reason {
        Reason::Backfilled | Reason::Recovered => now,
        _ if alert.raised > now => now,
        _ => after(alert.raised, alert.timing.wait),
    };
    let Some(due) = waiting.iter().map(due).min() else { return Step::Drop(Reason::NothingNew) };
    if due > now {
        return Step::Wait { why: Reason::Gathering, until: due };
    }
    let all = |reason| waiting.iter().all(|alert| alert.reason == reason);
    let of_the_past = [Reason::Backfilled, Reason::Recovered].into_iter().find(|reason| all(*reason));
    Step::Send { reason: of_the_past.unwrap_or(Reason::New), news: Vec::new(), urgent: None }
}

/// A later mail tells something new, and not too soon after the last.
fn update(now: Timestamp, known: Known<'_>, waiting: &[WaitingAlert<'_>], reports: &[Report]) -> Step {
    // What looking back finds of a known story is older than what was told.
    let fresh = || waiting.iter().filter(|alert| alert.reason != Reason::Backfilled);
    let asked: Vec<UpdateOn> = fresh().flat_map(|alert| alert.watch.updates.iter().copied()).collect();
    let news = wanted(news(known.told, reports), &asked);
    let urgent = fresh()
        .filter(|alert| !known.told.watches.contains(&alert.watch.id) && Some(alert.watch.severity) > known.severity)
        .max_by_key(|alert| alert.watch.severity)
        .map(|alert| alert.watch.id.clone());
    if news.is_empty() && urgent.is_none() {
        let copy = |alert: &WaitingAlert<'_>| {
            reports.iter().any(|report| report.item == alert.item && report.copy_of.is_some())
        };
        let copies = !waiting.is_empty() && waiting.iter().all(copy);
        return Step::Drop(if copies { Reason::Copy } else { Reason::NothingNew });
    }
    let pause = fresh().map(|alert| alert.timing.update_every).min().unwrap_or_default();
    // As above, a mail dated in the future was sent at a time nobody knows.
    let last = known.told.mails.last().map(|(_, at)| *at).filter(|at| *at <= now);
    match last.map(|last| after(last, pause)) {
        Some(until) if until > now => Step::Wait { why: Reason::TooSoon, until },
        _ => {
            let recovered = waiting.iter().all(|alert| alert.reason == Reason::Recovered);
            Step::Send { reason: if recovered { Reason::Recovered } else { Reason::Changed }, news, urgent }
        }
    }
}

fn after(at: Timestamp, pause: Duration) -> Timestamp {
    at.checked_add(pause).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[path = "life_tests.rs"]
mod tests;
