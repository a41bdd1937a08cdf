//! Sources that answer and bring nothing: against their habit, or for longer than was said.

use jiff::SignedDuration;

use super::vigil::{Vigil, only};
use crate::bed::{attack, everyday, headline};

const STEP: SignedDuration = SignedDuration::from_hours(6);

/// Lets days pass of which each brings an article at noon.
fn days(vigil: &mut Vigil, days: usize, shown: &mut Vec<String>) {
    for day in 0..days {
        for hour in 0..4 {
            if hour == 2 {
                shown.insert(0, everyday(day));
                shown.truncate(20);
                vigil.serve("outlet", shown);
            }
            vigil.round_then(STEP);
        }
    }
}

#[test]
fn a_feed_that_falls_silent_against_its_habit_is_told_once_and_when_it_speaks() {
    let mut vigil = Vigil::new().source("outlet", "feed", "interval = \"6h\"");
    let mut shown = vec![everyday(1000)];
    vigil.serve("outlet", &shown);
    days(&mut vigil, 21, &mut shown);
    assert_eq!((vigil.state("outlet").as_str(), vigil.titles().len()), ("ok", 0));
    let mut quiet = 0;
    while vigil.round_then(STEP).sources.silent == 0 {
        quiet += 1;
        assert!(quiet < 7 * 4, "a week of nothing from an outlet that speaks daily");
    }
    assert!(quiet >= 2 * 4, "two days may be a weekend");
    assert_eq!(vigil.state("outlet"), "silent");
    (0..4 * 10).for_each(|_| drop(vigil.round_then(STEP)));
    let letter = only(vigil.letters());
    assert_eq!(letter.title, "outlet is silent");
    letter.says(&[
        "silent",
        "nothing new for",
        "in which it usually has news",
        "`sahelwatch try outlet`",
        "`stale_after`",
    ]);
    shown.insert(0, attack(7));
    vigil.serve("outlet", &shown);
    (0..4).for_each(|_| drop(vigil.round_then(STEP)));
    assert_eq!(vigil.state("outlet"), "ok");
    assert_eq!((vigil.titles(), vigil.headlines()), (vec!["outlet is well again".to_owned()], vec![headline(7)]));
}

#[test]
fn what_the_configuration_calls_stale_is_silent_from_then_on() {
    let mut vigil = Vigil::new().source("outlet", "feed", "stale_after = \"1d\"");
    vigil.serve("outlet", &[everyday(1)]);
    vigil.hours(24);
    assert_eq!(vigil.state("outlet"), "ok");
    vigil.hours(1);
    assert_eq!(vigil.state("outlet"), "silent");
    assert_eq!(vigil.evidence("outlet")["what"], "nothing new for 24 hours; `stale_after` allows 24 hours");
    vigil.hours(48);
    assert_eq!(vigil.titles(), ["outlet is silent"]);
    vigil.serve("outlet", &[everyday(2), everyday(1)]);
    vigil.hours(3);
    assert_eq!((vigil.state("outlet").as_str(), vigil.titles()), ("ok", vec!["outlet is well again".to_owned()]));
    assert_eq!(vigil.headlines(), [""; 0]);
}
