//! Getting a document over HTTP, politely and safely. The only module that names reqwest; knows nothing of items or the store.
//!
//! `client` tells the story of one poll. Beside it stands one decision per file: `hosts` whose turn it is, `guard` what may be
//! dialled (`resolver` asks it), `redirect` where a document went, `body` how its bytes are read, `hints` when to come again,
//! `error` what an operator would do.

mod body;
mod client;
mod error;
mod guard;
mod hints;
mod hosts;
mod redirect;
mod resolver;

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use url::Url;

pub use self::client::Client;
pub use self::error::{FetchError, Place};

use crate::model::Validators;

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
}

/// One poll to make.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Where.
    pub url: &'a Url,
    /// What the last good answer gave.
    pub validators: &'a Validators,
    /// Whether loopback and private addresses may be dialled.
    pub allow_private: bool,
    /// The `Accept` header.
    pub accept: &'static str,
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
    },
    /// 200 with a body.
    Document(Document),
}

/// A body and what came with it.
#[derive(Debug, PartialEq, Eq)]
pub struct Document {
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
    /// For the next poll.
    pub hints: Hints,
    /// Its claim on memory.
    pub hold: Hold,
}

/// One of the [`Settings::concurrency`] places at which a body may be held. Keep it as long as much of what was made of the body is
/// in memory: no further body is fetched meanwhile, and that is what bounds memory whatever servers send.
#[derive(Debug, Default)]
pub struct Hold {
    _place: Option<OwnedSemaphorePermit>,
}

impl Hold {
    fn of(place: OwnedSemaphorePermit) -> Self {
        Self { _place: Some(place) }
    }
}

/// All places are alike.
impl PartialEq for Hold {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Hold {}
