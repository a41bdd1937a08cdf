//! Near-duplicates on invented texts: the edits that syndication makes are found, other texts are not.

use jiff::{SignedDuration, Timestamp};

use super::{Copies, Sketch};
use crate::model::{Item, ItemId};
use crate::query::{Plan, Subject};

const START: Timestamp = Timestamp::UNIX_EPOCH;

/// Numbers that look random and are the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    /// Words of an invented language; low ones are common, as in real ones.
    fn words(&mut self, count: usize) -> Vec<String> {
        (0..count)
            .map(|_| {
                let widest = self.below(3_000) + 1;
                format!("m{}", self.below(widest))
            })
            .collect()
    }
}

fn sketch(title: &str, words: &[String]) -> Sketch {
    Sketch::of(&Item { title: title.to_owned(), body: words.join(" "), ..Item::default() })
}

/// The share of 100 texts of 250 words that are found again after an edit, and how many others are found with them.
fn found(edit: impl Fn(&[String], &mut Dice) -> Vec<String>) -> (usize, usize) {
    let (mut copies, mut dice) = (Copies::default(), Dice(7));
    let texts: Vec<Vec<String>> = (0..100).map(|_| dice.words(250)).collect();
    for (id, text) in (0..).zip(&texts) {
        copies.insert(ItemId(id), START, "", &sketch("", text), true);
    }
    let (mut right, mut wrong) = (0, 0);
    for (id, text) in (0..).zip(&texts) {
        let found = copies.of(&sketch("", &edit(text, &mut dice)), "", START);
        right += found.iter().filter(|copy| copy.of == ItemId(id)).count();
        wrong += found.iter().filter(|copy| copy.of != ItemId(id)).count();
    }
    (right, wrong)
}

fn edited(text: &[String], percent: usize, dice: &mut Dice) -> Vec<String> {
    let change = |word: &String, dice: &mut Dice| {
        if dice.below(100) < percent { format!("x{}", dice.below(900)) } else { word.clone() }
    };
    text.iter().map(|word| change(word, dice)).collect()
}

#[test]
fn the_edits_of_syndication_are_found() {
    type Edit = fn(&[String], &mut Dice) -> Vec<String>;
    let edits: [(&str, usize, Edit); 7] = [
        ("boilerplate of another site", 100, |text, dice| [dice.words(60), text.to_vec()].concat()),
        ("5 % of the words edited", 100, |text, dice| edited(text, 5, dice)),
        ("15 % of the words edited", 97, |text, dice| edited(text, 15, dice)),
        ("cut to 35 %", 100, |text, _| text[..text.len() * 35 / 100].to_vec()),
        ("the first 60 words", 99, |text, _| text[..60].to_vec()),
        ("35 % new copy added", 100, |text, dice| [text.to_vec(), dice.words(text.len() * 35 / 100)].concat()),
        ("a new lead of 25 %", 100, |text, dice| {
            [dice.words(text.len() / 4), text[text.len() / 4..].to_vec()].concat()
        }),
    ];
    for (name, least, edit) in edits {
        let (right, wrong) = found(edit);
        assert!(right >= least && wrong == 0, "{name}: {right} found, {wrong} wrong");
    }
}

#[test]
fn other_texts_are_not_copies() {
    assert_eq!(found(|text, dice| dice.words(text.len())), (0, 0));
}

#[test]
fn the_template_of_a_site_makes_no_copies_of_its_texts() {
    let (mut copies, mut dice) = (Copies::default(), Dice(3));
    let template = dice.words(120);
    let mut wrong = 0;
    for id in 0..20 {
        let page = sketch("", &[template.clone(), dice.words(100)].concat());
        wrong += usize::from(!copies.of(&page, "site", START).is_empty());
        copies.insert(ItemId(id), START, "site", &page, true);
    }
    assert_eq!(wrong, 0);
}

#[test]
fn what_many_unrelated_texts_share_is_nobodys() {
    let (mut copies, mut dice) = (Copies::default(), Dice(4));
    let credit = dice.words(60);
    for id in 0..6 {
        copies.insert(ItemId(id), START, "", &sketch("", &[credit.clone(), dice.words(200)].concat()), true);
    }
    assert!(copies.of(&sketch("", &[credit, dice.words(40)].concat()), "", START).is_empty());
}

#[test]
fn forty_copies_of_one_text_are_all_found() {
    let (mut copies, mut dice) = (Copies::default(), Dice(5));
    let text = dice.words(200);
    for id in 0..40 {
        let copy = sketch("", &edited(&text, 5, &mut dice));
        let found = copies.of(&copy, &format!("outlet {id}"), START);
        assert!(id == 0 || found.first().is_some_and(|copy| copy.of == ItemId(0)), "{id}: {found:?}");
        copies.insert(ItemId(id), START, &format!("outlet {id}"), &copy, found.is_empty());
    }
}

#[test]
fn short_items_are_copies_under_one_telling_headline() {
    let short = |title: &str| sketch(title, &["breve".to_owned()]);
    for (title, other, hours, copy) in [
        ("Attaque à Djibo : cinq morts", "ATTAQUE A DJIBO: cinq morts", 5, true),
        ("Attaque à Djibo : cinq morts", "Attaque à Djibo : six morts", 5, false),
        ("Attaque à Djibo : cinq morts", "Attaque à Djibo : cinq morts", 100, false),
        ("Communiqué du gouvernement", "Communiqué du gouvernement", 5, false),
    ] {
        let mut copies = Copies::default();
        copies.insert(ItemId(0), START, "", &short(title), true);
        let found = copies.of(&short(other), "", START + SignedDuration::from_hours(hours));
        assert_eq!(!found.is_empty(), copy, "{title} / {other}");
    }
}

#[test]
fn pruning_forgets() {
    let (mut copies, mut dice) = (Copies::default(), Dice(6));
    let texts: Vec<Vec<String>> = (0..300).map(|_| dice.words(100)).collect();
    for (id, text) in (0..).zip(&texts) {
        copies.insert(ItemId(id as u64), START + SignedDuration::from_hours(id), "", &sketch("", text), true);
    }
    copies.prune(START + SignedDuration::from_hours(200));
    let found = |id: usize| !copies.of(&sketch("", &texts[id]), "", START).is_empty();
    assert_eq!((copies.len(), found(199), found(200)), (100, false, true));
}

/// Copies are found after a restart only if the same text has the same hashes.
#[test]
fn the_hash_is_pinned() {
    let words: Vec<String> = (0..45).map(|n| format!("mot{n}")).collect();
    assert_eq!(
        (sketch("", &words).len(), sketch("", &words).shingles.first().copied()),
        (13, Some(1_827_890_226_537_577_992))
    );
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_copy_of_itself(words in proptest::collection::vec("[a-z]{1,8}", 120..300)) {
        let page = sketch("", &words);
        let mut copies = Copies::default();
        copies.insert(ItemId(1), START, "", &page, true);
        // Few distinct words give few distinct runs.
        proptest::prop_assume!(page.len() >= 4);
        proptest::prop_assert_eq!(copies.of(&page, "", START).len(), 1);
    }

    #[test]
    fn any_item_is_judged(title in "\\PC{0,80}", body in "\\PC{0,400}") {
        let item = Item { title, body, ..Item::default() };
        let page = Sketch::of(&item);
        let plan = Plan::compile(Vec::new(), &[]);
        let scan = plan.scan(Subject { item: &item, source: "x", lang: "und" });
        proptest::prop_assert_eq!(&Sketch::of_scan(&scan), &page);
        let mut copies = Copies::default();
        proptest::prop_assert!(copies.of(&page, "x", START).is_empty());
        copies.insert(ItemId(1), START, "x", &page, true);
        proptest::prop_assert!(copies.of(&page, "y", START).len() <= 1);
    }
}
