//! Whole sitemaps, honest, broken and hostile.

use std::io::Write;

use super::*;

fn read_at(bytes: &[u8], url: &str) -> Result<Parsed, ParseError> {
    let url = Url::parse(url).expect("an URL");
    read(&Document { bytes, content_type: Some("application/xml"), url: Some(&url) })
}

fn parsed(xml: &str) -> Parsed {
    read_at(xml.as_bytes(), "https://x.example/sitemap.xml").expect("a sitemap")
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

fn titles(parsed: &Parsed) -> Vec<&str> {
    parsed.items.iter().map(|item| item.title.as_str()).collect()
}

fn urlset(entries: &str) -> String {
    format!("<urlset>{entries}</urlset>")
}

#[test]
fn a_news_sitemap_gives_titles_dates_and_keywords() {
    let bytes = include_bytes!("../../../tests/fixtures/kinds/sitemap-news.xml");
    let parsed = read_at(bytes, "https://sawt-sahel.example/sitemap-news.xml").expect("a sitemap");
    let [menaka, gao] = &parsed.items[..] else { panic!("{:?}", parsed.items) };
    assert_eq!(menaka.title, "هجوم مسلح على قرية قرب ميناكا");
    assert_eq!(menaka.link.as_ref().map(Url::as_str), Some("https://www.sawt-sahel.example/ar/2026/09/hujum-48211"));
    assert_eq!((menaka.lang.as_deref(), &menaka.entry_id), (Some("fr"), &None));
    assert_eq!(menaka.categories, ["ميناكا", "مالي", "أمن"]);
    let instant = |date: &Option<crate::model::PrintedDate>| date.as_ref().and_then(|d| d.at).map(|at| at.to_string());
    assert_eq!(instant(&menaka.published).as_deref(), Some("2026-09-07T17:05:00Z"));
    assert_eq!(instant(&menaka.updated).as_deref(), Some("2026-09-08T08:30:00Z"));
    assert_eq!(gao.title, "Marché de Gao évacué & rouvert");
    assert_eq!(gao.link.as_ref().and_then(Url::query), Some("id=12&lang=fr"));
    assert_eq!(gao.updated, None);
    assert_eq!(parsed.problems, ["1 entries have no address", "1 addresses of other hosts are left out"]);
    assert!(parsed.complete && parsed.further.is_empty());
}

#[test]
fn the_newest_pages_come_first_with_titles_from_their_addresses() {
    let bytes = include_bytes!("../../../tests/fixtures/kinds/sitemap-oldest-first.xml");
    let parsed = read_at(bytes, "https://garde.example/sitemap.xml").expect("a sitemap");
    let want = ["Attaque repoussee a banibangou", "Opération à téra", "Nomination au commandement", "Sans date"];
    assert_eq!(titles(&parsed), want);
    assert!(parsed.items.iter().all(|item| item.published.is_none()), "lastmod says nothing of publication");
    assert_eq!(parsed.items[0].updated.as_ref().map(|date| date.printed.as_str()), Some("2026-09-07T11:00:00+01:00"));
    assert_eq!((parsed.problems.len(), parsed.complete), (0, true));
}

#[test]
fn an_index_names_what_is_to_be_read_next() {
    let bytes = include_bytes!("../../../tests/fixtures/kinds/sitemap-index.xml");
    let parsed = read_at(bytes, "https://journal-fleuve.example/sitemap_index.xml").expect("an index");
    let further: Vec<&str> = parsed.further.iter().map(Url::path).collect();
    assert_eq!(further, ["/sitemap-news.xml.gz", "/post-sitemap2.xml", "/post-sitemap.xml", "/category-sitemap.xml"]);
    assert_eq!(parsed.problems, ["1 addresses of other hosts are left out"]);
    assert!(parsed.items.is_empty() && parsed.complete);
    let many: String = (0..50).map(|n| format!("<sitemap><loc>/{n}</loc></sitemap>")).collect();
    let parsed = self::parsed(&format!("<sitemapindex>{many}</sitemapindex>"));
    assert_eq!((parsed.further.len(), parsed.further[0].path()), (MAX_FURTHER, "/49"));
}

#[test]
fn gzip_is_undone_as_far_as_it_goes() {
    let entries: String =
        (0..3000).map(|n| format!("<url><loc>/attaque-{}-{n}</loc></url>", n * 7919 % 3001)).collect();
    let packed = gzipped(urlset(&entries).as_bytes());
    let whole = read_at(&packed, "https://x.example/sitemap.xml.gz").expect("a sitemap");
    assert_eq!((whole.items.len(), whole.complete), (MAX_ITEMS, true));
    assert_eq!(whole.problems, ["it lists 3000 pages; the newest 2000 are used"]);
    let cut = read_at(&packed[..packed.len() / 2], "https://x.example/sitemap.xml.gz").expect("a sitemap");
    assert!(!cut.items.is_empty() && !cut.complete);
    assert!(cut.problems.iter().any(|problem| problem.starts_with("its gzip is cut off")), "{:?}", cut.problems);
    let bomb = gzipped(urlset(&format!("<url><loc>/a</loc></url>{}", " ".repeat(30_000_000))).as_bytes());
    let parsed = read_at(&bomb, "https://x.example/sitemap.xml.gz").expect("a sitemap");
    assert_eq!((parsed.items.len(), parsed.complete), (1, false));
    assert!(parsed.problems.iter().any(|problem| problem.contains("more than 10 MiB")), "{:?}", parsed.problems);
}

#[test]
fn a_cut_sitemap_gives_the_entries_before_the_break() {
    let whole = urlset("<url><loc>/a-b</loc></url><url><loc>/c-d</loc></url>");
    let (second, end) = (whole.find("/c-d").expect("it is there"), whole.find("</urlset>").expect("it is there"));
    for cut in second..whole.len() {
        let parsed = parsed(&whole[..cut]);
        // The scanner takes `</url` for the end tag it begins, as it does in feeds.
        let expected = if cut >= end - 1 { 2 } else { 1 };
        assert_eq!((parsed.items.len(), parsed.problems.len()), (expected, usize::from(!parsed.complete)), "{cut}");
        assert!(!parsed.complete || cut > end + "</urlset".len() - 1, "{cut}");
    }
}

#[test]
fn lists_and_feeds_are_sitemaps_too() {
    let list = "\u{FEFF}https://x.example/premier-article\r\n\r\n\
                https://www.x.example/second-article-12345\r\nbruit\r\nhttps://y.example/a\n";
    let parsed = parsed(list);
    assert_eq!(titles(&parsed), ["Second article", "Premier article"]);
    assert_eq!(parsed.problems, ["1 addresses of other hosts are left out", "1 lines are no address"]);
    let packed = gzipped(b"https://x.example/premier-article\nhttps://x.example/second-art");
    let cut = read_at(&packed[..packed.len() - 8], "https://x.example/sitemap.txt.gz").expect("a list");
    assert_eq!((titles(&cut), cut.complete), (vec!["Premier article"], false));
    let rss = "<rss><channel><item><title>T</title><link>/a</link></item></channel></rss>";
    let parsed = read_at(&gzipped(rss.as_bytes()), "https://x.example/rss.gz").expect("a feed");
    assert_eq!(titles(&parsed), ["T"]);
}

#[test]
fn odd_markup_is_read_all_the_same() {
    for xml in [
        "<s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'><s:url><s:loc>/a-b</s:loc></s:url></s:urlset>",
        "<URLSET><URL><LOC>/a-b</LOC></URL></URLSET>",
        "Warning: deprecated<br />\n<urlset><url><loc>/a-b</urlset>",
        "<url><loc><![CDATA[/a-b]]></loc></url></urlset>",
        "<urlset><url><image:image><image:loc>/x.jpg</image:loc></image:image><loc>/a-b</loc></url></urlset>",
        "<urlset><url><loc/><loc> </loc><loc>/a-b</loc><loc>/c-d</loc></url></urlset>",
    ] {
        let parsed = parsed(xml);
        assert_eq!((titles(&parsed), parsed.complete), (vec!["A b"], true), "{xml}");
    }
    let unknown = read(&Document {
        bytes: b"<urlset><url><loc>https://y.example/a-b</loc></url></urlset>",
        content_type: None,
        url: None,
    });
    assert_eq!(unknown.expect("a sitemap").items.len(), 1, "where the host is unknown, all hosts count");
}

#[test]
fn what_is_no_sitemap_says_what_it_is() {
    let error = |text: &str| read_at(text.as_bytes(), "https://x.example/").expect_err("no sitemap");
    assert_eq!(error(" \n"), ParseError::Empty);
    let page = "<!doctype html><html><head><title>Page introuvable</title></head></html>";
    assert_eq!(error(page), ParseError::PageForFeed { title: Some("Page introuvable".into()), wall: None });
    for (text, why) in [
        ("<opml></opml>", "not a sitemap: its first element is <opml>"),
        ("Service unavailable", "not a sitemap: it has neither XML elements nor one address a line"),
    ] {
        assert_eq!(error(text).to_string(), why);
    }
    assert!(read_at(&[0x1F, 0x8B, 8, 0, 1, 2, 3], "https://x.example/").is_err());
}

#[test]
fn hostile_sitemaps_cost_no_more_than_honest_ones() {
    let entry = "<url><loc>/a-b</loc></url>";
    let attributes: String = (0..200_000).map(|i| format!(" a{i}='1'")).collect();
    let laughs = "<!DOCTYPE l [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;'>]>";
    for xml in [
        format!("{laughs}{}", urlset("<url><loc>/a-b</loc><x>&b;</x></url>")),
        urlset(&format!("{}{entry}", "<a>".repeat(200_000))),
        urlset(&format!("<url><loc>/a-b</loc>{}</url>", "<lastmod>".repeat(200_000))),
        urlset(&format!("<url{attributes}><loc>/a-b</loc></url>")),
        format!("<urlset{attributes}>{entry}</urlset>"),
        urlset(&format!("{}{entry}", "<url>".repeat(200_000))),
        urlset(&format!("{entry}<url><loc>/c-{}</loc></url>", "d-".repeat(200_000))),
    ] {
        let parsed = parsed(&xml);
        assert!(titles(&parsed).contains(&"A b"), "{}", &xml[..100]);
    }
}

proptest::proptest! {
    #[test]
    fn never_panics(
        bytes: Vec<u8>,
        pieces in proptest::collection::vec(
            "<url>|</url>|<loc>|</loc>|https://x\\.example/|<urlset>|</urlset>|&|<sitemapindex|<sitemap>|[é%-]{0,4}",
            0..30,
        ),
    ) {
        for bytes in [&bytes[..], pieces.concat().as_bytes()] {
            let result = read(&Document { bytes, content_type: None, url: None });
            proptest::prop_assert!(result.is_err() || result.is_ok_and(|parsed| parsed.items.len() <= MAX_ITEMS));
        }
    }
}
