//! The canonical text of a tree: what was understood, in the query language. Parsing it gives the same tree again.

use std::fmt::{self, Display, Formatter};

use super::lexer::ends_word;
use super::tree::{Compare, Facet, Pattern, Style, Term, TextField, Tree};

impl Display for Tree {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => all(parts, f),
            Self::Any(parts) => joined(parts, " OR ", f, |part| matches!(part, Self::All(_))),
            Self::Not(part) => write!(f, "NOT {}", Grouped(part, is_level(part))),
            Self::AtLeast { n, of } => {
                write!(f, "{n} OF (")?;
                joined(of, ", ", f, |_| false)?;
                f.write_str(")")
            }
            Self::Near { left, right, within, ordered } => {
                let name = if *ordered { "ONEAR" } else { "NEAR" };
                write!(f, "{} {name}/{within} {}", Grouped(left, is_level(left)), Grouped(right, is_near(right)))
            }
            Self::NotNear { wanted, other, within } => {
                write!(f, "{} NOT NEAR/{within} {}", Grouped(wanted, is_level(wanted)), Grouped(other, is_near(other)))
            }
            Self::In(TextField::Title, part) => write!(f, "title:{}", Grouped(part, is_near(part))),
            Self::In(TextField::Body, part) => write!(f, "body:{}", Grouped(part, is_near(part))),
            Self::Term(term) => term.fmt(f),
            Self::Concept { id, .. } => write!(f, "@{id}"),
            Self::Facet(facet) => facet.fmt(f),
        }
    }
}

/// A part, in parentheses where it needs them.
struct Grouped<'t>(&'t Tree, bool);

impl Display for Grouped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.1 { write!(f, "({})", self.0) } else { self.0.fmt(f) }
    }
}

fn is_level(tree: &Tree) -> bool {
    matches!(tree, Tree::All(_) | Tree::Any(_) | Tree::Not(_))
}

/// Whether the tree is no single atom of the grammar.
fn is_near(tree: &Tree) -> bool {
    is_level(tree) || matches!(tree, Tree::Near { .. } | Tree::NotNear { .. })
}

fn joined(parts: &[Tree], between: &str, f: &mut Formatter<'_>, grouped: impl Fn(&Tree) -> bool) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        f.write_str(if i > 0 { between } else { "" })?;
        Grouped(part, grouped(part)).fmt(f)?;
    }
    Ok(())
}

fn all(parts: &[Tree], f: &mut Formatter<'_>) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        f.write_str(match part {
            _ if i == 0 => "",
            Tree::Not(_) => " ",
            _ => " AND ",
        })?;
        Grouped(part, matches!(part, Tree::Any(_))).fmt(f)?;
    }
    Ok(())
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let exact = if self.style == Style::Exact { "=" } else { "" };
        let ending = match (self.stem, self.style) {
            (true, _) => "*",
            (false, Style::Inflected) => "~",
            (false, _) => "",
        };
        if is_bare(&self.text) {
            write!(f, "{exact}{}{ending}", self.text)
        } else {
            write!(f, "{exact}\"{}\"{ending}", self.text)
        }
    }
}

/// Whether a text reads as one word without quotes: letters, digits and the marks inside words, and no operator.
fn is_bare(text: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || (!ends_word(c) && matches!(c, '\'' | '’' | '-' | '_'));
    let operator = text.len() > 1 && text.chars().all(|c| c.is_ascii_uppercase() || c == '/') && is_operator(text);
    let number = text.chars().all(char::is_numeric);
    text.starts_with(char::is_alphanumeric) && text.chars().all(inside) && !operator && !number && !looks_near(text)
}

fn is_operator(text: &str) -> bool {
    matches!(text, "AND" | "OR" | "NOT" | "OF" | "NEAR" | "ONEAR")
}

/// `NEAR5` and `ADJ5` are refused as bare words.
fn looks_near(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    ["NEAR", "ONEAR", "ADJ"]
        .iter()
        .any(|name| upper.strip_prefix(name).is_some_and(|rest| rest.starts_with(char::is_numeric)))
}

impl Display for Pattern {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}{}\"", self.text, if self.prefix { "*" } else { "" })
    }
}

impl Display for Facet {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(pattern) if is_bare(&pattern.text) => {
                write!(f, "source:{}{}", pattern.text, if pattern.prefix { "*" } else { "" })
            }
            Self::Source(pattern) => write!(f, "source:{pattern}"),
            Self::Lang(code) => write!(f, "lang:{code}"),
            Self::Author(words) => write!(f, "author:\"{words}\""),
            Self::Url(letters) => write!(f, "url:\"{letters}\""),
            Self::Country(code) => write!(f, "country:{code}"),
            Self::Toll { kind, compare, number } => write!(f, "{}:{}{number}", kind.as_str(), compare.sign()),
        }
    }
}

impl Compare {
    /// The sign it is written with.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
        }
    }
}
