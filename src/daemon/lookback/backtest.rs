//! `backtest`: what a watch, or a query in its place, would have found in stored items, and what it gains and loses against the
//! watch in force.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::job::Job;
use super::reader::{Hit, Reader};
use super::tally::{Tally, Volume};
use super::walk::Walk;
use super::{Refusal, SCHEMA, Stop, read};
use crate::config::Config;
use crate::lexicon;
use crate::model::{Asks, ItemId, StoredItem, WatchId};
use crate::query::asked;
use crate::query::syntax::Tree;
use crate::store::{Store, Stretch};

/// Gained and lost items shown: enough to judge a change by.
const SAMPLES_OF_CHANGES: usize = 10;

/// What is tested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backtest {
    /// The watch, if it is one.
    pub watch: Option<WatchId>,
    /// What to look for: what the watch asks for as it stands in the files, which may be newer than what is in force, or a query.
    pub asks: Asks,
    /// Whether it is compared with the watch in force.
    pub compare: bool,
    /// Items first seen from then on.
    pub since: Timestamp,
    /// So many matches are shown.
    pub samples: usize,
}

/// What it would have found: `backtest --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The watch, if it is one.
    pub watch: Option<String>,
    /// What was looked for, as it was understood.
    pub query: String,
    /// What is probably not meant by it, for people.
    pub warnings: Vec<String>,
    /// Items first seen from then on were looked at.
    pub since: Timestamp,
    /// How many.
    pub looked_at: u64,
    /// How many match, and when and where.
    pub volume: Volume,
    /// How many stories the alerts are on.
    pub stories: u64,
    /// People the watch in force tells; each story is one mail to each, and updates.
    pub recipients: usize,
    /// The newest that match.
    pub samples: Vec<Hit>,
    /// Against the watch in force.
    pub compared: Option<Compared>,
}

/// What a change of a watch would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// What the watch in force looks for; None when no watch of this id is in force yet.
    pub live: Option<String>,
    /// Items that the watch in force matches.
    pub live_items: u64,
    /// Items it does not match and the query does.
    pub gained: u64,
    /// Items it matches and the query does not.
    pub lost: u64,
    /// The newest that are gained.
    pub gained_samples: Vec<Hit>,
    /// The newest that are lost.
    pub lost_samples: Vec<Hit>,
}

/// The query of a test; the watch in force is the second.
const TESTED: usize = 0;
const LIVE: usize = 1;

/// Tests. One pass, whichever is compared: both queries are of one plan.
pub(super) fn backtest(store: &Store, config: &Config, ask: &Backtest, job: &Job) -> Result<Found, Stop> {
    let (tested, warnings) = tree(config, &ask.asks)?;
    let watch = ask.watch.as_ref().and_then(|id| config.watches.iter().find(|watch| watch.id == *id));
    let live = watch.filter(|_| ask.compare).map(|watch| tree(config, &watch.asks)).transpose()?.map(|(tree, _)| tree);
    let query = tested.to_string();
    let live_query = live.as_ref().map(ToString::to_string);
    let reader = Reader::new(config, std::iter::once(tested).chain(live).collect());
    let stretch = Stretch { from: ItemId::at(ask.since), ..Stretch::ALL };
    let day = |item: &StoredItem| config.timezone.to_datetime(item.first_seen).date();
    let chunks = Walk { store, stretch, job, wanted: usize::MAX }
        .run(|tally: &mut Tally, item: &StoredItem| count(tally, &reader, item, day(item), ask.compare))?;
    let mut tally = Tally::default();
    chunks.into_iter().for_each(|older| tally.add(older));

    let show = |query, items: &[ItemId], most: usize| reader.shown(store, query, &items[..items.len().min(most)]);
    let compared = match ask.compare {
        false => None,
        true => Some(Compared {
            live: live_query,
            live_items: (tally.matched.len() + tally.lost.len() - tally.gained.len()) as u64,
            gained: tally.gained.len() as u64,
            lost: tally.lost.len() as u64,
            gained_samples: show(TESTED, &tally.gained, SAMPLES_OF_CHANGES)?,
            lost_samples: show(LIVE, &tally.lost, SAMPLES_OF_CHANGES)?,
        }),
    };
    Ok(Found {
        schema: SCHEMA,
        watch: ask.watch.as_ref().map(ToString::to_string),
        query,
        warnings,
        since: ask.since,
        looked_at: tally.looked_at(),
        volume: tally.volume(),
        stories: stories(store, &tally.alerted)?,
        recipients: watch.map_or(0, |watch| watch.to.len()),
        samples: show(TESTED, &tally.matched, ask.samples)?,
        compared,
    })
}

/// How many stories these items are of.
fn stories(store: &Store, items: &[ItemId]) -> Result<u64, Stop> {
    let mut stories = HashSet::new();
    for item in items {
        stories.insert(store.placement(*item)?.story);
    }
    Ok(stories.len() as u64)
}

fn tree(config: &Config, asks: &Asks) -> Result<(Tree, Vec<String>), Refusal> {
    match asks {
        Asks::Query(query) => read(config, query),
        Asks::Lists { .. } => {
            let read = asked(asks, &lexicon::vocabulary(&config.lexicon));
            // `config` has shown the problem with its place in the file; here is left the lexicon in force being another one.
            read.map(|tree| (tree, Vec::new()))
                .map_err(|problem| Refusal::Mistaken(format!("error: {}", problem.message)))
        }
    }
}

fn count(tally: &mut Tally, reader: &Reader<'_>, item: &StoredItem, day: Date, compare: bool) {
    tally.look_at(day);
    let hits = reader.hits(item);
    let [tested, live] = [TESTED, LIVE].map(|query| hits.iter().any(|(number, _)| *number == query));
    if tested {
        let lang = tally.asks_language().then(|| reader.lang(item));
        tally.matches(item.id, item.reason, day, lang.as_deref(), item.source.as_str());
    }
    match (tested, live) {
        (true, false) if compare => tally.gained.push(item.id),
        (false, true) => tally.lost.push(item.id),
        _ => {}
    }
}
