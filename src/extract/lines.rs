//! What a program printed: a feed, or one JSON object a line (a JSON array of objects will do as well). Knows nothing
//! of running programs.
//!
//! The keys of an object: `title`, which it must have; `link`, `id`, `summary`, `body` or `content`, `published`,
//! `updated`, `lang`, `authors` and `categories`. Names in other use (`url`, `date`, `tags`) are not guessed at: a
//! program can be told.

use serde_json::{Map, Value};
use url::Url;

use super::address::{absolute, is_relative};
use super::json::named;
use super::json::value::{Lines, date, parse, printed, text};
use super::{Document, ParseError, Parsed, encoding, feed, html};
use crate::model::Item;

/// Most items taken from one run.
const MAX_ITEMS: usize = 2000;
/// Most authors or categories of one item.
const MAX_NAMES: usize = 64;

/// Reads what a program printed. Nothing at all is no error: a program may have nothing new.
///
/// # Errors
/// [`ParseError`] when it is a feed that cannot be read, or no line of it is an item.
pub fn read(document: &Document<'_>) -> Result<Parsed, ParseError> {
    // The `exec:` address of a program is nothing that links could be relative to.
    let base = document.url.filter(|url| matches!(url.scheme(), "http" | "https"));
    let document = &Document { url: base, ..*document };
    let text = encoding::decode(document.bytes, document.content_type);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}' || c == '\0');
    match text.chars().next() {
        None => Ok(Parsed { complete: true, ..Parsed::default() }),
        Some('<') => feed::read(document),
        Some('[') => match parse(text) {
            Ok(Value::Array(values)) => {
                let numbered = values.into_iter().enumerate().map(|(index, value)| (index + 1, Ok(value)));
                items("entry", numbered, base)
            }
            Ok(_) | Err(ParseError::Unlike { .. }) => items("line", Lines::of(text), base),
            Err(error) => Err(error),
        },
        Some(_) => match parse(text) {
            Ok(Value::Object(whole)) if whole.get("items").is_some_and(Value::is_array) => feed::read(document),
            // An object alone, however many lines it was printed on.
            Ok(whole) => items("line", std::iter::once((1, Ok(whole))), base),
            Err(_) => items("line", Lines::of(text), base),
        },
    }
}

fn items(
    what: &str,
    values: impl Iterator<Item = (usize, Result<Value, String>)>,
    base: Option<&Url>,
) -> Result<Parsed, ParseError> {
    let mut parsed = Parsed { complete: true, ..Parsed::default() };
    let mut bad = Vec::new();
    for (number, value) in values {
        if parsed.items.len() == MAX_ITEMS {
            parsed.problems.push(format!("more than {MAX_ITEMS} items; the rest is left out"));
            break;
        }
        match value.and_then(|value| item(&value, base)) {
            Ok((item, relative)) => {
                parsed.relative_links.extend(relative.map(|href| (parsed.items.len(), href)));
                parsed.items.push(item);
            }
            Err(why) => bad.push(format!("{what} {number} is {why}")),
        }
    }
    match bad.first() {
        Some(first) if parsed.items.is_empty() => {
            let why = format!("{first}; one object a line is wanted, with a \"title\"");
            Err(ParseError::Unlike { expected: "a feed or JSON lines", why })
        }
        _ => {
            parsed.problems.extend(named(bad, "lines"));
            Ok(parsed)
        }
    }
}

/// The item an object makes, and its link as printed where that is relative to an unknown address; or what it is
/// instead.
fn item(value: &Value, base: Option<&Url>) -> Result<(Item, Option<String>), String> {
    let Value::Object(object) = value else {
        return Err(format!("no object: {}", html::excerpt(&value.to_string())));
    };
    let of = |key: &str| object.get(key).and_then(printed);
    let plain = |key: &str| object.get(key).and_then(text);
    let title = plain("title").ok_or_else(|| "without a title".to_owned())?;
    let href = of("link");
    let item = Item {
        entry_id: of("id"),
        link: href.as_deref().and_then(|href| absolute(href, base)),
        title: html::single_line(title),
        summary: plain("summary").unwrap_or_default(),
        body: plain("body").or_else(|| plain("content")).unwrap_or_default(),
        authors: names(object, "authors"),
        categories: names(object, "categories"),
        published: of("published").map(date),
        updated: of("updated").map(date),
        lang: of("lang").map(|lang| lang.replace('_', "-")),
    };
    Ok((item, href.filter(|href| base.is_none() && is_relative(href))))
}

/// One name or a list of them; an object in the list counts by its `name`, as in JSON Feed.
fn names(object: &Map<String, Value>, key: &str) -> Vec<String> {
    let listed = match object.get(key) {
        Some(Value::Array(listed)) => &listed[..],
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let names = listed.iter().take(MAX_NAMES).filter_map(|name| text(name.get("name").unwrap_or(name)));
    names.map(html::single_line).collect()
}

#[cfg(test)]
mod tests;
