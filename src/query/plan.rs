//! All standing queries and all concepts as one table: each folded word leads to the terms it may begin, each term to the queries
//! that cannot match without it. A document is looked up once, and what it costs follows its text and its hits, not the number
//! of watches (the percolator of Lucene's monitor, with its rule for choosing what a query requires).

use std::collections::HashMap;
use std::sync::Arc;

use super::concepts::Concepts;
use super::forms::{Accepts, spellings};
use super::node::{Node, Requires};
use super::stems::Stems;
use super::syntax::tree::{Term, Tree};
use super::table::{FormId, Forms, Lists};
use crate::model::Concept;

/// What can occur in a text: a term or, numbered after all terms, a concept.
pub(super) type Key = u32;

/// A spelling of a term, ready to be compared.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// The term that occurs where this does.
    pub(super) term: Key,
    pub(super) words: Box<[Word]>,
    /// Which word leads here from the table.
    pub(super) anchor: u16,
}

/// What one word of a pattern must be.
#[derive(Debug, Clone)]
pub(super) enum Word {
    /// One of these forms, sorted.
    Forms(Box<[FormId]>),
    /// A beginning; found by the beginnings' table, or compared where another word is the anchor.
    Beginnings(Box<[Box<str>]>),
    /// This form, printed so.
    Exact(FormId, Box<str>),
    /// A word that shares one of these stem keys.
    Inflected(Box<[Box<str>]>),
}

impl Word {
    /// The whole forms it accepts.
    fn forms(&self) -> &[FormId] {
        match self {
            Self::Forms(forms) => forms,
            Self::Exact(form, _) => std::slice::from_ref(form),
            Self::Beginnings(_) | Self::Inflected(_) => &[],
        }
    }
}

/// A compiled standing query.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) tree: Tree,
    pub(super) node: Node,
}

/// Every standing query and concept, compiled together.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// How each term was typed, signs included.
    pub(super) typed: Vec<Arc<str>>,
    pub(super) patterns: Vec<Pattern>,
    pub(super) words: Forms,
    /// Terms by the forms that are all there is to them: most terms are one word.
    pub(super) alone: Lists,
    /// Other patterns, by the form of their anchor.
    pub(super) by_word: Lists,
    pub(super) beginnings: Forms,
    pub(super) by_beginning: Lists,
    pub(super) by_stem: Stems,
    pub(super) concepts: Concepts,
    pub(super) queries: Vec<Standing>,
    /// Queries by a key that must have occurred before one of them can match.
    pub(super) asked_by: Lists,
    /// Queries that require no word: they ask for facets only.
    pub(super) always: Vec<u32>,
}

impl Plan {
    /// Compiles queries, which are numbered in their order, over a lexicon that defines every concept they name.
    #[must_use]
    pub fn compile(queries: Vec<Tree>, lexicon: &[Concept]) -> Self {
        let mut builder = Builder::default();
        let mut concepts = Concepts::compile(lexicon, |term| builder.term(term));
        let trees: Vec<(Tree, Node)> = queries
            .into_iter()
            .map(|tree| {
                let node = Node::compile(&tree, &mut |term| builder.term(term), &concepts);
                (tree, node)
            })
            .collect();
        let terms = builder.typed.len();
        let concept_costs = concepts.costs(&builder.costs);
        let cost = |key: Key| {
            let key = key as usize;
            builder.costs.get(key).or_else(|| concept_costs.get(key - terms)).copied().unwrap_or(1.0)
        };
        let (mut asked, mut always) = (Vec::new(), Vec::new());
        for (number, (_, node)) in (0..).zip(&trees) {
            match node.requires(&|leaf| leaf.key(terms), &cost) {
                Requires::OneOf { keys, .. } => asked.extend(keys.into_iter().map(|key| (key, number))),
                Requires::Nothing => always.push(number),
            }
        }
        concepts.finish(terms, trees.iter().map(|(_, node)| node));
        let queries = trees.into_iter().map(|(tree, node)| Standing { tree, node }).collect();
        let asked_by = Lists::of(terms + concepts.len(), asked);
        builder.finish(concepts, queries, asked_by, always)
    }

    /// How many queries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queries.is_empty()
    }

    /// A query as it was understood.
    #[must_use]
    pub fn tree(&self, query: usize) -> Option<&Tree> {
        self.queries.get(query).map(|standing| &standing.tree)
    }
}

/// The tables while they grow.
#[derive(Default)]
struct Builder {
    typed: Vec<Arc<str>>,
    /// How often each term may be expected, as a share of all words.
    costs: Vec<f32>,
    numbers: HashMap<(String, super::syntax::tree::Style, bool), Key>,
    patterns: Vec<Pattern>,
    /// How often each word of each pattern may be expected.
    expected: Vec<Box<[f32]>>,
    words: Forms,
    alone: Vec<(FormId, Key)>,
    by_word: Vec<(FormId, u32)>,
    beginnings: Forms,
    by_beginning: Vec<(FormId, u32)>,
    by_stem: Stems,
}

impl Builder {
    /// The number of a term; equal terms of several queries and concepts share one.
    fn term(&mut self, term: &Term) -> Key {
        let identity = (term.text.clone(), term.style, term.stem);
        if let Some(known) = self.numbers.get(&identity) {
            return *known;
        }
        let key = Key::try_from(self.typed.len()).unwrap_or(Key::MAX);
        self.numbers.insert(identity, key);
        self.typed.push(term.to_string().into());
        let mut cost = 0.0;
        for spelling in spellings(term) {
            cost += self.pattern(key, &spelling);
        }
        self.costs.push(cost);
        key
    }

    /// Adds a spelling; returns how often it may be expected.
    fn pattern(&mut self, term: Key, spelling: &[Accepts]) -> f32 {
        let Some(rarest) = spelling.iter().map(expected).min_by(f32::total_cmp) else { return 0.0 };
        let words = spelling.iter().map(|accepts| self.word(accepts)).collect();
        self.patterns.push(Pattern { term, words, anchor: 0 });
        self.expected.push(spelling.iter().map(expected).collect());
        // Each further word of a phrase makes it rarer still.
        rarest / (1 << (spelling.len().min(8) - 1)) as f32
    }

    fn word(&mut self, accepts: &Accepts) -> Word {
        match accepts {
            Accepts::Forms(forms) => {
                let mut ids: Vec<FormId> = forms.iter().map(|form| self.words.number(form)).collect();
                ids.sort_unstable();
                Word::Forms(ids.into())
            }
            Accepts::Exact { folded, printed } => Word::Exact(self.words.number(folded), printed.as_str().into()),
            Accepts::Beginnings(forms) => Word::Beginnings(forms.iter().map(|form| form.as_str().into()).collect()),
            Accepts::Inflected(keys) => Word::Inflected(keys.clone().into()),
        }
    }

    /// Chooses for every pattern the word that leads to it: the one expected least often, where a word that many patterns share
    /// counts as common, since each of them would be compared wherever it stands.
    fn anchor(&mut self) {
        let mut sharing = vec![0_u16; self.words.len()];
        for form in self.patterns.iter().flat_map(|pattern| &pattern.words).flat_map(Word::forms) {
            sharing[*form as usize] = sharing[*form as usize].saturating_add(1);
        }
        let shared = |word: &Word| word.forms().iter().map(|form| sharing[*form as usize]).max().unwrap_or(1);
        for (number, (pattern, expected)) in (0..).zip(self.patterns.iter_mut().zip(&self.expected)) {
            let cost = |at: &usize| expected[*at] * f32::from(shared(&pattern.words[*at]));
            let anchor = (0..pattern.words.len()).min_by(|a, b| cost(a).total_cmp(&cost(b))).unwrap_or(0);
            pattern.anchor = u16::try_from(anchor).unwrap_or(u16::MAX);
            match &pattern.words[anchor] {
                Word::Forms(forms) if pattern.words.len() == 1 => {
                    self.alone.extend(forms.iter().map(|form| (*form, pattern.term)));
                }
                Word::Forms(forms) => self.by_word.extend(forms.iter().map(|form| (*form, number))),
                Word::Exact(form, _) => self.by_word.push((*form, number)),
                Word::Beginnings(forms) => {
                    self.by_beginning.extend(forms.iter().map(|form| (self.beginnings.number(form), number)));
                }
                Word::Inflected(keys) => {
                    keys.iter().for_each(|key| self.by_stem.add(key, number));
                }
            }
        }
    }

    fn finish(mut self, concepts: Concepts, queries: Vec<Standing>, asked_by: Lists, always: Vec<u32>) -> Plan {
        self.anchor();
        self.words.seal();
        self.beginnings.seal();
        Plan {
            typed: self.typed,
            alone: Lists::of(self.words.len(), self.alone),
            by_word: Lists::of(self.words.len(), self.by_word),
            words: self.words,
            by_beginning: Lists::of(self.beginnings.len(), self.by_beginning),
            beginnings: self.beginnings,
            patterns: self.patterns,
            by_stem: self.by_stem,
            concepts,
            queries,
            asked_by,
            always,
        }
    }
}

/// How often a word may be expected, as a share of all words, by its length alone: longer words are rarer, and a beginning stands
/// for several words. Only the order counts, to choose which word of a query the others wait for.
fn expected(accepts: &Accepts) -> f32 {
    let by_length = |word: &str| 0.7_f32.powi(i32::try_from(word.chars().count().min(30)).unwrap_or(30));
    match accepts {
        Accepts::Forms(forms) => by_length(&forms[0]),
        Accepts::Exact { folded, .. } => by_length(folded) / 2.0,
        Accepts::Beginnings(forms) => by_length(&forms[0]) * 4.0,
        Accepts::Inflected(keys) => keys.first().map_or(1.0, |key| by_length(key) * 4.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Item;
    use crate::query::{Subject, Vocabulary, syntax};

    fn plan(queries: &[&str]) -> Plan {
        let tree = |query: &&str| syntax::parse(query, &Vocabulary::default()).expect("a good query").tree;
        Plan::compile(queries.iter().map(tree).collect(), &[])
    }

    /// Which of the queries are looked at for a text, whether they match or not.
    fn candidates(queries: &[&str], text: &str) -> Vec<u32> {
        let plan = plan(queries);
        let item = Item { body: text.to_owned(), ..Item::default() };
        plan.scan(Subject { item: &item, source: "", lang: "und" }).candidates().into_iter().collect()
    }

    #[test]
    fn a_query_waits_for_the_word_it_needs_that_is_expected_least() {
        let queries = [
            "attaque Ouahigouya",
            "attaque NEAR/5 Ouahigouya",
            "attaque OR Ouahigouya",
            "(attaque OR raid) (Ouahigouya OR Barsalogho)",
            "2 OF (attaque, Ouahigouya, Barsalogho)",
            "attaque -Ouahigouya",
            "title:attaque lang:fr",
            "lang:fr",
        ];
        assert_eq!(candidates(&queries, "une attaque"), [2, 5, 6, 7]);
        assert_eq!(candidates(&queries, "à Ouahigouya"), [0, 1, 2, 3, 4, 7]);
        assert_eq!(candidates(&queries, "rien"), [7]);
    }

    #[test]
    fn equal_terms_of_several_queries_are_one() {
        let plan = plan(&["attaque OR raid", "attaque Djibo", "=attaque"]);
        let typed: Vec<&str> = plan.typed.iter().map(|typed| &**typed).collect();
        assert_eq!(typed, ["attaque", "raid", "Djibo", "=attaque"]);
    }

    #[test]
    fn a_phrase_is_found_by_the_word_fewest_phrases_share() {
        let plan = plan(&["\"forces armées maliennes\"", "\"forces armées nigériennes\"", "\"forces armées\""]);
        let anchors: Vec<u16> = plan.patterns.iter().map(|pattern| pattern.anchor).collect();
        assert_eq!(anchors[..2], [2, 2]);
    }
}
