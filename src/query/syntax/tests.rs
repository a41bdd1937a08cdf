//! What holds for the query language as a whole: the sample cases, the canonical text, and laws over any string.

use std::path::Path;

use proptest::prelude::*;

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
        ("=\u{200F}نص", "=نص"),
        ("Bobo-Dioulasso N'Djamena", "Bobo-Dioulasso AND N'Djamena"),
        ("\"AND\" NEARBY", "\"AND\" AND NEARBY"),
    ] {
        match parse(query, &lexicon()) {
            Ok(parsed) => assert_eq!(parsed.tree.to_string(), understood, "{query}"),
            Err(problem) => panic!("{}", problem.render(query)),
        }
    }
}

/// Checks the answers in `tests/golden/query`: each block is a query after `> `, with `\n` for a line break, and what
/// is said about it. `UPDATE_GOLDEN=1` writes the answers anew; read the difference before you keep it.
fn golden(name: &str, answer: impl Fn(&str) -> String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/query").join(name);
    let kept = std::fs::read_to_string(&path).expect("the golden file is there");
    let queries = kept.lines().filter_map(|line| line.strip_prefix("> "));
    let blocks: Vec<String> =
        queries.map(|typed| format!("> {typed}\n{}", answer(&typed.replace("\\n", "\n")))).collect();
    let answered = blocks.join("\n");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &answered).expect("the golden file can be written");
        return;
    }
    assert!(kept == answered, "{} differs (UPDATE_GOLDEN=1 writes it anew)\n{answered}", path.display());
}

#[test]
fn errors_are_said_as_kept() {
    golden("errors.txt", |query| {
        let problem = parse(query, &lexicon()).expect_err(query);
        if let Some(Err(other)) = problem.suggestion.as_deref().map(|offer| parse(offer, &lexicon())) {
            panic!("what is offered for {query} is wrong itself: {}", other.message);
        }
        problem.render(query)
    });
}

#[test]
fn warnings_are_said_as_kept() {
    golden("warnings.txt", |query| {
        let parsed = parse(query, &lexicon()).expect(query);
        let said = parsed.warnings.iter().map(|warning| warning.render_as("warning", query));
        format!("understood: {}\n{}", parsed.tree, said.collect::<String>())
    });
}

#[test]
fn without_a_lexicon_no_concept_is_known() {
    let problem = parse("@jnim", &Vocabulary::default()).expect_err("no lexicon");
    assert_eq!(problem.help.as_deref(), Some("There is no lexicon to take concepts from."));
}

#[test]
fn what_has_no_end_is_bounded() {
    let deep = |n: usize| format!("{}a{}", "(".repeat(n), ")".repeat(n));
    assert!(parse(&deep(MOST_DEPTH), &lexicon()).is_ok());
    let long = "x".repeat(LONGEST - 100);
    for query in [
        format!("@{long}"),
        format!("{long}:x"),
        format!("x:{long}"),
        format!("lang:{long}"),
        format!("killed:{long}"),
        format!("{long}~~"),
        format!("*{long}"),
        deep(MOST_DEPTH + 1),
        "(".repeat(LONGEST),
        "x ".repeat(LONGEST / 2 + 1),
        format!("a{}", " NEAR/2 a".repeat(17)),
        format!("\"{}\"", "mot ".repeat(33)),
    ] {
        let problem = parse(&query, &lexicon()).expect_err("too much");
        let asked = problem.render(&query);
        assert!(asked.len() < 1500, "{asked}");
    }
}

/// Problems lie inside the query.
fn sound(query: &str, problems: &[Problem]) -> Result<(), TestCaseError> {
    for problem in problems {
        prop_assert!(query.get(problem.span.clone()).is_some(), "{:?} of {query:?}", problem);
        prop_assert!(!problem.render(query).is_empty());
    }
    Ok(())
}

/// A tree without its places in the query.
fn placeless(tree: &Tree) -> Tree {
    let each = |parts: &[Tree]| parts.iter().map(placeless).collect();
    let boxed = |part: &Tree| Box::new(placeless(part));
    match tree {
        Tree::All(parts) => Tree::All(each(parts)),
        Tree::Any(parts) => Tree::Any(each(parts)),
        Tree::Not(part) => Tree::Not(boxed(part)),
        Tree::AtLeast { n, of } => Tree::AtLeast { n: *n, of: each(of) },
        Tree::Near { left, right, within, ordered } => {
            Tree::Near { left: boxed(left), right: boxed(right), within: *within, ordered: *ordered }
        }
        Tree::NotNear { wanted, other, within } => {
            Tree::NotNear { wanted: boxed(wanted), other: boxed(other), within: *within }
        }
        Tree::In(field, part) => Tree::In(*field, boxed(part)),
        Tree::Term(term) => Tree::Term(tree::Term { span: 0..0, ..term.clone() }),
        Tree::Concept { id, .. } => Tree::Concept { id: id.clone(), span: 0..0 },
        Tree::Facet(facet) => Tree::Facet(facet.clone()),
    }
}

fn reads_back(query: &str) -> Result<(), TestCaseError> {
    let problems = match parse(query, &lexicon()) {
        Ok(parsed) => {
            let canonical = parsed.tree.to_string();
            let again = parse(&canonical, &lexicon());
            prop_assert!(again.is_ok(), "{query:?} as {canonical:?}: {again:?}");
            let again = again.map(|again| placeless(&again.tree));
            prop_assert_eq!(again, Ok(placeless(&parsed.tree)), "{:?}", canonical);
            parsed.warnings
        }
        Err(problem) => vec![problem],
    };
    sound(query, &problems)?;
    match entry(query, &lexicon()) {
        Ok(parsed) => sound(query, &parsed.warnings),
        Err(problem) => sound(query, &[problem]),
    }
}

/// Atoms of the grammar and things that look like them.
fn atom() -> impl Strategy<Value = String> {
    let words = "[a-dé]{1,4}[*~]?|=?[A-Z]{1,4}|=[a-c]{3}[*]|[هجومو]{1,5}[*]?";
    let quoted = "=?\"[a-c]{1,4} [a-c'’-]{1,4}[*]?\"[*~]?|@gao|\"@[a-z]{3}\"";
    let figures = "(killed|displaced):(>=|<|)[0-9]{1,3}|lang:[a-z]{2}|source:[a-z\"]{1,4}[*]?";
    let places = "author:\"[A-Z]\\. [a-z]{3}\"|url:\"?[a-z/.]{1,5}\"?";
    let broken = "NEAR/[0-9]|AND|OR|2 OF|[(),:*~=@\"-]|\\PC{1,4}";
    prop_oneof![4 => words, 3 => quoted, 1 => figures, 1 => places, 1 => broken]
}

/// Queries, mostly good.
fn query() -> impl Strategy<Value = String> {
    atom().prop_recursive(4, 24, 4, |inner| {
        let some = || proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            some().prop_map(|parts| format!("({})", parts.join(" OR "))),
            some().prop_map(|parts| format!("({})", parts.join(" "))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} -{b})")),
            (inner.clone(), inner.clone(), "NEAR/[1-9]|ONEAR/[1-9]|NOT NEAR/[1-9]|AND NOT|AND")
                .prop_map(|(a, b, by)| format!("{a} {by} {b}")),
            ("title|body|lang", inner.clone()).prop_map(|(field, a)| format!("{field}:{a}")),
            (inner.clone(), inner.clone(), "O?NEAR/[1-9]").prop_map(|(a, b, by)| format!("({a} {by} {b})")),
            some().prop_map(|parts| format!("1 OF ({})", parts.join(", "))),
        ]
    })
}

proptest! {
    #[test]
    fn any_string_is_read_or_refused(text in "\\PC*") {
        reads_back(&text)?;
    }

    #[test]
    fn any_signs_are_read_or_refused(text in "[ab ()\"«»“*~=@:,،!&|+^?\\[/.\n\u{200F}ه'’-]{0,24}") {
        reads_back(&text)?;
    }

    #[test]
    fn what_was_understood_reads_back_the_same(text in query()) {
        reads_back(&text)?;
    }
}
