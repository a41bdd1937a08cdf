//! What a watch looks for, as one tree, whichever way it was typed.

use super::syntax::tree::Tree;
use super::syntax::{self, Problem};
use super::vocabulary::Vocabulary;
use crate::model::Asks;

/// Reads what a watch looks for. Lists that ask for nothing, which `config` refuses, match nothing.
///
/// # Errors
/// The first problem; `config` has told of all of them before.
pub fn asked(asks: &Asks, vocabulary: &Vocabulary) -> Result<Tree, Problem> {
    match asks {
        Asks::Query(query) => syntax::parse(query, vocabulary).map(|parsed| parsed.tree),
        Asks::Lists { any, all, none } => {
            let read = |list: &[String]| -> Result<Vec<Tree>, Problem> {
                list.iter().map(|entry| syntax::entry(entry, vocabulary).map(|parsed| parsed.tree)).collect()
            };
            let tree = syntax::watch(read(any)?, read(all)?, read(none)?);
            Ok(tree.unwrap_or_else(|| Tree::Any(Vec::new())))
        }
    }
}
