//! Keywords to look for in the invented news.

use crate::text::{Language, Pen};

/// Keywords in all languages: words, phrases and stems. The first ten occur often; the others are names of places, as a long list
/// of villages is, most of which no text holds.
pub(crate) fn terms(count: usize) -> Vec<String> {
    let often = [
        "attaque*",
        "soldats",
        "forces de sécurité",
        "Ménaka",
        "ambush",
        "killed",
        "drone strike",
        "هجوم",
        "كمين",
        "قتلى",
    ];
    let mut pens = [Language::French, Language::English, Language::Arabic].map(|language| Pen::new(7, language));
    let mut name = |n: usize| {
        let pen = &mut pens[n % 3];
        match n % 10 {
            // A number makes it a name that no text holds.
            0..=5 => format!("{}{n}", pen.words(1)),
            6 | 7 => format!("{}{n} {}", pen.words(1), pen.words(1)),
            8 => format!("{}{n:03}*", pen.words(1)),
            _ => pen.name(),
        }
    };
    let often = often.into_iter().map(str::to_owned);
    often.chain((10..count).map(&mut name)).take(count).collect()
}
