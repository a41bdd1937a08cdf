//! The inside of one element of an XML feed: which text it holds, of which kind, and whom it names.

use std::borrow::Cow;

use super::super::html;
use super::super::markup::{Scanner, Tag, Token};
use super::atom::Kind;
use super::vocabulary::Dialect;

/// What stands between the tags of an element.
pub(super) struct Inside<'a> {
    /// As it stands.
    pub(super) raw: &'a str,
    /// Whether there are tags in it.
    pub(super) markup: bool,
    /// Whether it ended before the document did.
    pub(super) whole: bool,
}

impl<'a> Inside<'a> {
    /// The text without markup, its entities decoded once.
    pub(super) fn value(&self) -> Cow<'a, str> {
        let mut value = Cow::Borrowed("");
        for token in Scanner::new(self.raw) {
            let piece = match token {
                Token::Text(text) => htmlize::unescape_attribute(text),
                Token::CData(text) => Cow::Borrowed(text),
                Token::Start(_) | Token::End(_) => continue,
            };
            if value.trim().is_empty() {
                value = piece;
            } else {
                value.to_mut().push_str(&piece);
            }
        }
        value
    }

    /// The text of a title, summary or content (RFC 4287 §3.1 and §4.1.3; Atom 0.3 says `text/html` and `mode`). None when it
    /// is no text but a picture or a sound in base64.
    pub(super) fn text(&self, tag: &Tag<'a>, dialect: Dialect) -> Option<(Kind, Cow<'a, str>)> {
        if tag.attribute("mode").is_some_and(|mode| mode.eq_ignore_ascii_case("base64")) {
            return None;
        }
        let kind = tag.attribute("type").map(|kind| kind.trim().to_ascii_lowercase()).unwrap_or_default();
        let (kind, value) = match kind.as_str() {
            // Markup is kept as it stands, its entities with it.
            _ if self.markup => (Kind::Html, Cow::Borrowed(self.raw)),
            "xhtml" | "application/xhtml+xml" => (Kind::Html, Cow::Borrowed(self.raw)),
            "text" | "text/plain" => (Kind::Plain, self.value()),
            "" if dialect == Dialect::Atom => (Kind::Plain, self.value()),
            mime if mime.contains('/') && !mime.starts_with("text/") && !mime.ends_with("xml") => return None,
            _ => (Kind::Html, self.value()),
        };
        let kind = if html::looks_like_markup(&value) { Kind::Html } else { kind };
        Some((kind, value))
    }

    /// Who an author element names: Atom's `name`, else its `email`; RSS has `mail (Name)` or just a name.
    pub(super) fn person(&self) -> String {
        if self.markup {
            let named = |name| html::element(self.raw, name).map(html::text).filter(|text| !text.is_empty());
            return named("name").or_else(|| named("email")).unwrap_or_else(|| html::text(self.raw));
        }
        let printed = html::text(&self.value());
        let bracketed =
            printed.split_once('(').and_then(|(before, after)| Some((before.trim(), after.strip_suffix(')')?.trim())));
        match bracketed {
            Some((mail, name)) if mail.contains('@') && !name.is_empty() => name.to_owned(),
            Some((name, mail)) if mail.contains('@') && !name.is_empty() => name.to_owned(),
            _ => printed,
        }
    }
}
