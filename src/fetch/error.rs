//! What can go wrong with a poll, sorted by what an operator would do about it. Texts name host and path only: user names,
//! passwords and queries, where tokens live, stay out of logs and mail.

use std::error::Error;
use std::fmt;
use std::io;

use rustls::CertificateError;
use url::Url;

use super::Hints;
use super::body::BodyError;
use super::guard::Refusal;

/// Why a poll brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The settings cannot be used: correct them.
    #[error("set up fetching: {what}")]
    Settings {
        /// Which one, and what is wrong with it.
        what: String,
        /// Why.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// An address, port or scheme that is not dialled: allow it for this source, or leave it.
    #[error("fetch {at}: {why}")]
    Refused {
        /// What was asked for.
        at: Place,
        /// What it is, and what would allow it.
        why: String,
    },
    /// The name has no address: it is mistyped or gone, or our resolver is out of reach.
    #[error("fetch {at}: its name was not found: {}", root(source))]
    Dns {
        /// What was asked for.
        at: Place,
        /// Why.
        source: reqwest::Error,
    },
    /// Nobody listens, or there is no way there.
    #[error("fetch {at}: no connection: {}", root(source))]
    Connect {
        /// What was asked for.
        at: Place,
        /// Why.
        source: reqwest::Error,
    },
    /// The server did not prove who it is.
    #[error("fetch {at}: no safe connection: {}", tls_reason(source))]
    Tls {
        /// What was asked for.
        at: Place,
        /// Why.
        source: reqwest::Error,
    },
    /// It took too long.
    #[error("fetch {at}: timed out {during}")]
    Timeout {
        /// What was asked for.
        at: Place,
        /// What was going on, e.g. `while connecting`.
        during: &'static str,
    },
    /// The server answered, but not with the document.
    #[error("fetch {at}: the server answered {}", status(*code))]
    Status {
        /// What was asked for.
        at: Place,
        /// The status code.
        code: u16,
        /// When it wants to be asked again.
        hints: Hints,
    },
    /// 304 although we sent no validators: a broken cache on the way.
    #[error("fetch {at}: the server answered 304 Not Modified to a question that was not conditional")]
    UnaskedNotModified {
        /// What was asked for.
        at: Place,
    },
    /// A redirect too many, or in circles.
    #[error("fetch {at}: redirected more than {} times", super::redirect::MOST_HOPS)]
    TooManyRedirects {
        /// Where the last one came from.
        at: Place,
    },
    /// A redirect that points nowhere.
    #[error("fetch {at}: redirected without a usable Location")]
    BadRedirect {
        /// Where it came from.
        at: Place,
    },
    /// The body is larger than `max_body`: raise it, or leave the source.
    #[error("fetch {at}: the body is larger than {cap} bytes")]
    TooLarge {
        /// What was asked for.
        at: Place,
        /// The setting, in bytes.
        cap: u64,
    },
    /// The body does not decompress.
    #[error("fetch {at}: {source}")]
    Decode {
        /// What was asked for.
        at: Place,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The connection broke, or what came is not HTTP.
    #[error("fetch {at}: the answer broke off: {}", root(source))]
    Broken {
        /// What was asked for.
        at: Place,
        /// Why.
        source: reqwest::Error,
    },
}

impl FetchError {
    /// Whether the server says the document is not there (404, 410). It may come back: poll it, but more slowly.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Status { code: 404 | 410, .. })
    }

    /// Whether the server asks for fewer polls (429, 503).
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        matches!(self, Self::Status { code: 429 | 503, .. })
    }

    /// When the server wants to be asked again, if it said so.
    #[must_use]
    pub fn hints(&self) -> Hints {
        match self {
            Self::Status { hints, .. } => *hints,
            _ => Hints::default(),
        }
    }

    /// Whether our own network may be to blame: no name found, no way out. One such source may have lost its name by itself;
    /// many at once have not.
    #[must_use]
    pub fn is_local(&self) -> bool {
        match self {
            Self::Dns { .. } => true,
            Self::Connect { source, .. } => {
                causes(source).filter_map(|cause| cause.downcast_ref()).any(|io: &io::Error| {
                    matches!(io.kind(), io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown)
                })
            }
            _ => false,
        }
    }

    pub(super) fn settings(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Settings { what: what.into(), source: Some(source.into()) }
    }

    /// Sorts what reqwest reports of an exchange with the server of `url` `during` one of its steps.
    pub(super) fn exchange(url: &Url, during: &'static str, error: reqwest::Error) -> Self {
        let (at, source) = (Place::of(url), error.without_url());
        if let Some(Refusal(why)) = causes(&source).find_map(|cause| cause.downcast_ref()) {
            return Self::Refused { at, why: why.clone() };
        }
        if causes(&source).any(|cause| cause.is::<rustls::Error>()) {
            Self::Tls { at, source }
        } else if source.is_timeout() {
            let during = if source.is_connect() { "while connecting" } else { during };
            Self::Timeout { at, during }
        } else if source.is_dns() {
            Self::Dns { at, source }
        } else if source.is_connect() {
            Self::Connect { at, source }
        } else {
            Self::Broken { at, source }
        }
    }

    pub(super) fn body(url: &Url, cap: u64, error: BodyError) -> Self {
        let at = Place::of(url);
        match error {
            BodyError::TooLarge => Self::TooLarge { at, cap },
            error => Self::Decode { at, source: Box::new(error) },
        }
    }
}

/// Host and path of a URL, which is as much of it as people may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(String);

impl Place {
    /// Longest path shown, in bytes: paths are ASCII once parsed.
    const LONGEST: usize = 200;

    pub(super) fn of(url: &Url) -> Self {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let path = url.path();
        let (path, rest) = path.get(..Self::LONGEST).map_or((path, ""), |start| (start, "…"));
        Self(format!("{}{port}{path}{rest}", url.host_str().unwrap_or_default()))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An error and everything below it. An `io::Error` hides what it was made from: its `source()` is the source of that.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner as &(dyn Error + 'static)),
        None => error.source(),
    })
}

fn root<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    causes(error).last().expect("an error is among its own causes")
}

/// The reasons an operator can do something about, in words.
fn tls_reason(error: &reqwest::Error) -> String {
    let found = causes(error).find_map(|cause| cause.downcast_ref());
    let Some(rustls::Error::InvalidCertificate(reason)) = found else {
        return root(error).to_string();
    };
    match reason {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its certificate has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet; is the clock right?".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name".to_owned()
        }
        CertificateError::UnknownIssuer => {
            "its certificate comes from an authority not trusted here; if a proxy inspects TLS, name its authority in ca_file"
                .to_owned()
        }
        other => format!("its certificate is not valid: {other}"),
    }
}

fn status(code: u16) -> String {
    let reason = reqwest::StatusCode::from_u16(code).ok().and_then(|status| status.canonical_reason());
    reason.map_or(code.to_string(), |reason| format!("{code} {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_show_host_and_path_only() {
        let long = format!("https://example.org/{}", "a".repeat(300));
        for (url, shown) in [
            ("https://user:secret@example.org/feed?token=secret#secret", "example.org/feed"),
            ("http://example.org:8080/", "example.org:8080/"),
            ("http://[2001:db8::1]/a/b", "[2001:db8::1]/a/b"),
            (&long, &format!("example.org/{}…", "a".repeat(199))),
        ] {
            assert_eq!(Place::of(&Url::parse(url).unwrap()).to_string(), shown);
        }
    }

    #[test]
    fn statuses_are_sorted() {
        for (code, gone, throttled, text) in [
            (404, true, false, "fetch example.org/feed: the server answered 404 Not Found"),
            (410, true, false, "fetch example.org/feed: the server answered 410 Gone"),
            (429, false, true, "fetch example.org/feed: the server answered 429 Too Many Requests"),
            (503, false, true, "fetch example.org/feed: the server answered 503 Service Unavailable"),
            (799, false, false, "fetch example.org/feed: the server answered 799"),
        ] {
            let at = Place::of(&Url::parse("https://example.org/feed").unwrap());
            let error = FetchError::Status { at, code, hints: Hints::default() };
            assert_eq!((error.is_gone(), error.is_throttled(), error.is_local()), (gone, throttled, false), "{code}");
            assert_eq!(error.to_string(), text);
        }
    }
}
