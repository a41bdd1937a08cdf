//! `sources`: every source and how it stands, the coverage floors, and an outage of our own.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::Config;
use crate::health::coverage::coverage;
use crate::health::habit;
use crate::health::network::{Outage, own_network};
use crate::model::{Evidence, Gap, Health, Source, SourceId, SourceState, Standing};
use crate::store::{Store, StoreError};

/// One source, as `sources --json` lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceLine {
    /// Its id.
    pub id: String,
    /// Its kind: `feed`, `page`, `sitemap`, `json`, `telegram` or `exec`.
    pub kind: String,
    /// Its language as configured.
    pub lang: Option<String>,
    /// `waiting` before its first poll; `ok`, `failing`, `silent`, `blocked`, `degraded`, `overflowing` or `moved`; `cutoff`
    /// while our own network fails, which says nothing of the source.
    pub state: String,
    /// Since when.
    pub since: Option<Timestamp>,
    /// What shows it; none when all is well.
    pub evidence: Option<Evidence>,
    /// Where it is polled; of its query the names alone, since tokens live in the values.
    pub url: String,
    /// The last poll that was answered and read.
    pub last_ok: Option<Timestamp>,
    /// The last poll that brought a new item.
    pub last_new: Option<Timestamp>,
    /// The next poll.
    pub next_poll: Option<Timestamp>,
    /// Items its first poll found and only remembered.
    pub primed: Option<u64>,
    /// Items ever taken in from it.
    pub items: u64,
    /// New items a day, as far as its habit is known.
    pub per_day: Option<f64>,
    /// The last time in which news of it may have been missed.
    pub gap: Option<Gap>,
    /// A feed found in its place: its address, and how it was found.
    pub proposal: Option<(String, String)>,
    /// Whether a hub tells of its news, until when.
    pub hub_until: Option<Timestamp>,
    /// Failed polls in a row.
    pub failures: u32,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// What the last poll failed with, or what was wrong with what it read.
    pub last_error: Option<String>,
}

/// Sources by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCounts {
    /// Configured and enabled.
    pub configured: usize,
    /// Bring what they used to bring.
    pub ok: usize,
    /// Do not answer.
    pub failing: usize,
    /// Keep us out.
    pub blocked: usize,
    /// Answer with something else than they used to.
    pub degraded: usize,
    /// Are quieter than their habit.
    pub silent: usize,
    /// Show less than they publish.
    pub overflowing: usize,
    /// Are found at another address.
    pub moved: usize,
    /// Cannot be reached since our own network fails.
    pub cutoff: usize,
    /// Not polled yet.
    pub waiting: usize,
}

/// A coverage floor, and whether it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloorLine {
    /// Its name.
    pub name: String,
    /// Fewest live sources.
    pub at_least: usize,
    /// Live sources now.
    pub live: usize,
    /// Those that would count and are not live.
    pub down: Vec<String>,
}

/// An outage of our own network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutageLine {
    /// Since when.
    pub since: Timestamp,
    /// Sources that fail with it.
    pub failing: usize,
    /// Of so many.
    pub of: usize,
}

/// An address for people and their dashboards: `https://example.org/feed?token=…`.
fn shown(url: &Url) -> String {
    let Some(query) = url.query() else { return url.to_string() };
    let names = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) => format!("{name}=…"),
        // A token may stand alone.
        None => "…".to_owned(),
    });
    let mut bare = url.clone();
    bare.set_query(None);
    format!("{bare}?{}", names.collect::<Vec<_>>().join("&"))
}

/// How all sources stand.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Picture {
    pub(super) lines: Vec<SourceLine>,
    pub(super) outage: Option<OutageLine>,
    pub(super) floors: Vec<FloorLine>,
}

/// Every configured source.
///
/// # Errors
/// The store's.
pub fn sources(store: &Store, config: &Config) -> Result<Vec<SourceLine>, StoreError> {
    Ok(picture(store, config)?.lines)
}

/// How all sources stand.
///
/// # Errors
/// The store's.
pub(super) fn picture(store: &Store, config: &Config) -> Result<Picture, StoreError> {
    let mut states: HashMap<SourceId, SourceState> = store.source_states()?.into_iter().collect();
    let standings: HashMap<SourceId, Standing> = store.standings()?.into_iter().collect();
    let unknown = Standing::default();
    let stand = |source: &Source| standings.get(&source.id).unwrap_or(&unknown);
    let sources: Vec<(&Source, &Standing)> =
        config.sources.iter().map(|plan| (&plan.source, stand(&plan.source))).collect();
    let outage = own_network(sources.iter().copied());
    let line = |(source, standing): &(&Source, &Standing)| {
        line(source, standing, states.remove(&source.id).unwrap_or_default(), outage)
    };
    let lines = sources.iter().map(line).collect();
    let floors = config.floors.iter().map(|floor| {
        let stands = coverage(floor, &sources, |_, standing| !standing.health.is_live());
        let down = stands.down.iter().map(|(source, _)| source.id.to_string()).collect();
        FloorLine { name: floor.name.clone(), at_least: floor.at_least, live: stands.live, down }
    });
    let floors = floors.collect();
    let outage = outage.map(|Outage { since, failing, of }| OutageLine { since, failing, of });
    Ok(Picture { lines, outage, floors })
}

fn line(source: &Source, standing: &Standing, state: SourceState, outage: Option<Outage>) -> SourceLine {
    // Who runs an older store has sources that were polled, and never judged.
    let is_cut_off = outage.is_some() && standing.local && standing.health == Health::Failing;
    let word = match state.last_attempt {
        None => "waiting",
        Some(_) if is_cut_off => "cutoff",
        Some(_) => standing.health.as_str(),
    };
    let lease = standing.lease.as_ref();
    SourceLine {
        id: source.id.to_string(),
        kind: source.kind.as_str().to_owned(),
        lang: source.lang.clone(),
        state: word.to_owned(),
        since: standing.since,
        evidence: standing.evidence.clone(),
        url: shown(&source.url),
        last_ok: state.last_ok,
        last_new: state.last_new,
        next_poll: state.next_check,
        primed: state.primed,
        items: state.items,
        per_day: per_day(standing, state.last_attempt),
        gap: standing.gap,
        proposal: standing.proposal.as_ref().map(|found| (found.url.to_string(), found.how.clone())),
        hub_until: lease.and_then(|lease| lease.until),
        failures: state.failures,
        failing_since: state.failing_since,
        last_error: state.last_error,
    }
}

/// New items a day, once a source was watched for a day.
fn per_day(standing: &Standing, last: Option<Timestamp>) -> Option<f64> {
    let watched = last?.duration_since(standing.habit.since?);
    (watched.as_hours() >= 24).then(|| habit::items_a_week(&standing.habit) / 7.0)
}

impl SourceLine {
    /// What shows the state, or else what was wrong with the last answer; as text of others, not yet safe to show.
    #[must_use]
    pub fn shown_by(&self) -> Option<&str> {
        self.evidence.as_ref().map(|evidence| evidence.what.as_str()).or(self.last_error.as_deref())
    }
}

impl SourceCounts {
    pub(super) fn of(lines: &[SourceLine]) -> Self {
        let count = |word: &str| lines.iter().filter(|line| line.state == word).count();
        Self {
            configured: lines.len(),
            ok: count("ok"),
            failing: count("failing"),
            blocked: count("blocked"),
            degraded: count("degraded"),
            silent: count("silent"),
            overflowing: count("overflowing"),
            moved: count("moved"),
            cutoff: count("cutoff"),
            waiting: count("waiting"),
        }
    }
}
