//! Looking back, as a person at a terminal sees it: `search`, `backtest`, `explain` and `export`, on a store at rest and beside a running
//! daemon. The backfill of watches is in `lookback/backfill.rs`.

mod backfill;

use serde_json::Value;

use crate::bed::{Bed, Ended, attack, everyday, headline};

/// A bed whose first poll primed two items, and whose second brought a third, which was mailed.
fn lived() -> Bed {
    let bed = Bed::new();
    bed.serve(&[attack(1), everyday(1)]);
    bed.once();
    bed.serve(&[attack(2), attack(1), everyday(1)]);
    bed.once();
    assert_eq!(bed.subjects().len(), 1);
    bed
}

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
}

/// Runs a command on the store at rest and beside a daemon; both must say the same.
#[track_caller]
fn both(bed: &Bed, arguments: &[&str], code: i32) -> Ended {
    let at_rest = bed.run(arguments);
    assert_eq!(at_rest.code, Some(code), "{at_rest:?}");
    let daemon = bed.daemon();
    let beside = bed.run(arguments);
    assert_eq!(daemon.stop(), Some(0));
    // Each looks back from its own moment.
    let but_since =
        |ended: &Ended| ended.stdout.lines().filter(|line| !line.contains("since")).collect::<Vec<_>>().join("\n");
    assert_eq!((beside.code, but_since(&beside)), (at_rest.code, but_since(&at_rest)), "{beside:?}");
    beside
}

#[track_caller]
fn holds(ended: &Ended, parts: &[&str]) {
    let said = format!("{}{}", ended.stdout, ended.stderr);
    for part in parts {
        assert!(said.contains(part), "no `{part}` in:\n{said}");
    }
}

#[test]
fn search_finds_the_newest_first_and_marks_the_words() {
    let bed = lived();
    let found = both(&bed, &["search", "attaque*"], 0);
    let headlines: Vec<&str> = found.stdout.lines().filter(|line| line.contains("‹Attaque›")).collect();
    assert_eq!(headlines, [2, 1].map(|n| headline(n).replace("Attaque", "‹Attaque›")));
    holds(&found, &["outlet · fr · primed", "https://outlet.example/attack-1", "2 items (3 items looked at"]);
}

#[test]
fn search_can_be_narrowed() {
    let bed = lived();
    holds(&both(&bed, &["search", "attaque*", "--limit", "1"], 0), &["numéro 2", "older ones match too"]);
    holds(&both(&bed, &["search", "attaque*", "--lang", "ar"], 1), &["nothing found"]);
    holds(&both(&bed, &["search", "attaque*", "--lang", "FR", "--source", "out*"], 0), &["numéro 1"]);
    holds(&both(&bed, &["search", "attaque*", "--source", "outlett"], 1), &["did you mean `outlet`?"]);
    holds(&both(&bed, &["search", "attaque*", "--since", "0s"], 1), &["no item was first seen since"]);
}

#[test]
fn search_as_json_is_one_document() {
    let bed = lived();
    let found = json(&both(&bed, &["search", "marché", "--json"], 0));
    assert_eq!((&found["schema"], &found["query"], &found["more"]), (&1.into(), &"marché".into(), &false.into()));
    let hit = &found["hits"][0];
    assert_eq!(
        (&hit["source"], &hit["reason"], &hit["terms"][0]),
        (&"outlet".into(), &"primed".into(), &"marché".into())
    );
    assert_eq!(hit["title"][1], serde_json::json!({ "text": "marché", "marked": true }));
    assert_eq!(json(&both(&bed, &["search", "volcan", "--json"], 1))["hits"], serde_json::json!([]));
}

#[test]
fn mistakes_are_told_and_exit_2() {
    let bed = lived();
    for (arguments, told) in [
        (&["search", "attaque AND"][..], "^"),
        (&["search", "@nowhere-at-all"], "@nowhere-at-all"),
        (&["search", "attaque", "--lang", "french"], "no language code"),
        (&["backtest", "attacks", "--query", "(attaque"], "^"),
        (&["explain", "attaque AND"], "^"),
    ] {
        let ended = both(&bed, arguments, 2);
        assert!(ended.stderr.starts_with("error: ") && ended.stderr.contains(told), "{ended:?}");
    }
    holds(&bed.run(&["search", "attaque", "--since", "7"]), &["such as 36h, 7d or 2w"]);
    holds(&bed.run(&["search", "attaque", "--limit", "0"]), &["1..=1000"]);
    let unknown = bed.run(&["backtest", "atacks"]);
    assert_eq!(
        (unknown.code, unknown.stderr.as_str()),
        (Some(2), "error: there is no watch `atacks`; did you mean `attacks`?\n")
    );
    holds(&bed.run(&["backtest", "elsewhere"]), &["watches: attacks"]);
    assert_eq!(bed.run(&["backtest"]).code, Some(2));
}

#[test]
fn without_a_store_only_a_query_can_be_explained() {
    let bed = Bed::new();
    for arguments in [&["search", "attaque"][..], &["backtest", "attacks"], &["explain", "0000000000000001"]] {
        let ended = bed.run(arguments);
        assert_eq!(ended.code, Some(69), "{ended:?}");
        holds(&ended, &["nothing was ever polled here"]);
    }
    let ended = bed.run(&["explain", "هجوم AND mine"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    holds(&ended, &["understood  هجوم AND mine", "والهجوم", "[mine mines]", "nothing is counted"]);
    bed.serve(&[]);
    bed.once();
    assert_eq!(bed.run(&["search", "attaque"]).code, Some(1), "a store without an item");
    holds(&bed.run(&["backtest", "attacks"]), &["0 of 0 items match"]);
}

#[test]
fn a_query_as_long_as_any_is_answered_beside_a_daemon() {
    let bed = lived();
    let words: Vec<String> = (0..5_600).map(|n| format!("mot{n}")).collect();
    let query = format!("{} OR attaque", words.join(" OR "));
    assert!(query.len() > 60_000);
    let found = json(&both(&bed, &["search", &query, "--json"], 0));
    assert_eq!(found["hits"].as_array().map(Vec::len), Some(2));
}

#[test]
fn backtest_counts_by_day_language_and_source() {
    let bed = lived();
    let found = both(&bed, &["backtest", "attacks"], 0);
    holds(
        &found,
        &[
            "2 of 3 items match",
            "1 alert on 1 story would have been raised, each story one mail to 1 recipient, and updates; 1 was only",
            "languages  fr 2",
            "sources    outlet 2",
            "‹Attaque› numéro 2",
        ],
    );
    let document = json(&both(&bed, &["backtest", "attacks", "--json"], 0));
    assert_eq!((&document["schema"], &document["looked_at"]), (&1.into(), &3.into()));
    let volume = &document["volume"];
    assert_eq!((&volume["items"], &volume["alerts"], &volume["days"][0]["matched"]), (&2.into(), &1.into(), &2.into()));
    assert_eq!(json(&both(&bed, &["backtest", "--query", "marché", "--json"], 0))["volume"]["items"], 1);
}

#[test]
fn backtest_says_what_a_change_gains_and_loses() {
    let bed = lived();
    let found = both(&bed, &["backtest", "attacks", "--query", "marché OR \"numéro 2\"", "--compare"], 0);
    holds(
        &found,
        &["which matches 2: 1 gained, 1 lost", "gained, the newest 1", "lost, the newest 1", "Le ‹marché› numéro 1"],
    );
}

#[test]
fn backtest_compares_a_watch_that_was_edited_with_the_one_in_force() {
    let bed = lived();
    let daemon = bed.daemon();
    bed.rewrite(&bed.configured().replace("\"embuscade\"", "\"marché\""));
    holds(&bed.run(&["backtest", "attacks", "--compare"]), &["which matches 2: 1 gained, 0 lost"]);
    bed.rewrite(&bed.configured().replace("id = \"attacks\"", "id = \"renamed\""));
    holds(&bed.run(&["backtest", "renamed", "--compare"]), &["no watch of this id is in force yet: 3 gained, 0 lost"]);
    assert_eq!(daemon.stop(), Some(0));
}

#[test]
fn the_life_of_an_item_is_told() {
    let bed = lived();
    let mailed = both(&bed, &["explain", "https://www.outlet.example/attack-2?utm_source=mail"], 0);
    holds(
        &mailed,
        &[
            &headline(2),
            "first, in outlet",
            "taken as   new: never seen before",
            "language   fr · detected fr",
            "✓ attacks: attaque* as ‘Attaque’ (title)",
            "(new): told in 1 mail",
            "amina@example.org · new · attacks",
            "sent ",
        ],
    );
    let primed = json(&both(&bed, &["explain", "http://outlet.example/attack-1", "--json"], 0));
    let judged = &primed["watches"][0];
    assert_eq!((&primed["schema"], &primed["reason"], &judged["matches"]), (&1.into(), &"primed".into(), &true.into()));
    assert!(judged["note"].as_str().unwrap().starts_with("no alert (primed)"), "{judged}");
    assert_eq!((&judged["alert"], &primed["mails"]), (&Value::Null, &serde_json::json!([])));
    let id = primed["id"].as_str().unwrap();
    assert_eq!(json(&both(&bed, &["explain", id, "--json"], 0)), primed);
    let everyday = both(&bed, &["explain", "https://outlet.example/day-1"], 0);
    holds(&everyday, &["✗ attacks: nothing matches attaque* OR هجوم OR embuscade", "mails\n  none"]);
}

#[test]
fn an_item_that_is_not_there_is_told_and_exits_1() {
    let bed = lived();
    let unknown = both(&bed, &["explain", "https://outlet.example/attack-99"], 1);
    holds(&unknown, &["no stored item has the address https://outlet.example/attack-99", "sahelwatch search"]);
    holds(&both(&bed, &["explain", "0000000000000001"], 1), &["no item 0000000000000001 is stored"]);
}

#[test]
fn a_query_is_explained_with_what_its_terms_find() {
    let bed = lived();
    let told = both(&bed, &["explain", "(attaque* OR volcan) NOT marché"], 0);
    holds(
        &told,
        &[
            "attaque*   in 2 items\n  begins with [attaque]",
            "volcan   in no item",
            "marché   in 1 item",
            "2 of 3 items",
            "‹Attaque› numéro 2",
        ],
    );
    let document = json(&both(&bed, &["explain", "@mali AND attaque", "--json"], 0));
    assert_eq!((&document["schema"], &document["terms"][0]["term"]), (&1.into(), &"@mali".into()));
    let names = document["terms"][0]["names"].as_array().unwrap();
    assert!(names.iter().any(|name| name["name"] == "Mali" || name["name"] == "مالي"), "{names:?}");
    assert_eq!(document["found"]["looked_at"], 3);
}

#[test]
fn stored_items_are_exported_in_their_order() {
    let bed = lived();
    let lines = both(&bed, &["export", "jsonl"], 0).stdout;
    let items: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(items.len(), 3);
    assert!(items.windows(2).all(|pair| pair[0]["id"].as_str() < pair[1]["id"].as_str()), "{lines}");
    let alerted = &items[2];
    assert_eq!((&alerted["title"], &alerted["lang"]), (&headline(2).into(), &"fr".into()));
    assert_eq!((&alerted["watches"], &alerted["reason"]), (&serde_json::json!(["attacks"]), &"new".into()));

    let of_watch = both(&bed, &["export", "csv", "--watch", "attacks", "--source", "out*"], 0).stdout;
    let rows: Vec<&str> = of_watch.lines().collect();
    assert!(rows.len() == 2 && rows[0].starts_with("id,first_seen,published,source,title,"), "{of_watch}");
    assert!(rows[1].contains(&headline(2)) && rows[1].ends_with(",new,attacks"), "{of_watch}");
    holds(&both(&bed, &["export", "csv", "--since", "0s"], 1), &["id,first_seen", "no stored item is of this kind"]);
    holds(&both(&bed, &["export", "jsonl", "--watch", "attack"], 1), &["did you mean `attacks`?"]);
}
