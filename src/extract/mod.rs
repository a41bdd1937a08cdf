//! Bytes to items: one file or folder per kind of source. Synchronous and pure; knows nothing of HTTP, of the clock or
//! of the store.

mod address;
pub mod article;
pub mod date;
pub mod depth;
pub mod discover;
pub mod encoding;
pub mod feed;
mod gzip;
pub mod html;
pub mod json;
mod language;
mod length;
pub mod lines;
pub mod links;
mod markup;
pub mod page;
pub mod signs;
pub mod sitemap;
pub mod telegram;
pub mod toll;

use std::collections::BTreeMap;

pub use address::bare_host;
pub use article::{Wall, wall_on};
pub use language::language_of;
pub use signs::{Signs, signs};
use url::Url;

use crate::model::{Hub, Item, SourceKind};

/// What a source answered with, as far as reading it needs to know.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// The decompressed body.
    pub bytes: &'a [u8],
    /// The `Content-Type` header, as sent.
    pub content_type: Option<&'a str>,
    /// Where it was found after redirects; the base of relative links. None when unknown (`lab parse -`).
    pub url: Option<&'a Url>,
}

/// What a document says of itself. Empty strings where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedHead {
    /// Its title.
    pub title: String,
    /// The web page it belongs to.
    pub link: String,
    /// Its language as declared.
    pub language: String,
    /// The hub that tells of its news, where it names one.
    pub hub: Option<Hub>,
}

/// A document that could be read, wholly or in part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// What it says of itself.
    pub head: FeedHead,
    /// Its items, newest first as far as can be told, else in document order.
    pub items: Vec<Item>,
    /// Links that lead nowhere because they are relative and no base is known, as printed, by the place of their item.
    pub relative_links: BTreeMap<usize, String>,
    /// Sitemaps to be read as well, the likeliest to hold news first. Only a sitemap that lists others names any; how
    /// many of them are fetched is the caller's business.
    pub further: Vec<Url>,
    /// What was wrong with it, for people; one bad entry costs that entry only.
    pub problems: Vec<String>,
    /// False when it broke off: the items before the break are used, but its validators must not be remembered.
    pub complete: bool,
}

/// Why nothing could be read. The seen items and validators of the source stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// A web page stands where a feed should be: a portal, a login, a challenge, or a moved feed.
    #[error(
        "{} stands where a feed should be{}",
        .wall.map_or("a web page", article::Wall::name),
        .title.as_deref().map(|t| format!(" (\"{t}\")")).unwrap_or_default()
    )]
    PageForFeed {
        /// The page's title.
        title: Option<String>,
        /// What kind of page it is, where it is none with content.
        wall: Option<article::Wall>,
    },
    /// No body at all.
    #[error("the document is empty")]
    Empty,
    /// Neither XML nor JSON of a known kind.
    #[error("not a feed: {0}")]
    NotAFeed(String),
    /// Something else than this kind of source is made of.
    #[error("not {expected}: {why}")]
    Unlike {
        /// What was expected, with its article.
        expected: &'static str,
        /// What was found, for people.
        why: String,
    },
    /// Telegram's page about a name, without posts.
    #[error("telegram shows no posts here: no public channel has this name, or its owner switched the preview off")]
    NoChannel,
    /// Nested deeper than [`depth::MAX_DEPTH`], as no honest page is.
    #[error("elements are nested more than {} deep", depth::MAX_DEPTH)]
    TooDeep,
    /// More elements, texts or values than [`depth::MAX_NODES`], or other work as no honest document asks for.
    #[error("the document is too costly to read: more than {} elements, or as much work", depth::MAX_NODES)]
    TooLarge,
}

/// A selector or query of a source that is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPick {
    /// Which key of `select` it is: `item`, `title`, …
    pub key: &'static str,
    /// What is wrong with it, for people.
    pub problem: String,
}

/// Knows how to read the documents of one source; made once from its [`SourceKind`].
#[derive(Debug, Clone)]
pub enum Reader {
    /// See [`feed`].
    Feed,
    /// See [`page`].
    Page(Box<page::Template>),
    /// See [`links`].
    Links,
    /// See [`sitemap`].
    Sitemap,
    /// See [`json`].
    Json(Box<json::Queries>),
    /// See [`telegram`].
    Telegram,
    /// See [`lines`].
    Lines,
}

impl Reader {
    /// Compiles what a source needs to be read.
    ///
    /// # Errors
    /// Every selector or query that is not one.
    pub fn compile(kind: &SourceKind) -> Result<Self, Vec<BadPick>> {
        match kind {
            SourceKind::Feed => Ok(Self::Feed),
            SourceKind::Page(selectors) => page::Template::compile(selectors).map(|t| Self::Page(Box::new(t))),
            SourceKind::Links => Ok(Self::Links),
            SourceKind::Sitemap => Ok(Self::Sitemap),
            SourceKind::Json(paths) => json::Queries::compile(paths).map(|q| Self::Json(Box::new(q))),
            SourceKind::Telegram => Ok(Self::Telegram),
            SourceKind::Exec(_) => Ok(Self::Lines),
        }
    }

    /// Reads a document.
    ///
    /// # Errors
    /// [`ParseError`] when no part of it can be read as this kind of source.
    pub fn read(&self, document: &Document<'_>) -> Result<Parsed, ParseError> {
        // A list of addresses must know where it was cut off, so sitemaps unfold themselves.
        if matches!(self, Self::Sitemap) {
            return self.read_plain(document);
        }
        let (bytes, unfolding) = gzip::unfolded(document.bytes);
        let mut parsed = self.read_plain(&Document { bytes: &bytes, ..*document })?;
        if let Some(problem) = unfolding {
            parsed.problems.push(problem);
            parsed.complete = false;
        }
        Ok(parsed)
    }

    fn read_plain(&self, document: &Document<'_>) -> Result<Parsed, ParseError> {
        let mut read = match self {
            Self::Feed => feed::read(document),
            Self::Page(template) => page::read(template, document),
            Self::Links => links::read(document),
            Self::Sitemap => sitemap::read(document),
            Self::Json(queries) => json::read(queries, document),
            Self::Telegram => telegram::read(document),
            Self::Lines => lines::read(document),
        };
        if let Ok(parsed) = &mut read {
            length::limit(parsed);
        }
        // What kind of page stands there is asked only when one does.
        let wall = || wall_on(document.bytes, document.content_type);
        match read {
            Err(ParseError::PageForFeed { title, .. }) => Err(ParseError::PageForFeed { title, wall: wall() }),
            // A page without items may be none of its site: it must not pass for one on which nothing stands.
            Ok(parsed) if self.is_picked() && parsed.items.is_empty() => match wall() {
                Some(wall) if wall.keeps_out() || wall == Wall::Portal => {
                    let title = Some(parsed.head.title).filter(|title| !title.is_empty());
                    Err(ParseError::PageForFeed { title, wall: Some(wall) })
                }
                _ => Ok(parsed),
            },
            other => other,
        }
    }

    /// Whether items are picked from pages made for people.
    fn is_picked(&self) -> bool {
        matches!(self, Self::Page(_) | Self::Links)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_keeps_out_is_no_page_without_items() {
        let selectors = crate::model::PageSelectors { item: "h3".into(), title: "a".into(), ..Default::default() };
        let challenge = "<!doctype html><title>Just a moment...</title><p>Checking your browser";
        let empty = "<!doctype html><title>Actualités</title><p>Rien aujourd'hui.";
        for kind in [SourceKind::Page(Box::new(selectors)), SourceKind::Links] {
            let reader = Reader::compile(&kind).expect("a test kind");
            let read = |page: &'static str| {
                reader.read(&Document { bytes: page.as_bytes(), content_type: Some("text/html"), url: None })
            };
            let title = Some("Just a moment...".to_owned());
            assert_eq!(read(challenge), Err(ParseError::PageForFeed { title, wall: Some(Wall::Challenge) }));
            assert_eq!(read(empty).map(|parsed| parsed.items.len()), Ok(0));
        }
    }
}
