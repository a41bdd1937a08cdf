//! Clean Atom to items: the only file that names feed-rs.
//!
//! Two of its hooks are used for more than they are made for. It keeps dates as instants only, so the hook that reads a date
//! notes what is printed and hands out the note's number as if it were an instant. And it invents ids, so the hook that makes
//! them gives none.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use feed_rs::model::{Entry, Feed, Link, Person, Text};
use feed_rs::parser;
use url::Url;

use super::super::address::{absolute, is_relative};
use super::super::{FeedHead, ParseError, Parsed, date, html};
use super::atom::{REL_ID, Rewritten};
use crate::model::{Item, PrintedDate};

/// A name for an entry that gives none: the same at every poll, for as long as its link and its title stay. For people and scripts
/// to hold on to; identity never votes with it, since link and title have votes of their own. None where there is nothing to
/// derive it from.
///
/// Hashed as feed-rs hashes by default, so that whoever kept its ids meets them again.
#[must_use]
pub fn derived_id(item: &Item) -> Option<String> {
    let named = [&item.title, &item.summary, &item.body].into_iter().find(|text| !text.is_empty());
    if named.is_none() && item.link.is_none() {
        return None;
    }
    let address = item.link.as_ref().map_or("", Url::as_str);
    // Fed to the hash one after the other, so a link of both gives what feed-rs gives for the two.
    let href = [address, named.map_or("", String::as_str)].concat();
    let both = Link { href, target: None, rel: None, media_type: None, href_lang: None, title: None, length: None };
    Some(parser::generate_id_from_link_and_title(&both, &None))
}

/// Reads what was rewritten, slice by slice. `document` is where the feed was found.
pub(super) fn read(rewritten: Rewritten, document: Option<&Url>) -> Result<Parsed, ParseError> {
    let (about, _) = parse(&rewritten.head)?;
    let title = about.title.as_ref().map(text).map(html::single_line).unwrap_or_default();
    let head = FeedHead { title, link: rewritten.link, language: rewritten.language, hub: rewritten.hub };
    let inherited = Inherited {
        // Where the document is unknown so is the base, and a link that is relative stays so (RFC 3986 §5.1).
        base: document.map(|document| absolute(&head.link, Some(document)).unwrap_or_else(|| document.clone())),
        language: tag(&head.language),
        authors: authors(&about.authors),
    };
    let mut items: Vec<Item> = Vec::with_capacity(rewritten.languages.len());
    let mut languages = rewritten.languages.into_iter().chain(std::iter::repeat(None));
    let mut relative_links = BTreeMap::new();
    for slice in rewritten.slices {
        let (feed, dates) = parse(&slice)?;
        for (entry, language) in feed.entries.into_iter().zip(languages.by_ref()) {
            let relative = match inherited.base {
                Some(_) => None,
                None => {
                    links(&entry.links, "alternate").find(|href| is_relative(href)).map(|href| href.trim().to_owned())
                }
            };
            let item = inherited.item(entry, language, &dates);
            if let (None, Some(relative)) = (&item.link, relative) {
                relative_links.insert(items.len(), relative);
            }
            items.push(item);
        }
    }
    let mut problems = rewritten.problems;
    if !relative_links.is_empty() {
        let count = relative_links.len();
        problems.push(format!("the links of {count} of {} entries are relative, to an unknown address", items.len()));
    }
    let empty = items.iter().filter(|item| is_empty(item)).count();
    if empty > 0 {
        problems.push(format!("{empty} of {} entries have neither id, link, title nor text", items.len()));
    }
    Ok(Parsed { head, items, relative_links, problems, complete: rewritten.complete, ..Parsed::default() })
}

/// Parses a document of clean Atom. The second part are the dates as printed, by the number that feed-rs carries for an instant.
fn parse(atom: &str) -> Result<(Feed, Vec<String>), ParseError> {
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
    let feed = parser.parse(atom.as_bytes()).map_err(|error| ParseError::NotAFeed(error.to_string()))?;
    let dates = std::mem::take(&mut *notes.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((feed, dates))
}

/// What entries have from their feed.
struct Inherited {
    /// What links are relative to where no `xml:base` says so: the site, else the document.
    base: Option<Url>,
    language: Option<String>,
    authors: Vec<String>,
}

impl Inherited {
    fn item(&self, entry: Entry, language: Option<String>, dates: &[String]) -> Item {
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
            published: date_of(dates, entry.published.map(|number| number.timestamp())),
            updated: date_of(dates, entry.updated.map(|number| number.timestamp())),
            lang: language.and_then(|language| tag(&language)).or_else(|| self.language.clone()),
            entry_id: Some(entry.id).filter(|id| !id.is_empty()),
        }
    }
}

fn date_of(dates: &[String], number: Option<i64>) -> Option<PrintedDate> {
    let printed = dates.get(usize::try_from(number?).ok()?)?.trim();
    Some(PrintedDate { printed: printed.to_owned(), at: date::read(printed) })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Document, feed};

    /// Seen failing with dates numbered through all slices, and with a slice that was not closed.
    #[test]
    fn the_entries_of_a_long_feed_are_read_as_those_of_a_short_one() {
        let entry = |n| {
            format!("<item><guid>e{n}</guid><title>T{n}</title><link>/a{n}</link><pubDate>day {n}</pubDate></item>")
        };
        let entries: String = (0..1_201).map(entry).collect();
        let about = "<title>Archive</title><language>fr</language><link>https://b.example/</link>";
        let text = format!("<rss><channel>{entries}{about}</channel></rss>");
        let url = Url::parse("https://a.example/feed").unwrap();
        let read =
            |text: &str| feed::read(&Document { bytes: text.as_bytes(), content_type: None, url: Some(&url) }).unwrap();
        let parsed = read(&text);
        assert_eq!((parsed.head.title.as_str(), parsed.items.len()), ("Archive", 1_201));
        for (n, item) in parsed.items.iter().enumerate() {
            let found = (&item.title, item.link.as_ref().unwrap().as_str(), &item.published.as_ref().unwrap().printed);
            assert_eq!(found, (&format!("T{n}"), format!("https://b.example/a{n}").as_str(), &format!("day {n}")));
            assert_eq!((item.entry_id.clone(), item.lang.as_deref()), (Some(format!("e{n}")), Some("fr")));
        }
        for cut in ["<guid>e500", "<title>T501", "<guid>e999", "<guid>e1000"] {
            let parsed = read(&text[..text.find(cut).unwrap()]);
            let whole: usize = cut.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
            assert_eq!((parsed.items.len(), parsed.complete), (whole, false), "{cut}");
        }
    }
}
