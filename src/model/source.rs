//! A source: a thing we poll, and what we remember between two polls. Knows nothing of HTTP or of parsing.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Secret, SourceId};

/// A `[[source]]` of the configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its id, unique in the configuration.
    pub id: SourceId,
    /// Its name as shown in mail; the id when none was given.
    pub name: Arc<str>,
    /// What is found at `url`.
    pub kind: SourceKind,
    /// Where it is polled. For a program ([`SourceKind::Exec`]) an `exec:` address that names it.
    pub url: Url,
    /// Language hint (BCP 47), for display only: matching never depends on it.
    pub lang: Option<String>,
    /// 1 trusted to 3 unverified; shown in mail.
    pub tier: u8,
    /// Free words to group sources by, such as the countries it reports on.
    pub tags: Vec<String>,
    /// Whose voice it is.
    pub owner: Option<Owner>,
    /// Time between two polls when nothing else is known.
    pub interval: Duration,
    /// What the first poll may alert on.
    pub first_poll: FirstPoll,
    /// Whether loopback and private addresses may be dialled for it.
    pub allow_private: bool,
    /// Whether the article behind each new item is fetched and read as well.
    pub full_text: bool,
    /// Which of the addresses it lists are items. Shared, like how it is asked, since few of ten thousand sources say anything of it.
    pub filter: Arc<UrlFilter>,
    /// Nothing new for this long is silence. Its own habit decides when none is configured.
    pub stale_after: Option<Duration>,
    /// Whether a feed found in place of a broken one is used at once, if it shows the same articles, or only proposed.
    pub heal: bool,
    /// How it is asked.
    pub access: Arc<Access>,
}

impl Source {
    /// A source of which nothing else is said.
    #[must_use]
    pub fn new(id: SourceId, kind: SourceKind, url: Url) -> Self {
        Self {
            name: id.text(),
            id,
            kind,
            url,
            lang: None,
            tier: Self::DEFAULT_TIER,
            tags: Vec::new(),
            owner: None,
            interval: Self::DEFAULT_INTERVAL,
            first_poll: FirstPoll::Skip,
            allow_private: false,
            full_text: false,
            filter: Arc::default(),
            stale_after: None,
            heal: false,
            access: Arc::default(),
        }
    }

    /// Neither trusted nor doubted.
    pub const DEFAULT_TIER: u8 = 2;
    /// Time between two polls when none is given.
    pub const DEFAULT_INTERVAL: Duration = Duration::from_secs(15 * 60);
}

/// Whose voice a source is; readers weigh reports by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Owner {
    /// A government, its ministries and its media.
    State,
    /// A company or an association of journalists.
    Private,
    /// A news agency.
    Agency,
    /// A non-governmental organisation.
    Ngo,
    /// An intergovernmental organisation, or the foreign broadcaster of another state.
    International,
}

impl Owner {
    /// The word used in configuration and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Private => "private",
            Self::Agency => "agency",
            Self::Ngo => "ngo",
            Self::International => "international",
        }
    }
}

/// Which addresses count, by what they contain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UrlFilter {
    /// One of these, when there are any.
    pub include: Vec<String>,
    /// None of these.
    pub exclude: Vec<String>,
}

impl UrlFilter {
    /// Whether an item with this address counts.
    #[must_use]
    pub fn admits(&self, url: &str) -> bool {
        let contains = |part: &String| url.contains(part.as_str());
        (self.include.is_empty() || self.include.iter().any(contains)) && !self.exclude.iter().any(contains)
    }
}

/// How a source is asked, where it is not asked like every other.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Access {
    /// `User-Agent` in place of ours.
    pub user_agent: Option<String>,
    /// Through which proxy; [`Proxy::Default`] follows `[http]`.
    pub proxy: Proxy,
    /// Further headers, such as `Cookie`. Their values are secret, and go to the source's own host only.
    pub headers: Vec<(String, Secret)>,
    /// Whether robots.txt is obeyed; None follows `[http]`. Feeds are made to be fetched by programs and are not asked about.
    pub robots: Option<bool>,
}

/// The way to a source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// That of `[http]`, if any.
    #[default]
    Default,
    /// None, whatever `[http]` says.
    Direct,
    /// This one: `http`, `https`, `socks5` or `socks5h`. Names are always looked up by the proxy, so that none leaves past it.
    Through(Url),
}

/// How a source's bytes become items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// RSS, Atom or JSON Feed; told apart by content.
    Feed,
    /// A web page whose items are picked by CSS selectors.
    Page(Box<PageSelectors>),
    /// A web page whose repeated links to articles are found without selectors.
    Links,
    /// A sitemap, or an index of sitemaps (sitemaps.org, with Google's news extension).
    Sitemap,
    /// A JSON document whose items are picked by JSONPath (RFC 9535).
    Json(Box<JsonPaths>),
    /// The public preview page of a Telegram channel (`t.me/s/NAME`).
    Telegram,
    /// A program that prints a feed, or one JSON object a line.
    Exec(Box<Program>),
}

impl SourceKind {
    /// The word used in configuration and reports.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Page(_) | Self::Links => "page",
            Self::Sitemap => "sitemap",
            Self::Json(_) => "json",
            Self::Telegram => "telegram",
            Self::Exec(_) => "exec",
        }
    }

    /// Whether its documents are pages made for people, about which robots.txt is asked.
    #[must_use]
    pub fn is_page(&self) -> bool {
        matches!(self, Self::Page(_) | Self::Links | Self::Telegram)
    }
}

/// JSONPath queries of a JSON source as typed, e.g. `$.data[*]`; all but `item` begin at an item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonPaths {
    /// One node per item.
    pub item: String,
    /// The title.
    pub title: String,
    /// The link.
    pub link: Option<String>,
    /// The id.
    pub id: Option<String>,
    /// The date, as text or as seconds or milliseconds since 1970.
    pub date: Option<String>,
    /// The summary; markup is removed.
    pub summary: Option<String>,
    /// The full text; markup is removed.
    pub body: Option<String>,
}

/// A program that is run as a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Its absolute path and its arguments. No shell reads them.
    pub command: Vec<String>,
    /// How long it may run.
    pub timeout: Duration,
}

/// CSS selectors of a page source as typed, e.g. `h3 a` or `h3 a@href` (the attribute instead of the text).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageSelectors {
    /// One element per item.
    pub item: String,
    /// The title, inside the item.
    pub title: String,
    /// The link, inside the item; the first `a@href` in the title or item when absent.
    pub link: Option<String>,
    /// The date, inside the item.
    pub date: Option<String>,
    /// The summary, inside the item.
    pub summary: Option<String>,
}

/// What the first poll of a source may alert on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FirstPoll {
    /// Nothing: everything found is only remembered.
    Skip,
    /// Everything found.
    Alert,
    /// The first `n` items of the document.
    Last(u32),
}

/// What a server gave with its last good answer, to be echoed byte for byte (RFC 9110 §8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`, quotes and `W/` included.
    pub etag: Option<Vec<u8>>,
    /// `Last-Modified`, however odd its date.
    pub last_modified: Option<Vec<u8>>,
}

/// A WebSub hub that tells of news at a topic (W3C WebSub §4), as a feed or its headers offer it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hub {
    /// Whom to ask.
    pub hub: Url,
    /// What the feed calls itself there (`rel="self"`).
    pub topic: Url,
}

/// A permanent redirect a source answered with. It is followed at once and believed only when it repeats, because a captive
/// portal answers 301 too (`SourceState::moved_to`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Where it pointed.
    pub url: Url,
    /// How many polls in a row said so.
    pub polls: u32,
}

/// What is remembered of a source between two polls; one row of the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceState {
    /// The URL these facts belong to. When the configured URL changes, validators and redirects no longer apply.
    pub url: Option<Url>,
    /// Of the last answer whose items were committed.
    pub validators: Validators,
    /// The permanent redirect last seen.
    pub moved: Option<Moved>,
    /// When to poll next.
    pub next_check: Option<Timestamp>,
    /// Until when the server asked to be left alone (`Retry-After`); obeyed over a restart and by a poll made by hand.
    pub not_before: Option<Timestamp>,
    /// Failed polls in a row.
    pub failures: u32,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// What the last poll failed with, for people.
    pub last_error: Option<String>,
    /// The last poll, whatever came of it.
    pub last_attempt: Option<Timestamp>,
    /// The last poll that was answered and read.
    pub last_ok: Option<Timestamp>,
    /// The last poll that brought a new item.
    pub last_new: Option<Timestamp>,
    /// Items of the first poll, once it happened.
    pub primed: Option<u64>,
    /// Items ever taken in.
    pub items: u64,
}
