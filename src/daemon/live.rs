//! What the loops read and a reload replaces as a whole: the configuration with its watches compiled into one plan.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::config::Config;
use crate::extract;
use crate::fetch::Client;
use crate::model::{Item, Mailbox, Match, Source, SourceId, Watch, WatchId};
use crate::query::{Plan, Scan, Subject};

/// A good configuration, ready for use.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) config: Config,
    pub(crate) plan: Plan,
    /// Where each source stands among those of the configuration.
    places: HashMap<SourceId, usize>,
    /// The machine's name, as mails show it.
    pub(crate) host: String,
}

/// The configuration in force, shared by the loops.
pub(crate) type Shared = Arc<ArcSwap<Live>>;

/// How to fetch, shared by the loops.
pub(crate) type SharedClient = Arc<ArcSwap<Client>>;

impl Live {
    /// Compiles the watches of a checked configuration; they keep their order in the plan.
    pub(crate) fn new(config: Config) -> Self {
        let plan = config.plan();
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let places = (0..).zip(&config.sources).map(|(place, plan)| (plan.source.id.clone(), place)).collect();
        Self { config, plan, places, host }
    }

    /// An item looked up in the plan, and its language, to be read by `read`.
    pub(crate) fn scanned<T>(&self, item: &Item, source: &SourceId, read: impl FnOnce(&Scan<'_>, &str) -> T) -> T {
        let hint = self.source(source).and_then(|source| source.lang.as_deref());
        let lang = extract::language_of(item, hint);
        read(&self.plan.scan(Subject { item, source: source.as_str(), lang: &lang }), &lang)
    }

    /// The watches that match, each with the places of its terms.
    pub(crate) fn watches_in(&self, scan: &Scan<'_>) -> Vec<(&Watch, Vec<Match>)> {
        scan.hits().into_iter().map(|(query, matches)| (&self.config.watches[query], matches)).collect()
    }

    /// An item before the watches.
    pub(crate) fn hits(&self, item: &Item, source: &SourceId) -> Vec<(&Watch, Vec<Match>)> {
        self.scanned(item, source, |scan, _| self.watches_in(scan))
    }

    pub(crate) fn watch(&self, id: &WatchId) -> Option<&Watch> {
        self.config.watches.iter().find(|watch| watch.id == *id)
    }

    /// The watch of this id, if it still tells this reader.
    pub(crate) fn told_to(&self, id: &WatchId, reader: &Mailbox) -> Option<&Watch> {
        let tells = |watch: &&Watch| watch.to.iter().any(|to| to.address.eq_ignore_ascii_case(&reader.address));
        self.watch(id).filter(tells)
    }

    pub(crate) fn source(&self, id: &SourceId) -> Option<&Source> {
        self.places.get(id).map(|place| &self.config.sources[*place].source)
    }
}
