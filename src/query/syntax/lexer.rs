//! Cuts a query into words, phrases, signs and operators, and pairs its quotes and parentheses. Knows nothing of the
//! grammar.
//!
//! Operators are upper case only: `and`, `et` and `not` are words of the languages searched. Quotation marks of all
//! shapes open and close a phrase, because texts are pasted from Word, wires and Arabic keyboards, and any mark ends
//! what any mark began.

use std::ops::Range;

use super::MOST_DEPTH;
use super::field::Field;
use super::problem::Problem;
use super::signs;

/// A word or phrase with its signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'q> {
    /// Without quotes and signs.
    pub(super) text: &'q str,
    /// Between quotes, or as it stands with its signs: what a field that is no text field reads.
    pub(super) raw: &'q str,
    pub(super) quoted: bool,
    pub(super) exact: bool,
    pub(super) stem: bool,
    pub(super) inflected: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'q> {
    Word(Word<'q>),
    Concept(&'q str),
    Field(Field),
    And,
    Or,
    Not,
    Minus,
    Near { within: u32, ordered: bool },
    Of(usize),
    Open,
    Close,
    Comma,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token<'q> {
    pub(super) kind: Kind<'q>,
    pub(super) span: Range<usize>,
}

/// Cuts a query into tokens.
pub(super) fn lex(query: &str) -> Result<Vec<Token<'_>>, Problem> {
    let mut lexer = Lexer { query, at: 0, tokens: Vec::new(), open: Vec::new() };
    while lexer.step()? {}
    match lexer.open.pop() {
        Some(open) => Err(Problem::new(open, "this parenthesis is never closed: a `)` is missing").replacing(
            query,
            query.len()..query.len(),
            ")",
        )),
        None => Ok(lexer.tokens),
    }
}

/// Marks around phrases. Single curly quotes are apostrophes (`l’attaque`, `‘yan bindiga`) and not among them.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›' | '＂' | '〝' | '〞' | '〟')
}

/// Marks that separate the members of a list.
pub(super) fn is_comma(c: char) -> bool {
    matches!(c, ',' | '،' | '，')
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}')
}

/// Spaces between words, and the invisible marks of direction that come along when Arabic is pasted.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_invisible(c)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{FEFF}')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether a bare word ends before this character. An invisible mark does not end it, since folding passes over it.
pub(super) fn ends_word(c: char) -> bool {
    (is_space(c) && !is_invisible(c)) || is_quote(c) || is_comma(c) || matches!(c, '(' | ')' | '（' | '）')
}

struct Lexer<'q> {
    query: &'q str,
    at: usize,
    tokens: Vec<Token<'q>>,
    /// Parentheses not closed yet.
    open: Vec<Range<usize>>,
}

impl<'q> Lexer<'q> {
    fn push(&mut self, kind: Kind<'q>, span: Range<usize>) {
        self.at = span.end;
        self.tokens.push(Token { kind, span });
    }

    /// Reads one token; false at the end.
    fn step(&mut self) -> Result<bool, Problem> {
        let rest = self.query[self.at..].trim_start_matches(is_space);
        let start = self.query.len() - rest.len();
        let Some(c) = rest.chars().next() else { return Ok(false) };
        let end = start + c.len_utf8();
        match c {
            '(' | '（' => self.open(start..end)?,
            ')' | '）' => self.close(start..end)?,
            _ if is_comma(c) => self.push(Kind::Comma, start..end),
            _ if is_quote(c) => self.phrase(start, start, false)?,
            _ if is_dash(c) => self.dash(start..end)?,
            _ => self.word(start)?,
        }
        Ok(true)
    }

    fn open(&mut self, span: Range<usize>) -> Result<(), Problem> {
        if self.open.len() == MOST_DEPTH {
            let message = format!("parentheses stand more than {MOST_DEPTH} deep in each other");
            return Err(Problem::new(span, message).help("Say it with fewer groups, or in several watches."));
        }
        self.open.push(span.clone());
        self.push(Kind::Open, span);
        Ok(())
    }

    fn close(&mut self, span: Range<usize>) -> Result<(), Problem> {
        if self.open.pop().is_none() {
            return Err(Problem::new(span.clone(), "this parenthesis closes nothing: a `(` is missing before it")
                .replacing(self.query, span, ""));
        }
        self.push(Kind::Close, span);
        Ok(())
    }

    /// A phrase from its opening mark on; `start` is before that where signs stand in front.
    fn phrase(&mut self, start: usize, open: usize, exact: bool) -> Result<(), Problem> {
        let mark = self.query[open..].chars().next().map_or(0, char::len_utf8);
        let inside = open + mark;
        let Some((length, close)) = self.query[inside..].char_indices().find(|(_, c)| is_quote(*c)) else {
            let help = "A phrase ends with a second quotation mark: \"Boko Haram\".";
            return Err(Problem::new(open..inside, "this quotation mark is never closed").help(help).replacing(
                self.query,
                self.query.trim_end().len()..self.query.len(),
                "\"",
            ));
        };
        let raw = &self.query[inside..inside + length];
        let mut end = inside + length + close.len_utf8();
        let after = &self.query[end..];
        let inflected = after.starts_with('~');
        if inflected && after[1..].starts_with(|c: char| c.is_ascii_digit()) {
            return Err(signs::slop(self.query, start..end + 1));
        }
        let text = raw.trim_matches(is_space);
        let (text, stem_inside) = text.strip_suffix('*').map_or((text, false), |text| (text, true));
        let stem_after = after.starts_with('*');
        end += usize::from(inflected || stem_after);
        if stem_inside && (stem_after || inflected) || stem_after && after[1..].starts_with(['*', '~']) {
            return Err(signs::two_endings(start..end));
        }
        let word = Word { text, raw, quoted: true, exact, stem: stem_inside || stem_after, inflected };
        self.push(Kind::Word(word), start..end);
        Ok(())
    }

    /// A minus stands right before what it excludes; a hyphen inside a word never comes here.
    fn dash(&mut self, span: Range<usize>) -> Result<(), Problem> {
        let next = self.query[span.end..].chars().next();
        let before = self.query[..span.start].chars().next_back();
        let glued = before.is_some_and(|c| !is_space(c) && !is_comma(c) && !is_dash(c) && !matches!(c, '(' | '（'));
        let with_space = Problem::new(span.clone(), "a `-` that excludes needs a space before it").replacing(
            self.query,
            span.clone(),
            " -",
        );
        let lone = Problem::new(span.clone(), "this dash stands alone and means nothing")
            .help("Write -word, without a space, to exclude a word; leave the dash out otherwise.")
            .replacing(self.query, span.clone(), "");
        match self.tokens.last().map(|token| &token.kind) {
            Some(Kind::Field(field)) if glued => {
                let help = format!("Write -{}:word.", field.name());
                return Err(Problem::new(span, "a `-` goes before the field").help(help));
            }
            _ if glued => return Err(with_space),
            _ => {}
        }
        match next {
            Some(c) if is_quote(c) || matches!(c, '(' | '（') || !ends_word(c) => self.push(Kind::Minus, span),
            _ => return Err(lone),
        }
        Ok(())
    }

    fn word(&mut self, start: usize) -> Result<(), Problem> {
        let rest = &self.query[start..];
        let raw = rest[..rest.find(ends_word).unwrap_or(rest.len())].trim_end_matches(is_invisible);
        let span = start..start + raw.len();
        if let Some(exact) = raw.strip_prefix('=') {
            return self.exact(exact, span);
        }
        if let Some(id) = raw.strip_prefix('@') {
            return self.concept(id, span);
        }
        if raw == "OF" {
            return self.of(span);
        }
        let kind = match raw {
            "AND" => Kind::And,
            "OR" => Kind::Or,
            "NOT" => Kind::Not,
            _ => match signs::near(self.query, raw, &span)? {
                Some((within, ordered)) => Kind::Near { within, ordered },
                None => return self.plain(raw, span),
            },
        };
        self.push(kind, span);
        Ok(())
    }

    /// `=word` and `="phrase"`.
    fn exact(&mut self, word: &'q str, span: Range<usize>) -> Result<(), Problem> {
        let quote = self.query[span.end..].starts_with(is_quote);
        match word {
            "" if quote => self.phrase(span.start, span.end, true),
            "" => Err(Problem::new(span, "`=` stands right before the word that must be found as written: =AES")),
            _ => {
                let word = signs::endings(self.query, word, &span)?;
                self.push(Kind::Word(Word { exact: true, ..word }), span);
                Ok(())
            }
        }
    }

    fn concept(&mut self, id: &'q str, span: Range<usize>) -> Result<(), Problem> {
        if id.is_empty() {
            return Err(Problem::new(span, "`@` stands right before the id of a concept: @jnim"));
        }
        self.push(Kind::Concept(id), span);
        Ok(())
    }

    /// `OF`, after its number.
    fn of(&mut self, span: Range<usize>) -> Result<(), Problem> {
        let number = match self.tokens.last().map(|token| (&token.kind, token.span.clone())) {
            Some((Kind::Word(word), span)) if !word.quoted => signs::number(word.raw).map(|number| (number, span)),
            _ => None,
        };
        let Some((number, first)) = number else {
            let help = "Write 2 OF (a, b, c) for at least two of these; in a name, put quotes: \"Bank OF Africa\".";
            return Err(Problem::new(span, "OF needs a number before it").help(help));
        };
        self.tokens.pop();
        self.push(Kind::Of(usize::try_from(number).unwrap_or(usize::MAX)), first.start..span.end);
        Ok(())
    }

    /// A bare word, or a field and what follows it.
    fn plain(&mut self, raw: &'q str, span: Range<usize>) -> Result<(), Problem> {
        let glued_to = match self.tokens.last() {
            Some(Token { kind: Kind::Field(field), span: before }) if before.end == span.start => Some(*field),
            _ => None,
        };
        if glued_to.is_some_and(|field| !field.is_text()) {
            let word = Word { text: raw, raw, quoted: false, exact: false, stem: false, inflected: false };
            self.push(Kind::Word(word), span);
            return Ok(());
        }
        if let Some((name, value)) = raw.split_once(':') {
            return self.field(name, value, span);
        }
        signs::foreign(self.query, raw, &span)?;
        let word = signs::endings(self.query, raw, &span)?;
        self.push(Kind::Word(word), span);
        Ok(())
    }

    fn field(&mut self, name: &str, value: &'q str, span: Range<usize>) -> Result<(), Problem> {
        if name.eq_ignore_ascii_case("concept") {
            return self.concept(value, span);
        }
        let Some(field) = Field::of(name) else { return Err(signs::colon(self.query, name, value, span)) };
        let end = span.end - value.len();
        let next = self.query[end..].chars().next();
        if next.is_none_or(|c| is_space(c) || is_comma(c) || matches!(c, ')' | '）')) {
            let found = self.query[end..].trim_start_matches(is_space);
            let problem = Problem::new(span.start..end, format!("nothing stands right after `{name}:`"))
                .help(format!("Write it without a space: {}.", field.example()));
            let gap = end..self.query.len() - found.len();
            return Err(if found.is_empty() || gap.is_empty() {
                problem
            } else {
                problem.replacing(self.query, gap, "")
            });
        }
        self.push(Kind::Field(field), span.start..end);
        Ok(())
    }
}
