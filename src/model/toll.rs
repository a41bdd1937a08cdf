//! Tolls: casualty figures as a text prints them. Which figure is true is not decided here; a story shows them all.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Field;

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TollKind {
    /// The dead, "neutralised" ones included: armies say it of those they killed.
    Killed,
    /// The wounded.
    Wounded,
    /// Those taken away or held.
    Kidnapped,
    /// Those who had to flee; households where the text counts households.
    Displaced,
    /// Dead and wounded not told apart: victims, casualties.
    Casualties,
}

impl TollKind {
    /// The word used in queries, cases and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::Wounded => "wounded",
            Self::Kidnapped => "kidnapped",
            Self::Displaced => "displaced",
            Self::Casualties => "casualties",
        }
    }
}

impl fmt::Display for TollKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How sure the text is of the figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TollQualifier {
    /// The bare figure.
    Exact,
    /// `at least 12`: the end is open.
    AtLeast,
    /// `more than 12`: the end is open.
    MoreThan,
    /// `about 12`, `une dizaine`.
    Approx,
    /// `up to 12`.
    UpTo,
    /// `10 to 15`.
    Range,
    /// `dozens`: the end is open.
    Vague,
}

impl TollQualifier {
    /// The word used in cases and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::AtLeast => "at_least",
            Self::MoreThan => "more_than",
            Self::Approx => "approx",
            Self::UpTo => "up_to",
            Self::Range => "range",
            Self::Vague => "vague",
        }
    }
}

/// One figure of a text, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toll {
    /// What it counts.
    pub kind: TollKind,
    /// The printed figure; the lower one of a range.
    pub min: u32,
    /// The upper one of a range, else the printed figure again; None where the end is open.
    pub max: Option<u32>,
    /// How sure the text is.
    pub qualifier: TollQualifier,
    /// First byte of the words that say it, in the original text: qualifier, number and what happened.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Toll {
    /// The figure queries compare with: the highest one printed.
    #[must_use]
    pub fn figure(&self) -> u32 {
        self.max.unwrap_or(self.min)
    }
}

impl fmt::Display for Toll {
    /// `killed:25..30:range`; an open end is empty.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..", self.kind, self.min)?;
        if let Some(max) = self.max {
            write!(f, "{max}")?;
        }
        write!(f, ":{}", self.qualifier.as_str())
    }
}

/// A figure found in a field of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldToll {
    /// Where it was found; the toll's bytes are those of this field.
    pub field: Field,
    /// The figure.
    pub toll: Toll,
    /// Whether it is the item's toll of its kind: the title's, or the first in the lead where the title has none. Later
    /// ones are often sums of a year or figures of an attack before.
    pub leads: bool,
}

/// All figures of an item, in reading order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemTolls {
    /// Title first, then summary, then body.
    pub records: Vec<FieldToll>,
}

impl ItemTolls {
    /// The item's tolls of one kind: those of the title, or the first one of the lead.
    pub fn leading(&self, kind: TollKind) -> impl Iterator<Item = &Toll> {
        self.records.iter().filter(move |record| record.leads && record.toll.kind == kind).map(|record| &record.toll)
    }

    /// The highest figure among the item's tolls of one kind; None when it gives none.
    #[must_use]
    pub fn figure(&self, kind: TollKind) -> Option<u32> {
        self.leading(kind).map(Toll::figure).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toll(min: u32, max: Option<u32>, qualifier: TollQualifier) -> Toll {
        Toll { kind: TollKind::Killed, min, max, qualifier, start: 0, end: 1 }
    }

    #[test]
    fn a_toll_is_shown_as_in_the_cases_and_compared_by_its_highest_figure() {
        for (toll, shown, figure) in [
            (toll(12, Some(12), TollQualifier::Exact), "killed:12..12:exact", 12),
            (toll(8, None, TollQualifier::AtLeast), "killed:8..:at_least", 8),
            (toll(25, Some(30), TollQualifier::Range), "killed:25..30:range", 30),
        ] {
            assert_eq!((toll.to_string().as_str(), toll.figure()), (shown, figure));
        }
    }

    #[test]
    fn only_leading_records_are_the_items() {
        let record =
            |leads, min| FieldToll { field: Field::Body, toll: toll(min, None, TollQualifier::AtLeast), leads };
        let tolls = ItemTolls { records: vec![record(true, 4), record(false, 400)] };
        assert_eq!(tolls.figure(TollKind::Killed), Some(4));
        assert_eq!(tolls.figure(TollKind::Wounded), None);
    }
}
