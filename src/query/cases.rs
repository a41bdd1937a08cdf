//! The engine as a whole against tables of cases: `tests/cases/matching.tsv` is the shared sample (lang, query, text, expected,
//! phenomenon; ` ¶ ` sets the title apart), `more.tsv` what was added to it here.

use super::*;
use crate::lexicon;
use crate::model::Item;

/// The item of a case: without ` ¶ ` the text is a body.
pub(super) fn item(text: &str) -> Item {
    let (title, body) = text.split_once(" ¶ ").unwrap_or(("", text));
    Item { title: title.to_owned(), body: body.to_owned(), ..Item::default() }
}

fn matches(query: &str, text: &str, concepts: &[crate::model::Concept]) -> bool {
    let parsed = syntax::parse(query, &lexicon::vocabulary(concepts));
    let tree = parsed.unwrap_or_else(|problem| panic!("{}", problem.render(query))).tree;
    let plan = Plan::compile(vec![tree], concepts);
    let item = item(text);
    plan.scan(Subject { item: &item, source: "", lang: "und" }).hit(0).is_some()
}

fn check(table: &str, concepts: &[crate::model::Concept]) {
    let mut wrong = Vec::new();
    for line in table.lines().skip(1).filter(|line| !line.is_empty()) {
        let [_, query, text, expected, phenomenon] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not five fields: {line}")
        };
        if matches(query, text, concepts) != (expected == "match") {
            wrong.push(format!("{phenomenon}: {query} in {text} should be {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_sample_cases_match_as_expected() {
    let concepts = lexicon::parse(include_str!("../../tests/cases/lexicon-example.toml")).expect("a sound file");
    check(include_str!("../../tests/cases/matching.tsv"), &concepts);
}

#[test]
fn more_cases_of_the_same_kinds_match_as_expected() {
    check(include_str!("../../tests/cases/more.tsv"), &[]);
}
