//! What the loops read and a reload replaces as a whole: the configuration with its watches compiled into one plan.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::config::Config;
use crate::extract;
use crate::model::{Item, Match, Source, SourceId, Watch, WatchId};
use crate::query::{Plan, Subject};

/// A good configuration, ready for use.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) config: Config,
    pub(crate) plan: Plan,
    /// The machine's name, as mails show it.
    pub(crate) host: String,
}

/// The configuration in force, shared by the loops.
pub(crate) type Shared = Arc<ArcSwap<Live>>;

impl Live {
    /// Compiles the watches of a checked configuration; they keep their order in the plan.
    pub(crate) fn new(config: Config) -> Self {
        let plan = config.plan();
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Self { config, plan, host }
    }

    /// An item before the watches: those that match, each with the places of its terms.
    pub(crate) fn hits(&self, item: &Item, source: &SourceId) -> Vec<(&Watch, Vec<Match>)> {
        let hint = self.source(source).and_then(|source| source.lang.as_deref());
        let lang = extract::language_of(item, hint);
        let scan = self.plan.scan(Subject { item, source: source.as_str(), lang: &lang });
        scan.hits().into_iter().map(|(query, matches)| (&self.config.watches[query], matches)).collect()
    }

    pub(crate) fn watch(&self, id: &WatchId) -> Option<&Watch> {
        self.config.watches.iter().find(|watch| watch.id == *id)
    }

    pub(crate) fn source(&self, id: &SourceId) -> Option<&Source> {
        self.config.sources.iter().map(|plan| &plan.source).find(|source| source.id == *id)
    }
}
