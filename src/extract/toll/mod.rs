//! Casualty figures in running text: `at least eight dead`, `مقتل جنديين`, `plus de 30 soldats tués`.
//!
//! Shallow grammars in the manner of NEXUS (Europe Media Monitor): numbers and events are read by word lists, and
//! paired by nearness inside a sentence. English, French, Arabic and the common patterns of Hausa. What is printed is
//! kept; which of two figures is true, and whether a text sums up a year, is not known here. The steps, one file
//! each:
//!
//! 1. `unit` cuts a sentence into words and phrases that mean something (`lexicon`, `words`);
//! 2. `number` composes numbers; 3. `count` drops ages, dates and routes, joins ranges, takes in qualifiers, and
//!    `single` adds the ones told without a number;
//! 4. `claim` gives each number its event, and `list` shares it with the rest of a list; 5. `record` tells the
//!    figures.

mod claim;
mod count;
mod lexicon;
mod list;
mod number;
mod record;
mod sense;
mod single;
mod unit;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use lexicon::Lexicon;
use record::Record;
use unit::{Reader, Unit};

use crate::model::{Field, FieldToll, Item, ItemTolls, Toll};
use crate::text::{Token, Tokens};

/// Words of a text that count as its lead: news tells the event first, and older events later.
const LEAD_WORDS: usize = 150;

/// The casualty figures of a text, in order. `lang` (BCP 47) chooses the grammar; without one, or with a language
/// that has none, the script does, and Latin text is read by all Latin grammars at once.
#[must_use]
pub fn tolls(text: &str, lang: Option<&str>) -> Vec<Toll> {
    in_tokens(text, &Tokens::of(text), lang)
}

/// Like [`tolls`], for a text whose tokens are at hand.
#[must_use]
pub fn in_tokens(text: &str, tokens: &Tokens, lang: Option<&str>) -> Vec<Toll> {
    let mut reader = Reader::new(text, tokens, Lexicon::of(lang));
    let mut units = Vec::new();
    let mut tolls = Vec::new();
    while reader.next_sentence(&mut units) {
        if units.is_empty() {
            continue;
        }
        number::compose(&mut units, tokens);
        count::settle(&mut units, tokens);
        single::count_singles(&mut units, tokens);
        tolls.extend(record::records(&units, tokens).iter().map(|record| toll(record, &units, tokens.words())));
    }
    tolls
}

/// The casualty figures of an item, and which of them are its own: per kind the title's, else the first one in the
/// lead.
#[must_use]
pub fn of_item(item: &Item, lang: Option<&str>) -> ItemTolls {
    let fields = [(Field::Title, &*item.title), (Field::Summary, &*item.summary), (Field::Body, &*item.body)];
    let cut = fields.map(|(field, text)| (field, text, Tokens::of(text)));
    of_fields(cut.iter().map(|(field, text, tokens)| (*field, *text, tokens)), lang)
}

/// Like [`of_item`], for fields whose tokens are at hand, in the order of reading.
#[must_use]
pub fn of_fields<'a>(fields: impl Iterator<Item = (Field, &'a str, &'a Tokens)>, lang: Option<&str>) -> ItemTolls {
    let mut records = Vec::new();
    let mut told = BTreeSet::new();
    for (field, text, tokens) in fields {
        let lead_end = tokens.words().get(LEAD_WORDS).map_or(u32::MAX, |token| token.start);
        let before = told.clone();
        for toll in in_tokens(text, tokens, lang) {
            // Both sides of a headline count, but only the first figure of a lead.
            let leads = match field {
                Field::Title => true,
                Field::Summary | Field::Body => toll.start < lead_end && !told.contains(&toll.kind),
            } && !before.contains(&toll.kind);
            told.insert(toll.kind);
            records.push(FieldToll { field, toll, leads });
        }
    }
    ItemTolls { records }
}

fn toll(record: &Record, units: &[Unit], words: &[Token]) -> Toll {
    let span = &units[record.first..=record.last];
    let first = span.iter().map(|unit| unit.first).min().unwrap_or(0);
    let last = span.iter().map(|unit| unit.last).max().unwrap_or(0);
    Toll {
        kind: record.kind,
        min: record.count.min,
        max: record.count.max,
        qualifier: record.count.qualifier,
        start: words[first].start,
        end: words[last].end,
    }
}
