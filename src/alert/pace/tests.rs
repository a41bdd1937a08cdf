//! The pace of mail, one decision at a time: what holds, and what comes when.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{DueStory, DueWatch, Outage, PastMail, Plan, Planned, plan};
use crate::model::Reason::{
    self, Backfilled, Changed, New, Outage as Stuck, Overload, QuietHours, Recovered, Roundup, SourceThrottled,
    Throttled, TooSoon,
};
use crate::model::Severity::{self, High, Low, Medium};
use crate::model::{Held, ItemId, Mailbox, Pace, Profile, Rate, Reader, SourceId, SubjectStyle, Tongue, WatchId};

pub(super) const HOUR: Duration = Duration::from_secs(3600);

/// Minutes after a midnight in UTC.
pub(super) fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_799_971_200 + 60 * minutes).expect("in range")
}

fn minutes(at: Timestamp) -> i64 {
    at.duration_since(self::at(0)).as_secs().div_euclid(60)
}

pub(super) fn reader(quiet: bool) -> Reader {
    let time = |text: &str| text.parse().expect("a test time");
    let quiet =
        quiet.then(|| crate::model::QuietHours { from: time("22:00"), until: time("06:00"), severity_below: High });
    Reader {
        mailbox: Mailbox { name: None, address: "amina@example.org".to_owned() },
        lang: Tongue::En,
        profile: Profile::Full,
        subject: SubjectStyle::Full,
        zone: TimeZone::UTC,
        quiet,
        openpgp: None,
        keyword: None,
    }
}

pub(super) fn watch_id(name: &str) -> WatchId {
    WatchId::new(name).expect("an id")
}

pub(super) fn source_id(name: &str) -> SourceId {
    SourceId::new(name).expect("an id")
}

/// A story by one source for one watch, raised at a minute.
pub(super) fn due(story: u64, severity: Severity, source: &str, minute: i64) -> DueStory {
    DueStory {
        story: ItemId(story),
        reason: New,
        raised: at(minute),
        held: None,
        severity,
        watches: vec![DueWatch {
            watch: watch_id("attacks"),
            throttle: Rate { count: 12, per: HOUR },
            ignore_quiet: false,
        }],
        sources: vec![source_id(source)],
    }
}

fn held(story: DueStory, why: Reason, since: i64, until: Option<i64>) -> DueStory {
    DueStory { held: Some(Held { why, since: at(since), until: until.map(at) }), ..story }
}

pub(super) fn past(minute: i64, source: &str, kind: Reason) -> PastMail {
    PastMail { at: at(minute), watches: vec![watch_id("attacks")], sources: vec![source_id(source)], kind }
}

/// A plan in a few words: mails, then what is held, then the wake.
fn shown(plan: &Plan) -> String {
    let numbers = |stories: &[ItemId]| stories.iter().map(|story| story.0.to_string()).collect::<Vec<_>>().join("+");
    let mails = plan.mails.iter().map(|mail| match mail {
        Planned::Story(story, reason) => format!("{} {reason}", story.0),
        Planned::Gathered { why, since, stories } => {
            format!("{} gathered by {why} since {}", numbers(stories), minutes(*since))
        }
    });
    let held = plan.held.iter().map(|(story, held)| {
        let until = held.until.map_or("?".to_owned(), |until| minutes(until).to_string());
        format!("{} {} {}..{until}", story.0, held.why, minutes(held.since))
    });
    let wake = plan.wake.map(|wake| format!("wake {}", minutes(wake)));
    mails.chain(held).chain(wake).collect::<Vec<_>>().join(", ")
}

/// What the default pace makes of these stories at a minute.
#[track_caller]
fn check(reader: &Reader, minute: i64, due: &[DueStory], past: &[PastMail], outage: Option<Outage>, expected: &str) {
    let plan = plan(at(minute), reader, &Pace::default(), due.to_vec(), past, outage);
    assert_eq!(shown(&plan), expected);
}

#[test]
fn without_haste_every_story_has_a_mail_of_its_own() {
    let update = DueStory { reason: Changed, ..due(2, Medium, "rfi", 1) };
    let found = DueStory { reason: Backfilled, ..due(3, High, "afp", 5) };
    check(&reader(false), 10, &[], &[], None, "");
    check(&reader(false), 10, &[due(1, Low, "rfi", 0), update, found], &[], None, "3 backfill, 2 update, 1 new");
}

/// Seen failing with what was recovered left to the rates: then each has a mail of its own.
#[test]
fn what_may_have_been_told_before_a_loss_comes_in_one_mail() {
    let recovered = |story, minute| DueStory { reason: Recovered, ..due(story, High, "rfi", minute) };
    let check = |minute, due: &[DueStory], expected| check(&reader(false), minute, due, &[], None, expected);
    let both = [recovered(1, 0), due(2, High, "rfi", 1), recovered(3, 9)];
    check(10, &both, "2 new, 1 recovered 10..15, 3 recovered 10..15, wake 15");
    let waited = [held(recovered(1, 0), Recovered, 1, Some(15)), held(recovered(3, 9), Recovered, 10, Some(15))];
    check(15, &waited, "1+3 gathered by recovered since 1");
    check(15, &[recovered(1, 0)], "1 gathered by recovered since 0");
    // The clock was put back.
    check(10, &[recovered(1, 500)], "1 recovered 10..25, wake 25");
}

#[test]
fn quiet_hours_hold_what_is_not_urgent_and_tell_it_at_their_end() {
    let night = reader(true);
    let check = |minute, due: &[DueStory], expected| check(&night, minute, due, &[], None, expected);
    let (calm, urgent) = (due(1, Medium, "rfi", 1380), due(2, High, "rfi", 1380));
    let mut loud = due(3, Low, "rfi", 1380);
    loud.watches[0].ignore_quiet = true;
    // 23:00 is minute 1380, 6:00 minute 1800.
    check(1380, &[calm.clone(), urgent, loud.clone()], "2 new, 3 new, 1 quiet_hours 1380..1800, wake 1800");
    let calm = held(calm, QuietHours, 1380, Some(1800));
    check(1799, std::slice::from_ref(&calm), "1 quiet_hours 1380..1800, wake 1800");
    check(1800, std::slice::from_ref(&calm), "1 held");
    let other = held(due(4, Medium, "afp", 1400), QuietHours, 1400, Some(1800));
    check(1800, &[other.clone(), calm.clone(), due(5, Low, "afp", 1799)], "1+4 gathered by held since 1380, 5 new");
    // A watch that ignores them joined the story.
    check(1500, &[DueStory { watches: loud.watches, ..calm.clone() }], "1 new");
    // What waited for something else before keeps its time.
    check(1380, &[held(calm.clone(), TooSoon, 1350, Some(1380))], "1 quiet_hours 1350..1800, wake 1800");
    // The clock was put back by a day: no longer than the quiet hours of the new day.
    check(100, std::slice::from_ref(&calm), "1 quiet_hours 1380..360, wake 360");
}

/// What they promised holds although other quiet hours begin at that moment.
#[test]
fn quiet_hours_let_go_at_the_end_they_promised() {
    let calm = held(due(1, Medium, "rfi", 1380), QuietHours, 1380, Some(1500));
    check(&reader(true), 1499, std::slice::from_ref(&calm), &[], None, "1 quiet_hours 1380..1500, wake 1500");
    check(&reader(true), 1500, std::slice::from_ref(&calm), &[], None, "1 held");
}

#[test]
fn mails_beyond_a_rate_wait_for_one_roundup() {
    let check = |minute, due: &[DueStory], past: &[PastMail], expected| {
        check(&reader(false), minute, due, past, None, expected);
    };
    let five: Vec<PastMail> = (0..5).map(|n| past(n, "rfi", New)).collect();
    let story = due(1, Medium, "rfi", 10);
    check(10, std::slice::from_ref(&story), &five[1..], "1 new");
    check(10, std::slice::from_ref(&story), &five, "1 source_throttled 10..25, wake 25");
    check(10, &[due(1, Medium, "afp", 10)], &five, "1 new");
    // An hour after the first of them there is a place again.
    check(60, std::slice::from_ref(&story), &five, "1 new");
    check(59, std::slice::from_ref(&story), &five, "1 source_throttled 59..74, wake 74");
    // Whoever else reports it brings it.
    let both = DueStory { sources: vec![source_id("rfi"), source_id("afp")], ..story.clone() };
    check(10, &[both], &five, "1 new");
    // What came in a roundup, or was sent in the future, takes no place.
    let other = |kind| five.iter().map(|mail| PastMail { kind, ..mail.clone() }).collect::<Vec<_>>();
    check(10, std::slice::from_ref(&story), &other(Roundup), "1 new");
    check(-10, std::slice::from_ref(&story), &five, "1 new");
    // The time of the first that waits is kept; then all come together.
    let first = held(story, SourceThrottled, 10, Some(25));
    let second = due(2, High, "rfi", 20);
    check(20, &[first.clone(), second.clone()], &five, "2 source_throttled 20..25, 1 source_throttled 10..25, wake 25");
    let second = held(second, SourceThrottled, 20, Some(25));
    let third = due(3, Medium, "rfi", 25);
    let last = [first.clone(), second, third];
    check(25, &last, &five, "2+1+3 gathered by source_throttled since 10");
    // One alone is told as a roundup too, and what has a place comes beside it.
    check(25, &[first.clone(), due(4, Low, "afp", 25)], &five, "4 new, 1 gathered by source_throttled since 10");
    // A time that a clock left in the future is cut short.
    check(10, &[held(first, SourceThrottled, 10, Some(9_000))], &five, "1 source_throttled 10..25, wake 25");
}

#[test]
fn a_watch_has_its_own_rate() {
    let twelve: Vec<PastMail> = (0..12).map(|n| past(n, &format!("s{n}"), New)).collect();
    let story = due(1, High, "rfi", 20);
    check(&reader(false), 20, std::slice::from_ref(&story), &twelve, None, "1 throttled 20..35, wake 35");
    let mut both = story;
    both.watches.push(DueWatch { watch: watch_id("kidnap"), ..both.watches[0].clone() });
    check(&reader(false), 20, &[both], &twelve, None, "1 new");
}

#[test]
fn the_most_severe_and_then_the_oldest_have_the_free_places() {
    let eleven: Vec<PastMail> = (0..11).map(|n| past(n, &format!("s{n}"), New)).collect();
    let old = due(1, Medium, "rfi", 10);
    let young = due(2, Medium, "afp", 12);
    let urgent = due(3, High, "dw", 13);
    check(&reader(false), 15, &[young.clone(), old.clone()], &eleven, None, "1 new, 2 throttled 15..30, wake 30");
    check(
        &reader(false),
        15,
        &[young, old, urgent],
        &eleven,
        None,
        "3 new, 1 throttled 15..30, 2 throttled 15..30, wake 30",
    );
}

#[test]
fn on_a_busy_day_what_is_not_urgent_is_gathered() {
    let many = |count: u64| -> Vec<DueStory> {
        (1..=count).map(|n| due(n, if n % 10 == 0 { High } else { Medium }, &format!("s{n}"), 0)).collect()
    };
    let busy = plan(at(0), &reader(false), &Pace::default(), many(21), &[], None);
    assert_eq!(busy.mails, [Planned::Story(ItemId(10), New), Planned::Story(ItemId(20), New)]);
    assert!(busy.held.iter().all(|(_, held)| held.why == Overload && held.until == Some(at(15))), "{}", shown(&busy));
    // Twenty are none too many, but twelve of one watch are enough.
    let calm = plan(at(0), &reader(false), &Pace::default(), many(20), &[], None);
    assert_eq!((calm.mails.len(), calm.held.len()), (12, 8));
    assert!(calm.held.iter().all(|(_, held)| held.why == Throttled), "{}", shown(&calm));
    // What was sent in the last hour counts.
    let sent: Vec<PastMail> = (0..20).map(|n| past(n, &format!("s{n}"), New)).collect();
    let mut story = due(1, Medium, "rfi", 30);
    story.watches[0].throttle.count = 100;
    check(&reader(false), 30, std::slice::from_ref(&story), &sent, None, "1 overload 30..45, wake 45");
    check(&reader(false), 60, std::slice::from_ref(&story), &sent, None, "1 new");
    let gathered = held(story, Overload, 30, Some(45));
    let throttled = held(due(2, High, "rfi", 31), Throttled, 31, Some(46));
    check(&reader(false), 45, &[gathered, throttled], &sent, None, "2+1 gathered by overload since 30");
}

#[test]
fn what_waited_through_an_outage_comes_in_one_mail() {
    let stories = [due(1, Low, "rfi", 3), due(2, High, "rfi", 4), due(3, Medium, "afp", 1), due(4, Medium, "afp", 2)];
    let during = Some(Outage { from: at(0), until: None });
    let over = Some(Outage { from: at(0), until: Some(at(30)) });
    let reader = reader(false);
    check(&reader, 20, &stories[..2], &[], during, "2 outage 20..?, 1 outage 20..?");
    check(&reader, 30, &stories, &[], over, "3+4+1+2 gathered by outage since 1");
    check(&reader, 30, &stories[..3], &[], over, "2 new, 3 new, 1 new");
    let later = [&stories[..], &[due(5, Low, "dw", 31)]].concat();
    check(&reader, 31, &later, &[], over, "3+4+1+2 gathered by outage since 1, 5 new");
    // Started again in between: what the stories waited for says it.
    let waited: Vec<_> = stories.into_iter().map(|story| held(story, Stuck, 20, None)).collect();
    check(&reader, 30, &waited, &[], None, "3+4+1+2 gathered by outage since 20");
    check(
        &self::reader(true),
        1380,
        &waited,
        &[],
        None,
        "2 new, 3 quiet_hours 20..1800, 4 quiet_hours 20..1800, 1 quiet_hours 20..1800, wake 1800",
    );
}
