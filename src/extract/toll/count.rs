//! Which numbers may be tolls, and how sure they are: ages, dates, routes and things are dropped, ranges joined,
//! qualifiers taken in, and parts of figures already told set aside. §8.1 to 8.3 and 8.5 of the matching design.

use super::sense::{Count, Event, Role, Sense, Trigger};
use super::unit::{Gap, Unit};
use crate::model::{TollKind, TollQualifier};
use crate::text::Tokens;

/// Words between a verb of rising and `from 12 to 15`, at most.
const RISE_WINDOW: usize = 8;

/// Settles every number of a sentence whose numbers are composed.
pub(super) fn settle(units: &mut Vec<Unit>, tokens: &Tokens) {
    join_ranges(units);
    for at in 0..units.len() {
        let Some(count) = count(units, at) else { continue };
        if !counts_people(units, at, count, tokens) {
            units[at].sense = Sense::Plain;
        }
    }
    join_qualifiers(units);
    mark_parts(units);
}

/// The finished number at a unit.
pub(super) fn count(units: &[Unit], at: usize) -> Option<Count> {
    match units.get(at)?.sense {
        Sense::Count(count) => Some(count),
        _ => None,
    }
}

fn sense(units: &[Unit], at: Option<usize>) -> Sense {
    at.and_then(|at| units.get(at)).map_or(Sense::Plain, |unit| unit.sense)
}

/// `10 to 15`, `between 10 and 15`, `de 10 à 15`, `ما بين 10 و12`, `10-15`, `two or three`. Behind a verb of rising
/// (`passe de 12 à 15`) the first is the old figure, and the second stands alone.
fn join_ranges(units: &mut Vec<Unit>) {
    let mut out: Vec<Unit> = Vec::with_capacity(units.len());
    let mut at = 0;
    while let Some(unit) = units.get(at).copied() {
        let Some((low, high, end)) = range(units, at) else {
            out.push(unit);
            at += 1;
            continue;
        };
        let opened = matches!(out.last().map(|unit| unit.sense), Some(Sense::From | Sense::Between));
        let rises = opened
            && out.last().is_some_and(|unit| unit.sense == Sense::From)
            && out.iter().rev().take(RISE_WINDOW).any(|unit| unit.sense == Sense::Rise);
        // A toll may be revised downwards, but a range runs upwards.
        if !rises && low.min >= high.min {
            out.push(unit);
            at += 1;
            continue;
        }
        let count = if rises { high } else { Count { max: high.max, qualifier: TollQualifier::Range, ..low } };
        let first = match out.last().copied().filter(|_| opened) {
            Some(opener) => {
                out.pop();
                opener
            }
            None => unit,
        };
        out.push(Unit { last: units[end].last, sense: Sense::Count(count), ..first });
        at = end + 1;
    }
    *units = out;
}

/// The two ends of a range that starts at a unit, and the unit of its upper end.
fn range(units: &[Unit], at: usize) -> Option<(Count, Count, usize)> {
    let low = count(units, at)?;
    let next = units.get(at + 1).filter(|unit| unit.adjoins())?;
    let opener = sense(units, at.checked_sub(1));
    let end = match next.sense {
        // Read by all Latin grammars at once, `à` looks like the English article.
        Sense::To | Sense::Or | Sense::Article => at + 2,
        Sense::And if opener == Sense::Between => at + 2,
        Sense::Count(_) if next.gap == Gap::Hyphen || (next.conjoined && opener == Sense::Between) => at + 1,
        _ => return None,
    };
    let high = count(units, end).filter(|_| units[end].adjoins())?;
    let plain = |count: Count| matches!(count.qualifier, TollQualifier::Exact | TollQualifier::Approx);
    let years = low.role == Role::Year && high.role == Role::Year;
    (plain(low) && plain(high) && low.role != Role::Blank && !years).then_some((low, high, end))
}

/// Whether a number can count people by what stands around it.
fn counts_people(units: &[Unit], at: usize, count: Count, tokens: &Tokens) -> bool {
    let unit = &units[at];
    let written = tokens.folded(&tokens.words()[unit.last]).bytes().all(|byte| byte.is_ascii_digit());
    let next = units.get(at + 1).filter(|next| next.adjoins());
    let measured = match next.map(|next| next.sense) {
        // `hundreds of homes`, `une dizaine de villages`.
        Some(Sense::From) => sense(units, Some(at + 2)),
        Some(sense) => sense,
        None => Sense::Plain,
    };
    if matches!(measured, Sense::Thing | Sense::Label) {
        return false;
    }
    let people = matches!(measured, Sense::Person(_) | Sense::Trigger(_));
    // `three-day`, `10-member`: the number belongs to an adjective.
    if !people && next.is_some_and(|next| next.gap == Gap::Hyphen && !matches!(next.sense, Sense::Count(_))) {
        return false;
    }
    let previous = at.checked_sub(1).map(|before| units[before]).filter(|_| unit.adjoins());
    let before = previous.map_or(Sense::Plain, |previous| previous.sense);
    if before == Sense::Excludes {
        return false;
    }
    if !written {
        return !matches!(before, Sense::Label) || people;
    }
    if is_age_in_commas(units, at, count) {
        return false;
    }
    let day = count.min <= 31;
    let dated = matches!(measured, Sense::Calendar) && day && is_name(units, at + 1, tokens);
    let after_name = matches!(before, Sense::Calendar) && !people && !event_near(units, at);
    let labelled = matches!(before, Sense::Label) && !people;
    let bare_year = count.role == Role::Year && !qualified(before);
    let year = bare_year && (!people || before == Sense::Calendar);
    let dated = dated || year || (after_name && (day || count.role == Role::Year));
    !dated && !labelled
}

/// `a worker, 58, was killed`.
fn is_age_in_commas(units: &[Unit], at: usize, count: Count) -> bool {
    let comma = |at: usize| units.get(at).is_some_and(|unit| unit.gap == Gap::Comma);
    let told = at.checked_sub(1).is_some_and(|before| matches!(units[before].sense, Sense::Plain | Sense::Person(_)));
    told && comma(at) && comma(at + 1) && count.min < 120
}

/// Whether an event stands within two words behind a number: `on Wednesday 5 more died`.
fn event_near(units: &[Unit], at: usize) -> bool {
    let near = units.iter().skip(at + 1).take(2).take_while(|unit| unit.adjoins() && unit.sense != Sense::Thing);
    near.into_iter().any(|unit| unit.trigger().is_some())
}

/// Whether a calendar word names a day or month; the others (`in`, `since`) only announce a year.
fn is_name(units: &[Unit], at: usize, tokens: &Tokens) -> bool {
    units.get(at).is_some_and(|unit| {
        let word = tokens.folded(&tokens.words()[unit.first]);
        !matches!(
            word,
            "in" | "since" | "until" | "during" | "early" | "late" | "en" | "depuis" | "fin" | "debut" | "في" | "منذ"
        )
    })
}

fn qualified(before: Sense) -> bool {
    matches!(before, Sense::Qualifier(_))
}

/// Takes qualifiers before a number into it: `at least 12`, `plus d'une dizaine`, Hausa `aƙalla mutum 20`.
fn join_qualifiers(units: &mut [Unit]) {
    for at in 1..units.len() {
        let Some(count) = count(units, at) else { continue };
        let mut qualifier_at = at - 1;
        let noun_first = matches!(units[qualifier_at].sense, Sense::Person(_)) && units[at].adjoins();
        if noun_first && qualifier_at > 0 {
            qualifier_at -= 1;
        }
        let together = (qualifier_at + 1..=at).all(|i| units[i].adjoins());
        let mut qualifiers = Vec::new();
        while let Sense::Qualifier(qualifier) = units[qualifier_at].sense {
            if !together {
                break;
            }
            qualifiers.push((qualifier_at, qualifier));
            if qualifier_at == 0 || !units[qualifier_at].adjoins() {
                break;
            }
            qualifier_at -= 1;
        }
        // The outermost one decides: `at least about 20`.
        let mut joined = count;
        for &(_, qualifier) in &qualifiers {
            joined = joined.qualified(qualifier);
        }
        let Some(&(outermost, _)) = qualifiers.last() else { continue };
        if joined.role == Role::Year {
            joined.role = Role::Figure;
        }
        units[at].sense = Sense::Count(joined);
        units[at].conjoined |= units[outermost].conjoined;
        if !noun_first {
            units[at].first = units[outermost].first;
        }
        for (used, _) in qualifiers {
            units[used].sense = Sense::Plain;
        }
    }
}

/// Sets aside the parts of a figure: `including 2 children and 3 women`, `dont 5 enfants`, `12 of them`, `بينهم 3`.
fn mark_parts(units: &mut [Unit]) {
    let mut part = false;
    let mut whole: Option<usize> = None;
    for at in 0..units.len() {
        match units[at].sense {
            Sense::Sub => part = true,
            Sense::Trigger(_) | Sense::Rise => part &= follows_sub(units, at),
            Sense::Count(mut count) => {
                let behind = sense(units, Some(at + 1));
                let counted_before = matches!(behind, Sense::Sub | Sense::SubAfter)
                    && units[at + 1].adjoins()
                    && whole.is_some()
                    && !sub_opens(units, at + 1);
                let bracketed = units[at].gap == Gap::Sign && whole.is_some() && own_event(units, at).is_none();
                if (part && !tells_more(units, at, whole)) || counted_before || bracketed {
                    count.role = Role::Sub;
                    units[at].sense = Sense::Count(count);
                } else {
                    part = false;
                    whole = Some(at);
                }
            }
            _ => {}
        }
    }
}

/// Whether a trigger still belongs to the words right behind `including` (`including at least five dead children`).
fn follows_sub(units: &[Unit], at: usize) -> bool {
    (at.saturating_sub(2)..at).any(|before| units[before].sense == Sense::Sub)
}

/// Whether `منهم` looks forward: a number stands behind it.
fn sub_opens(units: &[Unit], at: usize) -> bool {
    (at + 1..=at + 2).any(|ahead| count(units, ahead).is_some())
}

/// Whether a number behind `including` has its own event, so that it is no mere part: it follows another trigger's
/// number by a conjunction (`including 3 women, and 5 wounded`), or the whole was victims or the attacked (`30
/// victims, including 12 dead`).
fn tells_more(units: &[Unit], at: usize, whole: Option<usize>) -> bool {
    let Some(own) = own_event(units, at) else { return false };
    let opened_here = (at.saturating_sub(2)..at).any(|before| units[before].sense == Sense::Sub);
    if !opened_here {
        return true;
    }
    let Some(whole) = whole else { return true };
    let others = (at.saturating_sub(2 * RISE_WINDOW).max(whole + 1)..at).find_map(|between| units[between].trigger());
    others.is_none_or(|other| other.event == Event::Toll(TollKind::Casualties) && own.event != other.event)
}

/// The event within three words behind a number.
fn own_event(units: &[Unit], at: usize) -> Option<&Trigger> {
    let clause = |unit: &&Unit| !matches!(unit.sense, Sense::Count(_)) && unit.adjoins() && !unit.conjoined;
    units.iter().skip(at + 1).take(3).take_while(clause).find_map(Unit::trigger)
}

/// Whether a unit is a word for people.
pub(super) fn is_person(unit: &Unit) -> bool {
    matches!(unit.sense, Sense::Person(_))
}
