//! What is sent with a question: who asks, what is wanted, what was given last time, and what a publisher handed to this reader
//! alone. Pure; it sends nothing.

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, USER_AGENT,
};
use url::Url;

use super::{FetchError, Request, body};
use crate::model::{Access, Validators};

/// Who asks, unless a source is asked under another name.
#[derive(Debug)]
pub(super) struct Agent(HeaderValue);

impl Agent {
    /// Fails when `contact` cannot stand in a header.
    pub(super) fn new(contact: &str) -> Result<Self, FetchError> {
        let text = format!("sahelwatch/{} (+{contact})", env!("CARGO_PKG_VERSION"));
        let value = HeaderValue::try_from(text)
            .map_err(|error| FetchError::settings(format!("contact {contact:?} cannot stand in a header"), error))?;
        Ok(Self(value))
    }

    /// The headers of every question, with the name `access` gives us.
    pub(super) fn headers(&self, access: Option<&Access>, accept: &'static str) -> Result<HeaderMap, FetchError> {
        let mut headers = HeaderMap::with_capacity(5);
        let agent = match access.and_then(|access| access.user_agent.as_deref()) {
            Some(own) => HeaderValue::from_str(own)
                .map_err(|error| FetchError::settings(format!("user_agent {own:?} cannot stand in a header"), error))?,
            None => self.0.clone(),
        };
        headers.insert(USER_AGENT, agent);
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(body::ACCEPTED));
        Ok(headers)
    }
}

/// The question about one document, which may be put to several servers in turn.
#[derive(Debug)]
pub(super) struct Question {
    common: HeaderMap,
    /// For the source's own host only; emptied once the trail left it, so that no redirect back makes it speak again.
    secret: Vec<(HeaderName, HeaderValue)>,
    home: Url,
    last: Option<Url>,
}

impl Question {
    /// Validators go out exactly as they came in, and none is made up: `A-IM` is not sent either, since a delta would have to be
    /// merged with a document we do not keep.
    pub(super) fn new(request: &Request<'_>, agent: &Agent) -> Result<Self, FetchError> {
        let mut common = agent.headers(Some(request.access), request.accept)?;
        let Validators { etag, last_modified } = request.validators;
        for (name, validator) in [(IF_NONE_MATCH, etag), (IF_MODIFIED_SINCE, last_modified)] {
            if let Some(value) = validator.as_deref().and_then(|bytes| HeaderValue::from_bytes(bytes).ok()) {
                common.insert(name, value);
            }
        }
        let secret = request.access.headers.iter().map(|(name, value)| {
            let unusable = || FetchError::Settings { what: format!("header {name:?} cannot be sent"), source: None };
            let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unusable())?;
            let mut value = HeaderValue::from_str(value.expose()).map_err(|_| unusable())?;
            value.set_sensitive(true);
            Ok((key, value))
        });
        let secret = secret.collect::<Result<_, FetchError>>()?;
        Ok(Self { common, secret, home: request.home.clone(), last: None })
    }

    /// What is sent to the server of `url`, the next one on the way.
    pub(super) fn headers(&mut self, url: &Url) -> HeaderMap {
        if !at_home(url, &self.home) || self.last.as_ref().is_some_and(|last| exposes(last, url)) {
            self.secret.clear();
        }
        self.last = Some(url.clone());
        let mut headers = self.common.clone();
        for (name, value) in &self.secret {
            // What a source is configured with goes before what every source is asked with, but our codings are ours.
            if *name != ACCEPT_ENCODING && self.common.contains_key(name) {
                headers.insert(name.clone(), value.clone());
            } else if *name != ACCEPT_ENCODING {
                headers.append(name.clone(), value.clone());
            }
        }
        headers
    }

    /// Whether the server may answer that nothing changed.
    pub(super) fn is_conditional(&self) -> bool {
        self.common.contains_key(IF_NONE_MATCH) || self.common.contains_key(IF_MODIFIED_SINCE)
    }
}

/// Whether `url` is at the host of `home`, at its port, and no less protected: another port is another server (curl keeps to the
/// same since CVE-2022-27776). A move from http to https is no other place.
fn at_home(url: &Url, home: &Url) -> bool {
    let upgrade = home.scheme() == "http" && url.scheme() == "https" && home.port().is_none() && url.port().is_none();
    let same = home.scheme() == url.scheme() && home.port_or_known_default() == url.port_or_known_default();
    home.host() == url.host() && (same || upgrade)
}

fn exposes(from: &Url, to: &Url) -> bool {
    from.scheme() == "https" && to.scheme() != "https"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Secret;

    const HOME: &str = "https://example.org/feed";

    fn question(home: &str, access: &Access) -> Result<Question, FetchError> {
        let home = Url::parse(home).unwrap();
        let request = Request {
            url: &home,
            home: &home,
            validators: &Validators::default(),
            allow_private: false,
            accept: "*/*",
            access,
            robots: false,
        };
        Question::new(&request, &Agent::new("desk@example.org").unwrap())
    }

    fn access(headers: &[(&str, &str)]) -> Access {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), Secret::new((*value).to_owned())));
        Access { headers: headers.collect(), ..Access::default() }
    }

    #[test]
    fn secrets_stay_at_home_and_do_not_come_back() {
        for (home, hops) in [
            (HOME, &[("https://example.org/a", true), ("https://EXAMPLE.org:443/b", true)][..]),
            (HOME, &[("https://www.example.org/", false)]),
            (HOME, &[("https://evil.example/", false), (HOME, false)]),
            (HOME, &[(HOME, true), ("http://example.org/feed", false), (HOME, false)]),
            (HOME, &[(HOME, true), ("https://example.org:8443/", false)]),
            ("http://example.org/", &[("http://example.org/", true), (HOME, true), ("http://example.org/", false)]),
            ("http://example.org:8080/", &[("https://example.org/", false)]),
            ("http://10.0.0.1:8080/", &[("http://10.0.0.1:8080/x", true), ("http://10.0.0.1/", false)]),
        ] {
            let mut question = question(home, &access(&[("Cookie", "session=secret")])).unwrap();
            for (url, sent) in hops {
                let headers = question.headers(&Url::parse(url).unwrap());
                assert_eq!(headers.contains_key("cookie"), *sent, "{home} {hops:?}: {url}");
                assert!(headers.contains_key("user-agent"));
            }
        }
    }

    #[test]
    fn a_source_may_be_asked_in_its_own_words() {
        let own = Access {
            user_agent: Some("Desk/1".to_owned()),
            ..access(&[("Accept", "text/html"), ("accept-encoding", "deflate"), ("X-Key", "a"), ("x-key", "b")])
        };
        let headers = question(HOME, &own).unwrap().headers(&Url::parse(HOME).unwrap());
        let sent = |name: &str| headers.get_all(name).iter().map(|v| v.to_str().unwrap()).collect::<Vec<_>>();
        assert_eq!(sent("user-agent"), ["Desk/1"]);
        assert_eq!(sent("accept"), ["text/html"]);
        assert_eq!(sent("accept-encoding"), [body::ACCEPTED]);
        assert_eq!(sent("x-key"), ["a", "b"]);
        assert!(headers["x-key"].is_sensitive() && !format!("{headers:?}").contains("text/html"));
    }

    #[test]
    fn what_cannot_be_sent_is_named_without_its_value() {
        let text = |access: &Access| question(HOME, access).unwrap_err().to_string();
        assert_eq!(text(&access(&[("Co okie", "secret")])), "set up fetching: header \"Co okie\" cannot be sent");
        assert_eq!(text(&access(&[("Cookie", "sec\nret")])), "set up fetching: header \"Cookie\" cannot be sent");
        let odd = Access { user_agent: Some("a\nb".to_owned()), ..Access::default() };
        assert_eq!(text(&odd), "set up fetching: user_agent \"a\\nb\" cannot stand in a header");
    }
}
