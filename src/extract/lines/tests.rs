//! What programs print: lines, lists, feeds, and noise.

use super::*;

fn read_text(text: &str) -> Result<Parsed, ParseError> {
    let url = Url::parse("exec:/usr/local/bin/radio").expect("an URL");
    read(&Document { bytes: text.as_bytes(), content_type: None, url: Some(&url) })
}

fn titles(text: &str) -> Vec<String> {
    read_text(text).expect("items").items.into_iter().map(|item| item.title).collect()
}

#[test]
fn a_bad_line_costs_that_line_only() {
    let parsed = read_text(include_str!("../../../tests/fixtures/kinds/program-output.ndjson")).expect("lines");
    let [menaka, arabic] = &parsed.items[..] else { panic!("{:?}", parsed.items) };
    assert_eq!(menaka.title, "Attaque à Ménaka");
    assert_eq!(menaka.link.as_ref().map(Url::as_str), Some("https://radio-gourma.example/12"));
    assert_eq!((menaka.entry_id.as_deref(), menaka.lang.as_deref()), (Some("12"), Some("fr-ML")));
    assert_eq!((menaka.summary.as_str(), menaka.body.as_str()), ("4 civils tués & 12 blessés", "Un.\nDeux."));
    assert_eq!(
        (&menaka.authors[..], &menaka.categories[..]),
        (&["Awa Traoré".to_owned(), "Radio Gourma".to_owned()][..], &["sécurité".to_owned()][..])
    );
    let instant = |date: &Option<crate::model::PrintedDate>| date.as_ref().and_then(|d| d.at).map(|at| at.to_string());
    assert_eq!(instant(&menaka.published).as_deref(), Some("2026-09-07T10:20:00Z"));
    assert_eq!((arabic.title.as_str(), arabic.body.as_str()), ("هجوم مسلح", "نص الخبر"));
    assert_eq!(instant(&arabic.published).as_deref(), Some("2026-09-07T10:00:00Z"));
    assert_eq!(instant(&arabic.updated).as_deref(), Some("2026-09-08T00:00:00Z"));
    let want = [
        "line 2 is no JSON: connection reset, trying again",
        "line 3 is without a title",
        "line 4 is no object: [\"title\"]",
    ];
    assert_eq!(parsed.problems, want);
    assert!(parsed.complete);
}

#[test]
fn lists_feeds_and_objects_are_told_apart() {
    for text in [
        "{\"title\": \"T\"}",
        "{\n  \"title\": \"T\"\n}\n",
        "[{\"title\": \"T\"}]",
        "[\n{\"title\": \"T\"}\n]",
        "[fetched 1 page]\n{\"title\": \"T\"}",
        "starting\n{\"title\": \"T\"}",
        "<rss><channel><item><title>T</title></item></channel></rss>",
        "\u{FEFF}<?xml version='1.0'?><feed><entry><title>T</title></entry></feed>",
        "{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [{\"id\": \"1\", \"title\": \"T\"}]}",
    ] {
        assert_eq!(titles(text), ["T"], "{text}");
    }
    let list = read_text("[{\"title\": \"T\", \"link\": \"/a\"}, 7]").expect("a list");
    assert_eq!(
        (list.relative_links[&0].as_str(), &list.problems[..]),
        ("/a", &["entry 2 is no object: 7".to_owned()][..])
    );
}

#[test]
fn nothing_printed_is_nothing_new() {
    for text in ["", " \r\n\n", "[]"] {
        let parsed = read_text(text).expect("nothing new");
        assert_eq!((parsed.items.len(), parsed.problems.len(), parsed.complete), (0, 0, true), "{text:?}");
    }
}

#[test]
fn noise_alone_is_an_error() {
    let error = read_text("error: no such host\n").expect_err("noise").to_string();
    let want = "not a feed or JSON lines: line 1 is no JSON: error: no such host; \
                one object a line is wanted, with a \"title\"";
    assert_eq!(error, want);
    assert!(read_text("<html><title>x</title>").is_err());
}

#[test]
fn output_without_end_is_cut() {
    let parsed = read_text(&"{\"title\": \"T\"}\n".repeat(MAX_ITEMS + 5)).expect("lines");
    assert_eq!(
        (parsed.items.len(), &parsed.problems[..]),
        (MAX_ITEMS, &["more than 2000 items; the rest is left out".to_owned()][..])
    );
    let noisy = read_text(&format!("{}{{\"title\": \"T\"}}", "x\n".repeat(100))).expect("lines");
    assert_eq!((noisy.items.len(), noisy.problems.len()), (1, 11));
    for text in ["[".repeat(1_000_000), "{\"title\":".repeat(300_000), "{\n".repeat(300_000), "[\n".repeat(300_000)] {
        assert!(read_text(&text).is_err());
    }
    let authors = format!("{{\"title\": \"T\", \"authors\": [{}\"a\"]}}", "\"a\",".repeat(10_000));
    assert_eq!(read_text(&authors).expect("a line").items[0].authors.len(), MAX_NAMES);
}

proptest::proptest! {
    #[test]
    fn never_panics(
        bytes: Vec<u8>,
        pieces in proptest::collection::vec("\\{\"title\":|\\}|\\[|\\]|\"é\"|1|\n|,|<rss>|x", 0..30),
    ) {
        for bytes in [&bytes[..], pieces.concat().as_bytes()] {
            let result = read(&Document { bytes, content_type: None, url: None });
            proptest::prop_assert!(result.is_err() || result.is_ok_and(|parsed| parsed.items.len() <= MAX_ITEMS));
        }
    }
}
