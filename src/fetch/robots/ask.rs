//! Getting a robots.txt: the one question that is asked before others, under the same rules as they are.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue, LOCATION};
use reqwest::{Method, Response};
use tokio::time::{Instant, timeout};
use url::Url;

use super::{Found, Rules, Site, verdict};
use crate::fetch::client::{Client, Way};
use crate::fetch::evidence;
use crate::fetch::place::Place;
use crate::fetch::redirect::Trail;
use crate::fetch::{FetchError, hints};
use crate::model::Access;

/// Most bytes of a file; crawlers must read 500 KiB of it at least (RFC 9309 §2.5).
const MOST_BYTES: usize = 512 * 1024;

const ACCEPT: &str = "text/plain, */*;q=0.5";

impl Client {
    /// Whether the site of `url` wants to be asked for it; how long to wait after that.
    pub(in crate::fetch) async fn consent(
        &self,
        way: &Way<'_>,
        access: &Access,
        url: &Url,
    ) -> Result<Duration, FetchError> {
        way.check(url)?;
        let site = Site::of(url, way.proxy);
        verdict(url, self.robots.rules(site, self.robots_txt(way, access, url)).await)
    }

    /// Asks for the file; up to five redirects are followed, to other hosts too (RFC 9309 §2.3.1.2). The secret headers of a
    /// source do not go along: the file is for everybody.
    async fn robots_txt(&self, way: &Way<'_>, access: &Access, url: &Url) -> Found {
        let Ok(file) = robotxt::robots_url(url) else { return Found::Rules(Rules::None) };
        let headers = match self.agent.headers(Some(access), ACCEPT) {
            Ok(headers) => headers,
            Err(error) => return Found::Unreachable(error),
        };
        let mut trail = Trail::from(&file);
        let mut left = self.timeout;
        loop {
            let _turn = match self.turn(way, trail.url(), Duration::ZERO).await {
                Ok(turn) => turn,
                // It points where nothing is dialled: there is no file to be had.
                Err(_) => return Found::Rules(Rules::None),
            };
            let start = Instant::now();
            let Ok(found) = timeout(left, self.robots_hop(way, &mut trail, &headers)).await else {
                let during = "before the document was complete";
                return Found::Unreachable(FetchError::Timeout { at: Place::of(trail.url()), during });
            };
            match found {
                Some(found) => return found,
                None => left = left.saturating_sub(start.elapsed()),
            }
        }
    }

    /// One question and its answer; none when the trail leads on.
    async fn robots_hop(&self, way: &Way<'_>, trail: &mut Trail, headers: &HeaderMap) -> Option<Found> {
        let at = Place::of(trail.url());
        let mut request = reqwest::Request::new(Method::GET, trail.url().clone());
        request.headers_mut().clone_from(headers);
        let response = match self.send(way, || at.clone(), request).await {
            Ok(response) => response,
            Err(error) => return Some(Found::Unreachable(error)),
        };
        match response.status().as_u16() {
            200 | 203 => Some(self.rules(response, at).await),
            code @ (301 | 302 | 303 | 307 | 308) => {
                let location = response.headers().get(LOCATION).map(HeaderValue::as_bytes);
                trail.follow(code, location).is_err().then_some(Found::Rules(Rules::None))
            }
            code @ 500.. => {
                let hints = hints::read(response.headers(), std::time::SystemTime::now());
                let challenged = evidence::challenged(response.headers());
                let error = FetchError::Status { at, code, hints, body: Vec::new(), challenged };
                Some(Found::Unreachable(error))
            }
            // Most of all 4xx: there is none (RFC 9309 §2.3.1.3).
            _ => Some(Found::Rules(Rules::None)),
        }
    }

    async fn rules(&self, response: Response, at: Place) -> Found {
        match evidence::beginning(response, MOST_BYTES, Instant::now() + self.timeout).await {
            (file, None) => Found::Rules(Rules::read(&file)),
            // Half a file may lack just the rule that matters.
            (_, Some(error)) => Found::Unreachable(FetchError::exchange(at, "waiting for more of the body", error)),
        }
    }
}
