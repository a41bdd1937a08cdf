//! What is kept of an answer that is not the document, and what goes to which host.

use std::io::Read;
use std::time::{Duration, Instant};

use sahelwatch::fetch::{FetchError, Settings};
use sahelwatch::model::{Access, Secret};

use super::{FEED, client, feed, fetch, settings};
use crate::peers::http::{HttpPeer, Reply};
use crate::trials;

const WALL: &str = "<html><title>Un instant…</title><p>Vérification de votre navigateur</p></html>";

#[tokio::test]
async fn the_beginning_of_a_refusal_is_kept_as_evidence() {
    let server = HttpPeer::start();
    let client = client(&settings());
    let mut zipped = Vec::new();
    flate2::read::GzEncoder::new(WALL.as_bytes(), flate2::Compression::best()).read_to_end(&mut zipped).unwrap();
    let html = |reply: Reply| reply.header("Content-Type", "text/html; charset=utf-8");
    let long = WALL.repeat(1000);
    let forbidden = |body: &[u8]| Reply::ok(body).with_status(403);
    for (reply, expected) in [
        (html(forbidden(WALL.as_bytes())), Some(WALL.as_bytes())),
        (html(forbidden(&zipped)).header("Content-Encoding", "gzip"), Some(WALL.as_bytes())),
        (html(forbidden(long.as_bytes())), Some(&long.as_bytes()[..16 * 1024])),
        (html(forbidden(b"")), None),
        (forbidden(WALL.as_bytes()).header("Content-Type", "application/pdf"), None),
        (html(forbidden(b"no gzip")).header("Content-Encoding", "gzip"), None),
    ] {
        server.on("/feed", [reply]);
        let error = fetch(&client, &server.url("/feed")).await.unwrap_err();
        assert_eq!((error.status(), error.keeps_out()), (Some(403), true));
        assert_eq!(error.excerpt().map(String::from_utf8_lossy), expected.map(String::from_utf8_lossy));
    }
}

#[tokio::test]
async fn a_refusal_that_does_not_end_is_still_one() {
    let server = HttpPeer::start();
    let client = client(&Settings { timeout: Duration::from_secs(2), ..settings() });
    let html = |code| Reply::ok(WALL).with_status(code).header("Content-Type", "text/html");
    let head = html(403).head_len();
    server.on("/stalled", [html(403).stall_after(head + 20)]);
    server.on("/broken", [html(503).reset_after(head + 20)]);
    let start = Instant::now();
    for (path, status) in [("/stalled", 403), ("/broken", 503)] {
        let error = fetch(&client, &server.url(path)).await.unwrap_err();
        assert_eq!(error.status(), Some(status), "{error}");
    }
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_challenge_is_no_document_whatever_its_status() {
    let server = HttpPeer::start();
    for (code, name, value) in [
        (403, "Cf-Mitigated", "challenge"),
        (202, "x-amzn-waf-action", "challenge"),
        (200, "cf-mitigated", "challenge"),
    ] {
        let reply = Reply::ok(WALL).with_status(code).header("Content-Type", "text/html").header(name, value);
        server.on("/feed", [reply]);
        let error = fetch(&client(&settings()), &server.url("/feed")).await.unwrap_err();
        assert!(matches!(error, FetchError::Status { challenged: true, .. }) && error.keeps_out(), "{error:?}");
        assert_eq!(error.excerpt(), Some(WALL.as_bytes()));
    }
}

/// S6. Seen failing with headers for every host, with headers that are sent again on the way back, and with a Referer.
#[tokio::test]
async fn secrets_go_to_the_home_of_a_source_only() {
    let trial = trials::of("S6");
    let (home, elsewhere) = (HttpPeer::start(), HttpPeer::start());
    home.on("/feed", [Reply::redirect(302, "/inside")]);
    home.on("/inside", [Reply::redirect(302, elsewhere.url("/away"))]);
    elsewhere.on("/away", [Reply::redirect(302, home.url("/back"))]);
    home.on("/back", [Reply::ok(FEED)]);
    let client = client(&Settings { ports: vec![elsewhere.port()], ..settings() });
    let secret = |text: &str| Secret::new(text.to_owned());
    let headers = vec![
        ("Cookie".to_owned(), secret("session=secret")),
        ("Authorization".to_owned(), secret("Basic c2VjcmV0")),
        ("Accept-Language".to_owned(), secret("fr")),
    ];
    let access = Access { user_agent: Some("Desk/1".to_owned()), headers, ..Access::default() };
    let url = home.url("/feed");
    client.fetch(&feed(&url, &access)).await.unwrap();
    for (server, path, sent) in
        [(&home, "/feed", true), (&home, "/inside", true), (&elsewhere, "/away", false), (&home, "/back", false)]
    {
        let seen = &server.requests(path)[0];
        assert_eq!(seen.header("User-Agent"), Some(&b"Desk/1"[..]));
        assert_eq!(seen.header("Referer"), None, "{path}");
        for name in ["Cookie", "Authorization", "Accept-Language"] {
            assert_eq!(seen.header(name).is_some(), sent, "{path}: {name}");
        }
    }
    // An article elsewhere is asked for in the source's name, but without what its home gave us.
    let article = elsewhere.url("/article");
    elsewhere.on("/article", [Reply::ok(FEED)]);
    let request = sahelwatch::fetch::Request { home: &url, ..feed(&article, &access) };
    client.fetch(&request).await.unwrap();
    assert_eq!(elsewhere.requests("/article")[0].header("Cookie"), None);
    trial.passed(5);
}

/// Only the port somebody configured is dialled beside the usual ones, not any port a document names.
#[tokio::test]
async fn a_document_opens_no_port() {
    let (home, elsewhere) = (HttpPeer::start(), HttpPeer::start());
    let (url, article, access) = (home.url("/feed"), elsewhere.url("/article"), Access::default());
    let request = sahelwatch::fetch::Request { home: &url, ..feed(&article, &access) };
    assert!(matches!(client(&settings()).fetch(&request).await, Err(FetchError::Refused { .. })));
    assert_eq!(elsewhere.connections(), 0);
}
