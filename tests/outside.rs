//! The daemon as monitors see it: whole runs that are scraped over real sockets.

mod exposition;
mod health;

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rustix::process::Signal;

use crate::bed::{Bed, attack, everyday, feed};
use crate::peers::http::Reply;
use crate::trials;
use exposition::Page;

const PATIENCE: Duration = Duration::from_secs(30);
const MANUAL: &str = include_str!("../docs/monitoring.md");
const RULES: &str = include_str!("../deploy/prometheus/alerts.yml");

/// A bed whose daemon can be looked at.
struct Watched {
    bed: Bed,
    port: u16,
}

impl Watched {
    /// On top of a bed; `more` is further TOML of `[metrics]`.
    fn with(bed: Bed, more: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let bed = bed.with(&format!("[metrics]\nlisten = \"127.0.0.1:{port}\"\n{more}"));
        Self { bed, port }
    }

    fn new() -> Self {
        Self::with(Bed::new().alerting_at_once(), "")
    }

    /// Sends something and returns the whole answer; an empty one when the connection was closed.
    fn asks(&self, request: &str) -> String {
        let mut stream = connected(self.port);
        // Both may fail when the daemon has heard enough.
        stream.write_all(request.as_bytes()).ok();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok();
        String::from_utf8(answer).unwrap()
    }

    fn gets(&self, path: &str) -> (u16, String) {
        let answer = self.asks(&format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer}"));
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    #[track_caller]
    fn page(&self) -> Page {
        let (status, body) = self.gets("/metrics");
        assert_eq!(status, 200, "{body}");
        Page::read(&body)
    }

    /// Waits until a scrape shows it.
    #[track_caller]
    fn until(&self, shows: impl Fn(&Page) -> bool) -> Page {
        let start = Instant::now();
        loop {
            let page = self.page();
            if shows(&page) {
                return page;
            }
            assert!(start.elapsed() < PATIENCE, "{:#?}", page.0);
        }
    }

    /// What `status --health` says, and its exit code.
    fn health(&self) -> (Option<i32>, String) {
        let ended = self.bed.run(&["status", "--health"]);
        assert_eq!(ended.stderr, "");
        (ended.code, ended.stdout)
    }
}

/// A connection to the daemon, which may still be about to listen.
#[track_caller]
fn connected(port: u16) -> TcpStream {
    let start = Instant::now();
    loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => {
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                return stream;
            }
            Err(error) => assert!(start.elapsed() < PATIENCE, "{error}"),
        }
    }
}

/// Everything that can be measured happens: a mail is sent and one waits, an item with a printed time comes, a source fails.
fn eventful() -> Watched {
    let bed = Bed::new().alerting_at_once().source("gone", "feed", "/gone", "");
    let bed = bed.with(
        "[[coverage]]\nname = \"both \\\"outlets\\\"\"\nat_least = 2\n\
         [[watch]]\nid = \"gathered\"\nany = [\"attaque*\"]\nto = [\"secret-desk@example.org\"]\ntiming = { wait = \"1h\" }\n",
    );
    let printed = (Timestamp::now() - SignedDuration::from_mins(90)).strftime("%a, %d %b %Y %H:%M:%S +0000");
    let item = attack(1).replace("</item>", &format!("<pubDate>{printed}</pubDate></item>"));
    bed.http.on("/feed", [Reply::feed(feed(&[item, everyday(1)]))]);
    bed.http.on("/gone", [Reply::status(404)]);
    Watched::with(bed, "")
}

fn settled(page: &Page) -> bool {
    page.find("sahelwatch_notifications_total", &[("outcome", "sent")]) == Some(1.0)
        && page.find("sahelwatch_polls_total", &[("outcome", "not_fetched")]) == Some(1.0)
        && page.find("sahelwatch_alerts_waiting", &[("reason", "gathering")]) == Some(1.0)
        && page.find("sahelwatch_mail_broken", &[]).is_some()
}

/// Seen failing with the counting of raised alerts, and with the word of a reload, taken out.
#[test]
fn a_scrape_tells_what_happened() {
    let watched = eventful();
    let daemon = watched.bed.daemon();
    let page = watched.until(settled);
    for (name, labels, expected) in [
        ("sahelwatch_polls_total", &[("outcome", "read")][..], 1.0),
        ("sahelwatch_poll_duration_seconds_count", &[], 2.0),
        ("sahelwatch_items_total", &[("reason", "new")], 2.0),
        ("sahelwatch_items_total", &[("reason", "primed")], 0.0),
        ("sahelwatch_alerts_raised_total", &[("reason", "new")], 2.0),
        ("sahelwatch_alerts_decided_total", &[("reason", "new")], 1.0),
        ("sahelwatch_notifications_total", &[("outcome", "refused")], 0.0),
        ("sahelwatch_mail_queue", &[], 0.0),
        ("sahelwatch_mail_oldest_age_seconds", &[], 0.0),
        ("sahelwatch_mail_broken", &[], 0.0),
        ("sahelwatch_store_up", &[], 1.0),
        ("sahelwatch_store_rows", &[("table", "items")], 2.0),
        ("sahelwatch_source_state", &[("source", "outlet"), ("state", "ok")], 1.0),
        ("sahelwatch_source_failures", &[("source", "gone")], 1.0),
        ("sahelwatch_coverage_floor_sources", &[("floor", "both \"outlets\"")], 2.0),
        ("sahelwatch_config_last_reload_successful", &[], 1.0),
        ("sahelwatch_loop_hanging", &[("loop", "sending")], 0.0),
        ("sahelwatch_loop_hanging", &[("loop", "storing")], 0.0),
    ] {
        assert_eq!(page.value(name, labels), expected, "{name}{labels:?}");
    }
    let lag = page.value("sahelwatch_source_lag_seconds", &[("source", "outlet")]);
    assert!((5400.0..5700.0).contains(&lag), "{lag}");
    let now = Timestamp::now().as_second() as f64;
    let last = page.value("sahelwatch_source_last_success_timestamp_seconds", &[("source", "outlet")]);
    assert!((now - 300.0..=now + 1.0).contains(&last), "{last}");
    assert_eq!(page.find("sahelwatch_source_last_success_timestamp_seconds", &[("source", "gone")]), None);
    for name in ["sahelwatch_fetched_bytes_total", "sahelwatch_store_size_bytes", "process_resident_memory_bytes"] {
        assert!(page.value(name, &[]) > 500.0, "{name}");
    }
    assert!(page.value("sahelwatch_store_fsync_duration_seconds_count", &[]) >= 1.0);

    let good = watched.bed.configured();
    watched.bed.rewrite(&good.replace("[[watch]]", "[[wach]]"));
    daemon.signal(Signal::HUP);
    daemon.hears("RELOADING=1");
    daemon.hears("READY=1");
    assert_eq!(watched.page().value("sahelwatch_config_last_reload_successful", &[]), 0.0);
    let (code, said) = watched.health();
    assert!(code == Some(0) && said.contains("refused"), "a restart would end it for good: {code:?} {said}");
    watched.bed.rewrite(&good);
    assert_eq!(watched.bed.run(&["reload"]).code, Some(0));
    assert_eq!(watched.page().value("sahelwatch_config_last_reload_successful", &[]), 1.0);
    assert_eq!(daemon.stop(), Some(0));
}

/// S25. Seen failing with the ids of watches among those of sources.
#[test]
fn nothing_tells_who_watches_what() {
    let trial = trials::of("S25");
    let watched = eventful();
    let _daemon = watched.bed.daemon();
    watched.until(settled);
    let told = ["/metrics", "/healthz", "/readyz"].map(|path| watched.gets(path).1).concat();
    for word in ["attacks", "gathered", "attaque", "amina", "desk", "example.org", "Djibo", "://", "@"] {
        assert!(!told.contains(word), "`{word}` in:\n{told}");
    }
    trial.passed(3);
}

/// Seen failing with a row of the manual taken out, and with one word of its last column changed.
#[test]
fn the_manual_lists_every_metric_and_no_other() {
    let watched = eventful();
    let _daemon = watched.bed.daemon();
    let page = watched.until(settled);
    let mut rows = String::new();
    for (name, family) in &page.0 {
        let labels = family.labels().iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        writeln!(rows, "| `{name}` | {} | {labels} | {} |", family.kind, family.help).unwrap();
    }
    let listed: String = MANUAL
        .lines()
        .filter(|line| line.starts_with("| `sahelwatch_") || line.starts_with("| `process_"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(listed, rows, "docs/monitoring.md should say:\n{rows}");
}

/// Every name in the alert rules is one that is really there: a rule on a name with a slip in it never fires, and nobody notices.
/// Seen failing with `sahelwatch_mail_oldest_age` in a rule.
#[test]
fn the_alert_rules_ask_for_what_there_is() {
    let watched = eventful();
    let _daemon = watched.bed.daemon();
    let page = watched.until(settled);
    let there: Vec<&str> = page.0.values().flat_map(|family| &family.series).map(|s| s.name.as_str()).collect();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let names =
        RULES.split(|c| !is_name(c)).filter(|word| word.starts_with("sahelwatch_") || word.starts_with("process_"));
    let names: Vec<&str> = names.collect();
    let strangers: Vec<_> = names.iter().filter(|name| !there.contains(name)).collect();
    assert!(strangers.is_empty(), "{strangers:?} are not exported");
    assert!(names.len() >= 12, "{names:?}");
    let count = |start: &str| RULES.lines().filter(|line| line.trim_start().starts_with(start)).count();
    let rules = count("- alert: ");
    assert!(rules >= 12 && count("summary: ") == rules && count("description: ") == rules);
}

/// S22, as far as it is about this port: what a page in somebody's browser, or a stranger, may send. Seen failing with the check of
/// the host, and with that of the method, taken out.
#[test]
fn only_questions_that_were_meant_for_it_are_answered() {
    let trial = trials::of("S22");
    let watched = Watched::with(Bed::new(), "hosts = [\"watch.internal\"]\n");
    watched.bed.serve(&[everyday(1)]);
    let daemon = watched.bed.daemon();
    let get = |path: &str, host: &str| format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let ours = format!("127.0.0.1:{}", watched.port);
    let silent: Vec<TcpStream> = (0..7).map(|_| connected(watched.port)).collect();
    let mut slow = connected(watched.port);
    slow.write_all(b"GET /metrics HTTP/1.1\r\nHo").unwrap();
    drop(slow);
    let requests = [
        (get("/healthz", &ours), "200"),
        (get("/readyz", "localhost"), "200"),
        (get("/metrics", "watch.internal:443"), "200"),
        (get("/metrics", "evil.example"), "421"),
        (get("/healthz", "127.0.0.1.evil.example"), "421"),
        (get("/healthz", ""), "421"),
        ("GET /healthz HTTP/1.0\r\n\r\n".to_owned(), "421"),
        (get("http://evil.example/metrics", &ours), "421"),
        (get("/", &ours), "404"),
        (get("/metrics/", &ours), "404"),
        (get("/../healthz", &ours), "404"),
        (format!("POST /metrics HTTP/1.1\r\nHost: {ours}\r\nContent-Length: 3\r\n\r\nabc"), "405"),
        (format!("DELETE /healthz HTTP/1.1\r\nHost: {ours}\r\n\r\n"), "405"),
        (format!("GET /metrics HTTP/1.1\r\nHost: {ours}\r\nX: {}\r\n\r\n", "x".repeat(100_000)), "431"),
        ("what\r\n\r\n".to_owned(), "400"),
    ];
    for (request, status) in &requests {
        let answer = watched.asks(request);
        let shown = &request[..request.len().min(200)];
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")) || answer.starts_with(&format!("HTTP/1.0 {status}")),
            "{shown}: {answer}"
        );
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        assert_eq!(body.is_empty(), *status != "200", "{shown}: {answer}");
    }
    let head = watched.asks(&get("/metrics", &ours).replacen("GET", "HEAD", 1)).to_lowercase();
    let (head, body) = head.split_once("\r\n\r\n").unwrap();
    for line in
        ["http/1.1 200", "content-type: text/plain; version=0.0.4", "x-content-type-options: nosniff", "no-store"]
    {
        assert!(head.contains(line), "no {line}: {head}");
    }
    assert_eq!(body, "");
    drop(silent);
    assert_eq!(daemon.stop(), Some(0));
    trial.passed(requests.len());
}

/// Mail first. Seen failing with an end of the program where it cannot listen.
#[tokio::test]
async fn a_port_that_is_taken_keeps_nobody_from_being_told() {
    let watched = Watched::new();
    let taken = TcpListener::bind(("127.0.0.1", watched.port)).unwrap();
    watched.bed.serve(&[attack(1)]);
    let daemon = watched.bed.daemon();
    watched.bed.smtp.until_accepted(1).await;
    assert!(daemon.log().contains("metrics.listen"), "{}", daemon.log());
    drop(taken);
    assert_eq!(watched.gets("/healthz").0, 200);
    assert_eq!(daemon.stop(), Some(0));
}
