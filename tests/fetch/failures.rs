//! Fetching from servers that are slow, endless, broken or absent: every way to fail is bounded and told apart.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sahelwatch::fetch::{FetchError, Request, Settings};
use sahelwatch::model::Access;
use url::Url;

use super::{FEED, client, document, failure, feed, fetch, settings};
use crate::peers::http::{HttpPeer, Reply};
use crate::trials;

/// S8, by time. Seen failing without the limit on a read, and without the one on all of a document.
#[tokio::test]
async fn a_server_that_takes_its_time_is_left() {
    let trial = trials::of("S8");
    let server = HttpPeer::start();
    let half = Reply::ok(FEED).head_len() + 10;
    let pause = Duration::from_millis(50);
    server.on("/silent", [Reply::ok(FEED).stall_after(0)]);
    server.on("/half", [Reply::ok(FEED).stall_after(half)]);
    server.on("/dribbled-head", [Reply::ok(FEED).dribble_after(0, pause)]);
    server.on("/dribbled-body", [Reply::ok(FEED).dribble_after(half, pause)]);
    server.on("/interim", [Reply::endless_interim()]);
    // Only one of the two timeouts is short each time, so that a busy machine cannot take the other one for it.
    let (short, long) = (Duration::from_secs(1), Duration::from_secs(20));
    for (path, read_timeout, timeout, during) in [
        ("/silent", short, long, "waiting for the answer"),
        ("/dribbled-head", short, long, "waiting for the answer"),
        ("/interim", short, long, "waiting for the answer"),
        ("/half", 2 * short, long, "waiting for more of the body"),
        ("/dribbled-body", long, short, "before the document was complete"),
    ] {
        let client = client(&Settings { read_timeout, timeout, ..settings() });
        let start = Instant::now();
        assert_eq!(failure(&client, &server.url(path)).await, format!("fetch HOST{path}: timed out {during}"));
        assert!(start.elapsed() < long / 2, "{path}: {:?}", start.elapsed());
    }
    trial.passed(5);
}

/// A redirect does not start the clock anew. Seen failing where each hop had the whole time.
#[tokio::test]
async fn the_total_counts_over_all_hops() {
    let server = HttpPeer::start();
    let client = client(&Settings { timeout: Duration::from_millis(1800), ..settings() });
    let pause = Duration::from_secs(1);
    for hop in 0..5 {
        let reply = Reply::redirect(302, format!("/{}", hop + 1));
        let all_but_one = reply.head_len() - 1;
        server.on(&format!("/{hop}"), [reply.dribble_after(all_but_one, pause)]);
    }
    assert_eq!(failure(&client, &server.url("/0")).await, "fetch HOST/1: timed out before the document was complete");
}

/// A poll that is given up, at shutdown or because its source is gone, passes its turn on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_given_up_frees_its_host() {
    let server = HttpPeer::start();
    server.on("/silent", [Reply::ok(FEED).stall_after(0)]);
    server.on("/feed", [Reply::ok(FEED)]);
    let client = Arc::new(client(&Settings { per_host: 1, ..settings() }));
    let (polling, url) = (client.clone(), server.url("/silent"));
    let poll = tokio::spawn(async move { fetch(&polling, &url).await });
    server.wait_for("/silent", 1);
    poll.abort();
    document(&client, &server.url("/feed")).await;
}

#[tokio::test]
async fn waiting_for_a_turn_is_not_waiting_for_the_server() {
    let server = HttpPeer::start();
    server.on("/feed", [Reply::ok(FEED)]);
    let timeout = Duration::from_millis(500);
    let client = client(&Settings { timeout, per_host_delay: 2 * timeout, ..settings() });
    document(&client, &server.url("/feed")).await;
    document(&client, &server.url("/feed")).await;
    let seen = server.requests("/feed");
    assert!(seen[1].at - seen[0].at >= timeout, "{:?}", seen[1].at - seen[0].at);
}

/// S8, by size. Seen failing without the cap on a body, and with a head and an extension of a size that is taken.
#[tokio::test]
async fn a_server_without_end_is_bounded() {
    let trial = trials::of("S8");
    let server = HttpPeer::start();
    let client = client(&settings());
    server.on("/body", [Reply::endless_body()]);
    assert_eq!(failure(&client, &server.url("/body")).await, "fetch HOST/body: the body is larger than 1048576 bytes");
    server.on("/headers", [Reply::endless_headers()]);
    let text = failure(&client, &server.url("/headers")).await;
    assert_eq!(text, "fetch HOST/headers: the answer broke off: message head is too large");
    let long = "x".repeat(10 << 20);
    server.on("/line", [Reply::ok(FEED).header("X-Long", long)]);
    let text = failure(&client, &server.url("/line")).await;
    assert_eq!(text, "fetch HOST/line: the answer broke off: message head is too large");
    // Whole but for its length.
    let extension = "x".repeat(1 << 20);
    let chunks = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;{extension}\r\nhello\r\n0\r\n\r\n");
    server.on("/chunks", [Reply::raw(chunks)]);
    let text = failure(&client, &server.url("/chunks")).await;
    assert_eq!(text, "fetch HOST/chunks: the answer broke off: chunk extensions over limit");
    trial.passed(4);
}

#[tokio::test]
async fn broken_answers_are_no_documents() {
    let server = HttpPeer::start();
    let client = client(&settings());
    let half = Reply::ok(FEED).head_len() + 10;
    for reply in [
        Reply::ok(FEED).close_after(0),
        Reply::ok(FEED).close_after(20),
        Reply::ok(FEED).close_after(half),
        Reply::ok(FEED).reset_after(half),
        Reply::raw("SSH-2.0-OpenSSH_9.2\r\n"),
        Reply::raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
        Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
    ] {
        server.on("/feed", [reply]);
        let error = fetch(&client, &server.url("/feed")).await.unwrap_err();
        assert!(matches!(error, FetchError::Broken { .. }), "{error:?}");
        assert!(!error.is_local() && !error.is_gone() && !error.is_throttled());
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_from_a_name_that_is_not() {
    let client = client(&settings());
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = Url::parse(&format!("http://127.0.0.1:{port}/feed")).unwrap();
    let error = fetch(&client, &url).await.unwrap_err();
    assert!(matches!(error, FetchError::Connect { .. }), "{error:?}");
    assert!(error.to_string().contains("/feed: no connection: Connection refused"), "{error}");
    assert!(!error.is_local());

    // No resolver is asked for a label of 64 bytes: it cannot exist.
    let url = Url::parse(&format!("http://me:secret@{}.invalid/feed?token=secret", "a".repeat(64))).unwrap();
    for allow_private in [true, false] {
        let access = Access::default();
        let request = Request { allow_private, ..feed(&url, &access) };
        let error = client.fetch(&request).await.unwrap_err();
        assert!(matches!(error, FetchError::Dns { .. }) && error.is_local(), "{error:?}");
        assert!(error.to_string().contains(".invalid/feed: its name was not found: "), "{error}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error} {error:?}");
    }
}
