//! The part of a lexicon that a query needs. Compiling all of it takes a twentieth of a second, which a command that judges one query
//! and exits need not spend.

use std::collections::{BTreeSet, HashMap};

use crate::model::Concept;
use crate::query::syntax::tree::{Facet, Tree};

/// The concepts that decide whether a query matches: those it names, every one below them, and what gives those context.
#[must_use]
pub fn needed(lexicon: Vec<Concept>, query: &Tree) -> Vec<Concept> {
    let mut children: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for (number, concept) in lexicon.iter().enumerate() {
        numbers.insert(&concept.id, number);
        for parent in &concept.parent {
            children.entry(parent).or_default().push(number);
        }
    }
    let mut open: Vec<usize> = Vec::new();
    query.each_leaf(&mut |leaf| match leaf {
        Tree::Concept { id, .. } => open.extend(numbers.get(id.as_str())),
        Tree::Facet(Facet::Country(code)) => {
            let of_country = |(_, concept): &(usize, &Concept)| concept.country.as_ref() == Some(code);
            open.extend(lexicon.iter().enumerate().filter(of_country).map(|(number, _)| number));
        }
        _ => {}
    });
    let mut kept = BTreeSet::new();
    while let Some(number) = open.pop() {
        if kept.insert(number) {
            let concept = &lexicon[number];
            open.extend(children.get(concept.id.as_str()).into_iter().flatten());
            let context = concept.context.iter().filter_map(|text| text.strip_prefix('@'));
            open.extend(context.filter_map(|id| numbers.get(id)));
        }
    }
    lexicon.into_iter().enumerate().filter(|(number, _)| kept.contains(number)).map(|(_, concept)| concept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::{parse, vocabulary};
    use crate::query::syntax;

    fn check(query: &str, expected: &str) {
        let lexicon = parse(
            r#"
            concept = [
                { id = "mali", kind = "country", country = "ML", strong = { fr = ["Mali"] } },
                { id = "gao", kind = "place", country = "ML", parent = ["mali"], weak = { fr = ["=Gao"] }, context = ["@jnim", "ville"] },
                { id = "jnim", kind = "armed-group", strong = { fr = ["JNIM"] } },
                { id = "katiba", kind = "armed-group", parent = ["jnim"], strong = { fr = ["katiba Serma"] } },
                { id = "niger", kind = "country", country = "NE", strong = { fr = ["Niger"] } },
            ]"#,
        )
        .unwrap();
        let tree = syntax::parse(query, &vocabulary(&lexicon)).unwrap().tree;
        let kept: Vec<String> = needed(lexicon, &tree).into_iter().map(|concept| concept.id).collect();
        assert_eq!(kept.join(" "), expected, "{query}");
    }

    #[test]
    fn a_query_needs_what_it_names_what_is_below_and_what_gives_context() {
        check("attaque", "");
        check("@katiba", "katiba");
        check("@jnim NEAR/5 attaque", "jnim katiba");
        check("@mali", "mali gao jnim katiba");
        check("attaque country:NE", "niger");
        check("attaque -@niger", "niger");
    }
}
