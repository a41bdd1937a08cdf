//! In which direction a text reads. Mail needs the answer when it is written: `dir="auto"` and `<bdi>` are dropped by too many
//! mail programs. Knows scripts, not languages, and does not reorder anything.

use std::fmt;

/// The base direction of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Direction {
    /// Left to right: Latin, Cyrillic, Tifinagh, and whatever has no letters.
    #[default]
    Ltr,
    /// Right to left: Arabic, Hebrew, Syriac, Thaana, N'Ko, Adlam and their historic neighbours.
    Rtl,
}

impl Direction {
    /// The direction of most letters, and of the first one when both kinds are equally many. The first letter alone would
    /// turn an Arabic headline around that opens with the name of a Latin-script agency.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let (mut first, mut balance) = (None, 0_i64);
        for letter in text.chars().filter(|c| c.is_alphabetic()) {
            let direction = if is_rtl(letter) { Self::Rtl } else { Self::Ltr };
            first = first.or(Some(direction));
            balance += if direction == Self::Rtl { 1 } else { -1 };
        }
        match balance {
            0 => first.unwrap_or_default(),
            1.. => Self::Rtl,
            _ => Self::Ltr,
        }
    }

    /// The value of HTML's `dir`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }

    /// The side a text of this direction starts on, as `align` and `text-align` name it.
    #[must_use]
    pub fn side(self) -> &'static str {
        match self {
            Self::Ltr => "left",
            Self::Rtl => "right",
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Whether any letter reads from right to left. Such a text must be isolated inside a line of ours, or the digits and signs
/// beside it change places.
#[must_use]
pub fn has_rtl(text: &str) -> bool {
    text.chars().any(|c| c.is_alphabetic() && is_rtl(c))
}

/// The blocks whose unassigned code points default to R or AL (Unicode `DerivedBidiClass.txt`), presentation forms included.
fn is_rtl(letter: char) -> bool {
    matches!(letter,
        '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_direction_is_that_of_most_letters() {
        let table = [
            ("Attaque près de Djibo", Direction::Ltr),
            ("هجوم قرب جيبو", Direction::Rtl),
            ("RFI: هجوم مسلح قرب جيبو", Direction::Rtl),
            ("L'émission « صباح » revient", Direction::Ltr),
            ("ab אב", Direction::Ltr),
            ("אב ab", Direction::Rtl),
            ("ܫܠܡܐ", Direction::Rtl),
            ("ދިވެހި", Direction::Rtl),
            ("ߒߞߏ", Direction::Rtl),
            ("𞤀𞤣𞤤𞤢𞤥", Direction::Rtl),
            ("ⵜⵉⴼⵉⵏⴰⵖ", Direction::Ltr),
            ("40 … 55", Direction::Ltr),
            ("", Direction::Ltr),
        ];
        for (text, direction) in table {
            assert_eq!(Direction::of(text), direction, "{text:?}");
        }
    }

    #[test]
    fn one_letter_is_enough_to_need_isolation() {
        assert!(has_rtl("Radio صحراء FM"));
        assert!(!has_rtl("Radio Exemple 1 – ١"), "digits have no direction of their own");
    }
}
