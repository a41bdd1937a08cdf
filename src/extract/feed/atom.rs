//! Clean Atom 1.0 (RFC 4287), written: the one dialect in which every text says what it is. Whatever a source sends is
//! rewritten into it, so feed-rs always meets the same well-formed document and one reading serves all dialects.

use quick_xml::escape::{escape, minimal_escape};

use crate::model::Hub;

/// Whether a text is markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    Html,
}

/// `rel` of a link that is only guessed from an id; it counts where no other link is given.
pub(super) const REL_ID: &str = "x-id";

/// Writes a feed, top down.
#[derive(Debug)]
pub(super) struct Writer {
    xml: String,
}

impl Writer {
    pub(super) fn new(capacity: usize) -> Self {
        let mut xml = String::with_capacity(capacity);
        xml.push_str("<feed xmlns=\"http://www.w3.org/2005/Atom\">");
        Self { xml }
    }

    pub(super) fn open_entry(&mut self) {
        self.xml.push_str("<entry>");
    }

    pub(super) fn close_entry(&mut self) {
        self.xml.push_str("</entry>");
    }

    /// Length so far, to come back to with [`Writer::truncate`].
    pub(super) fn len(&self) -> usize {
        self.xml.len()
    }

    /// Takes back what was written beyond `len`, as [`Writer::len`] gave it.
    pub(super) fn truncate(&mut self, len: usize) {
        self.xml.truncate(len);
    }

    /// `title`, `summary` or `content`.
    pub(super) fn text(&mut self, name: &str, kind: Kind, value: &str) {
        let kind = if kind == Kind::Html { "html" } else { "text" };
        self.extend(&["<", name, " type=\"", kind, "\">", &minimal_escape(value), "</", name, ">"]);
    }

    /// `id`, `published` or `updated`.
    pub(super) fn simple(&mut self, name: &str, value: &str) {
        self.extend(&["<", name, ">", &minimal_escape(value.trim()), "</", name, ">"]);
    }

    pub(super) fn link(&mut self, rel: &str, href: &str, base: Option<&str>) {
        self.extend(&["<link rel=\"", rel, "\" href=\"", &escape(href.trim())]);
        if let Some(base) = base {
            self.extend(&["\" xml:base=\"", &escape(base)]);
        }
        self.xml.push_str("\"/>");
    }

    pub(super) fn author(&mut self, name: &str) {
        self.extend(&["<author><name>", &minimal_escape(name.trim()), "</name></author>"]);
    }

    pub(super) fn category(&mut self, term: &str) {
        self.extend(&["<category term=\"", &escape(term.trim()), "\"/>"]);
    }

    pub(super) fn finish(mut self) -> String {
        self.xml.push_str("</feed>");
        self.xml
    }

    fn extend(&mut self, parts: &[&str]) {
        parts.iter().for_each(|part| self.xml.push_str(part));
    }
}

/// A feed as clean Atom, and what Atom as feed-rs reads it has no room for.
#[derive(Debug)]
pub(super) struct Rewritten {
    /// The document.
    pub(super) atom: String,
    /// The language it declares.
    pub(super) language: String,
    /// The address of the page it belongs to, as printed: feed-rs would normalise it.
    pub(super) link: String,
    /// The hub that tells of its news.
    pub(super) hub: Option<Hub>,
    /// The language of each entry, in order, where it differs in declaring one.
    pub(super) languages: Vec<Option<String>>,
    /// What was wrong, for people.
    pub(super) problems: Vec<String>,
    /// False when the document broke off.
    pub(super) complete: bool,
}
