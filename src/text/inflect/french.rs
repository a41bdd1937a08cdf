//! French: the dictionary forms a word may be an inflected form of.
//!
//! Snowball takes off what makes new words as well (`organisation`, `organisateur`, `organiser` are one stem), and so
//! finds others than the word asked for; it leaves the stems of irregular verbs apart. Here only inflection is undone:
//! number and gender of nouns and adjectives, the conjugations, and the verbs of [`super::french_verbs`]. Words come
//! folded, so that capitals without accents and `possède` beside `posséder` need no rule of their own. Knows no
//! dictionary: a word has a key for every reading its ending allows.

use super::french_verbs::verb_of;

/// Letters that must be left before an ending; shorter words are function words.
const SHORTEST_STEM: usize = 2;

/// Calls `emit` with a class of words and a stem in it, for each reading of the word.
pub(super) fn readings(raw: &str, folded: &str, emit: &mut impl FnMut(&str, &str)) {
    noun(folded, emit);
    first_conjugation(folded, emit);
    second_conjugation(folded, emit);
    third_conjugation(folded, emit);
    // These are told from `ne` and `du` by their accents alone.
    let accented = match folded {
        _ if raw.is_ascii() => None,
        "ne" | "nes" => Some("naitre"),
        "du" => Some("devoir"),
        _ => None,
    };
    if let Some(verb) = accented.or_else(|| verb_of(folded)) {
        emit("frv:", verb);
    }
}

/// Nouns and adjectives: plural, then feminine.
fn noun(word: &str, emit: &mut impl FnMut(&str, &str)) {
    emit("frn:", word);
    feminine(word, emit);
    if word.len() <= SHORTEST_STEM + 1 {
        return;
    }
    if let Some(singular) = word.strip_suffix('s') {
        emit("frn:", singular);
        feminine(singular, emit);
    } else if let Some(stem) = word.strip_suffix("aux") {
        joined(stem, "al", emit);
        joined(stem, "au", emit);
    } else if let Some(singular) = word.strip_suffix("eux") {
        joined(singular, "eu", emit);
    }
}

/// Endings of the feminine and what the masculine has in their place; the first that fits is taken.
const FEMININES: [(&str, &[&str]); 18] = [
    ("elle", &["el", "eau"]),
    ("enne", &["en"]),
    ("onne", &["on"]),
    ("ette", &["et"]),
    ("otte", &["ot"]),
    ("ille", &["il"]),
    ("sse", &["s", "x"]),
    ("ive", &["if"]),
    ("euse", &["eux", "eur"]),
    ("ouse", &["oux"]),
    ("cque", &["c"]),
    ("que", &["c"]),
    ("gue", &["g"]),
    ("nche", &["nc"]),
    ("iche", &["ic"]),
    ("ouvelle", &["ouveau"]),
    ("euve", &["euf"]),
    ("olle", &["ou"]),
];

fn feminine(word: &str, emit: &mut impl FnMut(&str, &str)) {
    if word == "nouvel" || word == "bel" {
        joined(&word[..word.len() - 2], "eau", emit);
    }
    if let Some((stem, masculine)) =
        FEMININES.iter().find_map(|(ending, masculine)| Some((word.strip_suffix(ending)?, masculine)))
    {
        for ending in *masculine {
            joined(stem, ending, emit);
        }
        return;
    }
    let Some(stem) = word.strip_suffix('e').filter(|stem| stem.len() > SHORTEST_STEM) else { return };
    // `-rte` is mostly a noun of its own beside another (`porte`, `port`); adjectives have `-erte`, `-ourte`.
    let is_noun = stem.ends_with("rt") && !stem.ends_with("ert") && !stem.ends_with("ourt");
    if stem.ends_with(['n', 't', 'd', 's', 'l', 'r', 'e', 'i', 'u']) && !is_noun {
        emit("frn:", stem);
    }
}

/// Endings of `-er` verbs.
static FIRST: [&str; 33] = [
    "e", "es", "ent", "ons", "ez", "er", "ee", "ees", "ant", "ai", "as", "a", "ames", "ates", "erent", "ais", "ait",
    "ions", "iez", "aient", "erai", "eras", "era", "erons", "erez", "eront", "erais", "erait", "erions", "eriez",
    "eraient", "asse", "assent",
];

fn first_conjugation(word: &str, emit: &mut impl FnMut(&str, &str)) {
    for (stem, ending) in without(word, &FIRST).filter(|(stem, _)| stem.len() >= SHORTEST_STEM) {
        emit("fre:", stem);
        // `protégeait`: the e only softens the g.
        if let Some(soft) = stem.strip_suffix('e').filter(|soft| soft.ends_with('g') && ending.starts_with(['a', 'o']))
        {
            emit("fre:", soft);
        }
        let mute = ending.starts_with('e');
        // `appuie`, `emploie`: y before a sounded ending.
        if let Some(before) = stem.strip_suffix('i').filter(|before| mute && before.ends_with(['a', 'o', 'u'])) {
            joined_as("fre:", before, "y", emit);
        }
        // `appelle`, `jette`: doubled before a mute ending.
        if mute && (stem.ends_with("ell") || stem.ends_with("ett")) {
            emit("fre:", &stem[..stem.len() - 1]);
        }
    }
}

/// Endings of `-ir` verbs that keep their stem.
static SECOND: [&str; 29] = [
    "ir", "i", "is", "it", "ie", "ies", "issons", "issez", "issent", "issais", "issait", "issions", "issiez",
    "issaient", "issant", "isse", "isses", "irent", "irai", "iras", "ira", "irons", "irez", "iront", "irais", "irait",
    "irions", "iriez", "iraient",
];

fn second_conjugation(word: &str, emit: &mut impl FnMut(&str, &str)) {
    for (stem, _) in without(word, &SECOND).filter(|(stem, _)| stem.len() >= SHORTEST_STEM) {
        emit("fri:", stem);
    }
}

/// Endings of `-re` verbs that keep their stem.
static THIRD: [&str; 32] = [
    "", "s", "re", "ons", "ez", "ent", "e", "es", "ais", "ait", "ions", "iez", "aient", "ant", "is", "it", "irent",
    "u", "us", "ue", "ues", "rai", "ras", "ra", "rons", "rez", "ront", "rais", "rait", "rions", "riez", "raient",
];

fn third_conjugation(word: &str, emit: &mut impl FnMut(&str, &str)) {
    for (stem, _) in without(word, &THIRD) {
        let is_verb = ["end", "ond", "erd", "ord", "omp", "and"].iter().any(|end| stem.ends_with(end));
        if is_verb && stem.len() > 3 && !stem.ends_with("prend") {
            emit("frr:", stem);
        }
    }
}

/// What is left of a word without each of the endings it has.
fn without<'w>(word: &'w str, endings: &'static [&'static str]) -> impl Iterator<Item = (&'w str, &'static str)> {
    let last = word.bytes().next_back();
    endings.iter().filter_map(move |ending| {
        // Most endings fall at their last letter; comparing whole endings took a quarter of the time.
        let may_end = ending.is_empty() || ending.bytes().next_back() == last;
        if may_end { Some((word.strip_suffix(ending)?, *ending)) } else { None }
    })
}

fn joined(stem: &str, ending: &str, emit: &mut impl FnMut(&str, &str)) {
    if stem.len() + 1 >= SHORTEST_STEM {
        joined_as("frn:", stem, ending, emit);
    }
}

fn joined_as(class: &str, stem: &str, ending: &str, emit: &mut impl FnMut(&str, &str)) {
    let mut word = String::with_capacity(stem.len() + ending.len());
    word.push_str(stem);
    word.push_str(ending);
    emit(class, &word);
}
