//! Where a site keeps its feeds: what its front page declares and links to, and where its content system puts them; and
//! where a feed may have gone. Candidates only: whether anything answers there is for others to ask.

mod moved;
mod system;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt;

use scraper::{ElementRef, Html};
use url::Url;

use super::address::bare_host;
use super::links::address::is_same_house;
use super::page::link::Links;
use super::page::text;
use super::{Document, depth, encoding};
pub use moved::{home_of, variants};
pub use system::System;
use system::{COMMON_FEEDS, COMMON_SITEMAPS, FEED_NAMES, FEED_TYPES, paths, system};

/// Most candidates named: each costs a site a request.
const MOST: usize = 20;
/// Most sitemaps taken from a robots.txt; index files make more needless.
const MOST_SITEMAPS: usize = 50;
/// Longest title kept, in characters.
const MAX_TITLE: usize = 200;

/// An address at which something may be polled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where.
    pub url: Url,
    /// What is expected there.
    pub kind: CandidateKind,
    /// What the page calls it.
    pub title: Option<String>,
    /// How it was come by.
    pub how: How,
}

/// What is expected at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateKind {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A feed of comments, which are no news.
    Comments,
    /// A sitemap or an index of them.
    Sitemap,
    /// The preview page of a Telegram channel.
    Telegram,
}

/// How an address was come by; the more certain first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// The page declares it: `<link rel="alternate">`.
    Declared,
    /// The page links to it.
    Linked,
    /// The content system the page was made with puts it there.
    System(System),
    /// Many sites have it there.
    Common,
}

impl fmt::Display for How {
    /// Completes "a feed …": `a feed its page declares`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declared => f.write_str("its page declares"),
            Self::Linked => f.write_str("its page links to"),
            Self::System(system) => write!(f, "where {system:?} keeps it"),
            Self::Common => f.write_str("where many sites keep it"),
        }
    }
}

/// What may be polled in place of a page: feeds, then sitemaps, then what is least likely; at most 20. The page itself is
/// not among them. Nothing when it cannot be read.
#[must_use]
pub fn discover(page: &Document<'_>) -> Vec<Candidate> {
    let text = encoding::decode(page.bytes, page.content_type);
    let Ok(html) = depth::parse(&text) else { return Vec::new() };
    let root = html.root_element();
    let links = Links::of(root, page.url);
    let mut found = named(&html, &links);
    if let Some(url) = page.url {
        found.extend(guessed(url, system(&html)));
    }
    // Stable: the order of the page holds among equals.
    found.sort_by_key(|candidate| rank(candidate, page.url));
    let mut known: HashSet<String> = page.url.map(same).into_iter().collect();
    found.retain(|candidate| known.insert(same(&candidate.url)));
    found.truncate(MOST);
    found
}

/// The sitemaps a robots.txt names (sitemaps.org): `Sitemap:` lines stand outside of all groups.
#[must_use]
pub fn discover_in_robots(text: &str) -> Vec<Url> {
    let lines = text.trim_start_matches('\u{FEFF}').lines();
    let values = lines.filter_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case("sitemap").then(|| value.split(" #").next().unwrap_or_default().trim())
    });
    let mut known = HashSet::new();
    let urls = values.filter_map(|value| Url::parse(value).ok()).filter(is_web);
    urls.filter(|url| known.insert(url.clone())).take(MOST_SITEMAPS).collect()
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// An address as far as it tells one place from another.
fn same(url: &Url) -> String {
    let host = bare_host(url.host_str().unwrap_or_default());
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{host}{port}{}?{}", url.path().trim_end_matches('/'), url.query().unwrap_or_default())
}

/// Comments last, other hosts after the own, guesses after what the page says.
fn rank(candidate: &Candidate, page: Option<&Url>) -> (u8, bool, How) {
    let kind = match (candidate.kind, candidate.how) {
        (CandidateKind::Feed, How::Common) => 1,
        (CandidateKind::Feed, _) => 0,
        (CandidateKind::Sitemap, _) => 2,
        (CandidateKind::Telegram, _) => 3,
        (CandidateKind::Comments, _) => 4,
    };
    let own = page.and_then(Url::host_str).zip(candidate.url.host_str());
    (kind, own.is_some_and(|(page, found)| !is_same_house(page, found)), candidate.how)
}

/// What a page declares and links to.
fn named(html: &Html, links: &Links) -> Vec<Candidate> {
    let mut found = Vec::new();
    for element in html.root_element().descendent_elements() {
        let candidate = match element.value().name() {
            "link" => declared(element, links),
            "a" => linked(element, links),
            _ => None,
        };
        found.extend(candidate);
        if found.len() > MOST * 10 {
            break;
        }
    }
    found
}

fn declared(link: ElementRef<'_>, links: &Links) -> Option<Candidate> {
    let has_rel = |name: &str| {
        link.attr("rel").is_some_and(|rel| rel.split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case(name)))
    };
    let url = links.resolve(link.attr("href")?)?;
    let kind = link.attr("type").unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let title = link.attr("title").map(|title| text::folded(title, MAX_TITLE)).filter(|title| !title.is_empty());
    if has_rel("sitemap") {
        return Some(Candidate { url, kind: CandidateKind::Sitemap, title, how: How::Declared });
    }
    let is_feed = FEED_TYPES.contains(&kind.as_str()) && !is_embed(&url);
    let kind = if is_comments(&url, title.as_deref()) { CandidateKind::Comments } else { CandidateKind::Feed };
    ((has_rel("alternate") || has_rel("feed")) && is_feed).then_some(Candidate { url, kind, title, how: How::Declared })
}

/// WordPress declares its programming interface beside its feeds, in types a feed may have.
fn is_embed(url: &Url) -> bool {
    url.path().contains("/wp-json") || url.path().contains("/oembed")
}

fn is_comments(url: &Url, title: Option<&str>) -> bool {
    let path = url.path().to_ascii_lowercase();
    let query = url.query().unwrap_or_default();
    let title = title.unwrap_or_default().to_lowercase();
    path.contains("/comments")
        || query.contains("comments-rss2")
        || path.contains("/feeds/comments")
        || ["comment", "تعليقات"].iter().any(|word| title.contains(word))
}

fn linked(anchor: ElementRef<'_>, links: &Links) -> Option<Candidate> {
    let url = links.resolve(anchor.attr("href")?)?;
    if let Some(channel) = telegram(&url) {
        let title = channel.path().rsplit('/').next().map(str::to_owned);
        return Some(Candidate { url: channel, kind: CandidateKind::Telegram, title, how: How::Linked });
    }
    let title = text::plain(anchor, MAX_TITLE);
    let is_called_so = ["rss", "flux rss", "rss feed", "feed", "atom", "fil rss", "خلاصات rss", "syndication"]
        .contains(&title.to_lowercase().as_str());
    if !looks_like_feed(&url) && !is_called_so {
        return None;
    }
    let kind = if is_comments(&url, Some(&title)) { CandidateKind::Comments } else { CandidateKind::Feed };
    Some(Candidate { url, kind, title: Some(title).filter(|title| !title.is_empty()), how: How::Linked })
}

/// Whether an address is written like that of a feed.
fn looks_like_feed(url: &Url) -> bool {
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    let query = url.query().unwrap_or_default().to_ascii_lowercase();
    let is_named = FEED_NAMES.contains(&name)
        || [".rss", ".rdf", ".atom"].iter().any(|end| name.ends_with(end))
        || path.ends_with("/feeds/posts/default");
    let is_asked = query.split('&').any(|part| {
        matches!(part, "page=backend" | "type=rss" | "type=atom" | "format=feed" | "format=rss")
            || part == "feed"
            || part.starts_with("feed=")
    });
    is_named || is_asked
}

/// The preview page of a channel that is linked as `t.me/NAME` or as its preview.
fn telegram(url: &Url) -> Option<Url> {
    let is_telegram = matches!(url.host_str()?, "t.me" | "telegram.me" | "www.t.me");
    let mut segments = url.path_segments().filter(|_| is_telegram)?.filter(|segment| !segment.is_empty());
    let name = match segments.next()? {
        "s" => segments.next()?,
        name => name,
    };
    // Names of channels (core.telegram.org/method/channels.checkUsername); `+…` and `joinchat` are invitations.
    let is_name = name.len() >= 4 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_action = matches!(name, "share" | "joinchat" | "addstickers" | "proxy" | "iv" | "socks" | "login");
    (is_name && !is_action).then(|| Url::parse(&format!("https://t.me/s/{name}")).ok()).flatten()
}

/// Where feeds and sitemaps stand on sites of a system, or on many.
fn guessed(page: &Url, system: Option<System>) -> Vec<Candidate> {
    let home = home_of(page);
    let at = |path: &&str, kind, how| home.join(path).ok().map(|url| Candidate { url, kind, title: None, how });
    let own = system.map(|system| (How::System(system), paths(system)));
    let feeds = own.into_iter().flat_map(|(how, paths)| paths.iter().map(move |path| (how, path)));
    let mut found: Vec<Candidate> = feeds.filter_map(|(how, path)| at(path, CandidateKind::Feed, how)).collect();
    if system.is_none() {
        found.extend(COMMON_FEEDS.iter().filter_map(|path| at(path, CandidateKind::Feed, How::Common)));
    }
    found.extend(COMMON_SITEMAPS.iter().filter_map(|path| at(path, CandidateKind::Sitemap, How::Common)));
    found
}
