//! XML feeds of every dialect, well-formed or not, rewritten into clean Atom in one pass. It keeps no tree: a feed is a flat
//! list of entries with flat facts, so one open entry and one fact at a time are enough, and nesting costs nothing.
//!
//! What it mends: tags never closed or closed in the wrong order, entities XML does not know, stray `&` and `<`, HTML written
//! without escaping, wrong names and namespaces, missing roots, and a document that breaks off. Document types are passed over.

use std::borrow::Cow;

use url::Url;

use super::super::markup::{Scanner, Tag, Token};
use super::super::{ParseError, html};
use super::MAX_ENTRIES;
use super::atom::{REL_ID, Rewritten, Writer};
use super::inside::Inside;
use super::offer::Offer;
use super::vocabulary::{Dialect, Element, Field, Namespaces};

/// Rewrites a feed. `document` is where it was found.
pub(super) fn rewrite(text: &str, document: Option<&Url>) -> Result<Rewritten, ParseError> {
    let mut rewriter = Rewriter::new(text, document);
    rewriter.find_root()?;
    while !rewriter.ended {
        match rewriter.scanner.next() {
            Some(Token::Start(tag)) => rewriter.start(tag),
            Some(Token::End(name)) => rewriter.end(name),
            Some(_) => {}
            None => break,
        }
    }
    Ok(rewriter.finish())
}

struct Rewriter<'a> {
    text: &'a str,
    scanner: Scanner<'a>,
    namespaces: Namespaces,
    dialect: Dialect,
    /// The name of the document element, in lower case and without its prefix.
    root: String,
    out: Writer,
    entry: Option<OpenEntry>,
    /// Where the feed was found.
    document: Option<&'a Url>,
    /// The `xml:base` of the feed.
    base: Base,
    language: String,
    link: String,
    offer: Offer,
    languages: Vec<Option<String>>,
    problems: Vec<String>,
    /// The feed was closed: its `</rss>`, `</feed>` or `</channel>` was seen.
    complete: bool,
    /// Nothing more is to be read.
    ended: bool,
}

/// The entry being read.
struct OpenEntry {
    /// Facts that were given so far.
    seen: Vec<Field>,
    language: Option<String>,
    base: Base,
}

/// Whether a document without `<html>`, `<head>` and `<body>`, whose tags HTML lets one leave out, is a page all the same.
fn begins_a_page(first: &str) -> bool {
    let names = [
        "title", "meta", "link", "script", "style", "base", "p", "div", "h1", "center", "table", "form", "main",
        "noscript",
    ];
    names.iter().any(|name| first.eq_ignore_ascii_case(name))
}

/// An `xml:base` in force (XML Base §4), absolute.
type Base = Option<Url>;

impl<'a> Rewriter<'a> {
    fn new(text: &'a str, document: Option<&'a Url>) -> Self {
        Self {
            text,
            scanner: Scanner::new(text),
            namespaces: Namespaces::default(),
            dialect: Dialect::Rss,
            root: String::new(),
            out: Writer::new(),
            entry: None,
            document,
            base: None,
            language: String::new(),
            link: String::new(),
            offer: Offer::default(),
            languages: Vec::new(),
            problems: Vec::new(),
            complete: false,
            ended: false,
        }
    }

    /// Passes over whatever stands before the feed (warnings of a web server, stray text) and enters it.
    fn find_root(&mut self) -> Result<(), ParseError> {
        let mut first = None;
        while let Some(token) = self.scanner.next() {
            let Token::Start(tag) = token else { continue };
            self.namespaces.declare(&tag);
            match self.namespaces.element(tag.name) {
                Element::Root(dialect) => self.dialect = dialect,
                Element::Entry if first.is_none() => self.dialect = Dialect::Atom,
                _ if ["html", "head", "body"].iter().any(|name| tag.name.eq_ignore_ascii_case(name)) => {
                    return Err(ParseError::PageForFeed { title: html::title(self.text), wall: None });
                }
                _ => {
                    first.get_or_insert(tag.name);
                    continue;
                }
            }
            self.root = local(tag.name).to_ascii_lowercase();
            self.start(tag);
            return Ok(());
        }
        Err(match first {
            Some(name) if begins_a_page(name) => ParseError::PageForFeed { title: html::title(self.text), wall: None },
            Some(name) => ParseError::NotAFeed(format!("its first element is <{}>", html::excerpt(name))),
            None => ParseError::NotAFeed("it has neither XML elements nor a JSON object".to_owned()),
        })
    }

    fn start(&mut self, tag: Tag<'a>) {
        match self.namespaces.element(tag.name) {
            Element::Root(_) => {
                self.namespaces.declare(&tag);
                self.base = self.base_of(&tag, self.base.clone());
                if let Some(language) = tag.attribute("xml:lang") {
                    self.language = language.into_owned();
                }
                // CDF has its link in an attribute.
                if let Some(href) = tag.attribute("href") {
                    self.link(&tag, "alternate", &href);
                }
                if tag.empty {
                    self.end(tag.name);
                }
            }
            Element::Entry => self.open_entry(&tag),
            Element::Field { field, weak } => self.field(&tag, field, weak),
            Element::Other => self.namespaces.declare(&tag),
        }
    }

    fn end(&mut self, name: &str) {
        match self.namespaces.element(name) {
            Element::Entry => {
                self.close_entry();
                self.ended |= local(name).eq_ignore_ascii_case(&self.root);
            }
            Element::Root(_) => {
                self.close_entry();
                let is_root = local(name).eq_ignore_ascii_case(&self.root);
                self.ended |= is_root;
                // In RSS 1.0 the entries follow the channel; elsewhere they are all inside.
                self.complete |= is_root || self.root == "rss";
            }
            _ => {}
        }
        self.complete |= self.ended;
    }

    fn open_entry(&mut self, tag: &Tag<'_>) {
        self.close_entry();
        if self.languages.len() == MAX_ENTRIES {
            self.ended = true;
            return;
        }
        self.namespaces.declare(tag);
        self.entry = Some(OpenEntry {
            seen: Vec::new(),
            language: tag.attribute("xml:lang").map(Cow::into_owned),
            base: self.base_of(tag, self.base.clone()),
        });
        self.out.open_entry();
        // RSS 1.0 names an item by `rdf:about`; CDF keeps link and date in attributes.
        for (name, value) in tag.attributes() {
            match local(name) {
                "about" => self.out.simple("id", &value),
                "href" | "HREF" => self.link(tag, "alternate", &value),
                "lastmod" | "LASTMOD" => self.out.simple("updated", &value),
                _ => {}
            }
        }
        if tag.empty {
            self.close_entry();
        }
    }

    fn close_entry(&mut self) {
        if let Some(entry) = self.entry.take() {
            self.out.close_entry();
            self.languages.push(entry.language);
        }
    }

    /// Reads one fact to its end and writes it.
    fn field(&mut self, tag: &Tag<'a>, field: Field, weak: bool) {
        self.namespaces.declare(tag);
        let inside = self.inside(tag, field);
        if !inside.whole {
            self.broke_off();
            return;
        }
        let Some(entry) = &mut self.entry else {
            self.head_field(tag, field, &inside);
            return;
        };
        let field = match field {
            // A description beside a summary is the longer text more often than not; neither is to be lost.
            Field::Summary if !weak && entry.seen.contains(&field) => Field::Content,
            field => field,
        };
        let again = entry.seen.contains(&field);
        let in_attributes = matches!(field, Field::Link | Field::Category);
        if weak && again && !in_attributes && field != Field::Author || inside.raw.trim().is_empty() && !in_attributes {
            return;
        }
        if !again {
            entry.seen.push(field);
        }
        self.entry_field(tag, field, &inside);
    }

    fn entry_field(&mut self, tag: &Tag<'a>, field: Field, inside: &Inside<'a>) {
        match field {
            Field::Title => self.text_field(tag, "title", inside),
            Field::Summary => self.text_field(tag, "summary", inside),
            Field::Content => self.text_field(tag, "content", inside),
            Field::Link => self.link_field(tag, inside),
            Field::Id => {
                let id = inside.value();
                self.out.simple("id", &id);
                let permalink = !tag.attribute("isPermaLink").is_some_and(|v| v.trim().eq_ignore_ascii_case("false"));
                if permalink && self.dialect == Dialect::Rss {
                    self.link(tag, REL_ID, &id);
                }
            }
            Field::Published => self.out.simple("published", &inside.value()),
            Field::Updated => self.out.simple("updated", &inside.value()),
            Field::Author => self.out.author(&inside.person()),
            Field::Category => self.category(tag, inside),
            Field::Language => {
                if let Some(entry) = &mut self.entry {
                    entry.language = Some(inside.value().trim().to_owned());
                }
            }
            Field::Aside => {}
        }
    }

    fn head_field(&mut self, tag: &Tag<'a>, field: Field, inside: &Inside<'a>) {
        match field {
            Field::Title => self.text_field(tag, "title", inside),
            Field::Link => self.link_field(tag, inside),
            Field::Author if self.dialect == Dialect::Atom => self.out.author(&inside.person()),
            Field::Language => self.language = inside.value().trim().to_owned(),
            _ => {}
        }
    }

    fn text_field(&mut self, tag: &Tag<'a>, name: &str, inside: &Inside<'a>) {
        let Some((kind, value)) = inside.text(tag, self.dialect) else { return };
        self.out.text(name, kind, &value);
        if let (Some(entry), Some(language)) = (&mut self.entry, tag.attribute("xml:lang")) {
            entry.language.get_or_insert_with(|| language.into_owned());
        }
    }

    fn link_field(&mut self, tag: &Tag<'a>, inside: &Inside<'a>) {
        let rel = tag.attribute("rel").unwrap_or_default();
        match tag.attribute("href") {
            // Other relations point elsewhere: to the feed, its hub, a comment, a sound file.
            Some(href) if rel.is_empty() || rel.ends_with("alternate") => self.link(tag, "alternate", &href),
            Some(href) if self.entry.is_none() => {
                let base = self.base_of(tag, self.base.clone());
                self.offer.link(&rel, &href, base.as_ref().or(self.document));
            }
            Some(_) => {}
            None if inside.raw.trim().is_empty() => {}
            None => self.link(tag, "alternate", &inside.value()),
        }
    }

    fn link(&mut self, tag: &Tag<'_>, rel: &str, href: &str) {
        let inherited = self.entry.as_ref().map_or(&self.base, |entry| &entry.base);
        let base = self.base_of(tag, inherited.clone());
        if self.entry.is_some() {
            self.out.link(rel, href, base.as_ref().map(Url::as_str));
        } else if self.link.is_empty() {
            let whole = Url::parse(href.trim()).is_ok();
            let base = base.as_ref().or(self.document).filter(|_| !whole);
            let joined = base.and_then(|base| base.join(href.trim()).ok());
            self.link = joined.map_or_else(|| href.trim().to_owned(), String::from);
        }
    }

    /// The base in force inside `tag`, where `outer` is in force around it.
    fn base_of(&self, tag: &Tag<'_>, outer: Base) -> Base {
        let Some(own) = tag.attribute("xml:base") else { return outer };
        let joined = Url::options().base_url(outer.as_ref().or(self.document)).parse(own.trim());
        joined.ok().or(outer)
    }

    fn category(&mut self, tag: &Tag<'a>, inside: &Inside<'a>) {
        // The machine's word and people's (RFC 4287 §4.2.2), or iTunes' attribute, or a list as `keywords` has it.
        let attributes = ["term", "label", "text"].into_iter().filter_map(|name| tag.attribute(name));
        let listed = inside.value();
        let split = if local(tag.name).eq_ignore_ascii_case("category") { '\0' } else { ',' };
        for name in attributes.chain(listed.split(split).map(Cow::Borrowed)).filter(|name| !name.trim().is_empty()) {
            self.out.category(&name);
        }
    }

    /// Reads to the end tag of `tag`, or to where it must have been forgotten.
    fn inside(&mut self, tag: &Tag<'a>, field: Field) -> Inside<'a> {
        let from = self.scanner.position();
        if tag.empty {
            return Inside { raw: "", markup: false, whole: true };
        }
        let (mut depth, mut markup) = (0_usize, false);
        loop {
            let here = self.scanner.position();
            let token = self.scanner.next();
            let ends = match token {
                None => return Inside { raw: &self.text[from..], markup, whole: false },
                Some(Token::End(name)) if name.eq_ignore_ascii_case(tag.name) => {
                    depth = match depth.checked_sub(1) {
                        Some(outer) => outer,
                        None => return Inside { raw: &self.text[from..here], markup, whole: true },
                    };
                    false
                }
                Some(Token::Start(inner)) if inner.name.eq_ignore_ascii_case(tag.name) => {
                    depth += usize::from(!inner.empty);
                    false
                }
                Some(Token::Start(inner)) => self.cannot_be_inside(field, inner.name),
                Some(Token::End(name)) => matches!(self.namespaces.element(name), Element::Entry | Element::Root(_)),
                Some(Token::Text(_) | Token::CData(_)) => continue,
            };
            if ends {
                self.scanner.seek(here);
                return Inside { raw: &self.text[from..here], markup, whole: true };
            }
            markup = true;
        }
    }

    /// Whether a start tag shows that the end tag of the field before it was forgotten.
    fn cannot_be_inside(&self, field: Field, name: &str) -> bool {
        match self.namespaces.element(name) {
            Element::Entry => true,
            Element::Field { .. } => !matches!(field, Field::Summary | Field::Content | Field::Author | Field::Aside),
            Element::Root(_) | Element::Other => false,
        }
    }

    /// The document ended inside an entry. What is left of it could be taken for a change once the rest is there, so it goes.
    fn broke_off(&mut self) {
        self.ended = true;
        self.entry = None;
        self.out.drop_entry();
    }

    fn finish(mut self) -> Rewritten {
        if !self.complete {
            self.broke_off();
            let entries = self.languages.len();
            let broken = || format!("the document breaks off; the {entries} entries before the break are used");
            self.problems.push(if entries == MAX_ENTRIES { super::too_many() } else { broken() });
        }
        let (head, slices) = self.out.finish();
        Rewritten {
            head,
            slices,
            language: self.language,
            link: self.link,
            hub: self.offer.hub(),
            languages: self.languages,
            problems: self.problems,
            complete: self.complete,
        }
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}
