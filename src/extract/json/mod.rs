//! JSON documents whose items are picked by JSONPath (RFC 9535), and documents of one JSON value a line. Knows nothing
//! of whether a document that yields nothing is broken: it says what it found, and `problems` says what it did not.

mod paths;
pub(super) mod value;

use serde_json::Value;
use url::Url;

use super::address::{absolute, is_relative};
use super::{Document, ParseError, Parsed, encoding, html};
use crate::model::Item;
pub use paths::Queries;
use paths::Query;
use value::Lines;

pub(super) use value::bounded;

/// Most items taken from one document; interfaces give 10 to 100 at a time.
const MAX_ITEMS: usize = 2000;
/// Most bad items and lines named; a document with more has one thing wrong with it, not many.
pub(super) const MAX_NAMED: usize = 10;

/// Reads a document. One in which the item query matches nothing is read, has no items and says so.
///
/// # Errors
/// [`ParseError::Empty`], [`ParseError::TooLarge`], [`ParseError::PageForFeed`], or [`ParseError::Unlike`] JSON.
pub fn read(queries: &Queries, document: &Document<'_>) -> Result<Parsed, ParseError> {
    let text = encoding::decode(document.bytes, document.content_type);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}' || c == '\0');
    match text.chars().next() {
        None => return Err(ParseError::Empty),
        Some('<') => return Err(ParseError::PageForFeed { title: html::title(text), wall: None }),
        Some(_) => {}
    }
    let (root, mut parsed) = match value::parse(text) {
        Ok(root) => (root, Parsed { complete: true, ..Parsed::default() }),
        Err(ParseError::Unlike { expected, why }) => by_line(text).ok_or(ParseError::Unlike { expected, why })?,
        Err(error) => return Err(error),
    };
    take_items(queries, &root, document.url, &mut parsed);
    Ok(parsed)
}

/// One value a line (NDJSON), as the array of them. None where the first line is no value of its own.
fn by_line(text: &str) -> Option<(Value, Parsed)> {
    let mut parsed = Parsed { complete: true, ..Parsed::default() };
    let mut bad = Vec::new();
    let mut values = Vec::new();
    for (number, line) in Lines::of(text) {
        match line {
            Ok(value) => values.push(value),
            Err(_) if values.is_empty() => return None,
            Err(why) => bad.push(format!("line {number} is {why}")),
        }
    }
    // A last line that is none was most likely cut off.
    parsed.complete = text.lines().last().is_none_or(|last| value::parse(last).is_ok());
    parsed.problems = named(bad, "lines");
    Some((Value::Array(values), parsed))
}

/// The first [`MAX_NAMED`] problems, and how many there are beside them.
pub(super) fn named(mut problems: Vec<String>, what: &str) -> Vec<String> {
    let more = problems.len().saturating_sub(MAX_NAMED);
    problems.truncate(MAX_NAMED);
    if more > 0 {
        problems.push(format!("and {more} more bad {what}"));
    }
    problems
}

fn take_items(queries: &Queries, root: &Value, base: Option<&Url>, parsed: &mut Parsed) {
    let nodes = queries.item.nodes(root);
    let typed = &queries.item.typed;
    match nodes[..] {
        [] => parsed.problems.push(format!("query `{typed}` matched nothing")),
        [Value::Array(_)] => {
            parsed
                .problems
                .push(format!("query `{typed}` matched a list as one item; write `{typed}[*]` for what is in it"));
        }
        _ if nodes.len() > MAX_ITEMS => {
            parsed.problems.push(format!("query `{typed}` matched more than {MAX_ITEMS} items; the rest is left out"));
        }
        _ => {}
    }
    let mut bad = Vec::new();
    let mut barren = Barren::default();
    for (number, &node) in (1..).zip(nodes.iter().take(MAX_ITEMS)) {
        let (item, relative) = item(queries, node, base);
        barren.take_in(&item, relative.is_some());
        if item.title.is_empty() && item.link.is_none() && relative.is_none() {
            bad.push(format!("item {number} has neither title nor link: {}", html::excerpt(&node.to_string())));
            continue;
        }
        parsed.relative_links.extend(relative.map(|href| (parsed.items.len(), href)));
        parsed.items.push(item);
    }
    parsed.problems.extend(barren.problems(queries));
    parsed.problems.extend(named(bad, "items"));
}

/// An item, and its link as printed where it is relative to an unknown address.
fn item(queries: &Queries, node: &Value, base: Option<&Url>) -> (Item, Option<String>) {
    let first = |query: &Query| query.nodes(node).into_iter().find_map(value::printed);
    let optional = |query: &Option<Query>| query.as_ref().and_then(first);
    let all = |query: &Option<Query>| {
        let texts = query.iter().flat_map(|query| query.nodes(node)).filter_map(value::text);
        texts.collect::<Vec<_>>().join("\n")
    };
    let href = optional(&queries.link);
    let link = href.as_deref().and_then(|href| absolute(href, base));
    let relative = href.filter(|href| base.is_none() && is_relative(href));
    let item = Item {
        entry_id: optional(&queries.id),
        link,
        title: html::single_line(queries.title.nodes(node).into_iter().find_map(value::text).unwrap_or_default()),
        summary: all(&queries.summary),
        body: all(&queries.body),
        published: optional(&queries.date).map(value::date),
        ..Item::default()
    };
    (item, relative)
}

/// Counts what the items lack: a query that gives nothing in any of them is the first sign that a document has changed.
#[derive(Default)]
struct Barren {
    items: usize,
    /// Items that have what the query of this place in [`Queries::fields`] asks for.
    fruitful: [usize; 6],
}

impl Barren {
    fn take_in(&mut self, item: &Item, has_relative_link: bool) {
        self.items += 1;
        let has = [
            !item.title.is_empty(),
            item.link.is_some() || has_relative_link,
            item.entry_id.is_some(),
            item.published.is_some(),
            !item.summary.is_empty(),
            !item.body.is_empty(),
        ];
        self.fruitful.iter_mut().zip(has).for_each(|(count, has)| *count += usize::from(has));
    }

    fn problems(&self, queries: &Queries) -> Vec<String> {
        let fields = queries.fields().into_iter().zip(self.fruitful);
        let barren = fields.filter(|&(_, count)| count == 0 && self.items > 0).filter_map(|(query, _)| query);
        barren
            .map(|query| format!("query `{}` ({}) gave nothing in any of {} items", query.typed, query.key, self.items))
            .collect()
    }
}

#[cfg(test)]
mod tests;
