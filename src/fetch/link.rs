//! Which hub tells of news, as the `Link` headers of a document say (WebSub §4, RFC 8288). Pure.
//!
//! Own code, since the crates do not read what is sent: `parse_link_header` 0.4 keeps one link per relation and splits at commas
//! inside targets, `http-link` has rested since 2021.

use reqwest::header::{HeaderMap, LINK};
use url::Url;

use crate::model::Hub;

/// One link of a header, as far as we read it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Link {
    target: String,
    /// Its relations, as typed.
    rel: Option<String>,
    /// Whether it is about something else than the document it came with (RFC 8288 §3.2).
    anchored: bool,
}

/// The hub of the document at `base`. Both are needed: without a topic nobody can subscribe, and of several hubs one will do.
pub(super) fn hub(headers: &HeaderMap, base: &Url) -> Option<Hub> {
    let (mut hub, mut topic) = (None, None);
    for field in headers.get_all(LINK) {
        for link in links(&String::from_utf8_lossy(field.as_bytes())) {
            let Some(url) = web(base, &link.target).filter(|_| !link.anchored) else { continue };
            for rel in link.rel.iter().flat_map(|rel| rel.split_ascii_whitespace()) {
                if rel.eq_ignore_ascii_case("hub") {
                    hub.get_or_insert_with(|| url.clone());
                } else if rel.eq_ignore_ascii_case("self") {
                    topic.get_or_insert_with(|| url.clone());
                }
            }
        }
    }
    Some(Hub { hub: hub?, topic: topic? })
}

fn web(base: &Url, target: &str) -> Option<Url> {
    base.join(target).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// The links of one header field (RFC 8288 §B.2). Ends at the first that cannot be understood.
fn links(mut rest: &str) -> Vec<Link> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let Some((target, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) else { return found };
        let mut link = Link { target: target.to_owned(), ..Link::default() };
        rest = after.trim_start();
        while let Some(after) = rest.strip_prefix(';') {
            let (name, value, after) = parameter(after);
            match name.to_ascii_lowercase().as_str() {
                // The first one counts (RFC 8288 §3.3).
                "rel" => drop(link.rel.get_or_insert(value)),
                "anchor" => link.anchored = true,
                _ => {}
            }
            rest = after;
        }
        found.push(link);
    }
}

/// A parameter's name and value, and what follows it.
fn parameter(text: &str) -> (&str, String, &str) {
    let end = text.find(['=', ';', ',']).unwrap_or(text.len());
    let (name, rest) = (text[..end].trim(), &text[end..]);
    let Some(rest) = rest.strip_prefix('=').map(str::trim_start) else { return (name, String::new(), rest) };
    if let Some(quoted) = rest.strip_prefix('"') {
        let (value, rest) = unquoted(quoted);
        return (name, value, rest.trim_start());
    }
    let end = rest.find([';', ',']).unwrap_or(rest.len());
    (name, rest[..end].trim().to_owned(), &rest[end..])
}

/// A quoted string without its marks, and what follows it (RFC 9110 §5.6.4); one that is not closed goes to the end.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            char => value.push(char),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;

    fn found(fields: &[&str]) -> Option<(String, String)> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(LINK, HeaderValue::from_bytes(field.as_bytes()).unwrap());
        }
        let base = Url::parse("https://example.org/blog/feed").unwrap();
        hub(&headers, &base).map(|hub| (hub.hub.into(), hub.topic.into()))
    }

    #[test]
    fn a_hub_and_its_topic_are_found_however_they_are_written() {
        let hub = "https://hub.example/".to_owned();
        let topic = "https://example.org/blog/feed".to_owned();
        for fields in [
            &["<https://hub.example/>; rel=\"hub\"", "<https://example.org/blog/feed>; rel=\"self\""][..],
            &["<https://hub.example/>; rel=hub, <https://example.org/blog/feed>; rel=self"],
            &["<https://hub.example>;rel=hub,<feed>;rel=self"],
            &["<https://example.org/blog/feed>;  rel = \"alternate SELF\" , ,<https://hub.example/>; REL=Hub"],
            &["<https://hub.example/>; title=\"a, b; rel=\\\"self\\\" <x>\"; rel=hub", "</blog/feed>; rel=self"],
            &["<https://hub.example/>; rel=hub; rel=next; crossorigin, <feed>; x=; rel=self;"],
            // Commas and semicolons belong to a target.
            &["<https://other.example/a,b;c>; rel=next, <https://hub.example/>; rel=hub, <feed>; rel=self"],
            // The first of several, and only what is about this document.
            &["<https://x.example/>; anchor=\"/other\"; rel=\"hub self\"", "<https://hub.example/>; rel=hub"],
            &["<https://hub.example/>; rel=hub, <https://second.example/>; rel=hub, <feed>; rel=\"self\""],
            &["<mailto:hub@example.org>; rel=hub, <https://hub.example/>; rel=hub, <feed>; rel=self"],
        ] {
            let fields = [fields, &["<feed>; rel=self"]].concat();
            assert_eq!(found(&fields), Some((hub.clone(), topic.clone())), "{fields:?}");
        }
    }

    #[test]
    fn half_an_offer_is_none() {
        for fields in [
            &[][..],
            &["<https://hub.example/>; rel=hub"],
            &["<feed>; rel=self"],
            &["<https://hub.example/>; rev=hub, <feed>; rel=self"],
            &["<https://hub.example/>; rel=next; rel=hub, <feed>; rel=self"],
            &["https://hub.example/; rel=hub, <feed>; rel=self"],
            &["<https://hub.example/; rel=hub"],
            &["<https://hub.example/>; rel=\"hub, <feed>; rel=self"],
            &["<ftp://hub.example/>; rel=hub, <feed>; rel=self"],
            &["<http://[>; rel=hub, <feed>; rel=self"],
        ] {
            assert_eq!(found(fields), None, "{fields:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_is_too_odd(field in "[<>;,=\"\\\\ a-zé]{0,60}") {
            links(&field);
        }
    }
}
