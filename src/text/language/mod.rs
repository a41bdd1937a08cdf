//! The language of a text: Arabic, French, English, Hausa or Portuguese, or unknown (`und`), and never a wrong name.
//!
//! The script decides first. Arabic script is told apart from Persian, Urdu and their like by the letters they do not
//! share, and by `whatlang`, a trigram model of 70 languages. Latin script is told in [`latin`]. Knows text only; what
//! a source says of itself is weighed in [`item`].

mod item;
mod latin;
mod words;

pub use item::of_item;

use whatlang::Lang;

/// The code of a language that is not known (ISO 639-2).
pub const UNKNOWN: &str = "und";

/// What a text seems to be written in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detected {
    /// `ar`, `fr`, `en`, `ha`, `pt`, or [`UNKNOWN`].
    pub lang: &'static str,
    /// From 0 to 1: how clearly. For [`UNKNOWN`], how clearly it is none of the others.
    pub confidence: f32,
}

impl Detected {
    fn unknown(confidence: f32) -> Self {
        Self { lang: UNKNOWN, confidence }
    }
}

/// Characters looked at. Single sentences are told well (docs/quality.md), a few of them show it; twice as many cost twice as much,
/// which was a fifth of what the first poll of a source took.
const LOOKED_AT: usize = 800;

/// Which script most letters are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Arabic,
    Other,
    None,
}

/// The language of a text.
#[must_use]
pub fn detect(text: &str) -> Detected {
    look(text).1
}

/// The script of a text, and its language.
fn look(text: &str) -> (Script, Detected) {
    let start = start_of(text);
    let script = script(start);
    let detected = match script {
        Script::Latin => latin::detect(start),
        Script::Arabic => arabic(start),
        Script::Other => Detected::unknown(1.0),
        Script::None => Detected::unknown(0.0),
    };
    (script, detected)
}

/// The part of a text that is looked at.
fn start_of(text: &str) -> &str {
    text.char_indices().nth(LOOKED_AT).map_or(text, |(end, _)| &text[..end])
}

fn script(text: &str) -> Script {
    let (mut latin, mut arabic, mut other) = (0_u32, 0_u32, 0_u32);
    for c in text.chars() {
        match c {
            'A'..='Z' | 'a'..='z' | '\u{00C0}'..='\u{02AF}' | '\u{1E00}'..='\u{1EFF}' => latin += 1,
            '\u{0620}'..='\u{065F}'
            | '\u{066E}'..='\u{06D3}'
            | '\u{06D5}'..='\u{06EF}'
            | '\u{06FA}'..='\u{06FF}'
            | '\u{0750}'..='\u{077F}'
            | '\u{FB50}'..='\u{FDFF}'
            | '\u{FE70}'..='\u{FEFC}' => arabic += 1,
            // Asked last: it is a search in a table.
            _ if c.is_alphabetic() => other += 1,
            _ => {}
        }
    }
    match latin.max(arabic).max(other) {
        0 => Script::None,
        most if most == latin => Script::Latin,
        most if most == arabic => Script::Arabic,
        _ => Script::Other,
    }
}

/// Letters that Persian, Urdu, Pashto, Kurdish and Uyghur use and Arabic does not, save in names and from foreign
/// keyboards.
fn is_foreign_arabic(c: char) -> bool {
    matches!(
        c,
        'ٹ' | 'ټ'
            | 'پ'
            | 'چ'
            | 'ڈ'
            | 'ډ'
            | 'ړ'
            | 'ڑ'
            | 'ږ'
            | 'ژ'
            | 'ښ'
            | 'ک'
            | 'گ'
            | 'ں'
            | 'ڼ'
            | 'ھ'
            | 'ۀ'
            | 'ہ'
    ) || matches!(c, 'ۆ' | 'ۇ' | 'ی' | 'ۍ' | 'ێ' | 'ې' | 'ے' | 'ە')
}

/// Letters that those languages write otherwise, or hardly ever.
fn is_own_arabic(c: char) -> bool {
    matches!(c, 'أ' | 'إ' | 'ؤ' | 'ة' | 'ك' | 'ى' | 'ي')
}

/// Arabic script: Arabic where its own letters prevail and the trigrams do not object.
fn arabic(text: &str) -> Detected {
    let articles = text.split_whitespace().filter(|word| word.starts_with("ال") && word.len() > 8).count();
    let own = articles + text.chars().filter(|c| is_own_arabic(*c)).count();
    let foreign = text.chars().filter(|c| is_foreign_arabic(*c)).count();
    if foreign > own {
        return Detected::unknown(if foreign > 2 { 0.9 } else { 0.5 });
    }
    match whatlang::detect(text) {
        Some(info) if info.lang() == Lang::Ara && info.is_reliable() => Detected { lang: "ar", confidence: 0.95 },
        // Trigrams are sure of nothing in a headline; names alone are Arabic only by their letters.
        Some(info) if !info.is_reliable() && own > foreign => {
            Detected { lang: "ar", confidence: if own > 2 && foreign == 0 { 0.8 } else { 0.6 } }
        }
        _ => Detected::unknown(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = detect(text);
        assert_eq!(found.lang, expected, "{found:?} {text}");
    }

    #[test]
    fn headlines_are_told() {
        check("مقتل 15 جنديا في هجوم قرب غاو", "ar");
        check("ھحوم إرهابي في گاو", "ar");
        check("BURKINA: DES TERRORISTES ATTAQUENT UN DETACHEMENT MILITAIRE", "fr");
        check("Niger : le général Tiani rejette l’ultimatum de la Cédéao", "fr");
        check("Mali: Jihadists kill dozens of soldiers near Gao", "en");
        check("Mali coup leader sworn in as president", "en");
        check("Sojojin Nijar sun kashe ’yan ta’adda 30", "ha");
        check("An kashe sojojin Mali 15 a wani harin kwanton bauna", "ha");
        check("Pelo menos 20 mortos em ataque no Burquina Faso", "pt");
    }

    #[test]
    fn other_languages_are_unknown() {
        for text in [
            "El presidente dijo que los soldados murieron en el ataque",
            "Il presidente ha detto che i soldati sono morti nella notte",
            "Soldaten bei Angriff in Mali getötet",
            "Rais alisema kuwa wanajeshi watabaki kaskazini mwa nchi",
            "Madaxweynaha ayaa sheegay in ciidamada ay ku sugan yihiin waqooyiga",
            "Mali kelebolo ye mogo fila faga Mopti mara kono",
            "Gunmen don kill plenty pipo for Zamfara, na wetin police tok",
            "Cumhurbaşkanı bölgeye yeni birlikler gönderileceğini açıkladı",
            "El president de la Generalitat ha anunciat avui que el govern presentarà els pressupostos",
            "رئیس جمهور گفت که نیروها در شمال کشور می‌مانند",
            "صدر نے کہا کہ فوج ملک کے شمال میں رہے گی",
            "Президент заявил, что войска останутся",
            "总统表示军队将留在该国北部",
        ] {
            check(text, UNKNOWN);
        }
    }

    #[test]
    fn names_addresses_and_nothing_are_unknown() {
        for text in [
            "",
            "2024",
            "Iyad Ag Ghali",
            "Ouagadougou Niamey Bamako",
            "JNIM ISWAP AQIM",
            "Grand Bassam, Yamoussoukro",
            "https://www.rfi.fr/fr/afrique/",
        ] {
            check(text, UNKNOWN);
        }
    }

    #[test]
    fn the_first_paragraphs_decide() {
        let french = "Le gouvernement a annoncé que les soldats sont dans la ville. ".repeat(40);
        check(&format!("{french}{}", "The army said that the soldiers were in the town. ".repeat(400)), "fr");
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_a_confidence(text in "\\PC*") {
            let found = detect(&text);
            proptest::prop_assert!((0.0..=1.0).contains(&found.confidence));
        }
    }
}
