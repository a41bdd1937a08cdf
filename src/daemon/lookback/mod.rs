//! Looking back over what is stored: `search`, `backtest`, `explain` and `export`, and the backfill of a new watch. The same engine as for
//! news, over the items of a stretch of time.
//!
//! Only [`backfill`] writes. The others read page by page beside the loops (`walk`), are asked for through the control socket or
//! directly where no daemon runs, and end early when nobody waits any more ([`Job`]).

pub(crate) mod backfill;
pub mod backtest;
mod job;
mod leaves;
pub mod life;
pub mod listing;
mod reader;
pub mod search;
mod tally;
pub(super) mod target;
pub mod understood;
mod walk;

use serde::{Deserialize, Serialize};

pub use job::Job;
pub use reader::Hit;
pub use tally::{Day, Share, Volume};
pub use target::Target;

use crate::config::Config;
use crate::lexicon;
use crate::query::syntax::{self, Parsed};
use crate::store::{Store, StoreError};

/// Version of the documents that `search`, `backtest` and `explain` print: fields are added, never renamed.
pub const SCHEMA: u32 = 1;

/// What can be asked of the past.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Items that match a query: [`search::Found`].
    Search(search::Search),
    /// What a watch would have found: [`backtest::Found`].
    Backtest(Box<backtest::Backtest>),
    /// What became of an item: [`life::Life`].
    Life(Target),
    /// How a query is understood, and what each of its terms finds: [`understood::Understood`].
    Query(understood::Explain),
    /// Items as they are stored: [`listing::Page`].
    Listing(listing::Listing),
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// It makes no sense: what is wrong, for people.
    Mistaken(String),
    /// What it asks for is not there.
    Unknown(String),
}

/// How a look back ends before its answer.
#[derive(Debug)]
pub(super) enum Stop {
    Refused(Refusal),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Answers a question with its document, or says why not; as JSON, the way it goes through the control socket.
///
/// # Errors
/// The store's.
pub fn answer(store: &Store, config: &Config, request: &Request, job: &Job) -> Result<serde_json::Value, StoreError> {
    match request {
        Request::Search(ask) => document(search::search(store, config, ask, job)),
        Request::Backtest(ask) => document(backtest::backtest(store, config, ask, job)),
        Request::Life(target) => document(life::life(store, config, target)),
        Request::Query(ask) => document(understood::over_store(store, config, ask, job)),
        Request::Listing(ask) => document(listing::page(store, config, ask).map_err(Stop::from)),
    }
}

pub(super) fn document<T: Serialize>(answer: Result<T, Stop>) -> Result<serde_json::Value, StoreError> {
    let answer: Result<T, Refusal> = match answer {
        Ok(found) => Ok(found),
        Err(Stop::Refused(refusal)) => Err(refusal),
        Err(Stop::Store(error)) => return Err(error),
    };
    Ok(serde_json::json!(answer))
}

/// Reads a query over the configured lexicon; its warnings are rendered for people.
fn read(config: &Config, query: &str) -> Result<(syntax::Tree, Vec<String>), Refusal> {
    let Parsed { tree, warnings } = syntax::parse(query, &lexicon::vocabulary(&config.lexicon))
        .map_err(|problem| Refusal::Mistaken(problem.render(query).trim_end().to_owned()))?;
    let warnings = warnings.iter().map(|warning| warning.render_as("warning", query).trim_end().to_owned());
    Ok((tree, warnings.collect()))
}

/// The name most like a wrong one, where one is near enough to be meant: a third of its letters may differ.
#[must_use]
pub fn nearest<'n>(given: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let most = (given.chars().count() / 3).max(1);
    let distances = names.map(|name| (strsim::damerau_levenshtein(&given.to_lowercase(), name), name));
    distances.filter(|(distance, _)| *distance <= most).min().map(|(_, name)| name)
}
