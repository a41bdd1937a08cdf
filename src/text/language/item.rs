//! The language of an item: what its text shows, weighed against what its source says.
//!
//! A source says it twice: in the configuration, where somebody who reads it wrote it down, and in the feed, where a
//! template often left `en-US`. Texts are short: a headline may hold nothing but names. So a clear text beats a
//! declaration, only a very clear one beats the configuration, and the script of the text beats both. Knows no feeds
//! and no configuration.

use super::{Detected, Script, UNKNOWN, look};

/// From here on a detection beats what the feed declares: single headlines reach it.
const BEATS_DECLARATION: f32 = 0.6;

/// From here on it beats the configuration too: it takes about six clear words.
const BEATS_HINT: f32 = 0.85;

/// The language of an item: the primary subtag of BCP 47 in lower case, or [`UNKNOWN`].
///
/// `hint` is the language configured for the source, `declared` the one its feed or page names; both may be any tag, or
/// wrong.
#[must_use]
pub fn of_item(hint: Option<&str>, declared: Option<&str>, text: &str) -> String {
    let (script, detected) = look(text);
    let hint = hint.and_then(primary).filter(|code| is_possible(code, script, detected));
    let declared = declared.and_then(primary).filter(|code| is_possible(code, script, detected));
    let told = detected.lang != UNKNOWN;
    if told && detected.confidence >= BEATS_HINT {
        return detected.lang.to_owned();
    }
    if let Some(hint) = hint {
        return hint;
    }
    if told && detected.confidence >= BEATS_DECLARATION {
        return detected.lang.to_owned();
    }
    declared.unwrap_or_else(|| detected.lang.to_owned())
}

/// The primary subtag in its shortest form; None for what is no language.
fn primary(tag: &str) -> Option<String> {
    let code = tag.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    if !(2..=3).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    // BCP 47 wants two letters where there are two; feeds write three as well. The last ones name no language (ISO
    // 639-2).
    match code.as_str() {
        "ara" => Some("ar".to_owned()),
        "fra" | "fre" => Some("fr".to_owned()),
        "eng" => Some("en".to_owned()),
        "hau" => Some("ha".to_owned()),
        "por" => Some("pt".to_owned()),
        "und" | "mul" | "mis" | "zxx" => None,
        _ => Some(code),
    }
}

/// Whether a text of this script, of which this was detected, can be in this language.
fn is_possible(code: &str, script: Script, detected: Detected) -> bool {
    let is_told = matches!(code, "ar" | "fr" | "en" | "ha" | "pt");
    // A text clearly in none of the told languages is not in one of them because somebody says so.
    if is_told && detected.lang == UNKNOWN && detected.confidence >= BEATS_HINT {
        return false;
    }
    match script {
        Script::None => true,
        Script::Arabic => is_written_in_arabic_script(code) || is_written_in_several_scripts(code),
        Script::Latin => !is_written_in_arabic_script(code) && !is_written_in_another_script(code),
        Script::Other => !is_told && !is_written_in_arabic_script(code),
    }
}

fn is_written_in_arabic_script(code: &str) -> bool {
    matches!(code, "ar" | "fa" | "ur" | "ps" | "ckb" | "ug" | "sd" | "prs" | "arz" | "ary" | "arq" | "shu")
}

/// Tamazight and Kurdish; Ajami spellings of Hausa and Fulfulde are not news text.
fn is_written_in_several_scripts(code: &str) -> bool {
    matches!(code, "ku" | "ber" | "taq" | "tmh" | "tzm" | "zgh")
}

fn is_written_in_another_script(code: &str) -> bool {
    matches!(
        code,
        "ru" | "uk"
            | "be"
            | "bg"
            | "mk"
            | "el"
            | "he"
            | "hy"
            | "ka"
            | "am"
            | "ti"
            | "hi"
            | "bn"
            | "ta"
            | "th"
            | "zh"
            | "ja"
            | "ko"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(hint: Option<&str>, declared: Option<&str>, text: &str, expected: &str) {
        assert_eq!(of_item(hint, declared, text), expected, "{hint:?} {declared:?} {text}");
    }

    const CLEAR_FRENCH: &str =
        "Au moins douze soldats ont été tués dans une attaque contre leur camp, selon le gouvernement.";

    #[test]
    fn a_clear_text_beats_what_is_said_of_it() {
        check(Some("en"), Some("en-US"), CLEAR_FRENCH, "fr");
        check(None, Some("en-US"), "Burkina Faso : attaque meurtrière dans le nord", "fr");
    }

    #[test]
    fn names_alone_take_the_hint_and_then_the_declaration() {
        check(Some("ha"), Some("en"), "Amadou Koufa, Iyad Ag Ghali", "ha");
        check(None, Some("fr-ML"), "Amadou Koufa, Iyad Ag Ghali", "fr");
        check(None, None, "Amadou Koufa, Iyad Ag Ghali", "und");
        check(Some("ff"), None, "Mopti", "ff");
        check(Some("fr"), None, "2024", "fr");
    }

    #[test]
    fn a_short_headline_does_not_beat_the_hint() {
        check(Some("ff"), Some("en"), "Niger coup: sanctions lifted", "ff");
    }

    #[test]
    fn the_script_beats_the_hint() {
        check(Some("fr"), Some("fr"), "مقتل 15 جنديا في هجوم قرب غاو", "ar");
        check(Some("ar"), None, "Amadou Koufa", "und");
        check(Some("ar"), Some("fr"), "Amadou Koufa", "fr");
        check(Some("fr"), None, "Президент заявил", "und");
    }

    #[test]
    fn a_text_clearly_in_another_language_is_not_what_the_source_says() {
        let spanish = "El presidente de la república dijo que los soldados murieron en el ataque, pero no dio más.";
        check(Some("fr"), Some("en"), spanish, "und");
        check(Some("es"), Some("en"), spanish, "es");
        check(Some("ar"), None, "رئیس جمهور گفت که نیروها در شمال کشور می‌مانند", "und");
    }

    #[test]
    fn tags_are_read_as_feeds_write_them() {
        for (tag, expected) in [
            ("FR_fr", "fr"),
            ("fra", "fr"),
            (" pt-BR ", "pt"),
            ("english", "und"),
            ("mul", "und"),
            ("", "und"),
            ("é", "und"),
        ] {
            check(None, Some(tag), "Gao", expected);
        }
    }
}
