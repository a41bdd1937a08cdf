//! What a poll leaves behind in its source's state: validators, redirects, failures, and when to poll next. Pure.

use jiff::{SignedDuration, Timestamp};

use super::poll::{Answer, Job, MOVED_AFTER, PollError, Polled, Reading};
use crate::fetch::Hints;
use crate::model::{Moved, SourceState};
use crate::schedule::{self, Trouble};

/// The state of a source after a poll. Items are counted by [`super::ingest`], which knows how many were new.
pub(crate) fn after(polled: &Polled, spread: f64) -> SourceState {
    let job = &polled.job;
    let mut state = if job.remembers_this_address() { job.state.clone() } else { forgotten(&job.state) };
    state.url = Some(job.plan.source.url.clone());
    state.last_attempt = Some(polled.at);
    match &polled.answer {
        Ok(Answer::Unchanged(hints)) => answered(&mut state, polled, *hints, spread),
        Ok(Answer::Read(reading)) => {
            answered(&mut state, polled, reading.hints, spread);
            read(&mut state, job, reading);
        }
        Err(error) => failed(&mut state, polled, error, spread),
    }
    state
}

/// What stays when the configured address was edited: the history, not what the old address said.
fn forgotten(state: &SourceState) -> SourceState {
    SourceState { validators: Default::default(), moved: None, not_before: None, ..state.clone() }
}

fn answered(state: &mut SourceState, polled: &Polled, hints: Hints, spread: f64) {
    let interval = polled.job.plan.source.interval;
    state.failures = 0;
    state.failing_since = None;
    state.last_error = None;
    state.not_before = None;
    state.last_ok = Some(polled.at);
    state.next_check = Some(schedule::after_answer(polled.at, interval, hints.fresh_for, spread));
}

fn read(state: &mut SourceState, job: &Job, reading: &Reading) {
    if reading.parsed.complete {
        state.validators = reading.validators.clone();
    } else {
        // Validators would make the server answer 304 from now on and hide the entries behind the break.
        state.validators = Default::default();
        state.last_error = reading.parsed.problems.first().map(|problem| format!("read in part: {problem}"));
    }
    // While the new address is polled, its answers no longer redirect; the memory stays until it fails.
    if job.address() == &job.plan.source.url {
        state.moved = reading.moved_to.as_ref().map(|target| Moved {
            url: target.clone(),
            polls: job.state.moved.as_ref().filter(|moved| moved.url == *target).map_or(1, |moved| moved.polls + 1),
        });
    }
}

fn failed(state: &mut SourceState, polled: &Polled, error: &PollError, spread: f64) {
    let interval = polled.job.plan.source.interval;
    let (trouble, retry_after) = match error {
        PollError::Fetch(error) => {
            (if error.is_gone() { Trouble::Gone } else { Trouble::Passing }, error.hints().retry_after)
        }
        _ => (Trouble::Passing, None),
    };
    state.failures = state.failures.saturating_add(1);
    state.failing_since = state.failing_since.or(Some(polled.at));
    state.last_error = Some(error.to_string());
    state.not_before = retry_after.and_then(|wait| until(polled.at, wait));
    let next = schedule::after_failure(polled.at, interval, state.failures, trouble, retry_after, spread);
    state.next_check = Some(next);
    if state.moved.as_ref().is_some_and(|moved| moved.polls >= MOVED_AFTER) && trouble == Trouble::Gone {
        state.moved = None;
    }
}

fn until(now: Timestamp, wait: std::time::Duration) -> Option<Timestamp> {
    now.checked_add(SignedDuration::try_from(wait.min(schedule::RETRY_AFTER_CEILING)).ok()?).ok()
}
