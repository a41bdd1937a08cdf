//! From claims to figures: lists share their event, the form of a word may say one or two, and one number over dead and wounded
//! is told as casualties (§8.2, 8.5 and 8.7 of the matching design).

use super::claim::{Claim, claims, events, toll_trigger};
use super::count::{count, is_person};
use super::sense::{Count, Event, Persons, Reach, Role, Sense};
use super::unit::{Gap, Unit};
use crate::model::{TollKind, TollQualifier};

/// Words between two numbers of a list, at most: `six aid workers, their driver and a local guide`.
const LIST: usize = 8;
/// Words between a number and the people it counts, at most: `six French aid workers`.
const NOUN: usize = 4;

/// A figure of a sentence; the units it spans are those of its number and its event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub(super) kind: TollKind,
    pub(super) count: Count,
    pub(super) first: usize,
    pub(super) last: usize,
    /// Where its number stands; records are told in this order.
    pub(super) place: usize,
}

/// The figures of a sentence whose numbers are settled.
pub(super) fn records(units: &[Unit]) -> Vec<Record> {
    let events = events(units);
    let mut claims = claims(units);
    share(units, &mut claims);
    let used = |trigger: usize| claims.iter().any(|claim| claim.trigger == trigger);
    let mut merged = Vec::new();
    let mut records = Vec::new();
    for claim in &claims {
        let (Event::Toll(kind), Some(count)) = (claim.event, count(units, claim.count)) else { continue };
        let partner = partner(units, &events, claim.trigger, kind).filter(|&partner| !used(partner));
        merged.extend(partner);
        if count.role == Role::Blank {
            continue;
        }
        let kind = if partner.is_some() { TollKind::Casualties } else { kind };
        let ends = [Some(claim.count), Some(claim.trigger), partner];
        let first = ends.iter().flatten().min().copied().unwrap_or(claim.count);
        let last = ends.iter().flatten().max().copied().unwrap_or(claim.count);
        let count = qualified_behind(units, last, claim.count, count);
        records.push(Record { kind, count, first, last, place: claim.count });
    }
    for at in 0..units.len() {
        if !used(at) && !merged.contains(&at) {
            records.extend(implied(units, &events, at));
        }
    }
    records.sort_by_key(|record| record.place);
    records
}

/// Gives the members of a list the event that only one of them stands beside: `seven troops and 11 militants have been killed`,
/// `tuant 3 soldats, 2 gendarmes et 4 civils`. Each must count people, and a conjunction must close the list, since a comma
/// alone also parts clauses.
fn share(units: &[Unit], claims: &mut Vec<Claim>) {
    let numbers: Vec<usize> =
        (0..units.len()).filter(|&at| count(units, at).is_some_and(|count| count.role != Role::Sub)).collect();
    let mut of: Vec<Option<Claim>> =
        numbers.iter().map(|&at| claims.iter().find(|claim| claim.count == at).copied()).collect();
    let mut closed = false;
    for n in (0..numbers.len().saturating_sub(1)).rev() {
        closed &= listed(units, numbers[n], numbers[n + 1]);
        let Some(next) = of[n + 1].filter(|next| of[n].is_none() && next.trigger > numbers[n + 1]) else {
            closed = false;
            continue;
        };
        closed |= conjoined(units, numbers[n], numbers[n + 1]) && listed(units, numbers[n], numbers[n + 1]);
        if closed {
            of[n] = Some(Claim { count: numbers[n], ..next });
            claims.extend(of[n]);
        }
    }
    for n in 1..numbers.len() {
        let Some(previous) = of[n - 1].filter(|previous| of[n].is_none() && previous.trigger < numbers[n - 1]) else {
            continue;
        };
        let ends = (n..numbers.len())
            .take_while(|&m| of[m].is_none() && listed(units, numbers[m - 1], numbers[m]) && counts_people(units, numbers[m]))
            .any(|m| conjoined(units, numbers[m - 1], numbers[m]));
        if ends {
            of[n] = Some(Claim { count: numbers[n], ..previous });
            claims.extend(of[n]);
        }
    }
}

/// Whether two numbers may be members of one list: people, then a comma or conjunction, then the next number, no event between.
fn listed(units: &[Unit], left: usize, right: usize) -> bool {
    let close = units[right].first.saturating_sub(units[left].last) <= LIST + 1;
    close && counts_people(units, left) && (left + 1..right).all(|at| units[at].trigger().is_none())
}

fn conjoined(units: &[Unit], left: usize, right: usize) -> bool {
    (left + 1..=right).any(|at| units[at].conjoined)
}

fn counts_people(units: &[Unit], at: usize) -> bool {
    units[at + 1..].iter().take(NOUN).take_while(|unit| unit.adjoins() && !unit.conjoined).any(is_person)
}

/// The other one of dead and wounded, right beside the first: `dozens killed and injured`, `عشرات القتلى والجرحى`, `مقتل وإصابة 12`.
fn partner(units: &[Unit], events: &[Option<Event>], at: usize, kind: TollKind) -> Option<usize> {
    let other = match kind {
        TollKind::Killed => TollKind::Wounded,
        TollKind::Wounded => TollKind::Killed,
        _ => return None,
    };
    let is_other = |at: usize| toll_trigger(units, events, at).is_some_and(|(_, kind)| kind == other);
    let joint = |at: usize| matches!(units.get(at).map(|u| u.sense), Some(Sense::And | Sense::Or | Sense::From));
    let mut next = at + 1;
    while joint(next) && next < at + 3 {
        next += 1;
    }
    let joined = units.get(next).is_some_and(|unit| next > at + 1 || unit.conjoined || unit.gap == Gap::Comma);
    if joined && is_other(next) {
        return Some(next);
    }
    let mut before = at.checked_sub(1)?;
    if joint(before) {
        before = before.checked_sub(1)?;
    } else if !units[at].conjoined {
        return None;
    }
    is_other(before).then_some(before)
}

/// Takes in a qualifier behind the figure: `6 قتلى على الأقل`, `12 morts au moins`, unless it belongs to a number that follows.
fn qualified_behind(units: &[Unit], last: usize, number: usize, figure: Count) -> Count {
    for at in [last + 1, number + 1, number + 2] {
        let Some(Sense::Qualifier(qualifier)) = units.get(at).map(|unit| unit.sense) else { continue };
        let bound = (at + 1..=at + 2).any(|ahead| count(units, ahead).is_some());
        let behind = matches!(qualifier, TollQualifier::AtLeast | TollQualifier::Approx);
        if behind && !bound && units[at].adjoins() && figure.qualifier == TollQualifier::Exact {
            return figure.qualified(qualifier);
        }
    }
    figure
}

/// What an event without a number says by its form: `قتيلين` are two, `مقتل جندي` and a headline's `Soldier killed` are one.
/// Plurals and people already named say nothing.
fn implied(units: &[Unit], events: &[Option<Event>], at: usize) -> Option<Record> {
    let (trigger, kind) = toll_trigger(units, events, at)?;
    let record = |value, first, last| {
        Some(Record { kind, count: Count::exact(value), first, last, place: first.max(at) })
    };
    if trigger.implied > 0 {
        return record(trigger.implied, at, at);
    }
    let one = |at: usize| matches!(units.get(at).map(|unit| unit.sense), Some(Sense::Person(Persons::One)));
    if trigger.reach != Reach::Before && one(at + 1) && units[at + 1].gap == Gap::Space {
        return record(1, at, at + 1);
    }
    let opens = at == 1 || (at > 1 && matches!(units[at - 1].gap, Gap::Colon | Gap::Comma));
    if trigger.reach != Reach::After && opens && one(at - 1) && units[at].gap == Gap::Space {
        return record(1, at - 1, at);
    }
    None
}
