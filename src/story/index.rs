//! The open stories, and the indexes that lead from an item to the few of them it may belong to: by place and event type, place and
//! actor, country and event type with a number or an actor, and by the words that tell most. What an item costs does not
//! grow with the number of open stories, because each key leads to its newest stories only.
//!
//! Derived: it is rebuilt from the store by putting the items back in their order. Time is an argument.

use std::collections::{HashMap, VecDeque};

use hashbrown::HashTable;
use jiff::{SignedDuration, Timestamp};
use xxhash_rust::xxh3::xxh3_64;

use super::features::{Facts, Features};
use super::link::{IDLE_HOURS, JOINS, is_known, link};
use super::terms::{Frequencies, Vector, Weights, spread};
use crate::model::{ItemId, Link, Rule, StoryId};

/// Items of a story that a new one is compared with: the last ones.
const COMPARED: usize = 12;
/// Newest stories kept for each key of facts, and for each word: one that more stories have tells little.
const PER_FACT: usize = 32;
const PER_WORD: usize = 12;
/// Terms of an item by which its story is found.
const TELLING: usize = 16;
/// Stories found by words that are looked at, those with most words in common.
const BY_WORDS: usize = 12;
/// Two links of rule D this near each other are ambiguous: the item may belong to either story.
const AMBIGUOUS: f32 = 0.05;

/// Where an item was put.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// Its story.
    pub story: StoryId,
    /// Why it joined; None for the first item of a story.
    pub link: Option<Link>,
}

/// A story that takes further items.
#[derive(Debug)]
struct Open {
    id: StoryId,
    last: Timestamp,
    /// The last items, oldest first.
    items: VecDeque<Facts>,
    /// The sum of the words of all items, and its length.
    words: Vector,
    length: f32,
}

/// A key, cut to 32 bits, and the number of a story that has it. Keys that agree by chance cost a look.
#[derive(Debug, Clone, Copy)]
struct Posting {
    key: u32,
    number: u32,
}

/// All open stories.
#[derive(Debug, Default)]
pub struct Stories {
    open: VecDeque<Option<Box<Open>>>,
    /// Number of the first story in `open`; numbers count on.
    first: u32,
    /// The numbers of the stories that are open.
    numbers: HashMap<StoryId, u32>,
    by_key: HashTable<Posting>,
    frequencies: Frequencies,
    /// Items since idle stories were last closed.
    since_sweep: usize,
}

impl Stories {
    /// Open stories at most; beyond, the oldest are closed.
    pub const CAPACITY: usize = 60_000;

    /// How many stories are open, those that have been idle too long but are not swept yet included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Whether none is open.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Puts an item into the story it belongs to, or opens one. `copy_of` is the story of an item whose text it
    /// prints. An item that opened a story stays in it, whatever its text says later.
    pub fn place(&mut self, id: ItemId, features: Features, copy_of: Option<StoryId>) -> Placed {
        self.place_by(id, features, copy_of, |_, _| true)
    }

    /// Places an item of which only a teaser is known, and the text will come ([`Self::place_again`]): without a place, a country or a
    /// figure, the few words of a teaser put it into no story.
    pub fn place_teaser(&mut self, id: ItemId, features: Features, copy_of: Option<StoryId>) -> Placed {
        self.place_by(id, features, copy_of, |facts, link| link.rule != Rule::Words || is_known(facts))
    }

    /// Places an item by its text that was placed by its teaser. None when its story has other items by now: they stay together.
    pub fn place_again(&mut self, id: ItemId, features: Features) -> Option<Placed> {
        let number = *self.numbers.get(&id)?;
        if self.story(number)?.items.len() > 1 {
            return None;
        }
        self.forget(id);
        Some(self.place(id, features, None))
    }

    /// Places an item by links that `counts` lets count.
    fn place_by(
        &mut self,
        id: ItemId,
        features: Features,
        copy_of: Option<StoryId>,
        counts: impl Fn(&Facts, &Link) -> bool,
    ) -> Placed {
        if self.numbers.contains_key(&id) {
            self.put(id, features);
            return Placed { story: id, link: None };
        }
        let Features { facts, words } = features;
        let words = self.frequencies.weigh(&words);
        let keys = keys(&facts, &words);
        let copied = copy_of
            .and_then(|story| self.numbers.get(&story).copied())
            .map(|number| (number, Link { rule: Rule::Copy, score: 1.0 }));
        let found = copied.or_else(|| self.best(&facts, &words, &keys, counts));
        match found {
            Some((number, link)) => {
                let story = self.add(number, facts, &words, &keys);
                Placed { story: story.unwrap_or(id), link: Some(link) }
            }
            None => {
                self.open(id, facts, words, &keys);
                Placed { story: id, link: None }
            }
        }
    }

    /// Puts an item into this story whatever the rules say: at a rebuild, or because a person said so.
    pub fn put(&mut self, story: StoryId, features: Features) {
        let Features { facts, words } = features;
        let words = self.frequencies.weigh(&words);
        let keys = keys(&facts, &words);
        match self.numbers.get(&story).copied() {
            Some(number) => _ = self.add(number, facts, &words, &keys),
            None => self.open(story, facts, words, &keys),
        }
    }

    /// Closes a story: no item joins it any more. A person who takes one apart puts its items anew.
    pub fn forget(&mut self, story: StoryId) {
        let Some(number) = self.numbers.remove(&story) else { return };
        if let Some(open) = number.checked_sub(self.first).and_then(|at| self.open.get_mut(at as usize)) {
            *open = None;
        }
    }

    /// Closes the stories that had no item since this time.
    pub fn prune(&mut self, before: Timestamp) {
        for open in &mut self.open {
            if let Some(story) = open
                && story.last < before
            {
                self.numbers.remove(&story.id);
                *open = None;
            }
        }
        while self.open.front().is_some_and(Option::is_none) {
            self.open.pop_front();
            self.first += 1;
        }
        let (open, first) = (&self.open, self.first);
        self.by_key.retain(|posting| {
            posting.number.checked_sub(first).and_then(|at| open.get(at as usize)).is_some_and(Option::is_some)
        });
        self.since_sweep = 0;
    }

    fn best(
        &self,
        facts: &Facts,
        words: &Vector,
        keys: &Keys,
        counts: impl Fn(&Facts, &Link) -> bool,
    ) -> Option<(u32, Link)> {
        let weights = Weights::of(words);
        let mut links: Vec<(u32, Link)> = self
            .candidates(keys)
            .into_iter()
            .filter_map(|number| {
                let story = self.story(number)?;
                let idle = facts.time.duration_since(story.last).as_secs_f32() / 3_600.0;
                let cosine = weights.product(&story.words) / story.length;
                (idle <= IDLE_HOURS)
                    .then(|| link(facts, story.items.iter(), cosine))
                    .flatten()
                    .filter(|link| counts(facts, link))
                    .map(|link| (number, link))
            })
            .collect();
        links.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then(a.0.cmp(&b.0)));
        let best = *links.first()?;
        let ambiguous = best.1.rule == Rule::CountryAndEvent
            && links.get(1).is_some_and(|second| best.1.score - second.1.score < AMBIGUOUS);
        (best.1.score >= JOINS && !ambiguous).then_some(best)
    }

    /// The stories that share a key of facts, and those that share most telling words.
    fn candidates(&self, keys: &Keys) -> Vec<u32> {
        let having = |key: &u32| {
            let key = *key;
            self.by_key.iter_hash(spread(key)).filter(move |posting| posting.key == key).map(|posting| posting.number)
        };
        let mut by_words: Vec<u32> = keys.words.iter().flat_map(having).collect();
        by_words.sort_unstable();
        let mut counted: Vec<(usize, u32)> = by_words.chunk_by(|a, b| a == b).map(|run| (run.len(), run[0])).collect();
        counted.sort_unstable_by(|a, b| b.cmp(a));
        counted.truncate(BY_WORDS);
        let mut found: Vec<u32> = keys.facts.iter().flat_map(having).collect();
        found.extend(counted.into_iter().map(|(_, number)| number));
        found.sort_unstable();
        found.dedup();
        found
    }

    fn open(&mut self, id: StoryId, facts: Facts, words: Vector, keys: &Keys) {
        self.make_room(facts.time);
        self.frequencies.count(&words, None);
        let Some(number) = u32::try_from(self.open.len()).ok().and_then(|len| self.first.checked_add(len)) else {
            // Four thousand million stories later: start over rather than confuse two of them.
            *self = Self::default();
            return;
        };
        let last = facts.time;
        let length = words.length();
        self.open.push_back(Some(Box::new(Open { id, last, items: VecDeque::from([facts]), words, length })));
        self.numbers.insert(id, number);
        self.index(number, keys);
    }

    fn add(&mut self, number: u32, facts: Facts, words: &Vector, keys: &Keys) -> Option<StoryId> {
        let at = number.checked_sub(self.first)? as usize;
        let story = self.open.get_mut(at)?.as_mut()?;
        story.last = story.last.max(facts.time);
        self.frequencies.count(words, Some(&story.words));
        story.words = story.words.plus(words);
        story.length = story.words.length();
        story.items.push_back(facts);
        if story.items.len() > COMPARED {
            story.items.pop_front();
        }
        let id = story.id;
        self.index(number, keys);
        Some(id)
    }

    fn index(&mut self, number: u32, keys: &Keys) {
        let facts = keys.facts.iter().map(|key| (*key, PER_FACT));
        for (key, most) in facts.chain(keys.words.iter().map(|key| (*key, PER_WORD))) {
            let (mut oldest, mut count, mut known) = (u32::MAX, 0, false);
            for posting in self.by_key.iter_hash(spread(key)).filter(|posting| posting.key == key) {
                oldest = oldest.min(posting.number);
                count += 1;
                known |= posting.number == number;
            }
            if known {
                continue;
            }
            if count < most {
                self.by_key.insert_unique(spread(key), Posting { key, number }, |posting| spread(posting.key));
            } else if let Some(posting) =
                self.by_key.find_mut(spread(key), |posting| posting.key == key && posting.number == oldest)
            {
                posting.number = number;
            }
        }
    }

    /// Closes idle stories once in a while: each time an eighth of the window has passed.
    fn make_room(&mut self, now: Timestamp) {
        self.since_sweep += 1;
        if self.since_sweep > 64 && self.since_sweep * 8 > self.len() {
            let idle = SignedDuration::from_hours(IDLE_HOURS as i64);
            self.prune(now.checked_sub(idle).unwrap_or(Timestamp::MIN));
        }
        while self.len() >= Self::CAPACITY {
            let Some(oldest) = self.open.pop_front() else { break };
            self.first += 1;
            if let Some(oldest) = oldest {
                self.numbers.remove(&oldest.id);
            }
        }
    }

    fn story(&self, number: u32) -> Option<&Open> {
        self.open.get(number.checked_sub(self.first)? as usize)?.as_deref()
    }
}

/// By what an item's story is found.
#[derive(Debug)]
struct Keys {
    facts: Vec<u32>,
    words: Vec<u32>,
}

fn keys(facts: &Facts, words: &Vector) -> Keys {
    let mut found = Vec::new();
    for place in facts.places.iter() {
        found.push(key(b'p', *place, 0));
    }
    for country in facts.countries.iter() {
        for event in facts.events.iter() {
            let numbers = facts.numbers.iter().copied().chain(facts.tolls.iter().map(|toll| toll.printed));
            found.extend(numbers.map(|number| key(b'n', *country ^ event.rotate_left(7), number)));
            found.extend(facts.actors.iter().map(|actor| key(b'a', *country ^ event.rotate_left(7), *actor)));
        }
    }
    found.sort_unstable();
    found.dedup();
    Keys { facts: found, words: words.telling(TELLING).into_iter().map(|term| key(b'w', term, 0)).collect() }
}

fn key(of: u8, a: u32, b: u32) -> u32 {
    let mut bytes = [of; 9];
    bytes[1..5].copy_from_slice(&a.to_le_bytes());
    bytes[5..].copy_from_slice(&b.to_le_bytes());
    // The low half is as good as any: xxh3 mixes all bits.
    (xxh3_64(&bytes) & u64::from(u32::MAX)) as u32
}
