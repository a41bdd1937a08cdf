//! Cutting: a text into its words, which are runs of letters and digits. They are cut further only where Arabic script meets another
//! (`15جنديا`, `لـISWAP`). Web and mail addresses and `@handles` are one opaque token each, so that a path never looks like text;
//! `#CamelCase` and `#snake_case` tags are taken apart, and kept whole beside it. Linear in the text; knows nothing of languages.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::fold::{Class, by_table, fold_each, is_arabic, is_arabic_as_printed};
use super::lookalike;
use super::token::{Kind, Token, Tokens};
use super::token_shapes::{address_end, dotted_capitals, hashtag_parts, is_mask, local_part_start, spelt_letters};

/// Cuts a text into tokens. Texts beyond 4 GiB are read up to there.
pub(super) fn cut(text: &str) -> Tokens {
    let mut scan = Scan::new(text);
    scan.run();
    scan.out
}

/// The word being read.
#[derive(Clone, Copy)]
struct Word {
    start: usize,
    end: usize,
    folded: usize,
    arabic: bool,
}

struct Scan<'a> {
    text: &'a str,
    out: Tokens,
    word: Option<Word>,
    /// A lone `و` with nothing but spaces behind it so far: it belongs to an Arabic word that follows.
    lone_waw: Option<Word>,
    /// Whether a phrase may run into the next token.
    follows: bool,
}

/// Offsets fit in 32 bits because [`Scan::new`] cuts the text there.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        let text = &text[..text.floor_char_boundary(u32::MAX as usize)];
        let out = Tokens {
            letters: String::with_capacity(text.len()),
            words: Vec::with_capacity(text.len() / 6),
            fused: Vec::new(),
        };
        Self { text, out, word: None, lone_waw: None, follows: false }
    }

    fn run(&mut self) {
        let mut at = 0;
        while let Some(c) = self.text[at..].chars().next() {
            let end = at + c.len_utf8();
            at = match self.special(c, at) {
                Some(past) => past,
                None => {
                    self.read(c, at, end);
                    self.plain_letters(end)
                }
            };
        }
        self.finish_word();
        self.flush_waw();
    }

    /// Reads what is more than a run of letters; returns where reading goes on.
    fn special(&mut self, c: char, at: usize) -> Option<usize> {
        let rest = &self.text[at..];
        if let Some(word) = self.word {
            return match c {
                '@' => self.mail_address(at),
                _ if word.arabic && is_mask(rest) => Some(at + c.len_utf8()),
                _ => None,
            };
        }
        match c {
            'h' | 'H' | 'w' | 'W' | '@' => {
                let len = address_end(rest)?;
                self.push_opaque(at, at + len);
                Some(at + len)
            }
            '#' => self.hashtag(at),
            _ if is_arabic_as_printed(c) => self.spelt_out(at, spelt_letters(rest)?),
            _ if c.is_uppercase() => self.spelt_out(at, dotted_capitals(rest)?),
            _ => None,
        }
    }

    /// Reads a word whose letters are set apart by signs.
    fn spelt_out(&mut self, at: usize, (letters, skipped): (usize, usize)) -> Option<usize> {
        let spelt = |c: char| c.is_alphanumeric() || canonical_combining_class(c) != 0;
        for (i, letter) in self.text[at..at + letters].char_indices().filter(|(_, letter)| spelt(*letter)) {
            self.read(letter, at + i, at + i + letter.len_utf8());
        }
        self.finish_word();
        Some(at + skipped)
    }

    /// Reads the ASCII letters and digits that go on a word, the bulk of Latin text, without the table. Returns where they end.
    fn plain_letters(&mut self, at: usize) -> usize {
        let Some(word) = self.word.as_mut().filter(|word| !word.arabic) else { return at };
        let rest = &self.text[at..];
        let len = rest.bytes().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
        if len > 0 {
            let folded = self.out.letters.len();
            self.out.letters.push_str(&rest[..len]);
            self.out.letters[folded..].make_ascii_lowercase();
            word.end = at + len;
        }
        at + len
    }

    /// Reads one character of running text.
    #[inline]
    fn read(&mut self, c: char, start: usize, end: usize) {
        match by_table(c) {
            Some(folded) => self.take(c, folded, start, end),
            None => fold_each(c, |folded| self.take(c, folded, start, end)),
        }
    }

    #[inline]
    fn take(&mut self, c: char, folded: super::fold::Folded, start: usize, end: usize) {
        match folded.class {
            Class::Letter => self.letter(folded.letters, start, end),
            Class::Nothing => {
                // A mark belongs to the letter before it; a control at a word's end is nobody's.
                if let Some(word) = self.word.as_mut().filter(|_| canonical_combining_class(c) != 0) {
                    word.end = end;
                }
            }
            Class::Gap => {
                self.finish_word();
                if !c.is_whitespace() {
                    self.flush_waw();
                }
            }
            Class::Break => {
                self.finish_word();
                self.flush_waw();
                self.follows = false;
            }
        }
    }

    #[inline]
    fn letter(&mut self, letters: [char; 2], start: usize, end: usize) {
        let arabic = is_arabic(letters[0]);
        if self.word.is_some_and(|word| word.arabic != arabic) {
            self.finish_word();
        }
        if self.word.is_none() {
            self.start_word(arabic, start, end);
        }
        self.out.letters.push(letters[0]);
        if letters[1] != '\0' {
            self.out.letters.push(letters[1]);
        }
        if let Some(word) = self.word.as_mut() {
            word.end = end;
        }
    }

    fn start_word(&mut self, arabic: bool, start: usize, end: usize) {
        match self.lone_waw.take() {
            Some(waw) if arabic => self.word = Some(Word { end, ..waw }),
            Some(waw) => {
                self.push(waw, Kind::Word);
                self.word = Some(Word { start, end, folded: self.out.letters.len(), arabic });
            }
            None => self.word = Some(Word { start, end, folded: self.out.letters.len(), arabic }),
        }
    }

    fn finish_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        if word.arabic && &self.out.letters[word.folded..] == "و" {
            self.lone_waw = Some(word);
        } else {
            self.unmask(&word);
            self.push(word, Kind::Word);
        }
    }

    /// A word whose letters only look Latin is folded by what they look like.
    fn unmask(&mut self, word: &Word) {
        let printed = &self.text[word.start..word.end];
        if word.arabic || printed.is_ascii() {
            return;
        }
        // Folded as well: wide and raised letters are Latin ones only then.
        if !lookalike::is_mixed(printed) && !lookalike::is_mixed(&self.out.letters[word.folded..]) {
            return;
        }
        let letters = &mut self.out.letters;
        letters.truncate(word.folded);
        for c in printed.chars() {
            fold_each(lookalike::latin(c).unwrap_or(c), |folded| {
                if folded.class == Class::Letter {
                    // Once more after its marks are gone: `Ё` looks like no letter of ours, and the `е` under it does.
                    let left = folded.letters.iter().filter(|letter| **letter != '\0');
                    letters.extend(left.map(|letter| lookalike::latin(*letter).unwrap_or(*letter)));
                }
            });
        }
    }

    fn flush_waw(&mut self) {
        if let Some(waw) = self.lone_waw.take() {
            self.push(waw, Kind::Word);
        }
    }

    fn push(&mut self, word: Word, kind: Kind) {
        self.out.words.push(Token {
            start: offset(word.start),
            end: offset(word.end),
            kind,
            position: offset(self.out.words.len()),
            follows: self.follows,
            folded: (offset(word.folded), offset(self.out.letters.len())),
        });
        self.follows = true;
    }

    fn push_opaque(&mut self, start: usize, end: usize) {
        self.flush_waw();
        let folded = self.out.letters.len();
        self.out.letters.extend(self.text[start..end].nfkc().flat_map(char::to_lowercase));
        self.push(Word { start, end, folded, arabic: false }, Kind::Opaque);
    }

    /// `name@host.tld`, met at its `@`: the words read of its local part make way for one opaque token.
    fn mail_address(&mut self, at: usize) -> Option<usize> {
        let end = at + address_end(&self.text[at..])?;
        if !self.text[at..end].contains('.') {
            return None;
        }
        let start = local_part_start(self.text, at);
        self.word = None;
        while self.out.words.last().is_some_and(|token| token.start as usize >= start) {
            self.follows = self.out.words.pop().is_some_and(|token| token.follows);
        }
        self.push_opaque(start, end);
        Some(end)
    }

    fn hashtag(&mut self, at: usize) -> Option<usize> {
        let body = at + 1;
        let parts = hashtag_parts(&self.text[body..])?;
        self.flush_waw();
        let (first, follows) = (self.out.words.len(), self.follows);
        for part in &parts {
            for (i, c) in self.text[body + part.start..body + part.end].char_indices() {
                self.read(c, body + part.start + i, body + part.start + i + c.len_utf8());
            }
            self.finish_word();
            self.flush_waw();
        }
        let end = body + parts.last().map_or(0, |part| part.end);
        self.fuse(first, follows, body, end);
        Some(end)
    }

    /// Keeps a hashtag of several words as one token beside them.
    fn fuse(&mut self, first: usize, follows: bool, start: usize, end: usize) {
        if self.out.words.len() < first + 2 {
            return;
        }
        let folded = self.out.letters.len();
        let whole = self.out.words[first].folded.0 as usize..folded;
        self.out.letters.extend_from_within(whole);
        self.unmask(&Word { start, end, folded, arabic: false });
        self.out.fused.push(Token {
            start: offset(start),
            end: offset(end),
            kind: Kind::Fused,
            position: offset(first),
            follows,
            folded: (offset(folded), offset(self.out.letters.len())),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words as `folded`, with `|` where a phrase cannot run on.
    fn words(text: &str) -> String {
        let tokens = Tokens::of(text);
        let mut out = String::new();
        for token in tokens.words() {
            if token.position > 0 {
                out.push_str(if token.follows { " " } else { " | " });
            }
            out.push_str(tokens.folded(token));
        }
        out
    }

    #[test]
    fn texts_become_words() {
        for (text, expected) in [
            ("L'attaque de Djibo : 40 morts", "l attaque de djibo | 40 morts"),
            ("Bobo-Dioulasso, “Boko\u{A0}Haram”", "bobo dioulasso | boko haram"),
            ("Un boko de trop. Haram", "un boko de trop | haram"),
            ("I.S.G.S. fighters; the J.N.I.M", "isgs fighters | the jnim"),
            ("Plan A.Bien", "plan a | bien"),
            ("15جنديا", "15 جنديا"),
            ("الـAES وبـJNIM", "ال aes وب jnim"),
            ("الإسلام و المسلمين", "الاسلام والمسلمين"),
            ("الإسلام و «المسلمين»", "الاسلام و المسلمين"),
            ("الإسلام و AES", "الاسلام و aes"),
            ("الإسلام و", "الاسلام و"),
            ("د*اع*ش، كت*ائ*ب! د.ا.ع.ش", "داعش | كتايب | داعش"),
            ("ﻋ*ﻠﻲ، ﺩ.ﺍ.ﻉ", "علي | داع"),
            ("إ*\u{344}\u{64B} ني إ*\u{64B}\u{344} ني", "ا | ني ا | ني"),
            ("أ. ف. قال.هجوم*", "ا | ف | قال | هجوم"),
            ("G5 M23 ٣٣", "g5 m23 33"),
            ("#CentralSahel #JNIMAttack #G5Sahel #Mali2024", "central sahel jnim attack g5 sahel mali 2024"),
            ("#بوركينا_فاسو", "بوركينا فاسو"),
            ("voir https://x.example/sevare/123. Fin", "voir https://x.example/sevare/123 | fin"),
            ("www.Mali.example!", "www.mali.example"),
            ("Follow @curfew_news now", "follow @curfew_news now"),
            ("écrire à j.diallo@ong.example, merci", "ecrire a j.diallo@ong.example | merci"),
            ("écrire à J.D@ong.example, merci", "ecrire a j.d@ong.example | merci"),
            ("Ȟ.Í@x.example H\u{30C}.I\u{301}@x.example", "ȟ.í@x.example ȟ.í@x.example"),
            ("⇏a.b@x.example ⇒\u{338}a.b@x.example", "a.b@x.example | a.b@x.example"),
            ("a@b", "a | b"),
            ("# vide #", "vide"),
            ("'yan bindiga", "yan bindiga"),
            ("🇹🇬Togo: post", "togo | post"),
            ("un\ndeux", "un | deux"),
            ("", ""),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    /// Found by fuzzing.
    #[test]
    fn an_accent_set_apart_changes_no_shape() {
        for text in ["É.M.A. dit", "#ÉTAT #ÉtatMajor", "@fée et é.à@ong.example", "أ.ي.ؤ", "https://x.example/sévaré"]
        {
            let apart: String = text.nfd().collect();
            assert_ne!(text, apart);
            assert_eq!(words(text), words(&apart), "{text}");
        }
        assert_eq!(words("E\u{301}.M.A."), "ema");
        // A narrow katakana letter is the letter.
        assert_eq!(words("@radio\u{FF67}"), words("@radio\u{30A1}"));
        assert_eq!(words("#E\u{301}TATMajor"), "etat major");
    }

    #[test]
    fn a_token_knows_its_bytes() {
        let text = "À TOMBOUCTOU, l’Aïr; ه\u{64F}جوم و الجيش";
        let tokens = Tokens::of(text);
        let raw: Vec<&str> = tokens.words().iter().map(|t| &text[t.start as usize..t.end as usize]).collect();
        assert_eq!(raw, ["À", "TOMBOUCTOU", "l", "Aïr", "ه\u{64F}جوم", "و الجيش"]);
    }

    #[test]
    fn a_mark_at_a_words_end_is_part_of_it_and_a_control_is_not() {
        let text = "tue\u{301} mali\u{200F}.";
        let ends: Vec<u32> = Tokens::of(text).words().iter().map(|t| t.end).collect();
        assert_eq!(ends, [5, 10]);
    }

    #[test]
    fn a_tag_is_also_kept_whole() {
        let tokens = Tokens::of("now #CentralSahel");
        let fused: Vec<(&str, u32)> = tokens.fused().iter().map(|t| (tokens.folded(t), t.position)).collect();
        assert_eq!(fused, [("centralsahel", 1)]);
    }
}
