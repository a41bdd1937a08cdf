//! The text part of a mail: lines of 72 columns. A source's words are indented and ours never are, so that a headline cannot
//! pass for a line of ours.

use std::fmt::Write as _;

use unicode_normalization::char::is_combining_mark;

use super::excerpt::Passage;
use super::line::{END_ISOLATE, ISOLATE, Line};
use crate::text::direction::{Direction, has_rtl};

/// Columns of a line.
const WIDTH: usize = 72;
/// Before a source's words.
const INDENT: &str = "  ";
/// Isolates a line whose direction is known (UAX #9, LRI and RLI): a line broken off an Arabic headline may start in Latin.
const LEFT_TO_RIGHT: char = '\u{2066}';
const RIGHT_TO_LEFT: char = '\u{2067}';

/// Our words, wrapped. An isolate that a line end would cut is closed and opened again, since it ends with its line. In a mail
/// that reads from right to left every line says so, because one may begin with a source's Latin name.
pub(crate) fn wrap(line: &Line, direction: Direction) -> String {
    let lines = lines(&line.to_string(), WIDTH);
    match direction {
        Direction::Ltr => lines.join("\n"),
        Direction::Rtl => {
            let lines = lines.iter().map(|line| format!("{RIGHT_TO_LEFT}{line}{END_ISOLATE}"));
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

/// A line of a list of ours.
pub(crate) fn item(line: &Line, direction: Direction) -> String {
    wrap(&Line::join([Line::ours("-"), line.clone()], " "), direction)
}

/// A source's words, wrapped and indented, matches between asterisks.
pub(crate) fn quote(passage: &Passage) -> String {
    let mut marked = String::new();
    for run in &passage.runs {
        let mark = if run.marked { "*" } else { "" };
        write!(marked, "{mark}{}{mark}", run.text).expect("a string takes what is written");
    }
    let isolate = match passage.direction {
        Direction::Rtl => Some(RIGHT_TO_LEFT),
        Direction::Ltr => has_rtl(&marked).then_some(LEFT_TO_RIGHT),
    };
    let shown = |line: String| match isolate {
        Some(isolate) => format!("{INDENT}{isolate}{line}{END_ISOLATE}"),
        None => format!("{INDENT}{line}"),
    };
    lines(&marked, WIDTH - INDENT.len()).into_iter().map(shown).collect::<Vec<_>>().join("\n")
}

fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut open = false;
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a line to begin with");
        if !line.is_empty() && columns(line) + 1 + columns(word) > width {
            if open {
                line.push(END_ISOLATE);
            }
            lines.push(if open { ISOLATE.to_string() } else { String::new() });
        } else if !line.is_empty() {
            line.push(' ');
        }
        lines.last_mut().expect("a line was just written").push_str(word);
        open = word.chars().fold(open, |open, c| c == ISOLATE || (open && c != END_ISOLATE));
    }
    lines
}

/// Columns a text takes, all letters being of one width.
fn columns(text: &str) -> usize {
    text.chars().filter(|c| !is_combining_mark(*c) && !matches!(*c, ISOLATE | END_ISOLATE)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_72_columns_and_long_words_stay_whole() {
        let text = format!("{} {} tail", "word ".repeat(20).trim_end(), "x".repeat(100));
        let wrapped = wrap(&Line::ours(text.clone()), Direction::Ltr);
        let lengths: Vec<_> = wrapped.lines().map(|line| line.chars().count()).collect();
        assert_eq!(lengths, [69, 29, 100, 4]);
        assert_eq!(wrapped.replace('\n', " "), text);
    }

    #[test]
    fn an_isolate_ends_and_begins_with_its_line() {
        let name = "صحراء ".repeat(20);
        let name = Line::fill("Source {name} · tier 2", &[("name", Line::foreign(&name, 200, Direction::Ltr))]);
        for line in wrap(&name, Direction::Ltr).lines() {
            assert_eq!(line.matches(ISOLATE).count(), 1, "{line}");
            assert_eq!(line.matches(END_ISOLATE).count(), 1, "{line}");
        }
    }

    #[test]
    fn a_sources_words_are_indented_on_every_line() {
        let passage = Passage::unmarked(&"هجوم ".repeat(40), "ar");
        for line in quote(&passage).lines() {
            assert!(line.starts_with("  \u{2067}") && line.ends_with('\u{2069}'), "{line}");
        }
    }
}
