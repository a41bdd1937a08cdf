//! Getting a document over HTTP, politely and safely. The only module that names reqwest; knows nothing of items or the store.
//!
//! `client` tells the story of one poll. Beside it stands one decision per file: `hosts` whose turn it is, `guard` what may be
//! dialled (`resolver` asks it), `proxy` which way it goes, `connect` who dials, `robots` whether the site wants to be asked,
//! `question` what is sent, `redirect` where a document went, `body` how its bytes are read, `link` which hub tells of news,
//! `hints` when to come again, `evidence` what a refusal looked like, `error` what an operator would do, `place` what people read of
//! a URL. `websub` and `ping` are the two other questions we ask anybody.

mod arrival;
mod body;
mod client;
mod connect;
mod error;
mod evidence;
mod guard;
mod hints;
mod hosts;
mod link;
mod ping;
mod place;
mod proxy;
mod question;
mod redirect;
mod resolver;
mod robots;
mod websub;

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use url::Url;

pub use self::client::Client;
pub use self::error::FetchError;
pub use self::place::Place;

use crate::model::{Access, Hub, Source, Validators};

/// How to fetch; filled by `config`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Who runs this, for the User-Agent: an address or a URL a publisher can complain to.
    pub contact: String,
    /// Until the connection stands, TLS included.
    pub connect_timeout: Duration,
    /// Between two reads.
    pub read_timeout: Duration,
    /// For the whole poll, redirects included.
    pub timeout: Duration,
    /// Most bytes of a body, decompressed.
    pub max_body: u64,
    /// Requests under way, and bodies held, at the same time, over all hosts.
    pub concurrency: usize,
    /// Requests to one host at a time.
    pub per_host: usize,
    /// From the start of one request to a host to the start of the next.
    pub per_host_delay: Duration,
    /// Ports that may be dialled beside 80, 443, 8080 and 8443.
    pub ports: Vec<u16>,
    /// PEM file of certificate authorities trusted beside the system's, e.g. that of a proxy that inspects TLS.
    pub ca_file: Option<PathBuf>,
    /// The way to every source that names none of its own: `http`, `https`, `socks5` or `socks5h`, without user name and password.
    pub proxy: Option<Url>,
    /// Whether robots.txt is obeyed where a source does not say otherwise.
    pub respect_robots: bool,
}

/// One poll to make.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Where.
    pub url: &'a Url,
    /// The configured address of the source it is asked for. The headers of `access` go to its host only, and its port may be
    /// dialled although it is no usual one: `url` may come from a document or a redirect, which nobody here wrote.
    pub home: &'a Url,
    /// What the last good answer gave.
    pub validators: &'a Validators,
    /// Whether loopback and private addresses may be dialled.
    pub allow_private: bool,
    /// The `Accept` header.
    pub accept: &'static str,
    /// How its source is asked.
    pub access: &'a Access,
    /// Whether robots.txt is asked first, if it is obeyed at all: true for pages and articles. Feeds are made to be fetched by
    /// programs.
    pub robots: bool,
}

/// What is asked for where a feed should be; anything is read that comes.
pub const ACCEPT_FEED: &str =
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5";
/// What is asked for where a page should be.
pub const ACCEPT_PAGE: &str = "text/html, application/xhtml+xml, */*;q=0.5";

impl<'a> Request<'a> {
    /// Asks for an address in the way of a source. `robots` as in [`Request::robots`].
    #[must_use]
    pub fn in_the_way_of(
        source: &'a Source,
        url: &'a Url,
        validators: &'a Validators,
        accept: &'static str,
        robots: bool,
    ) -> Self {
        let (home, allow_private, access) = (&source.url, source.allow_private, &source.access);
        Self { url, home, validators, allow_private, accept, access, robots }
    }
}

/// What the server wants of the next poll.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hints {
    /// `Retry-After`, as a time from now, not capped.
    pub retry_after: Option<Duration>,
    /// `Cache-Control: max-age` (less `Age`), or `Expires`.
    pub fresh_for: Option<Duration>,
}

/// A poll that was answered well.
// There is one per poll and it is taken apart at once: a box would cost more than it saves.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, PartialEq, Eq)]
pub enum Fetched {
    /// 304: nothing new since the validators.
    Unchanged {
        /// For the next poll.
        hints: Hints,
        /// As in [`Document::moved_to`].
        moved_to: Option<Url>,
    },
    /// 200 with a body.
    Document(Document),
}

/// A body and what came with it.
#[derive(Debug, PartialEq, Eq)]
pub struct Document {
    /// The status of the answer; None when it did not come over HTTP.
    pub status: Option<u16>,
    /// Decompressed.
    pub bytes: Vec<u8>,
    /// As sent.
    pub content_type: Option<String>,
    /// Where it was found after redirects.
    pub url: Url,
    /// The target of permanent redirects (301, 308), when every hop was one and over TLS.
    pub moved_to: Option<Url>,
    /// To be echoed with the next poll.
    pub validators: Validators,
    /// Who tells of news there, by its `Link` headers.
    pub hub: Option<Hub>,
    /// For the next poll.
    pub hints: Hints,
    /// Its claim on memory.
    pub hold: Hold,
}

impl Document {
    /// A document that did not come over HTTP, but was printed by a program.
    #[must_use]
    pub fn printed(bytes: Vec<u8>, url: Url, hold: Hold) -> Self {
        Self {
            status: None,
            bytes,
            content_type: None,
            url,
            moved_to: None,
            validators: Validators::default(),
            hub: None,
            hints: Hints::default(),
            hold,
        }
    }
}

/// One of the [`Settings::concurrency`] places at which a body may be held, or the one for a large body. Keep it as long as much of
/// what was made of the body is in memory: no further body is fetched meanwhile, and that is what bounds memory whatever servers send.
#[derive(Debug, Default)]
pub struct Hold {
    place: Option<OwnedSemaphorePermit>,
    _large: Option<OwnedSemaphorePermit>,
}

impl Hold {
    fn of(place: OwnedSemaphorePermit) -> Self {
        Self { place: Some(place), _large: None }
    }

    /// Gives the place of a small body back. A large one keeps its own: there is only one in memory.
    pub fn let_others_in(&mut self) {
        self.place = None;
    }
}

/// All places are alike.
impl PartialEq for Hold {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Hold {}
