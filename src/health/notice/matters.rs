//! The matters of a moment: what is wrong for so long that a person should know.

use jiff::{SignedDuration, Timestamp};

use super::{Addressee, Incident, Last, Matters, View, advice};
use crate::health::coverage::coverage;
use crate::health::evidence::plural;
use crate::model::{Floor, Health, Matter, Source, Standing, Subject};

/// A source that fails is told after this long, or after [`INTERVALS`], whichever is longer (docs/promises.md P9): most
/// failures are over by then.
const FAILS_FOR: SignedDuration = SignedDuration::from_hours(6);
const INTERVALS: u32 = 3;
/// Failed polls that must have been seen, unless a day passed: a server may ask to be left alone for one.
const POLLS: u32 = 3;
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The matters at `now`. While our own network is out, no source and no floor is one.
#[must_use]
pub fn matters(view: &View<'_>, now: Timestamp) -> Matters {
    let mut matters = Matters::default();
    let own = [
        (Subject::Mail, &view.mail),
        (Subject::Configuration, &view.configuration),
        (Subject::Disk, &view.disk),
        (Subject::Size, &view.size),
    ];
    matters.unripe.extend(view.unsure.iter().cloned());
    matters
        .ripe
        .extend(own.into_iter().filter_map(|(subject, incident)| Some(of_incident(subject, incident.as_ref()?))));
    let floods = view.floods.iter().map(|(source, flood)| of_incident(Subject::Flood(source.clone()), flood));
    matters.ripe.extend(floods);
    matters.ripe.extend(view.lost.iter().map(|lost| of_incident(Subject::Store(lost.since), lost)));
    matters.gaps =
        view.sources.iter().filter_map(|(source, standing)| Some((source.id.clone(), standing.gap?))).collect();
    view.addressees.iter().for_each(|addressee| add_addressee(&mut matters, addressee));
    if let Some(outage) = view.outage {
        let what = format!("{} of {} sources fail at once", outage.failing, outage.of);
        let advice = Some("look at the network of this machine; no source is blamed while it lasts".to_owned());
        let incident = Incident { since: outage.since, what, advice };
        matters.ripe.push(of_incident(Subject::Network, &incident));
        return matters;
    }
    for (source, standing) in view.sources.iter().filter(|(_, standing)| standing.health != Health::Ok) {
        if is_ripe(source, standing, view.back, now) {
            matters.ripe.push(of_source(source, standing, now));
        } else {
            matters.unripe.push(Subject::Source(source.id.clone()));
        }
    }
    for floor in view.floors {
        add_floor(&mut matters, view, floor, now);
    }
    matters
}

/// Whether a source stands like this for long enough. What may have failed with our own network counts from its return,
/// since it was perhaps not polled again yet.
fn is_ripe(source: &Source, standing: &Standing, back: Option<Timestamp>, now: Timestamp) -> bool {
    if !matches!(standing.health, Health::Failing | Health::Blocked) {
        return true;
    }
    let Some(since) = standing.since else { return false };
    let since = back.filter(|_| standing.local).map_or(since, |back| since.max(back));
    let passed = now.duration_since(since);
    let intervals = SignedDuration::try_from(source.interval.saturating_mul(INTERVALS)).unwrap_or(SignedDuration::MAX);
    passed >= FAILS_FOR.max(intervals) && (standing.polls >= POLLS || passed >= DAY)
}

fn of_source(source: &Source, standing: &Standing, now: Timestamp) -> Matter {
    let evidence = standing.evidence.as_ref();
    Matter {
        subject: Subject::Source(source.id.clone()),
        health: standing.health,
        since: standing.since.unwrap_or(now),
        what: evidence.map_or_else(|| standing.health.as_str().to_owned(), |evidence| evidence.what.clone()),
        sample: evidence.and_then(|evidence| evidence.sample.clone()),
        advice: advice::of(source, standing),
    }
}

fn of_incident(subject: Subject, incident: &Incident) -> Matter {
    let Incident { since, what, advice } = incident.clone();
    Matter { subject, health: Health::Failing, since, what, sample: None, advice }
}

/// A mail that was lost is told at once: somebody does not know what they should.
fn add_addressee(matters: &mut Matters, addressee: &Addressee) {
    let subject = Subject::Recipient(addressee.address.clone());
    match &addressee.last {
        Last::Accepted => {}
        Last::Lost(incident) => matters.ripe.push(of_incident(subject, incident)),
        Last::Unknown => matters.unripe.push(subject),
    }
}

fn add_floor(matters: &mut Matters, view: &View<'_>, floor: &Floor, now: Timestamp) {
    let subject = Subject::Floor(floor.name.clone());
    let told = coverage(floor, view.sources, |source, standing| is_ripe(source, standing, view.back, now));
    if !told.is_short() {
        if coverage(floor, view.sources, |_, _| true).is_short() {
            matters.unripe.push(subject);
        }
        return;
    }
    let mut began: Vec<Timestamp> = told.down.iter().filter_map(|(_, standing)| standing.since).collect();
    began.sort_unstable();
    // It fell short with the source after the last one that could be spared.
    let spare = (told.live + told.down.len()).checked_sub(floor.at_least);
    let since = spare.and_then(|spare| began.get(spare).copied()).unwrap_or(now);
    let missing = u64::try_from(floor.at_least - told.live).unwrap_or(u64::MAX);
    let advice = if told.down.is_empty() {
        format!("add {} of its kind, or lower `at_least`", plural(missing, "source"))
    } else {
        "`sahelwatch sources` shows how its sources stand".to_owned()
    };
    let incident = Incident { since, what: told.text(), advice: Some(advice) };
    matters.ripe.push(of_incident(subject, &incident));
}
