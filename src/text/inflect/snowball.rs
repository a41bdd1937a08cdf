//! English and Portuguese: Snowball, held to inflection.
//!
//! Snowball stems for search: it takes off what makes new words as well (`national`, `nation`). Its stem is used here
//! only where what it took off is an ending of inflection, so that `word~` stays the word. French and Arabic have rules
//! of their own ([`super::french`], [`super::arabic`]): there Snowball leaves irregular verbs and broken plurals apart.
//! Words come folded.

use frostem::{Algorithm, Stemmer};

/// What English takes at the end of nouns and verbs, as seen behind the letters that stem and word share.
const ENGLISH: [&str; 8] = ["s", "es", "ed", "d", "ing", "ings", "y", "ying"];

/// The past and the plural of common English words that change their vowel, and the word itself.
const ENGLISH_IRREGULAR: [(&str, &str); 60] = [
    ("men", "man"),
    ("women", "woman"),
    ("children", "child"),
    ("people", "person"),
    ("crises", "crisis"),
    ("bases", "base"),
    ("lives", "life"),
    ("wives", "wife"),
    ("thieves", "thief"),
    ("knives", "knife"),
    ("feet", "foot"),
    ("fled", "flee"),
    ("shot", "shoot"),
    ("fought", "fight"),
    ("found", "find"),
    ("held", "hold"),
    ("said", "say"),
    ("took", "take"),
    ("taken", "take"),
    ("struck", "strike"),
    ("stricken", "strike"),
    ("stole", "steal"),
    ("stolen", "steal"),
    ("seen", "see"),
    ("saw", "see"),
    ("went", "go"),
    ("gone", "go"),
    ("began", "begin"),
    ("begun", "begin"),
    ("broke", "break"),
    ("broken", "break"),
    ("fell", "fall"),
    ("fallen", "fall"),
    ("gave", "give"),
    ("given", "give"),
    ("came", "come"),
    ("became", "become"),
    ("drove", "drive"),
    ("driven", "drive"),
    ("withdrew", "withdraw"),
    ("withdrawn", "withdraw"),
    ("overthrew", "overthrow"),
    ("overthrown", "overthrow"),
    ("led", "lead"),
    ("left", "leave"),
    ("lost", "lose"),
    ("made", "make"),
    ("met", "meet"),
    ("paid", "pay"),
    ("sent", "send"),
    ("spoke", "speak"),
    ("spoken", "speak"),
    ("sworn", "swear"),
    ("swore", "swear"),
    ("brought", "bring"),
    ("caught", "catch"),
    ("built", "build"),
    ("burnt", "burn"),
    ("blew", "blow"),
    ("blown", "blow"),
];

/// What Portuguese takes at the end of nouns, adjectives and regular verbs.
const PORTUGUESE: [&str; 56] = [
    "a", "o", "e", "as", "os", "es", "s", "ar", "er", "ir", "am", "em", "ou", "eu", "iu", "ei", "i", "ado", "ada",
    "ados", "adas", "ido", "ida", "idos", "idas", "ando", "endo", "indo", "ava", "avam", "ia", "iam", "aram", "eram",
    "iram", "ara", "era", "ira", "arao", "erao", "irao", "aria", "eria", "iria", "ariam", "eriam", "iriam", "amos",
    "emos", "imos", "asse", "esse", "isse", "assem", "essem", "issem",
];

/// Calls `emit` with the stem of an English word.
pub(super) fn english(folded: &str, emit: &mut impl FnMut(&str)) {
    if let Some((_, word)) = ENGLISH_IRREGULAR.iter().find(|(form, _)| *form == folded) {
        emit(word);
    }
    if folded.len() <= SHORTEST {
        return emit(folded);
    }
    let stem = Stemmer::new(Algorithm::English).stem(folded);
    match ending(folded, &stem) {
        // Snowball drops a mute e as well; kept, it tells `porte` from `port`.
        "" | "e" => emit(folded),
        taken if ENGLISH.contains(&taken) => {
            emit(&stem);
            emit(&format!("{stem}e"));
        }
        _ => emit(folded),
    }
}

/// Words up to this length take no ending off.
const SHORTEST: usize = 3;

/// Calls `emit` with the stems of a Portuguese word.
pub(super) fn portuguese(folded: &str, emit: &mut impl FnMut(&str)) {
    // No Portuguese word ends in another letter, or has these: what does is read as French and English only.
    if !folded.ends_with(['a', 'e', 'i', 'o', 'u', 'l', 'm', 'r', 's', 'z']) || folded.contains(['k', 'w', 'y']) {
        return;
    }
    emit(folded);
    if folded.len() <= SHORTEST {
        return;
    }
    if let Some((stem, singular)) =
        PORTUGUESE_PLURALS.iter().find_map(|(ending, singular)| Some((folded.strip_suffix(ending)?, singular)))
    {
        for ending in *singular {
            emit(&format!("{stem}{ending}"));
        }
    }
    let stem = Stemmer::new(Algorithm::Portuguese).stem(folded);
    let taken = ending(folded, &stem);
    if PORTUGUESE.contains(&taken) {
        emit(&stem);
    }
}

/// Plurals that change more than they add, folded: `ações`, `capitais`, `reféns`, `mulheres`.
const PORTUGUESE_PLURALS: [(&str, &[&str]); 10] = [
    ("oes", &["ao"]),
    ("aes", &["ao"]),
    ("ais", &["al"]),
    ("eis", &["el", "il"]),
    ("ois", &["ol"]),
    ("ns", &["m"]),
    ("res", &["r"]),
    ("zes", &["z"]),
    ("ses", &["s"]),
    ("s", &[""]),
];

/// What a word has behind the letters it shares with its stem, a doubled consonant (`stopped`) not counted.
fn ending<'a>(word: &'a str, stem: &str) -> &'a str {
    let shared = word.bytes().zip(stem.bytes()).take_while(|(a, b)| a == b).count();
    let rest = word.get(shared..).unwrap_or_default();
    match (word[..word.len() - rest.len()].chars().next_back(), rest.chars().next()) {
        (Some(last), Some(first)) if last == first && rest.len() > 2 => &rest[first.len_utf8()..],
        _ => rest,
    }
}
