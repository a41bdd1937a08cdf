//! What makes a lexicon sound: every name finds itself, no two concepts claim one name alone, whatever is ambiguous has context,
//! and what concepts refer to is there. Every flaw is told, for `check` and for the test of the shipped files.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use crate::model::{Concept, Item};
use crate::query::syntax::tree::{Term, Tree};
use crate::query::{Plan, Subject, literal};
use crate::text::Tokens;

/// Something wrong with a concept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The concept.
    pub id: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}: {} ({})", self.id, self.message, self.hint)
    }
}

/// Checks all concepts of a lexicon.
#[must_use]
pub fn check(lexicon: &[Concept]) -> Vec<Flaw> {
    flaws_of(lexicon, |_| true)
}

/// Checks those concepts of a lexicon that `chosen` picks, against all of it.
#[must_use]
pub fn flaws_of(lexicon: &[Concept], chosen: impl Fn(&Concept) -> bool) -> Vec<Flaw> {
    let by_id: HashMap<&str, &Concept> = lexicon.iter().map(|concept| (concept.id.as_str(), concept)).collect();
    let owners = owners_of_strong_names(lexicon);
    let mut flaws = Vec::new();
    let mut seen = BTreeSet::new();
    for concept in lexicon {
        let twice = !seen.insert(&concept.id);
        if !chosen(concept) {
            continue;
        }
        let mut tell = |message: String, hint| flaws.push(Flaw { id: concept.id.clone(), message, hint });
        if twice {
            tell("the id is given twice".to_owned(), "give each concept an id of its own");
        }
        if !is_id(&concept.id) {
            tell(format!("`{}` is not an id", concept.id), "use a-z, 0-9 and hyphens");
        }
        references(concept, &by_id, &mut tell);
        names(concept, &owners, &mut tell);
        blockers(concept, &mut tell);
    }
    flaws
}

fn is_id(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !id.is_empty() && id.chars().all(plain) && !id.starts_with('-') && !id.ends_with('-')
}

fn references(concept: &Concept, by_id: &HashMap<&str, &Concept>, tell: &mut impl FnMut(String, &'static str)) {
    for parent in &concept.parent {
        if !by_id.contains_key(parent.as_str()) {
            tell(format!("parent `{parent}` is not in the lexicon"), "name another concept by its id, without @");
        }
    }
    for id in concept.context.iter().filter_map(|text| text.strip_prefix('@')) {
        if !by_id.contains_key(id) {
            tell(format!("context `@{id}` is not in the lexicon"), "name another concept by its id");
        }
    }
    let mut above: Vec<&str> = concept.parent.iter().map(String::as_str).collect();
    let mut passed = BTreeSet::new();
    while let Some(id) = above.pop() {
        if id == concept.id {
            tell("it is its own ancestor".to_owned(), "break the circle of parents");
            return;
        }
        if passed.insert(id) {
            above.extend(by_id.get(id).into_iter().flat_map(|parent| parent.parent.iter().map(String::as_str)));
        }
    }
}

fn names(
    concept: &Concept,
    owners: &BTreeMap<(bool, String), BTreeSet<&str>>,
    tell: &mut impl FnMut(String, &'static str),
) {
    for name in concept.strong.values().chain(concept.weak.values()).flatten() {
        if !finds_itself(name) {
            tell(
                format!("`{name}` does not find itself"),
                "write whole words, without commas and full stops, `*` only at the end and after three letters",
            );
        }
    }
    for name in concept.strong.values().flatten() {
        let others = owners.get(&key(name)).into_iter().flatten().filter(|owner| **owner != concept.id);
        for other in others {
            tell(
                format!("`{name}` counts alone for @{other} too"),
                "make it weak where it needs context, or leave it to one of them",
            );
        }
    }
    if concept.weak.values().any(|names| !names.is_empty()) && concept.context.is_empty() {
        tell("it has weak names but no context".to_owned(), "add what must stand near them: context = [\"@mali\"]");
    }
}

fn blockers(concept: &Concept, tell: &mut impl FnMut(String, &'static str)) {
    let names: Vec<Tree> = concept
        .strong
        .values()
        .chain(concept.weak.values())
        .flatten()
        .filter_map(|name| literal(name))
        // Case does not matter to whether a blocker holds the name.
        .map(|term| Tree::Term(Term { style: crate::query::syntax::tree::Style::Plain, ..term }))
        .collect();
    let plan = Plan::compile(names, &[]);
    for blocker in &concept.not {
        if plan.scan(subject(&titled(blocker.trim_matches(['=', '*'])))).hits().is_empty() {
            tell(format!("blocker `{blocker}` holds none of its names"), "a blocker is a longer name around one");
        }
    }
}

fn finds_itself(name: &str) -> bool {
    let Some(term) = literal(name) else { return false };
    let stem_is_short =
        term.stem && Tokens::of(&term.text).folded_words().last().is_none_or(|word| word.chars().count() < 3);
    let item = titled(&term.text);
    let plan = Plan::compile(vec![Tree::Term(term)], &[]);
    !stem_is_short && !plan.scan(subject(&item)).hits().is_empty()
}

fn titled(text: &str) -> Item {
    Item { title: text.to_owned(), ..Item::default() }
}

fn subject(item: &Item) -> Subject<'_> {
    Subject { item, source: "", lang: "und" }
}

/// Which concepts have a name that counts alone, by the folded name; `=` names differ from others.
fn owners_of_strong_names(lexicon: &[Concept]) -> BTreeMap<(bool, String), BTreeSet<&str>> {
    let mut owners: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for concept in lexicon {
        for name in concept.strong.values().flatten() {
            owners.entry(key(name)).or_default().insert(concept.id.as_str());
        }
    }
    owners
}

fn key(name: &str) -> (bool, String) {
    let exact = name.starts_with('=');
    let words: Vec<String> = Tokens::of(name.trim_start_matches('=')).folded_words().map(str::to_owned).collect();
    (name.ends_with('*'), if exact { name.to_owned() } else { words.join(" ") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::parse;

    /// The flaws of a lexicon of `a` with these lines, and a sound `b`.
    fn check_lines(lines: &str, expected: &str) {
        let text = format!(
            "[[concept]]\nid = \"a\"\nkind = \"place\"\n{lines}\n[[concept]]\nid = \"b\"\nkind = \"place\"\nstrong = {{ fr = [\"Djibo\"] }}\n"
        );
        let lexicon = parse(&text).unwrap();
        let flaws: Vec<String> = flaws_of(&lexicon, |c| c.id == "a").into_iter().map(|flaw| flaw.message).collect();
        assert!(
            if expected.is_empty() { flaws.is_empty() } else { flaws.iter().any(|flaw| flaw.contains(expected)) },
            "{lines}: {flaws:?}"
        );
    }

    #[test]
    fn every_flaw_is_told() {
        check_lines("strong = { fr = [\"Gao\", \"N'Djamena\", \"attaque*\"], ar = [\"الجيش المالي\"] }", "");
        check_lines("strong = { fr = [\"Gao, Mali\"] }", "`Gao, Mali` does not find itself");
        check_lines("strong = { fr = [\"…\"] }", "`…` does not find itself");
        check_lines("strong = { fr = [\"at*\"] }", "`at*` does not find itself");
        check_lines("strong = { fr = [\"DJIBO\"] }", "`DJIBO` counts alone for @b too");
        check_lines("weak = { fr = [\"=Gao\"] }", "weak names but no context");
        check_lines("weak = { fr = [\"=Gao\"] }\ncontext = [\"@c\"]", "context `@c` is not in the lexicon");
        check_lines("strong = { fr = [\"Gao\"] }\nparent = [\"c\"]", "parent `c` is not in the lexicon");
        check_lines("strong = { fr = [\"Gao\"] }\nparent = [\"a\"]", "its own ancestor");
        check_lines("strong = { fr = [\"=Gao\"] }\nnot = [\"gao xingjian\"]", "");
        check_lines("strong = { fr = [\"Gao\"] }\nnot = [\"Kidal\"]", "blocker `Kidal` holds none");
    }
}
