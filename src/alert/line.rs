//! A line of ours with foreign words in it. Keeps the two apart, so that HTML can give foreign words a direction and plain text
//! can isolate them: otherwise an Arabic name would pull the digits and signs beside it to its other side.

use std::fmt;

use crate::text::direction::{Direction, has_rtl};
use crate::text::display;

/// Isolates a run whose first strong character decides its direction (UAX #9, FSI and PDI).
pub(crate) const ISOLATE: char = '\u{2068}';
/// Ends what [`ISOLATE`] began.
pub(crate) const END_ISOLATE: char = '\u{2069}';

/// A stretch of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    /// Set where the stretch must be isolated.
    pub(crate) isolated: Option<Direction>,
    /// Whether it carries the line, such as a figure; only HTML shows it.
    pub(crate) strong: bool,
}

/// A line of text, in pieces. Its `Display` is for plain text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) pieces: Vec<Piece>,
}

impl Line {
    /// Our own words.
    pub(crate) fn ours(text: impl Into<String>) -> Self {
        Self { pieces: vec![Piece { text: text.into(), isolated: None, strong: false }] }
    }

    /// Words from elsewhere, made safe and cut to `max_chars`, for a line of ours that reads in this direction.
    pub(crate) fn foreign(text: &str, max_chars: usize, ours: Direction) -> Self {
        let text = display::cut(&display::line(text), max_chars);
        let reorders = has_rtl(&text) || (ours == Direction::Rtl && !text.is_empty());
        let isolated = reorders.then(|| Direction::of(&text));
        Self { pieces: vec![Piece { text, isolated, strong: false }] }
    }

    /// Whether there is nothing to read.
    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.iter().all(|piece| piece.text.is_empty())
    }

    /// The same line, emphasised.
    pub(crate) fn strong(mut self) -> Self {
        self.pieces.iter_mut().for_each(|piece| piece.strong = true);
        self
    }

    /// The same line as a sentence of its own: its first letter is a capital, where it is ours.
    pub(crate) fn capital(mut self) -> Self {
        if let Some(first) = self.pieces.first_mut().filter(|first| first.isolated.is_none()) {
            let mut letters = first.text.chars();
            first.text = letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default();
        }
        self
    }

    /// A label with each `{name}` replaced.
    pub(crate) fn fill(label: &str, values: &[(&str, Self)]) -> Self {
        let mut line = Self::default();
        let mut rest = label;
        while let Some((before, (name, after))) =
            rest.split_once('{').and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
        {
            line.push(Self::ours(before));
            let value = values.iter().find(|(key, _)| *key == name);
            line.push(value.map(|(_, value)| value.clone()).unwrap_or_default());
            rest = after;
        }
        line.push(Self::ours(rest));
        line
    }

    /// Several lines as one.
    pub(crate) fn join(lines: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let mut joined = Self::default();
        for line in lines {
            if !joined.pieces.is_empty() {
                joined.push(Self::ours(between));
            }
            joined.push(line);
        }
        joined
    }

    fn push(&mut self, other: Self) {
        for piece in other.pieces {
            match self.pieces.last_mut() {
                _ if piece.text.is_empty() => {}
                Some(last) if last.isolated.or(piece.isolated).is_none() && last.strong == piece.strong => {
                    last.text.push_str(&piece.text);
                }
                _ => self.pieces.push(piece),
            }
        }
    }

    /// The words alone, for where isolates may not stand.
    pub(crate) fn bare(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece.isolated {
            Some(_) => write!(f, "{ISOLATE}{}{END_ISOLATE}", piece.text),
            None => f.write_str(&piece.text),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_filled_in_its_own_order_and_foreign_words_stay_apart() {
        let line = Line::fill(
            "{n} of {name}: {name}{unknown}",
            &[("name", Line::foreign("صحراء\n\u{202e}ميديا", 40, Direction::Ltr)), ("n", Line::ours("3"))],
        );
        assert_eq!(line.to_string(), "3 of \u{2068}صحراء ميديا\u{2069}: \u{2068}صحراء ميديا\u{2069}");
        assert_eq!(line.bare(), "3 of صحراء ميديا: صحراء ميديا");
    }

    #[test]
    fn what_is_filled_in_is_not_read_as_a_label() {
        let line = Line::fill(
            "{name} ({id}) {",
            &[("name", Line::foreign("{id}", 40, Direction::Ltr)), ("id", Line::ours("x"))],
        );
        assert_eq!(line.to_string(), "{id} (x) {");
    }
}
