//! What a configuration changes in the shipped lexicon: a concept of a known id replaces or extends that one, others are added.

use crate::model::{Aliases, Concept};

/// A `[[concept]]` of a configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The concept as typed.
    pub concept: Concept,
    /// Whether its names are added to those the concept has (`extend = true`).
    pub extend: bool,
    /// Names, context terms and blockers to take away from an extended concept, as the lexicon writes them.
    pub remove: Vec<String>,
}

/// Applies changes, in their order.
#[must_use]
pub fn apply(mut lexicon: Vec<Concept>, changes: Vec<Change>) -> Vec<Concept> {
    for Change { concept, extend, remove } in changes {
        match lexicon.iter_mut().find(|known| known.id == concept.id) {
            Some(known) if extend => {
                take_away(known, &remove);
                add(known, concept);
            }
            Some(known) => *known = concept,
            None => lexicon.push(concept),
        }
    }
    lexicon
}

fn take_away(known: &mut Concept, remove: &[String]) {
    for aliases in [&mut known.strong, &mut known.weak] {
        aliases.values_mut().for_each(|names| names.retain(|name| !remove.contains(name)));
    }
    for list in [&mut known.context, &mut known.not] {
        list.retain(|text| !remove.contains(text));
    }
}

fn add(known: &mut Concept, concept: Concept) {
    let join = |into: &mut Aliases, from: Aliases| {
        for (lang, names) in from {
            into.entry(lang).or_default().extend(names);
        }
    };
    join(&mut known.strong, concept.strong);
    join(&mut known.weak, concept.weak);
    known.context.extend(concept.context);
    known.not.extend(concept.not);
    known.parent.extend(concept.parent);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::parse;

    fn strong(lexicon: &[Concept], id: &str) -> Vec<String> {
        lexicon
            .iter()
            .filter(|concept| concept.id == id)
            .flat_map(|concept| concept.strong.values().flatten().cloned())
            .collect()
    }

    #[test]
    fn a_known_concept_is_replaced_or_extended_and_others_are_added() {
        let concepts = |text: &str| parse(text).unwrap();
        let shipped = || concepts("[[concept]]\nid = \"gao\"\nkind = \"place\"\nstrong = { fr = [\"Gao\", \"Gaho\"] }");
        let change = |extend, remove: &[&str]| Change {
            concept: concepts("[[concept]]\nid = \"gao\"\nkind = \"place\"\nstrong = { ar = [\"غاو\"] }").remove(0),
            extend,
            remove: remove.iter().map(|text| (*text).to_owned()).collect(),
        };
        assert_eq!(strong(&apply(shipped(), vec![change(true, &["Gaho"])]), "gao"), ["غاو", "Gao"]);
        assert_eq!(strong(&apply(shipped(), vec![change(false, &[])]), "gao"), ["غاو"]);
        let mut new = change(false, &[]);
        new.concept.id = "our-base".to_owned();
        assert_eq!(apply(shipped(), vec![new]).len(), 2);
    }
}
