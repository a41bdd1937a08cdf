//! The leaves of a query: its words, concepts and facets, each once. Pure.

use crate::query::syntax::Tree;
use crate::query::syntax::tree::Facet;

/// Every different leaf, in the order of the query, as a tree of its own.
pub(super) fn leaves(tree: &Tree) -> Vec<Tree> {
    let (mut found, mut seen) = (Vec::new(), std::collections::HashSet::new());
    tree.each_leaf(&mut |leaf| {
        if seen.insert(leaf.to_string()) {
            found.push(leaf.clone());
        }
    });
    found
}

/// Whether it takes the lexicon to judge a query.
pub(super) fn names_concepts(tree: &Tree) -> bool {
    holds(tree, |leaf| matches!(leaf, Tree::Concept { .. } | Tree::Facet(Facet::Country(_))))
}

/// Whether it takes the language of an item to judge a query.
pub(super) fn names_a_language(tree: &Tree) -> bool {
    holds(tree, |leaf| matches!(leaf, Tree::Facet(Facet::Lang(_))))
}

/// A query that matches at least what this one does and does not ask for the language; None for one that matches everything.
pub(super) fn without_language(tree: &Tree) -> Option<Tree> {
    if !names_a_language(tree) {
        return Some(tree.clone());
    }
    match tree {
        // What is left out of a conjunction only widens it, and what was excluded no longer is.
        Tree::All(parts) => {
            let mut kept: Vec<Tree> = parts.iter().filter_map(without_language).collect();
            if kept.iter().all(|part| matches!(part, Tree::Not(_))) {
                return None;
            }
            Some(if kept.len() == 1 { kept.remove(0) } else { Tree::All(kept) })
        }
        Tree::Any(parts) => parts.iter().map(without_language).collect::<Option<Vec<Tree>>>().map(Tree::Any),
        _ => None,
    }
}

fn holds(tree: &Tree, is: impl Fn(&Tree) -> bool) -> bool {
    let mut holds = false;
    tree.each_leaf(&mut |leaf| holds |= is(leaf));
    holds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Vocabulary, syntax};

    fn tree(query: &str) -> Tree {
        let known = Vocabulary::new(["gao".to_owned()], []);
        syntax::parse(query, &known).expect("a good query").tree
    }

    #[track_caller]
    fn check(query: &str, expected: &[&str]) {
        let found: Vec<String> = leaves(&tree(query)).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{query}");
    }

    #[test]
    fn every_leaf_is_found_once() {
        check("attaque*", &["attaque*"]);
        check("(a1 OR b1) AND a1 NOT c1", &["a1", "b1", "c1"]);
        check("title:mine AND (or NEAR/5 \"Boko Haram\")", &["mine", "or", "\"Boko Haram\""]);
        check(
            "mine NOT NEAR/3 terre AND 2 OF (x1, y1, @gao) AND lang:fr",
            &["mine", "terre", "x1", "y1", "@gao", "lang:fr"],
        );
    }

    #[test]
    fn without_the_language_a_query_only_widens() {
        for (query, expected) in [
            ("attaque*", Some("attaque*")),
            ("attaque* AND lang:fr", Some("attaque*")),
            ("a1 AND b1 NOT (c1 lang:fr)", Some("a1 AND b1")),
            ("(a1 lang:ar) OR (b1 lang:fr)", Some("a1 OR b1")),
            ("a1 AND (b1 OR lang:fr)", Some("a1")),
            ("lang:fr NOT a1", None),
            ("lang:fr OR a1", None),
            ("2 OF (a1, b1, lang:fr)", None),
        ] {
            let found = without_language(&tree(query)).map(|tree| tree.to_string());
            assert_eq!(found.as_deref(), expected, "{query}");
        }
    }

    #[test]
    fn what_a_query_needs_is_known() {
        for (query, concepts, language) in [
            ("attaque", false, false),
            ("a1 NOT @gao", true, false),
            ("a1 country:ML", true, false),
            ("a1 lang:ar", false, true),
        ] {
            let tree = tree(query);
            assert_eq!((names_concepts(&tree), names_a_language(&tree)), (concepts, language), "{query}");
        }
    }
}
