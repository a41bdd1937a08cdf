//! The Sahel pack in `config/conf.d`: what its files promise to whoever installs it and gets alerts at once.

use std::collections::BTreeSet;
use std::path::Path;

use toml::{Table, Value};

/// The tables of one kind in all files of the pack, each with its file.
fn tables(kind: &str) -> Vec<(String, Table)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/conf.d");
    let mut tables = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file: Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        let of_kind = file.get(kind).and_then(Value::as_array).into_iter().flatten();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        tables.extend(of_kind.map(|table| (name.clone(), table.as_table().unwrap().clone())));
    }
    tables
}

fn text<'a>(table: &'a Table, key: &str) -> &'a str {
    table.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn tags(table: &Table) -> BTreeSet<&str> {
    table.get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn enabled(source: &Table) -> bool {
    source.get("enabled").and_then(Value::as_bool).unwrap_or(true)
}

#[test]
fn every_source_says_what_is_known_of_it() {
    let sources = tables("source");
    assert!(sources.len() > 80, "{}", sources.len());
    for (file, source) in &sources {
        let id = text(source, "id");
        for key in ["name", "kind", "lang", "note"] {
            assert!(!text(source, key).is_empty(), "{file}: {id} has no {key}");
        }
        assert!(text(source, "url").starts_with("https://"), "{file}: {id}");
        assert!(source.contains_key("tier") && !tags(source).is_empty(), "{file}: {id}");
        // A page carries headlines only; what is switched off says how it can be tried, or what it costs.
        let page = text(source, "kind") == "page";
        assert_eq!(source.contains_key("full_text"), page, "{file}: {id}");
        let note = text(source, "note");
        assert!(enabled(source) || note.contains("sahelwatch try") || note.contains("Google"), "{file}: {id}: {note}");
    }
}

#[test]
fn every_watch_is_tried_in_four_languages_and_both_ways() {
    for (file, watch) in tables("watch") {
        let id = text(&watch, "id");
        let tests: Vec<&Table> = watch["test"].as_array().unwrap().iter().filter_map(Value::as_table).collect();
        let given = |key, value| tests.iter().filter(|test| text(test, key) == value).count();
        assert!(tests.len() >= 6 && given("lang", "ar") > 0 && given("lang", "ha") > 0, "{file}: {id}");
        assert!(given("expect", "match") >= 4 && given("expect", "no-match") >= 2, "{file}: {id}");
        // At night a reader is woken for what happens to people now, and for nothing slower.
        let urgent = id.starts_with("attacks") || ["aid-workers", "kidnappings", "coups"].contains(&id);
        assert!(urgent || text(&watch, "severity") != "high", "{file}: {id}");
    }
}

/// A floor that is reached only while every source lives is an alarm that rings for ever; one that cannot be reached, too.
#[test]
fn every_floor_leaves_room_for_sources_to_die() {
    let sources = tables("source");
    let floors = tables("coverage");
    assert!(floors.len() >= 10, "{}", floors.len());
    for (_, floor) in &floors {
        let counts = |source: &Table| {
            enabled(source)
                && ["lang", "owner"]
                    .iter()
                    .all(|key| floor.get(*key).is_none_or(|wanted| source.get(*key) == Some(wanted)))
                && tags(floor).is_subset(&tags(source))
                && floor.get("tier").is_none_or(|worst| source["tier"].as_integer() <= worst.as_integer())
        };
        let live = sources.iter().filter(|(_, source)| counts(source)).count();
        let at_least = usize::try_from(floor["at_least"].as_integer().unwrap()).unwrap();
        assert!(at_least >= 1 && live > at_least, "{}: {live} for {at_least}", text(floor, "name"));
    }
}
