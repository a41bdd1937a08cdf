//! One entry of a sitemap: its facts, and the item they make. Knows nothing of the entries beside it.

use std::borrow::Cow;

use url::Url;

use super::super::address::absolute;
use super::super::markup::{Scanner, Token};
use super::super::{date, html};
use super::slug;
use crate::model::{Item, PrintedDate};

/// Most keywords taken from one entry; Google asks for at most ten.
const MAX_KEYWORDS: usize = 64;

/// The prefix under which a sitemap uses Google's news extension, in lower case.
#[derive(Debug)]
pub(super) struct Names {
    news: String,
}

impl Names {
    /// As the first elements declare it, else the customary `news`.
    pub(super) fn of(text: &str) -> Self {
        /// Elements before the first entry, and attributes of each, looked at.
        const WITHIN: usize = 64;
        let starts = Scanner::new(text).take(WITHIN).filter_map(|token| match token {
            Token::Start(tag) => Some(tag),
            _ => None,
        });
        let declared = starts.flat_map(|tag| tag.attributes().take(WITHIN)).find_map(|(name, uri)| {
            let prefix = name.strip_prefix("xmlns:")?;
            uri.to_ascii_lowercase().contains("sitemap-news").then(|| prefix.to_ascii_lowercase())
        });
        Self { news: declared.unwrap_or_else(|| "news".to_owned()) }
    }

    fn fact(&self, name: &str) -> Option<Fact> {
        let name = name.to_ascii_lowercase();
        let (prefix, local) = name.split_once(':').unwrap_or(("", &name));
        let news = prefix == self.news;
        match local {
            // Other extensions have a `loc` and a `title` too: those of pictures and videos.
            "loc" if !matches!(prefix, "image" | "video") => Some(Fact::Address),
            "lastmod" => Some(Fact::Changed),
            "title" if news => Some(Fact::Title),
            "publication_date" if news => Some(Fact::Published),
            "language" if news => Some(Fact::Language),
            "keywords" if news => Some(Fact::Keywords),
            _ => None,
        }
    }
}

enum Fact {
    Address,
    Changed,
    Title,
    Published,
    Language,
    Keywords,
}

/// The facts of an entry as printed, entities decoded; the first of each counts.
#[derive(Debug, Default)]
pub(super) struct Entry<'a> {
    address: Option<Cow<'a, str>>,
    changed: Option<Cow<'a, str>>,
    title: Option<Cow<'a, str>>,
    published: Option<Cow<'a, str>>,
    language: Option<Cow<'a, str>>,
    keywords: Option<Cow<'a, str>>,
}

impl<'a> Entry<'a> {
    /// Reads `xml` from the start tag of an entry to its end.
    pub(super) fn read(xml: &'a str, names: &Names) -> Self {
        let mut entry = Self::default();
        let mut scanner = Scanner::new(xml);
        while let Some(token) = scanner.next() {
            let Token::Start(tag) = token else { continue };
            let Some(fact) = names.fact(tag.name) else { continue };
            if tag.empty {
                continue;
            }
            let place = match fact {
                Fact::Address => &mut entry.address,
                Fact::Changed => &mut entry.changed,
                Fact::Title => &mut entry.title,
                Fact::Published => &mut entry.published,
                Fact::Language => &mut entry.language,
                Fact::Keywords => &mut entry.keywords,
            };
            let value = value(&mut scanner);
            if place.is_none() && !value.trim().is_empty() {
                *place = Some(value);
            }
        }
        entry
    }

    /// Where it leads.
    pub(super) fn address(&self, base: Option<&Url>) -> Option<Url> {
        absolute(self.address.as_deref()?, base)
    }

    /// Its date, for the order: when it was published, else when it was changed.
    pub(super) fn date(&self) -> Option<PrintedDate> {
        printed(self.published.as_deref()).or_else(|| printed(self.changed.as_deref()))
    }

    /// The item it makes; None for the front page, which is no article.
    pub(super) fn into_item(self, base: Option<&Url>) -> Option<Item> {
        let mut item = item(self.address(base)?)?;
        let title = self.title.as_deref().map(|title| html::single_line(html::text(title)));
        item.title = title.filter(|title| !title.is_empty()).unwrap_or(item.title);
        let keywords = self.keywords.as_deref().unwrap_or_default().split([',', '،']).take(MAX_KEYWORDS);
        item.categories = keywords.map(html::plain).filter(|keyword| !keyword.is_empty()).collect();
        item.lang = self.language.map(|language| language.trim().replace('_', "-"));
        item.published = printed(self.published.as_deref());
        // `lastmod` is the change of a page, often of its layout alone: never when an article was published.
        item.updated = printed(self.changed.as_deref());
        Some(item)
    }
}

/// An item of which only the address is known; None for a front page.
pub(super) fn item(link: Url) -> Option<Item> {
    if link.path() == "/" && link.query().is_none() {
        return None;
    }
    Some(Item { title: slug::title(&link), link: Some(link), ..Item::default() })
}

/// The text up to the next tag: facts hold no elements, and a tag that is not theirs shows that their end was
/// forgotten.
fn value<'a>(scanner: &mut Scanner<'a>) -> Cow<'a, str> {
    let mut value = Cow::Borrowed("");
    loop {
        let here = (*scanner).position();
        let piece = match scanner.next() {
            Some(Token::Text(text)) => htmlize::unescape_attribute(text),
            Some(Token::CData(text)) => Cow::Borrowed(text),
            Some(Token::Start(_)) => {
                scanner.seek(here);
                return value;
            }
            Some(Token::End(_)) | None => return value,
        };
        if value.trim().is_empty() {
            value = piece;
        } else {
            value.to_mut().push_str(&piece);
        }
    }
}

fn printed(date: Option<&str>) -> Option<PrintedDate> {
    let printed = date?.trim();
    Some(PrintedDate { printed: printed.to_owned(), at: date::read(printed) })
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}
