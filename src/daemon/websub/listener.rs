//! The listener for hubs: plain HTTP/1.1 behind a web server that speaks TLS. Answers are a status and at most the hub's own
//! challenge, so that nothing of sources and watches can leak.

use std::sync::Arc;

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Incoming};
use hyper::{Method, Request, StatusCode};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::Shared;
use super::book::News;
use super::question::{self, Question, Verdict};
use crate::daemon::http::{self, Answer, status};

/// Connections at once: hubs may tell of many sources in one moment.
const CONNECTIONS: usize = 64;
/// Most bytes of a notification that are read; a hub that sends more may find the connection closed.
const BODY: usize = 1 << 20;

/// Serves until stopped; what is under way is dropped then.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>, public: Url, stop: CancellationToken) {
    let public = Arc::new(public);
    http::serve(listener, CONNECTIONS, stop, move |request| {
        let (shared, public) = (shared.clone(), public.clone());
        async move { respond(request, &shared, &public).await }
    })
    .await;
}

async fn respond(request: Request<Incoming>, shared: &Shared, public: &Url) -> Answer {
    let Some(token) = question::token(request.uri().path(), public) else { return status(StatusCode::NOT_FOUND) };
    match *request.method() {
        Method::GET => verify(shared, token, request.uri().query().unwrap_or_default()),
        Method::POST => {
            let answer = notice(shared, token);
            swallow(request.into_body()).await;
            status(answer)
        }
        _ => status(StatusCode::NOT_FOUND),
    }
}

/// Answers a verification or a denial (WebSub §5.2, §5.3).
fn verify(shared: &Shared, token: &str, query: &str) -> Answer {
    let answered = shared.book().answer(token, Question::read(query), Timestamp::now());
    let Some((source, verdict)) = answered else { return status(StatusCode::NOT_FOUND) };
    match verdict {
        Verdict::Verified { challenge, granted } => {
            shared.rung.notify_one();
            tracing::info!(%source, seconds = granted, "its hub will tell of news");
            // A stranger's words: no browser may take them for a page.
            http::text(StatusCode::OK, "text/plain; charset=utf-8", challenge)
        }
        Verdict::Denied(reason) => {
            shared.rung.notify_one();
            tracing::warn!(%source, reason, "its hub will not tell of news; asked again in a day, and polled as before");
            status(StatusCode::NO_CONTENT)
        }
        Verdict::Refused => status(StatusCode::NOT_FOUND),
    }
}

/// Has the source polled of which a hub says that it has news. What the hub sends is not read: whoever sends it, only the
/// source's own server says what its news are. So no `hub.secret` is agreed on (WebSub §8), which a leak of the store would
/// give away; a forged notification, for which one must know the token, costs a poll a minute at most.
fn notice(shared: &Shared, token: &str) -> StatusCode {
    let news = shared.book().news(token, Timestamp::now());
    match news {
        News::Of(source) => {
            tracing::debug!(%source, "its hub tells of news");
            shared.news(source);
            StatusCode::NO_CONTENT
        }
        // Ends the subscription at the hub (WebSub §7).
        News::Gone => StatusCode::GONE,
        News::Unknown => StatusCode::NOT_FOUND,
    }
}

/// Reads a body and drops it piece by piece, since some hubs take an answer before the end for a failure.
async fn swallow(mut body: Incoming) {
    let mut left = BODY;
    while left > 0 && !body.is_end_stream() {
        let Some(Ok(frame)) = body.frame().await else { return };
        left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
    }
}
