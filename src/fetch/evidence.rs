//! What a refusal looked like: the beginning of what the server said in place of the document, and whether it says itself that it
//! tests who asks. Decides nothing about the source; `extract::signs` reads the words.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use tokio::time::{Instant, timeout_at};

use super::body::Body;
use super::place::Place;
use super::{FetchError, Hints};

/// Most bytes of a refusal that are kept: challenge and login pages say what they are within the first few KiB.
const MOST: usize = 16 * 1024;
/// How long a refusal is listened to. Its status is known, and must not be lost to a body that does not come.
const PATIENCE: Duration = Duration::from_secs(5);

/// Headers by which those who keep robots out say so, with the values that mean a test: Cloudflare ("Detect a Challenge Page
/// response"), AWS WAF ("CAPTCHA and Challenge action behavior"; a challenge comes as 202), Vercel Firewall. Headers that come
/// with every answer of a protected site are no sign.
const CHALLENGES: [(&str, &[&str]); 3] = [
    ("cf-mitigated", &["challenge"]),
    ("x-amzn-waf-action", &["challenge", "captcha"]),
    ("x-vercel-mitigated", &["challenge"]),
];

/// Whether the answer is a test of who asks, by its own word.
pub(super) fn challenged(headers: &HeaderMap) -> bool {
    CHALLENGES.iter().any(|(name, values)| {
        let said = headers.get(*name).and_then(|value| value.to_str().ok()).map(str::trim);
        said.is_some_and(|said| values.iter().any(|value| said.eq_ignore_ascii_case(value)))
    })
}

/// The error of an answer that is not the document; takes the beginning of its body, but no longer than until `deadline`.
pub(super) async fn refusal(response: Response, at: Place, hints: Hints, deadline: Instant) -> FetchError {
    let (code, challenged) = (response.status().as_u16(), challenged(response.headers()));
    let body = match is_text(response.headers()) {
        true => beginning(response, MOST, deadline.min(Instant::now() + PATIENCE)).await.0,
        false => Vec::new(),
    };
    FetchError::Status { at, code, hints, body, challenged }
}

/// The beginning of a body, decompressed, as far as it comes until `deadline`; and what broke the connection, if anything did.
pub(super) async fn beginning(
    mut response: Response,
    most: usize,
    deadline: Instant,
) -> (Vec<u8>, Option<reqwest::Error>) {
    let Ok(mut body) = Body::new(response.headers(), None, most) else { return (Vec::new(), None) };
    loop {
        match timeout_at(deadline, response.chunk()).await {
            Ok(Ok(Some(chunk))) => {
                // Full or damaged: what is there is all that will be.
                if body.take(&chunk).is_err() {
                    return (body.beginning(), None);
                }
            }
            Ok(Ok(None)) | Err(_) => return (body.beginning(), None),
            Ok(Err(error)) => return (body.beginning(), Some(error)),
        }
    }
}

/// Whether a body of this type can be shown to a person.
fn is_text(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || matches!(kind.as_str(), "application/json" | "application/xml")
        || kind.ends_with("+xml")
        || kind.ends_with("+json")
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_static(value))])
    }

    #[test]
    fn a_challenge_is_known_by_its_documented_header() {
        for (name, value, expected) in [
            ("cf-mitigated", "challenge", true),
            ("cf-mitigated", "block", false),
            ("x-amzn-waf-action", "challenge", true),
            ("x-amzn-waf-action", "CAPTCHA", true),
            ("x-vercel-mitigated", "challenge", true),
            ("x-vercel-mitigated", "deny", false),
            ("server", "cloudflare", false),
            ("cf-ray", "8f2b3c4d5e6f7-SJC", false),
        ] {
            assert_eq!(challenged(&headers(name, value)), expected, "{name}: {value}");
        }
    }

    #[test]
    fn only_text_is_kept() {
        for (kind, expected) in [
            ("text/html; charset=utf-8", true),
            ("Text/Plain", true),
            ("application/json", true),
            ("application/problem+json", true),
            ("application/xhtml+xml;charset=utf-8", true),
            ("application/pdf", false),
            ("image/png", false),
            ("application/octet-stream", false),
            ("", false),
        ] {
            assert_eq!(is_text(&headers("content-type", kind)), expected, "{kind}");
        }
        assert!(!is_text(&HeaderMap::new()));
    }
}
