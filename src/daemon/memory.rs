//! What a poll leaves behind in its source's state: validators, redirects, failures; and when to poll next. Pure.

use std::time::Duration;

use jiff::Timestamp;
use url::Url;

use super::poll::{Answer, Job, MOVED_AFTER, PollError, Polled, Reading};
use crate::fetch::Hints;
use crate::model::{Moved, Source, SourceState, Standing};
use crate::schedule::{self, Trouble};

/// The state of a source after a poll, but for what its items tell: [`super::ingest`] knows how many were new, and plans the
/// next poll ([`Pace`]) when it does.
pub(crate) fn after(polled: &Polled) -> SourceState {
    let job = &polled.job;
    let mut state = if job.remembers_this_address() { job.state.clone() } else { forgotten(&job.state) };
    state.url = Some(job.plan.source.url.clone());
    state.last_attempt = Some(polled.at);
    match &polled.answer {
        Ok(Answer::Unchanged { moved_to, .. }) => {
            answered(&mut state, polled.at);
            redirected(&mut state, job, moved_to.as_ref());
        }
        Ok(Answer::Read(reading)) => {
            answered(&mut state, polled.at);
            read(&mut state, reading);
            redirected(&mut state, job, reading.moved_to.as_ref());
        }
        Err(error) => failed(&mut state, polled.at, error),
    }
    state
}

/// What stays when the configured address was edited: the history, not what the old address said.
fn forgotten(state: &SourceState) -> SourceState {
    SourceState { validators: Default::default(), moved: None, not_before: None, ..state.clone() }
}

fn answered(state: &mut SourceState, at: Timestamp) {
    state.failures = 0;
    state.failing_since = None;
    state.last_error = None;
    state.not_before = None;
    state.last_ok = Some(at);
}

fn read(state: &mut SourceState, reading: &Reading) {
    if reading.parsed.complete {
        state.validators = reading.validators.clone();
    } else {
        // Validators would make the server answer 304 from now on and hide the entries behind the break.
        state.validators = Default::default();
        state.last_error = reading.parsed.problems.first().map(|problem| format!("read in part: {problem}"));
    }
}

/// Counts the polls in a row that were sent to the same address for good, whether or not anything was new there.
fn redirected(state: &mut SourceState, job: &Job, target: Option<&Url>) {
    // While the new address is polled, its answers no longer redirect; the memory stays until it fails.
    if job.address() == &job.plan.source.url {
        let before = |target: &Url| job.state.moved.as_ref().filter(|moved| moved.url == *target);
        state.moved = target.map(|target| Moved {
            url: target.clone(),
            polls: before(target).map_or(1, |moved| moved.polls.saturating_add(1)),
        });
    }
}

fn failed(state: &mut SourceState, at: Timestamp, error: &PollError) {
    let (trouble, retry_after) = trouble(error);
    state.failures = state.failures.saturating_add(1);
    state.failing_since = state.failing_since.or(Some(at));
    state.last_error = Some(error.to_string());
    state.not_before = retry_after.map(|wait| schedule::later(at, wait.min(schedule::RETRY_AFTER_CEILING)));
    if state.moved.as_ref().is_some_and(|moved| moved.polls >= MOVED_AFTER) && trouble == Trouble::Gone {
        state.moved = None;
    }
}

/// How bad a failure is, and when the server wants to be asked again.
fn trouble(error: &PollError) -> (Trouble, Option<Duration>) {
    match error {
        PollError::Fetch(error) => {
            (if error.is_gone() { Trouble::Gone } else { Trouble::Passing }, error.hints().retry_after)
        }
        _ => (Trouble::Passing, None),
    }
}

/// What decides when a source is polled next.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// It answered: its habit and what the server hints at.
    Answered { at: Timestamp, fresh_for: Option<Duration> },
    /// It did not: how often in a row, how badly, and what the server asked for.
    Failed { at: Timestamp, failures: u32, trouble: Trouble, retry_after: Option<Duration> },
}

impl Pace {
    /// After a poll that led to `state`.
    pub(crate) fn of(polled: &Polled, state: &SourceState) -> Self {
        let at = polled.at;
        let answered = |hints: Hints| Self::Answered { at, fresh_for: hints.fresh_for };
        match &polled.answer {
            Ok(Answer::Unchanged { hints, .. }) => answered(*hints),
            Ok(Answer::Read(reading)) => answered(reading.hints),
            Err(error) => {
                let (trouble, retry_after) = trouble(error);
                Self::Failed { at, failures: state.failures, trouble, retry_after }
            }
        }
    }

    /// The next poll of the source.
    pub(crate) fn next(&self, source: &Source, standing: &Standing, spread: f64) -> Timestamp {
        let base = source.interval;
        match *self {
            Self::Answered { at, fresh_for } => {
                schedule::after_answer(at, base, schedule::interval(base, standing, at), fresh_for, spread)
            }
            Self::Failed { at, failures, trouble, retry_after } => {
                schedule::after_failure(at, base, failures, trouble, retry_after, spread)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::SourcePlan;
    use crate::extract::{ParseError, Parsed, Reader, Signs};
    use crate::model::{Source, SourceId, SourceKind, Validators};

    const URL: &str = "https://outlet.example/feed";

    fn plan(url: &str) -> Arc<SourcePlan> {
        let (id, url) = (SourceId::new("outlet").expect("a test id"), url.parse().expect("a test address"));
        let source = Source::new(id, SourceKind::Feed, url);
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
            signs: Signs::default(),
            hub: None,
            weight: 0,
            hold: Default::default(),
        }))
    }

    fn unchanged(moved_to: Option<&str>) -> Answer {
        let moved_to = moved_to.map(|url| url.parse().expect("a test address"));
        Answer::Unchanged { hints: Hints::default(), moved_to }
    }

    /// The state after a poll that ended at 1000 s.
    fn polled(state: SourceState, url: &str, answer: Result<Answer, PollError>) -> SourceState {
        let at = Timestamp::from_second(1000).expect("a test instant");
        let polled = Polled { job: Job { plan: plan(url), state }, at, took: Default::default(), answer };
        let mut state = after(&polled);
        let source = &polled.job.plan.source;
        state.next_check = Some(Pace::of(&polled, &state).next(source, &Standing::default(), 0.0));
        state
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
        let unreadable = polled(whole, URL, Err(ParseError::PageForFeed { title: None, wall: None }.into()));
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
        state = polled(state, URL, Ok(unchanged(None)));
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
            // A target that has nothing new says as well where it is: the feed of a quiet outlet moves too.
            let answer = if state.moved.is_some() { unchanged(Some(moved)) } else { reading(true, Some(moved)) };
            state = polled(state, URL, Ok(answer));
            let job = Job { plan: plan(URL), state: state.clone() };
            assert_eq!(job.address().as_str(), expected);
        }
        state = polled(state, URL, Ok(reading(true, None)));
        assert!(state.moved.is_some(), "its own answers do not redirect any more");
        let portal = polled(SourceState::default(), URL, Ok(reading(true, Some(moved))));
        for in_between in [reading(true, None), unchanged(None)] {
            let over = polled(portal.clone(), URL, Ok(in_between));
            assert_eq!(over.moved, None, "one poll in between starts the count again");
        }
        let kept = polled(portal, URL, Err(ParseError::PageForFeed { title: None, wall: None }.into()));
        assert_eq!(kept.moved.map(|moved| moved.polls), Some(1), "a portal's page says nothing of it");
    }

    #[test]
    fn an_edited_address_starts_afresh_but_keeps_its_history() {
        let mut state = polled(SourceState::default(), URL, Ok(reading(true, None)));
        state.primed = Some(7);
        let edited = polled(state, "https://outlet.example/rss", Err(PollError::Slow));
        assert_eq!((edited.validators, edited.primed), (Validators::default(), Some(7)));
    }
}
