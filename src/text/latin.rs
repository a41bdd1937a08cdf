//! Keywords in Latin script: the regular plurals of English and French, made from the keyword and never stripped from the text, so
//! that `army` does not find `armyworm`. Irregular plurals, participles and feminines are other words to it. Knows folded words
//! only, and how the keyword was typed.

/// Words whose regular plural is another word of news text, and the reverse.
const NOT_PLURALS: [(&str, &str); 15] = [
    ("new", "news"),
    ("mean", "means"),
    ("custom", "customs"),
    ("good", "goods"),
    ("arm", "arms"),
    ("saving", "savings"),
    ("main", "mains"),
    ("pari", "paris"),
    ("pay", "pays"),
    ("moi", "mois"),
    ("foi", "fois"),
    ("temp", "temps"),
    ("corp", "corps"),
    ("gen", "gens"),
    ("plu", "plus"),
];

/// Letters from which on a word has a plural: shorter ones are articles, prepositions and acronyms (`un`, `EI`).
const SHORTEST: usize = 3;

/// Every form that a folded Latin word is accepted in; the word itself comes first. `typed` is the keyword as typed: only a
/// lower-case plural finds its singular, since names often end in `s` (`Kayes`).
#[must_use]
pub fn forms(folded: &str, typed: &str) -> Vec<String> {
    let mut forms = vec![folded.to_owned()];
    if folded.chars().count() < SHORTEST || !folded.chars().all(|c| c.is_alphabetic() && !c.is_uppercase()) {
        return forms;
    }
    forms.extend(plurals(folded).filter(|plural| !NOT_PLURALS.contains(&(folded, plural))));
    if typed.chars().next().is_some_and(char::is_lowercase) {
        forms.extend(singulars(folded).filter(|singular| !NOT_PLURALS.contains(&(singular, folded))));
    }
    forms
}

/// `s` after all but sibilants, `es` after those and after -o (`embargoes`); y to ies after a consonant; French -al to -aux, -eau and -eu with x.
fn plurals(word: &str) -> impl Iterator<Item = String> {
    let with = |suffix: &str| Some([word, suffix].concat());
    let swap = |end: &str, new: &str| word.strip_suffix(end).map(|stem| [stem, new].concat());
    let sibilant = ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end));
    let before_y = word.strip_suffix('y').and_then(|stem| stem.chars().last());
    let consonant_y = before_y.is_some_and(|c| !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u'));
    // French has no sibilant rule (`match`, plural `matchs`); a word in s, x or z keeps its form there.
    let s = if word.ends_with(['s', 'x', 'z']) { None } else { with("s") };
    let es = if sibilant || word.ends_with('o') { with("es") } else { None };
    let ies = if consonant_y { swap("y", "ies") } else { None };
    let x = if word.ends_with("eau") || word.ends_with("eu") { with("x") } else { None };
    [s, es, ies, swap("al", "aux"), x].into_iter().flatten()
}

/// The reverse of [`plurals`]; words in -ss, -us and -is are no plurals (`press`, `virus`, `crisis`).
fn singulars(word: &str) -> impl Iterator<Item = String> {
    let swap = |end: &str, new: &str| word.strip_suffix(end).map(|stem| [stem, new].concat());
    let plural_s = !["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    let s = if plural_s { swap("s", "") } else { None };
    let stem_of_es =
        word.strip_suffix("es").filter(|stem| ["s", "x", "z", "ch", "sh"].iter().any(|e| stem.ends_with(e)));
    let x = if word.ends_with("eaux") || word.ends_with("eux") { swap("x", "") } else { None };
    let found = [s, stem_of_es.map(str::to_owned), swap("ies", "y"), swap("aux", "al"), x];
    found.into_iter().flatten().filter(|singular| singular.chars().count() >= SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, accepted: &[&str], refused: &[&str]) {
        let folded = typed.to_lowercase();
        let forms = forms(&folded, typed);
        assert_eq!(forms[0], folded);
        for form in accepted {
            assert!(forms.iter().any(|f| f == form), "{typed} does not accept {form}: {forms:?}");
        }
        for form in refused {
            assert!(forms.iter().all(|f| f != form), "{typed} accepts {form}");
        }
    }

    #[test]
    fn a_word_finds_its_regular_plural() {
        check("otage", &["otages"], &["otagees"]);
        check("city", &["cities", "citys"], &[]);
        check("embargo", &["embargoes", "embargos"], &[]);
        check("convoy", &["convoys"], &["convoies"]);
        check("church", &["churches", "churchs"], &[]);
        check("hopital", &["hopitaux"], &[]);
        check("chateau", &["chateaux"], &[]);
        check("feu", &["feux"], &[]);
        check("bus", &["buses"], &["buss"]);
        check("IED", &["ieds"], &[]);
    }

    #[test]
    fn a_lower_case_plural_finds_its_singular_and_a_name_does_not() {
        check("maliens", &["malien"], &[]);
        check("hopitaux", &["hopital"], &[]);
        check("armies", &["army"], &[]);
        check("attaques", &["attaque"], &["attaqu"]);
        check("churches", &["church"], &[]);
        check("bateaux", &["bateau"], &[]);
        check("Kayes", &[], &["kaye", "kay"]);
        check("press", &[], &["pres"]);
        check("virus", &[], &["viru"]);
    }

    #[test]
    fn some_plurals_are_other_words() {
        check("new", &[], &["news"]);
        check("customs", &[], &["custom"]);
        check("pays", &[], &["pay"]);
        check("un", &[], &["uns"]);
        check("g5", &[], &["g5s"]);
    }
}
