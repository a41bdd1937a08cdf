//! WebSub hubs and dead man's switches: the questions that are no polls.

use sahelwatch::fetch::{FetchError, Settings};
use sahelwatch::model::{Access, Hub};
use url::Url;

use super::{FEED, client, document, settings, trusting};
use crate::peers::http::{Certificate, HttpPeer, Reply};

const FORM: &[(&str, &str)] =
    &[("hub.mode", "subscribe"), ("hub.topic", "https://example.org/feed?a=b&c"), ("hub.secret", "é")];
const SENT: &str = "hub.mode=subscribe&hub.topic=https%3A%2F%2Fexample.org%2Ffeed%3Fa%3Db%26c&hub.secret=%C3%A9";

#[tokio::test]
async fn a_hub_is_found_in_the_headers_of_a_feed() {
    let server = HttpPeer::start();
    let links = "<https://hub.example/>; rel=\"hub\", </feed>; rel=\"self\"";
    server.on("/old", [Reply::redirect(302, "/feed")]);
    server.on("/feed", [Reply::ok(FEED).header("Link", links), Reply::ok(FEED)]);
    let client = client(&settings());
    let hub = Hub { hub: Url::parse("https://hub.example/").unwrap(), topic: server.url("/feed") };
    assert_eq!(document(&client, &server.url("/old")).await.hub, Some(hub));
    assert_eq!(document(&client, &server.url("/old")).await.hub, None);
}

#[tokio::test]
async fn a_subscription_is_posted_as_a_form() {
    let hub = HttpPeer::start();
    let client = client(&Settings { ports: vec![hub.port()], ..settings() });
    hub.on("/moved", [Reply::redirect(307, "/hub")]);
    hub.on("/hub", [Reply::status(202), Reply::status(204)]);
    for path in ["/hub", "/moved"] {
        client.subscribe(&hub.url(path), FORM, &Access::default(), true).await.unwrap();
    }
    for seen in hub.requests("/hub") {
        assert_eq!((seen.method.as_str(), String::from_utf8_lossy(&seen.body).as_ref()), ("POST", SENT));
        assert_eq!(seen.header("Content-Type"), Some(&b"application/x-www-form-urlencoded"[..]));
    }
    assert_eq!(hub.requests("/hub").len(), 2);
}

#[tokio::test]
async fn a_hub_that_does_not_take_it_is_told() {
    let hub = HttpPeer::start();
    let client = client(&Settings { ports: vec![hub.port()], ..settings() });
    let subscribe = async |client: &sahelwatch::fetch::Client, path: &str, allow_private| {
        client.subscribe(&hub.url(path), FORM, &Access::default(), allow_private).await.unwrap_err()
    };
    hub.on("/no", [Reply::ok("no such topic").with_status(404).header("Content-Type", "text/plain")]);
    let error = subscribe(&client, "/no", true).await;
    assert_eq!((error.status(), error.excerpt()), (Some(404), Some(&b"no such topic"[..])));
    hub.on("/elsewhere", [Reply::redirect(302, "/hub")]);
    assert_eq!(subscribe(&client, "/elsewhere", true).await.status(), Some(302));
    hub.on("/circle", [Reply::redirect(308, "/circle")]);
    assert!(matches!(subscribe(&client, "/circle", true).await, FetchError::TooManyRedirects { .. }));
    hub.on("/ssh", [Reply::redirect(308, "http://127.0.0.1:22/")]);
    assert!(matches!(subscribe(&client, "/ssh", true).await, FetchError::Refused { .. }));

    // A feed names the hub, so neither its port nor its address is trusted.
    let before = hub.connections();
    assert!(matches!(subscribe(&client, "/hub", false).await, FetchError::Refused { .. }));
    let strict = super::client(&settings());
    assert!(matches!(subscribe(&strict, "/hub", true).await, FetchError::Refused { .. }));
    assert_eq!(hub.connections(), before);
}

#[tokio::test]
async fn a_subscription_does_not_leave_tls() {
    let folder = tempfile::tempdir().unwrap();
    let (hub, open) = (HttpPeer::start_tls(Certificate::Good), HttpPeer::start());
    let client = client(&Settings { ports: vec![hub.port(), open.port()], ..trusting(&hub, folder.path()) });
    hub.on("/hub", [Reply::redirect(307, open.url("/hub"))]);
    let error = client.subscribe(&hub.url("/hub"), FORM, &Access::default(), true).await.unwrap_err();
    assert!(
        error.to_string().ends_with("redirected from https to http, where everybody on the way could read our request")
    );
    assert_eq!(open.connections(), 0);
}

#[tokio::test]
async fn a_switch_is_told_that_we_live_and_its_address_to_nobody() {
    let switch = HttpPeer::start();
    let client = client(&settings());
    let url = switch.url("/ping/secret?key=secret");
    for reply in [Reply::ok("OK"), Reply::status(204)] {
        switch.on("/ping/secret", [reply]);
        client.ping(&url).await.unwrap();
    }
    let port = switch.port();
    switch.on("/ping/secret", [Reply::status(500), Reply::redirect(302, "/elsewhere"), Reply::raw("SSH-2.0\r\n")]);
    for expected in
        ["the server answered 500 Internal Server Error", "the server answered 302 Found", "the answer broke off: "]
    {
        let error = client.ping(&url).await.unwrap_err();
        assert!(error.to_string().starts_with(&format!("fetch 127.0.0.1:{port}: {expected}")), "{error}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{error} {error:?}");
    }
    assert!(switch.requests("/elsewhere").is_empty());
    for odd in ["ftp://127.0.0.1/secret", "http://secret.onion/secret"] {
        let error = client.ping(&Url::parse(odd).unwrap()).await.unwrap_err();
        assert!(matches!(error, FetchError::Refused { .. }) && !error.to_string().contains("/secret"), "{error}");
    }
}
