//! `explain QUERY`: the query as it was understood, every form in which each of its words is accepted, and what each of them finds
//! in stored items. The first two need no store.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::job::Job;
use super::leaves::leaves;
use super::reader::{Hit, Reader};
use super::walk::{Gathered, Walk};
use super::{Refusal, SCHEMA, Stop, read};
use crate::config::Config;
use crate::model::{Aliases, Concept, ItemId, StoredItem};
use crate::query::syntax::Tree;
use crate::query::{Accepts, literal, spellings};
use crate::store::{Store, Stretch};

/// Items shown.
const SAMPLES: usize = 3;

/// What is explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explain {
    /// The query.
    pub query: String,
    /// Items first seen from then on are counted.
    pub since: Timestamp,
}

/// How a query is understood: `explain QUERY --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understood {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The query as it was understood.
    pub query: String,
    /// What is probably not meant by it, for people.
    pub warnings: Vec<String>,
    /// Its words, concepts and facets, each once.
    pub terms: Vec<Term>,
    /// What it finds; None where there is no store.
    pub found: Option<Found>,
}

/// What a query finds in stored items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Items first seen from then on were looked at.
    pub since: Timestamp,
    /// How many.
    pub looked_at: u64,
    /// How many match.
    pub items: u64,
    /// The newest that do.
    pub samples: Vec<Hit>,
}

/// A word, concept or facet of a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// As the query language writes it.
    pub term: String,
    /// What is accepted for it, one line for each way of writing it; empty for a facet, which is no word.
    pub accepts: Vec<Vec<Word>>,
    /// The names of a concept.
    pub names: Vec<Name>,
    /// Stored items in which it is found anywhere; None where there is no store.
    pub items: Option<u64>,
}

/// What one word of a text must be, in folded letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// One of these.
    OneOf(Vec<String>),
    /// A word that begins with one of these.
    BeginsWith(Vec<String>),
    /// Printed exactly so.
    Exactly(String),
    /// A word that shares one of these stems.
    Stem(Vec<String>),
}

/// A name of a concept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// The name, as the lexicon writes it.
    pub name: String,
    /// Its language.
    pub lang: String,
    /// Whether it counts only with context.
    pub weak: bool,
    /// What is accepted for it.
    pub accepts: Vec<Vec<Word>>,
}

/// Explains a query without a store.
///
/// # Errors
/// [`Refusal::Mistaken`], when it cannot be read.
pub fn alone(config: &Config, query: &str) -> Result<Understood, Refusal> {
    let (tree, warnings) = read(config, query)?;
    Ok(understood(config, &tree, warnings))
}

fn understood(config: &Config, tree: &Tree, warnings: Vec<String>) -> Understood {
    let terms = leaves(tree).iter().map(|leaf| term(config, leaf)).collect();
    Understood { schema: SCHEMA, query: tree.to_string(), warnings, terms, found: None }
}

fn term(config: &Config, leaf: &Tree) -> Term {
    let accepts = match leaf {
        Tree::Term(term) => forms(spellings(term)),
        _ => Vec::new(),
    };
    let names = match leaf {
        Tree::Concept { id, .. } => config.lexicon.iter().find(|concept| concept.id == *id).map(names),
        _ => None,
    };
    Term { term: leaf.to_string(), accepts, names: names.unwrap_or_default(), items: None }
}

fn names(concept: &Concept) -> Vec<Name> {
    let named = |aliases: &Aliases, weak: bool| -> Vec<Name> {
        let each = aliases.iter().flat_map(|(lang, names)| names.iter().map(move |name| (lang, name)));
        each.map(|(lang, name)| Name {
            name: name.clone(),
            lang: lang.clone(),
            weak,
            accepts: literal(name).map(|term| forms(spellings(&term))).unwrap_or_default(),
        })
        .collect()
    };
    [named(&concept.strong, false), named(&concept.weak, true)].concat()
}

fn forms(spellings: Vec<Vec<Accepts>>) -> Vec<Vec<Word>> {
    spellings.into_iter().map(|words| words.into_iter().map(word).collect()).collect()
}

fn word(accepts: Accepts) -> Word {
    match accepts {
        Accepts::Forms(forms) => Word::OneOf(forms),
        Accepts::Beginnings(forms) => Word::BeginsWith(forms),
        Accepts::Exact { printed, .. } => Word::Exactly(printed),
        Accepts::Inflected(keys) => Word::Stem(keys.into_iter().map(String::from).collect()),
    }
}

/// What is counted: the query first, and then each of its leaves.
#[derive(Default)]
struct Counts {
    looked_at: u64,
    items: Vec<u64>,
    samples: Vec<ItemId>,
}

impl Gathered for Counts {
    fn found(&self) -> usize {
        0
    }
}

/// Explains a query and counts over stored items.
pub(super) fn over_store(store: &Store, config: &Config, ask: &Explain, job: &Job) -> Result<Understood, Stop> {
    let (tree, warnings) = read(config, &ask.query)?;
    let mut understood = understood(config, &tree, warnings);
    let queries: Vec<Tree> = std::iter::once(tree.clone()).chain(leaves(&tree)).collect();
    let count = queries.len();
    let reader = Reader::new(config, queries);
    let stretch = Stretch { from: ItemId::at(ask.since), ..Stretch::ALL };
    let chunks = Walk { store, stretch, job, wanted: usize::MAX }.run(|counts: &mut Counts, item: &StoredItem| {
        counts.looked_at += 1;
        counts.items.resize(count, 0);
        for (query, _) in reader.hits(item) {
            counts.items[query] += 1;
            if query == 0 && counts.samples.len() < SAMPLES {
                counts.samples.push(item.id);
            }
        }
    })?;
    let sum = |query: usize| chunks.iter().filter_map(|chunk| chunk.items.get(query)).sum::<u64>();
    let samples: Vec<ItemId> = chunks.iter().flat_map(|chunk| &chunk.samples).take(SAMPLES).copied().collect();
    understood.terms.iter_mut().enumerate().for_each(|(leaf, term)| term.items = Some(sum(leaf + 1)));
    understood.found = Some(Found {
        since: ask.since,
        looked_at: chunks.iter().map(|chunk| chunk.looked_at).sum(),
        items: sum(0),
        samples: reader.shown(store, 0, &samples)?,
    });
    Ok(understood)
}
