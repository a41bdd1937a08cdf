//! The listener for hubs: plain HTTP/1.1 behind a web server that speaks TLS. Answers are a status and at most the hub's own
//! challenge, so that nothing of sources and watches can leak. hyper as it came with reqwest, without a framework: there is one path,
//! and what a framework leaves unbounded (the head, the connections and their time) is what is bounded here.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use super::Shared;
use super::book::News;
use super::question::{self, Question, Verdict};

/// Connections at once; more wait in the system's queue. Each costs its head and one piece of its body.
const CONNECTIONS: usize = 64;
/// Longest time of a connection, which serves one request: also of one that says nothing, which no timeout of hyper's covers
/// (hyperium/hyper#2457).
const TIME: Duration = Duration::from_secs(20);
/// Most bytes of a request's head. Longer ones are answered 431.
const HEAD: usize = 16 << 10;
/// Most bytes of a notification that are read; a hub that sends more may find the connection closed.
const BODY: usize = 1 << 20;
/// Pause after the system had no room for another connection.
const PAUSE: Duration = Duration::from_secs(1);

/// Opens the port. Waiting connections are not served before [`serve`] is.
///
/// # Errors
/// The system's: somebody else listens there, or the address is not this machine's.
pub(super) fn open(address: SocketAddr) -> std::io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// Serves until stopped; what is under way is dropped then.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>, public: Url, stop: CancellationToken) {
    let (places, connections, public) = (Arc::new(Semaphore::new(CONNECTIONS)), TaskTracker::new(), Arc::new(public));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let (stream, place) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a hub could not be heard");
                sleep(PAUSE).await;
                continue;
            }
        };
        let (shared, public, stop) = (shared.clone(), public.clone(), stop.clone());
        connections.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                // Too slow: closed without a word.
                _ = timeout(TIME, connection(stream, &shared, &public)) => {}
            }
            drop(place);
        });
    }
    connections.close();
    connections.wait().await;
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.expect("the semaphore is never closed");
    Ok((listener.accept().await?.0, place))
}

async fn connection(stream: TcpStream, shared: &Shared, public: &Url) {
    let service = service_fn(async |request| Ok::<_, Infallible>(respond(request, shared, public).await));
    let served = http1::Builder::new()
        .keep_alive(false)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection of a hub broke off");
    }
}

async fn respond(request: Request<Incoming>, shared: &Shared, public: &Url) -> Response<Full<Bytes>> {
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
fn verify(shared: &Shared, token: &str, query: &str) -> Response<Full<Bytes>> {
    let answered = shared.book().answer(token, Question::read(query), Timestamp::now());
    let Some((source, verdict)) = answered else { return status(StatusCode::NOT_FOUND) };
    match verdict {
        Verdict::Verified { challenge, granted } => {
            shared.rung.notify_one();
            tracing::info!(%source, seconds = granted, "its hub will tell of news");
            let mut answer = Response::new(Full::new(Bytes::from(challenge)));
            // A stranger's words: no browser may take them for a page.
            answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
            answer.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            answer
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

fn status(code: StatusCode) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = code;
    answer
}
