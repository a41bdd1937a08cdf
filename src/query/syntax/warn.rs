//! What is allowed but probably not meant: lower-case operators, very short words, capitals, ambiguous names,
//! repetition.

use std::collections::HashSet;

use super::parser::Part;
use super::problem::Problem;
use super::tree::{Style, Term, Tree};
use crate::query::vocabulary::Vocabulary;
use crate::text::Tokens;

/// Capitals up to this length are often words as well: AES and aes, EI and ei, IS and is. Longer acronyms seldom are, and a warning
/// for each JNIM would teach people to overlook warnings.
const LONGEST_ACRONYM: usize = 3;

/// Words of English, French, Arabic and Hausa that stand for an operator, folded.
const OPERATORS: [(&str, &[&str]); 4] = [
    ("AND", &["and", "et", "و"]),
    ("OR", &["or", "ou", "او", "ko"]),
    ("NOT", &["not", "sauf", "sans", "except"]),
    ("NEAR/5", &["near", "onear"]),
];

/// French elided words that a keyword should not begin with: the text may have another before the same noun.
const ELIDED: [&str; 3] = ["l", "d", "qu"];

/// What to think about in one term. At most one warning each on its form and on its meaning.
pub(super) fn term(query: &str, term: &Term, quoted: bool, vocabulary: &Vocabulary) -> Vec<Problem> {
    let tokens = Tokens::of(&term.text);
    let words: Vec<&str> = tokens.folded_words().collect();
    let form = operator(query, term, quoted, &words)
        .or_else(|| apostrophes(term, quoted))
        .or_else(|| capitals(query, term, &words))
        .or_else(|| short(term, &words))
        .or_else(|| elided(query, term, &words));
    let meaning = vocabulary.ambiguous(&words.join(" ")).map(|id| {
        Problem::new(term.span.clone(), format!("‘{}’ is ambiguous; @{id} adds context", term.text)).replacing(
            query,
            term.span.clone(),
            &format!("@{id}"),
        )
    });
    form.into_iter().chain(meaning).collect()
}

fn operator(query: &str, term: &Term, quoted: bool, words: &[&str]) -> Option<Problem> {
    let [word] = words else { return None };
    if quoted || term.stem || term.style != Style::Plain {
        return None;
    }
    let (operator, _) = OPERATORS.iter().find(|(_, names)| names.contains(word))?;
    let problem = Problem::new(term.span.clone(), format!("‘{}’ is searched as a word; {operator}?", term.text));
    Some(problem.help("Operators are AND, OR, NOT and NEAR/n, in capitals.").replacing(
        query,
        term.span.clone(),
        operator,
    ))
}

/// `'Boko Haram'`: two words, for apostrophes are part of words (`'yan`, `l'attaque`).
fn apostrophes(term: &Term, quoted: bool) -> Option<Problem> {
    if quoted || !term.text.ends_with(['\'', '’']) {
        return None;
    }
    let problem = Problem::new(term.span.clone(), "single quotation marks do not make a phrase");
    Some(problem.help("A phrase stands between double ones: \"Boko Haram\"."))
}

fn capitals(query: &str, term: &Term, words: &[&str]) -> Option<Problem> {
    let [word] = words else { return None };
    let letters = term.text.chars().count();
    let acronym = (2..=LONGEST_ACRONYM).contains(&letters) && term.text.chars().all(char::is_uppercase);
    // Without a vowel there is no such word.
    let acronym = acronym && word.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    if !acronym || term.stem || term.style != Style::Plain {
        return None;
    }
    let exact = format!("={}", term.text);
    let problem = Problem::new(term.span.clone(), format!("‘{}’ also matches ‘{word}’; write {exact}", term.text));
    Some(problem.replacing(query, term.span.clone(), &exact))
}

fn short(term: &Term, words: &[&str]) -> Option<Problem> {
    let [word] = words else { return None };
    if term.stem || term.style == Style::Exact {
        return None;
    }
    let arabic = word.chars().all(|c| ('\u{600}'..='\u{6FF}').contains(&c));
    let message = match word.chars().count() {
        0..=2 => format!("‘{}’ is a very short word and may match often", term.text),
        3 if arabic => {
            format!("‘{}’ has only three letters, so a shorter word with a prefix may look like it", term.text)
        }
        _ => return None,
    };
    Some(Problem::new(term.span.clone(), message).help("A phrase, NEAR or a concept is safer."))
}

fn elided(query: &str, term: &Term, words: &[&str]) -> Option<Problem> {
    let [first, _, ..] = words else { return None };
    let mark = term.text.chars().nth(first.chars().count())?;
    let apostrophe = matches!(mark, '\'' | '’' | '‘' | 'ʼ' | '´' | '`');
    if !apostrophe || !ELIDED.contains(first) || term.style == Style::Exact {
        return None;
    }
    let rest: String = term.text.chars().skip(first.chars().count() + 1).collect();
    let typed = &query[term.span.clone()];
    let message = format!("`{}{mark}` at the start must stand in the text as well", &typed_start(typed, first));
    let problem =
        Problem::new(term.span.clone(), message).help(format!("`{rest}` alone also finds it after another article."));
    Some(problem.replacing(query, term.span.clone(), &typed.replacen(&term.text, &rest, 1)))
}

/// The elided word as typed.
fn typed_start<'t>(typed: &'t str, first: &str) -> &'t str {
    let typed = typed.trim_start_matches(|c: char| !c.is_alphabetic());
    let end = typed.char_indices().nth(first.chars().count()).map_or(typed.len(), |(at, _)| at);
    &typed[..end]
}

/// Terms that stand twice among the parts of one level.
pub(super) fn duplicates(parts: &[Part]) -> Vec<Problem> {
    let mut seen = HashSet::new();
    let repeated = |part: &&Part| {
        let Tree::Term(term) = &part.tree else { return false };
        let words = match term.style {
            Style::Exact => term.text.clone(),
            Style::Plain | Style::Inflected => Tokens::of(&term.text).folded_words().collect::<Vec<_>>().join(" "),
        };
        !seen.insert((words, term.style, term.stem))
    };
    let parts: Vec<&Part> = parts.iter().filter(repeated).collect();
    let said =
        |part: &Part| Problem::new(part.span.clone(), "this term stands here twice").help("Leave one of them out.");
    parts.into_iter().map(said).collect()
}
