//! Copies: which recent items print the text of another one. An inverted index from the hashes of sketches to the items that
//! have them, so that the cost of a look-up follows the text and not the window.
//!
//! Two texts are copies when they share at least [`SHARED`] hashes and these are [`CONTAINED`] of the smaller sketch. What sites
//! set around every text does not count: a shingle that one source printed in three items, or that stands in six texts that are
//! no copies of each other, is boilerplate. Short items are copies when their headlines are equal and near in time.
//!
//! Memory: 12 to 20 bytes a hash and 40 bytes an item, 1.3 to 2.1 KB for a text of 400 words; never more than
//! [`Copies::CAPACITY`] items, the oldest leave first. Derived: it is rebuilt from the store at start.

use std::collections::VecDeque;

use hashbrown::HashTable;
use jiff::{SignedDuration, Timestamp};

use super::sketch::Sketch;
use crate::model::ItemId;

/// Fewest hashes in common: fewer are a quotation.
const SHARED: usize = 4;
/// Share of the smaller sketch in common from which on two texts are copies. Measured: at .4 all edits of `sketch` are found, with 8
/// false pairs in 121,594, most of them true repeats.
const CONTAINED: f64 = 0.4;
/// The same within one source, as share of the larger sketch: its texts have its template in common, and a copy of its own text
/// is a revision, which identity finds by address and title.
const CONTAINED_OWN: f64 = 0.6;
/// Items of one source that make a shingle its boilerplate.
const OWN_TEMPLATE: usize = 3;
/// Texts that are no copies of each other that make a shingle everybody's boilerplate.
const COMMON: usize = 6;
/// Items kept per hash. More copies of one text than this are found by the first ones.
const POSTINGS: usize = 12;
/// Equal headlines of short items further apart than this are a rubric that recurs.
const TITLE_HOLDS: SignedDuration = SignedDuration::from_hours(72);

/// A copy that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CopyOf {
    /// The item that prints the same text.
    pub of: ItemId,
    /// Share of the smaller text that both have.
    pub contained: f64,
    /// Share of the larger text that both have: near 1 for a mere reprint, small where one is part of a longer text.
    pub covered: f64,
}

/// One item of the window.
#[derive(Debug, Clone, Copy)]
struct Kept {
    id: ItemId,
    time: Timestamp,
    /// Number of its source; 0 where unknown.
    source: u32,
    /// Hash of its folded title; 0 where it tells nothing.
    title: u64,
    /// Hashes of its text that are no boilerplate; 0 for a short text.
    size: u32,
    /// Whether it is no copy of an earlier one.
    original: bool,
}

/// A hash, cut to 32 bits, and the number of an item that has it. The bits left out make two hashes equal in one look-up of a
/// thousand, which four in common do not mind.
#[derive(Debug, Clone, Copy)]
struct Posting {
    key: u32,
    number: u32,
}

/// The window of recent items.
#[derive(Debug, Default)]
pub struct Copies {
    items: VecDeque<Kept>,
    titles: HashTable<Posting>,
    shingles: HashTable<Posting>,
    /// Number of the first item in `items`; numbers count on.
    first: u32,
    /// The first number for which the tables were last swept.
    swept: u32,
}

impl Copies {
    /// Items in the window at most.
    pub const CAPACITY: usize = 60_000;

    /// How many items are in the window.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The items of which a text is a copy, oldest first. `source` is the id of its source, empty where unknown.
    #[must_use]
    pub fn of(&self, sketch: &Sketch, source: &str, time: Timestamp) -> Vec<CopyOf> {
        let source = number_of(source);
        let (mut shared, mut boilerplate) = (Vec::new(), 0);
        let mut having = Vec::with_capacity(POSTINGS);
        for hash in &sketch.shingles {
            self.having(&self.shingles, *hash, &mut having);
            if self.is_boilerplate(&having, source) {
                boilerplate += 1;
            } else {
                shared.extend_from_slice(&having);
            }
        }
        shared.sort_unstable();
        let size = sketch.len() - boilerplate;
        let by_text = shared.chunk_by(|a, b| a == b).filter_map(|run| {
            let kept = self.kept(run[0])?;
            Some((run[0], judge(run.len(), size, kept, source)?))
        });
        let mut found: Vec<(u32, CopyOf)> = by_text.collect();
        found.extend(self.under_the_same_title(sketch, time));
        found.sort_by_key(|(number, _)| *number);
        found.dedup_by_key(|(number, _)| *number);
        found.into_iter().map(|(_, copy)| copy).collect()
    }

    /// Takes an item into the window. `original` says that it is a copy of nothing there.
    pub fn insert(&mut self, id: ItemId, time: Timestamp, source: &str, sketch: &Sketch, original: bool) {
        while self.items.len() >= Self::CAPACITY {
            self.forget_first();
        }
        self.sweep();
        let Some(number) = u32::try_from(self.items.len()).ok().and_then(|len| self.first.checked_add(len)) else {
            // Four thousand million items later: start over rather than confuse two of them.
            *self = Self::default();
            return;
        };
        let source = number_of(source);
        let mut having = Vec::with_capacity(POSTINGS);
        let mut boilerplate = 0;
        for hash in &sketch.shingles {
            self.having(&self.shingles, *hash, &mut having);
            boilerplate += usize::from(self.is_boilerplate(&having, source));
            if having.len() < POSTINGS && self.of_source(&having, source) < OWN_TEMPLATE {
                let key = key(*hash);
                self.shingles.insert_unique(spread(key), Posting { key, number }, |posting| spread(posting.key));
            }
        }
        if let Some(title) = sketch.title {
            let posting = Posting { key: key(title), number };
            self.titles.insert_unique(spread(posting.key), posting, |posting| spread(posting.key));
        }
        let size = u32::try_from(sketch.len() - boilerplate).unwrap_or(u32::MAX);
        self.items.push_back(Kept { id, time, source, title: sketch.title.unwrap_or(0), size, original });
    }

    /// Forgets the items before this time. Items are expected in the order of time; one out of order waits for those before it.
    pub fn prune(&mut self, before: Timestamp) {
        while self.items.front().is_some_and(|kept| kept.time < before) {
            self.forget_first();
        }
        self.sweep();
    }

    fn forget_first(&mut self) {
        if self.items.pop_front().is_some() {
            self.first += 1;
        }
    }

    /// Takes what was forgotten out of the tables, once it is an eighth of the window: each item is then looked at eight times in
    /// its life, whatever the size of the window.
    fn sweep(&mut self) {
        let gone = (self.first - self.swept) as usize;
        if gone > 64 && gone * 8 > self.items.len() {
            let first = self.first;
            self.shingles.retain(|posting| posting.number >= first);
            self.titles.retain(|posting| posting.number >= first);
            self.swept = first;
        }
    }

    fn kept(&self, number: u32) -> Option<&Kept> {
        self.items.get(number.checked_sub(self.first)? as usize)
    }

    /// The numbers of the items that have a hash, into `having`.
    fn having(&self, table: &HashTable<Posting>, hash: u64, having: &mut Vec<u32>) {
        let key = key(hash);
        having.clear();
        let live = |posting: &&Posting| posting.key == key && posting.number >= self.first;
        having.extend(table.iter_hash(spread(key)).filter(live).map(|posting| posting.number));
    }

    fn of_source(&self, having: &[u32], source: u32) -> usize {
        let same = |number: &&u32| source != 0 && self.kept(**number).is_some_and(|kept| kept.source == source);
        having.iter().filter(same).count()
    }

    /// Whether a hash of these items, met once more in an item of this source, stands for nobody's text.
    fn is_boilerplate(&self, having: &[u32], source: u32) -> bool {
        let source_of = |number: &u32| self.kept(*number).map_or(0, |kept| kept.source);
        let originals = having.iter().filter(|number| self.kept(**number).is_some_and(|kept| kept.original)).count();
        having.len() + 1 >= OWN_TEMPLATE
            && (originals >= COMMON
                || self.of_source(having, source) + 1 >= OWN_TEMPLATE
                || having.iter().any(|number| self.of_source(having, source_of(number)) >= OWN_TEMPLATE))
    }

    /// Items with an equal headline, where one of the two is too short to be judged by its text.
    fn under_the_same_title(&self, sketch: &Sketch, time: Timestamp) -> Vec<(u32, CopyOf)> {
        let Some(title) = sketch.title else { return Vec::new() };
        let mut having = Vec::new();
        self.having(&self.titles, title, &mut having);
        let near = having.into_iter().filter_map(|number| Some((number, self.kept(number)?))).filter(|(_, kept)| {
            kept.title == title
                && (kept.size == 0 || sketch.is_short())
                && time.duration_since(kept.time).abs() <= TITLE_HOLDS
        });
        near.map(|(number, kept)| (number, CopyOf { of: kept.id, contained: 1.0, covered: 1.0 })).collect()
    }
}

/// Whether so many hashes in common make two texts copies.
fn judge(shared: usize, size: usize, kept: &Kept, source: u32) -> Option<CopyOf> {
    let (smaller, larger) = (size.min(kept.size as usize), size.max(kept.size as usize));
    let share = |of: usize| (shared as f64 / of.max(1) as f64).min(1.0);
    let copy = CopyOf { of: kept.id, contained: share(smaller), covered: share(larger) };
    let own = source != 0 && source == kept.source;
    let enough = if own { copy.covered >= CONTAINED_OWN } else { copy.contained >= CONTAINED };
    (shared >= SHARED && enough).then_some(copy)
}

/// A source as a number that is not 0 unless the source is unknown.
fn number_of(source: &str) -> u32 {
    if source.is_empty() { 0 } else { key(xxhash_rust::xxh3::xxh3_64(source.as_bytes())).max(1) }
}

/// The upper half of a hash: the lower bits were used to choose which hashes are kept.
fn key(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// A key as a hash for the table, which takes its place from the low bits and its tag from the high ones.
fn spread(key: u32) -> u64 {
    u64::from(key).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
