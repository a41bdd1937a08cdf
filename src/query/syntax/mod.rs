//! The query language: text into a tree, with errors and warnings written for the people who write watches.
//!
//! It is the dialect of media monitoring: AND, OR and NOT in capitals, quotes, parentheses, NEAR/n, `word*`, fields;
//! and beside it `=word`, `word~` and `@concept`. A query is understood whole or refused. Knows nothing of texts, plans
//! or watches' files.

mod display;
mod entry;
mod field;
mod lexer;
mod mixed;
mod parser;
mod problem;
mod sides;
mod signs;
pub mod tree;
mod warn;
mod words;

#[cfg(test)]
mod tests;

pub use entry::{entry, watch};
pub use problem::Problem;
pub use tree::Tree;

use crate::query::vocabulary::Vocabulary;

/// Longest query in bytes: thousands of terms fit, and what is longer is a page pasted by mistake.
pub const LONGEST: usize = 64 * 1024;

/// Most parentheses in each other: people lose count far earlier, and every reader of a tree may recurse.
const MOST_DEPTH: usize = 32;

/// A query that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// What it says.
    pub tree: Tree,
    /// What is probably not meant, in the order of the query.
    pub warnings: Vec<Problem>,
}

/// Reads a query.
///
/// # Errors
/// [`Problem`], for people: the first thing that is wrong.
pub fn parse(query: &str, vocabulary: &Vocabulary) -> Result<Parsed, Problem> {
    if query.len() > LONGEST {
        let end = query.floor_char_boundary(LONGEST);
        let message =
            format!("a query has at most {} KiB, and this one has {}", LONGEST / 1024, query.len().div_ceil(1024));
        return Err(
            Problem::new(end..query.len(), message).help("Make several watches of it, or a concept of its names.")
        );
    }
    let tokens = lexer::lex(query)?;
    let mut parser = parser::Parser::new(query, &tokens, vocabulary);
    let tree = parser.whole()?;
    let mut warnings = parser.warnings;
    warnings.sort_by_key(|warning| warning.span.start);
    Ok(Parsed { tree, warnings })
}
