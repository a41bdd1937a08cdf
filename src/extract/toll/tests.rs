//! Whole sentences against their expected figures, and the laws that hold for any text. The tables stand in
//! `tests/cases`, in the format of the shared sample (`kind:min..max:qualifier`, joined by `;`, `-` for none); all
//! sentences are invented.

use proptest::prelude::*;

use super::{of_item, tolls};
use crate::model::{Field, Item, TollKind};

const SAMPLE: &str = include_str!("../../../tests/cases/casualties.tsv");
const MORE: &str = include_str!("../../../tests/cases/casualties-more.tsv");

fn shown(text: &str, lang: Option<&str>) -> String {
    let found = tolls(text, lang);
    if found.is_empty() {
        return "-".to_owned();
    }
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
}

/// Every row of a table, read by its own grammar and by all of them.
#[track_caller]
fn check(table: &str, at_least: usize) {
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    assert!(rows.len() >= at_least, "{} rows", rows.len());
    let mut wrong = Vec::new();
    for row in rows {
        let [lang, text, expected, _] = row[..] else { panic!("a row of {} fields", row.len()) };
        for lang in [Some(lang), None] {
            let found = shown(text, lang);
            if found != expected {
                wrong.push(format!("{lang:?} {text}\n  expected {expected}\n  found    {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_sample_case_is_read_as_told() {
    check(SAMPLE, 35);
}

#[test]
fn every_further_case_is_read_as_told() {
    check(MORE, 300);
}

#[test]
fn a_figure_knows_the_words_that_say_it() {
    let table: [(&str, &[&str]); 4] = [
        ("Mali: at least 8 dead, army says", &["at least 8 dead"]),
        ("Bilan : 1\u{a0}500 déplacés", &["1\u{a0}500 déplacés"]),
        ("أعلن الجيش مقتل جنديين في كمين", &["مقتل جنديين"]),
        ("An kashe mutum 20 a harin", &["An kashe mutum 20"]),
    ];
    for (text, spans) in table {
        let found: Vec<&str> = tolls(text, None).iter().map(|t| &text[t.start as usize..t.end as usize]).collect();
        assert_eq!(found, spans, "{text}");
    }
}

#[test]
fn the_items_toll_is_the_titles_else_the_first_of_the_lead() {
    let far = "word ".repeat(200);
    let item = Item {
        title: "Ambush near Dori kills 12".to_owned(),
        summary: "The attack killed 12 soldiers and wounded six.".to_owned(),
        body: format!("Two more died later. {far}. In 2021 a raid killed 160 people. It displaced 5,000 people."),
        ..Item::default()
    };
    let tolls = of_item(&item, Some("en"));
    assert_eq!(tolls.figure(TollKind::Killed), Some(12));
    assert_eq!(tolls.figure(TollKind::Wounded), Some(6));
    assert_eq!(tolls.figure(TollKind::Displaced), None, "too far down to be the item's");
    let killed: Vec<(Field, u32, bool)> = tolls
        .records
        .iter()
        .filter(|record| record.toll.kind == TollKind::Killed)
        .map(|record| (record.field, record.toll.min, record.leads))
        .collect();
    assert_eq!(
        killed,
        [(Field::Title, 12, true), (Field::Summary, 12, false), (Field::Body, 2, false), (Field::Body, 160, false)],
        "all are kept"
    );
}

#[test]
fn both_sides_of_a_headline_are_the_items() {
    let item = Item { title: "31 terrorists killed, two soldiers killed".to_owned(), ..Item::default() };
    let figures: Vec<u32> = of_item(&item, None).leading(TollKind::Killed).map(|toll| toll.min).collect();
    assert_eq!(figures, [31, 2]);
}

/// Words the grammars care about, to be thrown together at random.
const PIECES: [&str; 48] = [
    "12",
    "1 500",
    "2,300",
    "2.5",
    "2019",
    "three",
    "twenty",
    "hundred",
    "a",
    "un",
    "une",
    "vingt",
    "et",
    "and",
    "at least",
    "plus de",
    "between",
    "to",
    "from",
    "à",
    "killed",
    "tués",
    "wounded",
    "morts",
    "dozens",
    "dizaine",
    "de",
    "including",
    "dont",
    "no",
    "aucun",
    ",",
    ".",
    ":",
    "-",
    "مقتل",
    "خمسة",
    "وعشرين",
    "جنديين",
    "شخص",
    "و",
    "إصابة",
    "بينهم",
    "mutum",
    "dari",
    "da",
    "sun mutu",
    "soldier",
];

/// What holds for the figures of any text.
fn lawful(text: &str) -> Result<(), TestCaseError> {
    for lang in [None, Some("en"), Some("fr"), Some("ar"), Some("ha")] {
        let found = tolls(text, lang);
        for toll in &found {
            let (start, end) = (toll.start as usize, toll.end as usize);
            prop_assert!(start < end && text.get(start..end).is_some(), "{start}..{end} in {text:?}");
            prop_assert!(toll.max.is_none_or(|max| toll.min <= max), "{toll} in {text:?}");
            prop_assert!(toll.min > 0, "{toll} in {text:?}");
        }
        prop_assert_eq!(&found, &tolls(text, lang));
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_text_gives_lawful_figures(text in "\\PC{0,120}") {
        lawful(&text)?;
    }

    #[test]
    fn words_of_the_grammar_in_any_order_give_lawful_figures(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40),
        separators in prop::collection::vec(prop::sample::select(&[" ", "", "-", "\n", ", "][..]), 40),
    ) {
        let text: String = pieces.iter().zip(&separators).flat_map(|(piece, separator)| [*piece, *separator]).collect();
        lawful(&text)?;
    }

    /// A sentence's figures do not depend on the sentences around it.
    #[test]
    fn sentences_are_read_on_their_own(row in 0_usize..35, other in 0_usize..35) {
        let text = |row: usize| SAMPLE.lines().nth(row + 1).and_then(|line| line.split('\t').nth(1)).unwrap_or_default();
        let both = format!("{}\n{}", text(row), text(other));
        let kinds = |text: &str| tolls(text, None).iter().map(ToString::to_string).collect::<Vec<_>>();
        prop_assert_eq!(kinds(&both), [kinds(text(row)), kinds(text(other))].concat());
    }
}

/// A sentence that never ends is read in pieces, so that it costs no more than its length; no piece is left out.
#[test]
fn a_sentence_without_an_end_is_read_to_its_end() {
    let text = "12 soldiers and killed 3, men wounded ".repeat(16_000);
    let last = tolls(&text, None).last().map_or(0, |toll| toll.end as usize);
    assert!(last > text.len() - 100, "read up to {last} of {}", text.len());
}
