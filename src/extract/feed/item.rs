//! Clean Atom to items: the only file that names feed-rs.
//!
//! Two of its hooks are used for more than they are made for. It keeps dates as instants only, so the hook that reads a date
//! notes what is printed and hands out the note's number as if it were an instant. And it invents ids, so the hook that makes
//! them gives none.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use feed_rs::model::{Entry, Link, Person, Text};
use feed_rs::parser;
use url::Url;

use super::super::{FeedHead, ParseError, Parsed, date, html};
use super::atom::{REL_ID, Rewritten};
use crate::model::{Item, PrintedDate};

/// Reads what was rewritten. `document` is where the feed was found.
pub(super) fn read(rewritten: Rewritten, document: Option<&Url>) -> Result<Parsed, ParseError> {
    let notes = Arc::new(Mutex::new(Vec::<String>::new()));
    let noted = Arc::clone(&notes);
    let parser = parser::Builder::new()
        .sanitize_content(false)
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(move |printed| {
            let mut notes = noted.lock().unwrap_or_else(PoisonError::into_inner);
            notes.push(printed.to_owned());
            let number = u64::try_from(notes.len() - 1).ok()?;
            Some((SystemTime::UNIX_EPOCH + Duration::from_secs(number)).into())
        })
        .build();
    let feed = parser.parse(rewritten.atom.as_bytes()).map_err(|error| ParseError::NotAFeed(error.to_string()))?;
    let dates = std::mem::take(&mut *notes.lock().unwrap_or_else(PoisonError::into_inner));

    let title = feed.title.as_ref().map(text).map(html::single_line).unwrap_or_default();
    let head = FeedHead { title, link: rewritten.link, language: rewritten.language };
    let inherited = Inherited {
        base: absolute(&head.link, document).or_else(|| document.cloned()),
        language: tag(&head.language),
        authors: authors(&feed.authors),
        dates,
    };
    let languages = rewritten.languages.into_iter().chain(std::iter::repeat(None));
    let entries = feed.entries.into_iter().zip(languages);
    let items: Vec<Item> = entries.map(|(entry, language)| inherited.item(entry, language)).collect();
    let mut problems = rewritten.problems;
    let empty = items.iter().filter(|item| is_empty(item)).count();
    if empty > 0 {
        problems.push(format!("{empty} of {} entries have neither id, link, title nor text", items.len()));
    }
    Ok(Parsed { head, items, problems, complete: rewritten.complete })
}

/// What entries have from their feed.
struct Inherited {
    /// What links are relative to where no `xml:base` says so: the site, else the document.
    base: Option<Url>,
    language: Option<String>,
    authors: Vec<String>,
    /// Printed dates by the number feed-rs carries for an instant.
    dates: Vec<String>,
}

impl Inherited {
    fn item(&self, entry: Entry, language: Option<String>) -> Item {
        let base = self.base.as_ref();
        let link = links(&entry.links, "alternate").find_map(|href| absolute(href, base));
        // An id is no relative link: only a whole address counts.
        let link = link.or_else(|| links(&entry.links, REL_ID).find_map(|href| absolute(href, None)));
        let own_authors = authors(&entry.authors);
        let categories = distinct(entry.categories.iter().map(|category| html::text(&category.term)));
        Item {
            link,
            title: entry.title.as_ref().map(text).map(html::single_line).unwrap_or_default(),
            summary: entry.summary.as_ref().map(text).unwrap_or_default(),
            body: entry
                .content
                .and_then(|content| Some(plain(&content.body?, content.content_type.as_str())))
                .unwrap_or_default(),
            authors: if own_authors.is_empty() { self.authors.clone() } else { own_authors },
            categories,
            published: self.date(entry.published.map(|number| number.timestamp())),
            updated: self.date(entry.updated.map(|number| number.timestamp())),
            lang: language.and_then(|language| tag(&language)).or_else(|| self.language.clone()),
            entry_id: Some(entry.id).filter(|id| !id.is_empty()),
        }
    }

    fn date(&self, number: Option<i64>) -> Option<PrintedDate> {
        let printed = self.dates.get(usize::try_from(number?).ok()?)?.trim();
        Some(PrintedDate { printed: printed.to_owned(), at: date::read(printed) })
    }
}

/// A language tag as BCP 47 writes it, where `en_US` is common.
fn tag(language: &str) -> Option<String> {
    Some(language.trim().replace('_', "-")).filter(|tag| !tag.is_empty())
}

fn text(text: &Text) -> String {
    plain(&text.content, text.content_type.as_str())
}

fn plain(content: &str, media_type: &str) -> String {
    if media_type == "text/plain" { html::plain(content) } else { html::text(content) }
}

fn authors(people: &[Person]) -> Vec<String> {
    distinct(people.iter().filter_map(|person| person.name.as_deref()).map(html::plain))
}

/// Names on one line, each once.
fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    /// No honest entry has more, and a hostile one with a million must not cost their square.
    const MOST: usize = 64;
    let mut distinct: Vec<String> = Vec::new();
    for name in names.map(html::single_line) {
        if distinct.len() == MOST {
            break;
        }
        if !name.is_empty() && !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}

fn is_empty(item: &Item) -> bool {
    let texts = [&item.title, &item.summary, &item.body];
    item.entry_id.is_none() && item.link.is_none() && texts.iter().all(|text| text.is_empty())
}

fn links<'a>(links: &'a [Link], rel: &'a str) -> impl Iterator<Item = &'a str> {
    links.iter().filter(move |link| link.rel.as_deref() == Some(rel)).map(|link| link.href.as_str())
}

/// An address a reader can follow.
fn absolute(href: &str, base: Option<&Url>) -> Option<Url> {
    let url = Url::options().base_url(base).parse(href.trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}
