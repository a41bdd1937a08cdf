//! What holds for the query language as a whole: the sample cases, the canonical text, and laws over any string.

use super::*;

fn lexicon() -> Vocabulary {
    let ids = ["jnim", "gao", "timbuktu", "dori", "plateau", "benin", "is-sahel", "ecowas"];
    Vocabulary::new(ids.map(String::from), [("gao".to_owned(), "gao".to_owned())])
}

/// Rows of a table with tabs, without its heading.
fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().skip(1).map(|line| line.split('\t').collect())
}

#[test]
fn the_sample_queries_are_read_or_refused() {
    for row in rows(include_str!("../../../tests/cases/queries.tsv")) {
        let (query, expected, mentions) = (row[0], row[1], row[2]);
        match parse(query, &lexicon()) {
            Ok(_) => assert_eq!(expected, "valid", "{query}"),
            Err(problem) => {
                assert_eq!(expected, "invalid", "{query}: {}", problem.message);
                let found = mentions.split('|').any(|part| problem.message.contains(part));
                assert!(
                    found || problem.help.is_some_and(|help| help.contains(mentions)),
                    "{query}: {}",
                    problem.message
                );
            }
        }
    }
}

#[test]
fn the_queries_of_the_matching_cases_are_read() {
    for row in rows(include_str!("../../../tests/cases/matching.tsv")) {
        if let Err(problem) = parse(row[1], &lexicon()) {
            panic!("{}", problem.render(row[1]));
        }
    }
}

#[test]
fn queries_are_understood() {
    for (query, understood) in [
        ("a b -c", "a AND b NOT c"),
        ("(a OR (b OR c)) AND (d AND (e f))", "(a OR b OR c) AND d AND e AND f"),
        ("NOT a b", "NOT a AND b"),
        ("a AND (NOT b)", "a NOT b"),
        ("a NOT (b c)", "a NOT (b AND c)"),
        ("“Boko Haram” OR «groupe armé*» OR „a b\"", "\"Boko Haram\" OR \"groupe armé\"* OR \"a b\""),
        ("a NEAR/3 b ONEAR/4 (c OR @gao)", "a NEAR/3 b ONEAR/4 (c OR @gao)"),
        ("a NOT NEAR/5 b c", "a NOT NEAR/5 b AND c"),
        ("a NEAR/2 (b NEAR/3 c)", "a NEAR/2 (b NEAR/3 c)"),
        ("title:(a OR b) body:\"c d\"", "title:(a OR b) AND body:\"c d\""),
        ("2 OF (a, b c، d OR e)", "2 OF (a, b AND c, d OR e)"),
        ("killed:10 wounded:>=٢٠ displaced:≤3", "killed:=10 AND wounded:>=20 AND displaced:<=3"),
        ("lang:(ar OR FR) source:RFI* country:bf", "(lang:ar OR lang:fr) AND source:rfi* AND country:BF"),
        ("author:\"A. Diallo\" url:https://x.example/a?b", "author:\"a diallo\" AND url:\"https://x.example/a?b\""),
        ("\"@FamaMali\" concept:gao", "\"@FamaMali\" AND @gao"),
        ("=AES =\"Côte d'Ivoire\" =JNI*", "=AES AND =\"Côte d'Ivoire\" AND =JNI*"),
        ("attaque~ \"force armée\"~", "attaque~ AND \"force armée\"~"),
        ("a −b –c (—d e)", "a NOT b NOT c NOT d AND e"),
        ("\u{200F}x AND\u{200F} \u{200F}y z\u{200B}z", "x AND y AND \"z\u{200B}z\""),
        ("Bobo-Dioulasso N'Djamena", "Bobo-Dioulasso AND N'Djamena"),
        ("\"AND\" NEARBY", "\"AND\" AND NEARBY"),
    ] {
        match parse(query, &lexicon()) {
            Ok(parsed) => assert_eq!(parsed.tree.to_string(), understood, "{query}"),
            Err(problem) => panic!("{}", problem.render(query)),
        }
    }
}
