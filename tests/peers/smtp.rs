//! An SMTP server on loopback that does what it is told. It accepts everything, unless a rule says otherwise:
//!
//! ```text
//! let smtp = SmtpPeer::start();
//! smtp.reply(Step::Rcpt, "450 4.7.1 try later").once();
//! smtp.close_at(Step::Accepted).to("desk@example.net");
//! // … send …
//! assert_eq!(smtp.accepted().len(), 1);
//! ```
//!
//! It runs on threads of its own, so that tests may block, and stops when dropped. What is said in a session is `session`'s
//! business, and when a rule applies `rule`'s; here is how tests talk to it.

mod rule;
mod session;

use std::fs::{File, OpenOptions};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustls::ServerConfig;
use tokio::net::TcpSocket;
use tokio::sync::watch;

pub use self::rule::Step;
use self::rule::{Action, Rule};
use super::certificates::Certificate;

/// A mail the peer took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub from: String,
    pub to: Vec<String>,
    /// Without angle brackets.
    pub message_id: String,
    /// As it came over the wire, dots unstuffed.
    pub message: Vec<u8>,
    /// Over which connection it came, from 1.
    pub connection: usize,
    /// When.
    pub at: Instant,
}

/// A command the peer heard.
#[derive(Debug, Clone)]
pub struct Heard {
    pub encrypted: bool,
    pub line: String,
}

/// What the peer has seen so far.
#[derive(Debug, Clone, Default)]
struct Seen {
    accepted: Vec<Accepted>,
    heard: Vec<Heard>,
    connections: usize,
    /// Sessions that are not over.
    open: usize,
    stalled: usize,
}

/// What the peer offers and wants. [`SmtpPeer::start`] takes the default: every common extension, no TLS, no login.
#[derive(Clone)]
pub struct Offer {
    pub extensions: Vec<&'static str>,
    pub starttls: Option<Certificate>,
    pub implicit_tls: Option<Certificate>,
    /// User and password, without which no mail is taken.
    pub login: Option<(String, String)>,
    pub mechanisms: &'static str,
    /// Where each accepted mail leaves a line `MESSAGE-ID HASH`, synced before it is answered: what a test of another process
    /// that is killed can rely on.
    pub log: Option<Arc<File>>,
}

impl Default for Offer {
    fn default() -> Self {
        Self {
            extensions: vec!["8BITMIME", "SMTPUTF8", "PIPELINING", "SIZE 10240000", "ENHANCEDSTATUSCODES"],
            starttls: None,
            implicit_tls: None,
            login: None,
            mechanisms: "PLAIN LOGIN",
            log: None,
        }
    }
}

impl Offer {
    pub fn starttls(mut self, certificate: Certificate) -> Self {
        self.starttls = Some(certificate);
        self
    }

    pub fn implicit_tls(mut self, certificate: Certificate) -> Self {
        self.implicit_tls = Some(certificate);
        self
    }

    pub fn login(mut self, user: &str, password: &str) -> Self {
        self.login = Some((user.to_owned(), password.to_owned()));
        self
    }

    pub fn log(mut self, path: &Path) -> Self {
        self.log = Some(Arc::new(OpenOptions::new().create(true).append(true).open(path).unwrap()));
        self
    }

    pub fn start(self) -> SmtpPeer {
        SmtpPeer::with(self)
    }
}

/// What to answer a message with, where it is not taken.
type Judge = Box<dyn Fn(&[u8]) -> Option<&'static str> + Send>;

struct Shared {
    offer: Offer,
    starttls: Option<Arc<ServerConfig>>,
    implicit_tls: Option<Arc<ServerConfig>>,
    rules: Mutex<Vec<Rule>>,
    judge: Mutex<Option<Judge>>,
    seen: watch::Sender<Seen>,
    /// Opened to let stalled sessions go on.
    gate: Mutex<bool>,
    opened: Condvar,
    stopping: AtomicBool,
    /// To cut sessions off at the end.
    streams: Mutex<Vec<TcpStream>>,
}

pub struct SmtpPeer {
    port: u16,
    shared: Arc<Shared>,
    /// Holds the port of one that is away.
    held: Option<TcpSocket>,
    acceptor: Option<JoinHandle<()>>,
}

/// A rule just made, to be narrowed.
pub struct Narrow<'a> {
    peer: &'a SmtpPeer,
    index: usize,
}

impl Narrow<'_> {
    /// Only on the first occasion.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Only on the first `n` occasions.
    pub fn times(self, n: usize) -> Self {
        self.change(|rule| rule.left = n)
    }

    /// Only from the `n`-th occasion on, counted from 1.
    pub fn from(self, n: usize) -> Self {
        self.change(|rule| rule.skip = n - 1)
    }

    /// Only for this recipient.
    pub fn to(self, address: &str) -> Self {
        self.change(|rule| rule.to = Some(address.to_owned()))
    }

    fn change(self, change: impl FnOnce(&mut Rule)) -> Self {
        change(&mut self.peer.shared.rules.lock().unwrap()[self.index]);
        self
    }
}

impl SmtpPeer {
    pub fn start() -> Self {
        Self::with(Offer::default())
    }

    /// One that is away: its port refuses, and is nobody else's meanwhile.
    pub fn away() -> Self {
        let held = TcpSocket::new_v4().unwrap();
        held.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let mut peer = Self::at(held.local_addr().unwrap().port(), Offer::default());
        peer.held = Some(held);
        peer
    }

    /// Is there from now on.
    pub fn comes_back(&mut self) {
        let listener = self.held.take().expect("it is away").listen(1024).unwrap().into_std().unwrap();
        listener.set_nonblocking(false).unwrap();
        self.answer(listener);
    }

    fn with(offer: Offer) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let mut peer = Self::at(listener.local_addr().unwrap().port(), offer);
        peer.answer(listener);
        peer
    }

    fn answer(&mut self, listener: TcpListener) {
        let shared = Arc::clone(&self.shared);
        self.acceptor = Some(thread::spawn(move || accept(&listener, &shared)));
    }

    fn at(port: u16, offer: Offer) -> Self {
        let shared = Arc::new(Shared {
            starttls: offer.starttls.as_ref().map(Certificate::server_config),
            implicit_tls: offer.implicit_tls.as_ref().map(Certificate::server_config),
            offer,
            rules: Mutex::default(),
            judge: Mutex::default(),
            seen: watch::Sender::default(),
            gate: Mutex::new(false),
            opened: Condvar::new(),
            stopping: AtomicBool::new(false),
            streams: Mutex::default(),
        });
        Self { port, shared, held: None, acceptor: None }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Answers otherwise. Several lines are written in one go: `250-first\n250 last`.
    pub fn reply(&self, step: Step, text: &str) -> Narrow<'_> {
        self.rule(step, Action::Reply { text: text.to_owned(), dribble: false })
    }

    /// Answers byte by byte.
    pub fn dribble(&self, step: Step, text: &str) -> Narrow<'_> {
        self.rule(step, Action::Reply { text: text.to_owned(), dribble: true })
    }

    /// Closes the connection instead of answering.
    pub fn close_at(&self, step: Step) -> Narrow<'_> {
        self.rule(step, Action::Close)
    }

    /// Breaks the connection off (RST) as soon as the client says more, which is not read.
    pub fn reset_at(&self, step: Step) -> Narrow<'_> {
        self.rule(step, Action::Reset)
    }

    /// Looks at each message first; what it answers goes out in place of everything else.
    pub fn judge(&self, judge: impl Fn(&[u8]) -> Option<&'static str> + Send + 'static) {
        *self.shared.judge.lock().unwrap() = Some(Box::new(judge));
    }

    /// Says nothing until [`SmtpPeer::release`], then goes on.
    pub fn stall_at(&self, step: Step) -> Narrow<'_> {
        self.rule(step, Action::Stall)
    }

    /// Does something, e.g. kills the sender, and goes on. Not to call the peer itself.
    pub fn run_at(&self, step: Step, action: impl FnMut() + Send + 'static) -> Narrow<'_> {
        self.rule(step, Action::Run(Box::new(action)))
    }

    /// Lets stalled sessions go on, now and later.
    pub fn release(&self) {
        *self.shared.gate.lock().unwrap() = true;
        self.shared.opened.notify_all();
    }

    /// Does as it is usual from now on, whatever the rules were.
    pub fn relents(&self) {
        self.shared.rules.lock().unwrap().clear();
    }

    /// The mails taken, in order.
    pub fn accepted(&self) -> Vec<Accepted> {
        self.shared.seen.borrow().accepted.clone()
    }

    /// The commands heard, in order.
    pub fn heard(&self) -> Vec<Heard> {
        self.shared.seen.borrow().heard.clone()
    }

    /// How often a command was heard that starts like this.
    pub fn count(&self, start: &str) -> usize {
        self.shared.seen.borrow().heard.iter().filter(|heard| heard.line.starts_with(start)).count()
    }

    /// Connections made so far.
    pub fn connections(&self) -> usize {
        self.shared.seen.borrow().connections
    }

    /// Waits until `n` mails were taken.
    pub async fn until_accepted(&self, n: usize) {
        self.until(|seen| seen.accepted.len() >= n).await;
    }

    /// Waits until it was connected to `n` times.
    pub async fn until_connected(&self, n: usize) {
        self.until(|seen| seen.connections >= n).await;
    }

    /// Waits until `n` sessions have come to a stall.
    pub async fn until_stalled(&self, n: usize) {
        self.until(|seen| seen.stalled >= n).await;
    }

    /// Waits until the mails taken are as wanted.
    pub async fn until_taken(&self, mut wanted: impl FnMut(&[Accepted]) -> bool) {
        self.until(|seen| wanted(&seen.accepted)).await;
    }

    /// Waits until every session is over: what a killed sender had sent is taken then, and no more of it will come.
    pub async fn until_idle(&self) {
        self.until(|seen| seen.open == 0).await;
    }

    async fn until(&self, reached: impl FnMut(&Seen) -> bool) {
        let mut seen = self.shared.seen.subscribe();
        let waiting = tokio::time::timeout(Duration::from_secs(60), seen.wait_for(reached)).await;
        drop(waiting.expect("the peer waits for more than 60 s").unwrap());
    }

    fn rule(&self, step: Step, action: Action) -> Narrow<'_> {
        let mut rules = self.shared.rules.lock().unwrap();
        rules.push(Rule::new(step, action));
        Narrow { peer: self, index: rules.len() - 1 }
    }
}

impl Drop for SmtpPeer {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        self.release();
        // Wakes the acceptor.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut sessions = Vec::new();
    for stream in listener.incoming() {
        if shared.stopping.load(Ordering::Relaxed) {
            break;
        }
        let stream = stream.unwrap();
        shared.streams.lock().unwrap().push(stream.try_clone().unwrap());
        let shared = Arc::clone(shared);
        sessions.push(thread::spawn(move || session::serve(stream, &shared)));
    }
    for stream in shared.streams.lock().unwrap().iter() {
        drop(stream.shutdown(Shutdown::Both));
    }
    for session in sessions {
        drop(session.join());
    }
}
