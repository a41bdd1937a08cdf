//! Telling a dead man's switch that we live. Its address is a secret: whoever knows it can keep the switch quiet, so errors name
//! the host alone.

use std::time::Duration;

use reqwest::Method;
use tokio::time::timeout;
use url::Url;

use super::client::Client;
use super::place::Place;
use super::{FetchError, Hints};
use crate::model;

/// How long a switch may take; the next sign of life is due soon, and nothing waits for this one.
const PATIENCE: Duration = Duration::from_secs(10);

impl Client {
    /// Asks for `url` once and ignores what is answered. It may be private and at any port, since the operator wrote it; it goes
    /// the way of `[http]`, and redirects are not followed.
    ///
    /// # Errors
    ///
    /// Whatever kept it from being heard: no answer within 10 s, or one that is not 2xx. The text names the host only.
    pub async fn ping(&self, url: &Url) -> Result<(), FetchError> {
        let at = Place::host(url);
        let way = self.way(&model::Proxy::Default, url.port_or_known_default(), true)?;
        way.admits(url).map_err(|why| FetchError::Refused { at: at.clone(), why: why.0 })?;
        let mut request = reqwest::Request::new(Method::GET, url.clone());
        *request.headers_mut() = self.agent.headers(None, "*/*")?;
        let answer = timeout(PATIENCE, self.send(&way, || at.clone(), request)).await;
        let answer = answer.map_err(|_| FetchError::Timeout { at: at.clone(), during: "waiting for the answer" })??;
        if answer.status().is_success() {
            return Ok(());
        }
        let code = answer.status().as_u16();
        Err(FetchError::Status { at, code, hints: Hints::default(), body: Vec::new(), challenged: false })
    }
}
