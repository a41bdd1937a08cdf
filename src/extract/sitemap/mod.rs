//! Sitemaps (sitemaps.org): lists of pages, indexes of further sitemaps, plain lists of addresses, and feeds in their
//! place; gzipped or not, with Google's news extension. Knows nothing of what stands behind the addresses, nor of
//! fetching the further sitemaps of an index.
//!
//! Read like our feeds: what breaks off gives the entries before the break, and a bad entry costs that entry. Pictures
//! and videos an entry names are passed over.

mod entry;
mod order;
mod slug;

use std::ops::Range;

use url::Url;

use super::address::bare_host;
use super::markup::{Scanner, Token};
use super::{Document, ParseError, Parsed, encoding, feed, gzip, html};
use entry::{Entry, Names};
use order::{Dated, newest_first};

/// Most items kept. News sitemaps list up to 1,000 (Google), those of WordPress up to 2,000; the protocol allows
/// 50,000.
const MAX_ITEMS: usize = 2_000;
/// Most sitemaps of an index named.
const MAX_FURTHER: usize = 16;

/// Reads a sitemap. Only addresses of its own host count, since nobody may list the pages of others (sitemaps.org,
/// "location").
///
/// # Errors
/// [`ParseError`] when it is none.
pub fn read(document: &Document<'_>) -> Result<Parsed, ParseError> {
    let (bytes, unfolding) = gzip::unfolded(document.bytes);
    let text = encoding::decode(&bytes, document.content_type);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}' || c == '\0');
    let mut parsed = match root(text)? {
        Root::Pages => pages(text, document.url),
        Root::Index => index(text, document.url),
        Root::Feed => feed::read(&Document { bytes: &bytes, ..*document })?,
        Root::Lines => lines(text, document.url, unfolding.is_some())?,
    };
    if let Some(problem) = unfolding {
        parsed.problems.push(problem);
        parsed.complete = false;
    }
    Ok(parsed)
}

/// What a document turns out to be.
enum Root {
    Pages,
    Index,
    /// RSS and Atom are sitemaps as well (sitemaps.org, "other sitemap formats").
    Feed,
    Lines,
}

fn root(text: &str) -> Result<Root, ParseError> {
    if text.trim().is_empty() {
        return Err(ParseError::Empty);
    }
    let mut first = None;
    for token in Scanner::new(text) {
        let Token::Start(tag) = token else { continue };
        match entry::local(tag.name).to_ascii_lowercase().as_str() {
            "urlset" | "url" => return Ok(Root::Pages),
            "sitemapindex" | "sitemap" => return Ok(Root::Index),
            "rss" | "feed" | "rdf" => return Ok(Root::Feed),
            "html" | "head" | "body" => return Err(ParseError::PageForFeed { title: html::title(text), wall: None }),
            name => first.get_or_insert_with(|| name.to_owned()),
        };
    }
    match first {
        Some(name) => Err(unlike(format!("its first element is <{}>", html::excerpt(&name)))),
        None => Ok(Root::Lines),
    }
}

fn unlike(why: String) -> ParseError {
    ParseError::Unlike { expected: "a sitemap", why }
}

fn pages(text: &str, at: Option<&Url>) -> Parsed {
    let names = Names::of(text);
    let mut heap = Heap::new(at);
    let (complete, count) = each_entry(text, "url", "urlset", |range| {
        let entry = Entry::read(&text[range.clone()], &names);
        if heap.admits(entry.address(at).as_ref()) {
            heap.found.push(Dated { at: entry.date().and_then(|date| date.at), what: range });
        }
    });
    let (ranges, mut problems) = heap.newest();
    let items = ranges.into_iter().filter_map(|range| Entry::read(&text[range], &names).into_item(at)).collect();
    if !complete {
        problems.push(format!("the document breaks off; the {count} entries before the break are used"));
    }
    Parsed { items, problems, complete, ..Parsed::default() }
}

fn index(text: &str, at: Option<&Url>) -> Parsed {
    let names = Names::of(text);
    let mut heap = Heap::new(at);
    let mut position = 0;
    let (complete, count) = each_entry(text, "sitemap", "sitemapindex", |range| {
        let entry = Entry::read(&text[range], &names);
        let address = entry.address(at);
        if heap.admits(address.as_ref()) {
            let date = entry.date().and_then(|date| date.at);
            heap.found.extend(address.map(|url| Dated { at: date, what: url }));
        }
        position += 1;
    });
    let mut problems = heap.complaints();
    let further = order::likeliest_first(heap.found, MAX_FURTHER);
    if !complete {
        problems.push(format!("the index breaks off; the {count} sitemaps before the break are known"));
    }
    Parsed { further, problems, complete, ..Parsed::default() }
}

/// A plain list: one address a line (sitemaps.org, "text file").
fn lines(text: &str, at: Option<&Url>, cut: bool) -> Result<Parsed, ParseError> {
    let mut heap = Heap::new(at);
    let mut strange = 0;
    // The last line of a cut list may be half an address.
    let whole = if cut { text.rfind('\n').map_or("", |end| &text[..end]) } else { text };
    for line in whole.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match super::address::absolute(line, None) {
            Some(url) if heap.admits(Some(&url)) => heap.found.push(Dated { at: None, what: line }),
            Some(_) => {}
            None => strange += 1,
        }
    }
    if heap.found.is_empty() && heap.foreign == 0 {
        return Err(unlike("it has neither XML elements nor one address a line".to_owned()));
    }
    let (found, mut problems) = heap.newest();
    if strange > 0 {
        problems.push(format!("{strange} lines are no address"));
    }
    let items = found.into_iter().filter_map(|line| entry::item(super::address::absolute(line, None)?)).collect();
    Ok(Parsed { items, problems, complete: true, ..Parsed::default() })
}

/// What was found, and what was passed over, while reading.
struct Heap<'a, T> {
    found: Vec<Dated<T>>,
    /// Where the sitemap was found.
    at: Option<&'a Url>,
    foreign: usize,
    lost: usize,
}

impl<'a, T> Heap<'a, T> {
    fn new(at: Option<&'a Url>) -> Self {
        Self { found: Vec::new(), at, foreign: 0, lost: 0 }
    }

    /// Whether an entry with this address counts; if not, it is counted as what it is.
    fn admits(&mut self, address: Option<&Url>) -> bool {
        let Some(address) = address else {
            self.lost += 1;
            return false;
        };
        let own = self.at.is_none_or(|at| at.host_str().map(bare_host) == address.host_str().map(bare_host));
        self.foreign += usize::from(!own);
        own
    }

    fn complaints(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.lost > 0 {
            problems.push(format!("{} entries have no address", self.lost));
        }
        if self.foreign > 0 {
            problems.push(format!("{} addresses of other hosts are left out", self.foreign));
        }
        problems
    }

    fn newest(self) -> (Vec<T>, Vec<String>) {
        let mut problems = self.complaints();
        let all = self.found.len();
        if all > MAX_ITEMS {
            problems.push(format!("it lists {all} pages; the newest {MAX_ITEMS} are used"));
        }
        (newest_first(self.found, MAX_ITEMS), problems)
    }
}

/// Calls `visit` with the place of each whole entry. Whether the list was closed, and how many entries there were.
fn each_entry(text: &str, entry: &str, list: &str, mut visit: impl FnMut(Range<usize>)) -> (bool, usize) {
    let mut scanner = Scanner::new(text);
    let (mut open, mut count) = (None, 0);
    loop {
        let here = scanner.position();
        let Some(token) = scanner.next() else { return (false, count) };
        let (starts, name) = match token {
            Token::Start(tag) => (true, tag.name),
            Token::End(name) => (false, name),
            Token::Text(_) | Token::CData(_) => continue,
        };
        let is = |wanted: &str| entry::local(name).eq_ignore_ascii_case(wanted);
        // An entry that was never closed ends where the next one, or the list, shows it.
        let ended = if is(entry) || is(list) { open.take() } else { None };
        if let Some(from) = ended {
            count += 1;
            visit(from..here);
        }
        if starts && is(entry) {
            open = Some(here);
        } else if !starts && is(list) {
            return (true, count);
        }
    }
}

#[cfg(test)]
mod tests;
