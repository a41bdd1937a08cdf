//! What the loops read and a reload replaces as a whole: the configuration with its watches compiled into one plan.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::config::Config;
use crate::model::{Source, SourceId, Watch, WatchId};
use crate::query::Plan;

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
    /// Compiles the watches of a checked configuration.
    pub(crate) fn new(config: Config) -> Self {
        let plan = Plan::compile(&config.watches).expect("`config` refuses watches whose terms do not compile");
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Self { config, plan, host }
    }

    pub(crate) fn watch(&self, id: &WatchId) -> Option<&Watch> {
        self.config.watches.iter().find(|watch| watch.id == *id)
    }

    pub(crate) fn source(&self, id: &SourceId) -> Option<&Source> {
        self.config.sources.iter().map(|plan| &plan.source).find(|source| source.id == *id)
    }
}
