//! How articles are asked for: with what belongs to their source's host, and the way their source goes.

use std::os::unix::fs::PermissionsExt;

use super::{ATTACK, article};
use crate::bed::{Bed, feed};
use crate::peers::http::{HttpPeer, Reply};
use crate::peers::proxy::{ProxyPeer, Target};

fn entry(key: &str, link: &str) -> String {
    format!("<item><guid>{key}</guid><link>{link}</link><title>Point de presse {key}</title></item>")
}

#[test]
fn what_a_publisher_handed_out_goes_to_the_source_s_own_host_only() {
    let (bed, elsewhere) = (Bed::new(), HttpPeer::start());
    let file = bed.folder().join("headers");
    std::fs::write(&file, "Cookie: session=ours\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let bed = bed.with(&format!("full_text = true\nheaders_file = {file:?}"));
    let bed = bed.asking(&format!("ports = [{}]", elsewhere.port()));
    bed.serve(&[entry("un", "https://outlet.example/un")]);
    bed.once();
    bed.http.on("/a", [article("Point de presse deux", ATTACK)]);
    elsewhere.on("/b", [article("Point de presse trois", "Le marché a rouvert.")]);
    bed.serve(&[
        entry("deux", bed.http.url("/a").as_str()),
        entry("trois", &format!("http://localhost:{}/b", elsewhere.port())),
    ]);
    bed.once();
    let cookies = |server: &HttpPeer, path: &str| {
        let seen = server.requests(path);
        assert!(!seen.is_empty(), "{path} was not asked for");
        seen.iter().all(|seen| seen.header("Cookie") == Some(&b"session=ours"[..]))
    };
    assert!(cookies(&bed.http, "/feed") && cookies(&bed.http, "/a"));
    assert!(elsewhere.all_requests().iter().all(|seen| seen.header("Cookie").is_none()));
    assert_eq!((elsewhere.requests("/b").len(), bed.subjects().len()), (1, 1));
}

#[test]
fn a_source_s_proxy_leads_to_its_articles_too() {
    let (server, proxy) = (HttpPeer::start(), ProxyPeer::start());
    // Names that only the proxy knows: whoever goes past it finds nobody.
    let url = |path: &str| format!("http://journal.example:{}{path}", server.port());
    let bed = Bed::new().with(&format!(
        "[[source]]\nid = \"journal\"\nkind = \"feed\"\nurl = \"{}\"\nfull_text = true\nproxy = \"{}\"",
        url("/journal"),
        proxy.url("socks5h")
    ));
    bed.serve(&[]);
    server.on("/journal", [Reply::feed(feed(&[entry("un", &url("/un"))]))]);
    bed.once();
    server.on("/a", [article("Point de presse deux", ATTACK)]);
    server.on("/journal", [Reply::feed(feed(&[entry("deux", &url("/a"))]))]);
    bed.once();
    assert_eq!(bed.headlines(), ["Point de presse deux"]);
    let there = Target::Name("journal.example".to_owned(), server.port());
    // One connection serves several requests.
    assert!(proxy.asked().iter().all(|asked| *asked == there), "{:?}", proxy.asked());
    assert_eq!(["/robots.txt", "/a"].map(|path| server.requests(path).len()), [1, 1]);
}
