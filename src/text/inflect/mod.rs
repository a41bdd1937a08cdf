//! Inflection: the keys by which `word~` finds the inflected forms of a word.
//!
//! A keyword is found at a token when one of the keys it asks for ([`asked`]) is among the keys of the token ([`keys`]). A key is a
//! dictionary form or a stem, behind the language and the class of word it was read as; each word has one for every reading it
//! allows, because the language of a text is not known here. Latin words are read as French, English and Portuguese.
//!
//! Knows no dictionary, no queries and no phrases. Names are not inflected: keywords without `~` never come here.

mod arabic;
mod arabic_plurals;
mod french;
mod french_verbs;
mod snowball;

use super::fold::is_arabic;

/// Longer words are found as they stand only: no common word is longer, and reading takes time that grows with the word.
const LONGEST: usize = 40;

/// The keys of a token: `raw` as printed, `folded` as [`super::Tokens`] folds it.
#[must_use]
pub fn keys(raw: &str, folded: &str) -> Vec<Box<str>> {
    collect(|emit| for_each_key(raw, folded, emit))
}

/// The keys a keyword asks for. Fewer than its keys as a token: of an Arabic keyword no clitics are taken off, since it may begin
/// with such a letter, and the tokens that carry clitics have been freed of theirs.
#[must_use]
pub fn asked(raw: &str, folded: &str) -> Vec<Box<str>> {
    collect(|emit| {
        if is_arabic_word(folded) {
            emit_whole(folded, emit);
            arabic::asked_for(raw, &mut joining(emit));
        } else {
            for_each_key(raw, folded, emit);
        }
    })
}

/// Calls `emit` with each key of a token, without an allocation per key. A key may come twice.
pub fn for_each_key(raw: &str, folded: &str, emit: &mut dyn FnMut(&str)) {
    emit_whole(folded, emit);
    if folded.len() > LONGEST {
        return;
    }
    if is_arabic_word(folded) {
        arabic::readings(raw, &mut joining(emit));
    } else if folded.bytes().all(|byte| byte.is_ascii_lowercase()) {
        latin(raw, folded, emit);
    }
}

fn is_arabic_word(folded: &str) -> bool {
    folded.chars().next().is_some_and(is_arabic)
}

/// Whatever the language, a word is found as it stands.
fn emit_whole(folded: &str, emit: &mut dyn FnMut(&str)) {
    let mut key = String::with_capacity(LONGEST);
    key.push('=');
    key.push_str(folded);
    emit(&key);
}

fn latin(raw: &str, folded: &str, emit: &mut dyn FnMut(&str)) {
    let mut key = String::with_capacity(LONGEST);
    let mut put = |class: &str, stem: &str| {
        key.clear();
        key.push_str(class);
        key.push_str(stem);
        emit(&key);
    };
    french::readings(raw, folded, &mut put);
    // English has no accents, save in loans from French.
    if raw.is_ascii() {
        snowball::english(folded, &mut |stem| put("en:", stem));
    }
    snowball::portuguese(folded, &mut |stem| put("pt:", stem));
}

/// Joins the pieces of an Arabic stem behind its class.
fn joining<'a>(emit: &'a mut dyn FnMut(&str)) -> impl FnMut(arabic::Class, &[&[char]]) + 'a {
    let mut key = String::with_capacity(2 * LONGEST);
    move |class, pieces| {
        key.clear();
        key.push_str(match class {
            arabic::Class::Noun => "arn:",
            arabic::Class::Verb => "arv:",
        });
        key.extend(pieces.iter().copied().flatten());
        emit(&key);
    }
}

fn collect(each: impl FnOnce(&mut dyn FnMut(&str))) -> Vec<Box<str>> {
    let mut keys: Vec<Box<str>> = Vec::new();
    each(&mut |key| {
        if !keys.iter().any(|known| &**known == key) {
            keys.push(key.into());
        }
    });
    keys
}
