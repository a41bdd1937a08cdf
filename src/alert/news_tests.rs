//! News over invented reports of one attack.

use jiff::Timestamp;
use proptest::prelude::*;

use super::super::fixtures::{id, report, source, told};
use super::{MOST_MAILS, MOST_NAMES, MOST_SOURCES, learn, news, wanted};
use crate::model::{Figure, ItemId, News, Notice, Place, Report, StoryId, Toll, TollKind, TollQualifier, UpdateOn};

fn toll(kind: TollKind, min: u32, max: u32) -> Toll {
    Toll { kind, min, max: Some(max), qualifier: TollQualifier::Exact, start: 0, end: 1 }
}

fn killed(item: u64, by: &str, count: u32) -> Report {
    Report { tolls: vec![toll(TollKind::Killed, count, count)], ..report(item, by) }
}

fn revised(report: Report) -> Report {
    Report { revision: report.revision + 1, ..report }
}

fn copy(report: Report) -> Report {
    Report { copy_of: Some(ItemId(1)), ..report }
}

fn noticed(notice: Notice, report: Report) -> Report {
    Report { notice: Some(notice), ..report }
}

fn claimed(name: &str, report: Report) -> Report {
    Report { claimed_by: vec![name.to_owned()], ..report }
}

fn place(name: &str, region: Option<&str>, country: Option<&str>) -> Place {
    Place {
        id: name.to_lowercase(),
        name: name.to_owned(),
        region: region.map(str::to_owned),
        country: Some("BF".to_owned()),
        country_name: country.map(str::to_owned),
    }
}

fn at_place(name: &str, report: Report) -> Report {
    let place = match name {
        "Burkina Faso" => place(name, None, Some(name)),
        "Sahel (region)" => place(name, None, Some("Burkina Faso")),
        _ => place(name, Some("Sahel (region)"), Some("Burkina Faso")),
    };
    Report { places: vec![place], ..report }
}

/// News in a few words.
fn shown(news: &[News]) -> String {
    let shown = |news: &News| match news {
        News::Source { source } => format!("source {source}"),
        News::Toll { from, to, source } => {
            let from = from.map_or("-".to_owned(), |from| from.to_string());
            format!("{} {from}>{} {source}", to.kind, to.max)
        }
        News::Correction { source, notice, .. } => format!("{notice:?} {source}").to_lowercase(),
        News::Claim { by, source } => format!("claim {by} {source}"),
        News::Place { place, source } => format!("place {} {source}", place.name),
        News::Edited { source, .. } => format!("edited {source}"),
        News::Urgent { watch, .. } => format!("urgent {watch}"),
    };
    news.iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// What is new in `now` to who was told `before`; telling it leaves nothing new.
#[track_caller]
fn check(before: &[Report], now: &[Report], expected: &str) {
    let mut told = told(before, &["attacks"], Timestamp::UNIX_EPOCH);
    assert_eq!(shown(&news(&told, now)), expected);
    learn(&mut told, now, &[], id(1), Timestamp::UNIX_EPOCH);
    assert_eq!(shown(&news(&told, now)), "", "news are told once");
}

#[test]
fn a_source_is_new_once_and_a_copy_is_none() {
    let rfi = report(1, "rfi");
    check(std::slice::from_ref(&rfi), std::slice::from_ref(&rfi), "");
    check(std::slice::from_ref(&rfi), &[rfi.clone(), report(2, "rfi")], "");
    check(std::slice::from_ref(&rfi), &[rfi.clone(), report(2, "afp"), report(3, "afp")], "source afp");
    check(std::slice::from_ref(&rfi), &[rfi.clone(), report(3, "dw"), report(2, "afp")], "source afp, source dw");
    check(std::slice::from_ref(&rfi), &[rfi.clone(), copy(report(2, "afp"))], "");
    check(std::slice::from_ref(&rfi), &[rfi.clone(), copy(report(2, "afp")), report(3, "afp")], "source afp");
}

#[test]
fn a_toll_is_news_when_it_is_the_first_or_higher_than_all_told() {
    let rfi = killed(1, "rfi", 40);
    let after = |report: Report, expected| check(std::slice::from_ref(&rfi), &[rfi.clone(), report], expected);
    after(killed(2, "rfi", 40), "");
    after(killed(2, "rfi", 55), "killed 40>55 rfi");
    after(killed(2, "afp", 55), "killed 40>55 afp, source afp");
    after(killed(2, "afp", 12), "source afp");
    after(copy(killed(2, "afp", 55)), "");
    after(copy(killed(2, "rfi", 55)), "");
    after(Report { tolls: vec![toll(TollKind::Wounded, 5, 5)], ..report(2, "rfi") }, "wounded ->5 rfi");
    after(Report { tolls: vec![toll(TollKind::Casualties, 30, 70)], ..report(2, "rfi") }, "casualties ->70 rfi");
    after(Report { tolls: vec![toll(TollKind::Killed, 30, 50)], ..report(2, "rfi") }, "killed 40>50 rfi");
    check(
        std::slice::from_ref(&rfi),
        &[rfi.clone(), killed(2, "rfi", 55), killed(3, "rfi", 60), killed(4, "rfi", 60)],
        "killed 40>60 rfi",
    );
    check(&[report(1, "rfi")], &[revised(killed(1, "rfi", 8))], "killed ->8 rfi");
}

#[test]
fn a_source_that_was_counted_in_corrects_itself() {
    let (rfi, afp) = (killed(1, "rfi", 40), killed(2, "afp", 55));
    let both = [rfi.clone(), afp.clone()];
    let after = |now: &[Report], expected| check(&both, now, expected);
    // Below everything told, in the same article or another.
    after(&[revised(killed(1, "rfi", 12)), afp.clone()], "correction rfi");
    after(&[rfi.clone(), afp.clone(), killed(3, "rfi", 12)], "correction rfi");
    // Another source's lower figure corrects nobody.
    after(&[rfi.clone(), afp.clone(), killed(3, "dw", 12)], "source dw");
    // Nobody prints the highest figure told any more.
    after(&[rfi.clone(), revised(killed(2, "afp", 45))], "correction afp");
    after(&[rfi.clone(), revised(killed(2, "afp", 45)), killed(3, "rfi", 55)], "edited afp");
    // What printed it is kept no more, and a new article corrects nothing.
    after(&[rfi.clone(), killed(3, "rfi", 45)], "");
    // In so many words.
    after(&[rfi.clone(), afp.clone(), noticed(Notice::Correction, report(3, "afp"))], "correction afp");
    after(&[rfi.clone(), afp.clone(), noticed(Notice::Withdrawal, report(3, "afp"))], "withdrawal afp");
    after(&[rfi.clone(), afp.clone(), noticed(Notice::Withdrawal, report(3, "dw"))], "");
    after(&[rfi.clone(), afp.clone(), noticed(Notice::Correction, report(3, "dw"))], "source dw");
    // Its own text with another figure is a copy, and yet a correction.
    after(&[rfi.clone(), afp.clone(), copy(noticed(Notice::Correction, killed(3, "rfi", 41)))], "correction rfi");
    after(&[rfi.clone(), afp, copy(noticed(Notice::Correction, killed(3, "dw", 41)))], "");
    // What is taken back adds nothing, and comes first.
    let gone = noticed(Notice::Withdrawal, at_place("Arbinda", killed(4, "rfi", 90)));
    after(&[rfi, noticed(Notice::Correction, report(3, "afp")), gone], "withdrawal rfi, correction afp");
}

#[test]
fn a_claim_is_news_by_name() {
    let rfi = claimed("JNIM", report(1, "rfi"));
    check(&[report(1, "rfi")], &[revised(rfi.clone())], "claim JNIM rfi");
    check(std::slice::from_ref(&rfi), &[rfi.clone(), claimed("JNIM", report(2, "rfi"))], "");
    check(std::slice::from_ref(&rfi), &[rfi.clone(), claimed("ISSP", report(2, "rfi"))], "claim ISSP rfi");
}

#[test]
fn a_place_is_news_unless_a_told_one_lies_in_it() {
    let djibo = at_place("Djibo", report(1, "rfi"));
    let after = |name, expected| {
        check(std::slice::from_ref(&djibo), &[djibo.clone(), at_place(name, report(2, "rfi"))], expected);
    };
    after("Djibo", "");
    after("Arbinda", "place Arbinda rfi");
    after("Sahel (region)", "");
    after("Burkina Faso", "");
    let country = at_place("Burkina Faso", report(1, "rfi"));
    check(std::slice::from_ref(&country), &[country.clone(), at_place("Djibo", report(2, "rfi"))], "place Djibo rfi");
    // Of what is new, the most precise.
    check(
        &[report(1, "rfi")],
        &[at_place("Djibo", report(2, "rfi")), at_place("Burkina Faso", report(3, "rfi"))],
        "place Djibo rfi",
    );
}

#[test]
fn an_edit_is_news_when_nothing_else_tells_of_it() {
    let rfi = killed(1, "rfi", 40);
    check(std::slice::from_ref(&rfi), &[revised(rfi.clone())], "edited rfi");
    check(std::slice::from_ref(&rfi), &[revised(killed(1, "rfi", 50))], "killed 40>50 rfi");
    check(&[rfi.clone(), copy(report(2, "afp"))], &[rfi.clone(), revised(copy(report(2, "afp")))], "");
    // Not told yet in any text.
    check(std::slice::from_ref(&rfi), &[rfi.clone(), revised(report(2, "rfi"))], "");
}

#[test]
fn news_come_in_the_order_of_their_weight() {
    let before = [killed(1, "rfi", 40), report(2, "afp"), report(3, "dw")];
    let tolls = vec![toll(TollKind::Wounded, 9, 9), toll(TollKind::Killed, 50, 50)];
    let now = [
        before[0].clone(),
        revised(before[1].clone()),
        before[2].clone(),
        at_place("Djibo", claimed("JNIM", Report { tolls, ..report(4, "voa") })),
        noticed(Notice::Correction, report(5, "rfi")),
        noticed(Notice::Withdrawal, report(6, "dw")),
    ];
    check(
        &before,
        &now,
        "withdrawal dw, correction rfi, killed 40>50 voa, wounded ->9 voa, claim JNIM voa, place Djibo voa, \
         source voa, edited afp",
    );
}

#[test]
fn a_watch_is_sent_what_it_asks_for() {
    let item = ItemId(1);
    let by = || source("rfi");
    let djibo = at_place("Djibo", report(1, "rfi")).places.remove(0);
    let all = vec![
        News::Correction { item, source: by(), notice: Notice::Withdrawal },
        News::Toll { from: None, to: Figure { kind: TollKind::Killed, min: 1, max: 1 }, source: by() },
        News::Claim { by: "JNIM".to_owned(), source: by() },
        News::Place { place: djibo, source: by() },
        News::Source { source: by() },
        News::Edited { item, source: by() },
    ];
    for (updates, expected) in [
        (&[][..], ""),
        (&[UpdateOn::Correction], "withdrawal rfi, edited rfi"),
        (&[UpdateOn::Toll], "killed ->1 rfi"),
        (&[UpdateOn::Claim], "claim JNIM rfi"),
        (&[UpdateOn::Place], "place Djibo rfi"),
        (&[UpdateOn::NewSource], "source rfi"),
    ] {
        assert_eq!(shown(&wanted(all.clone(), updates)), expected, "{updates:?}");
    }
    assert_eq!(wanted(all.clone(), &UpdateOn::ALL), all);
}

#[test]
fn what_is_remembered_is_bounded_and_what_is_over_is_no_news() {
    let reports: Vec<Report> = (0..700)
        .map(|n| at_place(&format!("Town {n}"), claimed(&format!("Group {n}"), report(n, &format!("source-{n}")))))
        .collect();
    let mut told = told(&reports, &["attacks"], Timestamp::UNIX_EPOCH);
    assert_eq!(shown(&news(&told, &reports)), "");
    for seq in 1..200 {
        learn(&mut told, &reports, &[], id(seq), Timestamp::UNIX_EPOCH);
    }
    assert_eq!((told.sources.len(), told.places.len(), told.mails.len()), (MOST_SOURCES, MOST_NAMES, MOST_MAILS));
    let kept: Vec<u32> = told.mails.iter().map(|(mail, _)| mail.seq).collect();
    assert_eq!((kept[0], kept[1], kept[MOST_MAILS - 1]), (0, 137, 199), "the first mail and the newest");
}

fn a_report() -> impl Strategy<Value = Report> {
    let kinds = prop::sample::select(vec![TollKind::Killed, TollKind::Wounded, TollKind::Casualties]);
    let tolls = prop::collection::vec((kinds, 0u32..60, 0u32..20), 0..3);
    let names = prop::sample::select(vec!["Djibo", "Arbinda", "Sahel (region)", "Burkina Faso"]);
    let notice = prop::option::weighted(0.2, prop::sample::select(vec![Notice::Correction, Notice::Withdrawal]));
    let by = prop::sample::select(vec!["rfi", "afp", "dw"]);
    (1u64..12, by, tolls, names, any::<(bool, bool)>(), notice, 0u32..3).prop_map(
        |(item, by, tolls, name, (is_copy, claims), notice, revision)| Report {
            tolls: tolls.into_iter().map(|(kind, min, more)| toll(kind, min, min + more)).collect(),
            claimed_by: claims.then(|| "JNIM".to_owned()).into_iter().collect(),
            copy_of: (is_copy && item > 1).then_some(ItemId(1)),
            notice,
            revision,
            ..at_place(name, report(item, by))
        },
    )
}

fn some_reports() -> impl Strategy<Value = Vec<Report>> {
    prop::collection::vec(a_report(), 0..10).prop_map(|mut reports| {
        reports.sort_by_key(|report| report.item);
        reports.dedup_by_key(|report: &mut Report| -> StoryId { report.item });
        reports
    })
}

proptest! {
    /// Whatever a story says, telling it leaves nothing new; and what is new does not hang on the order of reports.
    #[test]
    fn news_are_told_once(before in some_reports(), now in some_reports()) {
        let mut known = told(&before, &[], Timestamp::UNIX_EPOCH);
        let found = news(&known, &now);
        let backwards: Vec<Report> = now.iter().rev().cloned().collect();
        prop_assert_eq!(news(&known, &backwards), found);
        learn(&mut known, &now, &[], id(1), Timestamp::UNIX_EPOCH);
        prop_assert_eq!(news(&known, &now), Vec::new());
    }
}
