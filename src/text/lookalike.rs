//! Letters that look like Latin ones: `аttаque` with two Cyrillic letters reads like `attaque` and is another word to a program.
//! A word that mixes them with Latin letters is read by what it looks like; one that is wholly Cyrillic or Greek is left alone,
//! since it is most likely what it says. Knows single words; who shows them says that their letters are unusual.
//!
//! The pairs are those of Unicode's confusables.txt (UTS #39) between the scripts that share letter shapes with Latin: Cyrillic,
//! Greek, Armenian and Cherokee, with the small capitals and the script forms of the phonetic alphabet, which NFKC leaves as
//! they are. Capitals are looked up as printed: `Н` looks like H, and its small `н` like no h.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::char::decompose_canonical;

/// Each Latin letter with what looks like it.
const PAIRS: [(char, &str); 26] = [
    ('a', "аɑαᴀАΑᎪ"),
    ('b', "ЬВΒᏴʙвᏏ"),
    ('c', "сϲᴄСϹᏟ"),
    ('d', "ԁᴅᎠᏧ"),
    ('e', "еҽᴇЕΕᎬєҿ"),
    ('f', "ꜰϝքϜ"),
    ('g', "ɡցɢᏀԌᶃ"),
    ('h', "һհʜНΗᎻҺн"),
    ('i', "іıɩιɪІΙᎥӏ"),
    ('j', "јϳᴊЈᎫյ"),
    ('k', "кκᴋКΚᏦᏥ"),
    ('l', "ʟᏞԼⅼ"),
    ('m', "мᴍМΜᎷ"),
    ('n', "пոɴΝռ"),
    ('o', "оοօᴏОΟՕσ"),
    ('p', "рρᴘРΡᏢϱ"),
    ('q', "ԛզԚգ"),
    ('r', "гʀᎡᏒ"),
    ('s', "ѕꜱЅᏚՏ"),
    ('t', "тτᴛТΤᎢ"),
    ('u', "υսᴜʋՍ"),
    ('v', "ѵνᴠѴᏙ"),
    ('w', "ѡԝᴡԜᎳա"),
    ('x', "хχХΧ"),
    ('y', "уγүʏУΥҮҰ"),
    ('z', "ᴢΖᏃʐ"),
];

static LATIN: LazyLock<HashMap<char, char>> =
    LazyLock::new(|| PAIRS.iter().flat_map(|(latin, others)| others.chars().map(|other| (other, *latin))).collect());

/// The Latin letter that a letter of another alphabet looks like, as a small letter.
pub(super) fn latin(letter: char) -> Option<char> {
    if letter.is_ascii() { None } else { LATIN.get(&letter).or_else(|| LATIN.get(&bare(letter))).copied() }
}

/// A Greek or Cyrillic letter without its marks, which may be part of it or stand behind it.
fn bare(letter: char) -> char {
    let mut first = None;
    if matches!(letter, '\u{370}'..='\u{52F}' | '\u{1F00}'..='\u{1FFF}') {
        decompose_canonical(letter, |part| first = first.or(Some(part)));
    }
    first.unwrap_or(letter)
}

/// Whether a word, as printed, has letters that pass for Latin ones beside letters that are.
pub(super) fn is_mixed(word: &str) -> bool {
    let (mut passes, mut is) = (false, false);
    for letter in word.chars() {
        match latin(letter) {
            // The phonetic letters are Latin by their script; whole words of them occur in no language read here.
            Some(_) if is_phonetic(letter) => (passes, is) = (true, true),
            Some(_) => passes = true,
            None => is |= letter.is_ascii_alphabetic() || matches!(letter, '\u{C0}'..='\u{24F}'),
        }
    }
    passes && is
}

fn is_phonetic(letter: char) -> bool {
    matches!(letter, '\u{131}' | '\u{250}'..='\u{2AF}' | '\u{1D00}'..='\u{1DBF}' | '\u{A730}'..='\u{A731}')
}

/// Whether any word of a text, as printed, passes for another one by letters that look like Latin ones.
#[must_use]
pub fn is_disguised(text: &str) -> bool {
    !text.is_ascii() && text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '\'' | '’')).any(is_mixed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Tokens;

    #[test]
    fn a_mixed_word_is_read_by_what_it_looks_like() {
        for (printed, read) in [
            ("аttаque", "attaque"),
            ("ATTАQUЕ", "attaque"),
            ("ЕМBUSCАDE", "embuscade"),
            ("Мénаkа", "menaka"),
            ("Dјibо", "djibo"),
            ("ᴊɪʜᴀᴅɪꜱᴛ", "jihadist"),
            ("Κidal", "kidal"),
            ("е\u{301}glise", "eglise"),
            ("J.N.І.M.", "jnim"),
            ("ａttａquе", "attaque"),
            ("ｎｔе", "nte"),
            ("ntЁ", "nte"),
            // Wholly of another alphabet: nothing passes for anything.
            ("атака", "атака"),
            ("Αθήνα", "αθηνα"),
            ("هجوم", "هجوم"),
            ("ɓarayi", "barayi"),
            ("attaque", "attaque"),
        ] {
            let tokens = Tokens::of(printed);
            assert_eq!(tokens.folded_words().collect::<Vec<_>>(), [read], "{printed}");
        }
    }

    #[test]
    fn a_disguise_is_told_from_another_alphabet() {
        for (text, disguised) in [
            ("une аttaque à Djibo", true),
            ("une attaque à Djibo", false),
            ("атака у Киева", false),
            ("ɗan bindiga, ƙungiya", false),
            ("l'аttaque", true),
            ("هجوم ISWAP", false),
            ("", false),
        ] {
            assert_eq!(is_disguised(text), disguised, "{text}");
        }
    }

    #[test]
    fn a_letter_looks_like_one_other() {
        let mut seen = std::collections::HashSet::new();
        for (latin, others) in PAIRS {
            assert!(latin.is_ascii_lowercase());
            assert!(others.chars().all(|other| !other.is_ascii() && seen.insert(other)), "{latin}: {others}");
        }
    }
}
