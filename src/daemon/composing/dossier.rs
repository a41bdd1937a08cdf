//! What is known of a story when mails on it are composed: its items, and what each reports. Read from the store once for all
//! readers of a round.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::daemon::live::Live;
use crate::model::{Item, ItemId, Placement, Report, Source, SourceId, SourceKind, StoredItem, StoryId};
use crate::store::{Store, StoreError};
use crate::story;

/// Items of a story that are read, the newest of them and its first. No mail shows more, and a story of hundreds changes no more
/// by its oldest.
const READ: usize = 200;

/// A story as it stands.
#[derive(Debug)]
pub(crate) struct Dossier {
    pub(crate) story: StoryId,
    /// Its items, oldest first. None is empty: what was pruned is not in it.
    pub(crate) items: Vec<StoredItem>,
    /// What each of them reports, in the same order.
    pub(crate) reports: Vec<Report>,
    /// The sources of them, each once.
    pub(crate) sources: Vec<Source>,
}

impl Dossier {
    /// Reads a story.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn read(store: &Store, live: &Live, story: StoryId) -> Result<Self, StoreError> {
        let mut members = store.story(story)?;
        if members.len() > READ {
            members.drain(1..members.len() - READ + 1);
        }
        let mut dossier = Self { story, items: Vec::new(), reports: Vec::new(), sources: Vec::new() };
        for member in members {
            if let Some(item) = store.item(member)? {
                dossier.add(live, item, &store.placement(member)?);
            }
        }
        Ok(dossier)
    }

    fn add(&mut self, live: &Live, item: StoredItem, placement: &Placement) {
        let report = live.scanned(&item.item, &item.source, |scan, lang| story::report(&item, scan, lang, placement));
        self.reports.push(report);
        if !self.sources.iter().any(|source| source.id == item.source) {
            self.sources.push(live.source(&item.source).cloned().unwrap_or_else(|| unknown(&item.source, &item.item)));
        }
        self.items.push(item);
    }

    pub(crate) fn item(&self, id: ItemId) -> Option<&StoredItem> {
        self.items.iter().find(|item| item.id == id)
    }
}

/// Dossiers read in one round.
pub(super) struct Dossiers<'a> {
    store: &'a Store,
    live: &'a Live,
    read: BTreeMap<StoryId, Rc<Dossier>>,
}

impl<'a> Dossiers<'a> {
    pub(super) fn new(store: &'a Store, live: &'a Live) -> Self {
        Self { store, live, read: BTreeMap::new() }
    }

    pub(super) fn of(&mut self, story: StoryId) -> Result<Rc<Dossier>, StoreError> {
        if let Some(dossier) = self.read.get(&story) {
            return Ok(dossier.clone());
        }
        let dossier = Rc::new(Dossier::read(self.store, self.live, story)?);
        self.read.insert(story, dossier.clone());
        Ok(dossier)
    }
}

/// A source that left the configuration between the alert and its mail still has an id.
fn unknown(id: &SourceId, item: &Item) -> Source {
    let nowhere = || url::Url::parse("https://unknown.invalid/").expect("a constant address");
    let url = item.link.clone().unwrap_or_else(nowhere);
    Source { tier: 3, ..Source::new(id.clone(), SourceKind::Feed, url) }
}
