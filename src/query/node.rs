//! A query with its terms and concepts as numbers, and what must occur before it can match. Pure; the evaluation is in `eval`.

use super::concepts::Concepts;
use super::plan::Key;
use super::syntax::tree::{Facet, Term, TextField, Tree};

/// A term or concept of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaf {
    /// A term, by number.
    Term(Key),
    /// A concept, by number in the lexicon.
    Concept(u32),
}

impl Leaf {
    /// The key of the leaf, where concepts are numbered after so many terms.
    pub(super) fn key(self, terms: usize) -> Key {
        match self {
            Self::Term(term) => term,
            Self::Concept(concept) => concept + u32::try_from(terms).unwrap_or(u32::MAX),
        }
    }
}

/// See [`Tree`], of which this is the image.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    AtLeast {
        n: usize,
        of: Vec<Node>,
    },
    Near {
        left: Box<Node>,
        right: Box<Node>,
        within: u32,
        ordered: bool,
    },
    NotNear {
        wanted: Box<Node>,
        other: Box<Node>,
        within: u32,
    },
    In(TextField, Box<Node>),
    Leaf(Leaf),
    Facet(Facet),
    /// A concept that the lexicon does not have.
    Never,
}

/// What must occur before a query can match.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Requires {
    /// Nothing: it may match any item.
    Nothing,
    /// At least one of these.
    OneOf {
        keys: Vec<Key>,
        /// How often that may be expected, as a share of all words.
        cost: f32,
    },
}

impl Node {
    pub(super) fn compile(tree: &Tree, number: &mut impl FnMut(&Term) -> Key, concepts: &Concepts) -> Self {
        let mut each = |parts: &[Tree]| parts.iter().map(|part| Self::compile(part, number, concepts)).collect();
        match tree {
            Tree::All(parts) => Self::All(each(parts)),
            Tree::Any(parts) => Self::Any(each(parts)),
            Tree::AtLeast { n, of } => Self::AtLeast { n: *n, of: each(of) },
            Tree::Not(part) => Self::Not(Box::new(Self::compile(part, number, concepts))),
            Tree::Near { left, right, within, ordered } => Self::Near {
                left: Box::new(Self::compile(left, number, concepts)),
                right: Box::new(Self::compile(right, number, concepts)),
                within: *within,
                ordered: *ordered,
            },
            Tree::NotNear { wanted, other, within } => Self::NotNear {
                wanted: Box::new(Self::compile(wanted, number, concepts)),
                other: Box::new(Self::compile(other, number, concepts)),
                within: *within,
            },
            Tree::In(field, part) => Self::In(*field, Box::new(Self::compile(part, number, concepts))),
            Tree::Term(term) => Self::Leaf(Leaf::Term(number(term))),
            Tree::Concept { id, .. } => {
                concepts.number(id).map_or(Self::Never, |concept| Self::Leaf(Leaf::Concept(concept)))
            }
            Tree::Facet(facet) => Self::Facet(facet.clone()),
        }
    }

    /// What must occur: of a conjunction the part that is expected least often, of a disjunction every part.
    pub(super) fn requires(&self, key: &impl Fn(Leaf) -> Key, cost: &impl Fn(Key) -> f32) -> Requires {
        let of = |parts: &[Node]| -> Vec<Requires> { parts.iter().map(|part| part.requires(key, cost)).collect() };
        match self {
            Self::All(parts) => rarest(of(parts), 1),
            Self::Any(parts) => rarest(of(parts), parts.len()),
            // Any n of k hold only if one of any k - n + 1 does.
            Self::AtLeast { n, of: parts } => rarest(of(parts), parts.len() + 1 - n.min(&parts.len())),
            Self::Near { left, right, .. } => rarest(vec![left.requires(key, cost), right.requires(key, cost)], 1),
            Self::NotNear { wanted: part, .. } | Self::In(_, part) => part.requires(key, cost),
            Self::Leaf(leaf) => {
                let key = key(*leaf);
                Requires::OneOf { cost: cost(key), keys: vec![key] }
            }
            Self::Never => Requires::OneOf { keys: Vec::new(), cost: 0.0 },
            Self::Not(_) | Self::Facet(_) => Requires::Nothing,
        }
    }

    /// Calls for every concept, by number, and every facet.
    pub(super) fn each_leaf(&self, visit: &mut impl FnMut(&Node)) {
        match self {
            Self::All(parts) | Self::Any(parts) | Self::AtLeast { of: parts, .. } => {
                parts.iter().for_each(|part| part.each_leaf(visit));
            }
            Self::Not(part) | Self::In(_, part) => part.each_leaf(visit),
            Self::Near { left: a, right: b, .. } | Self::NotNear { wanted: a, other: b, .. } => {
                a.each_leaf(visit);
                b.each_leaf(visit);
            }
            Self::Leaf(_) | Self::Facet(_) | Self::Never => visit(self),
        }
    }
}

/// The union of the `take` rarest requirements; nothing is required where one of those requires nothing.
fn rarest(mut parts: Vec<Requires>, take: usize) -> Requires {
    let cost = |part: &Requires| match part {
        Requires::Nothing => f32::INFINITY,
        Requires::OneOf { cost, .. } => *cost,
    };
    parts.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
    let mut union = (Vec::new(), 0.0);
    for part in parts.into_iter().take(take.max(1)) {
        match part {
            Requires::Nothing => return Requires::Nothing,
            Requires::OneOf { keys, cost } => {
                union.0.extend(keys);
                union.1 += cost;
            }
        }
    }
    Requires::OneOf { keys: union.0, cost: union.1 }
}
