//! Getting documents for a trial: by the client that polls use, from a file, stdin or a program. Stores nothing, and
//! knows nothing of what the documents are.

use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use url::Url;

use super::report::{Answer, Robots, Trouble};
use super::target::Target;
use super::{trouble, url_shown};
use crate::extract;
use crate::fetch::{ACCEPT_FEED, ACCEPT_PAGE, Client, FetchError, Fetched, Request, Settings};
use crate::model::{Source, SourceKind, Validators};
use crate::program;

/// Most bytes of a file, of stdin, and of what a program prints; as many as a fetched body may have by default.
const MOST: u64 = 10 << 20;

/// Of what is not known: what a feed or a page is, in the order in which we can use them best.
const ANY: &str = "application/rss+xml, application/atom+xml, application/feed+json, text/html;q=0.9, */*;q=0.8";

/// How to fetch where no configuration says it: the defaults of `[http]`, and no contact.
pub(super) fn without_configuration() -> Settings {
    Settings {
        contact: "no contact given".to_owned(),
        connect_timeout: Duration::from_secs(10),
        read_timeout: Duration::from_secs(15),
        timeout: Duration::from_secs(30),
        max_body: MOST,
        concurrency: 16,
        per_host: 2,
        per_host_delay: Duration::from_secs(1),
        ports: Vec::new(),
        ca_file: None,
        proxy: None,
        respect_robots: true,
    }
}

/// A document, and where it was.
pub(super) struct Got {
    pub(super) bytes: Vec<u8>,
    pub(super) content_type: Option<String>,
    /// Where it was found; the base of its links.
    pub(super) url: Option<Url>,
    /// What came with it over HTTP.
    pub(super) answer: Option<Answer>,
}

impl Got {
    pub(super) fn document(&self) -> extract::Document<'_> {
        extract::Document { bytes: &self.bytes, content_type: self.content_type.as_deref(), url: self.url.as_ref() }
    }
}

/// Who asks, and for which source.
pub(super) struct Door<'a> {
    pub(super) client: &'a Client,
    /// As configured, or as one would be whose address was typed.
    pub(super) source: &'a Source,
    /// Whether robots.txt is obeyed where the source does not say otherwise.
    pub(super) respects_robots: bool,
}

impl Door<'_> {
    /// The document of a target. Of `kind` only what is known is asked for in particular.
    pub(super) async fn document(&self, target: &Target, kind: Option<&SourceKind>) -> Result<Got, Trouble> {
        match (target, kind) {
            (Target::File(path), _) => read(path).map_err(|error| unread(&path.display().to_string(), &error)),
            (Target::Stdin, _) => stdin().map_err(|error| unread("stdin", &error)),
            (_, Some(SourceKind::Exec(program))) => match program::run(program, MOST).await {
                Ok(bytes) => Ok(Got { bytes, content_type: None, url: None, answer: None }),
                Err(error) => Err(trouble::of_program(&error)),
            },
            _ => {
                let robots = kind.is_some_and(SourceKind::is_page);
                self.get(&self.source.url, accept(kind), robots).await.map_err(|error| trouble::of_fetch(&error))
            }
        }
    }

    /// A feed or sitemap of the same site.
    pub(super) async fn feed(&self, url: &Url) -> Result<Got, FetchError> {
        self.get(url, ACCEPT_FEED, false).await
    }

    /// An article.
    pub(super) async fn page(&self, url: &Url) -> Result<Got, FetchError> {
        self.get(url, ACCEPT_PAGE, true).await
    }

    /// What robots.txt says of an address.
    pub(super) async fn robots(&self, url: &Url) -> Robots {
        if !self.source.access.robots.unwrap_or(self.respects_robots) {
            return Robots::NotAsked;
        }
        let none = Validators::default();
        let request = Request::in_the_way_of(self.source, url, &none, ACCEPT_PAGE, true);
        match self.client.may_ask(&request).await {
            Ok(()) => Robots::Allows,
            Err(FetchError::Robots { .. }) => Robots::Refuses,
            Err(_) => Robots::Unreadable,
        }
    }

    async fn get(&self, url: &Url, accept: &'static str, robots: bool) -> Result<Got, FetchError> {
        let none = Validators::default();
        let start = Instant::now();
        let document = match self.client.fetch(&Request::in_the_way_of(self.source, url, &none, accept, robots)).await?
        {
            Fetched::Document(document) => document,
            Fetched::Unchanged { .. } => unreachable!("the client takes a 304 for an error where it was not asked for"),
        };
        let answer = Answer {
            url: url_shown(&document.url),
            redirected: document.url != *url,
            moved: document.moved_to.is_some(),
            status: document.status,
            bytes: document.bytes.len() as u64,
            milliseconds: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
            etag: document.validators.etag.is_some(),
            last_modified: document.validators.last_modified.is_some(),
            fresh_seconds: document.hints.fresh_for.map(|fresh| fresh.as_secs()),
            hub: document.hub.as_ref().map(|hub| url_shown(&hub.hub)),
        };
        let (bytes, content_type) = (document.bytes, document.content_type);
        Ok(Got { bytes, content_type, url: Some(document.url), answer: Some(answer) })
    }
}

fn accept(kind: Option<&SourceKind>) -> &'static str {
    match kind {
        None => ANY,
        Some(SourceKind::Feed | SourceKind::Sitemap) => ACCEPT_FEED,
        Some(SourceKind::Json(_)) => "application/json, */*;q=0.5",
        Some(_) => ACCEPT_PAGE,
    }
}

fn read(path: &Path) -> std::io::Result<Got> {
    bounded(std::fs::File::open(path)?)
}

fn stdin() -> std::io::Result<Got> {
    bounded(std::io::stdin().lock())
}

fn bounded(from: impl Read) -> std::io::Result<Got> {
    let mut bytes = Vec::new();
    from.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        return Err(std::io::Error::other(format!("it has more than {} MB", MOST >> 20)));
    }
    Ok(Got { bytes, content_type: None, url: None, answer: None })
}

fn unread(what: &str, error: &std::io::Error) -> Trouble {
    Trouble { what: format!("read {what}: {error}"), ..Trouble::default() }
}
