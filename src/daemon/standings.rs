//! How every source stands, in memory: judged by the ingest thread, which alone changes it, and kept in the store beside.

use std::collections::HashMap;

use super::at_rest::AtRest;
use super::live::Live;
use crate::health::network::own_network;
use crate::model::{SourceId, Standing};
use crate::store::{Store, StoreError};

/// What the ingest thread knows of the sources, packed.
#[derive(Debug, Default)]
pub(crate) struct Standings(HashMap<SourceId, AtRest<Standing>>);

impl Standings {
    /// Reads them from the store. Ids are shared with the configuration.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn read(store: &Store, live: &Live) -> Result<Self, StoreError> {
        let packed = store.standings_by(|standing| AtRest::new(&standing))?.into_iter();
        Ok(Self(packed.map(|(id, one)| (live.source(&id).map_or(id, |source| source.id.clone()), one)).collect()))
    }

    /// How a source stands; as new when it was never polled.
    pub(crate) fn of(&self, source: &SourceId) -> Standing {
        self.0.get(source).map(AtRest::wake).unwrap_or_default()
    }

    /// Whether our own network is out.
    pub(crate) fn is_cut_off(&self, live: &Live) -> bool {
        let sources = live.config.sources.iter().map(|plan| &plan.source);
        own_network(sources.map(|source| (source, self.of(&source.id)))).is_some()
    }

    /// The sources with a subscription at a hub.
    pub(crate) fn subscribed(&self) -> Vec<SourceId> {
        let is_subscribed = |standing: &AtRest<Standing>| standing.wake().lease.is_some();
        self.0.iter().filter(|(_, standing)| is_subscribed(standing)).map(|(source, _)| source.clone()).collect()
    }

    /// Remembers how a source stands now; returns it for the store.
    pub(crate) fn set(&mut self, source: &SourceId, standing: Standing) -> Box<Standing> {
        self.0.insert(source.clone(), AtRest::new(&standing));
        Box::new(standing)
    }
}
