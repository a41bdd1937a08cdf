//! The guide "Write a watch" is executed: each of its examples is a query with what it finds, what it does not, or what it is
//! refused with.

use sahelwatch::model::Item;
use sahelwatch::query::{Plan, Subject, syntax};
use sahelwatch::{extract, lexicon};

const GUIDE: &str = include_str!("../docs/write-a-watch.md");

/// The fenced examples, as lines of a word and a text.
fn examples() -> Vec<Vec<(&'static str, &'static str)>> {
    let fenced = GUIDE.split("```\n").skip(1).step_by(2);
    fenced.map(|block| block.lines().filter_map(|line| line.split_once("  ")).collect()).collect()
}

/// Why an example is not as the guide says.
fn wrong(example: &[(&str, &str)], concepts: &[sahelwatch::model::Concept]) -> Vec<String> {
    let [("query", query), claims @ ..] = example else { panic!("no query: {example:?}") };
    let parsed = syntax::parse(query.trim(), &lexicon::vocabulary(concepts));
    let said = parsed.as_ref().err().map(|problem| problem.render(query));
    let plan = Plan::compile(parsed.map(|parsed| parsed.tree).into_iter().collect(), concepts);
    let finds = |text: &str| {
        let (title, body) = text.split_once(" ¶ ").unwrap_or((text, ""));
        let item = Item { title: title.to_owned(), body: body.to_owned(), ..Item::default() };
        let lang = extract::language_of(&item, None);
        let scan = plan.scan(Subject { item: &item, source: "", lang: &lang });
        scan.hit(0).is_some()
    };
    let holds = |claim: &(&str, &str)| match claim {
        ("finds", text) => said.is_none() && finds(text),
        ("not", text) => said.is_none() && !finds(text),
        ("says", text) => said.as_ref().is_some_and(|said| said.contains(text.trim())),
        (other, _) => panic!("`{other}` is no claim"),
    };
    let told = |claim: &(&str, &str)| format!("{query}: {} {} {}", claim.0, claim.1, said.clone().unwrap_or_default());
    claims.iter().filter(|claim| !holds(claim)).map(told).collect()
}

#[test]
fn every_example_of_the_guide_is_as_it_says() {
    let concepts = lexicon::shipped();
    let examples = examples();
    let wrong: Vec<String> = examples.iter().flat_map(|example| wrong(example, &concepts)).collect();
    assert!(examples.len() >= 25, "{} examples", examples.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
