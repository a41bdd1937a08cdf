//! The lexicon: the names that groups, places, people and events go by in the languages of the region, as concepts that queries
//! can name (`@jnim`). One is shipped with the program (`config/lexicon/`); a configuration may replace, extend or add concepts.
//!
//! Pure: files are read elsewhere. How names are matched is `query`'s.

mod check;
mod needed;
mod overlay;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use check::{Flaw, check, flaws_of};
pub use needed::needed;
pub use overlay::{Change, apply};

use crate::model::Concept;
use crate::query::Vocabulary;

/// The shipped files, in the order in which they are read.
const SHIPPED: [(&str, &str); 13] = [
    ("10-actors.toml", include_str!("../../config/lexicon/10-actors.toml")),
    ("20-events.toml", include_str!("../../config/lexicon/20-events.toml")),
    ("30-countries.toml", include_str!("../../config/lexicon/30-countries.toml")),
    ("40-mali.toml", include_str!("../../config/lexicon/40-mali.toml")),
    ("41-burkina-faso.toml", include_str!("../../config/lexicon/41-burkina-faso.toml")),
    ("42-niger.toml", include_str!("../../config/lexicon/42-niger.toml")),
    ("43-chad.toml", include_str!("../../config/lexicon/43-chad.toml")),
    ("44-mauritania.toml", include_str!("../../config/lexicon/44-mauritania.toml")),
    ("50-coast.toml", include_str!("../../config/lexicon/50-coast.toml")),
    ("51-nigeria.toml", include_str!("../../config/lexicon/51-nigeria.toml")),
    ("52-cameroon.toml", include_str!("../../config/lexicon/52-cameroon.toml")),
    ("53-algeria-libya.toml", include_str!("../../config/lexicon/53-algeria-libya.toml")),
    ("54-darfur.toml", include_str!("../../config/lexicon/54-darfur.toml")),
];

/// A lexicon file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    concept: Vec<Concept>,
}

/// Reads the concepts of a file's text.
///
/// # Errors
/// What is wrong, with line and column, for people.
pub fn parse(text: &str) -> Result<Vec<Concept>, String> {
    toml::from_str::<File>(text).map(|file| file.concept).map_err(|error| error.to_string())
}

/// The shipped lexicon.
#[must_use]
pub fn shipped() -> Vec<Concept> {
    let concepts = SHIPPED.iter().flat_map(|(name, text)| {
        parse(text).unwrap_or_else(|error| unreachable!("a test reads every shipped file, {name} among them: {error}"))
    });
    concepts.collect()
}

/// What queries over this lexicon may name, and what they are warned of.
#[must_use]
pub fn vocabulary(lexicon: &[Concept]) -> Vocabulary {
    let ids = lexicon.iter().map(|concept| concept.id.clone());
    let mut weak: BTreeMap<String, String> = BTreeMap::new();
    for concept in lexicon {
        for alias in concept.weak.values().flatten().map(|alias| alias.trim_start_matches('=')) {
            let words: Vec<String> = crate::text::Tokens::of(alias).folded_words().map(str::to_owned).collect();
            weak.entry(words.join(" ")).or_insert_with(|| concept.id.clone());
        }
    }
    Vocabulary::new(ids, weak)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_lexicon_is_sound() {
        for (name, text) in SHIPPED {
            assert!(parse(text).is_ok(), "{name}: {}", parse(text).unwrap_err());
        }
        let lexicon = shipped();
        let flaws: Vec<String> = check(&lexicon).iter().map(ToString::to_string).collect();
        assert!(flaws.is_empty(), "{} flaws:\n{}", flaws.len(), flaws.join("\n"));
        assert!(lexicon.len() >= 600, "{} concepts", lexicon.len());
    }
}
