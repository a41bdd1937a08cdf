//! Front pages of content systems and where their feeds are looked for; addresses and where they may have gone.

use proptest::prelude::*;

use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).expect("an address")
}

fn on(page: &str, at: &str) -> Vec<Candidate> {
    let at = url(at);
    discover(&Document { bytes: page.as_bytes(), content_type: Some("text/html; charset=utf-8"), url: Some(&at) })
}

/// The addresses of the first candidates, without their host where it is the page's.
fn first(page: &str, count: usize) -> Vec<String> {
    let own = |url: &Url| url.as_str().strip_prefix("https://o.example").unwrap_or(url.as_str()).to_owned();
    on(page, "https://o.example/").iter().take(count).map(|candidate| own(&candidate.url)).collect()
}

#[test]
fn what_a_page_declares_comes_first_and_comments_last() {
    let page = r#"<html><head>
        <link rel="alternate" type="application/rss+xml" title="Le Fleuve » Flux des commentaires" href="/comments/feed/">
        <link rel="alternate" type="application/rss+xml" title=" Le Fleuve »
          Flux" href="/feed/"><link rel="Alternate" type="application/feed+json; charset=utf-8" href="feed.json">
        <link rel="alternate" type="application/rss+xml" href="https://feeds.other.example/fleuve">
        <link rel="alternate" type="text/html" hreflang="ar" href="/ar/">
        <link rel="alternate" type="text/xml+oembed" href="/wp-json/oembed/1.0/embed?format=xml">
        <link rel="stylesheet" href="/wp-content/a.css"><script src="/wp-includes/b.js"></script></head>
        <body><a href="/feed">RSS</a><a href="https://t.me/fleuve_info">Telegram</a><a href="/rubrique/feedback">Feedback</a>
        <a href="https://t.me/+AbCdEf123">groupe</a></body></html>"#;
    let found = on(page, "https://o.example/");
    let all: Vec<(CandidateKind, How, &str)> = found.iter().map(|c| (c.kind, c.how, c.url.as_str())).collect();
    let wordpress = How::System(System::WordPress);
    let want = [
        (CandidateKind::Feed, How::Declared, "https://o.example/feed/"),
        (CandidateKind::Feed, How::Declared, "https://o.example/feed.json"),
        (CandidateKind::Feed, wordpress, "https://o.example/?feed=rss2"),
        (CandidateKind::Feed, How::Declared, "https://feeds.other.example/fleuve"),
        (CandidateKind::Sitemap, How::Common, "https://o.example/news-sitemap.xml"),
        (CandidateKind::Sitemap, How::Common, "https://o.example/sitemap-news.xml"),
        (CandidateKind::Sitemap, How::Common, "https://o.example/sitemap.xml"),
        (CandidateKind::Sitemap, How::Common, "https://o.example/sitemap_index.xml"),
        (CandidateKind::Sitemap, How::Common, "https://o.example/wp-sitemap.xml"),
        (CandidateKind::Telegram, How::Linked, "https://t.me/s/fleuve_info"),
        (CandidateKind::Comments, How::Declared, "https://o.example/comments/feed/"),
    ];
    assert_eq!(all, want);
    assert_eq!(found[0].title.as_deref(), Some("Le Fleuve » Flux"));
}

#[test]
fn a_system_is_known_by_its_generator_or_its_marks() {
    let generator = |name: &str| format!("<meta name=Generator content='{name}'>");
    let table = [
        (generator("WordPress 6.4"), vec!["/feed/", "/?feed=rss2"]),
        (generator("SPIP 4.2.8 [25648]"), vec!["/spip.php?page=backend"]),
        (
            generator("Joomla! - Open Source Content Management"),
            vec!["/index.php?format=feed&type=rss", "/?format=feed&type=rss"],
        ),
        (generator("Drupal 10 (https://www.drupal.org)"), vec!["/rss.xml", "/feed"]),
        (generator("blogger"), vec!["/feeds/posts/default"]),
        (generator("Ghost 5.8"), vec!["/rss/"]),
        ("<img src=/wp-content/a.png><img src=/wp-content/b.png>".to_owned(), vec!["/feed/", "/?feed=rss2"]),
        ("<a href=spip.php?rubrique2>a</a><a href=spip.php?article3>b</a>".to_owned(), vec!["/spip.php?page=backend"]),
        ("<img src=https://x.example/wp-content/a.png>".to_owned(), vec!["/feed/", "/rss.xml", "/rss"]),
        (String::new(), vec!["/feed/", "/rss.xml", "/rss"]),
        ("<a href='/flux/mali.rss'>Mali</a>".to_owned(), vec!["/flux/mali.rss", "/feed/"]),
        ("<a href='/abonnement-rss'>Flux RSS</a>".to_owned(), vec!["/abonnement-rss", "/feed/"]),
        (
            "<a href='/spip.php?page=backend&id_rubrique=2'>Mali</a>".to_owned(),
            vec!["/spip.php?page=backend&id_rubrique=2", "/feed/"],
        ),
    ];
    for (page, want) in table {
        assert_eq!(first(&page, want.len()), want, "{page}");
    }
}

#[test]
fn the_page_itself_is_no_candidate_and_none_comes_twice() {
    let page = "<a href=/feed>RSS</a><a href='https://www.o.example/rss.xml'>RSS</a>".repeat(60);
    let found = on(&page, "http://www.o.example/feed/");
    assert!(found.iter().all(|candidate| candidate.url.path().trim_end_matches('/') != "/feed"));
    assert_eq!(found.iter().filter(|candidate| candidate.url.path() == "/rss.xml").count(), 1);
    let many: String = (0..100).map(|n| format!("<a href=/{n}.rss>x</a>")).collect();
    assert_eq!(on(&many, "https://o.example/").len(), MOST);
    assert_eq!(on(&"<div>".repeat(2000), "https://o.example/"), []);
    let unknown = Document { bytes: b"<a href='http://h.example/rss'>x</a>", content_type: None, url: None };
    assert_eq!(discover(&unknown).len(), 1);
}

#[test]
fn sitemaps_of_a_robots_txt() {
    let text = "\u{FEFF}User-agent: *\nDisallow: /\nSITEMAP : https://o.example/a.xml # news\r\nsitemap:https://o.example/b.xml
        Sitemap: /relative.xml\nSitemap: https://o.example/a.xml\nSitemap: ftp://o.example/c.xml\n# Sitemap: https://o.example/d.xml";
    let found: Vec<String> = discover_in_robots(text).into_iter().map(String::from).collect();
    assert_eq!(found, ["https://o.example/a.xml", "https://o.example/b.xml"]);
}

#[test]
fn where_a_feed_may_have_gone() {
    let table = [
        (
            "http://o.example/feed",
            vec![
                "https://o.example/feed",
                "https://www.o.example/feed",
                "http://www.o.example/feed",
                "https://o.example/feed/",
            ],
        ),
        (
            "https://www.o.example/rss.xml",
            vec!["https://o.example/rss.xml", "https://www.o.example/feed/", "https://www.o.example/rss"],
        ),
        (
            "https://o.example:8443/a/",
            vec!["https://www.o.example:8443/a/", "https://o.example:8443/a", "https://o.example:8443/feed/"],
        ),
        ("http://127.0.0.1:81/a", vec!["http://127.0.0.1:81/a/", "http://127.0.0.1:81/feed/"]),
    ];
    for (from, want) in table {
        let found: Vec<String> = variants(&url(from)).into_iter().map(String::from).collect();
        assert_eq!(found[..want.len()], want, "{from}");
    }
    let last = variants(&url("http://u:p@o.example/a?token=x")).pop().map(String::from);
    assert_eq!(last.as_deref(), Some("https://o.example/"));
}

#[test]
fn home() {
    for (from, want) in [
        ("https://u:p@o.example:8443/a/b?c#d", "https://o.example:8443/"),
        ("http://o.example", "http://o.example/"),
        ("exec:reader", "exec:reader"),
    ] {
        assert_eq!(home_of(&url(from)).as_str(), want);
    }
}

proptest! {
    #[test]
    fn variants_are_few_and_others(path in "[a-z/.?=&%0-9]{0,20}", host in "(www\\.)?[a-z]{1,5}(\\.example)?(:81)?") {
        let Ok(from) = Url::parse(&format!("http://{host}/{path}")) else { return Ok(()) };
        let found = variants(&from);
        let distinct: HashSet<&Url> = found.iter().collect();
        prop_assert!(found.len() <= MOST && distinct.len() == found.len() && !distinct.contains(&from));
    }
}
