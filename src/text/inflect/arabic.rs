//! Arabic: the dictionary forms a word may be an inflected form of.
//!
//! The proclitics are those of keyword expansion (conjunctions و ف, prepositions ب ل ك, article ال); here also pronoun
//! suffixes, endings of number and gender, the prefixes and endings of verbs, and broken plurals by pattern
//! ([`super::arabic_plurals`]). Nothing is decided on the way: every reading that leaves a plausible stem gives a key.
//! Nouns and verbs have keys apart, so that a noun does not find the verb of its root. Knows no dictionary and no
//! roots.

use unicode_normalization::UnicodeNormalization;

use super::arabic_plurals::{clear_singulars, singulars};
use crate::text::fold::{Class as FoldClass, by_table};

/// Longer words are no words: nothing is taken off them.
const LONGEST: usize = 24;

/// What a stem is a stem of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Noun,
    Verb,
}

/// Receives the stems, in pieces that are to be joined.
pub(super) type Emit<'a> = dyn FnMut(Class, &[&[char]]) + 'a;

/// A word's letters: as folding has them, save ة, and as they were, for the hamza on an alef.
struct Letters {
    plain: [char; LONGEST],
    written: [char; LONGEST],
    len: usize,
    /// Ends in the alef of an accusative, with its mark.
    is_accusative: bool,
}

impl Letters {
    /// None for what is too long to be a word.
    fn of(raw: &str) -> Option<Self> {
        if raw.chars().any(is_compatibility_form) {
            Self::from_chars(raw.nfkc())
        } else {
            Self::from_chars(raw.chars())
        }
    }

    fn from_chars(raw: impl Iterator<Item = char>) -> Option<Self> {
        let mut letters = Self { plain: ['\0'; LONGEST], written: ['\0'; LONGEST], len: 0, is_accusative: false };
        for c in raw {
            letters.is_accusative |= c == '\u{064B}';
            let Some(plain) = plain(c) else { continue };
            if letters.len == LONGEST {
                return None;
            }
            letters.plain[letters.len] = plain;
            letters.written[letters.len] = c;
            letters.len += 1;
        }
        Some(letters)
    }

    fn from(&self, start: usize) -> Part<'_> {
        let written = self.written.get(start).copied().unwrap_or_default();
        Part { letters: &self.plain[start.min(self.len)..self.len], first: written, is_accusative: self.is_accusative }
    }
}

/// A word, or what is left of it behind its proclitics.
#[derive(Clone, Copy)]
struct Part<'a> {
    letters: &'a [char],
    /// Its first letter as written: the article has no hamza, the first person always has.
    first: char,
    is_accusative: bool,
}

/// Calls `emit` for each reading of a word of a text.
pub(super) fn readings(raw: &str, emit: &mut Emit<'_>) {
    let Some(letters) = Letters::of(raw) else { return };
    let word = letters.from(0);
    with_preposition(&letters, 0, emit);
    // A waw or fa in front is a conjunction when enough is left, and a first letter as well.
    if matches!(word.letters, ['و' | 'ف', rest @ ..] if rest.len() >= 3) {
        with_preposition(&letters, 1, emit);
    }
}

/// Calls `emit` for the readings of a word that somebody asks for: the word as it stands, or the dictionary form of a
/// plural or a present tense. Taking more off would find other words, since those of the texts are taken apart already.
pub(super) fn asked_for(raw: &str, emit: &mut Emit<'_>) {
    let Some(letters) = Letters::of(raw) else { return };
    let word = letters.from(0);
    let noun = match word.letters {
        ['ا', 'ل', rest @ ..] if word.first == 'ا' && rest.len() >= 3 => rest,
        all => all,
    };
    emit(Class::Noun, &[noun]);
    match noun {
        [rest @ .., 'ا', 'ت'] | [rest @ .., 'ة'] if rest.len() >= 2 => emit(Class::Noun, &[rest]),
        [rest @ .., 'و' | 'ي', 'ن'] if rest.len() >= 4 => emit(Class::Noun, &[rest]),
        _ => clear_singulars(noun, emit),
    }
    emit(Class::Verb, &[word.letters]);
    if let ['ي', rest @ ..] = word.letters
        && rest.len() >= 3
    {
        present_stem(rest, emit);
    }
}

/// A letter as folding has it, but ة kept apart from ه. None for marks.
fn plain(c: char) -> Option<char> {
    if c == 'ة' {
        return Some(c);
    }
    by_table(c).filter(|folded| folded.class == FoldClass::Letter).map(|folded| folded.letters[0])
}

/// Forms that say the same in other characters: letters by their shape, and a hamza apart from its alef.
fn is_compatibility_form(c: char) -> bool {
    matches!(c, '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}' | '\u{0653}'..='\u{0655}')
}

fn with_preposition(letters: &Letters, start: usize, emit: &mut Emit<'_>) {
    let word = letters.from(start);
    match word.letters {
        ['ا', 'ل', rest @ ..] if rest.len() >= 2 && word.first == 'ا' => {
            noun(letters.from(start + 2), emit);
            // `التقى` is a verb.
            verb(word, emit);
            return;
        }
        ['ب' | 'ك', 'ا', 'ل', rest @ ..] if rest.len() >= 2 => noun(letters.from(start + 3), emit),
        ['ل', 'ل', rest @ ..] if rest.len() >= 2 => noun(letters.from(start + 2), emit),
        ['ب' | 'ك', rest @ ..] if rest.len() >= 3 => noun(letters.from(start + 1), emit),
        ['ل', rest @ ..] if rest.len() >= 3 => {
            noun(letters.from(start + 1), emit);
            imperfect(letters.from(start + 1), emit);
        }
        _ => {}
    }
    noun(word, emit);
    verb(word, emit);
}

const PRONOUNS: [&[char]; 9] =
    [&['ه', 'م', 'ا'], &['ه', 'م'], &['ه', 'ن'], &['ه', 'ا'], &['ك', 'م'], &['ن', 'ا'], &['ن', 'ي'], &['ه'], &['ك']];

fn noun(part: Part<'_>, emit: &mut Emit<'_>) {
    numbered(part.letters, false, emit);
    match part.letters {
        // The alef of the accusative, often without its mark; names of countries end in `يا`.
        [rest @ .., before, 'ا'] if rest.len() >= 2 && (part.is_accusative || *before != 'ي') => {
            emit(Class::Noun, &[rest, &[*before]]);
            singulars(&part.letters[..rest.len() + 1], emit);
        }
        _ => {}
    }
    for pronoun in PRONOUNS {
        if let Some(rest) = part.letters.strip_suffix(pronoun).filter(|rest| rest.len() >= 3) {
            numbered(rest, true, emit);
        }
    }
}

/// The word before a pronoun, if its ت is a ة; also that of a plural: `أسلحتهم`.
fn without_feminine(word: &[char], emit: &mut Emit<'_>) {
    let [rest @ .., 'ت'] = word else { return };
    if rest.len() >= 2 {
        emit(Class::Noun, &[rest]);
    }
    if let [a, b, c, d] = *rest {
        singulars(&[a, b, c, d, 'ة'], emit);
    }
}

/// Takes off the endings of number and gender. Before a pronoun, ة is written ت, and the dual and plural lose their ن.
fn numbered(word: &[char], possessed: bool, emit: &mut Emit<'_>) {
    emit(Class::Noun, &[word]);
    singulars(word, emit);
    if possessed {
        without_feminine(word, emit);
    }
    match word {
        [rest @ .., 'ا', 'ت'] if rest.len() >= 2 => emit(Class::Noun, &[rest]),
        [rest @ .., 'ت', 'ا' | 'ي', 'ن'] if rest.len() >= 2 => {
            emit(Class::Noun, &[rest]);
            emit(Class::Noun, &[&word[..word.len() - 2]]);
        }
        [rest @ .., 'ا' | 'ي' | 'و', 'ن'] if rest.len() >= 3 => emit(Class::Noun, &[rest]),
        [rest @ .., 'ة'] if rest.len() >= 2 => emit(Class::Noun, &[rest]),
        [rest @ .., 'ه'] if rest.len() >= 3 => emit(Class::Noun, &[rest]),
        [rest @ .., 'و'] if rest.len() >= 4 => emit(Class::Noun, &[rest]),
        [rest @ .., 'و' | 'ي' | 'ا'] if possessed && rest.len() >= 3 => emit(Class::Noun, &[rest]),
        _ => {}
    }
}

fn verb(part: Part<'_>, emit: &mut Emit<'_>) {
    tensed(part, emit);
    for object in PRONOUNS {
        if let Some(rest) = part.letters.strip_suffix(object).filter(|rest| rest.len() >= 3) {
            tensed(Part { letters: rest, ..part }, emit);
        }
    }
}

fn tensed(part: Part<'_>, emit: &mut Emit<'_>) {
    perfect(part.letters, emit);
    imperfect(part, emit);
    // The future.
    if let ['س', rest @ ..] = part.letters {
        imperfect(Part { letters: rest, first: rest.first().copied().unwrap_or_default(), ..part }, emit);
    }
}

/// The past; its third person is the dictionary form.
fn perfect(word: &[char], emit: &mut Emit<'_>) {
    emit(Class::Verb, &[word]);
    match word {
        // Before an ending a final weak letter falls away: `جرت` is of `جرى`.
        [rest @ .., 'ت', 'ا'] | [rest @ .., 'و', 'ا'] | [rest @ .., 'ت'] if rest.len() >= 2 => {
            if rest.len() >= 3 {
                emit(Class::Verb, &[rest]);
            }
            emit(Class::Verb, &[rest, &['ي']]);
        }
        [rest @ .., 'ن', 'ا'] | [rest @ .., 'ت', 'م'] | [rest @ .., 'ا'] if rest.len() >= 3 => {
            emit(Class::Verb, &[rest])
        }
        [first, 'ي', last] => emit(Class::Verb, &[&[*first, 'ا', *last]]),
        _ => {}
    }
}

/// The present and what is made of it.
fn imperfect(part: Part<'_>, emit: &mut Emit<'_>) {
    let [prefix, stem @ ..] = part.letters else { return };
    let shortest = match prefix {
        'ي' | 'ت' => 2,
        'ن' => 3,
        'ا' if part.first == 'أ' => 3,
        _ => return,
    };
    if stem.len() >= shortest {
        present_stem(stem, emit);
    }
    match stem {
        [stem @ .., 'و', 'ن' | 'ا'] if stem.len() >= 2 => present_stem(stem, emit),
        [stem @ .., 'ا' | 'ي', 'ن'] | [stem @ .., 'ن' | 'ا'] if stem.len() >= 3 => present_stem(stem, emit),
        _ => {}
    }
}

/// The past forms a present stem may belong to.
fn present_stem(stem: &[char], emit: &mut Emit<'_>) {
    match stem {
        // Assimilated, hollow, and cut short by the jussive: `يجد`, `يعد`, `يبق`.
        [first, last] => {
            emit(Class::Verb, &[&['و', *first, *last]]);
            emit(Class::Verb, &[&[*first, 'ا', *last]]);
            emit(Class::Verb, &[&[*first, *last, 'ي']]);
        }
        [_, _, ..] => {
            emit(Class::Verb, &[stem]);
            // Forms IV, VII, VIII and X begin with alef in the past.
            emit(Class::Verb, &[&['ا'], stem]);
            weak_stem(stem, emit);
        }
        _ => {}
    }
}

fn weak_stem(stem: &[char], emit: &mut Emit<'_>) {
    match stem {
        [first, 'و' | 'ي', last] => {
            emit(Class::Verb, &[&[*first, 'ا', *last]]);
            emit(Class::Verb, &[&['ا', *first, 'ا', *last]]);
        }
        [start @ .., 'ي', last] => emit(Class::Verb, &[&['ا'], start, &['ا', *last]]),
        _ => {}
    }
    match stem {
        [start @ .., 'و'] => emit(Class::Verb, &[start, &['ا']]),
        ['و', rest @ ..] => emit(Class::Verb, &[&['ا'], rest]),
        _ => {}
    }
}
