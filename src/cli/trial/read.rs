//! A document to what a trial says of it: its kind where nobody said it, its dialect, what its items look like. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::report::{Items, Nature, Texts};
use crate::extract::{self, Document, ParseError, Parsed, Reader, Signs, encoding, feed};
use crate::model::{Item, Program, SourceKind};
use crate::text::language::UNKNOWN;

/// What a document turned out to be.
#[derive(Debug)]
pub(super) enum Guess {
    /// Something that can be read as it stands.
    Kind(SourceKind, Box<Parsed>),
    /// A web page.
    Page,
    /// JSON of no known kind.
    Json,
    /// None of these, and why it is no feed.
    Nothing(ParseError),
}

/// Finds out what a document is: the readers themselves are asked, the strictest first.
pub(super) fn guess(document: &Document<'_>) -> Guess {
    let read = |kind: &SourceKind| Reader::compile(kind).ok().and_then(|reader| reader.read(document).ok());
    let text = encoding::decode(document.bytes, document.content_type);
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}');
    // JSON with markup in its texts looks like a page to who looks for markup.
    let is_json = start.starts_with(['{', '[']);
    let error = match feed::read(document) {
        Ok(parsed) => return Guess::Kind(SourceKind::Feed, Box::new(parsed)),
        Err(ParseError::PageForFeed { .. }) if !is_json => return Guess::Page,
        Err(error) => error,
    };
    if is_json {
        let printed = SourceKind::Exec(Box::new(Program { command: Vec::new(), timeout: std::time::Duration::ZERO }));
        // Each line of its own an object: what a program prints. Where only some are, it is something else.
        return match read(&printed).filter(|parsed| parsed.problems.is_empty() && !parsed.items.is_empty()) {
            Some(parsed) => Guess::Kind(printed, Box::new(parsed)),
            None => Guess::Json,
        };
    }
    match read(&SourceKind::Sitemap).filter(|parsed| !parsed.items.is_empty() || !parsed.further.is_empty()) {
        Some(parsed) => Guess::Kind(SourceKind::Sitemap, Box::new(parsed)),
        None => Guess::Nothing(error),
    }
}

/// What a document is, for people.
pub(super) fn nature(kind: &SourceKind, document: &Document<'_>, parsed: &Parsed) -> Nature {
    let language = usual_language(&parsed.items);
    Nature {
        kind: kind.as_str().to_owned(),
        dialect: dialect(kind, document),
        encoding: encoding::name(document.bytes, document.content_type).to_owned(),
        title: parsed.head.title.clone(),
        language,
        declared: declared(parsed),
    }
}

fn declared(parsed: &Parsed) -> String {
    let of_items = || parsed.items.iter().find_map(|item| item.lang.clone()).unwrap_or_default();
    if parsed.head.language.is_empty() { of_items() } else { parsed.head.language.clone() }
}

/// What a document of this kind is written in.
pub(super) fn dialect(kind: &SourceKind, document: &Document<'_>) -> String {
    let has = |word: &[u8]| document.bytes.windows(word.len()).any(|window| window == word);
    let is_xml = || document.bytes.trim_ascii_start().starts_with(b"<");
    match kind {
        SourceKind::Feed => feed::dialect(document),
        SourceKind::Page(_) => "HTML, read by selectors".to_owned(),
        SourceKind::Links => "HTML, its repeated links to articles found without selectors".to_owned(),
        SourceKind::Sitemap if has(b"sitemaps.org") && has(b"<sitemapindex") => "an index".to_owned(),
        SourceKind::Sitemap if has(b"sitemap-news") => "XML with Google's news extension".to_owned(),
        SourceKind::Sitemap => "XML".to_owned(),
        SourceKind::Json(_) => "read by JSONPath".to_owned(),
        SourceKind::Telegram => "the preview page of a channel".to_owned(),
        SourceKind::Exec(_) if is_xml() => feed::dialect(document),
        SourceKind::Exec(_) => "JSON, one object a line".to_owned(),
    }
}

/// The language of each item.
pub(super) fn language(item: &Item, hint: Option<&str>) -> String {
    extract::language_of(item, hint)
}

/// The language of most items.
pub(super) fn usual_language(items: &[Item]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    items.iter().take(50).for_each(|item| *counts.entry(language(item, None)).or_default() += 1);
    counts.remove(UNKNOWN);
    counts.into_iter().max_by_key(|(_, count)| *count).map_or_else(|| UNKNOWN.to_owned(), |(lang, _)| lang)
}

/// What the items look like.
pub(super) fn items(parsed: &Parsed) -> Items {
    let Signs { navigation, cut, .. } = extract::signs(parsed);
    let dates = parsed.items.iter().filter_map(|item| item.published.as_ref().or(item.updated.as_ref()));
    let instants: Vec<Timestamp> = dates.clone().filter_map(|date| date.at).collect();
    Items {
        count: parsed.items.len(),
        dated: instants.len(),
        dates_unread: dates.filter(|date| date.at.is_none()).count(),
        newest: instants.iter().max().copied(),
        oldest: instants.iter().min().copied(),
        texts: texts(&parsed.items, cut),
        cut,
        navigation,
        relative_links: parsed.relative_links.len(),
    }
}

/// How much text stands with most items.
fn texts(items: &[Item], cut: usize) -> Texts {
    let bare = items.iter().filter(|item| item.summary.is_empty() && item.body.is_empty()).count();
    let whole = items.iter().filter(|item| !item.body.is_empty()).count().saturating_sub(cut);
    match items.len() {
        0 => Texts::None,
        all if bare * 2 > all => Texts::Headlines,
        all if cut * 2 >= all => Texts::Teasers,
        all if whole * 2 > all => Texts::Full,
        _ => Texts::Summaries,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(text: &str) -> String {
        match guess(&Document { bytes: text.as_bytes(), content_type: None, url: None }) {
            Guess::Kind(kind, parsed) => format!("{} {}", kind.as_str(), parsed.items.len()),
            Guess::Page => "page".to_owned(),
            Guess::Json => "json".to_owned(),
            Guess::Nothing(error) => error.to_string(),
        }
    }

    #[test]
    fn what_a_document_is_is_found_out() {
        let sitemap = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url>\
                       <loc>https://a.example/2026/11/attaque-a-gao</loc></url></urlset>";
        for (text, expected) in [
            ("<rss><channel><item><title>t</title></item></channel></rss>", "feed 1"),
            ("<!DOCTYPE html><html><body><p>Bonjour", "page"),
            ("{\"data\": [{\"t\": \"x\"}]}", "json"),
            ("[{\"t\": \"<html><p>x</p>\"}]", "json"),
            ("{\"title\": \"a\"}\n{\"title\": \"b\"}\n", "exec 2"),
            (sitemap, "sitemap 1"),
            ("", "the document is empty"),
        ] {
            assert_eq!(guessed(text), expected, "{text}");
        }
        assert!(guessed("no feed at all").starts_with("not a feed"), "{}", guessed("no feed at all"));
    }

    #[test]
    fn how_much_text_stands_there_is_told() {
        let item = |summary: &str, body: &str| Item { summary: summary.into(), body: body.into(), ..Item::default() };
        for (items, cut, expected) in [
            (vec![], 0, Texts::None),
            (vec![item("", "")], 0, Texts::Headlines),
            (vec![item("a…", ""), item("b…", "")], 2, Texts::Teasers),
            (vec![item("a", "long"), item("b", "long")], 0, Texts::Full),
            (vec![item("a", ""), item("b", "")], 0, Texts::Summaries),
        ] {
            assert_eq!(texts(&items, cut), expected, "{items:?}");
        }
    }
}
