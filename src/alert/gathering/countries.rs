//! The names of the countries a reader of Sahel news meets, in the three languages of our own words. Of others the name
//! the lexicon gives is shown.

use crate::alert::labels::Labels;
use crate::alert::line::Line;
use crate::model::Tongue;

/// Longest name shown, in characters.
const MAX_NAME: usize = 40;

/// ISO 3166-1 alpha-2, then English, French and Arabic in the short forms of the press.
const COUNTRIES: [(&str, [&str; 3]); 28] = [
    ("BF", ["Burkina Faso", "Burkina Faso", "بوركينا فاسو"]),
    ("BJ", ["Benin", "Bénin", "بنين"]),
    ("CF", ["Central African Republic", "République centrafricaine", "جمهورية أفريقيا الوسطى"]),
    ("CI", ["Côte d’Ivoire", "Côte d’Ivoire", "كوت ديفوار"]),
    ("CM", ["Cameroon", "Cameroun", "الكاميرون"]),
    ("DZ", ["Algeria", "Algérie", "الجزائر"]),
    ("EG", ["Egypt", "Égypte", "مصر"]),
    ("ER", ["Eritrea", "Érythrée", "إريتريا"]),
    ("ET", ["Ethiopia", "Éthiopie", "إثيوبيا"]),
    ("GH", ["Ghana", "Ghana", "غانا"]),
    ("GM", ["Gambia", "Gambie", "غامبيا"]),
    ("GN", ["Guinea", "Guinée", "غينيا"]),
    ("GW", ["Guinea-Bissau", "Guinée-Bissau", "غينيا بيساو"]),
    ("LR", ["Liberia", "Libéria", "ليبريا"]),
    ("LY", ["Libya", "Libye", "ليبيا"]),
    ("MA", ["Morocco", "Maroc", "المغرب"]),
    ("ML", ["Mali", "Mali", "مالي"]),
    ("MR", ["Mauritania", "Mauritanie", "موريتانيا"]),
    ("NE", ["Niger", "Niger", "النيجر"]),
    ("NG", ["Nigeria", "Nigéria", "نيجيريا"]),
    ("SD", ["Sudan", "Soudan", "السودان"]),
    ("SL", ["Sierra Leone", "Sierra Leone", "سيراليون"]),
    ("SN", ["Senegal", "Sénégal", "السنغال"]),
    ("SO", ["Somalia", "Somalie", "الصومال"]),
    ("SS", ["South Sudan", "Soudan du Sud", "جنوب السودان"]),
    ("TD", ["Chad", "Tchad", "تشاد"]),
    ("TG", ["Togo", "Togo", "توغو"]),
    ("TN", ["Tunisia", "Tunisie", "تونس"]),
];

/// The name of a country; what the lexicon calls it, or else its code, where we have none.
pub(super) fn country(code: &str, otherwise: Option<&str>, labels: &Labels) -> Line {
    let language = match labels.tongue {
        Tongue::En => 0,
        Tongue::Fr => 1,
        Tongue::Ar => 2,
    };
    let known = COUNTRIES.binary_search_by_key(&code, |(known, _)| known).ok();
    match known.map(|at| COUNTRIES[at].1[language]) {
        Some(name) => Line::ours(name),
        None => labels.foreign(otherwise.filter(|name| !name.is_empty()).unwrap_or(code), MAX_NAME),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_has_a_name_in_the_readers_language() {
        for (tongue, code, name) in [
            (Tongue::En, "BF", "Burkina Faso"),
            (Tongue::Fr, "TD", "Tchad"),
            (Tongue::Ar, "NE", "النيجر"),
            (Tongue::Fr, "TN", "Tunisie"),
            (Tongue::Fr, "FR", "France"),
        ] {
            assert_eq!(country(code, Some("France"), Labels::of(tongue)).bare(), name);
        }
        assert_eq!(country("XX", None, Labels::of(Tongue::En)).bare(), "XX");
        assert!(COUNTRIES.is_sorted_by_key(|(code, _)| code), "looked up by halves");
    }
}
