//! Plain HTTP/1.1 for the few addresses this daemon answers at: hubs that call back (`websub`), and whoever monitors it (`outside`).
//! hyper as it came with reqwest, without a framework: what a framework leaves unbounded (the head, the connections and their time)
//! is what is bounded here. Knows no paths; it hands requests over and sends answers.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Longest time of a connection, which serves one request: also of one that says nothing, which no timeout of hyper's covers
/// (hyperium/hyper#2457).
const TIME: Duration = Duration::from_secs(20);
/// Most bytes of a request's head. Longer ones are answered 431.
const HEAD: usize = 16 << 10;
/// Pause after the system had no room for another connection.
const PAUSE: Duration = Duration::from_secs(1);

/// What is sent back.
pub(crate) type Answer = Response<Full<Bytes>>;

/// Opens a port. Waiting connections are not served before [`serve`] is.
///
/// # Errors
/// The system's: somebody else listens there, or the address is not this machine's.
pub(crate) fn open(address: SocketAddr) -> std::io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// Serves until stopped; what is under way is dropped then. No more than `most` connections at once: more wait in the system's
/// queue. Each costs its head and one piece of its body.
pub(crate) async fn serve<Respond, Answering>(
    listener: TcpListener,
    most: usize,
    stop: CancellationToken,
    respond: Respond,
) where
    Respond: Fn(Request<Incoming>) -> Answering + Clone + Send + Sync + 'static,
    Answering: Future<Output = Answer> + Send,
{
    let (places, connections) = (Arc::new(Semaphore::new(most)), TaskTracker::new());
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let (stream, place) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                sleep(PAUSE).await;
                continue;
            }
        };
        let (respond, stop) = (respond.clone(), stop.clone());
        connections.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                // Too slow: closed without a word.
                _ = timeout(TIME, connection(stream, respond)) => {}
            }
            drop(place);
        });
    }
    connections.close();
    connections.wait().await;
}

async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> std::io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.expect("the semaphore is never closed");
    Ok((listener.accept().await?.0, place))
}

async fn connection<Respond, Answering>(stream: TcpStream, respond: Respond)
where
    Respond: Fn(Request<Incoming>) -> Answering,
    Answering: Future<Output = Answer>,
{
    let service = service_fn(async |request| Ok::<_, Infallible>(respond(request).await));
    let served = http1::Builder::new()
        .keep_alive(false)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// An answer without a body.
pub(crate) fn status(code: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = code;
    answer
}

/// An answer of this type, which no browser may take for a page and nobody may keep.
pub(crate) fn text(code: StatusCode, content_type: &'static str, body: String) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = code;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
