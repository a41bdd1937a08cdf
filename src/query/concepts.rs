//! The lexicon inside the plan: which terms are names of which concept, and which concepts an item therefore speaks of.
//!
//! The rules are those of [`Concept`]. Context and blockers are looked at only for concepts of which a name occurred, so that a
//! lexicon of any size costs what its hits cost. No cycles can arise: a concept named as context counts by its strong aliases.

use std::collections::HashMap;
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
        let rest = &self.0[from..];
        let len = rest.iter().position(|place| place.key != key).unwrap_or(rest.len());
        &rest[..len]
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

    /// The concepts that occur, in the order of their numbers, with their places. `context_end` is the first word in which context
    /// no longer counts.
    pub(super) fn found(&self, places: Places<'_>, context_end: u32) -> Vec<Found> {
        let mut named: Vec<(Use, &[Occurrence])> = Vec::new();
        for at in places.runs() {
            named.extend(self.named_by.get(at[0].key).iter().map(|used| (Use(*used), at)));
        }
        named.sort_unstable_by_key(|(used, at)| (used.0, at[0].key));
        let mut found: Vec<Found> = Vec::new();
        // The first word at which each concept, or one below it, occurs by a strong name.
        let mut strong = vec![u32::MAX; self.entries.len()];
        for uses in named.chunk_by(|a, b| a.0 == b.0).filter(|uses| uses[0].0.role() == Role::Strong) {
            let concept = uses[0].0.concept();
            let entry = self.entry(concept);
            let free = entry.free(uses, places);
            let Some(first) = free.iter().map(|span| span.0).min() else { continue };
            for counted in entry.ancestors.iter().copied().chain([concept]) {
                let at = &mut strong[counted as usize];
                *at = first.min(*at);
            }
            found.push(Found { concept, spans: free });
        }
        for uses in named.chunk_by(|a, b| a.0 == b.0).filter(|uses| uses[0].0.role() == Role::Weak) {
            let concept = uses[0].0.concept();
            let entry = self.entry(concept);
            let known = found.binary_search_by_key(&concept, |found| found.concept);
            if known.is_err() && !entry.has_context(&strong, places, context_end) {
                continue;
            }
            let free = entry.free(uses, places);
            match known {
                Ok(at) => found[at].spans.extend(free),
                Err(at) if !free.is_empty() => found.insert(at, Found { concept, spans: free }),
                Err(_) => {}
            }
        }
        found
    }
}

/// A concept that occurs.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) concept: u32,
    /// First and last word of each place, of a name of its own.
    pub(super) spans: Vec<(u32, u32)>,
}

impl Entry {
    /// The places of names that no blocker holds. A name longer than the blocker it overlaps stands.
    fn free(&self, uses: &[(Use, &[Occurrence])], places: Places<'_>) -> Vec<(u32, u32)> {
        let blocked: Vec<&Occurrence> = self.blockers.iter().flat_map(|blocker| places.of(*blocker)).collect();
        let holds = |by: &&Occurrence, name: &Occurrence| by.first <= name.first && name.last <= by.last;
        let all = uses.iter().flat_map(|(_, at)| *at);
        let free = all.filter(|name| !blocked.iter().any(|by| holds(by, name)));
        free.map(|name| (name.first, name.last)).collect()
    }

    /// Whether a context term, or by a strong name a context concept, stands before this word.
    fn has_context(&self, strong: &[u32], places: Places<'_>, end: u32) -> bool {
        self.context_concepts.iter().any(|context| strong[*context as usize] < end)
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
