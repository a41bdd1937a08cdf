//! What is wrong with a query, said to people: a message, the place under carets, and what to write instead.
//!
//! Columns are display columns, so the carets stand right under accents, Arabic marks and wide letters. Where a
//! terminal shows Arabic right to left, the carets count from the line's start as stored, which is the most a line of
//! text can do.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

/// Columns of the query shown at most; a longer line is cut around the place.
const SHOWN: usize = 96;

/// Longest corrected query that is offered: beyond it nobody compares the two.
const LONGEST_OFFER: usize = 400;

/// Longest message and help in characters: what was typed may be quoted in them, and it may be a whole pasted page.
const LONGEST_MESSAGE: usize = 200;
const LONGEST_HELP: usize = 800;

/// An error or a warning about a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Bytes of the query it is about; inside the query and on character boundaries.
    pub span: Range<usize>,
    /// What is wrong: lower case, one line.
    pub message: String,
    /// What to know or do about it; may have several lines.
    pub help: Option<String>,
    /// A corrected query, ready to paste; only where what was meant is plain.
    pub suggestion: Option<String>,
}

impl Problem {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: cut(message.into(), LONGEST_MESSAGE), help: None, suggestion: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(cut(help.into(), LONGEST_HELP));
        self
    }

    /// Offers the query with a part of it replaced.
    pub(super) fn replacing(mut self, query: &str, part: Range<usize>, with: &str) -> Self {
        if query.len() <= LONGEST_OFFER {
            self.suggestion = Some(format!("{}{with}{}", &query[..part.start], &query[part.end..]));
        }
        self
    }

    /// As shown to people, as an error.
    #[must_use]
    pub fn render(&self, query: &str) -> String {
        self.render_as("error", query)
    }

    /// As shown to people, after `warning` or another word.
    #[must_use]
    pub fn render_as(&self, severity: &str, query: &str) -> String {
        let (line, carets) = place(query, &self.span);
        let mut out = format!("{severity}: {}\n  {line}\n  {carets}\n", self.message);
        for line in self.help.as_deref().unwrap_or_default().lines() {
            out.push_str(&format!("  {line}\n"));
        }
        if let Some(suggestion) = &self.suggestion {
            out.push_str(&format!("  Try: {}\n", one_line(suggestion)));
        }
        out
    }
}

fn cut(mut text: String, most: usize) -> String {
    if let Some((at, _)) = text.char_indices().nth(most) {
        text.truncate(at);
        text.push('…');
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The line of the query where a span begins, and the carets under it.
fn place(query: &str, span: &Range<usize>) -> (String, String) {
    let start = query.floor_char_boundary(span.start);
    let first = query[..start].rfind('\n').map_or(0, |at| at + 1);
    let last = query[start..].find('\n').map_or(query.len(), |at| start + at);
    let end = query.floor_char_boundary(span.end).clamp(start, last);
    let (before, marked, after) = (&query[first..start], &query[start..end], &query[end..last]);
    let marked = head(marked, SHOWN / 2);
    let whole = end - start == marked.len();
    let room = SHOWN.saturating_sub(width(marked));
    let cut_before = tail(before, room / 2);
    let cut_after = if whole { head(after, room.saturating_sub(width(cut_before))) } else { "" };
    let lead = if cut_before.len() < before.len() { "…" } else { "" };
    let trail = if whole && cut_after.len() == after.len() { "" } else { "…" };
    let blank = width(lead) + width(cut_before);
    let line = format!("{lead}{}{trail}", shown(&format!("{cut_before}{marked}{cut_after}")));
    (line.trim_end().to_owned(), format!("{}{}", " ".repeat(blank), "^".repeat(width(marked).max(1))))
}

/// Control characters become spaces, so that a tab or a carriage return cannot shift the line.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn columns(c: char) -> usize {
    // A control is shown as a space.
    c.width().unwrap_or(1)
}

fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// As much of the beginning as fits.
fn head(text: &str, room: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|(_, c)| {
        used += columns(*c);
        used > room
    });
    end.map_or(text, |(at, _)| &text[..at])
}

/// As much of the end as fits.
fn tail(text: &str, room: usize) -> &str {
    let mut used = 0;
    let cut = text.char_indices().rev().find(|(_, c)| {
        used += columns(*c);
        used > room
    });
    cut.map_or(text, |(at, c)| &text[at + c.len_utf8()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, part: &str, line: &str, carets: &str) {
        let start = query.find(part).expect("a part of the query");
        assert_eq!(place(query, &(start..start + part.len())), (line.to_owned(), carets.to_owned()), "{query}");
    }

    #[test]
    fn carets_stand_under_what_is_shown() {
        check("Kayes OR", "OR", "Kayes OR", "      ^^");
        check("Me\u{301}naka OR", "OR", "Me\u{301}naka OR", "       ^^");
        check("هُجوم OR", "OR", "هُجوم OR", "     ^^");
        check("ａ OR", "OR", "ａ OR", "   ^^");
        check("un\ndeux trois\nquatre", "trois", "deux trois", "     ^^^^^");
        check("a\tOR", "OR", "a OR", "  ^^");
        check("abc", "", "abc", "^");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let query = format!("{} HERE {}", "avant ".repeat(40), "après ".repeat(40));
        let at = query.find("HERE").expect("it is there");
        let (line, carets) = place(&query, &(at..at + 4));
        assert!(line.starts_with('…') && line.ends_with('…') && width(&line) <= SHOWN + 2, "{line}");
        let column = carets.len() - 4;
        assert_eq!(line.chars().skip(column).take(4).collect::<String>(), "HERE");
    }
}
