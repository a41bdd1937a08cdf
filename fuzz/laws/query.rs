//! Any query against any text. The input's first line is the query, its second the title, the rest the body.
//!
//! A query is read or refused, with problems that lie inside it; what was understood reads back the same; and it matches alone
//! what it matches among other queries, at places inside the text.

use std::sync::LazyLock;

use sahelwatch::lexicon;
use sahelwatch::model::{Concept, Field, Item, Match};
use sahelwatch::query::syntax::{Problem, Tree, entry, parse};
use sahelwatch::query::{Plan, Subject, Vocabulary};

static LEXICON: LazyLock<Vec<Concept>> = LazyLock::new(|| {
    lexicon::parse(include_str!("../../tests/cases/lexicon-example.toml")).expect("the example lexicon is good")
});
static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| lexicon::vocabulary(&LEXICON));
/// Queries that share words with what the dictionary offers.
static OTHERS: LazyLock<Vec<Tree>> = LazyLock::new(|| {
    let others = ["attaque*", "\"Boko Haram\"", "Gao NEAR/3 convoi", "=AES", "attaque~", "@dori OR @benin", "lang:und"];
    others.iter().map(|query| parse(query, &VOCABULARY).expect("a good query").tree).collect()
});

pub(crate) fn holds(input: &str) {
    let (query, text) = input.split_once('\n').unwrap_or((input, ""));
    let (title, body) = text.split_once('\n').unwrap_or((text, ""));
    let item = Item { title: title.to_owned(), body: body.to_owned(), ..Item::default() };
    // All of the input is a query of several lines as well.
    understood(input);
    let mut trees = understood(query);
    trees.dedup();
    for tree in &trees {
        matches_alike(tree, &reads_back(tree), &item);
    }
}

/// What a text is read as, as a query and as an entry of a list.
fn understood(typed: &str) -> Vec<Tree> {
    let mut trees = Vec::new();
    for read in [parse(typed, &VOCABULARY), entry(typed, &VOCABULARY)] {
        match read {
            Ok(parsed) => {
                sound(typed, &parsed.warnings);
                reads_back(&parsed.tree);
                trees.push(parsed.tree);
            }
            Err(problem) => sound(typed, &[problem]),
        }
    }
    trees
}

fn sound(query: &str, problems: &[Problem]) {
    for problem in problems {
        assert!(query.get(problem.span.clone()).is_some(), "{problem:?} of {query:?}");
        assert!(!problem.render(query).is_empty());
    }
}

/// The tree that the canonical text of this one is read as.
fn reads_back(tree: &Tree) -> Tree {
    let canonical = tree.to_string();
    match parse(&canonical, &VOCABULARY) {
        Ok(again) => {
            assert_eq!(again.tree.to_string(), canonical);
            again.tree
        }
        Err(problem) => panic!("{tree:?} is written {canonical:?}: {}", problem.render(&canonical)),
    }
}

fn matches_alike(tree: &Tree, again: &Tree, item: &Item) {
    let alone = Plan::compile(vec![tree.clone()], &LEXICON);
    let subject = Subject { item, source: "rfi-afrique", lang: "und" };
    let scan = alone.scan(subject);
    let found = scan.hit(0);
    let clause = scan.explain(0);
    assert_eq!(clause.holds != clause.excludes, found.is_some(), "{tree}: {clause:?}");
    assert!(!clause.reason().is_empty());
    assert_eq!(scan.hits().pop().map(|(_, matches)| matches), found, "{tree}: not looked at, or looked at in vain");
    found.iter().flatten().for_each(|found| inside(found, item));

    let number = OTHERS.len();
    let crowd = Plan::compile(OTHERS.iter().chain([tree, again]).cloned().collect(), &LEXICON);
    let mut hits = crowd.scan(subject).hits().into_iter().filter(|(query, _)| *query >= number);
    let expected = found.map(|found| [(number, found.clone()), (number + 1, found)]);
    let (first, second) = expected.map_or((None, None), |[first, second]| (Some(first), Some(second)));
    assert_eq!((hits.next(), hits.next()), (first, second), "{tree}, read back as {again}");
}

fn inside(found: &Match, item: &Item) {
    let text = match found.field {
        Field::Title => &item.title,
        Field::Summary => &item.summary,
        Field::Body => &item.body,
    };
    let words = text.get(found.start as usize..found.end as usize);
    assert!(words.is_some_and(|words| !words.is_empty()), "{found:?} of {text:?}");
}
