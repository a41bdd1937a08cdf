//! One poll from the question to the document: turns, redirects, timeouts, conditions. What a redirect means, which addresses
//! are dialled, how a body is decompressed and what headers hint at is decided in the files beside.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, LOCATION,
};
use reqwest::{Certificate, Method, Response};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::body::{self, Body};
use super::error::Place;
use super::guard::{self, Ports, Refusal};
use super::hosts::Hosts;
use super::redirect::{Astray, Trail};
use super::resolver::GuardedResolver;
use super::{Document, FetchError, Fetched, Hints, Hold, Request, Settings, hints};
use crate::model::Validators;

/// How long a connection is kept for the next poll of the same host. Most hosts are polled minutes apart, and servers close
/// idle connections after a few seconds anyway: more would only hold sockets and TLS states by the thousand.
const KEPT_IDLE: Duration = Duration::from_secs(10);

/// Most header fields, and most bytes of them over HTTP/2. HTTP/1 bytes are bounded by hyper's read buffer, about 400 KiB.
const MOST_HEADERS: usize = 256;
const MOST_HEADER_BYTES: u32 = 64 * 1024;

/// A longer validator is not kept: it would only make servers refuse the next question.
const LONGEST_VALIDATOR: usize = 1024;

/// Fetches documents. Cheap to share; keeps a few connections and the turns at every host.
#[derive(Debug)]
pub struct Client {
    /// Dials public addresses only. Two clients, so that a connection opened with more rights is never reused with fewer.
    guarded: reqwest::Client,
    open: reqwest::Client,
    hosts: Hosts,
    /// Taken after the turn at a host: who waits for a slow host holds up no other.
    places: Arc<Semaphore>,
    ports: Vec<u16>,
    timeout: Duration,
    cap: u64,
}

impl Client {
    /// Builds a client; reads the system's certificate authorities and `ca_file`.
    ///
    /// # Errors
    ///
    /// `FetchError::Settings` when `contact` cannot stand in a header or `ca_file` holds no certificates.
    pub fn new(settings: &Settings) -> Result<Self, FetchError> {
        let authorities = authorities(settings)?;
        let guarded = builder(settings, &authorities)?.dns_resolver(GuardedResolver);
        let open = builder(settings, &authorities)?;
        let build = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|error| FetchError::settings("the TLS client cannot be built", error))
        };
        Ok(Self {
            guarded: build(guarded)?,
            open: build(open)?,
            hosts: Hosts::new(settings.per_host, settings.per_host_delay),
            places: Arc::new(Semaphore::new(settings.concurrency.max(1))),
            ports: settings.ports.clone(),
            timeout: settings.timeout,
            cap: settings.max_body,
        })
    }

    /// Polls once. Waits for its turn at each host first; that time does not count against the timeouts.
    ///
    /// # Errors
    ///
    /// Whatever kept the document from coming; a later poll may fare better in every case.
    pub async fn fetch(&self, request: &Request<'_>) -> Result<Fetched, FetchError> {
        let client = if request.allow_private { &self.open } else { &self.guarded };
        let ports = Ports { configured: &self.ports, own: request.url.port_or_known_default() };
        let headers = question(request);
        let mut trail = Trail::from(request.url);
        let mut left = self.timeout;
        loop {
            guard::check(trail.url(), ports, request.allow_private)
                .map_err(|Refusal(why)| FetchError::Refused { at: Place::of(trail.url()), why })?;
            // One turn per hop: given back before the next is awaited, so that no two polls wait for each other.
            let _turn = self.hosts.turn(trail.url().host_str().unwrap_or_default()).await;
            let place = self.places.clone().acquire_owned().await.expect("the semaphore is never closed");
            let start = Instant::now();
            let Ok(answer) = tokio::time::timeout(left, self.exchange(client, &mut trail, &headers)).await else {
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

    /// One question and its answer; none when the trail leads on.
    async fn exchange(
        &self,
        client: &reqwest::Client,
        trail: &mut Trail,
        headers: &HeaderMap,
    ) -> Result<Option<Fetched>, FetchError> {
        let mut request = reqwest::Request::new(Method::GET, trail.url().clone());
        request.headers_mut().clone_from(headers);
        let broken = |error| FetchError::exchange(trail.url(), "waiting for the answer", error);
        let response = client.execute(request).await.map_err(broken)?;
        let hints = hints::read(response.headers(), SystemTime::now());
        match response.status().as_u16() {
            // 203 is a 200 that a proxy changed on the way (RFC 9110 §15.3.4).
            200 | 203 => self.document(response, trail, hints).await.map(Fetched::Document).map(Some),
            304 if headers.contains_key(IF_NONE_MATCH) || headers.contains_key(IF_MODIFIED_SINCE) => {
                Ok(Some(Fetched::Unchanged { hints }))
            }
            304 => Err(FetchError::UnaskedNotModified { at: Place::of(trail.url()) }),
            code @ (301 | 302 | 303 | 307 | 308) => {
                let location = response.headers().get(LOCATION).map(HeaderValue::as_bytes);
                trail.follow(code, location).map(|()| None).map_err(|astray| match astray {
                    Astray::TooMany => FetchError::TooManyRedirects { at: Place::of(trail.url()) },
                    Astray::NoTarget => FetchError::BadRedirect { at: Place::of(trail.url()) },
                })
            }
            code => Err(FetchError::Status { at: Place::of(trail.url()), code, hints }),
        }
    }

    async fn document(&self, mut response: Response, trail: &Trail, hints: Hints) -> Result<Document, FetchError> {
        let url = trail.url();
        let bad_body = |error| FetchError::body(url, self.cap, error);
        let cap = usize::try_from(self.cap).unwrap_or(usize::MAX);
        let mut body = Body::new(response.headers(), response.content_length(), cap).map_err(bad_body)?;
        let broken = |error| FetchError::exchange(url, "waiting for more of the body", error);
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            body.take(&chunk).map_err(bad_body)?;
        }
        let headers = response.headers();
        Ok(Document {
            bytes: body.finish().map_err(bad_body)?,
            content_type: headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            url: url.clone(),
            moved_to: trail.moved_to(),
            validators: validators(headers),
            hints,
            hold: Hold::default(),
        })
    }
}

/// What both inner clients have in common.
fn builder(settings: &Settings, authorities: &[Certificate]) -> Result<reqwest::ClientBuilder, FetchError> {
    let agent = format!("sahelwatch/{} (+{})", env!("CARGO_PKG_VERSION"), settings.contact);
    let agent = HeaderValue::try_from(agent).map_err(|error| {
        FetchError::settings(format!("contact {:?} cannot stand in a header", settings.contact), error)
    })?;
    Ok(reqwest::Client::builder()
        .user_agent(agent)
        // Proxies of the environment would dial for us, past the guard.
        .no_proxy()
        // `fetch` follows redirects itself, hop by checked hop; that way no Referer and no credentials go along either.
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_merge(authorities.iter().cloned())
        .connect_timeout(settings.connect_timeout)
        .read_timeout(settings.read_timeout)
        .pool_idle_timeout(KEPT_IDLE)
        .pool_max_idle_per_host(1)
        .http1_max_headers(MOST_HEADERS)
        .http2_max_header_list_size(MOST_HEADER_BYTES))
}

/// The certificates of `ca_file`. Also names ring as what rustls computes with, once for the process.
fn authorities(settings: &Settings) -> Result<Vec<Certificate>, FetchError> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Fails only when another thread was quicker, and then there is one too.
        rustls::crypto::ring::default_provider().install_default().ok();
    }
    let Some(file) = &settings.ca_file else { return Ok(Vec::new()) };
    let pem = std::fs::read(file)
        .map_err(|error| FetchError::settings(format!("ca_file {} cannot be read: {error}", file.display()), error))?;
    let authorities = Certificate::from_pem_bundle(&pem)
        .map_err(|error| FetchError::settings(format!("ca_file {} is not in PEM form", file.display()), error))?;
    if authorities.is_empty() {
        return Err(FetchError::Settings {
            what: format!("ca_file {} holds no certificate", file.display()),
            source: None,
        });
    }
    Ok(authorities)
}

/// The headers of a poll. Validators go out exactly as they came in, and none is made up: `A-IM` is not sent either, since a
/// delta would have to be merged with a document we do not keep.
fn question(request: &Request<'_>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(5);
    headers.insert(ACCEPT, HeaderValue::from_static(request.accept));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(body::ACCEPTED));
    let validators = request.validators;
    for (name, validator) in [(IF_NONE_MATCH, &validators.etag), (IF_MODIFIED_SINCE, &validators.last_modified)] {
        if let Some(value) = validator.as_deref().and_then(|bytes| HeaderValue::from_bytes(bytes).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

fn validators(headers: &HeaderMap) -> Validators {
    let bytes = |name: HeaderName| {
        let bytes = headers.get(name)?.as_bytes();
        (1..=LONGEST_VALIDATOR).contains(&bytes.len()).then(|| bytes.to_vec())
    };
    Validators { etag: bytes(ETAG), last_modified: bytes(LAST_MODIFIED) }
}
