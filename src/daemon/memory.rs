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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::config::SourcePlan;
    use crate::extract::{ParseError, Parsed, Reader};
    use crate::model::{FirstPoll, Source, SourceId, SourceKind, Validators};

    const URL: &str = "https://outlet.example/feed";

    fn plan(url: &str) -> Arc<SourcePlan> {
        let source = Source {
            id: SourceId::new("outlet").expect("a test id"),
            name: "Outlet".to_owned(),
            kind: SourceKind::Feed,
            url: url.parse().expect("a test address"),
            lang: None,
            tier: 2,
            tags: Vec::new(),
            interval: Duration::from_secs(900),
            first_poll: FirstPoll::Skip,
            allow_private: false,
        };
        Arc::new(SourcePlan { source, reader: Reader::Feed })
    }

    fn validators(tag: &str) -> Validators {
        Validators { etag: Some(tag.into()), last_modified: None }
    }

    fn reading(complete: bool, moved_to: Option<&str>) -> Answer {
        Answer::Read(Box::new(Reading {
            parsed: Parsed { complete, problems: vec!["the end is missing".to_owned()], ..Parsed::default() },
            faces: Vec::new(),
            validators: validators("new"),
            hints: Hints::default(),
            moved_to: moved_to.map(|url| url.parse().expect("a test address")),
            weight: 0,
            hold: Default::default(),
        }))
    }

    /// The state after a poll that ended at 1000 s.
    fn polled(state: SourceState, url: &str, answer: Result<Answer, PollError>) -> SourceState {
        let at = Timestamp::from_second(1000).expect("a test instant");
        after(&Polled { job: Job { plan: plan(url), state }, at, answer }, 0.0)
    }

    fn waits(state: &SourceState) -> i64 {
        state.next_check.map_or(0, |at| at.as_second() - 1000)
    }

    #[test]
    fn validators_are_remembered_only_of_a_document_read_to_its_end() {
        let whole = polled(SourceState::default(), URL, Ok(reading(true, None)));
        assert_eq!((whole.validators.clone(), whole.last_error.as_deref()), (validators("new"), None));
        let broken_off = polled(whole.clone(), URL, Ok(reading(false, None)));
        assert_eq!(broken_off.validators, Validators::default());
        assert_eq!(broken_off.last_error.as_deref(), Some("read in part: the end is missing"));
        let unreadable = polled(whole, URL, Err(ParseError::PageForFeed { title: None }.into()));
        assert_eq!((unreadable.validators, unreadable.failures), (validators("new"), 1));
    }

    #[test]
    fn failures_add_up_and_one_answer_forgives_them() {
        let mut state = SourceState::default();
        for expected in [900, 1800, 3600, 3600] {
            state = polled(state, URL, Err(PollError::Slow));
            assert_eq!(waits(&state), expected);
        }
        assert_eq!((state.failures, state.failing_since.is_some()), (4, true));
        state = polled(state, URL, Ok(Answer::Unchanged(Hints::default())));
        assert_eq!(
            (state.failures, state.failing_since, state.last_error.clone(), waits(&state)),
            (0, None, None, 900)
        );
    }

    #[test]
    fn a_new_address_is_used_once_three_polls_in_a_row_named_it() {
        let moved = "https://new.example/feed";
        let mut state = SourceState::default();
        for expected in [URL, URL, moved] {
            state = polled(state, URL, Ok(reading(true, Some(moved))));
            let job = Job { plan: plan(URL), state: state.clone() };
            assert_eq!(job.address().as_str(), expected);
        }
        state = polled(state, URL, Ok(reading(true, None)));
        assert!(state.moved.is_some(), "its own answers do not redirect any more");
        let portal = polled(SourceState::default(), URL, Ok(reading(true, Some(moved))));
        let over = polled(portal, URL, Ok(reading(true, None)));
        assert_eq!(over.moved, None, "one poll in between starts the count again");
    }

    #[test]
    fn an_edited_address_starts_afresh_but_keeps_its_history() {
        let mut state = polled(SourceState::default(), URL, Ok(reading(true, None)));
        state.primed = Some(7);
        let edited = polled(state, "https://outlet.example/rss", Err(PollError::Slow));
        assert_eq!((edited.validators, edited.primed), (Validators::default(), Some(7)));
    }
}
