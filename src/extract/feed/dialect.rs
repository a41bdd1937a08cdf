//! What a feed is written in, for people: reading does not depend on it.

use crate::extract::{Document, encoding};

/// How far into a document its root is looked for; warnings of a broken server may stand before it.
const WITHIN: usize = 8192;
/// Longest version that is shown; honest ones have four characters.
const LONGEST: usize = 8;

/// The dialect of a feed: `RSS 2.0`, `Atom 1.0`, `JSON Feed 1.1`. Tells nothing of whether it can be read.
#[must_use]
pub fn dialect(document: &Document<'_>) -> String {
    let text = encoding::decode(document.bytes, document.content_type);
    let head = &text[..text.floor_char_boundary(WITHIN)];
    if head.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}').starts_with('{') {
        // The version is an address: https://jsonfeed.org/version/1.1 (JSON Feed 1.1, "Top-level").
        let version = head.split("jsonfeed.org/version/").nth(1).unwrap_or_default();
        return versioned("JSON Feed", version);
    }
    let head = without_comments(head);
    head.match_indices('<').find_map(|(at, _)| root(&head[at + 1..])).unwrap_or_else(|| "XML".to_owned())
}

fn without_comments(text: &str) -> String {
    let mut parts = text.split("<!--");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + part.split_once("-->").map_or("", |(_, behind)| behind))
}

/// The dialect whose root this tag is; None for any other tag.
fn root(tag: &str) -> Option<String> {
    let tag = tag.split('>').next().unwrap_or_default();
    let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
    let name = name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
    let version = attribute(tag, "version").unwrap_or_default();
    match name.as_str() {
        "rss" => Some(versioned("RSS", version)),
        "rdf" if tag.contains("my.netscape.com") => Some("RSS 0.90".to_owned()),
        "rdf" => Some("RSS 1.0".to_owned()),
        "feed" if version == "0.3" || tag.contains("purl.org/atom") => Some("Atom 0.3".to_owned()),
        "feed" => Some("Atom 1.0".to_owned()),
        "channel" | "item" => Some("RSS without its first element".to_owned()),
        "entry" => Some("Atom without its first element".to_owned()),
        _ => None,
    }
}

/// A name with the version that a text begins with, if it does.
fn versioned(name: &str, version: &str) -> String {
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    match &version[..end] {
        "" => name.to_owned(),
        long if long.len() > LONGEST => name.to_owned(),
        version => format!("{name} {version}"),
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}"))?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialects_are_told_by_their_roots() {
        for (text, expected) in [
            ("<?xml version=\"1.0\"?><!-- <feed> --><rss version=\"2.0\"><channel>", "RSS 2.0"),
            ("<?xml version='1.0'?>\n<rss xmlns:a='b' version='0.91'>", "RSS 0.91"),
            ("<rss version = \"2.0\" />", "RSS 2.0"),
            ("<rss>", "RSS"),
            ("<rss version='99999999999.0'>", "RSS"),
            ("Warning: mysql<br />\n<rss version=\"2.0\">", "RSS 2.0"),
            ("<rdf:RDF xmlns=\"http://purl.org/rss/1.0/\">", "RSS 1.0"),
            ("<RDF xmlns='http://my.netscape.com/rdf/simple/0.9/'>", "RSS 0.90"),
            ("<a:feed xmlns:a='http://www.w3.org/2005/Atom'>", "Atom 1.0"),
            ("<feed version='0.3' xmlns='http://purl.org/atom/ns#'>", "Atom 0.3"),
            ("<channel><item>", "RSS without its first element"),
            ("\u{feff} {\"version\": \"https://jsonfeed.org/version/1.1\"}", "JSON Feed 1.1"),
            ("{\"items\": []}", "JSON Feed"),
            ("<p>", "XML"),
        ] {
            let document = Document { bytes: text.as_bytes(), content_type: None, url: None };
            assert_eq!(dialect(&document), expected, "{text}");
        }
    }
}
