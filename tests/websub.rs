//! WebSub over loopback: a feed that offers a hub, a hub that verifies and tells, and others who forge what it says.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use sahelwatch::model::SourceId;
use sahelwatch::store::PollCommit;
use url::{Url, form_urlencoded};

use crate::bed::{Bed, Daemon, attack, everyday, feed};
use crate::peers::http::{HttpPeer, Reply, Seen};
use crate::peers::sample;
use crate::trials;

const PATIENCE: Duration = Duration::from_secs(30);
const CHALLENGE: &str = "a challenge";

/// A feed with a hub, and where the hub is told to call back.
struct Subscribed {
    bed: Bed,
    hub: HttpPeer,
    port: u16,
    /// What the daemon answered to each verification.
    answers: Arc<Mutex<Vec<String>>>,
}

impl Subscribed {
    fn new() -> Self {
        let (bed, hub) = (Bed::new(), HttpPeer::start());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let toml = bed.configured().replace("allow_private", "interval = \"1h\"\nallow_private");
        let toml = toml.replace("per_host_delay", &format!("ports = [{}], per_host_delay", hub.port()));
        bed.rewrite(&format!(
            "{toml}\n[web]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}/\"\n"
        ));
        let subscribed = Self { bed, hub, port, answers: Arc::default() };
        subscribed.serve(&[everyday(1)]);
        // It verifies before it answers, as a hub may.
        let answers = subscribed.answers.clone();
        subscribed.hub.on("/hub", [Reply::status(202)]);
        subscribed.hub.on_hit("/hub", move |seen| answers.lock().unwrap().push(verify(seen)));
        subscribed
    }

    fn serve(&self, entries: &[String]) {
        let links = format!("<{}>; rel=hub, <{}>; rel=self", self.hub.url("/hub"), self.topic());
        self.bed.http.on("/feed", [Reply::feed(feed(entries)).header("Link", links)]);
    }

    fn topic(&self) -> Url {
        self.bed.http.url("/feed")
    }

    /// Starts the daemon and waits until the hub's lease is known.
    fn daemon(&self) -> Daemon {
        let daemon = self.bed.daemon();
        self.until_told(|until| until.is_some());
        daemon
    }

    /// The path at which the hub calls back.
    fn callback(&self) -> String {
        let seen = self.hub.wait_for("/hub", 1);
        let callback: Url = parameter(&seen[0], "hub.callback").parse().unwrap();
        callback.path().to_owned()
    }

    /// Waits until `sources` says so of the time until which the hub tells.
    #[track_caller]
    fn until_told(&self, is_so: impl Fn(Option<&str>) -> bool) {
        let start = Instant::now();
        loop {
            let ended = self.bed.run(&["sources", "--json"]);
            let sources: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
            if is_so(sources["sources"][0]["hub_until"].as_str()) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{sources:#}");
        }
    }

    /// Sends a request to the daemon's listener; returns the whole answer.
    fn asks(&self, request: &str) -> String {
        exchange(self.port, request.as_bytes())
    }

    fn posts(&self, path: &str, body: &str) -> String {
        self.asks(&format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
    }

    /// As if the last poll were an hour ago, and the next one an hour away.
    fn an_hour_passes(&self) {
        let store = sample::open(&self.bed.folder().join("state"));
        let source = SourceId::new("outlet").unwrap();
        let mut state = store.source_state(&source).unwrap().unwrap();
        let hour = SignedDuration::from_hours(1);
        state.last_attempt = state.last_attempt.map(|last| last - hour);
        state.next_check = Some(Timestamp::now() + hour);
        store.commit(vec![PollCommit { state, ..PollCommit::new(source) }]).unwrap();
    }
}

fn exchange(port: u16, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // Both may fail when the daemon has heard enough.
    stream.write_all(request).ok();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok();
    String::from_utf8(answer).unwrap()
}

fn parameter(seen: &Seen, name: &str) -> String {
    let found = form_urlencoded::parse(&seen.body).find(|(key, _)| key == name);
    found.unwrap_or_else(|| panic!("no {name} in {seen:?}")).1.into_owned()
}

fn query(mode: &str, topic: &str) -> String {
    let pairs = [
        ("hub.mode", mode),
        ("hub.topic", topic),
        ("hub.challenge", CHALLENGE),
        ("hub.lease_seconds", "864000"),
        ("hub.reason", "not today"),
    ];
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Asks the subscriber whether it meant what it posted.
fn verify(seen: &Seen) -> String {
    let callback: Url = parameter(seen, "hub.callback").parse().unwrap();
    let query = query(&parameter(seen, "hub.mode"), &parameter(seen, "hub.topic"));
    let request = format!("GET {}?{query} HTTP/1.1\r\nHost: x\r\n\r\n", callback.path());
    exchange(callback.port().unwrap(), request.as_bytes())
}

#[tokio::test]
async fn a_hub_that_tells_of_news_has_them_polled_at_once() {
    let subscribed = Subscribed::new();
    let daemon = subscribed.daemon();
    let asked = subscribed.hub.wait_for("/hub", 1).remove(0);
    assert_eq!(parameter(&asked, "hub.mode"), "subscribe");
    assert_eq!(parameter(&asked, "hub.topic"), subscribed.topic().as_str());
    assert_eq!(parameter(&asked, "hub.lease_seconds"), "864000");
    let answer = subscribed.answers.lock().unwrap().remove(0);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(&format!("\r\n\r\n{CHALLENGE}")), "{answer}");
    assert!(answer.to_lowercase().contains("\r\ncontent-type: text/plain"), "a stranger's words are no page: {answer}");
    assert_eq!(daemon.stop(), Some(0));

    subscribed.an_hour_passes();
    subscribed.serve(&[attack(1), everyday(1)]);
    let daemon = subscribed.bed.daemon();
    let answer = subscribed.posts(&subscribed.callback(), "<rss>what stands here is not read</rss>");
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    subscribed.bed.smtp.until_accepted(1).await;
    assert_eq!(subscribed.bed.http.requests("/feed").len(), 2);
    assert_eq!(subscribed.hub.requests("/hub").len(), 1, "a lease that holds is not asked for again");
    assert_eq!(daemon.stop(), Some(0));
}

/// S22 and S23. Seen failing where any token would do, to verify or to tell; without the comparison of topics; where `unsubscribe` is
/// answered, or a method other than GET and POST; with a word in a refusal; and with heads of a megabyte.
#[test]
fn what_is_forged_is_refused_without_a_word() {
    let (foreign, changes) = (trials::of("S22"), trials::of("S23"));
    let subscribed = Subscribed::new();
    let daemon = subscribed.daemon();
    let (topic, callback) = (subscribed.topic().to_string(), subscribed.callback());
    let stranger = format!("/websub/{}", "0".repeat(32));
    let get = |path: &str, query: &str| format!("GET {path}?{query} HTTP/1.1\r\nHost: x\r\n\r\n");
    let silent = TcpStream::connect(("127.0.0.1", subscribed.port)).unwrap();
    let before = subscribed.bed.run(&["sources", "--json"]).stdout;
    let requests = [
        (get(&stranger, &query("subscribe", &topic)), "404"),
        (get(&callback, &query("subscribe", "https://other.example/feed")), "404"),
        (get(&callback, &query("unsubscribe", &topic)), "404"),
        (get(&callback, ""), "404"),
        (get(&stranger, &query("denied", &topic)), "404"),
        (get("/", ""), "404"),
        (format!("POST {stranger} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"), "404"),
        (format!("DELETE {callback} HTTP/1.1\r\nHost: x\r\n\r\n"), "404"),
        (format!("GET {callback} HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "x".repeat(100_000)), "431"),
        ("what\r\n\r\n".to_owned(), "400"),
        // What pages of other sites, scanners and people who try their luck send. There is no page to be had here.
        (get("/index.html", "x=1"), "404"),
        (get("/websub/../../../etc/passwd", ""), "404"),
        (get("/websub/%2e%2e/%2e%2e/etc/passwd", ""), "404"),
        (get("//evil.example/", ""), "404"),
        (get("/\\evil.example", ""), "404"),
        (get("/metrics", ""), "404"),
        (get("/websub/", &query("subscribe", &topic)), "404"),
        (get("http://evil.example/websub/", ""), "404"),
        (get(&callback, &query("subscribe", &topic)).replacen("GET", "HEAD", 1), "404"),
        (get(&callback, &query("subscribe", &topic)).replacen("GET", "PROPFIND", 1), "404"),
        (format!("PUT {callback} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"), "404"),
        (format!("OPTIONS {callback} HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n\r\n"), "404"),
        (format!("TRACE {callback} HTTP/1.1\r\nHost: x\r\nCookie: a=b\r\n\r\n"), "404"),
        (format!("GET {stranger} HTTP/1.1\r\nHost: rebind.evil.example\r\nOrigin: null\r\n\r\n"), "404"),
    ];
    for (request, status) in &requests {
        let answer = subscribed.asks(request);
        let shown = &request[..request.len().min(200)];
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{shown}: {answer}");
        assert!(answer.ends_with("\r\n\r\n") && !answer.contains("outlet"), "{shown}: {answer}");
    }
    drop(silent);
    assert_eq!(before, subscribed.bed.run(&["sources", "--json"]).stdout, "whoever has no token changes nothing");
    foreign.passed(requests.len());
    changes.passed(requests.iter().filter(|(request, _)| request.starts_with("GET")).count());
    let answer = subscribed.posts(&callback, &"x".repeat(3 << 20));
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 204"), "{answer}");
    subscribed.until_told(|until| until.is_some());
    let answer = subscribed.asks(&get(&callback, &query("denied", &topic)));
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    subscribed.until_told(|until| until.is_none());
    assert!(daemon.log().contains("not today"), "{}", daemon.log());
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn the_hub_of_a_source_that_left_may_stop() {
    let subscribed = Subscribed::new();
    let daemon = subscribed.daemon();
    let callback = subscribed.callback();
    let toml = subscribed.bed.configured().replace("id = \"outlet\"", "id = \"another\"");
    subscribed.bed.rewrite(&toml.replace("/feed\"", "/another\""));
    assert_eq!(subscribed.bed.run(&["reload"]).code, Some(0));
    let start = Instant::now();
    while !subscribed.posts(&callback, "").starts_with("HTTP/1.1 410") {
        assert!(start.elapsed() < PATIENCE, "{}", daemon.log());
    }
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn what_nobody_can_reach_any_more_is_not_subscribed() {
    let subscribed = Subscribed::new();
    assert_eq!(subscribed.daemon().stop(), Some(0));
    let toml = subscribed.bed.configured();
    subscribed.bed.rewrite(toml.split("[web]").next().unwrap());
    let daemon = subscribed.bed.daemon();
    subscribed.until_told(|until| until.is_none());
    assert!(TcpStream::connect(("127.0.0.1", subscribed.port)).is_err(), "nothing listens");
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn a_port_that_is_taken_is_named_at_the_start() {
    let subscribed = Subscribed::new();
    let _taken = TcpListener::bind(("127.0.0.1", subscribed.port)).unwrap();
    let ended = subscribed.bed.run(&["run"]);
    assert_eq!(ended.code, Some(74));
    let named = format!("listen for hubs on 127.0.0.1:{}", subscribed.port);
    assert!(ended.stderr.contains(&named) && ended.stderr.contains("web.listen"), "{}", ended.stderr);
}
