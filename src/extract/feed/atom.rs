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

/// Entries of one document. What feed-rs makes of an entry takes some kilobytes until it is an item: the ten thousand entries of an
/// archive are not to be there at once.
const SLICE: usize = 500;
const OPENING: &str = "<feed xmlns=\"http://www.w3.org/2005/Atom\">";
const CLOSING: &str = "</feed>";

/// Writes a feed, top down: what it says of itself as one document, its entries as further ones.
#[derive(Debug)]
pub(super) struct Writer {
    head: String,
    slices: Vec<String>,
    /// Entries in the last slice.
    entries: usize,
    /// Where in the last slice the open entry begins.
    entry: Option<usize>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { head: OPENING.to_owned(), slices: Vec::new(), entries: 0, entry: None }
    }

    pub(super) fn open_entry(&mut self) {
        if self.slices.is_empty() || self.entries == SLICE {
            if let Some(full) = self.slices.last_mut() {
                full.push_str(CLOSING);
            }
            self.slices.push(OPENING.to_owned());
            self.entries = 0;
        }
        self.entries += 1;
        self.entry = self.slices.last().map(String::len);
        self.extend(&["<entry>"]);
    }

    pub(super) fn close_entry(&mut self) {
        self.extend(&["</entry>"]);
        self.entry = None;
    }

    /// Takes back the open entry.
    pub(super) fn drop_entry(&mut self) {
        if let (Some(start), Some(slice)) = (self.entry.take(), self.slices.last_mut()) {
            slice.truncate(start);
            self.entries -= 1;
        }
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
        self.extend(&["\"/>"]);
    }

    pub(super) fn author(&mut self, name: &str) {
        self.extend(&["<author><name>", &minimal_escape(name.trim()), "</name></author>"]);
    }

    pub(super) fn category(&mut self, term: &str) {
        self.extend(&["<category term=\"", &escape(term.trim()), "\"/>"]);
    }

    /// The head, and the entries.
    pub(super) fn finish(mut self) -> (String, Vec<String>) {
        self.head.push_str(CLOSING);
        if let Some(last) = self.slices.last_mut() {
            last.push_str(CLOSING);
        }
        (self.head, self.slices)
    }

    fn extend(&mut self, parts: &[&str]) {
        let slice = self.slices.last_mut().filter(|_| self.entry.is_some());
        let to = slice.unwrap_or(&mut self.head);
        parts.iter().for_each(|part| to.push_str(part));
    }
}

/// A feed as clean Atom, and what Atom as feed-rs reads it has no room for.
#[derive(Debug)]
pub(super) struct Rewritten {
    /// A document of what the feed says of itself.
    pub(super) head: String,
    /// Documents of its entries, in order.
    pub(super) slices: Vec<String>,
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
