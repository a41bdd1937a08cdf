//! How sources come into each state, stay there and leave it, poll by poll.

use jiff::Timestamp;
use proptest::prelude::*;

use super::silence_tests::settled;
use super::simulation::{DAY, moment, source};
use super::{Failure, Reading, Saw, Sight, after, after_article, habit, silent_now};
use crate::model::{Doubt, Habit, Health, Proposal, Source, SourceKind, Standing};

pub(super) const READ: Reading<'static> = Reading {
    shown: 20,
    fresh: 0,
    new: 0,
    first: false,
    oldest: None,
    navigation: 0,
    cut: 0,
    has_full_text: false,
    problem: None,
    complete: true,
    sample: Some("<html>\u{7} its beginning"),
};
pub(super) const FIRST: Saw<'static> = Saw::Read(Reading { first: true, fresh: 20, new: 20, ..READ });
pub(super) const GOOD: Saw<'static> = Saw::Read(Reading { fresh: 1, new: 1, ..READ });
pub(super) const KNOWN: Saw<'static> = Saw::Read(READ);
const EMPTY: Saw<'static> = Saw::Read(Reading { shown: 0, ..READ });
const MENU: Saw<'static> = Saw::Read(Reading { fresh: 20, new: 20, navigation: 16, ..READ });
pub(super) const FULL: Saw<'static> = Saw::Read(Reading { fresh: 20, new: 20, ..READ });
pub(super) const SAME: Saw<'static> = Saw::Unchanged;
pub(super) const DOWN: Saw<'static> =
    Saw::Failed(Failure { status: Some(503), what: "HTTP 503", sample: None, keeps_out: false, local: false });
const LOST: Saw<'static> =
    Saw::Failed(Failure { status: None, what: "no answer in time", sample: None, keeps_out: false, local: true });
const SHUT: Saw<'static> = Saw::Failed(Failure {
    status: Some(403),
    what: "HTTP 403",
    sample: Some("a\nlogin"),
    keeps_out: true,
    local: true,
});

pub(super) fn page() -> Source {
    Source { kind: SourceKind::Links, ..source() }
}

/// A source, poll by poll.
pub(super) struct Polled {
    pub(super) source: Source,
    pub(super) standing: Standing,
    now: f64,
    answered: Option<f64>,
}

impl Polled {
    pub(super) fn new(source: Source) -> Self {
        Self { source, standing: Standing::default(), now: 0.0, answered: None }
    }

    /// Polls a quarter of an hour later, and says how the source stands: its state, failed polls, and what is doubted.
    pub(super) fn poll(&mut self, saw: Saw<'_>) -> String {
        self.poll_later(0.25, saw)
    }

    pub(super) fn poll_later(&mut self, hours: f64, saw: Saw<'_>) -> String {
        self.now += hours * 3600.0;
        let sight = Sight { at: moment(self.now), last_answer: self.answered.map(moment), moved_to: None, saw };
        if let Some(next) = after(&self.standing, &self.source, &sight) {
            assert_ne!(next, self.standing, "a row is written for a change only");
            self.standing = next;
        }
        if !matches!(saw, Saw::Failed(_)) {
            self.answered = Some(self.now);
        }
        let standing = &self.standing;
        assert_eq!(standing.evidence.is_some(), standing.health != Health::Ok, "{standing:?}");
        let doubt = standing.doubt.map(|doubt| format!(" {doubt:?} {}", standing.doubts)).unwrap_or_default();
        let polls = if standing.polls > 0 { format!(" {}", standing.polls) } else { String::new() };
        format!("{}{polls}{doubt}", standing.health.as_str())
    }

    pub(super) fn polls<const N: usize>(&mut self, saws: [Saw<'_>; N]) -> [String; N] {
        saws.map(|saw| self.poll(saw))
    }

    pub(super) fn evidence(&self) -> &str {
        self.standing.evidence.as_ref().map_or("", |evidence| &evidence.what)
    }
}

#[test]
fn states_are_entered_kept_and_left() {
    let teasers = Saw::Read(Reading { cut: 16, ..READ });
    let whole = Saw::Read(Reading { cut: 16, has_full_text: true, ..READ });
    let cut_off = Saw::Read(Reading { complete: false, problem: Some("the end is missing"), ..READ });
    let one = Saw::Read(Reading { shown: 1, ..READ });
    let one_new = Saw::Read(Reading { shown: 1, fresh: 1, new: 1, ..READ });
    let menu = |of: u32| Saw::Read(Reading { navigation: of, ..READ });
    let feed: [(&str, &[(Saw<'_>, &str)]); 9] = [
        ("failures", &[(FIRST, "ok"), (DOWN, "failing 1"), (LOST, "failing 2"), (GOOD, "ok")]),
        ("kept out", &[(FIRST, "ok"), (SHUT, "blocked 1"), (DOWN, "failing 2"), (SHUT, "blocked 3"), (SAME, "ok")]),
        ("before the first document", &[(DOWN, "failing 1"), (FIRST, "ok")]),
        (
            "nothing",
            &[
                (FIRST, "ok"),
                (EMPTY, "ok Nothing 1"),
                (SAME, "ok Nothing 2"),
                (EMPTY, "degraded Nothing 3"),
                (KNOWN, "ok"),
            ],
        ),
        (
            "nothing, broken by a good poll",
            &[(FIRST, "ok"), (EMPTY, "ok Nothing 1"), (EMPTY, "ok Nothing 2"), (KNOWN, "ok"), (EMPTY, "ok Nothing 1")],
        ),
        ("few", &[(FIRST, "ok"), (one, "ok Few 1"), (one, "ok Few 2"), (one_new, "ok"), (SAME, "ok")]),
        (
            "teasers",
            &[
                (FIRST, "ok"),
                (teasers, "ok Teasers 1"),
                (SAME, "ok Teasers 2"),
                (SAME, "degraded Teasers 3"),
                (SAME, "degraded Teasers 3"),
                (whole, "ok"),
            ],
        ),
        (
            "broken off",
            &[
                (FIRST, "ok"),
                (cut_off, "ok CutOff 1"),
                (DOWN, "failing 1 CutOff 1"),
                (cut_off, "ok CutOff 2"),
                (cut_off, "degraded CutOff 3"),
                (DOWN, "failing 1 CutOff 3"),
                (SAME, "degraded CutOff 3"),
                (GOOD, "ok"),
            ],
        ),
        ("a menu in a feed", &[(FIRST, "ok"), (menu(20), "ok")]),
    ];
    let page_polls: [(&str, &[(Saw<'_>, &str)]); 2] = [
        ("a page without items", &[(EMPTY, "ok Nothing 1"), (EMPTY, "ok Nothing 2"), (EMPTY, "degraded Nothing 3")]),
        (
            "a redesign",
            &[
                (FIRST, "ok"),
                (menu(15), "ok"),
                (MENU, "ok Navigation 1"),
                (EMPTY, "ok Nothing 2"),
                (MENU, "degraded Navigation 3"),
                (KNOWN, "ok"),
            ],
        ),
    ];
    let cases = feed.map(|case| (source(), case)).into_iter().chain(page_polls.map(|case| (page(), case)));
    for (source, (name, steps)) in cases {
        let mut polled = Polled::new(source);
        for (saw, expected) in steps {
            assert_eq!(polled.poll(*saw), *expected, "{name}: {:?}", polled.standing);
        }
    }
}

#[test]
fn a_feed_that_never_showed_anything_may_go_on_so() {
    let mut polled = Polled::new(source());
    assert_eq!(polled.polls([EMPTY, EMPTY, EMPTY, EMPTY]), ["ok"; 4]);
}

#[test]
fn a_sitemap_of_the_month_begins_afresh() {
    let few = Saw::Read(Reading { shown: 1, ..READ });
    let mut sitemap = Polled::new(Source { kind: SourceKind::Sitemap, ..source() });
    assert_eq!(sitemap.polls([FIRST, few, few, few]), ["ok"; 4]);
}

#[test]
fn failures_have_one_beginning_and_their_evidence_is_the_last_one() {
    let mut polled = Polled::new(source());
    polled.polls([FIRST, LOST]);
    assert!(polled.standing.local);
    let since = polled.standing.since;
    polled.polls([SHUT]);
    let evidence = polled.standing.evidence.clone().expect("it is blocked");
    assert_eq!((polled.standing.since, polled.standing.local), (since, false));
    assert_eq!(
        (evidence.status, evidence.what.as_str(), evidence.sample.as_deref()),
        (Some(403), "HTTP 403", Some("a login"))
    );
}

#[test]
fn a_full_window_overflows_for_a_day_and_its_gap_is_kept() {
    let mut polled = Polled::new(source());
    assert_eq!(polled.polls([FIRST, GOOD, FULL, FULL]), ["ok", "ok", "overflowing", "overflowing"]);
    assert_eq!(polled.standing.window.overflows, 2);
    let gap = polled.standing.gap.expect("news may have been missed");
    assert_eq!((gap.from, gap.to), (moment(0.75 * 3600.0), moment(3600.0)));
    assert_eq!(polled.evidence(), "all 20 items it shows are new: more came between two polls than it shows");
    assert_eq!(polled.polls([SAME, KNOWN]), ["overflowing", "overflowing"]);
    assert_eq!(polled.poll_later(23.4, GOOD), "overflowing");
    assert_eq!(polled.poll(SAME), "ok");
}

/// Its documents share nothing, and yet nothing is missing between them.
#[test]
fn what_replaces_its_whole_document_does_not_overflow() {
    let dated = |hours: f64| Saw::Read(Reading { oldest: Some(moment(hours * 3600.0)), fresh: 20, new: 20, ..READ });
    let mut list = Polled::new(source());
    // The last answer was at half past midnight.
    assert_eq!(list.polls([FIRST, KNOWN, dated(0.4)]), ["ok"; 3]);
    assert_eq!(list.standing.gap, None);
    assert_eq!(list.poll(dated(0.8)), "overflowing", "it begins after the last answer");

    let mut bulletin = Polled::new(source());
    bulletin.poll(FIRST);
    let states = [(); 5].map(|()| {
        bulletin.poll_later(24.0, SAME);
        bulletin.polls([KNOWN, SAME]);
        bulletin.poll(FULL)
    });
    assert_eq!(states, ["overflowing", "overflowing", "overflowing", "ok", "ok"], "three editions make a habit");
    assert_eq!(bulletin.poll(FULL), "overflowing", "two within an hour are more than it shows");
}

#[test]
fn what_is_all_new_after_an_outage_is_a_gap_and_no_overflow() {
    let mut failed = Polled::new(source());
    assert_eq!(failed.polls([FIRST, LOST, FULL]), ["ok", "failing 1", "ok"]);
    assert_eq!(failed.standing.gap.map(|gap| (gap.from, gap.to)), Some((moment(900.0), moment(2700.0))));
    let mut stopped = Polled::new(source());
    stopped.poll(FIRST);
    assert_eq!(stopped.poll_later(30.0, FULL), "ok");
    assert!(stopped.standing.gap.is_some());
    let mut overlapping = Polled::new(source());
    overlapping.poll(FIRST);
    assert_eq!(overlapping.poll_later(30.0, GOOD), "ok");
    assert_eq!(overlapping.standing.gap, None);
    let mut redesigned = Polled::new(page());
    redesigned.polls([FIRST, MENU]);
    assert_eq!(redesigned.standing.gap, None, "the links of a menu are no news");
}

#[test]
fn a_move_is_said_while_it_lasts_and_without_secrets() {
    let mut polled = Polled::new(source());
    polled.poll(FIRST);
    let url = "https://user:pass@new.example/feed?token=1".parse().expect("a test address");
    let sight = Sight { at: moment(1800.0), last_answer: Some(moment(900.0)), moved_to: Some(&url), saw: SAME };
    polled.standing = after(&polled.standing, &polled.source, &sight).expect("it moved");
    assert_eq!(polled.standing.health, Health::Moved);
    assert_eq!(polled.evidence(), "it is polled at https://new.example/feed?… now");
    assert_eq!(after(&polled.standing, &polled.source, &sight), None);
    assert_eq!(polled.poll(SAME), "ok");
    let found =
        Proposal { url, found: moment(0.0), how: "named by the home page".to_owned(), is_kin: true, applied: true };
    polled.standing.proposal = Some(Box::new(found));
    assert_eq!(polled.polls([SAME, KNOWN]), ["moved", "moved"]);
}

#[test]
fn articles_that_cannot_be_read_degrade_their_source() {
    let source = Source { full_text: true, ..source() };
    let mut polled = Polled::new(source.clone());
    polled.poll(FIRST);
    let at = moment(3600.0);
    let tell = |polled: &mut Polled, read: Result<(), &str>| {
        let next = after_article(&polled.standing, &source, at, read);
        polled.standing = next.unwrap_or_else(|| polled.standing.clone());
        polled.standing.health
    };
    for expected in [Health::Ok, Health::Ok, Health::Ok, Health::Ok, Health::Degraded, Health::Degraded] {
        assert_eq!(tell(&mut polled, Err("a paywall")), expected);
    }
    assert_eq!(polled.polls([SAME, KNOWN]), ["degraded Articles 3", "degraded Articles 3"]);
    assert_eq!(polled.evidence(), "the last 5 articles could not be read: a paywall");
    assert_eq!(tell(&mut polled, Ok(())), Health::Ok);
    assert_eq!(after_article(&polled.standing, &source, at, Ok(())), None);
}

#[test]
fn what_was_set_since_cures_what_was_doubted() {
    let mut polled = Polled::new(source());
    let teasers = Saw::Read(Reading { cut: 20, ..READ });
    polled.polls([FIRST, teasers, teasers, teasers]);
    polled.source.full_text = true;
    assert_eq!(polled.poll(SAME), "ok");
}

#[test]
fn a_standing_at_rest_is_small() {
    let size = size_of::<Standing>();
    assert!(size <= 512, "{size} bytes");
    let rest = Polled::new(source()).standing;
    let bytes = postcard::to_allocvec(&rest).expect("it can be written");
    assert_eq!(postcard::from_bytes::<Standing>(&bytes).expect("and read"), rest);
}

fn some_habit() -> impl Strategy<Value = Habit> {
    let arrivals = prop::collection::vec((0_u32..400_000, 1_u32..50), 0..60);
    arrivals.prop_map(|arrivals| {
        let mut habit = Habit::default();
        habit::begin(&mut habit, moment(0.0), 20);
        let mut now = 0.0;
        for (wait, items) in arrivals {
            now += f64::from(wait);
            habit::arrived(&mut habit, moment(now), items, false);
        }
        habit
    })
}

proptest! {
    #[test]
    fn what_is_expected_adds_up(habit in some_habit(), cuts in prop::array::uniform3(0.0..400.0 * DAY)) {
        let mut cuts = cuts;
        cuts.sort_by(f64::total_cmp);
        let [from, cut, to] = cuts.map(moment);
        let parts = habit::expected(&habit, from, cut) + habit::expected(&habit, cut, to);
        let whole = habit::expected(&habit, from, to);
        prop_assert!((whole - parts).abs() <= 1e-6 * whole.max(1.0), "{whole} {parts}");
        let week = habit::expected(&habit, from, from + jiff::SignedDuration::from_hours(168));
        prop_assert!((week - habit::weekly(&habit)).abs() <= 1e-6 * week.max(1.0));
    }

    /// Time and unchanged documents may show silence and confirm a doubt; they fail nothing and begin no doubt.
    #[test]
    fn an_unchanged_document_blames_nothing(saws in prop::collection::vec(0_usize..7, 1..30), hours in 0.1_f64..200.0) {
        let mut polled = Polled::new(page());
        for saw in saws {
            polled.poll([FIRST, GOOD, KNOWN, MENU, FULL, DOWN, SHUT][saw]);
        }
        let before = polled.standing.clone();
        polled.poll_later(hours, SAME);
        let after = &polled.standing;
        prop_assert!(!matches!(after.health, Health::Failing | Health::Blocked));
        prop_assert!(after.doubt.is_none() || after.doubt == before.doubt);
        prop_assert!(after.health != Health::Overflowing || before.health == Health::Overflowing);
        prop_assert_eq!(&after.habit.hours, &before.habit.hours);
    }

    /// Whatever clocks and counts say, nothing breaks.
    #[test]
    fn nothing_breaks(at in any::<i64>(), last in any::<i64>(), shown in any::<u32>(), fresh in any::<u32>()) {
        let (low, high) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let [at, last] = [at, last].map(|at| Timestamp::from_second(at.clamp(low, high)).expect("in range"));
        let mut polled = settled(source());
        let saw = Saw::Read(Reading { shown, fresh, ..READ });
        let sight = Sight { at, last_answer: Some(last), moved_to: None, saw };
        if let Some(next) = after(&polled.standing, &polled.source, &sight) {
            polled.standing = next;
        }
        let expected = habit::expected(&polled.standing.habit, last, at);
        prop_assert!(expected.is_finite() && expected >= 0.0);
        let _silence = silent_now(&polled.standing, &polled.source, last);
        prop_assert!(polled.standing.doubt != Some(Doubt::Frozen), "a feed");
    }
}
