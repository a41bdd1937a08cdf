//! What can go wrong with a poll, sorted by what an operator would do about it. Texts name host and path only: user names,
//! passwords and queries, where tokens live, stay out of logs and mail.

use std::error::Error;
use std::io;
use std::sync::Arc;

use rustls::CertificateError;
use url::Url;

use super::Hints;
use super::body::BodyError;
use super::guard::Refusal;
use super::place::Place;

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
    /// The proxy is out of reach or wants what we have not: start it, or correct its address.
    #[error("fetch {at}: {why}")]
    Proxy {
        /// What was asked for.
        at: Place,
        /// Which proxy, and what is wrong with it.
        why: String,
    },
    /// The site does not want programs there: agree with its publisher, or leave it.
    #[error("fetch {at}: robots.txt does not allow it; set robots = false for this source if its publisher agreed")]
    Robots {
        /// What was asked for.
        at: Place,
    },
    /// The site could not say whether it wants programs there, which counts as no (RFC 9309 §2.3.1.4).
    #[error("fetch {at}: not asked, since its robots.txt could not be read: {source}")]
    NoRobots {
        /// What was asked for.
        at: Place,
        /// What came in place of robots.txt.
        source: Arc<FetchError>,
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
    #[error("fetch {at}: the server answered {}{}", status(*code), challenge(*challenged))]
    Status {
        /// What was asked for.
        at: Place,
        /// The status code.
        code: u16,
        /// When it wants to be asked again.
        hints: Hints,
        /// The beginning of what it said, decompressed and as it was encoded; empty unless it was text.
        body: Vec<u8>,
        /// Whether it says that this is a test of who asks, such as a captcha.
        challenged: bool,
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
        matches!(self.cause(), Self::Status { code: 429 | 503, .. })
    }

    /// Whether the server, or its robots.txt, keeps us out, as opposed to being broken: a login (401), a price (402), a refusal
    /// (403, and 451 for legal reasons), too many questions (429), or a test of who asks, whatever its status. One 429 may pass;
    /// whether it repeats is seen by `health`. 407 is said by a proxy, which is ours.
    #[must_use]
    pub fn keeps_out(&self) -> bool {
        match self.cause() {
            Self::Status { code, challenged, .. } => *challenged || matches!(code, 401 | 402 | 403 | 429 | 451),
            Self::Robots { .. } => true,
            _ => false,
        }
    }

    /// The status of the answer, if there was one that is not the document.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self.cause() {
            Self::Status { code, .. } => Some(*code),
            Self::UnaskedNotModified { .. } => Some(304),
            _ => None,
        }
    }

    /// The beginning of what the server said in place of the document, as it was encoded, if it was text.
    #[must_use]
    pub fn excerpt(&self) -> Option<&[u8]> {
        match self.cause() {
            Self::Status { body, .. } => Some(body.as_slice()).filter(|body| !body.is_empty()),
            _ => None,
        }
    }

    /// When the server wants to be asked again, if it said so.
    #[must_use]
    pub fn hints(&self) -> Hints {
        match self.cause() {
            Self::Status { hints, .. } => *hints,
            _ => Hints::default(),
        }
    }

    /// Whether our own network may be to blame: no name found, no way out, no proxy. One such source may have lost its name by
    /// itself; many at once have not.
    #[must_use]
    pub fn is_local(&self) -> bool {
        match self.cause() {
            Self::Dns { .. } | Self::Proxy { .. } => true,
            Self::Connect { source, .. } => {
                causes(source).filter_map(|cause| cause.downcast_ref()).any(|io: &io::Error| {
                    matches!(io.kind(), io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown)
                })
            }
            _ => false,
        }
    }

    /// Whether a dead line looks like this: no name, no way out, no connection, no answer, or one that broke off.
    #[must_use]
    pub fn is_unreached(&self) -> bool {
        self.is_local() || matches!(self.cause(), Self::Connect { .. } | Self::Timeout { .. } | Self::Broken { .. })
    }

    /// What went wrong, be it with the document or with the robots.txt asked about it.
    fn cause(&self) -> &Self {
        match self {
            Self::NoRobots { source, .. } => source,
            error => error,
        }
    }

    pub(super) fn settings(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Settings { what: what.into(), source: Some(source.into()) }
    }

    /// Sorts what reqwest reports of an exchange with the server `at` a place `during` one of its steps.
    pub(super) fn exchange(at: Place, during: &'static str, error: reqwest::Error) -> Self {
        let source = error.without_url();
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

fn challenge(challenged: bool) -> &'static str {
    if challenged { ", and wants proof that a person asks" } else { "" }
}

fn status(code: u16) -> String {
    let reason = reqwest::StatusCode::from_u16(code).ok().and_then(|status| status.canonical_reason());
    reason.map_or(code.to_string(), |reason| format!("{code} {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(code: u16, challenged: bool) -> FetchError {
        let at = Place::of(&Url::parse("https://example.org/feed").unwrap());
        FetchError::Status { at, code, hints: Hints::default(), body: Vec::new(), challenged }
    }

    #[test]
    fn who_keeps_us_out_is_told_from_what_is_broken() {
        for (code, challenged, keeps_out) in [
            (401, false, true),
            (402, false, true),
            (403, false, true),
            (403, true, true),
            (429, false, true),
            (451, false, true),
            (202, true, true),
            (503, true, true),
            (202, false, false),
            (404, false, false),
            (407, false, false),
            (500, false, false),
            (503, false, false),
        ] {
            let error = answer(code, challenged);
            assert_eq!((error.keeps_out(), error.status()), (keeps_out, Some(code)), "{code} {challenged}");
        }
        let at = || Place::of(&Url::parse("https://example.org/page").unwrap());
        assert!(FetchError::Robots { at: at() }.keeps_out());
        let broken = FetchError::NoRobots { at: at(), source: Arc::new(answer(503, false)) };
        assert_eq!((broken.keeps_out(), broken.is_throttled(), broken.status()), (false, true, Some(503)));
        assert_eq!(
            answer(403, true).to_string(),
            "fetch example.org/feed: the server answered 403 Forbidden, and wants proof that a person asks"
        );
    }

    #[test]
    fn a_robots_txt_that_is_not_reached_is_a_dead_line_too() {
        let at = || Place::of(&Url::parse("https://example.org/page").unwrap());
        let late = FetchError::Timeout { at: at(), during: "while connecting" };
        assert!(late.is_unreached());
        assert!(FetchError::NoRobots { at: at(), source: Arc::new(late) }.is_unreached());
        assert!(!FetchError::NoRobots { at: at(), source: Arc::new(answer(503, false)) }.is_unreached());
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
            let error = answer(code, false);
            assert_eq!((error.is_gone(), error.is_throttled(), error.is_local()), (gone, throttled, false), "{code}");
            assert_eq!(error.to_string(), text);
        }
    }
}
