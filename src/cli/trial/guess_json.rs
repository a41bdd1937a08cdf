//! JSONPath queries for a document whose author did not write them: the longest list of objects in it, and which of
//! their keys are named like the parts of an article. A suggestion to begin with, shown and never used unseen. Pure.

use serde_json::{Map, Value};

use crate::model::JsonPaths;

/// How deep lists are looked for; programming interfaces wrap them once or twice.
const DEPTH: usize = 5;

const TITLES: [&str; 7] = ["title", "headline", "name", "titre", "subject", "heading", "label"];
const LINKS: [&str; 8] = ["link", "url", "permalink", "href", "canonical_url", "web_url", "webUrl", "uri"];
const DATES: [&str; 11] = [
    "date_gmt",
    "published_at",
    "publishedAt",
    "published",
    "pubDate",
    "date_published",
    "date",
    "created_at",
    "createdAt",
    "created",
    "timestamp",
];
const TEXTS: [&str; 7] = ["summary", "excerpt", "description", "lead", "teaser", "abstract", "text"];
const IDS: [&str; 4] = ["id", "guid", "uuid", "_id"];

/// Queries for the likeliest list of a document; None where no object in a list has a title.
pub(super) fn paths(bytes: &[u8]) -> Option<JsonPaths> {
    let value: Value = serde_json::from_slice(bytes).ok()?;
    let mut lists = Vec::new();
    gather(&value, "$", DEPTH, &mut lists);
    lists.sort_by_key(|(_, length, _)| std::cmp::Reverse(*length));
    lists.into_iter().find_map(|(path, _, first)| {
        let title = key(first, &TITLES)?;
        Some(JsonPaths {
            item: format!("{path}[*]"),
            title,
            link: key(first, &LINKS),
            id: key(first, &IDS),
            date: key(first, &DATES),
            summary: key(first, &TEXTS),
            body: None,
        })
    })
}

/// The lists of objects in a value, each with its path, its length and its first object.
fn gather<'a>(value: &'a Value, path: &str, depth: usize, lists: &mut Vec<(String, usize, &'a Map<String, Value>)>) {
    match value {
        Value::Array(list) => {
            if let Some(Value::Object(first)) = list.first() {
                lists.push((path.to_owned(), list.len(), first));
            }
        }
        Value::Object(object) if depth > 0 => {
            for (name, value) in object {
                gather(value, &step(path, name), depth - 1, lists);
            }
        }
        _ => {}
    }
}

/// The query of the first of these keys that holds a text or a number, itself or as WordPress wraps it.
fn key(object: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let is_plain = |value: &Value| value.is_string() || value.is_number();
    names.iter().find_map(|name| match object.get(*name)? {
        value if is_plain(value) => Some(step("$", name)),
        Value::Object(inner) if inner.get("rendered").is_some_and(is_plain) => Some(step(&step("$", name), "rendered")),
        _ => None,
    })
}

/// A name behind a path, in brackets where it needs them (RFC 9535 §2.5.1.1).
fn step(path: &str, name: &str) -> String {
    let is_bare = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_bare { format!("{path}.{name}") } else { format!("{path}[{}]", Value::from(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_articles_is_found_and_its_keys_are_named() {
        for (json, expected) in [
            (
                r#"[{"id": 1, "title": {"rendered": "t"}, "link": "u", "date": "d"}]"#,
                Some("$[*] $.title.rendered $.link $.date"),
            ),
            (
                r#"{"tags": [{"name": "a"}], "data": {"my items": [{"headline": "t", "url": "u"}, {}]}}"#,
                Some("$.data[\"my items\"][*] $.headline $.url -"),
            ),
            (r#"{"data": [{"x": 1}]}"#, None),
            (r#"{"data": []}"#, None),
            ("no json", None),
        ] {
            let found = paths(json.as_bytes()).map(|paths| {
                let part = |part: Option<String>| part.unwrap_or_else(|| "-".to_owned());
                format!("{} {} {} {}", paths.item, paths.title, part(paths.link), part(paths.date))
            });
            assert_eq!(found.as_deref(), expected, "{json}");
        }
    }
}
