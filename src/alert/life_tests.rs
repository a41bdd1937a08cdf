//! Every transition of alert life.

use proptest::prelude::*;

use super::super::fixtures::{id, report, source, told, watch};
use super::*;
use crate::model::Reason::{Backfilled, Changed, New, Recovered};
use crate::model::Severity::{High, Medium};
use crate::model::UpdateOn::{NewSource, Toll};

/// Minutes after some noon.
fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + 60 * minutes).expect("in range")
}

/// A watch that waits two minutes, sends updates every 30 for new sources and tolls.
fn patient(name: &str, severity: Severity) -> Watch {
    let mut watch = watch(name);
    watch.severity = severity;
    watch.timing.wait = Duration::from_secs(120);
    watch.timing.update_every = Duration::from_secs(1800);
    watch.updates = vec![NewSource, Toll];
    watch
}

fn hasty() -> Watch {
    let mut watch = patient("hasty", Medium);
    watch.timing.wait = Duration::from_secs(60);
    watch.timing.update_every = Duration::from_secs(600);
    watch
}

fn deaf() -> Watch {
    Watch { updates: Vec::new(), ..patient("attacks", Medium) }
}

fn alert(item: u64, watch: &Watch, minute: i64, reason: Reason) -> WaitingAlert<'_> {
    WaitingAlert { item: ItemId(item), watch, timing: watch.timing, raised: at(minute), reason }
}

/// What the alerts lead to, in a few words.
fn shown(step: Step) -> String {
    match step {
        Step::Send { reason, news, urgent } => {
            let urgent = urgent.map(|watch| format!(", urgent by {watch}")).unwrap_or_default();
            format!("{reason} with {} news{urgent}", news.len())
        }
        Step::Wait { why, until } => {
            format!("{why} until {}", until.duration_since(at(0)).as_secs() / 60)
        }
        Step::Drop(reason) => format!("dropped as {reason}"),
    }
}

#[test]
fn the_first_mail_on_a_story() {
    let (patient, hasty) = (patient("attacks", Medium), hasty());
    let both = [alert(1, &patient, 0, New), alert(2, &hasty, 0, New)];
    let late = [alert(1, &patient, 0, New), alert(2, &hasty, 5, New)];
    let table: [(&str, i64, &[WaitingAlert<'_>], &str); 13] = [
        ("its first minutes are not over", 1, &[alert(1, &patient, 0, New)], "gathering until 2"),
        ("they are over", 2, &[alert(1, &patient, 0, New)], "new with 0 news"),
        ("long ago", 900, &[alert(1, &patient, 0, New)], "new with 0 news"),
        ("its least patient watch decides", 0, &both, "gathering until 1"),
        ("and sends for all", 1, &both, "new with 0 news"),
        ("a late one keeps none of the first", 2, &late, "new with 0 news"),
        ("a changed text that matches is a first mail too", 2, &[alert(1, &patient, 0, Changed)], "new with 0 news"),
        ("looking back gathers nothing", 0, &[alert(1, &patient, 0, Backfilled)], "backfill with 0 news"),
        (
            "looking back beside news is news",
            0,
            &[alert(1, &patient, 0, Backfilled), alert(2, &patient, 0, New)],
            "new with 0 news",
        ),
        ("what was told perhaps is told as such", 0, &[alert(1, &patient, 0, Recovered)], "recovered with 0 news"),
        (
            "and beside news is news",
            0,
            &[alert(1, &patient, 0, Recovered), alert(2, &patient, 0, New)],
            "new with 0 news",
        ),
        ("a clock that was put back holds nothing", -60, &[alert(1, &patient, 0, New)], "new with 0 news"),
        ("nothing waits", 0, &[], "dropped as nothing_new"),
    ];
    for (what, minute, waiting, expected) in table {
        assert_eq!(shown(step(at(minute), None, waiting, &[report(1, "rfi")])), expected, "{what}");
    }
}

/// Item 1 by RFI was told at minute 0 for `attacks`, of medium severity. Item 2 is by AFP, 3 a copy, 4 RFI's again,
/// with nothing new.
#[test]
fn every_later_step() {
    let (attacks, hasty, deaf) = (patient("attacks", Medium), hasty(), deaf());
    let (other, urgent) = (patient("other", Medium), patient("urgent", High));
    let table: [(&str, i64, &[WaitingAlert<'_>], &str); 17] = [
        ("news, too soon", 10, &[alert(2, &attacks, 10, New)], "too_soon until 30"),
        ("news, in time", 30, &[alert(2, &attacks, 10, New)], "update with 1 news"),
        ("news, much later", 300, &[alert(2, &attacks, 300, New)], "update with 1 news"),
        ("a hastier watch", 5, &[alert(2, &attacks, 5, New), alert(2, &hasty, 5, New)], "too_soon until 10"),
        ("a hastier watch, in time", 10, &[alert(2, &attacks, 5, New), alert(2, &hasty, 5, New)], "update with 1 news"),
        ("a watch that wants no updates", 60, &[alert(2, &deaf, 10, New)], "dropped as nothing_new"),
        ("a copy", 60, &[alert(3, &attacks, 10, New)], "dropped as copy"),
        ("a copy, before its time", 1, &[alert(3, &attacks, 1, New)], "dropped as copy"),
        ("nothing new", 60, &[alert(4, &attacks, 10, New)], "dropped as nothing_new"),
        (
            "a copy and nothing new",
            60,
            &[alert(3, &attacks, 9, New), alert(4, &attacks, 9, New)],
            "dropped as nothing_new",
        ),
        ("looking back", 60, &[alert(2, &attacks, 10, Backfilled)], "dropped as nothing_new"),
        ("looking back by an urgent watch", 60, &[alert(2, &urgent, 10, Backfilled)], "dropped as nothing_new"),
        ("another watch on what is known", 60, &[alert(4, &other, 10, New)], "dropped as nothing_new"),
        ("another watch on news", 60, &[alert(2, &other, 10, New)], "update with 1 news"),
        (
            "a more severe watch on what is known",
            60,
            &[alert(4, &urgent, 10, New)],
            "update with 0 news, urgent by urgent",
        ),
        ("a more severe watch, too soon", 10, &[alert(4, &urgent, 10, New)], "too_soon until 30"),
        ("nothing waits", 60, &[], "dropped as nothing_new"),
    ];
    for (what, minute, waiting, expected) in table {
        let mut reports = vec![report(1, "rfi"), report(3, "abamako"), report(4, "rfi")];
        reports[1].copy_of = Some(ItemId(1));
        // AFP's report exists only where it waits.
        if waiting.iter().any(|alert| alert.item == ItemId(2)) {
            reports.push(report(2, "afp"));
        }
        let told = told(&reports[..1], &["attacks"], at(0));
        let known = Some(Known { told: &told, severity: Some(Medium) });
        assert_eq!(shown(step(at(minute), known, waiting, &reports)), expected, "{what}");
    }
}

#[test]
fn severity_is_compared_with_what_was_told() {
    let reports = [report(1, "rfi")];
    let table = [
        ("attacks", Some(Medium), "dropped as nothing_new"),
        ("urgent", Some(Medium), "update with 0 news, urgent by urgent"),
        ("urgent", Some(High), "dropped as nothing_new"),
        // Its watches left the configuration: that it was told as urgent cannot be known.
        ("urgent", None, "update with 0 news, urgent by urgent"),
    ];
    for (name, severity, expected) in table {
        let watch = patient(name, High);
        let told = told(&reports, &["attacks"], at(0));
        let known = Some(Known { told: &told, severity });
        let step = step(at(60), known, &[alert(1, &watch, 10, New)], &reports);
        assert_eq!(shown(step), expected, "{name} {severity:?}");
    }
}

#[test]
fn a_mail_of_the_future_holds_nothing() {
    let attacks = patient("attacks", Medium);
    let reports = [report(1, "rfi"), report(2, "afp")];
    let told = told(&reports[..1], &["attacks"], at(5_000_000));
    let known = Some(Known { told: &told, severity: Some(Medium) });
    let step = step(at(0), known, &[alert(2, &attacks, 0, New)], &reports);
    assert_eq!(shown(step), "update with 1 news");
}

#[test]
fn what_was_sent_is_told() {
    let attacks = patient("attacks", Medium);
    let reports = [report(1, "rfi"), report(2, "afp")];
    let mut told = told(&reports[..1], &["attacks"], at(0));
    let waiting = [alert(2, &attacks, 10, New)];
    let now = at(40);
    let sent = step(now, Some(Known { told: &told, severity: Some(Medium) }), &waiting, &reports);
    assert_eq!(shown(sent), "update with 1 news");
    crate::alert::learn(&mut told, &reports, std::slice::from_ref(&attacks.id), id(1), now);
    let again = step(at(90), Some(Known { told: &told, severity: Some(Medium) }), &waiting, &reports);
    assert_eq!(shown(again), "dropped as nothing_new");
    assert_eq!(told.sources, [source("rfi"), source("afp")]);
}

proptest! {
    /// Whatever the clock does, a wait ends in the future, and looking again at its end finds it over.
    #[test]
    fn a_wait_ends(
        raised in prop::collection::vec((-90i64..90, any::<bool>()), 1..6),
        mailed in prop::option::of(-90i64..90),
        now in -90i64..90,
    ) {
        let (patient, hasty) = (patient("attacks", Medium), hasty());
        let watch = |is_hasty| if is_hasty { &hasty } else { &patient };
        let waiting: Vec<_> = raised.iter().map(|(minute, is_hasty)| alert(2, watch(*is_hasty), *minute, New)).collect();
        let reports = [report(1, "rfi"), report(2, "afp")];
        let told = mailed.map(|minute| told(&reports[..1], &["attacks"], at(minute)));
        let known = told.as_ref().map(|told| Known { told, severity: Some(Medium) });
        if let Step::Wait { until, .. } = step(at(now), known, &waiting, &reports) {
            prop_assert!(until > at(now));
            let over = matches!(step(until, known, &waiting, &reports), Step::Send { .. });
            prop_assert!(over, "still waiting at {until}");
        }
    }
}
