//! One poll on its way into the store: what it showed, which of its entries are still to be taken in, and what it leads to for its
//! source once all are. Very many entries are taken in part by part, so that no other poll waits for all of them, and so that they
//! are in memory once. Decides nothing on any of them.

use std::vec::IntoIter;

use super::healing::{self, Lost};
use super::live::Live;
use super::memory::{self, Pace};
use super::poll::{Answer, Polled};
use super::priming::{self, Priming};
use super::sight::Facts;
use super::standings::Standings;
use super::websub::{self, Told};
use crate::identity::{Face, Habits, Known, Overlay, Sighting};
use crate::model::{Item, Source, SourceId, SourceState, Standing};
use crate::store::{PART, PollCommit, Store, StoreError};

/// A poll that is being taken in.
#[derive(Debug)]
pub(crate) struct Intake {
    /// Without the entries of its document.
    pub(crate) polled: Polled,
    /// What it leaves behind, but for what its entries tell.
    state: SourceState,
    facts: Facts,
    /// None when there was none to read.
    pub(crate) document: Option<Document>,
}

/// What is left of a document.
#[derive(Debug)]
pub(crate) struct Document {
    entries: IntoIter<(Item, (Face, usize))>,
    /// What the store knows of all entries, where they are taken in at once: of a long document it knows more with each part.
    known: Option<Vec<Known>>,
    /// Of the next entry.
    position: u32,
    /// What holds for all of it.
    pub(crate) habits: Habits,
    pub(crate) priming: Priming,
    can_prime: bool,
    /// Entries that its source had not shown before.
    fresh: u32,
    /// Items taken in that nobody had shown before, and those of them that are only remembered.
    new: u64,
    primed: u64,
}

/// An entry of a document, in its place.
pub(crate) struct Entry {
    pub(crate) position: u32,
    pub(crate) item: Item,
    pub(crate) face: Face,
    /// Words behind the text hash of its face.
    pub(crate) words: usize,
    pub(crate) known: Known,
}

/// What a poll led to for its source.
pub(crate) struct Conclusion {
    pub(crate) state: SourceState,
    /// How the source stands, where that changed.
    pub(crate) standing: Option<Box<Standing>>,
    pub(crate) told: Option<Told>,
    pub(crate) lost: Option<Lost>,
}

impl Intake {
    /// Looks over all of a poll; `overlay` is what was learned and is not in the store yet.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn begin(
        mut polled: Polled,
        store: &Store,
        standings: &Standings,
        overlay: &Overlay,
    ) -> Result<Self, StoreError> {
        let (state, facts) = (memory::after(&polled), Facts::of(&polled));
        super::log::poll(&polled, &state);
        let document = match &mut polled.answer {
            Ok(Answer::Read(reading)) => {
                let (items, faces) = (std::mem::take(&mut reading.parsed.items), std::mem::take(&mut reading.faces));
                Some(Document::new(&polled, items, faces, store, standings, overlay)?)
            }
            Ok(Answer::Unchanged { .. }) | Err(_) => None,
        };
        Ok(Self { polled, state, facts, document })
    }

    pub(crate) fn source(&self) -> &Source {
        &self.polled.job.plan.source
    }

    /// Whether entries are left.
    pub(crate) fn goes_on(&self) -> bool {
        self.document.as_ref().is_some_and(|document| document.entries.len() != 0)
    }

    /// What the poll led to, once all its entries are taken in. How its source stands may have changed since it began.
    pub(crate) fn conclude(&mut self, live: &Live, standings: &mut Standings) -> Conclusion {
        let (job, at) = (&self.polled.job, self.polled.at);
        let source = &job.plan.source;
        let mut state = std::mem::take(&mut self.state);
        let pace = Pace::of(&self.polled, &state);
        let before = standings.of(&source.id);
        let offer = websub::Offer::of(&self.polled, live, &before);
        let mut standing = standing_of(&self.polled, &before);
        if let Some(document) = &self.document {
            self.facts.took_in(document.fresh, u32::try_from(document.new).unwrap_or(u32::MAX));
            state.items += document.new;
            state.primed = state.primed.or(document.can_prime.then_some(document.primed));
            if document.new > 0 {
                state.last_new = Some(at);
            }
        }
        healing::settle(&mut standing, source, &mut state, *job.address() != source.url);
        if let Some(judged) = self.facts.judge(&standing, source) {
            standing = judged;
        }
        let told = offer.take_in(&mut standing, &source.id, at);
        let lost = Lost::of(&source.id, &standing);
        state.next_check = Some(pace.next(source, &standing, fastrand::f64()));
        let standing = (standing != before).then(|| standings.set(&source.id, standing));
        Conclusion { state, standing, told, lost }
    }
}

/// How the source of a poll stands, of which `before` is what is remembered.
fn standing_of(polled: &Polled, before: &Standing) -> Standing {
    if polled.job.remembers_this_address() { before.clone() } else { before.at_another_address() }
}

impl Document {
    fn new(
        polled: &Polled,
        items: Vec<Item>,
        faces: Vec<(Face, usize)>,
        store: &Store,
        standings: &Standings,
        overlay: &Overlay,
    ) -> Result<Self, StoreError> {
        let (job, source) = (&polled.job, &polled.job.plan.source);
        let shown: Vec<Face> = faces.iter().map(|(face, _)| *face).collect();
        let known = store.known(&source.id, &shown)?;
        let known: Vec<Known> =
            shown.iter().zip(known).map(|(face, below)| overlay.known(&source.id, face, below)).collect();
        let sightings = items.iter().zip(&faces).zip(&known);
        let sightings: Vec<Sighting<'_>> =
            sightings.map(|((item, &(face, words)), &known)| Sighting { item, face, words, known }).collect();
        let fresh: Vec<&Item> = sightings.iter().filter(|one| is_first_here(one)).map(|one| one.item).collect();
        let standing = standing_of(polled, &standings.of(&source.id));
        let priming = Priming::of(source, &standing, job.state.primed.is_none());
        let priming = priming.after_loss(store.recovery(), &job.state, polled.at);
        let (fresh, priming) = (fresh.len(), priming.seeing(fresh.iter().copied()));
        let habits = Habits::of(&sightings);
        drop(sightings);
        Ok(Self {
            habits,
            priming,
            can_prime: priming::can_prime(source, !items.is_empty()),
            fresh: u32::try_from(fresh).unwrap_or(u32::MAX),
            entries: items.into_iter().zip(faces).collect::<Vec<_>>().into_iter(),
            known: (shown.len() <= PART).then_some(known),
            position: 0,
            new: 0,
            primed: 0,
        })
    }

    /// Takes off the next entries, [`PART`] at most, with what the store knows of them by now.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn next_entries(&mut self, store: &Store, source: &SourceId) -> Result<Vec<Entry>, StoreError> {
        let next: Vec<(Item, (Face, usize))> = self.entries.by_ref().take(PART).collect();
        let known = match self.known.take() {
            Some(known) => known,
            None => store.known(source, &next.iter().map(|(_, (face, _))| *face).collect::<Vec<_>>())?,
        };
        let entries = (self.position..).zip(next.into_iter().zip(known));
        let entries: Vec<Entry> = entries
            .map(|(position, ((item, (face, words)), known))| Entry { position, item, face, words, known })
            .collect();
        self.position += u32::try_from(entries.len()).unwrap_or(u32::MAX);
        Ok(entries)
    }

    /// Counts what was taken in of it.
    pub(crate) fn took_in(&mut self, commit: &PollCommit) {
        self.new += commit.new_items.len() as u64;
        self.primed += priming::primed(commit);
    }
}

/// Whether a source had not shown an entry before.
pub(crate) fn is_first_here(sighting: &Sighting<'_>) -> bool {
    sighting.known.by_entry.is_none() && sighting.known.by_title.is_none()
}
