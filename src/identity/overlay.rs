//! What was learned since the last commit: the entries of one group of polls are judged before any of them is in the store, and
//! the same article may stand in several of them.

use std::collections::HashMap;

use super::decide::Record;
use super::face::{Face, Known};
use crate::model::{ItemId, SourceId};

/// Faces and records that lie over those of the store.
#[derive(Debug, Default)]
pub struct Overlay {
    entries: HashMap<(SourceId, u64), ItemId>,
    titles: HashMap<(SourceId, u64), ItemId>,
    links: HashMap<(u32, u64), ItemId>,
    texts: HashMap<u64, ItemId>,
    records: HashMap<ItemId, Record>,
}

impl Overlay {
    /// Who shows these hashes: what was learned here, else what `below` (the store) says.
    #[must_use]
    pub fn known(&self, source: &SourceId, face: &Face, below: Known) -> Known {
        let of_source = |map: &HashMap<(SourceId, u64), ItemId>, hash: u64| map.get(&(source.clone(), hash)).copied();
        Known {
            by_entry: face.entry.and_then(|entry| of_source(&self.entries, entry)).or(below.by_entry),
            by_link: face.link.and_then(|link| self.links.get(&link).copied()).or(below.by_link),
            by_text: self.texts.get(&face.text).copied().or(below.by_text),
            by_title: of_source(&self.titles, face.title).or(below.by_title),
        }
    }

    /// The record of an item that was taken in or changed here.
    #[must_use]
    pub fn record(&self, id: ItemId) -> Option<&Record> {
        self.records.get(&id)
    }

    /// Remembers that an item shows this face.
    pub fn learn(&mut self, source: &SourceId, face: &Face, mut record: Record) {
        let id = record.stored.id;
        if let Some(entry) = face.entry {
            self.entries.insert((source.clone(), entry), id);
        }
        if let Some(link) = face.link {
            self.links.insert(link, id);
        }
        self.titles.insert((source.clone(), face.title), id);
        self.texts.insert(face.text, id);
        if !record.history.contains(&face.text) {
            record.history.push(face.text);
        }
        self.records.insert(id, record);
    }
}
