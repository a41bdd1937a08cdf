//! One poll from the question to the document: consent, turns, redirects, timeouts, conditions. What a redirect means, which
//! addresses are dialled and by whom, how a body is decompressed and what headers hint at is decided in the files beside.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED, LOCATION};
use reqwest::{Method, Response};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use url::Url;

use super::arrival::{Arrival, Halt, SMALL};
use super::body::BodyError;
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

/// Most bodies that wait to be the large one without a place of their own; each holds up to [`SMALL`] meanwhile.
const QUEUE: usize = 8;

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
    /// The one place for a large body.
    large: Arc<Semaphore>,
    /// Where large bodies wait for it, so that a small one need not wait with them.
    queue: Arc<Semaphore>,
    ports: Vec<u16>,
    proxy: Option<Url>,
    pub(super) timeout: Duration,
    cap: u64,
}

/// What an answer begins with.
enum Answer {
    Unchanged(Hints, Option<Url>),
    /// A document, whose body is on its way.
    Coming(Arrival, Hints),
    /// It is elsewhere.
    Elsewhere,
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
            large: Arc::new(Semaphore::new(1)),
            queue: Arc::new(Semaphore::new(QUEUE)),
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

    /// A place for a body that has turned out to have so many bytes: a large one waits until no other is in memory.
    pub async fn widen(&self, hold: Hold, bytes: usize) -> Hold {
        if bytes <= SMALL {
            return hold;
        }
        let waiting = self.queue.try_acquire();
        // The large place stands for the small one, which is given back at once, where there is room to wait.
        let place = hold.place.filter(|_| waiting.is_err());
        let large = self.large.clone().acquire_owned().await.expect("the semaphore is never closed");
        Hold { place, _large: Some(large) }
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
            let Ok(answer) = tokio::time::timeout(left, exchange).await else { return Err(too_late(trail.url())) };
            match answer? {
                Answer::Unchanged(hints, moved_to) => return Ok(Fetched::Unchanged { hints, moved_to }),
                Answer::Coming(arrival, hints) => {
                    left = left.saturating_sub(start.elapsed());
                    let document = self.document(arrival, &trail, hints, left, Hold::of(place)).await;
                    return document.map(Fetched::Document);
                }
                Answer::Elsewhere => drop(place),
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

    /// Sends a question and waits for the head of its answer. `at` says what was asked for where that fails.
    pub(super) async fn send(
        &self,
        way: &Way<'_>,
        at: impl FnOnce() -> Place,
        request: reqwest::Request,
    ) -> Result<Response, FetchError> {
        let error = match (way.client.execute(request).await, way.proxy) {
            (Ok(answer), Some(proxy)) if answer.status() == reqwest::StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                let why = format!("the proxy {} wants a login, which cannot be given to it", proxy::shown(proxy));
                return Err(FetchError::Proxy { at: at(), why });
            }
            (Ok(answer), _) => return Ok(answer),
            (Err(error), _) => error,
        };
        if let Some(proxy) = way.proxy.filter(|_| error.is_connect())
            && let Some(fault) = self.connect.fault(proxy).await
        {
            let why = format!("the proxy {} is out of reach ({fault}); is it running?", proxy::shown(proxy));
            return Err(FetchError::Proxy { at: at(), why });
        }
        Err(FetchError::exchange(at(), "waiting for the answer", error))
    }

    /// One question and the head of its answer.
    async fn exchange(
        &self,
        way: &Way<'_>,
        trail: &mut Trail,
        question: &mut Question,
        deadline: Instant,
    ) -> Result<Answer, FetchError> {
        let mut request = reqwest::Request::new(Method::GET, trail.url().clone());
        *request.headers_mut() = question.headers(trail.url());
        let response = self.send(way, || Place::of(trail.url()), request).await?;
        let hints = hints::read(response.headers(), SystemTime::now());
        if evidence::challenged(response.headers()) {
            return Err(evidence::refusal(response, Place::of(trail.url()), hints, deadline).await);
        }
        match response.status().as_u16() {
            // 203 is a 200 that a proxy changed on the way (RFC 9110 §15.3.4).
            200 | 203 => Ok(Answer::Coming(Arrival::new(response), hints)),
            304 if question.is_conditional() => Ok(Answer::Unchanged(hints, trail.moved_to())),
            304 => Err(FetchError::UnaskedNotModified { at: Place::of(trail.url()) }),
            code @ (301 | 302 | 303 | 307 | 308) => {
                let location = response.headers().get(LOCATION).map(HeaderValue::as_bytes);
                let followed = trail.follow(code, location);
                followed.map(|()| Answer::Elsewhere).map_err(|astray| Astray::error(astray, Place::of(trail.url())))
            }
            _ => Err(evidence::refusal(response, Place::of(trail.url()), hints, deadline).await),
        }
    }

    /// Takes the body of a document within the time that is left, as a small one or as the only large one. Waiting to be that one
    /// does not count.
    async fn document(
        &self,
        mut arrival: Arrival,
        trail: &Trail,
        hints: Hints,
        left: Duration,
        hold: Hold,
    ) -> Result<Document, FetchError> {
        let url = trail.url();
        let cap = usize::try_from(self.cap).unwrap_or(usize::MAX);
        let halted = |halt| match halt {
            Halt::Body(error) => FetchError::body(url, self.cap, error),
            Halt::Broken(error) => FetchError::exchange(Place::of(url), "waiting for more of the body", error),
        };
        let (start, small) = (Instant::now(), cap.min(SMALL));
        let taken = tokio::time::timeout(left, arrival.take(small)).await.map_err(|_| too_late(url))?;
        let (bytes, hold) = match taken {
            Err(Halt::Body(BodyError::TooLarge)) if small < cap && !arrival.announces_more_than(cap) => {
                let left = left.saturating_sub(start.elapsed());
                let hold = self.widen(hold, cap).await;
                let taken = tokio::time::timeout(left, arrival.take(cap)).await.map_err(|_| too_late(url))?;
                (taken.map_err(halted)?, hold)
            }
            taken => (taken.map_err(halted)?, hold),
        };
        let headers = arrival.headers();
        Ok(Document {
            status: Some(arrival.status()),
            bytes,
            content_type: headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            url: url.clone(),
            moved_to: trail.moved_to(),
            validators: validators(headers),
            hub: link::hub(headers, url),
            hints,
            hold,
        })
    }
}

fn too_late(url: &Url) -> FetchError {
    FetchError::Timeout { at: Place::of(url), during: "before the document was complete" }
}

fn validators(headers: &HeaderMap) -> Validators {
    let bytes = |name: HeaderName| {
        let bytes = headers.get(name)?.as_bytes();
        (1..=LONGEST_VALIDATOR).contains(&bytes.len()).then(|| bytes.to_vec())
    };
    Validators { etag: bytes(ETAG), last_modified: bytes(LAST_MODIFIED) }
}
