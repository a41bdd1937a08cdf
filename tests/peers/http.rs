//! A scripted HTTP/1.1 server on loopback: each path answers with the replies it was given, the last one for ever, and every
//! request is recorded. It runs on a thread and a runtime of its own, so that synchronous tests, paused clocks and busy test
//! runtimes do not touch it, and it is gone when dropped.
//!
//! ```ignore
//! let server = HttpPeer::start();
//! server.on("/feed", [Reply::ok(body).header("ETag", "\"1\""), Reply::not_modified()]);
//! poll(server.url("/feed"));
//! assert_eq!(server.requests("/feed").len(), 1);
//! ```

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use url::Url;

// Paths are spelt out so that a bench can take this file in by `#[path]` too.
#[path = "http/reply.rs"]
mod reply;
#[path = "http/tls.rs"]
mod tls;

pub use reply::Reply;
pub use tls::Certificate;

use reply::{Ending, Rendered};

/// How long `wait_for` waits before it fails the test.
const PATIENCE: Duration = Duration::from_secs(20);

/// The server. Dropping it closes every connection.
pub struct HttpPeer {
    address: SocketAddr,
    authority: Option<String>,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub at: Instant,
    pub body: Vec<u8>,
    head: Vec<u8>,
}

type Hook = Arc<dyn Fn(&Seen) + Send + Sync>;

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Rung at every request.
    arrived: Condvar,
    connections: AtomicUsize,
}

#[derive(Default)]
struct State {
    routes: HashMap<String, Route>,
    seen: Vec<Seen>,
}

#[derive(Default)]
struct Route {
    replies: VecDeque<Arc<Rendered>>,
    hooks: Hooks,
}

/// What to call before and after an answer.
#[derive(Default, Clone)]
struct Hooks {
    hit: Option<Hook>,
    answered: Option<Hook>,
}

impl HttpPeer {
    /// Starts on a free port of 127.0.0.1. Paths without replies answer 404.
    pub fn start() -> Self {
        Self::start_on("127.0.0.1:0")
    }

    /// The same at another address; port 0 is any that is free.
    pub fn start_on(address: &'static str) -> Self {
        Self::launch(address, None, None)
    }

    /// The same over TLS, with a certificate signed by an authority of its own (`authority`).
    pub fn start_tls(certificate: Certificate) -> Self {
        let (acceptor, authority) = tls::acceptor(certificate);
        Self::launch("127.0.0.1:0", Some(acceptor), Some(authority))
    }

    fn launch(at: &'static str, acceptor: Option<TlsAcceptor>, authority: Option<String>) -> Self {
        let shared = Arc::new(Shared::default());
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, address) = mpsc::channel();
        let state = shared.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind(at).await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                tokio::select! {
                    () = accept(listener, acceptor, state) => {}
                    _ = stopped => {}
                }
            });
        });
        let address = address.recv().unwrap();
        Self { address, authority, shared, stop: Some(stop), thread: Some(thread) }
    }

    /// Scripts `path` (with its query, or without to mean any): one reply per request, the last one repeats. Scripting it again
    /// replaces what was left.
    pub fn on(&self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        let mut state = self.shared.state.lock().unwrap();
        let route = state.routes.entry(path.to_owned()).or_default();
        route.replies = replies.into_iter().map(|reply| Arc::new(reply.render())).collect();
    }

    /// Calls `hook` at every request for `path`, before it is answered.
    pub fn on_hit(&self, path: &str, hook: impl Fn(&Seen) + Send + Sync + 'static) {
        let mut state = self.shared.state.lock().unwrap();
        state.routes.entry(path.to_owned()).or_default().hooks.hit = Some(Arc::new(hook));
    }

    /// Calls `hook` at every request for `path`, once its answer has gone out.
    pub fn on_answered(&self, path: &str, hook: impl Fn(&Seen) + Send + Sync + 'static) {
        let mut state = self.shared.state.lock().unwrap();
        state.routes.entry(path.to_owned()).or_default().hooks.answered = Some(Arc::new(hook));
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn url(&self, path: &str) -> Url {
        let scheme = if self.authority.is_some() { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.address).parse().unwrap()
    }

    /// The certificate authority in PEM form.
    pub fn authority(&self) -> &str {
        self.authority.as_deref().expect("the server speaks TLS")
    }

    /// Requests for `path` so far, in order; with its query, or without to mean any.
    pub fn requests(&self, path: &str) -> Vec<Seen> {
        self.shared.state.lock().unwrap().requests(path).cloned().collect()
    }

    /// All requests so far, in order.
    pub fn all_requests(&self) -> Vec<Seen> {
        self.shared.state.lock().unwrap().seen.clone()
    }

    /// Connections accepted so far.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Waits until `path` was asked for `count` times; fails the test after 20 seconds.
    #[track_caller]
    pub fn wait_for(&self, path: &str, count: usize) -> Vec<Seen> {
        let few = |state: &mut State| state.requests(path).count() < count;
        let state = self.shared.state.lock().unwrap();
        let (state, waited) = self.shared.arrived.wait_timeout_while(state, PATIENCE, few).unwrap();
        let seen: Vec<Seen> = state.requests(path).cloned().collect();
        assert!(!waited.timed_out(), "{path} was asked for {} times, not {count}", seen.len());
        seen
    }
}

impl Drop for HttpPeer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A hook that failed its test panics on that thread; the test reports it already.
            thread.join().ok();
        }
    }
}

impl Seen {
    fn parse(head: &[u8]) -> Option<Self> {
        let line = std::str::from_utf8(head.split(|byte| *byte == b'\r').next()?).ok()?;
        let mut words = line.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        Some(Self { method, target, at: Instant::now(), body: Vec::new(), head: head.to_vec() })
    }

    /// The path without its query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A header's bytes; `None` when it was not sent.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        let mut lines = self.head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        lines.find_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            line[..colon].eq_ignore_ascii_case(name.as_bytes()).then(|| line[colon + 1..].trim_ascii())
        })
    }
}

impl State {
    fn requests(&self, path: &str) -> impl Iterator<Item = &Seen> {
        self.seen.iter().filter(move |seen| seen.target == path || seen.path() == path)
    }

    /// Records a request and picks what answers it.
    fn next(&mut self, seen: &Seen) -> (Option<Arc<Rendered>>, Hooks) {
        self.seen.push(seen.clone());
        let key = if self.routes.contains_key(&seen.target) { seen.target.as_str() } else { seen.path() };
        let Some(route) = self.routes.get_mut(key) else { return (None, Hooks::default()) };
        let reply = if route.replies.len() > 1 { route.replies.pop_front() } else { route.replies.front().cloned() };
        (reply, route.hooks.clone())
    }
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, shared: Arc<Shared>) {
    // Ends with the runtime, and every task with it.
    while let Ok((stream, _)) = listener.accept().await {
        shared.connections.fetch_add(1, Ordering::SeqCst);
        stream.set_nodelay(true).ok();
        let (acceptor, shared) = (acceptor.clone(), shared.clone());
        // A client that goes away in the middle is its own business.
        tokio::spawn(async move { connection(stream, acceptor, &shared).await.ok() });
    }
}

async fn connection(mut stream: TcpStream, acceptor: Option<TlsAcceptor>, shared: &Shared) -> io::Result<()> {
    if let Some(acceptor) = acceptor {
        let mut stream = acceptor.accept(stream).await?;
        serve(&mut stream, shared).await?;
    } else if let Ending::Reset = serve(&mut stream, shared).await? {
        stream.set_zero_linger()?;
    }
    Ok(())
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, shared: &Shared) -> io::Result<Ending> {
    let mut buffer = Vec::with_capacity(4096);
    loop {
        let end = loop {
            if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(Ending::Close);
            }
        };
        let Some(mut seen) = Seen::parse(&buffer[..end]) else { return Ok(Ending::Close) };
        buffer.drain(..end);
        let length = seen.header("Content-Length").and_then(|length| std::str::from_utf8(length).ok()?.parse().ok());
        while buffer.len() < length.unwrap_or(0) {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(Ending::Close);
            }
        }
        seen.body = buffer.drain(..length.unwrap_or(0)).collect();
        let (reply, hooks) = shared.state.lock().unwrap().next(&seen);
        shared.arrived.notify_all();
        if let Some(hook) = hooks.hit {
            hook(&seen);
        }
        let reply = reply.unwrap_or_else(|| Arc::new(Reply::status(404).render()));
        let ending = reply.deliver(stream, seen.header("If-None-Match")).await?;
        if let Some(hook) = hooks.answered {
            hook(&seen);
        }
        match ending {
            Ending::KeepAlive => {}
            ending => return Ok(ending),
        }
    }
}
