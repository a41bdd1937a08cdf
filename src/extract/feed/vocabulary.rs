//! What the elements of a feed are called, in every dialect: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, CDF, and the modules
//! publishers mix in. Names in any case and under wrong or undeclared namespaces count too, since feeds in the wild have them.

use super::super::markup::Tag;

/// A fact about a feed or an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Link,
    Id,
    Summary,
    Content,
    Published,
    Updated,
    Author,
    Category,
    Language,
    /// A part with a title or link of its own that is not the entry's: an image, a source, a search box.
    Aside,
}

/// What an element is in a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// The document element of a feed, or the head of one.
    Root(Dialect),
    /// One article.
    Entry,
    /// A fact. `weak` ones come from a module and yield to the dialect's own.
    Field { field: Field, weak: bool },
    /// Anything else.
    Other,
}

/// What decides how an untyped text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Untyped texts are plain (RFC 4287 §3.1.1).
    Atom,
    /// RSS of any version and CDF: untyped texts are HTML more often than not.
    Rss,
}

/// Whose word an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Module {
    /// RSS, Atom, RDF or CDF.
    Core,
    Content,
    DublinCore,
    Itunes,
    Media,
    Xhtml,
    Unknown,
}

/// Namespace prefixes as one document declares them.
#[derive(Debug, Default)]
pub(super) struct Namespaces {
    prefixes: Vec<(String, Module)>,
}

impl Namespaces {
    /// No honest feed declares more; a hostile one must not make every lookup long.
    const MOST: usize = 64;

    /// Takes in the declarations of a start tag. They hold for the rest of the document: scoping them changes nothing in
    /// practice and would need a stack.
    pub(super) fn declare(&mut self, tag: &Tag<'_>) {
        for (name, uri) in tag.attributes().take(Self::MOST) {
            let Some(prefix) = name.strip_prefix("xmlns:") else { continue };
            if self.prefixes.len() < Self::MOST {
                let prefix = prefix.to_ascii_lowercase();
                let module = of_uri(&uri.to_ascii_lowercase()).unwrap_or_else(|| of_prefix(&prefix));
                self.prefixes.push((prefix, module));
            }
        }
    }

    /// What an element of this name is.
    pub(super) fn element(&self, name: &str) -> Element {
        let name = name.to_ascii_lowercase();
        let (module, local) = match name.split_once(':') {
            Some((prefix, local)) => (self.module(prefix), local),
            None => (Module::Core, name.as_str()),
        };
        match module {
            Module::Core => core(local),
            Module::Unknown => Element::Other,
            _ => match borrowed(module, local) {
                Some(field) => Element::Field { field, weak: module != Module::Content },
                None => Element::Other,
            },
        }
    }

    fn module(&self, prefix: &str) -> Module {
        let declared = self.prefixes.iter().rev().find(|(known, _)| known == prefix);
        declared.map_or_else(|| of_prefix(prefix), |(_, module)| *module)
    }
}

/// By the part of the address that survives the ways it is misspelt (`https`, `www.`, a slash or hash too many).
fn of_uri(uri: &str) -> Option<Module> {
    const KNOWN: [(&str, Module); 15] = [
        ("w3.org/2005/atom", Module::Core),
        ("purl.org/atom", Module::Core),
        ("purl.org/rss/1.0/modules/content", Module::Content),
        ("purl.org/rss/1.0/modules", Module::Unknown),
        ("purl.org/rss", Module::Core),
        ("purl.org/net/rss", Module::Core),
        ("backend.userland.com/rss", Module::Core),
        ("blogs.law.harvard.edu/tech/rss", Module::Core),
        ("my.netscape.com/rdf", Module::Core),
        ("www.w3.org/1999/02/22-rdf-syntax", Module::Core),
        ("purl.org/dc/", Module::DublinCore),
        ("itunes.com/", Module::Itunes),
        ("search.yahoo.com/mrss", Module::Media),
        ("tools.search.yahoo.com/mrss", Module::Media),
        ("w3.org/1999/xhtml", Module::Xhtml),
    ];
    KNOWN.iter().find(|(part, _)| uri.contains(part)).map(|(_, module)| *module)
}

/// By the customary prefix, where it is undeclared or declared as something unheard of.
fn of_prefix(prefix: &str) -> Module {
    match prefix {
        "atom" | "atom10" | "a10" | "rss" | "rdf" => Module::Core,
        "content" => Module::Content,
        "dc" | "dcterms" => Module::DublinCore,
        "itunes" => Module::Itunes,
        "media" => Module::Media,
        "xhtml" => Module::Xhtml,
        _ => Module::Unknown,
    }
}

fn core(local: &str) -> Element {
    let strong = |field| Element::Field { field, weak: false };
    let weak = |field| Element::Field { field, weak: true };
    match local {
        "feed" => Element::Root(Dialect::Atom),
        "rss" | "rdf" | "channel" => Element::Root(Dialect::Rss),
        "item" | "entry" => Element::Entry,
        "title" => strong(Field::Title),
        "link" => strong(Field::Link),
        "guid" | "id" => strong(Field::Id),
        "description" | "summary" | "abstract" => strong(Field::Summary),
        "content" | "body" | "fullitem" => strong(Field::Content),
        "pubdate" | "published" | "issued" => strong(Field::Published),
        "date" | "created" => weak(Field::Published),
        "updated" | "modified" => strong(Field::Updated),
        "author" => strong(Field::Author),
        "category" | "tags" | "keywords" => strong(Field::Category),
        "language" => strong(Field::Language),
        "image" | "textinput" | "source" | "cloud" | "contributor" => strong(Field::Aside),
        _ => Element::Other,
    }
}

/// What the modules say about an entry.
fn borrowed(module: Module, local: &str) -> Option<Field> {
    let field = match (module, local) {
        (Module::Content, "encoded") | (Module::Xhtml, "body" | "div") => Field::Content,
        (Module::DublinCore | Module::Media | Module::Itunes, "title") => Field::Title,
        (Module::DublinCore | Module::Media, "description") | (Module::Itunes, "summary" | "subtitle") => {
            Field::Summary
        }
        (Module::DublinCore, "creator" | "author") | (Module::Itunes, "author") => Field::Author,
        (Module::DublinCore, "subject") | (Module::Media | Module::Itunes, "category" | "keywords") => Field::Category,
        (Module::DublinCore, "date" | "issued" | "created" | "available") => Field::Published,
        (Module::DublinCore, "modified") => Field::Updated,
        (Module::DublinCore, "language") => Field::Language,
        _ => return None,
    };
    Some(field)
}
