//! What one poll shows of its source's health: the facts of a [`Polled`], kept while its items are taken in, and judged after.

use jiff::Timestamp;
use url::Url;

use super::poll::{Answer, PollError, Polled, Reading};
use crate::extract::{self, Wall};
use crate::health::{self, Failure, Saw, Sight};
use crate::model::{Item, Source, Standing};
use crate::text::display::terminal;

/// Longest sample of an answer, in bytes; [`health`] keeps less of it.
const SAMPLE: usize = 1024;
/// Headlines in the sample of a document that was read.
const HEADLINES: usize = 3;

/// What a poll showed.
#[derive(Debug)]
pub(crate) struct Facts {
    at: Timestamp,
    last_answer: Option<Timestamp>,
    moved_to: Option<Url>,
    saw: What,
    sample: Option<String>,
}

#[derive(Debug)]
enum What {
    Unchanged,
    Read(health::Reading<'static>, Option<String>),
    Failed { status: Option<u16>, what: String, keeps_out: bool, local: bool },
}

impl Facts {
    pub(crate) fn of(polled: &Polled) -> Self {
        let job = &polled.job;
        let (saw, sample) = match &polled.answer {
            Ok(Answer::Unchanged { .. }) => (What::Unchanged, None),
            Ok(Answer::Read(reading)) => read(reading, job.state.primed.is_none()),
            Err(error) => failed(error),
        };
        let address = job.address();
        let moved_to = (*address != job.plan.source.url).then(|| address.clone());
        Self { at: polled.at, last_answer: job.state.last_ok, moved_to, saw, sample }
    }

    /// Adds what taking the items in showed: how many its source had not shown before, and how many nobody had.
    pub(crate) fn took_in(&mut self, fresh: u32, new: u32) {
        if let What::Read(reading, _) = &mut self.saw {
            (reading.fresh, reading.new) = (fresh, new);
        }
    }

    /// How the source stands now; None when that is as it was.
    pub(crate) fn judge(&self, before: &Standing, source: &Source) -> Option<Standing> {
        let sample = self.sample.as_deref();
        let saw = match &self.saw {
            What::Unchanged => Saw::Unchanged,
            What::Read(reading, problem) => {
                Saw::Read(health::Reading { problem: problem.as_deref(), sample, ..*reading })
            }
            What::Failed { status, what, keeps_out, local } => {
                Saw::Failed(Failure { status: *status, what, sample, keeps_out: *keeps_out, local: *local })
            }
        };
        let (last_answer, moved_to) = (self.last_answer, self.moved_to.as_ref());
        health::after(before, source, &Sight { at: self.at, last_answer, moved_to, saw })
    }
}

fn read(reading: &Reading, first: bool) -> (What, Option<String>) {
    let (items, signs) = (&reading.parsed.items, reading.signs);
    let facts = health::Reading {
        shown: count(items.len()),
        navigation: count(signs.navigation),
        cut: count(signs.cut),
        oldest: oldest(items),
        has_full_text: items.iter().any(|item| !item.body.is_empty()),
        complete: reading.parsed.complete,
        first,
        ..health::Reading::default()
    };
    let headlines: Vec<&str> = items.iter().take(HEADLINES).map(|item| item.title.as_str()).collect();
    let sample = (!headlines.is_empty()).then(|| cut(&headlines.join(" · ")));
    (What::Read(facts, reading.parsed.problems.first().cloned()), sample)
}

/// When the oldest item was published, where all of them say so. A date without an hour is read as midnight, and would reach back
/// before whatever was seen that day.
fn oldest(items: &[Item]) -> Option<Timestamp> {
    let at = |item: &Item| item.published.as_ref().and_then(|date| date.at).filter(|at| at.as_second() % 86_400 != 0);
    items.iter().map(at).reduce(|oldest, next| oldest.zip(next).map(|(oldest, next)| oldest.min(next))).flatten()
}

fn failed(error: &PollError) -> (What, Option<String>) {
    let what = error.to_string();
    match error {
        PollError::Fetch(error) => {
            let excerpt = error.excerpt().unwrap_or_default();
            let wall = extract::wall_on(excerpt, None);
            let what = wall.map_or_else(|| what.clone(), |wall| format!("{what}: {wall}"));
            let sample = cut(&extract::html::text(&String::from_utf8_lossy(excerpt)));
            let keeps_out = error.keeps_out() || wall.is_some_and(Wall::keeps_out);
            let local = error.is_unreached() || wall == Some(Wall::Portal);
            let facts = What::Failed { status: error.status(), what, keeps_out, local };
            (facts, Some(sample).filter(|sample| !sample.is_empty()))
        }
        PollError::Parse(extract::ParseError::PageForFeed { title, wall }) => {
            let keeps_out = wall.is_some_and(Wall::keeps_out);
            // The login page of a network stands before every source.
            let local = *wall == Some(Wall::Portal);
            (What::Failed { status: Some(200), what, keeps_out, local }, title.clone())
        }
        _ => (What::Failed { status: None, what, keeps_out: false, local: false }, None),
    }
}

/// Safe to show, and short.
fn cut(text: &str) -> String {
    terminal(&text[..text.floor_char_boundary(SAMPLE)])
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}
