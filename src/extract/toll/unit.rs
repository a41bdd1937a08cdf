//! A sentence as the grammar reads it: words and phrases with their meanings, and what lies between them.
//!
//! Sentences end at full stops, semicolons and line ends, but not inside `U.S.` or `1.200`. Knows where a text's
//! numbers stand and nothing of how they combine.

use super::lexicon::Lexicon;
use super::sense::{Digits, Sense, Trigger};
use crate::text::{Kind, Token, Tokens};

/// What lies between a unit and the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// Spaces, quotes, apostrophes.
    Space,
    /// A hyphen, or a dash without spaces.
    Hyphen,
    /// A comma, or a dash between spaces.
    Comma,
    /// A colon.
    Colon,
    /// Brackets and other signs inside a sentence.
    Sign,
}

/// A word or phrase of a sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    /// Number of its first token in the text.
    pub(super) first: usize,
    /// Number of its last token.
    pub(super) last: usize,
    pub(super) gap: Gap,
    /// Whether it carries a conjunction or is one.
    pub(super) conjoined: bool,
    pub(super) sense: Sense,
}

impl Unit {
    pub(super) fn trigger(&self) -> Option<&Trigger> {
        match &self.sense {
            Sense::Trigger(trigger) => Some(trigger),
            _ => None,
        }
    }

    /// Whether it stands right behind the unit before, without a comma.
    pub(super) fn adjoins(&self) -> bool {
        matches!(self.gap, Gap::Space | Gap::Hyphen)
    }
}

/// Units of a sentence, at most: no honest one is longer, and what the grammar keeps per sentence stays small.
const LONGEST: usize = 500;

/// Reads a text sentence by sentence.
pub(super) struct Reader<'a> {
    text: &'a str,
    tokens: &'a Tokens,
    words: &'a [Token],
    lexicon: &'a Lexicon,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, tokens: &'a Tokens, lexicon: &'a Lexicon) -> Self {
        Self { text, tokens, words: tokens.words(), lexicon, at: 0 }
    }

    /// Reads the next sentence into `units`; false at the end of the text. Sentences without a trigger come out empty,
    /// which spares the grammar most of a long text.
    pub(super) fn next_sentence(&mut self, units: &mut Vec<Unit>) -> bool {
        units.clear();
        let start = self.at;
        let mut triggers = false;
        while self.at < self.words.len() && units.len() < LONGEST {
            let at = self.at;
            let Some(gap) = self.gap(at).or((at == start).then_some(Gap::Space)) else { break };
            let unit = self.unit(at, gap);
            triggers |= unit.trigger().is_some();
            self.at = unit.last + 1;
            units.push(unit);
        }
        if !triggers {
            units.clear();
        }
        start < self.at
    }

    /// What lies before a token; None where a sentence ends.
    fn gap(&self, at: usize) -> Option<Gap> {
        let Some(before) = at.checked_sub(1) else { return Some(Gap::Space) };
        let between = self.between(before, at);
        if between == " " {
            return Some(Gap::Space);
        }
        let dotted = between.strip_prefix('.').filter(|_| self.is_abbreviation(before));
        read_gap(dotted.unwrap_or(between))
    }

    /// Whether a dot behind a token belongs to it: `U.S.`, `Gen.`, `M.`.
    fn is_abbreviation(&self, at: usize) -> bool {
        const TITLES: [&str; 16] =
            ["gen", "lt", "col", "capt", "cpt", "sgt", "maj", "cdt", "adj", "dr", "mr", "mrs", "ms", "st", "pr", "mme"];
        let token = &self.words[at];
        let raw = self.text.get(token.start as usize..token.end as usize).unwrap_or_default();
        let initial = raw.len() == 1 && raw.starts_with(char::is_uppercase);
        initial || raw.contains('.') || TITLES.contains(&self.tokens.folded(token))
    }

    /// The text between two tokens; empty where they overlap or touch.
    fn between(&self, before: usize, after: usize) -> &'a str {
        self.text.get(self.words[before].end as usize..self.words[after].start as usize).unwrap_or_default()
    }

    fn unit(&self, at: usize, gap: Gap) -> Unit {
        let plain = Unit { first: at, last: at, gap, conjoined: false, sense: Sense::Plain };
        let token = &self.words[at];
        if token.kind != Kind::Word {
            return plain;
        }
        let folded = self.tokens.folded(token);
        if folded.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.digits(at, gap);
        }
        match self.lexicon.find(self.tokens, self.words, at) {
            Some(found) if self.is_phrase(at, found.len) && !self.is_other_by_case(token, found.len) => Unit {
                last: at + found.len - 1,
                conjoined: found.conjoined || matches!(found.sense, Sense::And | Sense::But),
                sense: found.sense,
                ..plain
            },
            _ => plain,
        }
    }

    /// Whether a phrase's words stand in one clause.
    fn is_phrase(&self, at: usize, len: usize) -> bool {
        (at + 1..at + len).all(|next| self.words[next].follows)
    }

    /// Words that mean something else by their case: `UN` is no French article, `may` no month.
    fn is_other_by_case(&self, token: &Token, len: usize) -> bool {
        let raw = self.text.get(token.start as usize..token.end as usize).unwrap_or_default();
        len == 1 && matches!(raw, "UN" | "AN" | "US" | "may")
    }

    /// A number in digits, its thousands joined. What is money, a percentage, a time, a date or a score is no number
    /// here.
    fn digits(&self, at: usize, gap: Gap) -> Unit {
        let mut last = at;
        let mut value = self.value(at);
        let mut joined = false;
        while self.words.get(last + 1).is_some() && self.continues_thousands(at, last) {
            last += 1;
            joined = true;
            value = value.saturating_mul(1000).saturating_add(self.value(last));
        }
        let mut thousandths = value.saturating_mul(1000);
        let mut broken = self.is_glued(at, last);
        if let Some(fraction) = self.fraction(last) {
            last += 1;
            thousandths = thousandths.saturating_add(fraction);
            broken |= self.is_digits(last + 1) && self.between(last, last + 1) == ".";
        }
        let behind = self.text.get(self.words[last].end as usize..).unwrap_or_default();
        let len = self.words[at].end - self.words[at].start;
        let year = !joined && len == 4 && (1900..2100).contains(&value);
        let digits = Digits { thousandths, year, open: behind.starts_with('+') };
        let sense = if broken || self.is_measure(at, behind) { Sense::Plain } else { Sense::Digits(digits) };
        Unit { first: at, last, gap, conjoined: false, sense }
    }

    /// The value of a token of digits; longer ones than any toll saturate.
    fn value(&self, at: usize) -> u64 {
        self.tokens.folded(&self.words[at]).parse().unwrap_or(u64::MAX / 1_000_000)
    }

    fn is_digits(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|token| {
            token.kind == Kind::Word && self.tokens.folded(token).bytes().all(|byte| byte.is_ascii_digit())
        })
    }

    fn digit_count(&self, at: usize) -> usize {
        self.tokens.folded(&self.words[at]).len()
    }

    /// `1 500`, `2,300`, `1.200`, `1'500`: one to three digits, then groups of exactly three.
    fn continues_thousands(&self, first: usize, last: usize) -> bool {
        let next = last + 1;
        let separator = self.between(last, next);
        self.is_digits(next)
            && self.digit_count(next) == 3
            && self.digit_count(first) <= 3
            && self.value(first) > 0
            && matches!(separator, " " | "\u{a0}" | "\u{202f}" | "\u{2009}" | "," | "." | "'" | "’" | "٬" | "،")
            && (last == first || separator == self.between(first, first + 1))
    }

    /// The digits behind a decimal mark, in thousandths.
    fn fraction(&self, last: usize) -> Option<u64> {
        let next = last + 1;
        if !self.is_digits(next) || !matches!(self.between(last, next), "." | "," | "٫") {
            return None;
        }
        match self.digit_count(next) {
            1 => Some(self.value(next) * 100),
            2 => Some(self.value(next) * 10),
            _ => None,
        }
    }

    /// Whether other digits hang on by a sign: `12/03`, `10:30`, `3.14.15`.
    fn is_glued(&self, first: usize, last: usize) -> bool {
        let glue = |between: &str| matches!(between, "/" | ":" | "." | "٪");
        let before = first > 0 && self.is_digits(first - 1) && glue(self.between(first - 1, first));
        before || (self.is_digits(last + 1) && matches!(self.between(last, last + 1), "/" | ":"))
    }

    /// Money, percentages and degrees, `n° 5`, `#5`.
    fn is_measure(&self, at: usize, behind: &str) -> bool {
        const SPACES: [char; 3] = [' ', '\u{a0}', '\u{202f}'];
        let before = self.text.get(..self.words[at].start as usize).unwrap_or_default();
        before.trim_end_matches(SPACES).ends_with(['$', '€', '£', '°', 'º', '#'])
            || behind.trim_start_matches(SPACES).starts_with(['%', '٪', '$', '€', '£', '°'])
    }
}

/// Reads what lies between two words; None when a sentence ends in it.
fn read_gap(between: &str) -> Option<Gap> {
    let mut gap = Gap::Space;
    let mut chars = between.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\r' | '!' | '?' | '؟' | ';' | '؛' | '…' | '|' | '•' | '\u{2028}' | '\u{2029}' | '۔' => {
                return None;
            }
            // A dot inside `U.S` or `1.200` ends nothing.
            '.' if chars.peek().is_some() => return None,
            ',' | '،' => gap = Gap::Comma,
            ':' => gap = Gap::Colon,
            '-' | '‐'..='―' | '−' if between.starts_with(c) && between.chars().count() == 1 => gap = Gap::Hyphen,
            '-' | '‐'..='―' | '−' if gap == Gap::Space => gap = Gap::Comma,
            ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’' | '"' | '«' | '»' | '“' | '”' => {}
            _ if gap == Gap::Space && !c.is_whitespace() && c.is_ascii_punctuation() => gap = Gap::Sign,
            _ => {}
        }
    }
    Some(gap)
}
