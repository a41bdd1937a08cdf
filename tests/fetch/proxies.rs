//! Fetching through proxies: names are left to them, and what is not dialled straight is not asked of them either.

use sahelwatch::fetch::{FetchError, Fetched, Request, Settings};
use sahelwatch::model::{Access, Proxy};
use url::Url;

use super::{FEED, client, document, feed, settings, trusting};
use crate::peers::http::{Certificate, HttpPeer, Reply};
use crate::peers::proxy::{ProxyPeer, Target};
use crate::trials;

fn through(proxy: Url) -> Access {
    Access { proxy: Proxy::Through(proxy), ..Access::default() }
}

fn url(host: &str, server: &HttpPeer) -> Url {
    Url::parse(&format!("http://{host}:{}/feed", server.port())).unwrap()
}

#[tokio::test]
async fn names_are_left_to_the_proxy() {
    let (server, proxy) = (HttpPeer::start(), ProxyPeer::start());
    server.on("/feed", [Reply::ok(FEED)]);
    for scheme in ["socks5", "socks5h", "http"] {
        let access = through(proxy.url(scheme));
        // A name that nobody but a proxy can know; whoever looks it up fails.
        let at = url("news.onion", &server);
        let request = Request { allow_private: false, ..feed(&at, &access) };
        let client = client(&settings());
        let Fetched::Document(found) = client.fetch(&request).await.unwrap() else { panic!("unchanged") };
        assert_eq!(found.bytes, FEED.as_bytes());
        assert_eq!(proxy.asked().pop(), Some(Target::Name("news.onion".to_owned(), server.port())), "{scheme}");
    }
    assert_eq!(server.requests("/feed").len(), 3);
    let host = format!("news.onion:{}", server.port());
    assert_eq!(server.requests("/feed")[0].header("Host"), Some(host.as_bytes()));
}

#[tokio::test]
async fn tls_goes_through_the_proxy_to_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let (server, proxy) = (HttpPeer::start_tls(Certificate::Good), ProxyPeer::start());
    server.on("/feed", [Reply::ok(FEED)]);
    let client = client(&trusting(&server, folder.path()));
    for scheme in ["socks5", "http"] {
        let at = Url::parse(&format!("https://localhost:{}/feed", server.port())).unwrap();
        let access = through(proxy.url(scheme));
        client.fetch(&feed(&at, &access)).await.unwrap();
        assert_eq!(proxy.asked().pop(), Some(Target::Name("localhost".to_owned(), server.port())), "{scheme}");
    }
}

#[tokio::test]
async fn a_source_goes_the_way_of_all_unless_it_has_its_own() {
    let (server, all, own) = (HttpPeer::start(), ProxyPeer::start(), ProxyPeer::start());
    server.on("/feed", [Reply::ok(FEED)]);
    let client = client(&Settings { proxy: Some(all.url("socks5")), ..settings() });
    let at = server.url("/feed");
    document(&client, &at).await;
    assert_eq!((all.asked().len(), own.asked().len()), (1, 0));
    client.fetch(&feed(&at, &through(own.url("http")))).await.unwrap();
    assert_eq!((all.asked().len(), own.asked().len()), (1, 1));
    client.fetch(&feed(&at, &Access { proxy: Proxy::Direct, ..Access::default() })).await.unwrap();
    assert_eq!((all.asked().len(), own.asked().len()), (1, 1));
}

/// S5. Seen failing without the judgement of local names, and without that of addresses.
#[tokio::test]
async fn what_is_private_is_not_asked_of_a_proxy() {
    let trial = trials::of("S5");
    let (server, proxy) = (HttpPeer::start(), ProxyPeer::start());
    let client = client(&settings());
    let access = through(proxy.url("socks5"));
    for host in ["127.0.0.1", "10.0.0.1", "[::1]", "localhost", "printer.local", "news.internal", "intranet"] {
        let at = url(host, &server);
        let request = Request { allow_private: false, ..feed(&at, &access) };
        let error = client.fetch(&request).await.unwrap_err();
        assert!(matches!(error, FetchError::Refused { .. }), "{host}: {error}");
        assert!(error.to_string().contains("only for a source with allow_private = true"), "{error}");
    }
    assert_eq!(proxy.asked(), []);
    // Nor by a redirect.
    let at = url("news.example", &server);
    server.on("/feed", [Reply::redirect(302, url("localhost", &server))]);
    let request = Request { allow_private: false, ..feed(&at, &access) };
    assert!(matches!(client.fetch(&request).await, Err(FetchError::Refused { .. })));
    assert_eq!(proxy.asked(), [Target::Name("news.example".to_owned(), server.port())]);
    trial.passed(8);
}

#[tokio::test]
async fn an_onion_needs_a_proxy() {
    let at = Url::parse("http://news.onion/feed").unwrap();
    let error = client(&settings()).fetch(&feed(&at, &Access::default())).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "fetch news.onion/feed: a .onion address is only reachable through Tor: set proxy for this source"
    );
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_told_from_a_server_that_is_not() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let client = client(&settings());
    for scheme in ["socks5", "http"] {
        for at in ["http://news.example/feed", "https://news.example/feed"] {
            let access = through(Url::parse(&format!("{scheme}://127.0.0.1:{port}")).unwrap());
            let error = client.fetch(&feed(&Url::parse(at).unwrap(), &access)).await.unwrap_err();
            assert!(matches!(error, FetchError::Proxy { .. }) && error.is_local(), "{error:?}");
            let reason = "Connection refused (os error 111)";
            assert_eq!(
                error.to_string(),
                format!(
                    "fetch news.example/feed: the proxy {scheme}://127.0.0.1:{port} is out of reach ({reason}); is it running?"
                )
            );
        }
    }
    let proxy = ProxyPeer::start();
    for scheme in ["socks5", "http"] {
        let at = Url::parse("https://gone.example/feed").unwrap();
        let error = client.fetch(&feed(&at, &through(proxy.url(scheme)))).await.unwrap_err();
        assert!(matches!(error, FetchError::Connect { .. }) && !error.is_local(), "{error:?}");
    }
    let login = HttpPeer::start();
    login.on("http://news.example/feed", [Reply::status(407)]);
    let at = Url::parse("http://news.example/feed").unwrap();
    let error = client.fetch(&feed(&at, &through(login.url("/")))).await.unwrap_err();
    assert!(error.is_local() && error.to_string().contains("wants a login"), "{error}");
}

#[tokio::test]
async fn what_is_no_proxy_is_named() {
    let error = client(&settings())
        .fetch(&feed(
            &Url::parse("http://news.example/").unwrap(),
            &through(Url::parse("socks4://me:secret@tor:9050").unwrap()),
        ))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "set up fetching: proxy socks4://tor:9050: an http, https or socks5 address is needed"
    );
}
