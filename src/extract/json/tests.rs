//! Whole JSON documents, honest, broken and hostile.

use super::*;
use crate::model::JsonPaths;

fn some(query: &str) -> Option<String> {
    Some(query.to_owned())
}

fn paths(item: &str, title: &str) -> JsonPaths {
    JsonPaths { item: item.to_owned(), title: title.to_owned(), ..JsonPaths::default() }
}

fn read_as(paths: &JsonPaths, bytes: &[u8]) -> Result<Parsed, ParseError> {
    let url = Url::parse("https://journal-fleuve.example/wp-json/wp/v2/posts").expect("an URL");
    let queries = Queries::compile(paths).expect("good queries");
    read(&queries, &Document { bytes, content_type: Some("application/json"), url: Some(&url) })
}

fn problems(paths: &JsonPaths, json: &str) -> Vec<String> {
    read_as(paths, json.as_bytes()).expect("JSON").problems
}

#[test]
fn the_interface_of_wordpress_is_read() {
    let all = JsonPaths {
        link: some("$.link"),
        id: some("$.id"),
        date: some("$.date_gmt"),
        summary: some("$.excerpt.rendered"),
        body: some("$.content.rendered"),
        ..paths("$[*]", "$.title.rendered")
    };
    let parsed = read_as(&all, include_bytes!("../../../tests/fixtures/kinds/wordpress-api.json")).expect("JSON");
    let [tera, gao] = &parsed.items[..] else { panic!("{:?}", parsed.items) };
    assert_eq!(tera.title, "Attaque près de Téra : l’armée annonce 6 morts");
    assert_eq!(tera.summary, "Le bilan est provisoire […]");
    assert_eq!(tera.body, "Six personnes ont été tuées.\nL’armée parle d’un « groupe armé ».");
    assert_eq!(tera.entry_id.as_deref(), Some("20418"));
    assert_eq!(tera.link.as_ref().map(Url::as_str), Some("https://journal-fleuve.example/attaque-tera/"));
    let date = tera.published.as_ref().expect("a date");
    assert_eq!(date.at.map(|at| at.to_string()).as_deref(), Some("2026-09-07T10:00:00Z"));
    assert_eq!(gao.title, "Gao le marché rouvre");
    assert_eq!(gao.link.as_ref().map(Url::as_str), Some("https://journal-fleuve.example/marche-gao/"));
    assert_eq!((&gao.published, gao.body.as_str()), (&None, ""));
    assert_eq!(parsed.problems.len(), 2, "{:?}", parsed.problems);
    assert!(parsed.problems[0].starts_with("item 3 has neither title nor link: {\"excerpt\""), "{:?}", parsed.problems);
    assert_eq!(parsed.problems[1], "item 4 has neither title nor link: \"brouillon\"");
    assert!(parsed.complete);
}

#[test]
fn one_value_a_line_is_a_list() {
    let all = JsonPaths { link: some("$.url"), id: some("$.ref"), date: some("$.when"), ..paths("$[*]", "$.headline") };
    let bytes = include_bytes!("../../../tests/fixtures/kinds/incidents-en.ndjson");
    let parsed = read_as(&all, bytes).expect("JSON lines");
    let ids: Vec<_> = parsed.items.iter().filter_map(|item| item.entry_id.as_deref()).collect();
    assert_eq!(ids, ["SH-2026-1181", "SH-2026-1180", "SH-2026-1178"]);
    let instants: Vec<String> =
        parsed.items.iter().filter_map(|item| Some(item.published.as_ref()?.at?.to_string())).collect();
    assert_eq!(instants, ["2026-09-07T10:00:00Z", "2026-09-07T09:00:00Z", "2026-09-06T00:00:00Z"]);
    assert_eq!(parsed.problems.len(), 1);
    assert!(parsed.problems[0].starts_with("line 4 is no JSON: {\"ref\":\"SH-2026-1179\""), "{:?}", parsed.problems);
    assert!(parsed.complete, "a bad line in the middle is no break");
    let text = String::from_utf8_lossy(bytes);
    let cut = read_as(&all, &text.as_bytes()[..text.len() - 30]).expect("JSON lines");
    assert_eq!((cut.items.len(), cut.complete), (2, false));
}

#[test]
fn texts_are_gathered_and_links_kept_as_printed() {
    let all = JsonPaths {
        link: some("$.u"),
        summary: some("$.none"),
        body: some("$.blocks[?@.kind == 'text'].text"),
        ..paths("$.data.items[*]", "$['title','headline']")
    };
    let json = r#"{"data": {"items": [{"u": "a", "headline": "T", "title": "",
        "blocks": [{"kind": "text", "text": "<p>Un"}, {"kind": "ad", "text": "x"},
        {"kind": "text", "text": "Deux"}]}]}}"#;
    let queries = Queries::compile(&all).expect("good queries");
    let parsed = read(&queries, &Document { bytes: json.as_bytes(), content_type: None, url: None }).expect("JSON");
    let item = &parsed.items[0];
    assert_eq!((item.title.as_str(), item.body.as_str(), &item.link), ("T", "Un\nDeux", &None));
    assert_eq!(parsed.relative_links[&0], "a");
    assert_eq!(parsed.problems, ["query `$.none` (summary) gave nothing in any of 1 items"]);
}

#[test]
fn what_was_not_found_is_said() {
    assert_eq!(problems(&paths("$.a[*]", "$.t"), "{\"b\": []}"), ["query `$.a[*]` matched nothing"]);
    let list = problems(&paths("$.a", "$.t"), "{\"a\": [{\"t\": \"x\"}]}");
    assert_eq!(list[0], "query `$.a` matched a list as one item; write `$.a[*]` for what is in it");
    let date = JsonPaths { date: some("$.d"), ..paths("$[*]", "$.t") };
    assert_eq!(problems(&date, "[{\"t\": \"x\"}]"), ["query `$.d` (date) gave nothing in any of 1 items"]);
    let empty = problems(&paths("$[*]", "$.t"), &format!("[{}{{}}]", "{},".repeat(13)));
    assert_eq!(empty.len(), 1 + MAX_NAMED + 1);
    assert_eq!(empty[11], "and 4 more bad items");
    let many = format!("[{}\"x\"]", "\"x\",".repeat(MAX_ITEMS));
    let parsed = read_as(&paths("$[*]", "$"), many.as_bytes()).expect("JSON");
    assert_eq!(parsed.items.len(), MAX_ITEMS);
    assert_eq!(parsed.problems, ["query `$[*]` matched more than 2000 items; the rest is left out"]);
}

#[test]
fn what_is_no_json_says_what_it_is() {
    let error = |text: &str| read_as(&paths("$[*]", "$.t"), text.as_bytes()).expect_err("no JSON");
    assert_eq!(error(" \u{FEFF}"), ParseError::Empty);
    let page = "<!doctype html><title>Connexion</title>";
    assert_eq!(error(page), ParseError::PageForFeed { title: Some("Connexion".into()), wall: None });
    let cut = error("[{\"t\": \"x\"},\n {\"t\"").to_string();
    assert!(cut.starts_with("not JSON: it breaks off or is wrong: EOF"), "{cut}");
    assert!(error("Service unavailable").to_string().starts_with("not JSON: "));
}

#[test]
fn hostile_documents_cost_no_more_than_honest_ones() {
    let nested = format!("{}{}", "{\"a\":[".repeat(60), "]}".repeat(60));
    let wide = format!("[{}{nested}]", format!("{nested},").repeat(1500));
    for queries in [paths("$..a", "$.a"), paths("$[*]", "$..a"), paths("$..*", "$.a[0].a"), paths("$..[?@.a]", "$.a")] {
        assert!(read_as(&queries, wide.as_bytes()).is_ok(), "{queries:?}");
    }
    let all = paths("$..*", "$.*");
    for text in ["[".repeat(1_000_000), "{\"a\":".repeat(1_000_000), "\"".repeat(1_000_001), "[0]\n[".repeat(300_000)] {
        assert!(read_as(&all, text.as_bytes()).is_err(), "{:.20}", text);
    }
}

proptest::proptest! {
    #[test]
    fn never_panics(
        bytes: Vec<u8>,
        pieces in proptest::collection::vec("\\[|\\]|\\{|\\}|,|:|\"|\"t\":|1|\n|null|\\\\|é", 0..30),
    ) {
        for bytes in [&bytes[..], pieces.concat().as_bytes()] {
            let result = read_as(&paths("$..*", "$.t"), bytes);
            proptest::prop_assert!(result.is_err() || result.is_ok_and(|parsed| parsed.items.len() <= MAX_ITEMS));
        }
    }

    /// Whatever a query is, it compiles or says why not.
    #[test]
    fn queries_never_panic(query in "\\$[\\[\\](){}.?@*'\",:0-9a-z =&|!<>é-]{0,60}") {
        if let Err(bad) = Queries::compile(&paths("$", &query)) {
            proptest::prop_assert_eq!(bad[0].key, "title");
        }
    }
}
