//! What is answered to whom: three paths, by GET and HEAD, for requests that were meant for us. Everything else gets a status and
//! nothing more.

use hyper::body::Incoming;
use hyper::header::{ALLOW, HOST, HeaderValue};
use hyper::{Method, Request, StatusCode};
use jiff::Timestamp;

use super::figures::Figures;
use super::{Outside, host, page};
use crate::config::Metrics;
use crate::daemon::http::{Answer, status, text};
use crate::daemon::vitals::Verdict;

const WORDS: &str = "text/plain; charset=utf-8";

/// Answers a request.
pub(super) async fn respond(request: &Request<Incoming>, outside: &Outside, metrics: &Metrics) -> Answer {
    if !is_for_us(request, metrics) {
        return status(StatusCode::MISDIRECTED_REQUEST);
    }
    let path = request.uri().path();
    if !matches!(path, "/healthz" | "/readyz" | "/metrics") {
        return status(StatusCode::NOT_FOUND);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut refused = status(StatusCode::METHOD_NOT_ALLOWED);
        refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    match path {
        "/healthz" => verdict(outside.vitals().alive()),
        "/readyz" => verdict(outside.vitals().ready()),
        _ => {
            let figures = Figures::gather(outside, Timestamp::now()).await;
            text(StatusCode::OK, page::CONTENT_TYPE, page::write(figures))
        }
    }
}

/// By the authority of an absolute address, which counts where there is one (RFC 9112 §3.2.2), or by the header.
fn is_for_us(request: &Request<Incoming>, metrics: &Metrics) -> bool {
    let header = || request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let named = request.uri().authority().map(|authority| authority.as_str()).or_else(header);
    named.is_some_and(|named| host::is_ours(named, &metrics.hosts))
}

fn verdict(verdict: Verdict) -> Answer {
    match verdict {
        Ok(words) => text(StatusCode::OK, WORDS, format!("ok: {words}\n")),
        Err(why) => text(StatusCode::SERVICE_UNAVAILABLE, WORDS, format!("not ok: {why}\n")),
    }
}
