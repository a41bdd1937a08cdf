//! Stored items read against a few queries: which match, in which language they are, and how a hit is shown.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::leaves::{names_a_language, names_concepts, without_language};
use crate::alert::{self, Run};
use crate::config::Config;
use crate::extract;
use crate::model::{ItemId, Match, StoredItem};
use crate::query::syntax::Tree;
use crate::query::{Plan, Subject};
use crate::store::{Store, StoreError};

/// Queries compiled for a look back.
pub(super) struct Reader<'a> {
    plan: Plan,
    /// Whether a query asks for the language. Telling it costs twice what matching does, so it is told only where it counts.
    asks_language: bool,
    /// The same queries without that question: what none of them matches is in no language that matters. None where one would
    /// match everything.
    widened: Option<Plan>,
    hints: HashMap<&'a str, &'a str>,
}

/// An item that matches, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The item's number.
    pub id: String,
    /// The source that showed it first.
    pub source: String,
    /// When that was.
    pub first_seen: Timestamp,
    /// When it says that it was published.
    pub published: Option<Timestamp>,
    /// Its language; `und` when unknown.
    pub lang: String,
    /// Why it was, or was not, put before the watches.
    pub reason: String,
    /// Its address.
    pub link: Option<String>,
    /// Its headline.
    pub title: Vec<Run>,
    /// The words around the first match outside the headline.
    pub excerpt: Vec<Run>,
    /// The terms that matched, as typed.
    pub terms: Vec<String>,
}

impl<'a> Reader<'a> {
    /// Compiles queries. One that names no concept needs no lexicon, which saves a look-up for each of its thousands of names.
    pub(super) fn new(config: &'a Config, queries: Vec<Tree>) -> Self {
        let asks_language = queries.iter().any(names_a_language);
        let lexicon: &[_] = if queries.iter().any(names_concepts) { &config.lexicon } else { &[] };
        let widened = queries.iter().map(without_language).collect::<Option<Vec<Tree>>>();
        let widened = widened.filter(|_| asks_language).map(|queries| Plan::compile(queries, lexicon));
        Self { plan: Plan::compile(queries, lexicon), asks_language, widened, hints: hints(config) }
    }

    /// The queries that match an item, by number, with the places of their terms.
    pub(super) fn hits(&self, item: &StoredItem) -> Vec<(usize, Vec<Match>)> {
        let subject = Subject { item: &item.item, source: item.source.as_str(), lang: "und" };
        if !self.asks_language {
            return self.plan.scan(subject).hits();
        }
        if self.widened.as_ref().is_some_and(|widened| widened.scan(subject).hits().is_empty()) {
            return Vec::new();
        }
        self.plan.scan(Subject { lang: &self.lang(item), ..subject }).hits()
    }

    /// The language of an item.
    pub(super) fn lang(&self, item: &StoredItem) -> String {
        extract::language_of(&item.item, self.hints.get(item.source.as_str()).copied())
    }

    /// Items that one of the queries matches, as they are shown. What changed or was pruned since it was found is shown as it
    /// is now.
    pub(super) fn shown(&self, store: &Store, query: usize, items: &[ItemId]) -> Result<Vec<Hit>, StoreError> {
        let mut shown = Vec::with_capacity(items.len());
        for id in items {
            if let Some(item) = store.item(*id)? {
                let matches = self.hits(&item).into_iter().find(|(number, _)| *number == query);
                shown.push(self.hit(&item, &matches.map(|(_, matches)| matches).unwrap_or_default()));
            }
        }
        Ok(shown)
    }

    fn hit(&self, item: &StoredItem, matches: &[Match]) -> Hit {
        let lang = self.lang(item);
        let found: Vec<&Match> = matches.iter().collect();
        let mut terms: Vec<String> = Vec::new();
        for term in matches.iter().map(|found| found.term.to_string()) {
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
        Hit {
            id: item.id.to_string(),
            source: item.source.to_string(),
            first_seen: item.first_seen,
            published: item.item.published.as_ref().and_then(|date| date.at),
            reason: item.reason.to_string(),
            link: item.item.link.as_ref().map(ToString::to_string),
            title: alert::headline(&item.item, &found, &lang).map(|passage| passage.runs).unwrap_or_default(),
            excerpt: alert::excerpt(&item.item, &[], &found, &lang).map(|passage| passage.runs).unwrap_or_default(),
            lang,
            terms,
        }
    }
}

/// The language that the configuration gives of each source.
pub(super) fn hints(config: &Config) -> HashMap<&str, &str> {
    let sources = config.sources.iter().map(|plan| &plan.source);
    sources.filter_map(|source| Some((source.id.as_str(), source.lang.as_deref()?))).collect()
}
