//! The pace of mail over time: floods, and what holds whatever comes: that nothing is lost, that nothing stands
//! still, and that rates are kept.

use proptest::prelude::*;

use super::tests::{HOUR, at, due, past, reader, source_id, watch_id};
use super::{DueStory, DueWatch, Outage, PastMail, Planned, plan};
use crate::model::Reason::{
    Changed, Held as AtTheirEnd, New, Outage as Stuck, Overload, QuietHours, Roundup, SourceThrottled, Throttled,
    TooSoon,
};
use crate::model::Severity::{High, Low, Medium};
use crate::model::{Held, ItemId, Pace, Rate, Reader, SourceId};

/// Runs a reader's mail over time: stories become due at minutes, plans are made then and at every wake.
/// Returns the mails with
/// their minutes; what is told is due no more.
fn run(reader: &Reader, pace: &Pace, arrivals: &[DueStory], minutes: i64) -> Vec<(i64, Planned)> {
    let mut sent: Vec<(i64, Planned)> = Vec::new();
    let (mut past, mut waiting): (Vec<PastMail>, Vec<DueStory>) = (Vec::new(), Vec::new());
    let mut wake = None;
    for minute in 0..minutes {
        let before = waiting.len();
        waiting.extend(arrivals.iter().filter(|story| story.raised == at(minute)).cloned());
        if waiting.len() == before && wake.is_none_or(|wake| wake > at(minute)) {
            continue;
        }
        let plan = plan(at(minute), reader, pace, waiting.clone(), &past, None);
        wake = plan.wake;
        for mail in &plan.mails {
            let told = waiting.iter().filter(|story| mail.stories().contains(&story.story));
            let (watches, sources) = told
                .map(|story| (story.watches.iter().map(|watch| watch.watch.clone()), story.sources.clone()))
                .fold((Vec::new(), Vec::new()), |(mut watches, mut sources), (w, s)| {
                    watches.extend(w);
                    sources.extend(s);
                    (watches, sources)
                });
            past.push(PastMail { at: at(minute), watches, sources, kind: mail.reason() });
            sent.push((minute, mail.clone()));
        }
        waiting.retain(|story| !plan.mails.iter().any(|mail| mail.stories().contains(&story.story)));
        for story in &mut waiting {
            story.held = plan.held.iter().find(|(held, _)| *held == story.story).map(|(_, held)| *held);
        }
    }
    assert_eq!(waiting.len(), 0, "all is told in the end");
    sent
}

fn singles(mails: &[(i64, Planned)]) -> usize {
    mails.iter().filter(|(_, mail)| matches!(mail, Planned::Story(..))).count()
}

#[test]
fn five_hundred_at_once_from_one_source_are_five_mails_and_one_roundup() {
    let flood: Vec<DueStory> = (0..500).map(|n| due(n, Medium, "rfi", 0)).collect();
    let mails = run(&reader(false), &Pace::default(), &flood, 120);
    assert_eq!((mails.len(), singles(&mails)), (6, 5));
    let (minute, roundup) = &mails[5];
    assert_eq!((*minute, roundup.reason(), roundup.stories().len()), (15, Roundup, 495));
}

#[test]
fn a_source_that_floods_holds_no_alert_of_another() {
    let mut arrivals: Vec<DueStory> = (0..500).map(|n| due(n, Medium, "rfi", 0)).collect();
    arrivals.extend((0..5).map(|n| due(1000 + n, Medium, "afp", 5 + n as i64)));
    let mails = run(&reader(false), &Pace::default(), &arrivals, 60);
    for n in 0..5 {
        let own = Planned::Story(ItemId(1000 + n), New);
        assert!(mails.contains(&(5 + n as i64, own)), "{mails:?}");
    }
}

#[test]
fn five_hundred_at_once_from_many_sources_are_at_most_the_rate_of_their_watch_and_one_roundup() {
    for severity in [Low, Medium, High] {
        let flood: Vec<DueStory> = (0..500).map(|n| due(n, severity, &format!("s{n}"), 0)).collect();
        let mails = run(&reader(false), &Pace::default(), &flood, 120);
        assert_eq!(singles(&mails), if severity == High { 12 } else { 0 }, "{severity}");
        assert_eq!(mails.len() - singles(&mails), 1, "{severity}");
    }
}

#[test]
fn a_source_that_goes_on_flooding_causes_six_mails_an_hour() {
    let flood: Vec<DueStory> = (0..300).map(|n| due(n, Medium, "rfi", n as i64 / 2)).collect();
    let mails = run(&reader(false), &Pace::default(), &flood, 300);
    let times: Vec<i64> = mails.iter().map(|(minute, _)| *minute).collect();
    assert!(times.windows(7).all(|seven| seven[6] - seven[0] >= 60), "{times:?}");
    // What is urgent comes within a quarter of an hour, whoever prints it.
    let urgent: Vec<DueStory> = (0..300).map(|n| due(n, High, "rfi", n as i64 / 2)).collect();
    for (minute, mail) in run(&reader(false), &Pace::default(), &urgent, 300) {
        let raised = |story: &ItemId| story.0 as i64 / 2;
        assert!(mail.stories().iter().all(|story| minute - raised(story) <= 15), "{minute}: {mail:?}");
    }
}

fn a_story() -> impl Strategy<Value = DueStory> {
    let severity = prop::sample::select(vec![Low, Medium, High]);
    let watches = prop::collection::vec((0u8..3, any::<bool>()), 1..3);
    (0u64..1_000, severity, watches, prop::collection::vec(0u8..4, 1..3), 0i64..3_000).prop_map(
        |(story, severity, watches, sources, minute)| DueStory {
            watches: watches
                .into_iter()
                .map(|(n, ignore_quiet)| DueWatch {
                    watch: watch_id(&format!("watch-{n}")),
                    throttle: Rate { count: u32::from(n) * 3, per: HOUR },
                    ignore_quiet,
                })
                .collect(),
            sources: sources.into_iter().map(|n| source_id(&format!("source-{n}"))).collect(),
            ..due(story, severity, "rfi", minute)
        },
    )
}

fn stories(most: usize) -> impl Strategy<Value = Vec<DueStory>> {
    prop::collection::vec(a_story(), 0..most).prop_map(|mut stories| {
        stories.sort_by_key(|story| story.story);
        stories.dedup_by_key(|story| story.story);
        stories
    })
}

fn maybe_held() -> impl Strategy<Value = Option<Held>> {
    let why = prop::sample::select(vec![QuietHours, Stuck, Overload, Throttled, SourceThrottled, TooSoon]);
    let held = (why, 0i64..3_000, prop::option::of(0i64..3_000)).prop_map(|(why, since, until)| Held {
        why,
        since: at(since),
        until: until.map(at),
    });
    prop::option::of(held)
}

fn a_past() -> impl Strategy<Value = Vec<PastMail>> {
    let kind = prop::sample::select(vec![New, Changed, Roundup, AtTheirEnd]);
    let mail = (0i64..3_000, 0u8..3, 0u8..4, kind).prop_map(|(minute, watch, source, kind)| PastMail {
        watches: vec![watch_id(&format!("watch-{watch}"))],
        ..past(minute, &format!("source-{source}"), kind)
    });
    prop::collection::vec(mail, 0..40)
}

proptest! {
    /// Every story is in one mail or held, never in both or in none; the wake is ahead; and at the wake something
    /// moves, or at the next one: a roundup that is due in the minute in which quiet hours begin waits until they end.
    #[test]
    fn nothing_is_lost_and_nothing_stands_still(
        stories in stories(60),
        held in prop::collection::vec(maybe_held(), 60),
        past in a_past(),
        quiet in any::<bool>(),
        outage in prop::option::of((0i64..1_000, prop::option::of(1_000i64..2_000))),
        now in 0i64..3_000,
    ) {
        let mut due: Vec<DueStory> =
            stories.into_iter().zip(held).map(|(story, held)| DueStory { held, ..story }).collect();
        let outage = outage.map(|(from, until)| Outage { from: at(from), until: until.map(at) });
        let (reader, pace) = (reader(quiet), Pace::default());
        let first = plan(at(now), &reader, &pace, due.clone(), &past, outage);
        let mut named: Vec<ItemId> = first.mails.iter().flat_map(|mail| mail.stories().to_vec()).collect();
        named.extend(first.held.iter().map(|(story, _)| *story));
        named.sort();
        let all: Vec<ItemId> = due.iter().map(|story| story.story).collect();
        prop_assert_eq!(named, all);
        prop_assert_eq!(first.wake, first.held.iter().filter_map(|(_, held)| held.until).min());
        let (mut last, mut before) = (first, at(now));
        for _ in 0..2 {
            let Some(wake) = last.wake else { return Ok(()) };
            prop_assert!(wake > before);
            due.retain(|story| last.held.iter().any(|(held, _)| *held == story.story));
            for story in &mut due {
                story.held = last.held.iter().find(|(held, _)| *held == story.story).map(|(_, held)| *held);
            }
            last = plan(wake, &reader, &pace, due.clone(), &past, outage);
            if !last.mails.is_empty() {
                return Ok(());
            }
            before = wake;
        }
        prop_assert!(false, "nothing moves until {before}");
    }

    /// Over a day and a half whatever comes is told, at most so often as the rates say.
    #[test]
    fn rates_are_kept_and_all_is_told(stories in stories(80), quiet in any::<bool>()) {
        let pace = Pace::default();
        let mails = run(&reader(quiet), &pace, &stories, 3_000 + 1_440);
        let alone = |mail: &Planned, source: &SourceId| match mail {
            Planned::Story(story, New) => stories.iter().any(|due| due.story == *story && due.sources == [source.clone()]),
            _ => false,
        };
        for source in (0..4).map(|n| source_id(&format!("source-{n}"))) {
            let caused: Vec<i64> =
                mails.iter().filter(|(_, mail)| alone(mail, &source)).map(|(minute, _)| *minute).collect();
            prop_assert!(caused.windows(6).all(|six| six[5] - six[0] >= 60), "{source}: {caused:?}");
        }
        let gathered: Vec<i64> =
            mails.iter().filter(|(_, mail)| mail.reason() == Roundup).map(|(minute, _)| *minute).collect();
        prop_assert!(gathered.windows(2).all(|two| two[1] - two[0] >= 15), "{gathered:?}");
    }
}
