//! Makes a term of a word or phrase, and refuses what could never match or would match half a language.

use std::ops::Range;

use super::lexer::Word;
use super::problem::Problem;
use super::tree::{Style, Term};
use crate::text::Tokens;

/// Fewest letters before a `*`: shorter stems match half a language (Factiva and Pulsar ask for three and four).
const SHORTEST_STEM: usize = 3;

/// Most words of a phrase: longer ones are pasted sentences, which never return word for word.
const LONGEST_PHRASE: usize = 32;

/// Reads a term.
pub(super) fn term(query: &str, word: &Word<'_>, span: Range<usize>) -> Result<Term, Problem> {
    let text = word.text;
    wildcard(query, word, &span)?;
    let tokens = Tokens::of(text);
    let words = tokens.words();
    let Some(last) = words.last() else { return Err(no_word(word, span)) };
    if let Some(second) = words.iter().skip(1).find(|token| !token.follows) {
        let before = words[second.position as usize - 1].end as usize;
        return Err(broken(query, text, (before, second.start as usize), word, span));
    }
    if words.len() > LONGEST_PHRASE {
        let message = format!("a phrase has at most {LONGEST_PHRASE} words, and this one has {}", words.len());
        return Err(Problem::new(span, message).help("Take the few words that make it what it is."));
    }
    if word.stem && tokens.folded(last).chars().count() < SHORTEST_STEM {
        let message = format!("fewer than {SHORTEST_STEM} letters stand before the wildcard `*`");
        return Err(
            Problem::new(span, message).help("So short a beginning would match far too much; write more of the word.")
        );
    }
    let style = match (word.exact, word.inflected) {
        (true, true) => {
            return Err(Problem::new(span, "`=` wants the word as written and `~` any form of it; write one of them"));
        }
        (true, false) => Style::Exact,
        (false, true) => Style::Inflected,
        (false, false) => Style::Plain,
    };
    Ok(Term { text: text.to_owned(), style, stem: word.stem, span })
}

/// A `*` anywhere but at the end of a word.
fn wildcard(query: &str, word: &Word<'_>, span: &Range<usize>) -> Result<(), Problem> {
    let text = word.text;
    if word.stem && text.ends_with(char::is_whitespace) {
        return Err(Problem::new(span.clone(), "a wildcard `*` stands right after the word it ends"));
    }
    if !text.contains('*') {
        return Ok(());
    }
    let ours = "Only the end of a word can be open: `word*`.";
    let rest = text.trim_start_matches('*');
    if rest.len() < text.len() {
        let problem = Problem::new(span.clone(), "a word cannot begin with a wildcard `*`").help(ours);
        let plain = !rest.contains('*') && !rest.is_empty() && !word.quoted && !word.stem;
        return Err(if plain { problem.replacing(query, span.clone(), rest) } else { problem });
    }
    Err(Problem::new(span.clone(), "a wildcard `*` cannot stand inside a word").help(ours))
}

fn no_word(word: &Word<'_>, span: Range<usize>) -> Problem {
    if word.stem {
        return Problem::new(span, "a wildcard `*` alone would match everything")
            .help("Write the beginning of a word before it: attaque*.");
    }
    let message = match word.quoted && word.text.is_empty() {
        true => "an empty phrase: nothing stands between the quotation marks",
        false => "no letter or digit to look for",
    };
    Problem::new(span, message)
}

/// A mark inside a phrase across which a phrase never matches.
fn broken(query: &str, text: &str, (before, after): (usize, usize), word: &Word<'_>, span: Range<usize>) -> Problem {
    // A sign like ¼ is spelt out by folding, so that its parts lie on the same bytes.
    let Some(between) = text.get(before..after) else {
        let sign = text[after..].chars().next().unwrap_or(' ');
        let problem = Problem::new(span, format!("`{sign}` stands for several words, which never match as a phrase"));
        return problem.help("Write out what is looked for.");
    };
    let mark = match between.chars().find(|c| !c.is_whitespace()) {
        Some(c) => format!("`{c}`"),
        None => "a line break".to_owned(),
    };
    let what = if word.quoted { "phrase" } else { "word" };
    let problem = Problem::new(span.clone(), format!("{mark} stands inside a {what}, across which it never matches"));
    let (left, right) = (text[..before].trim(), text[after..].trim());
    let figure = left.ends_with(char::is_numeric) && right.starts_with(char::is_numeric);
    if figure {
        return problem
            .help("A figure is cut there in texts as well; killed:>=10 and the like ask for casualty figures.");
    }
    let (sign, star, tilde) = (sign(word.exact, "="), sign(word.stem, "*"), sign(word.inflected, "~"));
    if between.trim().is_empty() {
        return problem.replacing(query, span, &format!("{sign}\"{left} {right}\"{star}{tilde}"));
    }
    let quoted =
        |part: &str| if part.chars().all(char::is_alphanumeric) { part.to_owned() } else { format!("\"{part}\"") };
    let terms = format!("({sign}{} AND {sign}{}{star}{tilde})", quoted(left), quoted(right));
    problem.help("Write its parts as two terms.").replacing(query, span, &terms)
}

fn sign(there: bool, sign: &str) -> &str {
    if there { sign } else { "" }
}
