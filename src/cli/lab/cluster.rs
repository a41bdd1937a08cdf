//! `lab cluster`: near-duplicates and stories of items on stdin, with the shipped lexicon, as the daemon would find them.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::lines::answer_stdin;
use crate::identity::{Copies, Sketch};
use crate::model::{Item, ItemId};
use crate::query::{Plan, Subject};
use crate::story::{Features, Stories};
use crate::{extract, lexicon};

/// How long a text is remembered, in hours: copies come within two weeks.
const COPIES_HOURS: i64 = 14 * 24;

/// One line of input.
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    published: Option<Timestamp>,
    lang: Option<String>,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    source: String,
}

/// One line of output.
#[derive(Debug, PartialEq, Serialize)]
struct Answer {
    id: String,
    /// The id of the first item of its story.
    story: String,
    duplicate_of: Option<String>,
}

pub(super) fn run() -> u8 {
    let plan = Plan::compile(Vec::new(), &lexicon::shipped());
    let mut desk = Desk::new(&plan);
    answer_stdin(
        "{\"id\": \"...\", \"published\": \"2031-05-02T07:00:00Z\", \"title\": \"...\", \"text\": \"...\"}",
        |line| desk.read(line),
    )
}

/// What has been read so far.
struct Desk<'p> {
    plan: &'p Plan,
    copies: Copies,
    stories: Stories,
    /// When the last item with a date was published: an item without one is taken to be as old.
    now: Timestamp,
    /// The name each item came with, by its number.
    names: Vec<String>,
    story_of: HashMap<ItemId, ItemId>,
}

impl<'p> Desk<'p> {
    fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            copies: Copies::default(),
            stories: Stories::default(),
            now: Timestamp::UNIX_EPOCH,
            names: Vec::new(),
            story_of: HashMap::new(),
        }
    }

    fn read(&mut self, line: Line) -> Answer {
        let time = line.published.unwrap_or(self.now);
        self.now = time;
        let item = Item { title: line.title, body: line.text, lang: line.lang, ..Item::default() };
        let lang = extract::language_of(&item, None);
        let scan = self.plan.scan(Subject { item: &item, source: &line.source, lang: &lang });
        let sketch = Sketch::of_scan(&scan);
        let id = ItemId(self.names.len() as u64);
        let oldest = time.checked_sub(SignedDuration::from_hours(COPIES_HOURS)).unwrap_or(Timestamp::MIN);
        self.copies.prune(oldest);
        let copy = self.copies.of(&sketch, &line.source, time).first().copied();
        self.copies.insert(id, time, &line.source, &sketch, copy.is_none());
        let copied = copy.and_then(|copy| self.story_of.get(&copy.of).copied());
        let placed = self.stories.place(id, Features::of(&scan, time), copied);
        self.story_of.insert(id, placed.story);
        self.names.push(line.id.clone());
        let name = |of: ItemId| usize::try_from(of.0).ok().and_then(|at| self.names.get(at)).cloned();
        Answer {
            story: name(placed.story).unwrap_or_else(|| line.id.clone()),
            duplicate_of: copy.and_then(|copy| name(copy.of)),
            id: line.id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stories_and_copies_are_named_by_the_ids_given() {
        let plan = Plan::compile(Vec::new(), &lexicon::shipped());
        let mut desk = Desk::new(&plan);
        let mut read = |line: &str| {
            let Answer { id, story, duplicate_of } = desk.read(serde_json::from_str(line).expect("a line"));
            (id, story, duplicate_of)
        };
        let answer = |id: &str, story: &str, of: Option<&str>| (id.to_owned(), story.to_owned(), of.map(str::to_owned));
        let first =
            read(r#"{"id":"x","published":"2031-05-02T07:00:00Z","lang":"fr","title":"Attaque à Djibo : cinq morts"}"#);
        assert_eq!(first, answer("x", "x", None));
        let copy = read(
            r#"{"id":"y","published":"2031-05-02T08:00:00Z","title":"ATTAQUE À DJIBO : cinq morts","source":"b"}"#,
        );
        assert_eq!(copy, answer("y", "x", Some("x")));
        let undated = read(r#"{"id":"z","lang":"en","title":"Summit in Niamey","text":"Heads of state met."}"#);
        assert_eq!(undated, answer("z", "z", None));
    }
}
