//! From claims to figures: the form of a word may say one or two, and one number over dead and wounded
//! is told as casualties (§8.2, 8.5 and 8.7 of the matching design).

use super::claim::{claims, events, toll_trigger};
use super::count::count;
use super::list::share;
use super::sense::{Count, Event, Role, Sense};
use super::unit::{Gap, Unit};
use crate::model::{TollKind, TollQualifier};
use crate::text::Tokens;

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
pub(super) fn records(units: &[Unit], tokens: &Tokens) -> Vec<Record> {
    let events = events(units);
    let mut claims = claims(units, &events, tokens);
    share(units, &mut claims);
    let mut used = vec![false; units.len()];
    for claim in &claims {
        used[claim.trigger] = true;
    }
    let mut records = Vec::new();
    for claim in &claims {
        let (Event::Toll(kind), Some(count)) = (claim.event, count(units, claim.count)) else { continue };
        let partner = partner(units, &events, claim.trigger, kind).filter(|&partner| !used[partner]);
        if let Some(partner) = partner {
            used[partner] = true;
        }
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
    let unused = (0..units.len()).filter(|&at| !used[at]);
    records.extend(unused.filter_map(|at| implied(units, &events, at)));
    records.sort_by_key(|record| record.place);
    records
}

/// The other one of dead and wounded, right beside the first: `dozens killed and injured`, `عشرات القتلى والجرحى`,
/// `مقتل وإصابة 12`.
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

/// Takes in a qualifier behind the figure: `6 قتلى على الأقل`, `12 morts au moins`, unless it belongs to a number
/// that follows.
fn qualified_behind(units: &[Unit], last: usize, number: usize, figure: Count) -> Count {
    for at in [last + 1, number + 1, number + 2] {
        let Some(Sense::Qualifier(qualifier)) = units.get(at).map(|unit| unit.sense) else { continue };
        let bound = (at + 1..=at + 2).any(|ahead| count(units, ahead).is_some());
        let behind = match qualifier {
            TollQualifier::AtLeast => true,
            // `12 dead about`: only at the end of a clause, else it belongs to what follows.
            TollQualifier::Approx => units.get(at + 1).is_none_or(|next| !next.adjoins()),
            _ => false,
        };
        if behind && !bound && units[at].adjoins() && figure.qualifier == TollQualifier::Exact {
            return figure.qualified(qualifier);
        }
    }
    figure
}

/// What an event without a number says by its form: `قتيلين` are two.
fn implied(units: &[Unit], events: &[Option<Event>], at: usize) -> Option<Record> {
    let (trigger, kind) = toll_trigger(units, events, at)?;
    (trigger.implied > 0).then(|| Record { kind, count: Count::exact(trigger.implied), first: at, last: at, place: at })
}
