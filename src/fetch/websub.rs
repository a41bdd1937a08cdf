//! Asking a hub to tell of news at a topic, or to stop (WebSub §5.1). Knows nothing of leases; what the form says is the caller's.

use std::time::{Duration, SystemTime};

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use tokio::time::{Instant, timeout};
use url::{Url, form_urlencoded};

use super::client::{Client, Way};
use super::place::Place;
use super::redirect::{Astray, Trail};
use super::{FetchError, evidence, hints};
use crate::model::Access;

const FORM: &str = "application/x-www-form-urlencoded";

impl Client {
    /// Posts `form` to `hub`, whose address comes from a feed: it is dialled at usual ports only, and gets none of the source's
    /// headers. `access` says under which name and which way. Redirects with 307 and 308 are followed (WebSub §5.1), but not out
    /// of TLS, since the form holds a secret.
    ///
    /// # Errors
    ///
    /// Whatever kept the hub from taking it: it is not dialled, does not answer, or answers other than 2xx.
    pub async fn subscribe(
        &self,
        hub: &Url,
        form: &[(&str, &str)],
        access: &Access,
        allow_private: bool,
    ) -> Result<(), FetchError> {
        let way = self.way(&access.proxy, None, allow_private)?;
        let mut headers = self.agent.headers(Some(access), "*/*")?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(FORM));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut trail = Trail::from(hub);
        let mut left = self.timeout;
        loop {
            let _turn = self.turn(&way, trail.url(), Duration::ZERO).await?;
            let start = Instant::now();
            let post = self.post(&way, &mut trail, &headers, &body, start + left);
            let Ok(taken) = timeout(left, post).await else {
                return Err(FetchError::Timeout { at: Place::of(trail.url()), during: "waiting for the answer" });
            };
            if taken? {
                return Ok(());
            }
            left = left.saturating_sub(start.elapsed());
        }
    }

    /// Whether the hub took it; if not, the trail leads on.
    async fn post(
        &self,
        way: &Way<'_>,
        trail: &mut Trail,
        headers: &HeaderMap,
        body: &str,
        deadline: Instant,
    ) -> Result<bool, FetchError> {
        let at = Place::of(trail.url());
        let mut request = reqwest::Request::new(Method::POST, trail.url().clone());
        request.headers_mut().clone_from(headers);
        *request.body_mut() = Some(body.to_owned().into());
        let answer = self.send(way, || at.clone(), request).await?;
        match answer.status().as_u16() {
            200..300 => Ok(true),
            code @ (307 | 308) => {
                let protected = trail.url().scheme() == "https";
                let location = answer.headers().get(LOCATION).map(HeaderValue::as_bytes);
                trail.follow(code, location).map_err(|astray| Astray::error(astray, at.clone()))?;
                if protected && trail.url().scheme() != "https" {
                    let why =
                        "redirected from https to http, where everybody on the way could read our request".to_owned();
                    return Err(FetchError::Refused { at, why });
                }
                Ok(false)
            }
            _ => {
                let hints = hints::read(answer.headers(), SystemTime::now());
                Err(evidence::refusal(answer, at, hints, deadline).await)
            }
        }
    }
}
