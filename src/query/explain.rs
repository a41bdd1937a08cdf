//! Why a query matches an item or not: the query's tree with, at every clause, whether it holds and where.

use serde::Serialize;

use super::node::Node;
use super::scan::Scan;
use super::syntax::tree::{TextField, Tree};
use crate::model::{Field, Match};

/// A clause of a query, judged on one item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// The clause, as the query language writes it.
    pub clause: String,
    /// Whether it holds.
    pub holds: bool,
    /// Whether the query excludes items of which it holds.
    pub excludes: bool,
    /// Where its terms occur, when it holds by words: the first place in each field.
    pub found: Vec<Place>,
    /// The clauses it is made of.
    pub parts: Vec<Clause>,
    /// Whether every part must hold.
    #[serde(skip)]
    joins_all: bool,
}

/// A place of a clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The term as typed.
    pub term: String,
    /// The words of the text.
    pub words: String,
    /// The field.
    pub field: Field,
}

impl Scan<'_> {
    /// Judges a query clause by clause; one that the plan does not have holds nowhere.
    #[must_use]
    pub fn explain(&self, query: usize) -> Clause {
        match self.plan.queries.get(query) {
            Some(standing) => self.judge(&standing.tree, &standing.node, None),
            None => Clause::default(),
        }
    }

    fn judge(&self, tree: &Tree, node: &Node, scope: Option<TextField>) -> Clause {
        if let (Tree::Not(tree), Node::Not(node)) = (tree, node) {
            let inner = self.judge(tree, node, scope);
            return Clause { excludes: true, ..inner };
        }
        let parts = match (tree, node) {
            (Tree::All(trees), Node::All(nodes))
            | (Tree::Any(trees), Node::Any(nodes))
            | (Tree::AtLeast { of: trees, .. }, Node::AtLeast { of: nodes, .. }) => {
                trees.iter().zip(nodes).map(|(tree, node)| self.judge(tree, node, scope)).collect()
            }
            (Tree::In(field, tree), Node::In(_, node)) => vec![self.judge(tree, node, Some(*field))],
            (Tree::Near { left, right, .. }, Node::Near { left: a, right: b, .. })
            | (Tree::NotNear { wanted: left, other: right, .. }, Node::NotNear { wanted: a, other: b, .. }) => {
                vec![self.judge(left, a, scope), self.judge(right, b, scope)]
            }
            _ => Vec::new(),
        };
        let holds = self.holds(node, scope);
        let found = if holds && !matches!(tree, Tree::All(_)) { self.places(node, scope) } else { Vec::new() };
        let joins_all = matches!(tree, Tree::All(_) | Tree::In(..));
        Clause { clause: tree.to_string(), holds, excludes: false, found, parts, joins_all }
    }

    fn places(&self, node: &Node, scope: Option<TextField>) -> Vec<Place> {
        let mut matches = Vec::new();
        self.collect(node, scope, None, &mut matches);
        matches.sort_by_key(|found| (found.field, found.start));
        let mut seen = std::collections::HashSet::new();
        matches.retain(|found| seen.insert((found.field, found.term.clone())));
        matches.into_iter().map(|found| self.place(&found)).collect()
    }

    fn place(&self, found: &Match) -> Place {
        let text = self.subject.item.field(found.field);
        let words = text.get(found.start as usize..found.end as usize).unwrap_or_default();
        Place { term: found.term.to_string(), words: words.to_owned(), field: found.field }
    }
}

impl Clause {
    /// Whether the query goes on after this clause.
    fn passes(&self) -> bool {
        self.holds != self.excludes
    }

    /// One line for people: by what the query matches, or which clause it fails on.
    #[must_use]
    pub fn reason(&self) -> String {
        if !self.passes() {
            return self.failure();
        }
        let mut found: Vec<&Place> = Vec::new();
        self.gather(&mut found);
        match found.as_slice() {
            [] => format!("holds: {}", self.clause),
            places => {
                let told = places.iter().map(|place| match place.words.eq_ignore_ascii_case(&place.term) {
                    true => format!("{} ({})", place.term, place.field),
                    false => format!("{} as ‘{}’ ({})", place.term, place.words, place.field),
                });
                told.collect::<Vec<_>>().join(", ")
            }
        }
    }

    fn gather<'a>(&'a self, found: &mut Vec<&'a Place>) {
        if self.excludes || !self.holds {
            return;
        }
        if self.parts.is_empty() || !self.found.is_empty() {
            found.extend(self.found.iter().filter(|place| !found.contains(place)).collect::<Vec<_>>());
        } else {
            self.parts.iter().for_each(|part| part.gather(found));
        }
    }

    fn failure(&self) -> String {
        if self.excludes {
            let place = self.found.first().map(|place| format!(", found as ‘{}’ in the {}", place.words, place.field));
            return format!("excluded by {}{}", self.clause, place.unwrap_or_default());
        }
        // Of a conjunction, the first clause that fails tells more than the whole.
        match self.parts.iter().find(|part| !part.passes()) {
            Some(part) if self.joins_all => part.failure(),
            _ => format!("nothing matches {}", self.clause),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lexicon;
    use crate::query::cases::item;
    use crate::query::{Plan, Subject, syntax};

    fn check(query: &str, text: &str, reason: &str) {
        let concepts = lexicon::parse(include_str!("../../tests/cases/lexicon-example.toml")).expect("a sound file");
        let tree = syntax::parse(query, &lexicon::vocabulary(&concepts)).expect("a good query").tree;
        let plan = Plan::compile(vec![tree], &concepts);
        let item = item(text);
        let scan = plan.scan(Subject { item: &item, source: "rfi", lang: "fr" });
        assert_eq!(scan.explain(0).reason(), reason, "{query} on {text}");
    }

    #[test]
    fn a_match_names_its_terms_and_a_failure_its_clause() {
        check("attaqu*", "Des attaquants ¶ rien", "attaqu* as ‘attaquants’ (title)");
        check("attaque djibo", "Attaque à Djibo ¶ rien", "attaque (title), djibo (title)");
        check("attaque djibo", "Attaque à Dori ¶ rien", "nothing matches djibo");
        check("(attaque OR raid) kaya", "Kaya calme ¶ rien", "nothing matches attaque OR raid");
        check(
            "attaque -football",
            "Attaque ¶ un match de football",
            "excluded by football, found as ‘football’ in the body",
        );
        check("attaque NEAR/2 djibo", "Attaque puis rien de plus à Djibo ¶", "nothing matches attaque NEAR/2 djibo");
        check("title:embuscade", "Rien ¶ une embuscade", "nothing matches embuscade");
        check("@timbuktu", "هبوط في تنبكتو ¶ rien", "@timbuktu as ‘تنبكتو’ (title)");
        check("lang:ar", "Attaque ¶ rien", "nothing matches lang:ar");
        check("source:rf*", "Attaque ¶ rien", "holds: source:rf*");
        check("killed:>=10", "Au moins 14 morts ¶ rien", "killed:>=10 as ‘Au moins 14 morts’ (title)");
    }
}
