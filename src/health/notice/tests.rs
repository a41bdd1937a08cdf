//! What the operator is told, hour by hour.

use std::time::Duration;

use jiff::Timestamp;

use super::{Addressee, Incident, Last, View, bulletin, matters};
use crate::health::network::own_network;
use crate::model::{
    Doubt, Evidence, Floor, Gap, Health, OperatorTold, Owner, Source, SourceId, SourceKind, Standing, Subject,
};

/// Minutes after a start.
fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_799_971_200 + 60 * minutes).expect("in range")
}

fn hours(hours: i64) -> Timestamp {
    at(60 * hours)
}

fn source(id: &str) -> Source {
    let url = format!("https://{id}.example/feed").parse().expect("a test address");
    Source::new(SourceId::new(id).expect("a test id"), SourceKind::Feed, url)
}

/// How a source stands since an hour, by a word.
fn standing(health: Health, since: Timestamp) -> Standing {
    let evidence = Evidence { status: None, what: format!("it is {}", health.as_str()), sample: None };
    let evidence = (health != Health::Ok).then_some(evidence);
    Standing { health, since: Some(since), polls: 9, evidence, ..Standing::default() }
}

/// The operator, and what they are told of sources a, b, c, … as time passes.
#[derive(Default)]
struct Desk {
    sources: Vec<(Source, Standing)>,
    floors: Vec<Floor>,
    back: Option<Timestamp>,
    mail: Option<Incident>,
    addressees: Vec<Addressee>,
    floods: Vec<(SourceId, Incident)>,
    lost: Option<Incident>,
    told: OperatorTold,
}

impl Desk {
    fn new(ids: &[&str]) -> Self {
        let sources = ids.iter().map(|id| (source(id), standing(Health::Ok, at(0)))).collect();
        Self { sources, ..Self::default() }
    }

    fn set(&mut self, id: &str, standing: Standing) {
        let found = self.sources.iter_mut().find(|(source, _)| source.id.as_str() == id);
        found.expect("a source of the desk").1 = standing;
    }

    /// The bulletin of a moment in a few words; empty when there is none.
    fn hear(&mut self, now: Timestamp) -> String {
        let sources: Vec<_> = self.sources.iter().map(|(source, standing)| (source, standing)).collect();
        let outage = own_network(sources.iter().copied());
        let view = View {
            sources: &sources,
            floors: &self.floors,
            outage,
            back: self.back,
            mail: self.mail.clone(),
            addressees: &self.addressees,
            floods: self.floods.clone(),
            lost: self.lost.clone(),
            ..View::default()
        };
        let (news, told) = bulletin(&self.told, &matters(&view, now), now);
        self.told = told;
        let Some(news) = news else { return String::new() };
        let name = |subject: &Subject| match subject {
            Subject::Source(id) => id.to_string(),
            Subject::Floor(name) => format!("floor {name}"),
            Subject::Recipient(address) => format!("mail to {address}"),
            Subject::Flood(id) => format!("flood {id}"),
            Subject::Store(_) => "store".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        };
        let mut words: Vec<String> = Vec::new();
        words.extend(news.begun.iter().map(|matter| format!("+{} {}", name(&matter.subject), matter.health.as_str())));
        words.extend(
            news.changed.iter().map(|(_, after)| format!("~{} {}", name(&after.subject), after.health.as_str())),
        );
        words.extend(
            news.ended
                .iter()
                .map(|over| format!("-{}{}", name(&over.matter.subject), if over.gap.is_some() { " gap" } else { "" })),
        );
        words.extend(news.standing.iter().map(|matter| format!("={}", name(&matter.subject))));
        words.extend(news.gaps.iter().map(|(source, _)| format!("gap {source}")));
        words.join(", ")
    }

    /// What is heard from minute to minute up to an hour.
    fn hear_until(&mut self, from: i64, until: i64) -> Vec<(i64, String)> {
        let heard = (from..=until).step_by(5).map(|minute| (minute, self.hear(at(minute))));
        heard.filter(|(_, words)| !words.is_empty()).collect()
    }
}

fn heard<const N: usize>(expected: [(i64, &str); N]) -> Vec<(i64, String)> {
    expected.map(|(minute, words)| (minute, words.to_owned())).to_vec()
}

/// What nobody has looked at since a restart is neither told nor over.
#[test]
fn a_full_disk_and_a_size_that_bites_are_told_and_not_over_before_somebody_looked() {
    let incident = || Some(Incident { since: at(0), what: "low".to_owned(), advice: None });
    let (sources, mut told) = (Vec::new(), OperatorTold::default());
    let mut hear = |minute, disk: Option<Incident>, size: Option<Incident>, unsure: &[Subject]| {
        let view = View { sources: &sources, disk, size, unsure: unsure.to_vec(), ..View::default() };
        let (news, after) = bulletin(&told, &matters(&view, at(minute)), at(minute));
        told = after;
        let count = |news: crate::model::Bulletin| (news.begun.len(), news.standing.len(), news.ended.len());
        news.map(count)
    };
    assert_eq!(hear(0, incident(), incident(), &[]), None, "more may come with it");
    assert_eq!(hear(15, incident(), incident(), &[]), Some((2, 0, 0)));
    assert_eq!(hear(90, None, None, &[Subject::Disk, Subject::Size]), None, "the program was started again");
    assert_eq!(hear(180, None, None, &[Subject::Size]), None);
    assert_eq!(hear(200, None, None, &[Subject::Size]), Some((0, 1, 1)), "the disk has room again");
}

#[test]
fn a_failure_is_told_after_six_hours_or_three_intervals() {
    let cases = [
        (15, 9, Health::Failing, false, 6 * 60),
        (15, 9, Health::Blocked, false, 6 * 60),
        (180, 9, Health::Failing, false, 9 * 60),
        (15, 2, Health::Blocked, false, 24 * 60),
        (15, 9, Health::Failing, true, 8 * 60),
        (15, 1, Health::Silent, false, 0),
        (15, 1, Health::Degraded, false, 0),
        (15, 1, Health::Overflowing, false, 0),
        (15, 1, Health::Moved, false, 0),
    ];
    for (interval, polls, health, local, minute) in cases {
        let source = Source { interval: Duration::from_secs(60 * interval), ..source("a") };
        let standing = Standing { polls, local, ..standing(health, at(0)) };
        let sources = [(&source, &standing)];
        let view = View { sources: &sources, back: Some(hours(2)), ..View::default() };
        let told = |minute| matters(&view, at(minute)).ripe.len();
        assert_eq!((told(minute - 1), told(minute)), (usize::from(minute == 0), 1), "{health:?} {interval} {polls}");
        assert_eq!(matters(&view, at(minute - 1)).unripe.len(), usize::from(minute > 0));
    }
}

#[test]
fn what_comes_together_is_told_together_once_and_when_it_is_over() {
    let mut desk = Desk::new(&["a", "b", "c"]);
    assert!(desk.hear_until(0, 60).is_empty());
    desk.set("a", standing(Health::Silent, at(60)));
    assert!(desk.hear_until(60, 70).is_empty());
    desk.set("b", standing(Health::Degraded, at(70)));
    assert_eq!(desk.hear_until(75, 600), heard([(75, "+a silent, +b degraded")]));
    let gap = Some(Gap { from: at(-100), to: at(-10) });
    desk.set("a", Standing { gap, ..standing(Health::Ok, at(600)) });
    assert_eq!(desk.hear_until(600, 700), heard([(615, "-a, =b")]), "its gap is an older one");
}

#[test]
fn what_passes_before_it_is_told_is_not_told() {
    let mut desk = Desk::new(&["a", "b", "c"]);
    desk.set("a", standing(Health::Silent, at(0)));
    desk.hear_until(0, 10);
    assert_eq!(desk.told.waiting, Some(at(0)));
    desk.set("a", standing(Health::Ok, at(11)));
    assert!(desk.hear_until(15, 600).is_empty());
    assert_eq!(desk.told, OperatorTold::default());
}

#[test]
fn bulletins_keep_an_hour_apart_and_a_source_a_day() {
    let mut desk = Desk::new(&["a", "b", "c"]);
    desk.set("a", standing(Health::Silent, at(0)));
    assert_eq!(desk.hear_until(0, 20), heard([(15, "+a silent")]));
    desk.set("b", standing(Health::Moved, at(20)));
    desk.set("a", standing(Health::Degraded, at(20)));
    assert_eq!(desk.hear_until(20, 200), heard([(75, "+b moved, =a")]), "a changed within a day");
    assert_eq!(desk.hear_until(205, 24 * 60 + 60), heard([(24 * 60 + 30, "~a degraded, =b")]));
    desk.set("a", standing(Health::Ok, hours(26)));
    assert_eq!(desk.hear_until(26 * 60, 27 * 60), heard([(26 * 60 + 15, "-a, =b")]));
    desk.set("a", standing(Health::Silent, hours(27)));
    assert_eq!(desk.hear_until(27 * 60, 60 * 60), heard([(48 * 60 + 45, "+a silent, =b")]), "it comes and goes");
}

#[test]
fn what_is_told_is_not_over_while_its_source_fails_anew() {
    let mut desk = Desk::new(&["a", "b", "c"]);
    desk.set("a", standing(Health::Degraded, at(0)));
    desk.hear_until(0, 30);
    desk.set("a", standing(Health::Failing, hours(30)));
    assert_eq!(desk.hear_until(30 * 60, 50 * 60), heard([(36 * 60 + 15, "~a failing")]));
    let gap = Some(Gap { from: hours(29), to: hours(50) });
    desk.set("a", Standing { gap, ..standing(Health::Ok, hours(50)) });
    assert_eq!(desk.hear_until(50 * 60, 60 * 60), heard([(50 * 60 + 15, "-a gap")]));
}

#[test]
fn an_outage_of_our_own_is_told_once_and_blames_no_source() {
    let mut desk = Desk::new(&["a", "b", "c", "d"]);
    desk.floors = vec![Floor { name: "all".to_owned(), at_least: 4, ..Floor::default() }];
    desk.set("d", standing(Health::Silent, at(0)));
    assert_eq!(desk.hear_until(0, 30), heard([(15, "+d silent, +floor all failing")]));
    for (id, minute) in [("a", 120), ("b", 125), ("c", 130)] {
        desk.set(id, Standing { local: true, ..standing(Health::Failing, at(minute)) });
    }
    desk.set("d", Standing { local: true, ..standing(Health::Failing, at(140)) });
    assert_eq!(desk.hear_until(140, 24 * 60), heard([(155, "+network failing, =d, =floor all")]));
    // Three are polled again, and one of them shows that it missed something.
    desk.back = Some(hours(24));
    for id in ["a", "b"] {
        desk.set(id, standing(Health::Ok, hours(24)));
    }
    let gap = Some(Gap { from: hours(2), to: hours(24) });
    desk.set("c", Standing { gap, ..standing(Health::Ok, hours(24)) });
    assert_eq!(desk.hear_until(24 * 60, 26 * 60), heard([(24 * 60 + 15, "-network gap, =d, =floor all, gap c")]));
    desk.set("d", standing(Health::Ok, hours(26)));
    assert_eq!(desk.hear_until(26 * 60, 27 * 60), heard([(26 * 60 + 15, "-d, -floor all")]));
}

#[test]
fn a_long_gap_is_told_of_a_source_that_was_never_in_trouble() {
    let mut desk = Desk::new(&["a", "b", "c"]);
    let short = Some(Gap { from: hours(1), to: hours(4) });
    desk.set("a", Standing { gap: short, ..standing(Health::Ok, at(0)) });
    assert!(desk.hear_until(240, 300).is_empty(), "a short one waits for company");
    let long = Some(Gap { from: hours(1), to: hours(10) });
    desk.set("b", Standing { gap: long, ..standing(Health::Ok, at(0)) });
    assert_eq!(desk.hear_until(600, 900), heard([(615, "gap a, gap b")]));
}

/// Seen failing with the loss as a subject without its moment: then the second one was known already.
#[test]
fn a_store_that_was_lost_is_told_once_each_time_and_is_never_over() {
    let mut desk = Desk::new(&["anp"]);
    let lost = |since| Some(Incident { since, what: "made anew".to_owned(), advice: None });
    desk.lost = lost(at(0));
    assert_eq!(desk.hear_until(0, 600), heard([(15, "+store failing")]));
    desk.lost = lost(at(601));
    assert_eq!(desk.hear_until(601, 1200), heard([(616, "+store failing")]));
    desk.lost = None;
    assert_eq!(desk.hear_until(1201, 3000), heard([]));
}

#[test]
fn mail_that_does_not_leave_is_a_matter() {
    let mut desk = Desk::new(&["a"]);
    desk.mail = Some(Incident { since: at(0), what: "the relay refuses us".to_owned(), advice: None });
    assert_eq!(desk.hear_until(0, 60), heard([(15, "+mail failing")]));
    desk.mail = None;
    assert_eq!(desk.hear_until(65, 200), heard([(80, "-mail")]));
}

#[test]
fn a_floor_counts_sources_of_its_kind_and_names_those_that_are_down() {
    let floor = Floor {
        name: "Mali in Arabic".to_owned(),
        at_least: 2,
        lang: Some("ar".to_owned()),
        tags: vec!["Mali".to_owned()],
        owner: Some(Owner::Private),
        tier: Some(2),
    };
    let fits = Source {
        lang: Some("ar-ML".to_owned()),
        tags: vec!["Mali".to_owned(), "radio".to_owned()],
        owner: Some(Owner::Private),
        ..source("a")
    };
    let mut desk = Desk::new(&["a", "b", "c", "d", "e", "f"]);
    desk.floors = vec![floor];
    let others = [
        fits.clone(),
        Source { id: SourceId::new("b").expect("an id"), ..fits.clone() },
        Source { id: SourceId::new("c").expect("an id"), lang: Some("arq".to_owned()), ..fits.clone() },
        Source { id: SourceId::new("d").expect("an id"), tier: 3, ..fits.clone() },
        Source { id: SourceId::new("e").expect("an id"), owner: None, ..fits.clone() },
        Source { id: SourceId::new("f").expect("an id"), tags: Vec::new(), ..fits },
    ];
    for (slot, source) in desk.sources.iter_mut().zip(others) {
        slot.0 = source;
    }
    desk.set("b", standing(Health::Failing, at(0)));
    assert_eq!(desk.hear_until(0, 24 * 60), heard([(375, "+b failing, +floor Mali in Arabic failing")]));
    let floor =
        desk.told.matters.iter().find(|matter| matches!(matter.subject, Subject::Floor(_))).expect("it was told");
    assert_eq!(floor.what, "1 of at least 2 live sources; not live: b (failing)");
    assert_eq!(floor.since, at(0));
    desk.set("b", standing(Health::Moved, hours(24)));
    assert_eq!(desk.hear_until(24 * 60, 30 * 60), heard([(24 * 60 + 15, "-floor Mali in Arabic, =b")]));
}

#[test]
fn a_flood_is_told_once_a_day_whatever_it_does() {
    let mut desk = Desk::new(&["a", "b"]);
    let flood = Incident { since: at(0), what: "90 of its items matched".to_owned(), advice: None };
    desk.floods = vec![(SourceId::new("a").expect("an id"), flood.clone())];
    assert_eq!(desk.hear_until(0, 60), heard([(15, "+flood a failing")]));
    desk.floods.clear();
    assert_eq!(desk.hear_until(65, 120), heard([(80, "-flood a")]));
    desk.floods = vec![(SourceId::new("a").expect("an id"), flood)];
    assert_eq!(desk.hear_until(125, 23 * 60), heard([]));
}

#[test]
fn advice_names_a_command_or_a_setting() {
    let degraded = |doubt| Standing { doubt: Some(doubt), doubts: 3, ..standing(Health::Degraded, at(0)) };
    for (standing, part) in [
        (degraded(Doubt::Teasers), "`full_text = true`"),
        (degraded(Doubt::Articles), "`full_text = false`"),
        (degraded(Doubt::Nothing), "`sahelwatch try a`"),
        (standing(Health::Overflowing, at(0)), "`interval = \"7m\"`"),
        (standing(Health::Silent, at(0)), "`stale_after`"),
        (standing(Health::Blocked, at(-500)), "`sahelwatch try a`"),
        (standing(Health::Failing, at(-500)), "`sahelwatch try a`"),
        (standing(Health::Moved, at(0)), "`url`"),
    ] {
        let source = source("a");
        let sources = [(&source, &standing)];
        let view = View { sources: &sources, ..View::default() };
        let advice = matters(&view, at(0)).ripe.pop().and_then(|matter| matter.advice).unwrap_or_default();
        assert!(advice.contains(part), "{:?}: {advice}", standing.health);
    }
}

#[test]
fn our_network_is_what_more_than_half_lose_at_once() {
    let dead = |since: i64| Standing { local: true, ..standing(Health::Failing, at(since)) };
    let fine = || standing(Health::Ok, at(-9000));
    let answered = |since: i64| standing(Health::Failing, at(since));
    let cases = [
        ("more than half", vec![dead(0), dead(10), dead(14), fine(), fine()], Some((0, 3, 5))),
        ("half", vec![dead(0), dead(10), dead(14), fine(), fine(), fine()], None),
        ("two of two", vec![dead(0), dead(1)], None),
        ("over a week", vec![dead(0), dead(3000), dead(6000), dead(9000)], None),
        (
            "with some that failed before",
            vec![dead(-9000), dead(-9000), dead(0), dead(1), dead(2), fine()],
            Some((0, 3, 4)),
        ),
        ("that do answer", vec![answered(0), answered(1), answered(2)], None),
        (
            "never polled",
            vec![dead(0), dead(1), dead(2), Standing::default(), Standing::default(), Standing::default()],
            Some((0, 3, 3)),
        ),
        ("nobody", vec![], None),
    ];
    let source = source("a");
    for (name, standings, expected) in cases {
        let outage = own_network(standings.iter().map(|standing| (&source, standing)));
        let expected = expected.map(|(since, failing, of)| (at(since), failing, of));
        assert_eq!(outage.map(|outage| (outage.since, outage.failing, outage.of)), expected, "{name}");
    }
}

#[test]
fn a_mail_that_was_lost_is_told_once_and_again_when_the_next_is_taken() {
    let mut desk = Desk::new(&["a"]);
    let last = |desk: &mut Desk, last| desk.addressees = vec![Addressee { address: "x@y.example".to_owned(), last }];
    last(&mut desk, Last::Accepted);
    assert_eq!(desk.hear_until(0, 60), heard([]));
    let incident = Incident { since: at(61), what: "refused: 550".to_owned(), advice: None };
    last(&mut desk, Last::Lost(incident));
    assert_eq!(desk.hear_until(65, 300), heard([(80, "+mail to x@y.example failing")]));
    last(&mut desk, Last::Unknown);
    assert_eq!(desk.hear_until(305, 400), heard([]), "not known to be well");
    last(&mut desk, Last::Accepted);
    assert_eq!(desk.hear_until(405, 600), heard([(420, "-mail to x@y.example")]));
}
