//! Stories over invented items with the shipped lexicon: what must come together, and what must not.

use std::collections::HashSet;
use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use proptest::strategy::Strategy;

use super::{Features, Placed, Stories};
use crate::identity::{Copies, Sketch};
use crate::lexicon;
use crate::model::{Item, ItemId, Rule};
use crate::query::{Plan, Subject};

pub(super) static PLAN: LazyLock<Plan> = LazyLock::new(|| Plan::compile(Vec::new(), &lexicon::shipped()));

fn features(lang: &str, title: &str, text: &str, time: Timestamp) -> Features {
    let item = Item { title: title.to_owned(), body: text.to_owned(), ..Item::default() };
    Features::of(&PLAN.scan(Subject { item: &item, source: "", lang }), time)
}

/// Items as hour, language, title and text, put into stories in their order.
fn placed(items: &[(i64, &str, &str, &str)]) -> Vec<Placed> {
    let start: Timestamp = "2031-05-02T06:00:00Z".parse().expect("a test time");
    let (mut stories, mut copies) = (Stories::default(), Copies::default());
    let mut placed: Vec<Placed> = Vec::new();
    for (number, (hour, lang, title, text)) in items.iter().enumerate() {
        let time = start + SignedDuration::from_hours(*hour);
        let item = Item { title: (*title).to_owned(), body: (*text).to_owned(), ..Item::default() };
        let (id, sketch) = (ItemId(number as u64), Sketch::of(&item));
        let copy = copies.of(&sketch, "", time).first().map(|copy| placed[copy.of.0 as usize].story);
        copies.insert(id, time, "", &sketch, copy.is_none());
        placed.push(stories.place(id, features(lang, title, text, time), copy));
    }
    placed
}

/// Items with the story each is expected in, as letters.
#[track_caller]
fn check(expected: &str, items: &[(i64, &str, &str, &str)]) {
    let placed = placed(items);
    let mut letters: Vec<ItemId> = Vec::new();
    let found: String = placed
        .iter()
        .map(|placed| {
            let at = letters.iter().position(|story| *story == placed.story).unwrap_or_else(|| {
                letters.push(placed.story);
                letters.len() - 1
            });
            char::from(b'a' + at as u8)
        })
        .collect();
    let facts: Vec<String> = items
        .iter()
        .map(|(_, lang, title, text)| format!("{:?}", features(lang, title, text, Timestamp::UNIX_EPOCH).facts))
        .collect();
    assert_eq!(found, expected, "{placed:#?}\n{}", facts.join("\n"));
}

#[test]
fn one_event_in_four_languages_is_one_story() {
    check(
        "aaaa",
        &[
            (
                0,
                "fr",
                "Attaque d’un camp militaire à Djibo : douze soldats tués",
                "Des hommes armés ont attaqué le camp à l’aube.",
            ),
            (1, "en", "Twelve soldiers killed in attack on Djibo army base", "Gunmen stormed the base at dawn."),
            (2, "ar", "مقتل اثني عشر جنديا في هجوم على معسكر في جيبو", "هاجم مسلحون المعسكر فجرا."),
            (4, "ha", "An kashe sojoji 12 a hari kan sansanin Djibo", "Yan bindiga sun kai hari da asuba."),
        ],
    );
}

#[test]
fn the_same_town_days_later_is_another_story() {
    check(
        "ab",
        &[
            (0, "fr", "Attaque à Ménaka : trois morts", "Des hommes armés ont tiré."),
            (120, "fr", "Attaque à Ménaka : quatre morts", "Des hommes armés ont tiré."),
        ],
    );
    check(
        "ab",
        &[
            (0, "fr", "Nouvelle attaque à Ménaka", "Des tirs ont été entendus."),
            (40, "en", "Attack reported in Menaka", "Residents fled."),
        ],
    );
}

#[test]
fn two_attacks_on_one_day_in_two_places_are_two_stories() {
    check(
        "abab",
        &[
            (0, "fr", "Attaque à Djibo : cinq morts", "Des hommes armés ont attaqué la ville."),
            (1, "fr", "Attaque à Arbinda : cinq morts", "Des hommes armés ont attaqué la ville."),
            (2, "en", "Five killed in attack on Djibo", "Gunmen attacked the town."),
            (3, "en", "Five killed in attack on Arbinda", "Gunmen attacked the town."),
        ],
    );
    check(
        "ab",
        &[
            (0, "en", "Attack on Djibo and Arbinda: five killed", "Gunmen attacked."),
            (1, "en", "Attack on Djibo and Dori: five killed", "Gunmen attacked."),
        ],
    );
}

#[test]
fn a_release_is_not_its_abduction() {
    check(
        "aba",
        &[
            (0, "en", "Four aid workers kidnapped near Agadez", "Gunmen stopped their car."),
            (30, "fr", "Libération de quatre otages près d’Agadez", "Les otages ont été libérés."),
            (31, "fr", "Quatre humanitaires enlevés près d’Agadez", "Des hommes armés ont arrêté leur véhicule."),
        ],
    );
}

#[test]
fn a_summit_and_an_attack_in_one_capital_are_two_stories() {
    check(
        "abab",
        &[
            (0, "fr", "Sommet de la Cédéao à Bamako", "Les chefs d’État se réunissent."),
            (1, "fr", "Attaque à Bamako : trois gendarmes tués", "Des hommes armés ont attaqué un poste."),
            (2, "en", "ECOWAS leaders meet at summit in Bamako", "Heads of state gathered."),
            (3, "en", "Three gendarmes killed in Bamako attack", "Gunmen attacked a post."),
        ],
    );
}

#[test]
fn a_round_up_joins_no_story_and_takes_none() {
    check(
        "aba",
        &[
            (0, "en", "Attack on Djibo: five killed", "Gunmen attacked the town."),
            (
                5,
                "en",
                "The week in the Sahel",
                "Attacks were reported in Djibo, Arbinda, Dori, Kidal, Ménaka, Gao, Mopti, Tahoua, Diffa and Kaya.",
            ),
            (6, "fr", "Attaque à Djibo : cinq morts", "Des hommes armés ont attaqué la ville."),
        ],
    );
}

#[test]
fn figures_far_apart_are_two_stories_and_a_rising_one_is_not() {
    check(
        "ab",
        &[
            (0, "fr", "Attaque à Djibo : quatre morts", "Des hommes armés ont attaqué."),
            (3, "en", "Sixty killed in attack on Djibo", "Gunmen attacked."),
        ],
    );
    check(
        "aaa",
        &[
            (0, "fr", "Attaque à Djibo : dix morts", "Des hommes armés ont attaqué."),
            (3, "en", "At least 18 killed in attack on Djibo", "Gunmen attacked."),
            (9, "fr", "Attaque à Djibo : le bilan passe à 40 morts", "Des hommes armés ont attaqué."),
        ],
    );
}

#[test]
fn dozens_are_forty_but_not_four_hundred() {
    let (dozens, forty) = ("Des dizaines de morts dans une attaque à Djibo", "At least 40 killed in attack on Djibo");
    check("aa", &[(0, "fr", dozens, ""), (2, "en", forty, "")]);
    check("ab", &[(0, "fr", dozens, ""), (2, "en", "Attack on Djibo leaves 400 dead", "")]);
}

#[test]
fn a_claim_of_the_next_day_belongs_to_its_attack() {
    check(
        "aa",
        &[
            (
                0,
                "fr",
                "Attaque d’un camp militaire à Djibo : douze soldats tués",
                "Des hommes armés ont attaqué le camp.",
            ),
            (26, "fr", "Le JNIM revendique l’attaque de Djibo", "Le groupe affirme avoir attaqué le camp militaire."),
        ],
    );
}

#[test]
fn a_report_that_names_no_place_joins_by_its_figure_unless_two_stories_could_be_meant() {
    check(
        "aa",
        &[
            (0, "fr", "Attaque à Djibo, au Burkina Faso : 27 soldats tués", "Des hommes armés ont attaqué."),
            (1, "en", "Burkina Faso: 27 soldiers killed in attack", "Gunmen attacked."),
        ],
    );
    check(
        "abc",
        &[
            (0, "fr", "Attaque du JNIM à Djibo, au Burkina Faso", "Des hommes armés ont attaqué."),
            (1, "fr", "Attaque du JNIM à Fada N’Gourma, au Burkina Faso", "Des hommes armés ont attaqué."),
            (2, "en", "Burkina Faso: JNIM attack reported", "Few details are known."),
        ],
    );
}

#[test]
fn a_story_without_a_place_does_not_join_two_places() {
    let stories: HashSet<ItemId> = placed(&[
        (0, "fr", "Attaque à Djibo, au Burkina Faso : 27 soldats tués", "Des hommes armés ont attaqué."),
        (1, "en", "Burkina Faso: 27 soldiers killed in attack", "Gunmen attacked."),
        (2, "fr", "Attaque à Fada N’Gourma, au Burkina Faso : 27 soldats tués", "Des hommes armés ont attaqué."),
    ])
    .iter()
    .map(|placed| placed.story)
    .collect();
    assert_eq!(stories.len(), 2);
}

#[test]
fn texts_without_any_known_name_are_joined_by_their_words() {
    check(
        "aba",
        &[
            (0, "en", "Giant panda twins born at Berlin zoo", "The cubs and their mother are well, keepers said."),
            (1, "en", "Central bank raises interest rates again", "Analysts had expected a smaller step."),
            (2, "en", "Berlin zoo celebrates birth of panda twins", "Keepers said the cubs are healthy."),
        ],
    );
}

#[test]
fn the_sample_stories_come_out_without_a_wrong_merge() {
    let table = include_str!("../../tests/cases/stories.tsv");
    let mut rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    rows.sort_by_key(|row| row[1].parse::<Timestamp>().expect("a time"));
    let mut stories = Stories::default();
    let placed: Vec<ItemId> = (0..)
        .zip(&rows)
        .map(|(id, row)| {
            let time = row[1].parse().expect("a time");
            stories.place(ItemId(id), features(row[2], row[3], row[4], time), None).story
        })
        .collect();
    let (mut same, mut found, mut wrong) = (0, 0, 0);
    for (a, b) in (0..rows.len()).flat_map(|a| (0..a).map(move |b| (a, b))) {
        let (gold, ours) = (rows[a][0] == rows[b][0], placed[a] == placed[b]);
        same += usize::from(gold);
        found += usize::from(gold && ours);
        wrong += usize::from(ours && !gold);
    }
    assert_eq!(wrong, 0, "pairs wrongly together");
    assert!(found * 10 >= same * 9, "{found} of {same} pairs together");
}

#[test]
fn a_copy_joins_by_its_text_and_a_person_may_say_otherwise() {
    let time = Timestamp::UNIX_EPOCH;
    let mut stories = Stories::default();
    stories.place(ItemId(1), features("fr", "Attaque à Djibo", "Des hommes armés.", time), None);
    let copy = stories.place(ItemId(2), features("fr", "Sans nom", "", time), Some(ItemId(1)));
    assert_eq!((copy.story, copy.link.map(|link| link.rule)), (ItemId(1), Some(Rule::Copy)));
    stories.put(ItemId(9), features("fr", "Attaque à Djibo", "Des hommes armés.", time));
    assert_eq!(stories.len(), 2);
}

#[test]
fn the_first_item_of_a_story_stays_in_it() {
    let mut stories = Stories::default();
    let report = |title: &str| features("fr", title, "Des hommes armés.", Timestamp::UNIX_EPOCH);
    stories.place(ItemId(1), report("Attaque à Djibo"), None);
    let again = stories.place(ItemId(1), report("Attaque à Kidal"), None);
    assert_eq!((again, stories.len()), (Placed { story: ItemId(1), link: None }, 1));
}

#[test]
fn a_forgotten_story_takes_no_item() {
    let mut stories = Stories::default();
    let report = || features("fr", "Attaque à Djibo : cinq morts", "Des hommes armés.", Timestamp::UNIX_EPOCH);
    stories.place(ItemId(1), report(), None);
    stories.forget(ItemId(1));
    stories.forget(ItemId(7));
    assert!(stories.is_empty());
    assert_eq!(stories.place(ItemId(2), report(), Some(ItemId(1))).story, ItemId(2));
    assert_eq!(stories.place(ItemId(3), report(), None).story, ItemId(2));
}

#[test]
fn a_bare_teaser_joins_by_its_article_only() {
    let bare = || features("fr", "Nouvelles du nord", "Les habitants racontent.", Timestamp::UNIX_EPOCH);
    let attack =
        |title| features("fr", title, "Douze civils tués dans une attaque à Tessit, Mali.", Timestamp::UNIX_EPOCH);
    let mut stories = Stories::default();
    stories.place(ItemId(1), bare(), None);
    stories.place(ItemId(2), attack("Attaque à Tessit : douze civils tués"), None);
    assert_eq!(stories.place_teaser(ItemId(3), bare(), None).story, ItemId(3), "the same words, and no fact");
    assert_eq!(stories.place_teaser(ItemId(4), attack("À Tessit"), None).story, ItemId(2), "facts count at once");
    assert_eq!(stories.place_again(ItemId(3), attack("Nouvelles")).map(|placed| placed.story), Some(ItemId(2)));
    assert_eq!(stories.place_again(ItemId(2), bare()), None, "what others joined stays");
}

#[test]
fn idle_stories_are_closed() {
    let mut stories = Stories::default();
    for hour in 0..2_000 {
        let time = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour);
        stories.place(ItemId(hour as u64), features("en", &format!("word{hour}"), "", time), None);
    }
    assert!(stories.len() < 200, "{} open", stories.len());
    stories.prune(Timestamp::MAX);
    assert!(stories.is_empty());
}

/// A report of some event in some place, in one of two languages.
fn report() -> impl Strategy<Value = (&'static str, String)> {
    let towns = proptest::sample::select(vec!["Djibo", "Kidal", "Diffa", "Bamako", ""]);
    let french =
        proptest::sample::select(vec!["Attaque", "Enlèvement", "Libération", "Sommet", "Le JNIM revendique l’attaque"]);
    let english = proptest::sample::select(vec!["attack", "kidnapping", "release of hostages", "summit", "mine blast"]);
    (towns, french, english, 1..40_u32, proptest::bool::ANY).prop_map(|(town, french, english, killed, in_french)| {
        if in_french {
            ("fr", format!("{french} à {town}, {killed} morts"))
        } else {
            ("en", format!("{killed} killed in {town} {english}"))
        }
    })
}

proptest::proptest! {
    /// Where items are told apart by place alone, the order in which they come makes no difference.
    #[test]
    fn order_does_not_matter_between_places(order in proptest::sample::subsequence((0..8_usize).collect::<Vec<_>>(), 8).prop_shuffle()) {
        let towns = ["Djibo", "Kidal", "Diffa", "Tahoua"];
        let items: Vec<(i64, &str, String, &str)> = order.iter()
            .map(|n| (0, "fr", format!("Attaque à {} : cinq morts", towns[n % 4]), "Des hommes armés.")).collect();
        let items: Vec<(i64, &str, &str, &str)> = items.iter().map(|(h, l, t, x)| (*h, *l, t.as_str(), *x)).collect();
        let placed = placed(&items);
        for (a, b) in (0..8).flat_map(|a| (0..a).map(move |b| (a, b))) {
            proptest::prop_assert_eq!(placed[a].story == placed[b].story, order[a] % 4 == order[b] % 4);
        }
    }

    /// A start puts the items back where they were recorded. What comes next must then be placed as if nothing had
    /// happened.
    #[test]
    fn a_rebuilt_index_places_what_comes_next_as_the_live_one(
        reports in proptest::collection::vec(report(), 2..30),
        cut in 0..30_usize,
    ) {
        let cut = cut.min(reports.len());
        let at = |number: usize| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(40 * number as i64);
        let read = |number: usize| features(reports[number].0, &reports[number].1, "", at(number));
        let place = |stories: &mut Stories, number: usize| stories.place(ItemId(number as u64), read(number), None);
        let (mut live, mut again, mut rebuilt) = (Stories::default(), Stories::default(), Stories::default());
        for number in 0..cut {
            let placed = place(&mut live, number);
            proptest::prop_assert_eq!(place(&mut again, number), placed);
            rebuilt.put(placed.story, read(number));
        }
        proptest::prop_assert_eq!(rebuilt.len(), live.len());
        for number in cut..reports.len() {
            let placed = place(&mut live, number);
            proptest::prop_assert_eq!(place(&mut again, number), placed);
            proptest::prop_assert_eq!(place(&mut rebuilt, number), placed);
        }
    }

    #[test]
    fn any_texts_find_a_story(texts in proptest::collection::vec("\\PC{0,60}", 1..8), hours in proptest::collection::vec(-900_i64..900, 8)) {
        let items: Vec<(i64, &str, &str, &str)> =
            texts.iter().zip(&hours).map(|(text, hour)| (*hour, "und", text.as_str(), text.as_str())).collect();
        let placed = placed(&items);
        for (number, placed) in placed.iter().enumerate() {
            proptest::prop_assert!(placed.story.0 <= number as u64);
            proptest::prop_assert_eq!(placed.link.is_none(), placed.story.0 == number as u64);
        }
    }
}
