//! Bytes to items: one file per kind of source. Synchronous and pure; knows nothing of HTTP, of the clock or of the store.

pub mod article;
pub mod date;
pub mod depth;
pub mod encoding;
pub mod feed;
pub mod html;
mod language;
mod markup;
pub mod page;
pub mod toll;

use std::collections::BTreeMap;

pub use language::language_of;
use url::Url;

use crate::model::{Item, SourceKind};

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
}

/// A document that could be read, wholly or in part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// What it says of itself.
    pub head: FeedHead,
    /// Its items, in document order.
    pub items: Vec<Item>,
    /// Links that lead nowhere because they are relative and no base is known, as printed, by the place of their item.
    pub relative_links: BTreeMap<usize, String>,
    /// What was wrong with it, for people; one bad entry costs that entry only.
    pub problems: Vec<String>,
    /// False when it broke off: the items before the break are used, but its validators must not be remembered.
    pub complete: bool,
}

/// Why nothing could be read. The seen items and validators of the source stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// A web page stands where a feed should be: a portal, a login, a challenge, or a moved feed.
    #[error("a web page stands where a feed should be{}", .title.as_deref().map(|t| format!(" (\"{t}\")")).unwrap_or_default())]
    PageForFeed {
        /// The page's title.
        title: Option<String>,
    },
    /// No body at all.
    #[error("the document is empty")]
    Empty,
    /// Neither XML nor JSON of a known kind.
    #[error("not a feed: {0}")]
    NotAFeed(String),
    /// Nested deeper than [`depth::MAX_DEPTH`], as no honest page is.
    #[error("elements are nested more than {} deep", depth::MAX_DEPTH)]
    TooDeep,
    /// More elements and texts than [`depth::MAX_NODES`], or other work as no honest page asks for.
    #[error("the page is too costly to read: more than {} elements, or as much work", depth::MAX_NODES)]
    TooLarge,
}

/// Knows how to read the documents of one source; made once from its [`SourceKind`].
#[derive(Debug, Clone)]
pub enum Reader {
    /// See [`feed`].
    Feed,
    /// See [`page`].
    Page(Box<page::Template>),
}

impl Reader {
    /// Compiles what a source needs to be read.
    ///
    /// # Errors
    /// Every selector that is not one.
    pub fn compile(kind: &SourceKind) -> Result<Self, Vec<page::BadSelector>> {
        match kind {
            SourceKind::Feed => Ok(Self::Feed),
            SourceKind::Page(selectors) => page::Template::compile(selectors).map(|t| Self::Page(Box::new(t))),
        }
    }

    /// Reads a document.
    ///
    /// # Errors
    /// [`ParseError`] when no part of it can be read as this kind of source.
    pub fn read(&self, document: &Document<'_>) -> Result<Parsed, ParseError> {
        match self {
            Self::Feed => feed::read(document),
            Self::Page(template) => page::read(template, document),
        }
    }
}
