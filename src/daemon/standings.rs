//! How every source stands, in memory: judged by the ingest thread, which alone changes it, and kept in the store beside.

use std::collections::HashMap;

use super::live::Live;
use crate::health::network::own_network;
use crate::model::{Proposal, SourceId, Standing};
use crate::store::{Store, StoreError};

/// What the ingest thread knows of the sources. Boxed, since a table keeps room for half as many again.
#[derive(Debug, Default)]
pub(crate) struct Standings(HashMap<SourceId, Box<Standing>>);

impl Standings {
    /// Reads them from the store.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn read(store: &Store) -> Result<Self, StoreError> {
        Ok(Self(store.standings()?.into_iter().map(|(id, standing)| (id, Box::new(standing))).collect()))
    }

    /// How a source stands; as new when it was never polled.
    pub(crate) fn of(&self, source: &SourceId) -> Standing {
        self.0.get(source).map(|standing| Standing::clone(standing)).unwrap_or_default()
    }

    /// Looks at a standing without a copy.
    pub(crate) fn look<T>(&self, source: &SourceId, look: impl FnOnce(&Standing) -> T) -> T {
        match self.0.get(source) {
            Some(standing) => look(standing),
            None => look(&Standing::default()),
        }
    }

    /// Whether our own network is out.
    pub(crate) fn is_cut_off(&self, live: &Live) -> bool {
        let unknown = Standing::default();
        let sources = live.config.sources.iter().map(|plan| &plan.source);
        own_network(sources.map(|source| (source, self.0.get(&source.id).map_or(&unknown, |standing| &**standing))))
            .is_some()
    }

    /// A source is polled elsewhere since the configuration was edited: what it used to bring stays, what was said of the old
    /// address does not.
    pub(crate) fn address_changed(&mut self, source: &SourceId) {
        if let Some(standing) = self.0.get_mut(source) {
            **standing = Standing { habit: std::mem::take(&mut standing.habit), ..Standing::default() };
        }
    }

    /// The sources with a subscription at a hub.
    pub(crate) fn subscribed(&self) -> Vec<SourceId> {
        self.0.iter().filter(|(_, standing)| standing.lease.is_some()).map(|(source, _)| source.clone()).collect()
    }

    /// What was found in place of a source's feed is used, or of no use any more: then it may be looked for again.
    pub(crate) fn change_proposal(&mut self, source: &SourceId, proposal: Option<Box<Proposal>>) {
        if let Some(standing) = self.0.get_mut(source) {
            standing.proposal = proposal;
        }
    }

    /// Remembers how a source stands now; returns it for the store.
    pub(crate) fn set(&mut self, source: &SourceId, standing: Standing) -> Box<Standing> {
        let kept = Box::new(standing.clone());
        self.0.insert(source.clone(), Box::new(standing));
        kept
    }
}
