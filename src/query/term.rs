//! A term: one entry of a watch's `any`, `all` or `none`, folded and cut into words.

use std::sync::Arc;

use crate::text::Tokens;

/// Fewest letters before a `*`: shorter stems match half a language.
const SHORTEST_STEM: usize = 3;

/// A word or phrase to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// As typed.
    pub typed: Arc<str>,
    /// Its folded words, in order; never empty.
    pub(super) words: Vec<Box<str>>,
    /// Whether the last word is only a beginning.
    pub(super) stem: bool,
}

/// Why a text is not a term.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTerm {
    /// Nothing but marks and spaces.
    #[error("has no letter or digit to look for")]
    NoWord,
    /// A `*` somewhere else than at the end.
    #[error("has a `*` that is not at its end; only `word*` is understood")]
    WildcardInside,
    /// A stem of one or two letters.
    #[error("has fewer than {SHORTEST_STEM} letters before its `*`, which would match far too much")]
    ShortStem,
    /// A comma, full stop or the like between words, across which a phrase never runs.
    #[error("has a `{0}` inside, across which a phrase never matches; write two terms")]
    Break(char),
}

impl Term {
    /// Reads a term as typed.
    ///
    /// # Errors
    /// [`BadTerm`], for people.
    pub fn parse(typed: &str) -> Result<Self, BadTerm> {
        let body = typed.trim();
        let (body, stem) = body.strip_suffix('*').map_or((body, false), |body| (body, true));
        if body.contains('*') {
            return Err(BadTerm::WildcardInside);
        }
        let tokens = Tokens::of(body);
        if let Some(second) = tokens.words().iter().skip(1).find(|token| !token.follows) {
            let first = &tokens.words()[second.position as usize - 1];
            let between = &body[first.end as usize..second.start as usize];
            let mark = between.chars().find(|c| !c.is_whitespace()).unwrap_or(' ');
            return Err(BadTerm::Break(mark));
        }
        let words: Vec<Box<str>> = tokens.folded_words().map(Box::from).collect();
        let last = words.last().ok_or(BadTerm::NoWord)?;
        if stem && last.chars().count() < SHORTEST_STEM {
            return Err(BadTerm::ShortStem);
        }
        Ok(Self { typed: typed.trim().into(), words, stem })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_folded_words() {
        for (typed, words, stem) in [
            ("Ménaka", vec!["menaka"], false),
            (" Côte d'Ivoire ", vec!["cote", "d", "ivoire"], false),
            ("attaque*", vec!["attaque"], true),
            ("groupe armé*", vec!["groupe", "arme"], true),
            ("الإسلام و المسلمين", vec!["الاسلام", "والمسلمين"], false),
        ] {
            let term = Term::parse(typed).expect("a good term");
            assert_eq!(term.words, words.into_iter().map(Box::from).collect::<Vec<Box<str>>>());
            assert_eq!(term.stem, stem, "{typed}");
        }
    }

    #[test]
    fn what_can_never_match_is_refused() {
        for (typed, problem) in [
            ("", BadTerm::NoWord),
            (" «» ", BadTerm::NoWord),
            ("*", BadTerm::NoWord),
            ("*jihad", BadTerm::WildcardInside),
            ("at*que", BadTerm::WildcardInside),
            ("ka*", BadTerm::ShortStem),
            ("Kaya, Dori", BadTerm::Break(',')),
        ] {
            assert_eq!(Term::parse(typed), Err(problem), "{typed}");
        }
    }
}
