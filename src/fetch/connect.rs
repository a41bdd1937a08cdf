//! Who dials: the reqwest clients, one for public addresses, one for all, one for each proxy. Knows nothing of what is asked.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::Certificate;
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::resolver::GuardedResolver;
use super::{FetchError, Settings, proxy};

/// How long a connection is kept for the next poll of the same host. Most hosts are polled minutes apart, and servers close
/// idle connections after a few seconds anyway: more would only hold sockets and TLS states by the thousand.
const KEPT_IDLE: Duration = Duration::from_secs(10);

/// Most bytes of header fields over HTTP/2. Over HTTP/1 they are bounded by hyper's read buffer, about 400 KiB, and by a hundred fields;
/// with any number of our own it sets 12 kB of memory aside for each answer, interim ones (RFC 9110 §15.2) included: half of what a
/// server costs that sends those without end, in a build without optimisation.
const MOST_HEADER_BYTES: u32 = 64 * 1024;

/// The clients, each built once.
#[derive(Debug)]
pub(super) struct Connect {
    /// Dials public addresses only. Two clients, so that a connection opened with more rights is never reused with fewer.
    guarded: reqwest::Client,
    open: reqwest::Client,
    /// By the proxy's URL. One each: what may be asked for through it is judged before, by name, and no connection tells more.
    proxied: Mutex<HashMap<Url, reqwest::Client>>,
    authorities: Vec<Certificate>,
    limits: Limits,
}

/// What all clients are held to.
#[derive(Debug, Clone, Copy)]
struct Limits {
    connect_timeout: Duration,
    read_timeout: Duration,
    /// Connections kept of each host, as many as it is asked by at once: with fewer, polls that end together would close what the
    /// next ones need.
    kept: usize,
}

impl Connect {
    /// Reads the system's certificate authorities and `ca_file`.
    pub(super) fn new(settings: &Settings) -> Result<Self, FetchError> {
        let authorities = authorities(settings)?;
        let limits = Limits {
            connect_timeout: settings.connect_timeout,
            read_timeout: settings.read_timeout,
            kept: settings.per_host.max(1),
        };
        let builder = || builder(&authorities, limits);
        Ok(Self {
            guarded: build(builder().dns_resolver(GuardedResolver))?,
            open: build(builder())?,
            proxied: Mutex::default(),
            authorities,
            limits,
        })
    }

    /// The client for public addresses, or for all.
    pub(super) fn straight(&self, allow_private: bool) -> reqwest::Client {
        if allow_private { self.open.clone() } else { self.guarded.clone() }
    }

    /// The client that goes through a proxy, whose own address may be any.
    pub(super) fn through(&self, typed: &Url) -> Result<reqwest::Client, FetchError> {
        let mut proxied = self.proxied.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = proxied.get(typed) {
            return Ok(client.clone());
        }
        let unusable = || FetchError::Settings {
            what: format!("proxy {}: an http, https or socks5 address is needed", proxy::shown(typed)),
            source: None,
        };
        let dialled = proxy::dialled(typed).ok_or_else(unusable)?;
        let way = reqwest::Proxy::all(dialled.as_str()).map_err(|_| unusable())?;
        let client = build(builder(&self.authorities, self.limits).proxy(way))?;
        proxied.insert(typed.clone(), client.clone());
        Ok(client)
    }

    /// Why a proxy cannot be reached; None when it can, so that the fault lies behind it. What SOCKS and tunnels report does not
    /// tell the two apart, so the proxy is dialled once more.
    pub(super) async fn fault(&self, proxy: &Url) -> Option<String> {
        let host = proxy.host_str()?.trim_start_matches('[').trim_end_matches(']');
        let port = proxy.port_or_known_default().unwrap_or(SOCKS_PORT);
        match timeout(self.limits.connect_timeout, TcpStream::connect((host, port))).await {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("timed out".to_owned()),
        }
    }
}

/// Where SOCKS proxies listen when nothing else is said (RFC 1928 §3).
const SOCKS_PORT: u16 = 1080;

/// What all clients have in common.
fn builder(authorities: &[Certificate], limits: Limits) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        // Proxies of the environment would dial for us, past the guard.
        .no_proxy()
        // `fetch` follows redirects itself, hop by checked hop; that way no Referer and no credentials go along either.
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_merge(authorities.iter().cloned())
        .connect_timeout(limits.connect_timeout)
        .read_timeout(limits.read_timeout)
        .pool_idle_timeout(KEPT_IDLE)
        .pool_max_idle_per_host(limits.kept)
        .http2_max_header_list_size(MOST_HEADER_BYTES)
}

fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, FetchError> {
    builder.build().map_err(|error| FetchError::settings("the TLS client cannot be built", error))
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
