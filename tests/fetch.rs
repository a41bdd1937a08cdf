//! Fetching from real sockets: what goes over the wire and what comes back. How it fails is in `failures`, by which way it goes
//! in `proxies`, whether it is welcome in `consent`, what is kept of a refusal in `refusals`.

mod consent;
mod failures;
mod hubs;
mod proxies;
mod refusals;

use std::path::Path;
use std::time::Duration;

use sahelwatch::fetch::{Client, Document, FetchError, Fetched, Hints, Request, Settings};
use sahelwatch::model::{Access, Validators};
use url::Url;

use crate::peers::http::{Certificate, HttpPeer, Reply};
use crate::trials;

const FEED: &str = "<rss version=\"2.0\"><channel><title>Ménaka</title></channel></rss>";
const ACCEPT: &str = "application/rss+xml, */*;q=0.5";

/// The settings of a test that is about something else.
pub fn settings() -> Settings {
    Settings {
        contact: "desk@example.org".to_owned(),
        connect_timeout: Duration::from_secs(10),
        read_timeout: Duration::from_secs(10),
        timeout: Duration::from_secs(20),
        max_body: 1 << 20,
        concurrency: 16,
        per_host: 4,
        per_host_delay: Duration::ZERO,
        ports: Vec::new(),
        ca_file: None,
        proxy: None,
        respect_robots: true,
    }
}

fn client(settings: &Settings) -> Client {
    Client::new(settings).unwrap()
}

/// Polls with these validators; private addresses are allowed, since every peer is on loopback.
async fn poll(client: &Client, url: &Url, validators: &Validators) -> Result<Fetched, FetchError> {
    client.fetch(&Request { validators, ..feed(url, &Access::default()) }).await
}

/// The question about a feed at its own address.
fn feed<'a>(url: &'a Url, access: &'a Access) -> Request<'a> {
    const NONE: &Validators = &Validators { etag: None, last_modified: None };
    Request { url, home: url, validators: NONE, allow_private: true, accept: ACCEPT, access, robots: false }
}

async fn fetch(client: &Client, url: &Url) -> Result<Fetched, FetchError> {
    poll(client, url, &Validators::default()).await
}

async fn document(client: &Client, url: &Url) -> Document {
    match fetch(client, url).await {
        Ok(Fetched::Document(document)) => document,
        other => panic!("{url}: {other:?}"),
    }
}

/// The error of a poll as people read it, with the server's address cut out.
async fn failure(client: &Client, url: &Url) -> String {
    let error = fetch(client, url).await.unwrap_err();
    error.to_string().replace(&format!("127.0.0.1:{}", url.port().unwrap()), "HOST")
}

fn validators(etag: &[u8], last_modified: &[u8]) -> Validators {
    Validators { etag: Some(etag.to_vec()), last_modified: Some(last_modified.to_vec()) }
}

// -- what is asked, and what an answer holds

#[tokio::test]
async fn a_document_comes_with_all_the_next_poll_needs() {
    let server = HttpPeer::start();
    let reply = Reply::ok(FEED).header("Content-Type", "application/rss+xml; charset=utf-8").header("ETag", "\"1\"");
    let reply = reply.header("Last-Modified", "Sat, 01 Mar 2025 12:00:00 GMT").header("Cache-Control", "max-age=600");
    server.on("/feed", [reply]);
    let url = server.url("/feed?token=secret#top");
    let expected = Document {
        status: Some(200),
        bytes: FEED.into(),
        content_type: Some("application/rss+xml; charset=utf-8".to_owned()),
        url: server.url("/feed?token=secret"),
        moved_to: None,
        validators: validators(b"\"1\"", b"Sat, 01 Mar 2025 12:00:00 GMT"),
        hub: None,
        hints: Hints { retry_after: None, fresh_for: Some(Duration::from_secs(600)) },
        hold: Default::default(),
    };
    assert_eq!(document(&client(&settings()), &url).await, expected);

    let seen = &server.requests("/feed?token=secret")[0];
    assert_eq!(seen.method, "GET");
    let agent = format!("sahelwatch/{} (+desk@example.org)", env!("CARGO_PKG_VERSION"));
    assert_eq!(seen.header("User-Agent"), Some(agent.as_bytes()));
    assert_eq!(seen.header("Accept"), Some(ACCEPT.as_bytes()));
    assert_eq!(seen.header("Accept-Encoding"), Some(&b"gzip, br, zstd"[..]));
    for absent in ["If-None-Match", "If-Modified-Since", "A-IM", "Cookie", "Referer", "Authorization"] {
        assert_eq!(seen.header(absent), None, "{absent}");
    }
}

/// C7. Seen failing where `W/` was taken off, and where bytes that are no UTF-8 were replaced.
#[tokio::test]
async fn validators_are_echoed_byte_for_byte() {
    let trial = trials::of("C7");
    let server = HttpPeer::start();
    let client = client(&settings());
    for (etag, last_modified) in [
        (&b"\"abc\""[..], &b"Sat, 01 Mar 2025 12:00:00 GMT"[..]),
        (b"W/\"abc\"", b"Saturday, 01-Mar-25 12:00:00 GMT"),
        (b"w/\"abc\"", b"2025-03-01T12:00:00Z"),
        (b"abc", b"yesterday"),
        (b"\"a, b\"", b"Sat, 01 Mar 2025 12:00:00 +0000"),
        (b"\"\xe9t\xe9-gzip\"", b"0"),
        (b"\"\"abc\"\"", b"-1"),
    ] {
        let document_first = Reply::ok(FEED).header("ETag", etag).header("Last-Modified", last_modified);
        server.on("/feed", [document_first, Reply::not_modified().header("Cache-Control", "max-age=60")]);
        let given = document(&client, &server.url("/feed")).await.validators;
        assert_eq!(given, validators(etag, last_modified));

        let hints = Hints { retry_after: None, fresh_for: Some(Duration::from_secs(60)) };
        assert_eq!(
            poll(&client, &server.url("/feed"), &given).await.unwrap(),
            Fetched::Unchanged { hints, moved_to: None }
        );
        let seen = server.requests("/feed").pop().unwrap();
        assert_eq!(seen.header("If-None-Match"), Some(etag));
        assert_eq!(seen.header("If-Modified-Since"), Some(last_modified));
    }
    trial.passed(7);
}

#[tokio::test]
async fn only_a_conditional_question_may_be_answered_304() {
    let server = HttpPeer::start();
    server.on("/feed", [Reply::not_modified()]);
    assert_eq!(
        failure(&client(&settings()), &server.url("/feed")).await,
        "fetch HOST/feed: the server answered 304 Not Modified to a question that was not conditional"
    );
}

#[tokio::test]
async fn absent_empty_and_absurd_validators_are_not_kept() {
    let server = HttpPeer::start();
    server.on("/feed", [Reply::ok(FEED).header("ETag", "").header("Last-Modified", "x".repeat(2000)), Reply::ok("")]);
    for _ in 0..2 {
        assert_eq!(document(&client(&settings()), &server.url("/feed")).await.validators, Validators::default());
    }
}

#[tokio::test]
async fn statuses_say_what_they_mean() {
    let server = HttpPeer::start();
    let client = client(&settings());
    server.on("/empty", [Reply::ok("")]);
    assert_eq!(document(&client, &server.url("/empty")).await.bytes, b"");
    for code in [203, 200] {
        server.on("/good", [Reply::status(code)]);
        document(&client, &server.url("/good")).await;
    }
    for code in [201, 204, 206, 300, 400, 401, 403, 404, 410, 418, 429, 500, 503] {
        server.on("/bad", [Reply::status(code).header("Retry-After", "120")]);
        let error = fetch(&client, &server.url("/bad")).await.unwrap_err();
        assert!(matches!(&error, FetchError::Status { code: found, .. } if *found == code), "{error}");
        assert_eq!(error.hints().retry_after, Some(Duration::from_secs(120)), "{code}");
    }
}

#[tokio::test]
async fn codings_are_undone_under_the_cap() {
    let server = HttpPeer::start();
    let client = client(&settings());
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::read::GzEncoder::new(bytes, flate2::Compression::best());
        let mut coded = Vec::new();
        std::io::Read::read_to_end(&mut encoder, &mut coded).unwrap();
        coded
    };
    server.on("/feed", [Reply::ok(gzip(FEED.as_bytes())).header("Content-Encoding", "gzip")]);
    assert_eq!(document(&client, &server.url("/feed")).await.bytes, FEED.as_bytes());

    server.on("/bomb", [Reply::ok(gzip(&vec![0; 64 << 20])).header("Content-Encoding", "gzip")]);
    let too_large = "the body is larger than 1048576 bytes";
    assert_eq!(failure(&client, &server.url("/bomb")).await, format!("fetch HOST/bomb: {too_large}"));

    server.on("/twice", [Reply::ok(gzip(&gzip(b""))).header("Content-Encoding", "gzip, gzip")]);
    let coding = "the coding \"gzip, gzip\" was not asked for";
    assert_eq!(failure(&client, &server.url("/twice")).await, format!("fetch HOST/twice: {coding}"));

    // Too large by its own word: told before a byte of it comes.
    let reply = Reply::ok("").header("Content-Length", "1048577");
    let head = reply.head_len();
    server.on("/announced", [reply.stall_after(head)]);
    assert_eq!(failure(&client, &server.url("/announced")).await, format!("fetch HOST/announced: {too_large}"));
}

#[tokio::test]
async fn a_connection_serves_polls_that_follow_each_other() {
    let server = HttpPeer::start();
    server.on("/feed", [Reply::feed(FEED)]);
    let client = client(&settings());
    let given = document(&client, &server.url("/feed")).await.validators;
    for _ in 0..3 {
        assert!(matches!(poll(&client, &server.url("/feed"), &given).await, Ok(Fetched::Unchanged { .. })));
    }
    assert_eq!(server.connections(), 1);
}

// -- redirects

/// C6. Seen failing with four hops, with twenty, and with a Referer.
#[tokio::test]
async fn redirects_are_followed_five_times() {
    let trial = trials::of("C6");
    let server = HttpPeer::start();
    for hop in 1..=6 {
        server.on(&format!("/{hop}"), [Reply::redirect(302, format!("/{}", hop - 1)).header("Set-Cookie", "a=b")]);
    }
    server.on("/0", [Reply::ok(FEED)]);
    // With one turn per host, a redirect within the host must not wait for its own turn.
    let client = client(&Settings { per_host: 1, ..settings() });
    let found = document(&client, &server.url("/5")).await;
    assert_eq!((found.url, found.moved_to), (server.url("/0"), None));
    let last = server.requests("/0").pop().unwrap();
    assert_eq!((last.header("Cookie"), last.header("Referer")), (None, None));
    assert_eq!(failure(&client, &server.url("/6")).await, "fetch HOST/1: redirected more than 5 times");

    server.on("/loop", [Reply::redirect(301, "/loop")]);
    assert_eq!(failure(&client, &server.url("/loop")).await, "fetch HOST/loop: redirected more than 5 times");
    server.on("/nowhere", [Reply::status(301)]);
    assert_eq!(
        failure(&client, &server.url("/nowhere")).await,
        "fetch HOST/nowhere: redirected without a usable Location"
    );
    trial.passed(8);
}

#[tokio::test]
async fn redirects_lead_only_to_web_ports_and_schemes() {
    let (server, elsewhere) = (HttpPeer::start(), HttpPeer::start());
    elsewhere.on("/feed", [Reply::ok(FEED)]);
    let strict = client(&settings());
    for (location, why) in [
        ("file:///etc/passwd", "fetch /etc/passwd: scheme file: is not dialled, only http and https are"),
        ("http://127.0.0.1:22/", "fetch 127.0.0.1:22/: port 22 is not dialled unless it is listed in ports"),
    ] {
        server.on("/feed", [Reply::redirect(302, location)]);
        assert_eq!(failure(&strict, &server.url("/feed")).await, why);
    }
    server.on("/feed", [Reply::redirect(302, elsewhere.url("/feed"))]);
    assert!(matches!(fetch(&strict, &server.url("/feed")).await, Err(FetchError::Refused { .. })));
    assert_eq!(elsewhere.connections(), 0);
    let configured = client(&Settings { ports: vec![elsewhere.port()], ..settings() });
    assert_eq!(document(&configured, &server.url("/feed")).await.url, elsewhere.url("/feed"));
}

// -- addresses

#[tokio::test]
async fn private_addresses_are_refused_before_a_byte_is_sent() {
    let server = HttpPeer::start();
    server.on("/feed", [Reply::ok(FEED)]);
    let client = client(&settings());
    let port = server.port();
    for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "user:secret@127.1", "[::ffff:7f00:1]"] {
        let url = Url::parse(&format!("http://{host}:{port}/feed?token=secret")).unwrap();
        let access = Access::default();
        let request = Request { allow_private: false, ..feed(&url, &access) };
        let error = client.fetch(&request).await.unwrap_err();
        assert!(matches!(error, FetchError::Refused { .. }), "{host}: {error}");
        let text = error.to_string();
        assert!(
            text.ends_with("is a loopback address, which is dialled only for a source with allow_private = true"),
            "{text}"
        );
        assert!(!format!("{text} {error:?}").contains("secret"), "{text} {error:?}");
    }
    assert_eq!(server.connections(), 0);
}

/// Runs itself again with proxies in the environment, which cannot be set for one test alone.
#[tokio::test]
async fn proxies_of_the_environment_are_ignored() {
    let name = "fetch::proxies_of_the_environment_are_ignored";
    let server = HttpPeer::start();
    server.on("/feed", [Reply::ok(FEED)]);
    assert_eq!(document(&client(&settings()), &server.url("/feed")).await.bytes, FEED.as_bytes());
    if std::env::var_os("http_proxy").is_some() {
        return;
    }
    let proxy = HttpPeer::start();
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", name]).env("http_proxy", proxy.url("").as_str()).env("all_proxy", proxy.url("").as_str());
    let output = again.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"));
    assert_eq!(proxy.connections(), 0);
}

// -- TLS

/// Settings that trust the server's authority, whose file is in `folder`.
fn trusting(server: &HttpPeer, folder: &Path) -> Settings {
    let file = folder.join("ca.pem");
    std::fs::write(&file, server.authority()).unwrap();
    Settings { ca_file: Some(file), ..settings() }
}

#[tokio::test]
async fn permanent_moves_over_tls_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let server = HttpPeer::start_tls(Certificate::Good);
    let client = client(&trusting(&server, folder.path()));
    server.on("/old", [Reply::redirect(301, "/older"), Reply::redirect(302, "/older")]);
    server.on("/older", [Reply::redirect(308, "/new")]);
    server.on("/new", [Reply::ok(FEED)]);
    let found = document(&client, &server.url("/old")).await;
    assert_eq!((found.url, found.moved_to), (server.url("/new"), Some(server.url("/new"))));
    assert_eq!(document(&client, &server.url("/old")).await.moved_to, None);
}

/// C4. Seen failing with any certificate accepted, and with the library's words in place of ours.
#[tokio::test]
async fn certificates_are_judged_and_their_faults_named() {
    let trial = trials::of("C4");
    for (certificate, fault) in [
        (Certificate::Expired, "its certificate has expired"),
        (Certificate::NotYetValid, "its certificate is not valid yet; is the clock right?"),
        (Certificate::WrongName, "its certificate is for another name"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let server = HttpPeer::start_tls(certificate);
        let client = client(&trusting(&server, folder.path()));
        let expected = format!("fetch HOST/feed: no safe connection: {fault}");
        assert_eq!(failure(&client, &server.url("/feed")).await, expected);
        assert!(server.all_requests().is_empty());
    }
    let server = HttpPeer::start_tls(Certificate::Good);
    let text = failure(&client(&settings()), &server.url("/feed")).await;
    assert!(text.contains("an authority not trusted here"), "{text}");
    trial.passed(4);
}

// -- settings

#[test]
fn settings_that_cannot_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    for (settings, expected) in [
        (
            Settings { contact: "a\nb".to_owned(), ..settings() },
            "set up fetching: contact \"a\\nb\" cannot stand in a header".to_owned(),
        ),
        (
            Settings { ca_file: Some(empty.clone()), ..settings() },
            format!("set up fetching: ca_file {} holds no certificate", empty.display()),
        ),
        (
            Settings { ca_file: Some(folder.path().join("absent")), ..settings() },
            format!(
                "set up fetching: ca_file {} cannot be read: No such file or directory (os error 2)",
                folder.path().join("absent").display()
            ),
        ),
    ] {
        assert_eq!(Client::new(&settings).unwrap_err().to_string(), expected);
    }
}
