//! A literal: a word or phrase without operators, as the lexicon writes its names. Queries have a grammar of their own
//! ([`super::syntax`]).

use super::syntax::tree::{Style, Term};
use crate::text::Tokens;

/// Reads `=word`, `word*` or a phrase; None when it has no word.
#[must_use]
pub fn literal(text: &str) -> Option<Term> {
    let trimmed = text.trim();
    let (rest, style) = match trimmed.strip_prefix('=') {
        Some(rest) => (rest, Style::Exact),
        None => (trimmed, Style::Plain),
    };
    let (rest, stem) = rest.strip_suffix('*').map_or((rest, false), |rest| (rest, true));
    let has_word = !Tokens::of(rest).words().is_empty();
    has_word.then(|| Term { text: rest.to_owned(), style, stem, span: 0..text.len() })
}
