//! The names a query may use: concept ids, and words that are ambiguous without context. Filled from the lexicon; knows
//! none itself.

use std::collections::{BTreeSet, HashMap};

/// Most names offered in place of an unknown one.
const MOST_OFFERED: usize = 3;

/// What the lexicon knows, as far as reading a query needs it. Empty where there is no lexicon.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    concepts: BTreeSet<String>,
    weak: HashMap<String, String>,
}

impl Vocabulary {
    /// From concept ids, and from weak aliases: folded words joined by single spaces, each with the id of its concept.
    #[must_use]
    pub fn new<C, W>(concepts: C, weak: W) -> Self
    where
        C: IntoIterator<Item = String>,
        W: IntoIterator<Item = (String, String)>,
    {
        Self { concepts: concepts.into_iter().collect(), weak: weak.into_iter().collect() }
    }

    /// Whether no concept is known at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.concepts.is_empty()
    }

    /// Whether there is a concept of this id.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.concepts.contains(id)
    }

    /// The ids most like this one, best first; none where nothing is like it.
    #[must_use]
    pub fn nearest(&self, id: &str) -> Vec<&str> {
        nearest(id, self.concepts.iter().map(String::as_str))
    }

    /// The concept these folded words may mean, but only in context.
    #[must_use]
    pub fn ambiguous(&self, folded: &str) -> Option<&str> {
        self.weak.get(folded).map(String::as_str)
    }
}

/// The names most like this one, best first. Two slips are forgiven in a name of six letters, one in a shorter one; a
/// name that goes on from what was typed, or ends with it, counts as well.
pub(super) fn nearest<'n>(typed: &str, names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let typed = typed.to_lowercase();
    let letters = typed.chars().count();
    let forgiven = if letters < 6 { 1 } else { 2 };
    let mut found: Vec<(usize, &str)> = names
        .filter_map(|name| {
            // The distance costs the product of the lengths, so what is far too long is not compared.
            let close = name.len().abs_diff(typed.len()) <= 2 * forgiven;
            let slips = if close { strsim::osa_distance(&typed, name) } else { usize::MAX };
            let part = letters >= 3 && (name.starts_with(&typed) || name.split('-').any(|part| part == typed));
            if slips <= forgiven { Some((slips, name)) } else { part.then_some((forgiven + 1, name)) }
        })
        .collect();
    found.sort_unstable();
    found.truncate(MOST_OFFERED);
    found.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vocabulary {
        Vocabulary::new(
            ["jnim", "gao", "is-sahel", "timbuktu"].map(String::from),
            [("gao".to_owned(), "gao".to_owned()), ("etat islamique".to_owned(), "is-sahel".to_owned())],
        )
    }

    #[test]
    fn slips_and_parts_find_the_id_meant() {
        let known = sample();
        for (typed, expected) in [
            ("jnmi", vec!["jnim"]),
            ("JNIM", vec!["jnim"]),
            ("timbuctu", vec!["timbuktu"]),
            ("sahel", vec!["is-sahel"]),
            ("tim", vec!["timbuktu"]),
            ("x", vec![]),
            ("ansaroul-islam", vec![]),
        ] {
            assert_eq!(known.nearest(typed), expected, "{typed}");
        }
    }

    #[test]
    fn weak_aliases_are_ambiguous() {
        assert_eq!(sample().ambiguous("etat islamique"), Some("is-sahel"));
        assert_eq!(sample().ambiguous("jnim"), None);
        assert!(Vocabulary::default().is_empty() && !Vocabulary::default().has("jnim"));
    }
}
