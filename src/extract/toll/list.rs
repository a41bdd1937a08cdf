//! Lists share their event: `seven troops and 11 militants have been killed`, `tuant 3 soldats, 2 gendarmes et 4
//! civils`.
//!
//! Every member must count people. A conjunction closes a list; headlines close it with a comma (`Three soldiers, one
//! gendarme killed`), which is believed only where the people stand right beside it, since a comma also parts
//! clauses.

use super::claim::Claim;
use super::count::{count, is_person};
use super::sense::{Role, Sense};
use super::unit::{Gap, Unit};

/// Words between two numbers of a list, at most: `six aid workers, their driver and a local guide`.
const LIST: usize = 8;
/// Words between a number and the people it counts, at most: `six French aid workers`.
const NOUN: usize = 4;

/// Gives the members of a list the event that only one of them stands beside.
pub(super) fn share(units: &[Unit], claims: &mut Vec<Claim>) {
    let numbers: Vec<usize> =
        (0..units.len()).filter(|&at| count(units, at).is_some_and(|count| count.role != Role::Sub)).collect();
    let mut of: Vec<Option<Claim>> = vec![None; numbers.len()];
    for (n, &at) in numbers.iter().enumerate() {
        of[n] = claims.binary_search_by_key(&at, |claim| claim.count).ok().map(|found| claims[found]);
    }
    share_forwards(units, &numbers, &mut of);
    share_backwards(units, &numbers, &mut of);
    *claims = of.into_iter().flatten().collect();
}

/// The event stands behind the list.
fn share_backwards(units: &[Unit], numbers: &[usize], of: &mut [Option<Claim>]) {
    let mut closed = false;
    for n in (0..numbers.len().saturating_sub(1)).rev() {
        let (left, right) = (numbers[n], numbers[n + 1]);
        let member = of[n].is_none() && listed(units, left, right);
        let Some(next) = of[n + 1].filter(|next| member && next.trigger > right) else {
            closed = false;
            continue;
        };
        closed |= conjoined(units, left, right) || people_then_comma(units, left, right);
        if closed {
            of[n] = Some(Claim { count: left, ..next });
        }
    }
}

/// The event stands before the list.
fn share_forwards(units: &[Unit], numbers: &[usize], of: &mut [Option<Claim>]) {
    // How far the list reaches that the next number may belong to; looked for once per list, to stay linear.
    let mut closed_until = 0;
    for n in 1..numbers.len() {
        let Some(previous) = of[n - 1].filter(|previous| of[n].is_none() && previous.trigger < numbers[n - 1]) else {
            continue;
        };
        if n >= closed_until {
            let members = (n..numbers.len()).take_while(|&m| {
                of[m].is_none() && listed(units, numbers[m - 1], numbers[m]) && counts_people(units, numbers[m])
            });
            let closing =
                members.filter(|&m| conjoined(units, numbers[m - 1], numbers[m]) || ends_clause(units, numbers[m]));
            closed_until = closing.last().map_or(closed_until, |last| last + 1);
        }
        if n < closed_until {
            of[n] = Some(Claim { count: numbers[n], ..previous });
        }
    }
}

/// Whether two numbers may be members of one list: people, then a comma or conjunction, then the next number, no
/// event between.
fn listed(units: &[Unit], left: usize, right: usize) -> bool {
    let close = units[right].first.saturating_sub(units[left].last) <= LIST + 1;
    close && counts_people(units, left) && (left + 1..right).all(|at| units[at].trigger().is_none())
}

fn conjoined(units: &[Unit], left: usize, right: usize) -> bool {
    let between = &units[left + 1..=right];
    between.iter().any(|unit| unit.conjoined) && between.iter().all(|unit| unit.sense != Sense::But)
}

/// Whether people stand behind a number, or right before it as in Hausa; a single person told without a number counts
/// itself.
fn counts_people(units: &[Unit], at: usize) -> bool {
    let behind = units[at + 1..].iter().take(NOUN).take_while(|unit| unit.adjoins() && !unit.conjoined).any(is_person);
    let before = at.checked_sub(1).is_some_and(|before| units[at].adjoins() && is_person(&units[before]));
    // `three of his guards`; `hundreds of homes` was dropped before.
    let of = units.get(at + 1).is_some_and(|next| next.adjoins() && next.sense == Sense::From);
    behind || before || of || is_one(units, at)
}

/// Whether a count is one person itself.
fn is_one(units: &[Unit], at: usize) -> bool {
    count(units, at).is_some_and(|count| count.min <= 2 && count.max == Some(count.min))
}

/// `three soldiers, one gendarme killed`.
fn people_then_comma(units: &[Unit], left: usize, right: usize) -> bool {
    let near = right - left <= NOUN;
    near && units[right].gap == Gap::Comma
        && counts_people(units, right)
        && (is_person(&units[right - 1]) || (right == left + 1 && is_one(units, left)))
}

/// Whether the people of a number are the last words of a clause, or of all but its place: `kill priest, five
/// worshippers at church`.
fn ends_clause(units: &[Unit], at: usize) -> bool {
    let Some(people) = (at..units.len().min(at + NOUN)).find(|&i| is_person(&units[i])) else { return false };
    if units[at].gap != Gap::Comma {
        return false;
    }
    match units.get(people + 1) {
        None => true,
        Some(next) => !next.adjoins() || matches!(next.sense, Sense::Calendar | Sense::Place),
    }
}
