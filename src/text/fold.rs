//! Folding: which characters count as the same letter, which are not there at all, and what the others do to words.
//!
//! The rules are those of the project's matching design, in this order: compatibility forms are taken apart (NFKC), invisible
//! characters and marks are dropped, apostrophes and hyphens are unified, letters are folded. Since every combining mark is
//! dropped in the end, taking each character apart on its own gives the same result as normalising the whole text, so that NFC,
//! NFD and NFKC input fold alike and every folded character keeps its place in the original.
//!
//! Knows single characters only; words are made in [`super::token`].

use std::sync::LazyLock;

use unicode_normalization::char::{canonical_combining_class, decompose_compatible};

/// What a character does to the words around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Part of a word; carries its folded form.
    Letter,
    /// Not there: marks, tatweel, bidi controls, zero-width characters.
    Nothing,
    /// Separates words, but a phrase may run across it: spaces, hyphens, apostrophes, quotation marks.
    Gap,
    /// Separates words and ends a phrase: sentence marks, commas, brackets, line ends, symbols.
    Break,
}

/// One character, folded: at most two characters (`œ` → `oe`), which covers everything below [`TABLE_END`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Folded {
    pub(crate) class: Class,
    /// The folded letters; `'\0'` where there is none.
    pub(crate) letters: [char; 2],
}

/// End of the characters folded by table: ASCII, Latin with its extensions, IPA, Greek, Cyrillic, Hebrew and Arabic.
pub(crate) const TABLE_END: usize = 0x0700;

static TABLE: LazyLock<Vec<Option<Folded>>> = LazyLock::new(|| {
    (0..TABLE_END).map(|code| u32::try_from(code).ok().and_then(char::from_u32).and_then(fold_whole)).collect()
});

/// The fold of a character by table; None when it must be taken apart by [`fold_each`].
#[inline]
pub(crate) fn by_table(c: char) -> Option<Folded> {
    TABLE.get(c as usize).copied().flatten()
}

/// Takes a character apart and folds what comes out, one call per resulting character.
pub(crate) fn fold_each(c: char, mut emit: impl FnMut(Folded)) {
    if is_dropped_before_normalising(c) {
        return;
    }
    if let Some(folded) = separator(c) {
        return emit(folded);
    }
    decompose_compatible(c, |part| emit(fold_part(part)));
}

/// Folds a character into one [`Folded`], or None when it becomes several of different kinds (`½`, `…`).
fn fold_whole(c: char) -> Option<Folded> {
    let mut parts = Vec::new();
    fold_each(c, |folded| parts.push(folded));
    parts.retain(|part| part.class != Class::Nothing);
    match parts.as_slice() {
        [] => Some(NOTHING),
        [one] => Some(*one),
        [a, b]
            if a.class == Class::Letter && b.class == Class::Letter && a.letters[1] == '\0' && b.letters[1] == '\0' =>
        {
            Some(Folded { class: Class::Letter, letters: [a.letters[0], b.letters[0]] })
        }
        _ => None,
    }
}

const NOTHING: Folded = Folded { class: Class::Nothing, letters: ['\0'; 2] };
const GAP: Folded = Folded { class: Class::Gap, letters: ['\0'; 2] };
const BREAK: Folded = Folded { class: Class::Break, letters: ['\0'; 2] };

/// Isolated Arabic marks: NFKC would turn them into a space and a mark, and so split the word they stand in.
pub(crate) fn is_dropped_before_normalising(c: char) -> bool {
    ('\u{FE70}'..='\u{FE7F}').contains(&c)
}

/// Apostrophes, hyphens and quotation marks, before they are taken apart: NFKC makes a space of U+00B4.
fn separator(c: char) -> Option<Folded> {
    let apostrophe = matches!(
        c,
        '\'' | '\u{2018}'
            | '\u{2019}'
            | '\u{201B}'
            | '\u{02BB}'
            | '\u{02BC}'
            | '\u{02B9}'
            | '\u{2032}'
            | '`'
            | '\u{00B4}'
            | '\u{FF07}'
    );
    let hyphen = matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}');
    let quote =
        matches!(c, '"' | '«' | '»' | '\u{2039}' | '\u{203A}' | '\u{201A}' | '\u{201C}'..='\u{201F}' | '\u{FF02}');
    (apostrophe || hyphen || quote).then_some(GAP)
}

/// Folds a character that cannot be taken apart further.
fn fold_part(c: char) -> Folded {
    if is_invisible(c) {
        return NOTHING;
    }
    if let Some(folded) = separator(c) {
        return folded;
    }
    if c.is_whitespace() && !is_line_end(c) {
        return GAP;
    }
    if c.is_alphanumeric() {
        return Folded { class: Class::Letter, letters: fold_letter(c) };
    }
    BREAK
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Characters a reader does not see, or that only decorate a letter: harakat and Qur'anic marks, tatweel, soft hyphen,
/// zero-width and bidi controls, variation selectors, and every combining mark.
fn is_invisible(c: char) -> bool {
    // Non-zero classes are the non-spacing marks of the scripts read here; vowel signs that are letters stay.
    is_unseen(c) || canonical_combining_class(c) != 0
}

/// The same without the marks that tell letters apart: accents, dots and hooks.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{06D6}'..='\u{06DC}' | '\u{06DF}'..='\u{06E4}'
        | '\u{06E7}' | '\u{06E8}' | '\u{06EA}'..='\u{06ED}' | '\u{08D3}'..='\u{08FF}'
        | '\u{0640}' | '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2060}'
        | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}')
}

/// Folds a letter or digit. Latin hooks are the Hausa and Fulfulde letters, open vowels the Bambara ones, both often typed plain;
/// Arabic forms are those that writers and keyboards mix (hamza carriers, final ya and ta marbuta, Persian and Maghrebi letters).
fn fold_letter(c: char) -> [char; 2] {
    let single = |letter| [letter, '\0'];
    match c {
        'ß' | 'ẞ' => ['s', 's'],
        'أ' | 'إ' | 'آ' | 'ٱ' | 'ٲ' | 'ٳ' => single('ا'),
        'ى' | 'ئ' | 'ی' | 'ې' | 'ے' | 'ۍ' => single('ي'),
        'ؤ' | 'ۆ' | 'ۇ' | 'ۈ' | 'ۋ' => single('و'),
        'ة' | 'ہ' | 'ھ' | 'ە' | 'ۀ' | 'ۃ' => single('ه'),
        'ک' | 'ڪ' | 'گ' | 'ڭ' | 'ݣ' => single('ك'),
        'ڤ' | 'ڥ' => single('ف'),
        'پ' => single('ب'),
        'چ' => single('ج'),
        'ژ' => single('ز'),
        'ڨ' => single('ق'),
        '\u{0660}'..='\u{0669}' => single(ascii_digit(c, 0x0660)),
        '\u{06F0}'..='\u{06F9}' => single(ascii_digit(c, 0x06F0)),
        _ => fold_cased(c),
    }
}

fn ascii_digit(c: char, zero: u32) -> char {
    char::from_digit(c as u32 - zero, 10).unwrap_or(c)
}

fn fold_cased(c: char) -> [char; 2] {
    let mut lower = c.to_lowercase();
    let first = lower.next().unwrap_or(c);
    match first {
        'œ' => ['o', 'e'],
        'æ' => ['a', 'e'],
        'ɲ' => ['n', 'y'],
        'ø' => ['o', '\0'],
        'ł' => ['l', '\0'],
        'đ' | 'ɗ' => ['d', '\0'],
        'ɓ' => ['b', '\0'],
        'ƙ' => ['k', '\0'],
        'ƴ' => ['y', '\0'],
        'ŋ' => ['n', '\0'],
        'ɛ' | 'ə' => ['e', '\0'],
        'ɔ' => ['o', '\0'],
        'ς' => ['σ', '\0'],
        // The rest of a multi-character lower case is a mark (`İ` → `i` and a dot), which is dropped like every mark.
        letter => [letter, '\0'],
    }
}

/// Whether a folded letter belongs to the Arabic script. Digits do not: `15جنديا` is a number and a word.
#[inline]
pub(crate) fn is_arabic(c: char) -> bool {
    matches!(c, '\u{0620}'..='\u{06D5}' | '\u{06EE}'..='\u{06EF}' | '\u{06FA}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' | '\u{0870}'..='\u{08C9}')
}

/// The same for a letter as printed: the presentation forms, which old systems write, are Arabic too.
pub(crate) fn is_arabic_as_printed(c: char) -> bool {
    is_arabic(c) || matches!(c, '\u{FB50}'..='\u{FDFF}' | '\u{FE80}'..='\u{FEFC}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(text: &str) -> String {
        let mut out = String::new();
        for c in text.chars() {
            fold_each(c, |f| match f.class {
                Class::Letter => out.extend(f.letters.iter().filter(|l| **l != '\0')),
                Class::Nothing => {}
                Class::Gap => out.push('_'),
                Class::Break => out.push('|'),
            });
        }
        out
    }

    #[test]
    fn letters_fold_to_what_a_reader_calls_the_same() {
        for (given, folded) in [
            ("Ménaka", "menaka"),
            ("Me\u{301}naka", "menaka"),
            ("NŒUD Straße Ærø", "noeud_strasse_aero"),
            ("ƊOKI ƙungiya ƴan ɓarayi ɲama ŋ ɛɔə", "doki_kungiya_yan_barayi_nyama_n_eoe"),
            ("إلى الآن أُمّ", "الي_الان_ام"),
            ("واغـــادوغو", "واغادوغو"),
            ("عبوة شيئ مؤتمر", "عبوه_شيي_موتمر"),
            ("ھحوم گاو پاريس ڤيينا ڨابس چاد ژاك", "هحوم_كاو_باريس_فيينا_قابس_جاد_زاك"),
            ("٣٣ ۴۵ 12", "33_45_12"),
            ("ﻣﺎﻟﻲ", "مالي"),
            ("Ｇａｏ ﬁn", "gao_fin"),
            ("a\u{200B}b\u{202E}c\u{00AD}d\u{FEFF}e", "abcde"),
            ("l’attaque l´air N‑Djamena", "l_attaque_l_air_n_djamena"),
            ("«a» “b” a.b a,b a؟b", "_a___b__a|b_a|b_a|b"),
            ("İstanbul ΣΑΣ σας", "istanbul_σασ_σασ"),
            ("½…", "1|2|||"),
        ] {
            assert_eq!(fold(given), folded, "{given}");
        }
    }

    #[test]
    fn the_table_agrees_with_taking_apart() {
        for code in 0..TABLE_END as u32 {
            let Some(c) = char::from_u32(code) else { continue };
            let Some(folded) = by_table(c) else { continue };
            let mut parts = String::new();
            fold_each(c, |f| parts.extend(f.letters.iter().filter(|l| **l != '\0')));
            let table: String = folded.letters.iter().filter(|l| **l != '\0').collect();
            assert_eq!(parts, table, "U+{code:04X}");
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for code in 0..0x11_0000_u32 {
            let Some(c) = char::from_u32(code) else { continue };
            let once = fold(&c.to_string());
            if !once.contains(['_', '|']) {
                assert_eq!(fold(&once), once, "U+{code:04X}");
            }
        }
    }
}
