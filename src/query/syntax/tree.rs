//! What a query says, as a tree. Made by the parser, read by the plan and by `explain`; knows nothing of texts.

use std::ops::Range;

use crate::model::TollKind;

/// A query or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    /// Every part holds. [`Tree::Not`] stands only here, and never alone.
    All(Vec<Tree>),
    /// At least one part holds.
    Any(Vec<Tree>),
    /// The part does not hold anywhere in the item.
    Not(Box<Tree>),
    /// At least so many of the parts hold.
    AtLeast {
        /// How many; from 1 to the number of parts.
        n: usize,
        /// The parts, two or more.
        of: Vec<Tree>,
    },
    /// Both occur in one field with at most so many words between them.
    Near {
        /// Occurs first where the order counts.
        left: Box<Tree>,
        /// Occurs second where the order counts.
        right: Box<Tree>,
        /// Most words between the two.
        within: u32,
        /// Whether `left` must come before `right` (`ONEAR`).
        ordered: bool,
    },
    /// An occurrence of one without the other within so many words on either side.
    NotNear {
        /// What must occur.
        wanted: Box<Tree>,
        /// What must not stand near it.
        other: Box<Tree>,
        /// Most words between the two that count as near.
        within: u32,
    },
    /// Looked for in one field only.
    In(TextField, Box<Tree>),
    /// A word or phrase.
    Term(Term),
    /// A concept of the lexicon, by id without `@`.
    Concept {
        /// The id as typed.
        id: String,
        /// Bytes of the query, `@` included.
        span: Range<usize>,
    },
    /// A question about the item and not about its words.
    Facet(Facet),
}

impl Tree {
    /// Calls with every word, concept and facet, in the order of the query.
    pub fn each_leaf(&self, call: &mut impl FnMut(&Self)) {
        match self {
            Self::All(parts) | Self::Any(parts) | Self::AtLeast { of: parts, .. } => {
                parts.iter().for_each(|part| part.each_leaf(call));
            }
            Self::Not(part) | Self::In(_, part) => part.each_leaf(call),
            Self::Near { left: first, right: second, .. } | Self::NotNear { wanted: first, other: second, .. } => {
                first.each_leaf(call);
                second.each_leaf(call);
            }
            Self::Term(_) | Self::Concept { .. } | Self::Facet(_) => call(self),
        }
    }
}

/// A field that can be asked for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextField {
    /// The headline.
    Title,
    /// Teaser and full text.
    Body,
}

/// How the words of a term are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// Folded, with Arabic proclitics and regular plurals.
    Plain,
    /// `=word`: as typed, with case, accents and hooks.
    Exact,
    /// `word~`: any inflected form of a common word.
    Inflected,
}

/// A word or phrase to look for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// The words without quotes and signs, as typed.
    pub text: String,
    /// How they are compared.
    pub style: Style,
    /// Whether the last word is only a beginning (`word*`).
    pub stem: bool,
    /// Bytes of the query, quotes and signs included.
    pub span: Range<usize>,
}

/// A question about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Facet {
    /// `source:rfi*`: the id of the source, or the beginning of it.
    Source(Pattern),
    /// `lang:ar`: the language of the item, as a primary BCP 47 subtag.
    Lang(String),
    /// `author:"A. Diallo"`: words among the authors, folded.
    Author(String),
    /// `url:/communique/`: letters in the address, in any case.
    Url(String),
    /// `country:BF`: a concept of that country (ISO 3166-1 alpha-2, upper case) occurs.
    Country(String),
    /// `killed:>=10`: a casualty figure.
    Toll {
        /// Which figure.
        kind: TollKind,
        /// How it is compared.
        compare: Compare,
        /// With what.
        number: u32,
    },
}

/// A text that is meant whole, or as a beginning where `*` ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Without the `*`, lower case.
    pub text: String,
    /// Whether it is only a beginning.
    pub prefix: bool,
}

/// `=`, `>`, `>=`, `<`, `<=`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compare {
    /// Equal.
    Equal,
    /// Greater.
    Above,
    /// Greater or equal.
    AtLeast,
    /// Less.
    Below,
    /// Less or equal.
    AtMost,
}
