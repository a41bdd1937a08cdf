//! robots.txt over real sockets: who is asked about it, and what happens when nobody answers.

use std::time::Duration;

use sahelwatch::fetch::{Client, FetchError, Fetched, Request, Settings};
use sahelwatch::model::{Access, Proxy};
use url::Url;

use super::{client, document, feed, settings};
use crate::peers::http::{HttpPeer, Reply};
use crate::peers::proxy::ProxyPeer;

const PAGE: &str = "<html><p>Ménaka</p></html>";
const PRIVATE: &str = "User-agent: *\nDisallow: /private\n";

/// Asks for a page, and for robots.txt before it.
async fn page(client: &Client, url: &Url) -> Result<Fetched, FetchError> {
    client.fetch(&Request { robots: true, ..feed(url, &Access::default()) }).await
}

/// A server with two pages.
fn server() -> HttpPeer {
    let server = HttpPeer::start();
    server.on("/page", [Reply::ok(PAGE)]);
    server.on("/private", [Reply::ok(PAGE)]);
    server
}

#[tokio::test]
async fn a_page_is_asked_for_if_the_site_allows_it() {
    let (server, client) = (server(), client(&settings()));
    server.on("/robots.txt", [Reply::ok(PRIVATE)]);
    page(&client, &server.url("/page?id=1")).await.unwrap();
    let error = page(&client, &server.url("/private?token=secret")).await.unwrap_err();
    assert!(error.keeps_out() && !error.is_local());
    let port = server.port();
    assert_eq!(
        error.to_string(),
        format!(
            "fetch 127.0.0.1:{port}/private: robots.txt does not allow it; \
             set robots = false for this source if its publisher agreed"
        )
    );
    page(&client, &server.url("/page?id=2")).await.unwrap();
    assert_eq!((server.requests("/private").len(), server.requests("/robots.txt").len()), (0, 1));
    let asked = &server.requests("/robots.txt")[0];
    let agent = format!("sahelwatch/{} (+desk@example.org)", env!("CARGO_PKG_VERSION"));
    assert_eq!(asked.header("User-Agent"), Some(agent.as_bytes()));
}

#[tokio::test]
async fn who_need_not_ask_does_not() {
    let server = server();
    server.on("/robots.txt", [Reply::ok("User-agent: *\nDisallow: /")]);
    let url = server.url("/page");
    let obedient = client(&settings());
    document(&obedient, &url).await;
    let agreed = Access { robots: Some(false), ..Access::default() };
    obedient.fetch(&Request { robots: true, ..feed(&url, &agreed) }).await.unwrap();
    let free = client(&Settings { respect_robots: false, ..settings() });
    page(&free, &url).await.unwrap();
    assert!(server.requests("/robots.txt").is_empty());

    let careful = Access { robots: Some(true), ..Access::default() };
    let error = free.fetch(&Request { robots: true, ..feed(&url, &careful) }).await.unwrap_err();
    assert!(matches!(error, FetchError::Robots { .. }), "{error}");
}

#[tokio::test]
async fn a_redirect_leads_nowhere_the_site_does_not_allow() {
    let (server, client) = (server(), client(&settings()));
    server.on("/robots.txt", [Reply::ok(PRIVATE)]);
    server.on("/page", [Reply::redirect(302, "/private")]);
    assert!(matches!(page(&client, &server.url("/page")).await, Err(FetchError::Robots { .. })));
    assert!(server.requests("/private").is_empty());
}

#[tokio::test]
async fn a_site_without_robots_txt_allows_everything() {
    let elsewhere = HttpPeer::start();
    elsewhere.on("/robots.txt", [Reply::ok("User-agent: *\nDisallow: /")]);
    for reply in [
        Reply::status(404),
        Reply::status(403),
        Reply::status(429),
        Reply::status(204),
        Reply::ok("<html>Not found</html>"),
        Reply::redirect(302, "/robots.txt"),
        Reply::status(301),
        // Where nothing is dialled: a port that is not listed.
        Reply::redirect(301, elsewhere.url("/robots.txt")),
    ] {
        let server = server();
        server.on("/robots.txt", [reply]);
        page(&client(&settings()), &server.url("/private")).await.unwrap();
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn robots_txt_may_stand_elsewhere_and_may_be_long() {
    let (server, elsewhere) = (server(), HttpPeer::start());
    let client = client(&Settings { ports: vec![elsewhere.port()], ..settings() });
    server.on("/robots.txt", [Reply::redirect(301, "/1")]);
    server.on("/1", [Reply::redirect(302, elsewhere.url("/2"))]);
    let late = format!("{PRIVATE}{}Disallow: /page\n", "# more and more\n".repeat(40_000));
    elsewhere.on("/2", [Reply::ok(late)]);
    page(&client, &server.url("/page")).await.unwrap();
    assert!(matches!(page(&client, &server.url("/private")).await, Err(FetchError::Robots { .. })));
}

#[tokio::test]
async fn a_site_that_cannot_say_is_not_asked() {
    let half = Reply::ok(PRIVATE).head_len() + 5;
    for (reply, status, local) in [
        (Reply::status(500), Some(500), false),
        (Reply::status(503).header("Retry-After", "120"), Some(503), false),
        (Reply::ok(PRIVATE).close_after(half), None, false),
        (Reply::ok(PRIVATE).reset_after(0), None, false),
    ] {
        let (server, client) = (server(), client(&settings()));
        server.on("/robots.txt", [reply]);
        let error = page(&client, &server.url("/page")).await.unwrap_err();
        assert!(matches!(error, FetchError::NoRobots { .. }), "{error}");
        assert_eq!((error.status(), error.is_local(), error.keeps_out()), (status, local, false), "{error}");
        assert!(server.requests("/page").is_empty());
        if status == Some(503) {
            assert_eq!(error.hints().retry_after, Some(Duration::from_secs(120)));
            let host = format!("127.0.0.1:{}", server.port());
            assert_eq!(
                error.to_string().replace(&host, "HOST"),
                "fetch HOST/page: not asked, since its robots.txt could not be read: \
                 fetch HOST/robots.txt: the server answered 503 Service Unavailable"
            );
        }
    }
}

/// When our own network is down no source is to blame, and none keeps us out.
#[tokio::test]
async fn a_way_out_that_is_closed_is_ours() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let proxy = Proxy::Through(Url::parse(&format!("socks5://127.0.0.1:{port}")).unwrap());
    let access = Access { proxy, ..Access::default() };
    let url = Url::parse("http://news.example/page").unwrap();
    let error = client(&settings()).fetch(&Request { robots: true, ..feed(&url, &access) }).await.unwrap_err();
    assert!(matches!(error, FetchError::NoRobots { .. }) && error.is_local() && !error.keeps_out(), "{error}");
}

#[tokio::test]
async fn robots_txt_is_asked_for_by_the_same_way_without_secrets() {
    let (server, proxy) = (server(), ProxyPeer::start());
    let headers = vec![("Cookie".to_owned(), sahelwatch::model::Secret::new("session=secret".to_owned()))];
    let access = Access {
        proxy: Proxy::Through(proxy.url("socks5")),
        user_agent: Some("Desk/1".to_owned()),
        headers,
        ..Access::default()
    };
    let url = Url::parse(&format!("http://news.example:{}/page", server.port())).unwrap();
    client(&settings()).fetch(&Request { robots: true, ..feed(&url, &access) }).await.unwrap();
    let asked = &server.requests("/robots.txt")[0];
    assert_eq!((asked.header("User-Agent"), asked.header("Cookie")), (Some(&b"Desk/1"[..]), None));
    assert_eq!(server.requests("/page")[0].header("Cookie"), Some(&b"session=secret"[..]));
}

#[tokio::test]
async fn a_site_sets_the_pace_it_wants() {
    let (server, client) = (server(), client(&settings()));
    server.on("/robots.txt", [Reply::ok("User-agent: *\nCrawl-delay: 1")]);
    for _ in 0..2 {
        page(&client, &server.url("/page")).await.unwrap();
    }
    let seen = server.requests("/page");
    let apart = seen[1].at - seen[0].at;
    assert!(apart >= Duration::from_millis(900), "{apart:?}");
}
