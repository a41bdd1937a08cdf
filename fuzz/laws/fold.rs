//! Any text, cut into folded words: the words lie in order inside the text, folding them again changes nothing, and the
//! normal forms of the text read alike.

use sahelwatch::text::{Kind, Token, Tokens};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, decompose_compatible};

pub(crate) fn holds(text: &str) {
    let tokens = Tokens::of(text);
    lie_in_order(text, &tokens);
    for token in tokens.words().iter().filter(|token| token.kind == Kind::Word) {
        folds_to_itself(tokens.folded(token), text);
    }
    let (nfc, nfd): (String, String) = (text.nfc().collect(), text.nfd().collect());
    if nfc.chars().all(keeps_its_kind) {
        assert_eq!(words(&nfc), words(&nfd), "NFC and NFD");
        assert_eq!(words(text), words(&nfd), "as given and NFD");
    }
    if nfc.chars().all(is_its_own_equivalent) {
        assert_eq!(words(&text.nfkc().collect::<String>()), words(&nfd), "NFKC and NFD");
    }
}

fn lie_in_order(text: &str, tokens: &Tokens) {
    let inside = |token: &Token| {
        let range = token.start as usize..token.end as usize;
        assert!(text.get(range).is_some_and(|word| !word.is_empty()), "{token:?} of {text:?}");
        assert!(!tokens.folded(token).is_empty(), "{token:?} of {text:?}");
    };
    for (position, token) in tokens.words().iter().enumerate() {
        inside(token);
        assert_eq!(token.position as usize, position);
    }
    for pair in tokens.words().windows(2) {
        assert!(pair[0].start <= pair[1].start && pair[0].end <= pair[1].end, "{pair:?} of {text:?}");
    }
    for token in tokens.fused() {
        inside(token);
        assert!((token.position as usize) < tokens.words().len(), "{token:?} of {text:?}");
    }
}

/// A folded word is one word, itself.
fn folds_to_itself(folded: &str, text: &str) {
    let again = Tokens::of(folded);
    assert!(again.folded_words().eq([folded]), "{folded:?} again: {:?}, of {text:?}", words(folded));
}

/// The folded words, each with whether a phrase may run into it.
fn words(text: &str) -> Vec<(String, bool)> {
    let tokens = Tokens::of(text);
    tokens.words().iter().map(|token| (tokens.folded(token).to_owned(), token.follows)).collect()
}

/// Whether NFD makes no other kind of this character. It makes `<` of `≮`, at which an address ends, and a capital of `ᾼ`, where a
/// hashtag is cut.
fn keeps_its_kind(c: char) -> bool {
    let mut first = None;
    decompose_canonical(c, |part| first = first.or(Some(part)));
    let kind = |c: char| (c.is_alphanumeric(), c.is_uppercase(), c.is_lowercase());
    first.is_none_or(|first| first == c || c.is_alphanumeric() && kind(first) == kind(c))
}

/// Whether NFKC keeps this character as it is. It makes signs and capitals of some, which a hashtag or an address reads as its
/// own (`…`, `㏊`); how characters fold that have an equivalent is what the unit tests of `text::fold` say.
fn is_its_own_equivalent(c: char) -> bool {
    let (mut canonical, mut compatible) = (String::new(), String::new());
    decompose_canonical(c, |part| canonical.push(part));
    decompose_compatible(c, |part| compatible.push(part));
    let letter = |text: &str| text.chars().count() == 1 && text.chars().all(char::is_alphabetic);
    canonical == compatible || letter(&canonical) && letter(&compatible) && !c.is_uppercase() && !c.is_lowercase()
}
