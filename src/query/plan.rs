//! All watches as one table: each folded word leads to the terms that begin with it, each term to the watches that own it.

use std::collections::{BTreeSet, HashMap};

use super::term::{BadTerm, Term};
use crate::model::{Watch, WatchId};

/// Number of a term in its plan.
pub(super) type TermId = u32;

/// A watch as the plan evaluates it.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Which watch.
    pub watch: WatchId,
    pub(super) any: Vec<TermId>,
    pub(super) all: Vec<TermId>,
    pub(super) none: Vec<TermId>,
}

/// Every watch of a configuration, compiled together.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub(super) terms: Vec<Term>,
    pub(super) standing: Vec<Standing>,
    /// First word of a term, unless that word is a stem.
    pub(super) first_words: HashMap<Box<str>, Vec<TermId>>,
    /// Terms of a single stem.
    pub(super) stems: HashMap<Box<str>, Vec<TermId>>,
    /// Lengths in bytes that occur among the stems: the prefixes of a word worth looking up.
    pub(super) stem_lengths: BTreeSet<usize>,
    /// Watches that ask for a term, by term.
    pub(super) asked_by: Vec<Vec<u32>>,
}

impl Plan {
    /// Compiles watches.
    ///
    /// # Errors
    /// The first bad term with its watch; `config` has listed all of them before.
    pub fn compile(watches: &[Watch]) -> Result<Self, (WatchId, BadTerm)> {
        let mut plan = Self::default();
        let mut numbers = HashMap::new();
        for (index, watch) in (0..).zip(watches) {
            let mut list = |typed: &[String]| -> Result<Vec<TermId>, (WatchId, BadTerm)> {
                typed.iter().map(|t| plan.number(t, &mut numbers).map_err(|bad| (watch.id.clone(), bad))).collect()
            };
            let (any, all, none) = (list(&watch.any)?, list(&watch.all)?, list(&watch.none)?);
            for &term in any.iter().chain(&all) {
                let owners = &mut plan.asked_by[term as usize];
                if owners.last() != Some(&index) {
                    owners.push(index);
                }
            }
            plan.standing.push(Standing { watch: watch.id.clone(), any, all, none });
        }
        Ok(plan)
    }

    /// The number of a term; equal terms of several watches share one.
    fn number(&mut self, typed: &str, numbers: &mut HashMap<String, TermId>) -> Result<TermId, BadTerm> {
        if let Some(&known) = numbers.get(typed) {
            return Ok(known);
        }
        let term = Term::parse(typed)?;
        let id = TermId::try_from(self.terms.len()).unwrap_or(TermId::MAX);
        let first = term.words[0].clone();
        if term.stem && term.words.len() == 1 {
            self.stem_lengths.insert(first.len());
            self.stems.entry(first).or_default().push(id);
        } else {
            self.first_words.entry(first).or_default().push(id);
        }
        self.terms.push(term);
        self.asked_by.push(Vec::new());
        numbers.insert(typed.to_owned(), id);
        Ok(id)
    }
}
