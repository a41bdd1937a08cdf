//! JSON Feed 1.0 and 1.1 (jsonfeed.org), rewritten into clean Atom. Fields of the wrong type count as absent; an item that is no
//! object costs that item.

use serde_json::{Map, Value};

use super::super::{ParseError, json};
use super::MAX_ENTRIES;
use super::atom::{Kind, Rewritten, Writer};
use super::offer::Offer;
use crate::model::Hub;

type Object = Map<String, Value>;

/// Rewrites a feed.
pub(super) fn rewrite(text: &str) -> Result<Rewritten, ParseError> {
    json::bounded(text)?;
    // serde_json refuses what nests deeper than 128.
    let feed: Object = serde_json::from_str(text)
        .map_err(|error| ParseError::NotAFeed(format!("JSON that breaks off or is wrong: {error}")))?;
    let Some(Value::Array(items)) = feed.get("items") else {
        return Err(ParseError::NotAFeed("JSON without a list of items".to_owned()));
    };
    let mut out = Writer::new();
    let mut problems = Vec::new();
    let mut languages = Vec::new();
    text_of(&mut out, "title", Kind::Plain, &feed, "title");
    authors(&mut out, &feed);
    let complete = items.len() <= MAX_ENTRIES;
    if !complete {
        problems.push(super::too_many());
    }
    for (index, item) in items.iter().take(MAX_ENTRIES).enumerate() {
        let Value::Object(item) = item else {
            problems.push(format!("item {} is not an object and is left out", index + 1));
            continue;
        };
        languages.push(string(item, "language").map(str::to_owned));
        write_item(&mut out, item);
    }
    let printed = |key| string(&feed, key).unwrap_or_default().to_owned();
    let (language, link) = (printed("language"), printed("home_page_url"));
    let hub = hub(&feed);
    let (head, slices) = out.finish();
    Ok(Rewritten { head, slices, language, link, hub, languages, problems, complete })
}

/// `hubs` and `feed_url`, which are whole addresses. rssCloud and others that may stand beside WebSub are not spoken here.
fn hub(feed: &Object) -> Option<Hub> {
    let mut offer = Offer::default();
    for hub in feed.get("hubs").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object) {
        if string(hub, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("websub")) {
            offer.link("hub", string(hub, "url").unwrap_or_default(), None);
        }
    }
    offer.link("self", string(feed, "feed_url").unwrap_or_default(), None);
    offer.hub()
}

fn write_item(out: &mut Writer, item: &Object) {
    out.open_entry();
    // Version 1.0 allowed numbers (jsonfeed.org/version/1, "id").
    match item.get("id") {
        Some(Value::String(id)) => out.simple("id", id),
        Some(Value::Number(id)) => out.simple("id", &id.to_string()),
        _ => {}
    }
    for key in ["url", "external_url"] {
        if let Some(link) = string(item, key) {
            out.link("alternate", link, None);
        }
    }
    text_of(out, "title", Kind::Plain, item, "title");
    text_of(out, "summary", Kind::Plain, item, "summary");
    if string(item, "content_html").is_some() {
        text_of(out, "content", Kind::Html, item, "content_html");
    } else {
        text_of(out, "content", Kind::Plain, item, "content_text");
    }
    for (name, key) in [("published", "date_published"), ("updated", "date_modified")] {
        if let Some(date) = string(item, key) {
            out.simple(name, date);
        }
    }
    authors(out, item);
    if let Some(Value::Array(tags)) = item.get("tags") {
        tags.iter().filter_map(Value::as_str).for_each(|tag| out.category(tag));
    }
    out.close_entry();
}

/// `authors` of version 1.1 and `author` of version 1.0.
fn authors(out: &mut Writer, object: &Object) {
    let people = object.get("authors").and_then(Value::as_array).into_iter().flatten().chain(object.get("author"));
    for name in people.filter_map(|person| person.get("name")?.as_str()) {
        out.author(name);
    }
}

fn text_of(out: &mut Writer, name: &str, kind: Kind, object: &Object, key: &str) {
    if let Some(text) = string(object, key) {
        out.text(name, kind, text);
    }
}

fn string<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    object.get(key)?.as_str()
}
