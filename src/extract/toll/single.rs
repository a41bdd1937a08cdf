//! One person told without a number: `مقتل جندي`, `kills the mayor`, a headline's `Soldier killed`. §8.2 of the
//! matching design says it of Arabic; English headlines drop their articles likewise. Plurals without a number say
//! nothing.

use super::count::count;
use super::sense::{Count, Persons, Reach, Sense};
use super::unit::{Gap, Unit};
use crate::text::Tokens;

/// Words before a person at the head of a clause, at most: `French aid worker killed`.
const HEAD: usize = 3;

/// Puts a count of one in place of each single person right beside an event that no number could go with.
pub(super) fn count_singles(units: &mut [Unit], tokens: &Tokens) {
    for at in 0..units.len() {
        if units[at].sense != Sense::Person(Persons::One) || counted(units, at) {
            continue;
        }
        if suffers(units, at, tokens) || heads_clause(units, at, tokens) {
            units[at].sense = Sense::Count(Count::exact(1));
        }
    }
}

/// Whether a number stands on either side: `شخص واحد`, `mutum 20`, `one person`.
fn counted(units: &[Unit], at: usize) -> bool {
    let behind = (at + 1..=at + 2).take_while(|&i| units.get(i).is_some_and(|unit| unit.adjoins() && !unit.conjoined));
    let before =
        (at.saturating_sub(HEAD)..at).rev().take_while(|&i| units[i + 1].adjoins() && units[i].trigger().is_none());
    behind.chain(before).any(|i| count(units, i).is_some())
}

/// Whether an event stands right before the person, or before the article: `kill teacher`, `killed the village chief`.
fn suffers(units: &[Unit], at: usize, tokens: &Tokens) -> bool {
    let mut event = at;
    for _ in 0..HEAD {
        let Some(before) = event.checked_sub(1).filter(|_| units[event].gap == Gap::Space && !units[event].conjoined)
        else {
            return false;
        };
        event = before;
        if let Some(trigger) = units[event].trigger() {
            // A participle right before a person is an adjective: `wounded soldier`.
            let serves_before = || (event.saturating_sub(8)..event).any(|i| count(units, i).is_some());
            return match trigger.reach {
                Reach::Before => false,
                Reach::After => true,
                Reach::Both => is_definite(units, event + 1, tokens) && !serves_before(),
            };
        }
        if !matches!(units[event].sense, Sense::Plain | Sense::Thing | Sense::Adjective) {
            return false;
        }
    }
    false
}

/// Whether the person opens a clause and the event follows at once: `Twelve-year-old boy killed`, `Mali: journalist
/// abducted`.
fn heads_clause(units: &[Unit], at: usize, tokens: &Tokens) -> bool {
    let passive = units.get(at + 1).filter(|next| next.gap == Gap::Space && !next.conjoined);
    let passive = passive.and_then(Unit::trigger).is_some_and(|trigger| trigger.reach != Reach::After);
    if !passive {
        return false;
    }
    let mut first = at;
    while first > 0 && units[first].adjoins() && at - first <= HEAD {
        first -= 1;
        let opens = matches!(units[first].sense, Sense::Plain | Sense::Thing | Sense::Adjective);
        if !opens || is_definite(units, first, tokens) {
            return false;
        }
    }
    first == 0 || !units[first].adjoins()
}

/// Whether a word points to somebody told of before.
fn is_definite(units: &[Unit], at: usize, tokens: &Tokens) -> bool {
    const POINTERS: [&str; 18] = [
        "the", "this", "that", "his", "her", "their", "le", "la", "l", "les", "ce", "cet", "cette", "son", "sa",
        "leur", "every", "each",
    ];
    POINTERS.contains(&tokens.folded(&tokens.words()[units[at].first]))
}
