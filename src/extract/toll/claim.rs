//! Which number goes with which event (§8.4): the nearest unclaimed one within eight words, in its clause, with no
//! other number between; each event serves one number. Negated events and freed hostages are ruled out first (§8.6).

use super::count::{count, is_person};
use super::sense::{Event, Reach, Role, Sense, Trigger};
use super::unit::{Gap, Unit};
use crate::model::TollKind;
use crate::text::Tokens;

/// A comma between a number and its event counts as so many words: the event on this side of it is nearer.
const COMMA: u32 = 4;
/// Words between a negation and what it denies, at most: `لم يسفر الانفجار عن سقوط ضحايا`.
const DENIAL: usize = 4;

/// Words between a release and the kidnapping it ends, at most.
const RELEASE: usize = 8;
/// Words between hostages or displaced people and what then happened to them, at most.
const FATE: usize = 3;

/// A number and the event it goes with, both as unit numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) count: usize,
    pub(super) trigger: usize,
    pub(super) event: Event,
}

/// Pairs the numbers and events of a sentence, in the order of the numbers.
pub(super) fn claims(units: &[Unit], events: &[Option<Event>], tokens: &Tokens) -> Vec<Claim> {
    let mut pairs = pairs(units, events, tokens);
    pairs.sort_unstable_by_key(|pair| (pair.cost, pair.count, pair.trigger));
    let (mut counts, mut triggers) = (vec![false; units.len()], vec![false; units.len()]);
    let mut claims = Vec::new();
    for pair in pairs {
        if counts[pair.count] || triggers[pair.trigger] {
            continue;
        }
        counts[pair.count] = true;
        triggers[pair.trigger] = true;
        let event = events[pair.trigger].unwrap_or(Event::Nothing);
        claims.push(Claim { count: pair.count, trigger: pair.trigger, event });
    }
    claims.sort_unstable_by_key(|claim| claim.count);
    claims
}

/// What each unit tells once negations and releases are taken into account. None for units that tell nothing.
pub(super) fn events(units: &[Unit]) -> Vec<Option<Event>> {
    let mut events: Vec<Option<Event>> = units.iter().map(|unit| unit.trigger().map(|trigger| trigger.event)).collect();
    for at in 0..units.len() {
        name_people(units, at, &mut events);
        if units[at].sense == Sense::Not {
            deny(units, at, &mut events);
        }
        if events[at] == Some(Event::Freed) {
            release(units, at, &mut events);
        }
    }
    events
}

/// `two hostages killed`, `trois déplacés tués`: those words then name people, and what happened to them stands behind.
fn name_people(units: &[Unit], noun: usize, events: &mut [Option<Event>]) {
    let named =
        matches!(events[noun], Some(Event::Toll(TollKind::Kidnapped | TollKind::Displaced | TollKind::Casualties)));
    if !named || units[noun].trigger().is_none_or(|trigger| trigger.reach == Reach::After) {
        return;
    }
    let clause = |unit: &&Unit| unit.adjoins() && !unit.conjoined && !matches!(unit.sense, Sense::Count(_));
    let worse = units.iter().skip(noun + 1).take(FATE).take_while(clause).filter_map(Unit::trigger).any(|trigger| {
        trigger.reach != Reach::After && matches!(trigger.event, Event::Toll(TollKind::Killed | TollKind::Wounded))
    });
    if worse {
        events[noun] = None;
    }
}

/// `no casualties`, `aucun mort ni blessé`: what a negation denies is no event, nor what `or` adds to it.
fn deny(units: &[Unit], not: usize, events: &mut [Option<Event>]) {
    let mut reach = DENIAL;
    let mut at = not + 1;
    while at < units.len() && reach > 0 {
        if matches!(units[at].gap, Gap::Comma | Gap::Colon) || count(units, at).is_some_and(|c| c.role != Role::Blank) {
            return;
        }
        if units[at].trigger().is_some() {
            // `no group killed 12`: the number is not denied.
            if count(units, at + 1)
                .is_some_and(|c| c.role == Role::Figure && units[at + 1].adjoins() && !units[at + 1].conjoined)
            {
                return;
            }
            events[at] = Some(Event::Nothing);
            reach = 3;
        } else {
            reach -= 1;
        }
        at += 1;
    }
}

/// `frees 30 kidnapped women`: who is freed is not being kidnapped. Reaches through the clause.
fn release(units: &[Unit], freed: usize, events: &mut [Option<Event>]) {
    let mut soften = |at: usize| {
        if events[at] == Some(Event::Toll(TollKind::Kidnapped)) {
            events[at] = Some(Event::Freed);
        }
    };
    let clause = |at: &usize| !units[*at].conjoined && units[*at].gap != Gap::Comma;
    (freed + 1..units.len().min(freed + 1 + RELEASE)).take_while(clause).for_each(&mut soften);
    // `kidnapped and released`.
    if let Some(kidnapped) = freed.checked_sub(2).filter(|_| units[freed - 1].conjoined) {
        soften(kidnapped);
    }
    (freed.saturating_sub(RELEASE)..freed).rev().take_while(|at| clause(&(at + 1))).for_each(soften);
}

struct Pair {
    cost: u32,
    count: usize,
    trigger: usize,
}

fn pairs(units: &[Unit], events: &[Option<Event>], tokens: &Tokens) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for at in 0..units.len() {
        let Some(own) = count(units, at) else { continue };
        if own.role == Role::Sub {
            continue;
        }
        behind(units, at, &mut pairs);
        before(units, at, tokens, &mut pairs);
    }
    pairs.retain(|pair| events[pair.trigger].is_some());
    pairs
}

/// Events to the right of a number: `12 villagers, most of them women, were killed`.
fn behind(units: &[Unit], at: usize, pairs: &mut Vec<Pair>) {
    let (mut commas, mut since_comma) = (0_u32, 0_u32);
    for next in at + 1..units.len() {
        let unit = &units[next];
        let words = distance(units[at].last, unit.first);
        if words > WINDOW || stops(units, next) {
            return;
        }
        let listed = (unit.gap == Gap::Comma || unit.conjoined) && names_people(units, next);
        if unit.gap == Gap::Colon || (unit.conjoined && !listed) {
            return;
        }
        since_comma += 1;
        if unit.gap == Gap::Comma && !listed {
            commas += 1;
            since_comma = 0;
        }
        let Some(trigger) = unit.trigger() else { continue };
        // Behind one comma a new clause begins, unless it opens with the event; two commas enclose an aside.
        let clause = commas % 2 == 1 && since_comma > 1;
        // `a man who killed` is not the killed one.
        let did_it = trigger.reach == Reach::Both && units[next - 1].sense == Sense::Relative && unit.adjoins();
        if trigger.reach != Reach::After && words <= trigger.within && !clause && !did_it {
            pairs.push(Pair { cost: words + commas * COMMA, count: at, trigger: next });
        }
    }
}

/// Events to the left of a number: `killing at least 12`, `death toll rises to 61`.
fn before(units: &[Unit], at: usize, tokens: &Tokens, pairs: &mut Vec<Pair>) {
    let mut relayed = None;
    let mut cost = 0;
    // `kills Ibrahim Dicko and 3 others`: the others belong to somebody named behind the event.
    let mut crossings = usize::from(names_others(units, at, tokens));
    for previous in (0..at).rev() {
        let crossed = &units[previous + 1];
        if crossed.conjoined || crossed.gap == Gap::Comma {
            let Some(left) = crossings.checked_sub(1) else { return };
            crossings = left;
            cost += COMMA;
        }
        cost += u32::from(crossed.gap == Gap::Colon);
        let unit = &units[previous];
        // A verb of rising carries the number on to a total named further left.
        if unit.sense == Sense::Rise && relayed.is_none() {
            relayed = Some(unit.first);
        }
        let words = distance(unit.last, units[at].first);
        let far = words > WINDOW;
        if stops(units, previous) || (far && relayed.is_none()) || words > 3 * WINDOW {
            return;
        }
        let Some(trigger) = unit.trigger() else { continue };
        let total = trigger.total && relayed.is_some();
        let reaches = trigger.reach != Reach::Before || units[previous + 1].gap == Gap::Colon;
        if reaches && (total || words <= trigger.within) {
            pairs.push(Pair { cost: cost + words.min(WINDOW), count: at, trigger: previous });
        }
    }
}

/// §8.4: within eight words.
const WINDOW: u32 = 8;

/// Whether a number counts `others`.
fn names_others(units: &[Unit], at: usize, tokens: &Tokens) -> bool {
    units.get(at + 1).is_some_and(|next| {
        next.adjoins() && matches!(tokens.folded(&tokens.words()[next.first]), "others" | "autres" | "اخرين" | "اخرون")
    })
}

/// Whether another number bars the way; parts of figures do not.
fn stops(units: &[Unit], at: usize) -> bool {
    count(units, at).is_some_and(|count| count.role != Role::Sub)
}

/// Whether people stand here, or behind one more word: `women and young children`.
fn names_people(units: &[Unit], at: usize) -> bool {
    is_person(&units[at])
        || (units[at].trigger().is_none() && units.get(at + 1).is_some_and(|next| next.adjoins() && is_person(next)))
}

/// Words between two tokens.
fn distance(last: usize, first: usize) -> u32 {
    u32::try_from(first.saturating_sub(last + 1)).unwrap_or(u32::MAX)
}

/// The trigger of a unit that is known to be one of a toll.
pub(super) fn toll_trigger<'a>(
    units: &'a [Unit],
    events: &[Option<Event>],
    at: usize,
) -> Option<(&'a Trigger, TollKind)> {
    match events.get(at)? {
        Some(Event::Toll(kind)) => units[at].trigger().map(|trigger| (trigger, *kind)),
        _ => None,
    }
}
