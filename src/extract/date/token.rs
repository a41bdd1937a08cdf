//! A printed date cut into numbers, words and marks. Knows nothing of what they mean.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Characters looked at: the longest honest date is under 80; a page's date element may hold a whole paragraph.
const MAX_CHARS: usize = 200;

/// A piece of a printed date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A run of digits of any script.
    Number {
        /// Its value; `u64::MAX` when it does not fit.
        value: u64,
        /// How many digits it has.
        digits: usize,
    },
    /// A run of letters, lower case, without diacritics.
    Word(String),
    /// Any other character but white space; every dash is `-`.
    Mark(char),
    /// What was already read as something else.
    Taken,
}

/// A piece of a printed date, and whether white space stands before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: Kind,
    /// True when it follows its predecessor without white space.
    pub(super) glued: bool,
}

impl Token {
    /// Value and number of digits, of a number.
    pub(super) fn number(&self) -> Option<(u64, usize)> {
        match self.kind {
            Kind::Number { value, digits } => Some((value, digits)),
            _ => None,
        }
    }

    /// The word, of a word.
    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Whether it is this mark.
    pub(super) fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }
}

/// Cuts a printed date. Letters lose case and diacritics (`février` = `fevrier`, `أبريل` = `ابريل`), which the tables of
/// [`super::names`] rely on.
pub(super) fn tokens(printed: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut glued = true;
    let folded = printed.chars().take(MAX_CHARS).nfkd().filter(|&c| !is_combining_mark(c) && !is_invisible(c));
    for c in folded.flat_map(char::to_lowercase) {
        if c.is_whitespace() {
            glued = false;
            continue;
        }
        let last = tokens.last_mut().filter(|_| glued).map(|token| &mut token.kind);
        match (last, digit(c)) {
            (Some(Kind::Number { value, digits }), Some(d)) => {
                *value = value.saturating_mul(10).saturating_add(d);
                *digits += 1;
            }
            (Some(Kind::Word(word)), None) if c.is_alphabetic() => word.push(c),
            (_, Some(d)) => tokens.push(Token { kind: Kind::Number { value: d, digits: 1 }, glued }),
            (_, None) if c.is_alphabetic() => tokens.push(Token { kind: Kind::Word(c.into()), glued }),
            (_, None) => tokens.push(Token { kind: Kind::Mark(plain_mark(c)), glued }),
        }
        glued = true;
    }
    tokens
}

/// The value of a digit: European, Arabic (U+0660) or Persian (U+06F0).
fn digit(c: char) -> Option<u64> {
    let value = match c {
        '0'..='9' => u32::from(c) - u32::from('0'),
        '\u{0660}'..='\u{0669}' => u32::from(c) - 0x0660,
        '\u{06F0}'..='\u{06F9}' => u32::from(c) - 0x06F0,
        _ => return None,
    };
    Some(u64::from(value))
}

/// Tatweel, soft hyphen, zero-width characters and directional marks.
fn is_invisible(c: char) -> bool {
    let marks = matches!(c, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}');
    marks || matches!(c, '\u{0640}' | '\u{00AD}' | '\u{FEFF}')
}

fn plain_mark(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{060C}' => ',',
        _ => c,
    }
}
