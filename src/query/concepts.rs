//! The lexicon inside the plan: which terms are names of which concept, and which concepts an item therefore speaks of.
//!
//! The rules are those of [`Concept`]. Context and blockers are looked at only for concepts of which a name occurred, so that a
//! lexicon of any size costs what its hits cost. No cycles can arise: a concept named as context counts by its strong aliases.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::literal::literal;
use super::node::{Leaf, Node};
use super::plan::Key;
use super::syntax::tree::{Facet, Term};
use super::table::Lists;
use crate::model::{Concept, ConceptKind};

/// Words of an item, title included, in which context counts: the title and the first 150 words of the text.
pub(super) const CONTEXT_WORDS: u32 = 150;

/// What a name is to its concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Strong,
    Weak,
}

/// A concept, by number, and what one of its names is to it; as one number, weak ones odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Use(u32);

impl Use {
    fn new(concept: u32, role: Role) -> Self {
        Self(concept << 1 | u32::from(role == Role::Weak))
    }

    fn concept(self) -> u32 {
        self.0 >> 1
    }

    fn role(self) -> Role {
        if self.0 & 1 == 0 { Role::Strong } else { Role::Weak }
    }
}

/// A concept as the plan knows it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its id.
    pub id: Arc<str>,
    /// What people call it.
    pub name: Arc<str>,
    /// What it is.
    pub kind: ConceptKind,
    /// ISO 3166-1 alpha-2.
    pub country: Option<Arc<str>>,
    /// Latitude and longitude in degrees.
    pub geo: Option<[f64; 2]>,
    /// All concepts it counts for, by number.
    pub(super) ancestors: Box<[u32]>,
    /// As matches name it: `@id`.
    pub(super) typed: Arc<str>,
    names: Box<[(Key, Role)]>,
    blockers: Box<[Key]>,
    context: Box<[Key]>,
    context_concepts: Box<[u32]>,
}

/// The compiled lexicon.
#[derive(Debug, Clone, Default)]
pub(super) struct Concepts {
    numbers: HashMap<Arc<str>, u32>,
    entries: Vec<Entry>,
    /// Uses by the terms that name a concept.
    named_by: Lists,
    /// Concepts that a query asks for: only their occurrences are gathered.
    pub(super) asked: Vec<bool>,
}

/// One place: a key and its first and last word, numbered over the whole item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Occurrence {
    pub(super) key: Key,
    pub(super) first: u32,
    pub(super) last: u32,
}

/// Where terms occur, sorted by key and place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'a>(pub(super) &'a [Occurrence]);

impl<'a> Places<'a> {
    /// The occurrences of one key.
    pub(super) fn of(self, key: Key) -> &'a [Occurrence] {
        let from = self.0.partition_point(|place| place.key < key);
        let len = self.0[from..].partition_point(|place| place.key == key);
        &self.0[from..from + len]
    }

    /// The occurrences of each key that has some.
    pub(super) fn runs(self) -> impl Iterator<Item = &'a [Occurrence]> {
        self.0.chunk_by(|a, b| a.key == b.key)
    }
}

impl Concepts {
    /// Compiles a lexicon; `number` gives a term its key. Names without a word are left out (`lexicon` has refused them).
    pub(super) fn compile(lexicon: &[Concept], mut number: impl FnMut(&Term) -> Key) -> Self {
        let numbers: HashMap<Arc<str>, u32> = (0..).zip(lexicon).map(|(n, c)| (c.id.as_str().into(), n)).collect();
        let parents: Vec<Vec<u32>> = lexicon
            .iter()
            .map(|c| c.parent.iter().filter_map(|p| numbers.get(p.as_str()).copied()).collect())
            .collect();
        let mut keys = |texts: &mut dyn Iterator<Item = &String>| -> Vec<Key> {
            texts.filter_map(|text| literal(text)).map(|term| number(&term)).collect()
        };
        let entries: Vec<Entry> = (0..)
            .zip(lexicon)
            .map(|(at, concept)| {
                let strong = keys(&mut concept.strong.values().flatten());
                let weak = keys(&mut concept.weak.values().flatten());
                let (concepts, terms): (Vec<&String>, Vec<&String>) =
                    concept.context.iter().partition(|text| text.starts_with('@'));
                let name = if concept.name.is_empty() { &concept.id } else { &concept.name };
                Entry {
                    id: concept.id.as_str().into(),
                    name: name.as_str().into(),
                    kind: concept.kind,
                    country: concept.country.as_deref().map(Arc::from),
                    geo: concept.geo,
                    ancestors: ancestors(at, &parents),
                    typed: format!("@{}", concept.id).into(),
                    names: strong
                        .iter()
                        .map(|key| (*key, Role::Strong))
                        .chain(weak.iter().map(|key| (*key, Role::Weak)))
                        .collect(),
                    blockers: keys(&mut concept.not.iter()).into(),
                    context: keys(&mut terms.into_iter()).into(),
                    context_concepts: concepts.iter().filter_map(|id| numbers.get(&id[1..]).copied()).collect(),
                }
            })
            .collect();
        Self { numbers, asked: vec![false; entries.len()], entries, named_by: Lists::default() }
    }

    /// Closes the tables once all terms are numbered, and notes which concepts the queries ask for.
    pub(super) fn finish<'a>(&mut self, terms: usize, queries: impl Iterator<Item = &'a Node>) {
        let mut uses = Vec::new();
        for (number, entry) in (0..).zip(&self.entries) {
            uses.extend(entry.names.iter().map(|(key, role)| (*key, Use::new(number, *role).0)));
        }
        self.named_by = Lists::of(terms, uses);
        for query in queries {
            query.each_leaf(&mut |node| match node {
                Node::Leaf(Leaf::Concept(concept)) => self.asked[*concept as usize] = true,
                Node::Facet(Facet::Country(country)) => {
                    for (entry, asked) in self.entries.iter().zip(&mut self.asked) {
                        *asked |= entry.country.as_deref() == Some(country);
                    }
                }
                _ => {}
            });
        }
    }

    /// How often each concept may be expected, from how often its names are, descendants included.
    pub(super) fn costs(&self, terms: &[f32]) -> Vec<f32> {
        let mut costs = vec![0.0; self.entries.len()];
        for (number, entry) in self.entries.iter().enumerate() {
            let own: f32 = entry.names.iter().map(|(key, _)| terms[*key as usize]).sum();
            costs[number] += own;
            for ancestor in &entry.ancestors {
                costs[*ancestor as usize] += own;
            }
        }
        costs
    }

    pub(super) fn number(&self, id: &str) -> Option<u32> {
        self.numbers.get(id).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn entry(&self, number: u32) -> &Entry {
        &self.entries[number as usize]
    }

    /// The concepts that occur, by number, each with its places by first and last word. `context_end` is the first word in
    /// which context no longer counts.
    pub(super) fn found(&self, places: Places<'_>, context_end: u32) -> BTreeMap<u32, Vec<(u32, u32)>> {
        let mut named: Vec<(u32, &[Occurrence])> = Vec::new();
        for at in places.runs() {
            named.extend(self.named_by.get(at[0].key).iter().map(|used| (*used, at)));
        }
        named.sort_unstable_by_key(|(used, at)| (*used, at[0].key));
        let mut found: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
        // The first word at which each concept, or one below it, occurs by a strong name.
        let mut strong: HashMap<u32, u32> = HashMap::new();
        for (used, at) in
            named.iter().map(|(used, at)| (Use(*used), at)).filter(|(used, _)| used.role() == Role::Strong)
        {
            let entry = self.entry(used.concept());
            for place in at.iter().filter(|place| !entry.is_blocked(place, places)) {
                found.entry(used.concept()).or_default().push((place.first, place.last));
                for counted in entry.ancestors.iter().copied().chain([used.concept()]) {
                    let first = strong.entry(counted).or_insert(place.first);
                    *first = place.first.min(*first);
                }
            }
        }
        for (used, at) in named.iter().map(|(used, at)| (Use(*used), at)).filter(|(used, _)| used.role() == Role::Weak)
        {
            let entry = self.entry(used.concept());
            if found.contains_key(&used.concept()) || entry.has_context(&strong, places, context_end) {
                let free = at.iter().filter(|place| !entry.is_blocked(place, places));
                let free: Vec<_> = free.map(|place| (place.first, place.last)).collect();
                if !free.is_empty() {
                    found.entry(used.concept()).or_default().extend(free);
                }
            }
        }
        found
    }
}

impl Entry {
    /// Whether a name stands inside a blocker. One longer than the blocker it overlaps stands.
    fn is_blocked(&self, name: &Occurrence, places: Places<'_>) -> bool {
        let holds = |by: &Occurrence| by.first <= name.first && name.last <= by.last;
        self.blockers.iter().any(|blocker| places.of(*blocker).iter().any(holds))
    }

    /// Whether a context term, or by a strong name a context concept, stands before this word.
    fn has_context(&self, strong: &HashMap<u32, u32>, places: Places<'_>, end: u32) -> bool {
        self.context_concepts.iter().any(|context| strong.get(context).is_some_and(|at| *at < end))
            || self.context.iter().any(|term| places.of(*term).first().is_some_and(|place| place.first < end))
    }
}

/// Everything above a concept; a cycle, which `lexicon` refuses, ends where it closes.
fn ancestors(concept: u32, parents: &[Vec<u32>]) -> Box<[u32]> {
    let mut above: Vec<u32> = Vec::new();
    let mut next: Vec<u32> = parents[concept as usize].clone();
    while let Some(parent) = next.pop() {
        if parent != concept && !above.contains(&parent) {
            above.push(parent);
            next.extend(&parents[parent as usize]);
        }
    }
    above.sort_unstable();
    above.into()
}
