//! A concept: a named thing (place, group, person, kind of event) with the names it goes by in each language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What sort of thing a concept is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConceptKind {
    /// A state.
    Country,
    /// A first-level division: région, state, wilaya.
    Region,
    /// A second-level division: cercle, province, department.
    District,
    /// A town, village, camp or crossing.
    Place,
    /// An area across borders, or one without a border.
    Zone,
    /// An armed group or a part of one.
    #[serde(alias = "group")]
    ArmedGroup,
    /// An army, police or other force of a state, or a government that rules by it.
    Force,
    /// A union, mission, agency or company.
    Organisation,
    /// A person.
    Person,
    /// A kind of event: attack, coup, flood.
    Event,
    /// Anything else people ask for.
    Topic,
}

impl ConceptKind {
    /// Whether it is somewhere on a map.
    #[must_use]
    pub fn is_place(self) -> bool {
        matches!(self, Self::Country | Self::Region | Self::District | Self::Place | Self::Zone)
    }
}

/// Names by language (BCP 47 primary subtag). The language tells people where a name comes from; matching looks for all of them.
pub type Aliases = BTreeMap<String, Vec<String>>;

/// One `[[concept]]` of the lexicon.
///
/// An occurrence of a strong alias is an occurrence of the concept. One of a weak alias is, where a strong alias or a context
/// term stands in the title or the first words of the same item. Neither is, inside an occurrence of a blocker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concept {
    /// What queries call it, after `@`.
    pub id: String,
    /// What people call it; the id when none is given.
    #[serde(default)]
    pub name: String,
    /// What it is.
    pub kind: ConceptKind,
    /// ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: Option<String>,
    /// Latitude and longitude in degrees (WGS 84).
    #[serde(default)]
    pub geo: Option<[f64; 2]>,
    /// Its item in Wikidata.
    #[serde(default)]
    pub wikidata: Option<String>,
    /// Concepts that an occurrence of this one counts for as well.
    #[serde(default)]
    pub parent: Vec<String>,
    /// Names that count alone.
    #[serde(default)]
    pub strong: Aliases,
    /// Names that count with context.
    #[serde(default)]
    pub weak: Aliases,
    /// Terms, and other concepts as `@id`, that make the weak names count.
    #[serde(default)]
    pub context: Vec<String>,
    /// Longer names inside which no name of this concept counts.
    #[serde(default)]
    pub not: Vec<String>,
    /// For people who read the file.
    #[serde(default)]
    pub note: String,
}
