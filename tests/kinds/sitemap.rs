//! Sitemaps: with Google's news, and as an index of further ones.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use super::{Kind, quiet, why};
use crate::bed::{Bed, headline};
use crate::peers::http::{HttpPeer, Reply};

/// An entry with the headline of its page, as Google News wants it.
fn entry(server: &HttpPeer, path: &str, title: &str) -> String {
    format!(
        "<url><loc>{}</loc><news:news><news:publication><news:name>Outlet</news:name><news:language>fr</news:language>\
         </news:publication><news:publication_date>2026-11-01T10:00:00Z</news:publication_date>\
         <news:title>{title}</news:title></news:news></url>",
        server.url(path)
    )
}

fn attacks(server: &HttpPeer, numbers: &[usize]) -> String {
    urlset(
        &numbers.iter().map(|&n| entry(server, &format!("/communique/attaque-{n}"), &headline(n))).collect::<String>(),
    )
}

fn urlset(entries: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">{entries}</urlset>"
    )
}

fn index(server: &HttpPeer, paths: &[&str]) -> Reply {
    let named: String =
        paths.iter().map(|path| format!("<sitemap><loc>{}</loc></sitemap>", server.url(path))).collect();
    Reply::ok(format!("<?xml version=\"1.0\"?><sitemapindex>{named}</sitemapindex>"))
}

fn gzipped(text: &str) -> Reply {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    Reply::ok(encoder.finish().unwrap()).header("Content-Type", "application/gzip")
}

#[test]
fn a_news_sitemap_lives_by_its_titles() {
    let bed = quiet().source("map", "sitemap", "/sitemap-news.xml", "");
    Kind {
        id: "map",
        show: &|numbers| bed.http.on("/sitemap-news.xml", [Reply::ok(attacks(&bed.http, numbers))]),
        link: &|n| bed.http.url(&format!("/communique/attaque-{n}")).into(),
        breaks: &|| {
            bed.http.on("/sitemap-news.xml", [Reply::ok("<!doctype html><html><title>Introuvable</title></html>")])
        },
        has_text: false,
        state: "failing",
        why: "an error page stands where",
    }
    .lives(&bed);
}

#[test]
fn an_index_brings_what_its_sitemaps_list_gzipped_or_not() {
    let bed = quiet().source("map", "sitemap", "/index.xml", "");
    let show = |posts: &[usize], news: &[usize]| {
        bed.http.on("/index.xml", [index(&bed.http, &["/posts.xml", "/news.xml.gz"])]);
        bed.http.on("/posts.xml", [Reply::ok(attacks(&bed.http, posts))]);
        bed.http.on("/news.xml.gz", [gzipped(&attacks(&bed.http, news))]);
    };
    show(&[1], &[2]);
    bed.once();
    assert_eq!((bed.stands("map")["primed"].as_u64(), bed.subjects().len()), (Some(2), 0));
    show(&[3, 1], &[4, 2]);
    bed.once();
    bed.once();
    let mut found = bed.headlines();
    found.sort();
    assert_eq!(found, [3, 4].map(headline));
}

#[test]
fn a_sitemap_that_fails_costs_its_own_items_until_it_is_back() {
    let bed = quiet().source("map", "sitemap", "/index.xml", "");
    bed.http.on("/index.xml", [index(&bed.http, &["/posts.xml", "/news.xml"])]);
    bed.http.on("/posts.xml", [Reply::ok(attacks(&bed.http, &[1]))]);
    bed.http.on("/news.xml", [Reply::ok(attacks(&bed.http, &[2]))]);
    bed.once();
    bed.http.on("/posts.xml", [Reply::ok(attacks(&bed.http, &[3, 1]))]);
    bed.http.on("/news.xml", [Reply::status(503)]);
    bed.once();
    assert_eq!(bed.headlines(), [headline(3)]);
    let line = bed.stands("map");
    assert!(line["last_error"].as_str().unwrap().contains("503"), "{line}");
    bed.http.on("/news.xml", [Reply::ok(attacks(&bed.http, &[4, 2]))]);
    bed.once();
    assert_eq!(bed.headlines(), [3, 4].map(headline));
    assert_eq!(bed.stands("map")["last_error"], serde_json::Value::Null);
}

/// An index of which nothing was read has not primed its source: what is behind it would alert all at once when it is back.
#[test]
fn an_index_whose_sitemaps_all_fail_is_no_answer() {
    let bed = quiet().source("map", "sitemap", "/index.xml", "");
    bed.http.on("/index.xml", [index(&bed.http, &["/posts.xml"])]);
    bed.http.on("/posts.xml", [Reply::status(503)]);
    bed.run(&["run", "--once"]);
    let line = bed.stands("map");
    assert_eq!((&line["state"], &line["primed"]), (&"failing".into(), &serde_json::Value::Null), "{line}");
    assert!(why(&line).contains("503"), "{line}");
    bed.http.on("/posts.xml", [Reply::ok(attacks(&bed.http, &[1, 2, 3]))]);
    bed.once();
    assert_eq!(bed.subjects(), [""; 0]);
    assert_eq!(bed.stands("map")["primed"], 3);
}

#[test]
fn only_the_addresses_that_are_wanted_count() {
    let more = "url_include = [\"/communique/\"]\nurl_exclude = [\"/sport/\"]";
    let bed: Bed = quiet().source("map", "sitemap", "/sitemap.xml", more);
    let show = |entries: &[(&str, usize)]| {
        let entries: String = entries.iter().map(|(path, n)| entry(&bed.http, path, &headline(*n))).collect();
        bed.http.on("/sitemap.xml", [Reply::ok(urlset(&entries))]);
    };
    show(&[("/communique/1", 1), ("/page/2", 2)]);
    bed.once();
    assert_eq!(bed.stands("map")["primed"], 1);
    show(&[("/communique/3", 3), ("/page/4", 4), ("/communique/sport/5", 5), ("/communique/1", 1)]);
    bed.once();
    assert_eq!(bed.headlines(), [headline(3)]);
}
