//! The words of the chosen languages in one table: one look-up per token, longest phrase first.
//!
//! Arabic words are entered with the proclitics they may carry (§5 of the matching design), so that texts are never
//! stemmed. Since Arabic and Latin words cannot be confused, every table holds the Arabic ones; the language only
//! chooses among the Latin grammars, whose words do collide.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::sense::{Persons, Sense};
use super::words;
use crate::text::hash::WordHash;
use crate::text::{Token, Tokens};

/// One language's words: each line is a meaning and its forms, separated by `|`.
pub(super) type Words = &'static [(Sense, &'static str)];

/// One language's simple number words: value and forms.
pub(super) type Numbers = &'static [(u32, &'static str)];

/// The words of some languages.
pub(super) struct Lexicon {
    /// By first word; longest phrase first.
    entries: HashMap<Box<str>, Vec<Entry>, WordHash>,
}

struct Entry {
    /// The words behind the first.
    rest: Box<[Box<str>]>,
    sense: Sense,
    /// Whether the first word carries a conjunction (`و`, `ف`).
    conjoined: bool,
}

/// A phrase found in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) sense: Sense,
    pub(super) conjoined: bool,
    /// Tokens it takes.
    pub(super) len: usize,
}

impl Lexicon {
    /// The words of a language (BCP 47); of all of them for None and for languages without a grammar of their own.
    pub(super) fn of(lang: Option<&str>) -> &'static Self {
        static ENGLISH: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::build(&[words::en::ALL, words::ar::ALL]));
        static FRENCH: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::build(&[words::fr::ALL, words::ar::ALL]));
        static HAUSA: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::build(&[words::ha::ALL, words::ar::ALL]));
        static EVERY: LazyLock<Lexicon> =
            LazyLock::new(|| Lexicon::build(&[words::en::ALL, words::fr::ALL, words::ha::ALL, words::ar::ALL]));
        let primary = lang.and_then(|lang| lang.split(['-', '_']).next()).unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "en" => &ENGLISH,
            "fr" => &FRENCH,
            "ha" => &HAUSA,
            _ => &EVERY,
        }
    }

    fn build(languages: &[(Words, Numbers)]) -> Self {
        let mut lexicon = Self { entries: HashMap::default() };
        let forms: Vec<(Sense, Vec<Box<str>>)> = languages.iter().flat_map(|&language| forms(language)).collect();
        // Words as they stand go first: a proclitic must not turn one word into another.
        for (sense, form) in &forms {
            lexicon.enter(form.clone(), *sense, false);
        }
        for (sense, form) in forms {
            lexicon.enter_with_proclitics(&form, sense);
        }
        for entries in lexicon.entries.values_mut() {
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.rest.len()));
        }
        lexicon
    }

    /// Enters a form unless it already means something: the first language, and the barest form, win.
    fn enter(&mut self, mut form: Vec<Box<str>>, sense: Sense, conjoined: bool) {
        if form.is_empty() {
            return;
        }
        let first = form.remove(0);
        let rest = form.into_boxed_slice();
        let entries = self.entries.entry(first).or_default();
        match entries.iter_mut().find(|entry| entry.rest == rest) {
            Some(entry) => entry.sense = entry.sense.or(sense),
            None => entries.push(Entry { rest, sense, conjoined }),
        }
    }

    /// Enters an Arabic form with every proclitic it may carry.
    fn enter_with_proclitics(&mut self, form: &[Box<str>], sense: Sense) {
        let Some(core) = form.first().filter(|word| word.chars().any(crate::text::fold::is_arabic)) else { return };
        let tanwin = (sense == Sense::Person(Persons::One) && !core.ends_with(['ا', 'ه'])).then(|| format!("{core}ا"));
        for core in std::iter::once(core.to_string()).chain(tanwin) {
            let short = core.chars().count() <= 3;
            for conjunction in ["", "و", "ف"] {
                for preposition in ["", "ب", "ل", "ك"] {
                    // §5.3: on three letters a bare ف or ك was never right.
                    if short && (conjunction == "ف" || preposition == "ك") {
                        continue;
                    }
                    let article = if preposition == "ل" { "لل".to_owned() } else { format!("{preposition}ال") };
                    for prefix in [preposition, &article] {
                        let mut whole = form.to_vec();
                        whole[0] = format!("{conjunction}{prefix}{core}").into_boxed_str();
                        self.enter(whole, sense, !conjunction.is_empty());
                    }
                }
            }
        }
    }

    /// The longest phrase that starts at token `at` and reaches no further than `end`.
    pub(super) fn find(&self, tokens: &Tokens, words: &[Token], at: usize) -> Option<Found> {
        let entries = self.entries.get(tokens.folded(words.get(at)?))?;
        let entry = entries.iter().find(|entry| {
            let behind = &words[at + 1..];
            behind.len() >= entry.rest.len()
                && entry.rest.iter().zip(behind).all(|(word, token)| **word == *tokens.folded(token))
        })?;
        Some(Found { sense: entry.sense, conjoined: entry.conjoined, len: 1 + entry.rest.len() })
    }
}

/// A language's forms, cut and folded as texts are.
fn forms((words, numbers): (Words, Numbers)) -> impl Iterator<Item = (Sense, Vec<Box<str>>)> {
    let numbers = numbers.iter().map(|&(value, forms)| (Sense::Number(super::sense::Numeral::of(value)), forms));
    words.iter().copied().chain(numbers).flat_map(|(sense, forms)| {
        forms.split('|').map(move |form| (sense, Tokens::of(form).folded_words().map(Box::from).collect()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::toll::sense::Numeral;

    fn look_up(lang: Option<&str>, text: &str) -> Option<(Sense, bool, usize)> {
        let tokens = Tokens::of(text);
        Lexicon::of(lang).find(&tokens, tokens.words(), 0).map(|found| (found.sense, found.conjoined, found.len))
    }

    #[test]
    fn the_language_chooses_among_latin_words_only() {
        let seven = Some((Sense::Number(Numeral::Unit(7)), false, 1));
        assert_eq!(look_up(Some("fr-BF"), "sept"), seven);
        assert_ne!(look_up(Some("en"), "sept"), seven);
        assert_eq!(look_up(None, "sept").map(|found| found.0), seven.map(|found| found.0));
        assert_eq!(look_up(Some("fr"), "سبعة"), seven);
    }

    #[test]
    fn arabic_words_carry_their_proclitics_and_phrases_are_read_whole() {
        let wounding = look_up(None, "إصابة").map(|found| found.0);
        assert!(wounding.is_some());
        assert_eq!(look_up(None, "وإصابة"), wounding.map(|sense| (sense, true, 1)));
        assert_eq!(look_up(None, "بالإصابة").map(|found| found.0), wounding);
        assert_eq!(look_up(None, "at least").map(|found| found.2), Some(2));
    }

    /// A form that folds to nothing, or a phrase that cannot be met, would silently never match.
    #[test]
    fn every_form_in_the_tables_is_found() {
        for language in [words::en::ALL, words::fr::ALL, words::ha::ALL, words::ar::ALL] {
            let lexicon = Lexicon::build(&[language]);
            for (sense, form) in forms(language) {
                let text = form.join(" ");
                let tokens = Tokens::of(&text);
                let found = lexicon.find(&tokens, tokens.words(), 0);
                assert_eq!(found.map(|f| f.len), Some(form.len()), "{text:?} as {sense:?}");
                assert_eq!(found.map(|f| f.sense), Some(sense), "{text:?} stands twice");
            }
        }
    }
}
