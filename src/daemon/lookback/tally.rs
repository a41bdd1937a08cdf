//! How many items there were and how many matched: per day, per language and per source. Pure.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::walk::Gathered;
use crate::model::{ItemId, Reason};

/// Matches of one chunk whose language is told. It costs 0.1 ms each, twice as much as matching; the watches of a desk stay below
/// this, and of what matches everything some 30,000 tell the shares well enough.
const TOLD: u64 = 128;

/// How much matched, for people and for `--json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Items that match.
    pub items: u64,
    /// Alerts that were raised or would have been: what the first poll of a source found was only remembered.
    pub alerts: u64,
    /// Every day with an item, oldest first.
    pub days: Vec<Day>,
    /// By language, the most first.
    pub languages: Vec<Share>,
    /// Of how many matches the language was told: of all, or of some of each stretch of time where they are very many.
    pub languages_of: u64,
    /// By source, the most first.
    pub sources: Vec<Share>,
}

/// A day, in the configured time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Which.
    pub day: Date,
    /// Items first seen on it.
    pub items: u64,
    /// Those that match.
    pub matched: u64,
}

/// The matches in a language or of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Its code or id.
    pub name: String,
    /// How many.
    pub items: u64,
}

/// A count that grows item by item; newest first, within a chunk and from chunk to chunk.
#[derive(Debug, Default)]
pub(super) struct Tally {
    looked_at: u64,
    /// Matches of which the language was told.
    told: u64,
    days: BTreeMap<Date, (u64, u64)>,
    languages: BTreeMap<String, u64>,
    sources: BTreeMap<String, u64>,
    /// What the query matches, newest first.
    pub(super) matched: Vec<ItemId>,
    /// What of it was put before the watches, and not only remembered.
    pub(super) alerted: Vec<ItemId>,
    /// What it matches and the live watch does not, and the other way round.
    pub(super) gained: Vec<ItemId>,
    pub(super) lost: Vec<ItemId>,
}

/// A backtest goes through everything.
impl Gathered for Tally {
    fn found(&self) -> usize {
        0
    }
}

impl Tally {
    /// Counts an item that was looked at.
    pub(super) fn look_at(&mut self, day: Date) {
        self.looked_at += 1;
        self.days.entry(day).or_default().0 += 1;
    }

    /// Whether the language of the next match is to be told as well.
    pub(super) fn asks_language(&self) -> bool {
        self.told < TOLD
    }

    /// Counts an item that matches.
    pub(super) fn matches(&mut self, item: ItemId, reason: Reason, day: Date, lang: Option<&str>, source: &str) {
        self.days.entry(day).or_default().1 += 1;
        self.told += u64::from(lang.is_some());
        for (counts, name) in [(&mut self.languages, lang), (&mut self.sources, Some(source))] {
            match name.and_then(|name| counts.get_mut(name)) {
                Some(count) => *count += 1,
                None => drop(name.map(|name| counts.insert(name.to_owned(), 1))),
            }
        }
        self.matched.push(item);
        self.alerted.extend((reason != Reason::Primed).then_some(item));
    }

    /// Adds the tally of older items.
    pub(super) fn add(&mut self, older: Self) {
        self.looked_at += older.looked_at;
        self.told += older.told;
        for (day, (items, matched)) in older.days {
            let sum = self.days.entry(day).or_default();
            *sum = (sum.0 + items, sum.1 + matched);
        }
        for (mine, theirs) in [(&mut self.languages, older.languages), (&mut self.sources, older.sources)] {
            theirs.into_iter().for_each(|(name, count)| *mine.entry(name).or_default() += count);
        }
        self.matched.extend(older.matched);
        self.alerted.extend(older.alerted);
        self.gained.extend(older.gained);
        self.lost.extend(older.lost);
    }

    pub(super) fn looked_at(&self) -> u64 {
        self.looked_at
    }

    pub(super) fn volume(&self) -> Volume {
        let day = |(day, (items, matched)): (&Date, &(u64, u64))| Day { day: *day, items: *items, matched: *matched };
        Volume {
            items: self.matched.len() as u64,
            alerts: self.alerted.len() as u64,
            days: self.days.iter().map(day).collect(),
            languages: shares(&self.languages),
            languages_of: self.told,
            sources: shares(&self.sources),
        }
    }
}

fn shares(counts: &BTreeMap<String, u64>) -> Vec<Share> {
    let mut shares: Vec<Share> =
        counts.iter().map(|(name, items)| Share { name: name.clone(), items: *items }).collect();
    shares.sort_by_key(|share| std::cmp::Reverse(share.items));
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i8) -> Date {
        jiff::civil::date(2026, 11, day)
    }

    /// A number, a day, and language and source where it matches.
    type Sample<'a> = (u64, i8, Option<(&'a str, &'a str)>);

    fn tally(items: &[Sample<'_>], reason: Reason) -> Tally {
        let mut tally = Tally::default();
        for (id, on, matched) in items {
            tally.look_at(day(*on));
            if let Some((lang, source)) = matched {
                tally.matches(ItemId(*id), reason, day(*on), Some(*lang), source);
            }
        }
        tally
    }

    #[test]
    fn tallies_add_up_by_day_language_and_source() {
        let mut newer = tally(&[(9, 22, Some(("fr", "rfi"))), (8, 22, None)], Reason::New);
        newer.add(tally(&[(7, 22, Some(("ar", "bbc"))), (6, 21, Some(("ar", "rfi")))], Reason::Primed));
        let share = |name: &str, items| Share { name: name.to_owned(), items };
        assert_eq!(newer.looked_at(), 4);
        assert_eq!(newer.matched, [9, 7, 6].map(ItemId));
        assert_eq!(
            newer.volume(),
            Volume {
                items: 3,
                alerts: 1,
                days: vec![Day { day: day(21), items: 1, matched: 1 }, Day { day: day(22), items: 3, matched: 2 }],
                languages: vec![share("ar", 2), share("fr", 1)],
                languages_of: 3,
                sources: vec![share("rfi", 2), share("bbc", 1)],
            }
        );
    }

    #[test]
    fn of_very_many_matches_the_language_of_some_is_told() {
        let mut many = Tally::default();
        for id in 0..TOLD + 10 {
            let lang = many.asks_language().then_some("fr");
            many.matches(ItemId(id), Reason::New, day(1), lang, "rfi");
        }
        let volume = many.volume();
        assert_eq!((volume.items, volume.languages_of, volume.languages[0].items), (TOLD + 10, TOLD, TOLD));
    }

    #[test]
    fn what_was_only_remembered_raises_no_alert() {
        for (reason, alerts) in [(Reason::New, 1), (Reason::Changed, 1), (Reason::Primed, 0)] {
            assert_eq!(tally(&[(1, 1, Some(("fr", "rfi")))], reason).volume().alerts, alerts, "{reason}");
        }
    }
}
