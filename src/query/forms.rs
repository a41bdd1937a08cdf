//! A term as the forms in which it is accepted: what each of its words may look like in a folded text. The finite list is the
//! explanation of a match, and texts are only folded, never stemmed.
//!
//! Knows nothing of other terms or of documents.

use super::syntax::tree::{Style, Term};
use crate::text::{Kind, Token, Tokens, arabic, exact, inflect, latin};

/// What a word of a text must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepts {
    /// One of these folded forms; the keyword itself comes first.
    Forms(Vec<String>),
    /// A folded word that begins with one of these.
    Beginnings(Vec<String>),
    /// This folded form, printed exactly so ([`exact`]).
    Exact {
        /// By which it is found.
        folded: String,
        /// To which it is compared.
        printed: String,
    },
    /// A word that shares one of these stem keys ([`inflect`]).
    Inflected(Vec<Box<str>>),
}

/// Adjacent words to look for; one of the spellings of a term.
pub type Spelling = Vec<Accepts>;

/// The spellings of a term: its words, and where it is written with hyphens or apostrophes also their fused form
/// (`Burkina-Faso`: `BurkinaFaso`). The syntax has refused terms without a word.
#[must_use]
pub fn spellings(term: &Term) -> Vec<Spelling> {
    let tokens = Tokens::of(&term.text);
    let words = tokens.words();
    let apart: Spelling = words
        .iter()
        .enumerate()
        .map(|(n, token)| accepted(term, tokens.folded(token), token, n == 0, n + 1 == words.len()))
        .collect();
    let mut spellings = vec![apart];
    if term.style == Style::Plain && words.iter().all(|token| token.kind == Kind::Word) {
        spellings.extend(fused(term, &tokens));
    }
    spellings
}

fn accepted(term: &Term, folded: &str, token: &Token, first: bool, last: bool) -> Accepts {
    let typed = &term.text[token.start as usize..token.end as usize];
    match term.style {
        Style::Exact if token.kind == Kind::Word => {
            Accepts::Exact { folded: folded.to_owned(), printed: exact::form(typed) }
        }
        Style::Inflected if token.kind == Kind::Word => Accepts::Inflected(inflect::asked(typed, folded)),
        _ if term.stem && last => Accepts::Beginnings(if first { beginnings(folded) } else { vec![folded.to_owned()] }),
        _ if token.kind != Kind::Word => Accepts::Forms(vec![folded.to_owned()]),
        _ => Accepts::Forms(word_forms(folded, typed, first)),
    }
}

/// Proclitics stand on the first word of a phrase only; plurals on any.
fn word_forms(folded: &str, typed: &str, first: bool) -> Vec<String> {
    if !is_arabic(folded) {
        latin::forms(folded, typed)
    } else if first {
        arabic::forms(folded)
    } else {
        vec![folded.to_owned()]
    }
}

/// The beginnings of `word*`. A form that begins with another one adds nothing.
fn beginnings(folded: &str) -> Vec<String> {
    if !is_arabic(folded) {
        return vec![folded.to_owned()];
    }
    let forms = arabic::forms(folded);
    let covered = |form: &String| forms.iter().any(|other| other != form && form.starts_with(other.as_str()));
    forms.iter().filter(|form| !covered(form)).cloned().collect()
}

fn is_arabic(folded: &str) -> bool {
    folded.chars().next().is_some_and(crate::text::fold::is_arabic)
}

/// The same words with those fused that a hyphen or apostrophe joins; None where nothing does.
fn fused(term: &Term, tokens: &Tokens) -> Option<Spelling> {
    let mut parts: Vec<(String, usize, usize)> = Vec::new();
    let mut any = false;
    for token in tokens.words() {
        let folded = tokens.folded(token);
        let (start, end) = (token.start as usize, token.end as usize);
        match parts.last_mut() {
            Some((whole, _, before)) if !term.text[*before..start].contains(char::is_whitespace) => {
                whole.push_str(folded);
                *before = end;
                any = true;
            }
            _ => parts.push((folded.to_owned(), start, end)),
        }
    }
    let last = parts.len().checked_sub(1)?;
    let spelling = parts.iter().enumerate().map(|(n, (folded, start, end))| {
        let typed = &term.text[*start..*end];
        match term.stem && n == last {
            true => Accepts::Beginnings(if n == 0 { beginnings(folded) } else { vec![folded.clone()] }),
            false => Accepts::Forms(word_forms(folded, typed, n == 0)),
        }
    });
    any.then(|| spelling.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(text: &str, style: Style, stem: bool) -> Term {
        Term { text: text.to_owned(), style, stem, span: 0..text.len() }
    }

    /// Each spelling as words with their number of forms, `word:n`, or `word*:n`, `=word`.
    fn check(given: &Term, expected: &[&str]) {
        let word = |accepts: &Accepts| match accepts {
            Accepts::Forms(forms) => format!("{}:{}", forms[0], forms.len()),
            Accepts::Beginnings(forms) => format!("{}*:{}", forms[0], forms.len()),
            Accepts::Exact { folded, printed } => format!("{folded}={printed}"),
            Accepts::Inflected(keys) => format!("~{}", keys.len()),
        };
        let shown: Vec<String> =
            spellings(given).iter().map(|s| s.iter().map(word).collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(shown, expected, "{}", given.text);
    }

    #[test]
    fn terms_become_the_forms_they_accept() {
        let plain = |text| term(text, Style::Plain, false);
        check(&plain("Boko Haram"), &["boko:3 haram:2"]);
        check(&plain("N'Djamena"), &["n:1 djamena:2", "ndjamena:2"]);
        check(&plain("Côte d'Ivoire"), &["cote:2 d:1 ivoire:2", "cote:2 divoire:2"]);
        check(&plain("ولاية الساحل"), &["ولايه:24 الساحل:1"]);
        check(&term("هجوم", Style::Plain, true), &["هجوم*:24"]);
        check(&term("attaque", Style::Plain, true), &["attaque*:1"]);
        check(&term("groupe armé", Style::Plain, true), &["groupe:2 arme*:1"]);
        check(&term("Aïr", Style::Exact, false), &["air=Aïr"]);
        check(&plain("@FamaMali"), &["@famamali:1"]);
    }
}
