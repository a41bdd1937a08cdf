//! What a mail shows of an article: its headline, and the words around the first match, with every match marked. Matches name
//! bytes of the text as printed, so marking happens while that text is made safe to show.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::model::{Field, Item, Match};
use crate::text::direction::Direction;
use crate::text::display;

/// Longest headline shown, in characters.
const MAX_HEADLINE: usize = 300;
/// Longest excerpt, in characters.
const MAX_EXCERPT: usize = 300;
/// Most characters of an excerpt before its first match.
const LEAD: usize = 120;
/// Bytes of the text looked at on either side of a match: enough for an excerpt in any script, with room for invisible ones.
const REACH: usize = 4_000;
/// Marks set in one passage; more of them would only hide the words.
const MAX_MARKS: usize = 8;

/// A stretch of a passage: safe to show, and whether a term of a query stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The words.
    pub text: String,
    /// Whether they matched.
    pub marked: bool,
}

/// A block of a source's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Passage {
    pub(crate) runs: Vec<Run>,
    pub(crate) direction: Direction,
    /// BCP 47; `und` when unknown or at odds with the script.
    pub(crate) lang: String,
}

impl Passage {
    /// Words without marks.
    pub(crate) fn unmarked(text: &str, lang: &str) -> Self {
        Self::of(text.chars().map(|c| (c, false)), lang)
    }

    fn of(chars: impl Iterator<Item = (char, bool)>, lang: &str) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        let mut marks = 0;
        for (c, marked) in chars {
            match runs.last_mut() {
                Some(run) if run.marked == marked || (marked && marks == MAX_MARKS) => run.text.push(c),
                _ => {
                    marks += usize::from(marked);
                    runs.push(Run { text: c.into(), marked });
                }
            }
        }
        let words: String = runs.iter().map(|run| run.text.as_str()).collect();
        let direction = Direction::of(&words);
        Self { runs, direction, lang: language(lang, direction).to_owned() }
    }

    /// The words without marks.
    pub(crate) fn words(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }
}

/// The headline of an item; none when it has none.
pub(crate) fn headline(item: &Item, matches: &[&Match], lang: &str) -> Option<Passage> {
    headline_within(item, matches, lang, MAX_HEADLINE)
}

/// The headline, cut to `max` characters.
pub(crate) fn headline_within(item: &Item, matches: &[&Match], lang: &str, max: usize) -> Option<Passage> {
    around(&item.title, 0, max, &marks(matches, Field::Title), lang)
}

/// The words around a match, as an alert shows them where it has room.
pub(crate) fn excerpt(item: &Item, severest: &[Match], matches: &[&Match], lang: &str) -> Option<Passage> {
    excerpt_within(item, severest, matches, lang, MAX_EXCERPT)
}

/// The words around the first match outside the headline: that of the most severe watch, or else of any. The beginning of
/// the article when there is none.
pub(crate) fn excerpt_within(
    item: &Item,
    severest: &[Match],
    matches: &[&Match],
    lang: &str,
    max: usize,
) -> Option<Passage> {
    let outside = |found: &&Match| found.field != Field::Title;
    let order = |found: &&Match| (found.field, found.start);
    let first = severest.iter().filter(outside).min_by_key(order);
    let first = first.or_else(|| matches.iter().copied().filter(outside).min_by_key(order));
    let field = first.map_or(if item.summary.is_empty() { Field::Body } else { Field::Summary }, |found| found.field);
    around(item.field(field), first.map_or(0, |found| found.start as usize), max, &marks(matches, field), lang)
}

fn marks(matches: &[&Match], field: Field) -> Vec<Range<usize>> {
    matches.iter().filter(|found| found.field == field).map(|found| found.start as usize..found.end as usize).collect()
}

struct Shown {
    at: usize,
    c: char,
    marked: bool,
}

/// At most `max` characters of `text`, the byte `at` among them, ended at words with `…` where something was left out.
fn around(text: &str, at: usize, max: usize, marks: &[Range<usize>], lang: &str) -> Option<Passage> {
    let at = at.min(text.len());
    let near = boundary(text, at.saturating_sub(REACH))..boundary(text, at.saturating_add(REACH));
    let marks: Vec<_> = marks.iter().filter(|mark| mark.start < near.end && near.start < mark.end).collect();
    let chars: Vec<_> = display::chars(&text[near.clone()])
        .map(|(offset, c)| (near.start + offset, c))
        .map(|(at, c)| Shown { at, c, marked: marks.iter().any(|mark| mark.contains(&at)) })
        .collect();
    if chars.is_empty() {
        return None;
    }
    let centre = chars.iter().position(|shown| shown.at >= at).unwrap_or(0);
    let window = window(&chars, centre, max);
    let before = (window.start > 0 || near.start > 0).then_some(('…', false));
    let after = (window.end < chars.len() || near.end < text.len()).then_some(('…', false));
    let kept = chars[window].iter().map(|shown| (shown.c, shown.marked));
    Some(Passage::of(before.into_iter().chain(kept).chain(after), lang))
}

/// Which of the characters to show: `max` with the two ellipses, whole words where words are not too long for that.
fn window(chars: &[Shown], centre: usize, max: usize) -> Range<usize> {
    if chars.len() <= max - 2 {
        return 0..chars.len();
    }
    let is_space = |at: usize| chars[at].c == ' ';
    // What ends before the window is full lends its room to what comes before the match.
    let mut start = centre.saturating_sub(LEAD.min(max / 2)).min(chars.len() - (max - 2));
    if start > 0 && !is_space(start - 1) {
        let sentence = |at: &usize| is_space(*at) && matches!(chars[at - 1].c, '.' | '!' | '?' | '؟');
        let word = |at: &usize| is_space(*at);
        start = (start..centre).find(sentence).or_else(|| (start..centre).find(word)).map_or(start, |space| space + 1);
    }
    let full = (start + max - 2).min(chars.len());
    let breaks_word = full < chars.len() && !is_space(full);
    let end = if breaks_word { (centre + 1..full).rfind(|at| is_space(*at)).unwrap_or(full) } else { full };
    start..end
}

/// The nearest character boundary at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The declared language, unless the script contradicts it: a reader's speech engine would spell nonsense.
fn language(declared: &str, direction: Direction) -> &str {
    let mut subtags = declared.split('-');
    let script = subtags.clone().find(|subtag| subtag.len() == 4).map(str::to_ascii_lowercase);
    let primary = subtags.next().unwrap_or_default().to_ascii_lowercase();
    let rtl = match script.as_deref() {
        Some(script) => matches!(script, "arab" | "hebr" | "adlm" | "nkoo" | "syrc" | "thaa"),
        None => matches!(
            primary.as_str(),
            "ar" | "fa" | "ur" | "ps" | "sd" | "ug" | "ckb" | "he" | "yi" | "dv" | "syr" | "nqo"
        ),
    };
    if rtl == (direction == Direction::Rtl) { declared } else { "und" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, term: &str, field: Field) -> Match {
        let start = text.find(term).unwrap();
        let bytes = |at| u32::try_from(at).unwrap();
        Match { term: term.into(), field, start: bytes(start), end: bytes(start + term.len()) }
    }

    fn marked(passage: &Passage) -> String {
        let run = |run: &Run| if run.marked { format!("[{}]", run.text) } else { run.text.clone() };
        passage.runs.iter().map(run).collect()
    }

    #[test]
    fn a_match_is_marked_where_it_stands_in_the_text_as_printed() {
        let table = [
            ("Une \n attaque\u{202e}  près", "attaque", "Une [attaque] près"),
            ("crise  cardiaque", "crise  cardiaque", "[crise cardiaque]"),
            ("هجوم مسلح قرب جيبو", "مسلح", "هجوم [مسلح] قرب جيبو"),
        ];
        for (title, term, shown) in table {
            let item = Item { title: title.into(), ..Item::default() };
            let passage = headline(&item, &[&found(title, term, Field::Title)], "und").unwrap();
            assert_eq!(marked(&passage), shown);
        }
    }

    #[test]
    fn an_excerpt_surrounds_its_match_and_stays_short() {
        let filler = "mot ".repeat(400);
        for (body, starts, ends) in [
            (format!("attaque {filler}"), "[attaque] mot", "mot…"),
            (format!("{filler}attaque {filler}"), "…mot", "mot…"),
            (format!("{filler}Fin. Une attaque {filler}"), "…Une [attaque] mot", "mot…"),
            (format!("{filler}attaque"), "…mot", "[attaque]"),
            (format!("{}attaque{}", "x".repeat(9_000), "y".repeat(9_000)), "…xxx", "yyy…"),
        ] {
            let item = Item { body: body.clone(), ..Item::default() };
            let passage = excerpt(&item, &[], &[&found(&body, "attaque", Field::Body)], "fr").unwrap();
            let (shown, length) = (marked(&passage), passage.words().chars().count());
            assert!(shown.starts_with(starts) && shown.ends_with(ends) && shown.contains("[attaque]"), "{shown}");
            assert!((180..=MAX_EXCERPT).contains(&length), "{length}: {shown}");
        }
    }

    #[test]
    fn without_a_match_outside_the_headline_the_beginning_is_shown() {
        let item = Item { title: "Attaque".into(), body: "Le corps.".into(), ..Item::default() };
        let title = found("Attaque", "Attaque", Field::Title);
        assert_eq!(excerpt(&item, &[], &[&title], "fr").map(|passage| marked(&passage)), Some("Le corps.".into()));
        let summed = Item { summary: "En bref.".into(), ..item };
        assert_eq!(excerpt(&summed, &[], &[&title], "fr").map(|passage| marked(&passage)), Some("En bref.".into()));
        assert_eq!(excerpt(&Item::default(), &[], &[], "fr"), None);
    }

    #[test]
    fn the_most_severe_watch_chooses_what_is_shown() {
        let item = Item { summary: "Vol de vivres.".into(), body: "Puis une attaque.".into(), ..Item::default() };
        let [vol, attaque] = [found(&item.summary, "Vol", Field::Summary), found(&item.body, "attaque", Field::Body)];
        let both = [&vol, &attaque];
        assert_eq!(
            excerpt(&item, std::slice::from_ref(&attaque), &both, "fr").map(|shown| marked(&shown)),
            Some("Puis une [attaque].".into())
        );
        assert_eq!(excerpt(&item, &[], &both, "fr").map(|shown| marked(&shown)), Some("[Vol] de vivres.".into()));
    }

    #[test]
    fn matches_that_fit_another_text_do_no_harm() {
        let item = Item { title: "é".into(), body: "éé".into(), ..Item::default() };
        for (start, end) in [(1, 2), (3, 900), (u32::MAX, u32::MAX), (2, 0)] {
            for field in [Field::Title, Field::Body] {
                let stray = Match { term: "x".into(), field, start, end };
                assert!(headline(&item, &[&stray], "fr").is_some());
                assert!(excerpt(&item, &[], &[&stray], "fr").is_some());
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_with_any_match_has_a_short_excerpt(
            words in "([a-zé\u{0647}\u{0301}\u{202e}\u{200c}. \n]{0,30}|x{250,600}){0,40}",
            start in 0_u32..3_000,
            length in 0_u32..400,
        ) {
            let item = Item { title: words.clone(), body: words, ..Item::default() };
            let found = Match { term: "x".into(), field: Field::Body, start, end: start + length };
            for passage in [headline(&item, &[&found], "fr"), excerpt(&item, &[], &[&found], "fr")].into_iter().flatten() {
                proptest::prop_assert!((1..=MAX_EXCERPT).contains(&passage.words().chars().count()));
            }
        }
    }

    #[test]
    fn marks_are_few() {
        let item = Item { title: "a ".repeat(100), ..Item::default() };
        let matches: Vec<_> = (0..100)
            .map(|at| Match { term: "a".into(), field: Field::Title, start: at * 2, end: at * 2 + 1 })
            .collect();
        let passage = headline(&item, &matches.iter().collect::<Vec<_>>(), "fr").unwrap();
        assert_eq!(passage.runs.iter().filter(|run| run.marked).count(), MAX_MARKS);
    }

    #[test]
    fn a_language_fits_its_script() {
        for (declared, text, lang) in [
            ("fr-BF", "Attaque", "fr-BF"),
            ("fr", "هجوم", "und"),
            ("ar", "هجوم", "ar"),
            ("ha-Arab", "هجوم", "ha-Arab"),
            ("ha", "Hari", "ha"),
            ("ar", "Attaque", "und"),
            ("und", "هجوم", "und"),
        ] {
            assert_eq!(Passage::unmarked(text, declared).lang, lang);
        }
    }
}
