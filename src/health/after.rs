//! One poll, and how its source stands after it. The states, from the gravest: failing and blocked (the poll failed),
//! degraded (its documents are doubted), silent, overflowing, moved, ok. Each poll that was answered settles them
//! afresh, so that one good poll ends whatever it disproves. Only overflowing is kept for a day, see [`OVERFLOWS_FOR`].

use jiff::{SignedDuration, Timestamp};

use super::{Failure, Reading, Saw, Sight, doubt, evidence, habit, silent_now};
use crate::model::{Doubt, Evidence, Gap, Health, Source, Standing, Window};

/// Overflowing ends when a day passed without: the rush comes back at the same hour, until the pace has learnt it; and
/// a state that ended with the next poll would be over before anybody is told.
const OVERFLOWS_FOR: SignedDuration = SignedDuration::from_hours(24);
/// Fewest items of a document that can overflow: of one or two, all are new on any day.
const FEWEST: u32 = 3;
/// Polls further apart than this many intervals were held up. The pace stretches to four, jitter by a tenth.
const HELD_UP: u32 = 5;
/// Intervals without news that tell an edition from a rush: at least one poll between the two, however they are paced.
const CALM: u32 = 2;

/// How a source stands after a poll; None when nothing changed, which is the rule and costs no allocation.
#[must_use]
pub fn after(standing: &Standing, source: &Source, sight: &Sight<'_>) -> Option<Standing> {
    match sight.saw {
        Saw::Unchanged => after_unchanged(standing, source, sight),
        Saw::Read(reading) => {
            let next = after_reading(standing, source, sight, &reading);
            (next != *standing).then_some(next)
        }
        Saw::Failed(failure) => Some(after_failure(standing, sight.at, &failure)),
    }
}

/// The same document as before: what was doubted of it is doubted still, and time has passed.
fn after_unchanged(standing: &Standing, source: &Source, sight: &Sight<'_>) -> Option<Standing> {
    let is_open = |doubt| standing.doubts < doubt::ENOUGH || !doubt::stands(doubt, source);
    let may_change = standing.doubt.is_some_and(is_open) || standing.window.overflows > 0;
    let is_known = standing.since.is_some() && standing.habit.since.is_some() && standing.health != Health::Moved;
    if is_known && !may_change && verdict(standing, source, sight) == standing.health {
        return None;
    }
    let mut next = standing.clone();
    if next.habit.since.is_none() {
        habit::begin(&mut next.habit, sight.at, 0);
    }
    match next.doubt {
        Some(doubt) if doubt::stands(doubt, source) => next.doubts = (next.doubts + 1).min(doubt::ENOUGH),
        _ => (next.doubt, next.doubts) = (None, 0),
    }
    next.window.overflows = 0;
    settle(&mut next, source, sight, None);
    (next != *standing).then_some(next)
}

fn after_reading(standing: &Standing, source: &Source, sight: &Sight<'_>, reading: &Reading<'_>) -> Standing {
    let mut next = standing.clone();
    let doubt = doubt::of(standing, source, reading);
    let was_held_up = was_held_up(standing, source, sight);
    let is_known = standing.habit.since.is_some() && !reading.first;
    let had_shown = is_known && standing.habit.size >= 0.5 && doubt::has_news(doubt);
    let is_all_fresh = had_shown && reading.shown > 0 && reading.fresh >= reading.shown;
    let is_apart = is_all_fresh && !reaches_back(sight, reading);
    let overflows = is_apart && !was_held_up && reading.shown >= FEWEST && !replaces_all(standing, source, sight.at);
    if is_apart && (was_held_up || overflows) {
        next.gap = sight.last_answer.map(|from| Gap { from, to: sight.at }).or(next.gap);
    }
    next.window = Window {
        shown: reading.shown,
        fresh: reading.fresh,
        overflows: if overflows { standing.window.overflows.saturating_add(1) } else { 0 },
    };
    learn(&mut next, sight.at, reading, doubt, is_known, was_held_up);
    next.doubt = doubt.or_else(|| frozen(&next, source, sight.at));
    next.doubts = match next.doubt {
        Some(doubt) if doubt::is_certain(doubt) => doubt::ENOUGH,
        Some(_) => (standing.doubts + 1).min(doubt::ENOUGH),
        None => 0,
    };
    if standing.health == Health::Degraded && next.doubt != standing.doubt {
        next.evidence = None;
    }
    settle(&mut next, source, sight, Some(reading));
    next
}

/// Whether a document goes back to the time before the last answer: then nothing is missing between the two, although it shows
/// nothing of what was shown before. Lists that are made anew do, such as those of a day.
fn reaches_back(sight: &Sight<'_>, reading: &Reading<'_>) -> bool {
    reading.oldest.zip(sight.last_answer).is_some_and(|(oldest, answered)| oldest <= answered)
}

/// Whether a source comes in editions, as bulletins do: each of its news replaced all it showed, and the polls before this one
/// brought none. A rush that goes on brings some at each poll.
fn replaces_all(standing: &Standing, source: &Source, at: Timestamp) -> bool {
    let calm = SignedDuration::try_from(source.interval.saturating_mul(CALM)).unwrap_or(SignedDuration::MAX);
    let was_calm = standing.habit.updated.is_some_and(|last| at.duration_since(last) > calm);
    was_calm && habit::comes_in_editions(&standing.habit)
}

fn learn(
    next: &mut Standing,
    at: Timestamp,
    reading: &Reading<'_>,
    doubt: Option<Doubt>,
    is_known: bool,
    was_held_up: bool,
) {
    if !is_known {
        return habit::begin(&mut next.habit, at, reading.shown);
    }
    if doubt::has_news(doubt) {
        if reading.fresh > 0 {
            habit::arrived(&mut next.habit, at, reading.fresh, was_held_up);
        }
        if reading.complete {
            habit::showed(&mut next.habit, reading.shown);
        }
    }
}

/// A page that is silent although it is served anew. A feed has dates and ids, and its silence is its outlet's; what is
/// picked from a page may stand still because the news moved to another part of it. Which of the two was seen first is
/// kept.
fn frozen(next: &Standing, source: &Source, at: Timestamp) -> Option<Doubt> {
    let is_doubtful = source.kind.is_page() && next.health != Health::Silent;
    (is_doubtful && silent_now(next, source, at).is_some()).then_some(Doubt::Frozen)
}

/// Whether polls failed or were left out before this one: what it shows then says nothing of the pace.
fn was_held_up(standing: &Standing, source: &Source, sight: &Sight<'_>) -> bool {
    let usual = SignedDuration::try_from(source.interval.saturating_mul(HELD_UP)).unwrap_or(SignedDuration::MAX);
    has_failed(standing.health) || sight.last_answer.is_some_and(|last| sight.at.duration_since(last) > usual)
}

fn after_failure(standing: &Standing, at: Timestamp, failure: &Failure<'_>) -> Standing {
    // An unbroken row of failed polls has one beginning, whichever way each of them failed.
    let goes_on = has_failed(standing.health);
    Standing {
        health: if failure.keeps_out { Health::Blocked } else { Health::Failing },
        since: if goes_on { standing.since } else { Some(at) },
        polls: if goes_on { standing.polls.saturating_add(1) } else { 1 },
        evidence: Some(evidence::of_failure(failure)),
        local: failure.local && !failure.keeps_out,
        ..standing.clone()
    }
}

/// Whether the last poll failed.
pub(super) fn has_failed(health: Health) -> bool {
    matches!(health, Health::Failing | Health::Blocked)
}

/// The state that what is known of an answered poll amounts to.
fn verdict(standing: &Standing, source: &Source, sight: &Sight<'_>) -> Health {
    let last_overflow = standing.gap.map(|gap| sight.at.duration_since(gap.to));
    let was_overflowing =
        standing.health == Health::Overflowing && last_overflow.is_some_and(|past| past < OVERFLOWS_FOR);
    if standing.doubt.is_some() && standing.doubts >= doubt::ENOUGH {
        Health::Degraded
    } else if silent_now(standing, source, sight.at).is_some() {
        Health::Silent
    } else if standing.window.overflows > 0 || was_overflowing {
        Health::Overflowing
    } else if address(standing, sight).is_some() {
        Health::Moved
    } else {
        Health::Ok
    }
}

/// Where the source is polled, when that is elsewhere.
fn address<'a>(standing: &'a Standing, sight: &Sight<'a>) -> Option<&'a url::Url> {
    sight.moved_to.or(standing.proposal.as_deref().filter(|found| found.applied).map(|found| &found.url))
}

/// Sets the state of an answered poll, with what shows it. What is known already keeps its beginning and its evidence,
/// so that no row is written for it.
pub(super) fn settle(next: &mut Standing, source: &Source, sight: &Sight<'_>, reading: Option<&Reading<'_>>) {
    let health = verdict(next, source, sight);
    let (before, began) = (next.health, next.since.is_none() || next.health != health);
    let shown: Option<Evidence> = match health {
        Health::Degraded => next.doubt.map(|doubt| evidence::of_doubt(doubt, next.habit.size, reading)),
        Health::Silent if began => {
            silent_now(next, source, sight.at).map(|silence| evidence::of_silence(&silence, source, sight.at))
        }
        Health::Overflowing if began || next.window.overflows > 0 => Some(evidence::of_overflow(reading)),
        Health::Moved => address(next, sight).map(evidence::of_move),
        Health::Silent | Health::Overflowing => next.evidence.take(),
        Health::Ok | Health::Blocked | Health::Failing => None,
    };
    // What an earlier document showed says more than none, and the reason of an article more than any document.
    let is_kept = health == Health::Degraded && before == Health::Degraded && next.evidence.is_some();
    let says_less = is_kept && (reading.is_none() || next.doubt == Some(Doubt::Articles));
    if !says_less {
        next.evidence = shown;
    }
    if began {
        next.since = Some(sight.at);
    }
    (next.health, next.polls, next.local) = (health, 0, false);
}
