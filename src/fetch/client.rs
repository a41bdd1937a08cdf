//! One poll from the question to the document: consent, turns, redirects, timeouts, conditions. What a redirect means, which
//! addresses are dialled and by whom, how a body is decompressed and what headers hint at is decided in the files beside.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED, LOCATION};
use reqwest::{Method, Response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use url::Url;

use super::body::Body;
use super::connect::Connect;
use super::guard::{self, Ports, Refusal};
use super::hosts::{Hosts, Turn};
use super::place::Place;
use super::question::{Agent, Question};
use super::redirect::{Astray, Trail};
use super::robots;
use super::{Document, FetchError, Fetched, Hints, Hold, Request, Settings, evidence, hints, link, proxy};
use crate::model::{Proxy, Validators};

/// A longer validator is not kept: it would only make servers refuse the next question.
const LONGEST_VALIDATOR: usize = 1024;

/// Fetches documents. Cheap to share; keeps a few connections, the turns at every host and what their robots.txt say.
#[derive(Debug)]
pub struct Client {
    connect: Connect,
    pub(super) agent: Agent,
    pub(super) robots: robots::Cache,
    respect_robots: bool,
    hosts: Hosts,
    /// Taken after the turn at a host: who waits for a slow host holds up no other.
    places: Arc<Semaphore>,
    ports: Vec<u16>,
    proxy: Option<Url>,
    pub(super) timeout: Duration,
    cap: u64,
}

/// The way a question goes, and where it may lead.
#[derive(Debug)]
pub(super) struct Way<'a> {
    client: reqwest::Client,
    pub(super) proxy: Option<&'a Url>,
    ports: Ports<'a>,
    allow_private: bool,
}

impl Way<'_> {
    /// Whether a URL may be asked for.
    pub(super) fn admits(&self, url: &Url) -> Result<(), Refusal> {
        guard::check(url, self.ports, self.allow_private)?;
        proxy::check(url, self.proxy.is_some(), self.allow_private)
    }

    /// The same, as an error of the poll.
    pub(super) fn check(&self, url: &Url) -> Result<(), FetchError> {
        self.admits(url).map_err(|Refusal(why)| FetchError::Refused { at: Place::of(url), why })
    }
}

impl Client {
    /// Builds a client; reads the system's certificate authorities and `ca_file`.
    ///
    /// # Errors
    ///
    /// `FetchError::Settings` when `contact` cannot stand in a header, `ca_file` holds no certificates or `proxy` is none.
    pub fn new(settings: &Settings) -> Result<Self, FetchError> {
        let connect = Connect::new(settings)?;
        if let Some(proxy) = &settings.proxy {
            connect.through(proxy)?;
        }
        Ok(Self {
            connect,
            agent: Agent::new(&settings.contact)?,
            robots: robots::Cache::default(),
            respect_robots: settings.respect_robots,
            hosts: Hosts::new(settings.per_host, settings.per_host_delay),
            places: Arc::new(Semaphore::new(settings.concurrency.max(1))),
            ports: settings.ports.clone(),
            proxy: settings.proxy.clone(),
            timeout: settings.timeout,
            cap: settings.max_body,
        })
    }

    /// A place for a body that does not come over HTTP; waited for like any other.
    pub async fn hold(&self) -> Hold {
        Hold::of(self.places.clone().acquire_owned().await.expect("the semaphore is never closed"))
    }

    /// Polls once. Waits for its turn at each host first; that time does not count against the timeouts.
    ///
    /// # Errors
    ///
    /// Whatever kept the document from coming; a later poll may fare better in every case.
    pub async fn fetch(&self, request: &Request<'_>) -> Result<Fetched, FetchError> {
        let access = request.access;
        let way = self.way(&access.proxy, request.home.port_or_known_default(), request.allow_private)?;
        let asks_robots = request.robots && access.robots.unwrap_or(self.respect_robots);
        let mut question = Question::new(request, &self.agent)?;
        let mut trail = Trail::from(request.url);
        let mut left = self.timeout;
        loop {
            let pause = if asks_robots { self.consent(&way, access, trail.url()).await? } else { Duration::ZERO };
            let (_turn, place) = self.turn(&way, trail.url(), pause).await?;
            let start = Instant::now();
            let exchange = self.exchange(&way, &mut trail, &mut question, start + left);
            let Ok(answer) = tokio::time::timeout(left, exchange).await else {
                let during = "before the document was complete";
                return Err(FetchError::Timeout { at: Place::of(trail.url()), during });
            };
            match answer? {
                Some(Fetched::Document(document)) => {
                    return Ok(Fetched::Document(Document { hold: Hold::of(place), ..document }));
                }
                Some(unchanged) => return Ok(unchanged),
                None => drop(place),
            }
            left = left.saturating_sub(start.elapsed());
        }
    }

    /// Whether the site of a request wants programs to ask for what it names, by its robots.txt; asks for nothing else.
    ///
    /// # Errors
    ///
    /// [`FetchError::Robots`] when it does not, [`FetchError::NoRobots`] when it could not say.
    pub async fn may_ask(&self, request: &Request<'_>) -> Result<(), FetchError> {
        let access = request.access;
        let way = self.way(&access.proxy, request.home.port_or_known_default(), request.allow_private)?;
        self.consent(&way, access, request.url).await.map(drop)
    }

    /// The way through `proxy`; `port` may be dialled beside the usual ones.
    pub(super) fn way<'a>(
        &'a self,
        proxy: &'a Proxy,
        port: Option<u16>,
        allow_private: bool,
    ) -> Result<Way<'a>, FetchError> {
        let proxy = proxy::of(proxy, self.proxy.as_ref());
        let client = match proxy {
            Some(proxy) => self.connect.through(proxy)?,
            None => self.connect.straight(allow_private),
        };
        Ok(Way { client, proxy, ports: Ports { configured: &self.ports, own: port }, allow_private })
    }

    /// Waits until a URL may be asked for. One turn per hop: to be given back before the next is awaited, so that no two polls
    /// wait for each other. The next one at this host comes no sooner than `pause` later.
    pub(super) async fn turn(
        &self,
        way: &Way<'_>,
        url: &Url,
        pause: Duration,
    ) -> Result<(Turn, OwnedSemaphorePermit), FetchError> {
        way.check(url)?;
        let turn = self.hosts.turn(url.host_str().unwrap_or_default(), pause).await;
        let place = self.places.clone().acquire_owned().await.expect("the semaphore is never closed");
        Ok((turn, place))
    }

    /// Sends a question and waits for the head of its answer.
    pub(super) async fn send(
        &self,
        way: &Way<'_>,
        at: Place,
        request: reqwest::Request,
    ) -> Result<Response, FetchError> {
        let error = match (way.client.execute(request).await, way.proxy) {
            (Ok(answer), Some(proxy)) if answer.status() == reqwest::StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                let why = format!("the proxy {} wants a login, which cannot be given to it", proxy::shown(proxy));
                return Err(FetchError::Proxy { at, why });
            }
            (Ok(answer), _) => return Ok(answer),
            (Err(error), _) => error,
        };
        if let Some(proxy) = way.proxy.filter(|_| error.is_connect())
            && let Some(fault) = self.connect.fault(proxy).await
        {
            let why = format!("the proxy {} is out of reach ({fault}); is it running?", proxy::shown(proxy));
            return Err(FetchError::Proxy { at, why });
        }
        Err(FetchError::exchange(at, "waiting for the answer", error))
    }

    /// One question and its answer; none when the trail leads on.
    async fn exchange(
        &self,
        way: &Way<'_>,
        trail: &mut Trail,
        question: &mut Question,
        deadline: Instant,
    ) -> Result<Option<Fetched>, FetchError> {
        let at = Place::of(trail.url());
        let mut request = reqwest::Request::new(Method::GET, trail.url().clone());
        *request.headers_mut() = question.headers(trail.url());
        let response = self.send(way, at.clone(), request).await?;
        let hints = hints::read(response.headers(), SystemTime::now());
        if evidence::challenged(response.headers()) {
            return Err(evidence::refusal(response, at, hints, deadline).await);
        }
        match response.status().as_u16() {
            // 203 is a 200 that a proxy changed on the way (RFC 9110 §15.3.4).
            200 | 203 => self.document(response, trail, hints).await.map(Fetched::Document).map(Some),
            304 if question.is_conditional() => Ok(Some(Fetched::Unchanged { hints })),
            304 => Err(FetchError::UnaskedNotModified { at }),
            code @ (301 | 302 | 303 | 307 | 308) => {
                let location = response.headers().get(LOCATION).map(HeaderValue::as_bytes);
                trail.follow(code, location).map(|()| None).map_err(|astray| Astray::error(astray, at))
            }
            _ => Err(evidence::refusal(response, at, hints, deadline).await),
        }
    }

    async fn document(&self, mut response: Response, trail: &Trail, hints: Hints) -> Result<Document, FetchError> {
        let (url, status) = (trail.url(), response.status().as_u16());
        let bad_body = |error| FetchError::body(url, self.cap, error);
        let cap = usize::try_from(self.cap).unwrap_or(usize::MAX);
        let mut body = Body::new(response.headers(), response.content_length(), cap).map_err(bad_body)?;
        let broken = |error| FetchError::exchange(Place::of(url), "waiting for more of the body", error);
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            body.take(&chunk).map_err(bad_body)?;
        }
        let headers = response.headers();
        Ok(Document {
            status: Some(status),
            bytes: body.finish().map_err(bad_body)?,
            content_type: headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            url: url.clone(),
            moved_to: trail.moved_to(),
            validators: validators(headers),
            hub: link::hub(headers, url),
            hints,
            hold: Hold::default(),
        })
    }
}

fn validators(headers: &HeaderMap) -> Validators {
    let bytes = |name: HeaderName| {
        let bytes = headers.get(name)?.as_bytes();
        (1..=LONGEST_VALIDATOR).contains(&bytes.len()).then(|| bytes.to_vec())
    };
    Validators { etag: bytes(ETAG), last_modified: bytes(LAST_MODIFIED) }
}
