//! Markup cut into tags and texts, without a tree: what reading a feed and flattening HTML have in common. It accepts anything
//! and only looks ahead, so it is linear in its input and needs no depth: nesting is its callers' business.
//!
//! Own code, because html5ever's tokenizer compares every attribute of a tag with all before it (a million attributes take
//! minutes), and because quick-xml takes a stray `<` or an apostrophe in a tag for the end of the document.

use std::borrow::Cow;

/// One piece of markup. Comments, processing instructions and document types are left out: nothing in them is ever wanted,
/// and an entity that is never declared can neither expand nor be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// Text, its entities not yet decoded.
    Text(&'a str),
    /// A CDATA section: text in which nothing is to be decoded.
    CData(&'a str),
    /// `<name …>` or `<name …/>`.
    Start(Tag<'a>),
    /// `</name>`.
    End(&'a str),
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// Its name as written, prefix included.
    pub(crate) name: &'a str,
    /// `<name/>`.
    pub(crate) empty: bool,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// Name and decoded value of each attribute, in order, duplicates included.
    pub(crate) fn attributes(&self) -> Attributes<'a> {
        Attributes { rest: self.attributes }
    }

    /// The first attribute of this name, ASCII letters in any case.
    pub(crate) fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        self.attributes().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// Reads markup from its beginning to its end.
#[derive(Debug, Clone)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Where the next token begins, in bytes.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Goes back to where a token began, to read it again.
    pub(crate) fn seek(&mut self, position: usize) {
        self.at = position;
    }

    /// Passes over the content of a raw text element (`script`, `style`) as HTML does: up to the next `</name`, or all.
    pub(crate) fn skip_raw(&mut self, name: &str) {
        let rest = &self.text[self.at..];
        let end = rest.match_indices("</").find(|(i, _)| {
            rest.as_bytes()
                .get(i + 2..i + 2 + name.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        });
        self.at = end.map_or(self.text.len(), |(i, _)| self.at + i);
    }

    /// The text up to `end`, which is passed over, or all that is left when it never comes.
    fn until(&mut self, from: usize, end: &str) -> &'a str {
        let rest = &self.text[from.min(self.text.len())..];
        match rest.find(end) {
            Some(i) => {
                self.at = from + i + end.len();
                &rest[..i]
            }
            None => {
                self.at = self.text.len();
                rest
            }
        }
    }

    /// The start tag whose `<` is at the current position; None when it never ends.
    fn start_tag(&mut self) -> Option<Token<'a>> {
        let from = self.at + 1;
        let Some(end) = tag_end(self.text.as_bytes(), from) else {
            self.at = self.text.len();
            return None;
        };
        self.at = end + 1;
        let inside = &self.text[from..end];
        let name = inside.split(|c: char| c.is_ascii_whitespace() || c == '/').next().unwrap_or_default();
        let (attributes, empty) = match inside[name.len()..].strip_suffix('/') {
            Some(attributes) => (attributes, true),
            None => (&inside[name.len()..], false),
        };
        Some(Token::Start(Tag { name, empty, attributes }))
    }

    /// The text from the current position to the next `<` that could begin markup.
    fn text_run(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let mut end = rest.len();
        let mut from = 0;
        while let Some(i) = rest[from..].find('<') {
            if rest.as_bytes().get(from + i + 1).is_some_and(|b| begins_markup(*b)) {
                end = from + i;
                break;
            }
            from += i + 1;
        }
        self.at += end;
        &rest[..end]
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = &self.text[self.at..];
            let bytes = rest.as_bytes();
            match (bytes.first()?, bytes.get(1)) {
                (b'<', Some(b'!')) => {
                    if rest.starts_with("<![CDATA[") {
                        return Some(Token::CData(self.until(self.at + "<![CDATA[".len(), "]]>")));
                    } else if rest.starts_with("<!--") {
                        // From the second hyphen on, since `<!-->` is a whole comment.
                        self.until(self.at + "<!".len(), "-->");
                    } else {
                        self.at = declaration_end(bytes).map_or(self.text.len(), |end| self.at + end);
                    }
                }
                (b'<', Some(b'?')) => {
                    self.until(self.at + "<?".len(), ">");
                }
                (b'<', Some(b'/')) => {
                    let name = self.until(self.at + "</".len(), ">").trim_ascii();
                    return Some(Token::End(name.split_ascii_whitespace().next().unwrap_or_default()));
                }
                (b'<', Some(next)) if begins_markup(*next) => return self.start_tag(),
                _ => return Some(Token::Text(self.text_run())),
            }
        }
    }
}

/// Whether `<` followed by this byte is markup. Anything else (`1 < 2`, `<3`) is text (HTML §13.2.5.6).
fn begins_markup(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!' | b'?' | b'_')
}

/// Where the `>` of a tag stands. A quote counts only where a value may begin; one that never closes is an ordinary character
/// (at most one search per kind of quote can fail, so this stays linear).
fn tag_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    let mut value = false;
    while at < bytes.len() {
        match bytes[at] {
            b'>' => return Some(at),
            b'=' => value = true,
            quote @ (b'"' | b'\'') if value => {
                value = false;
                at += bytes[at + 1..].iter().position(|b| *b == quote).map_or(0, |i| i + 1);
            }
            byte => value &= byte.is_ascii_whitespace(),
        }
        at += 1;
    }
    None
}

/// The length of a `<!DOCTYPE …>`, its internal subset included.
fn declaration_end(bytes: &[u8]) -> Option<usize> {
    let close = bytes.iter().position(|b| *b == b'>')?;
    let Some(subset) = bytes[..close].iter().position(|b| *b == b'[') else { return Some(close + 1) };
    let end = subset + bytes[subset..].iter().position(|b| *b == b']')?;
    Some(end + bytes[end..].iter().position(|b| *b == b'>')? + 1)
}

/// See [`Tag::attributes`].
#[derive(Debug, Clone)]
pub(crate) struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, Cow<'a, str>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/' || c == '=');
        if rest.is_empty() {
            return None;
        }
        let (name, rest) = split(rest, rest.find(|c: char| c.is_ascii_whitespace() || c == '='));
        let Some(value) = rest.trim_ascii_start().strip_prefix('=') else {
            self.rest = rest;
            return Some((name, Cow::Borrowed("")));
        };
        let value = value.trim_ascii_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, rest) = match quote.and_then(|quote| value[1..].split_once(quote)) {
            Some(quoted) => quoted,
            None => split(value, value.find(|c: char| c.is_ascii_whitespace())),
        };
        self.rest = rest;
        Some((name, htmlize::unescape_attribute(value)))
    }
}

fn split(text: &str, at: Option<usize>) -> (&str, &str) {
    text.split_at(at.unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_cut_into_tags_and_texts() {
        let shown = |markup: &str| {
            let mut shown = String::new();
            for token in Scanner::new(markup) {
                shown += &match token {
                    Token::Text(text) => format!("[{text}]"),
                    Token::CData(text) => format!("C[{text}]"),
                    Token::Start(tag) => format!("<{}{}>", tag.name, if tag.empty { "/" } else { "" }),
                    Token::End(name) => format!("</{name}>"),
                };
            }
            shown
        };
        for (markup, expected) in [
            ("<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a \">\">]><r>x</r>", "<r>[x]</r>"),
            ("<!-- <a> -->t<![CDATA[<b>]]>", "[t]C[<b>]"),
            ("<a b='>' c=\"/\"/>x</a >", "<a/>[x]</a>"),
            ("<a b=it's>x", "<a>[x]"),
            ("<a b='never closed>x", "<a>[x]"),
            ("1 < 2 <3", "[1 < 2 <3]"),
            ("</rss", "</rss>"),
            ("x<a href", "[x]"),
            ("x<![CDATA[y", "[x]C[y]"),
        ] {
            assert_eq!(shown(markup), expected, "{markup}");
        }
    }

    #[test]
    fn attributes_are_read_however_they_are_quoted() {
        let Some(Token::Start(tag)) = Scanner::new("<a b='1 &amp; 2' C = \"x=y\" d=e f g='h/'/>").next() else {
            panic!()
        };
        let all: Vec<(&str, String)> = tag.attributes().map(|(name, value)| (name, value.into_owned())).collect();
        let expected = [("b", "1 & 2"), ("C", "x=y"), ("d", "e"), ("f", ""), ("g", "h/")];
        assert_eq!(all, expected.map(|(name, value)| (name, value.to_owned())));
        assert_eq!(tag.attribute("c").as_deref(), Some("x=y"));
    }
}
