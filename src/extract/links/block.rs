//! Date, summary and picture of an article: in the block of its link, or in the lines before or behind that block.

use std::collections::HashMap;

use super::flat::Flat;
use super::story::Story;
use crate::extract::date;
use crate::extract::page::text::folded;
use crate::model::PrintedDate;

/// Longest line that is a date, in characters: `Publié le mardi 22 avril 2025 à 21h35min par la rédaction`.
const LONGEST_DATE: usize = 70;
/// Fewest characters of a summary.
const LEAST_SUMMARY: usize = 50;
/// Longest summary kept, in characters.
const LONGEST_SUMMARY: usize = 2000;
/// Most bytes beside a block in which its date is looked for.
const NEARBY: usize = 600;

/// What stands around a link.
#[derive(Debug, Default, Clone)]
pub(super) struct Around {
    pub(super) date: Option<PrintedDate>,
    pub(super) summary: String,
    pub(super) has_picture: bool,
}

impl Around {
    /// Whether anything beside the link itself speaks of an article.
    pub(super) fn has_evidence(&self) -> bool {
        self.date.is_some() || self.has_picture || !self.summary.is_empty()
    }
}

/// What stands around each link of a group.
pub(super) fn around(flat: &Flat<'_>, stories: &[Story], group: &[usize]) -> Vec<Around> {
    let mut holds: HashMap<usize, usize> = HashMap::new();
    for &story in group {
        *holds.entry(stories[story].block).or_default() += 1;
    }
    // A block that two links of a group share, such as a menu with the logo in it, is neither's.
    let own = |story: &Story| if holds[&story.block] == 1 { inside(flat, story) } else { Around::default() };
    let mut found: Vec<Around> = group.iter().map(|&story| own(&stories[story])).collect();
    if found.iter().all(|around| around.date.is_some()) {
        return found;
    }
    // Whether a page prints dates before or behind its headlines shows only in all of them: one that prints them before
    // has one behind each but the last, too.
    let beside: Vec<[Around; 2]> = (0..group.len()).map(|at| beside(flat, stories, group, at)).collect();
    let dates = |side: usize| beside.iter().filter(|both| both[side].date.is_some()).count();
    let side = usize::from(dates(0) < dates(1));
    for (around, mut both) in found.iter_mut().zip(beside) {
        if around.date.is_none() {
            around.date = both[side].date.take();
        }
        if around.summary.is_empty() {
            around.summary = std::mem::take(&mut both[1].summary);
        }
    }
    found
}

fn inside(flat: &Flat<'_>, story: &Story) -> Around {
    let block = &flat.parts[story.block];
    let parts = story.block..block.end;
    let is_title = |line: &str| line == story.title;
    let lines: Vec<&str> = flat.lines(story.block).filter(|line| !is_title(line)).collect();
    let marked = parts.clone().find_map(|at| marked_date(flat, at));
    Around {
        date: marked.or_else(|| lines.iter().find_map(|line| printed_date(line))),
        summary: summary(&lines),
        has_picture: parts.clone().any(|at| flat.parts[at].name() == "img"),
    }
}

/// What stands before and behind a block, up to its neighbours in the group and within what holds it.
fn beside(flat: &Flat<'_>, stories: &[Story], group: &[usize], at: usize) -> [Around; 2] {
    let block = |at: usize| &flat.parts[stories[group[at]].block];
    let own = block(at);
    let parent = &flat.parts[own.parent];
    let after = at.checked_sub(1).map_or(0, |before| block(before).to).max(parent.from);
    let until = if at + 1 < group.len() { block(at + 1).from } else { usize::MAX }.min(parent.to);
    let before = if after < own.from { &flat.text[after..own.from] } else { "" };
    let behind = if own.to < until { &flat.text[own.to..until] } else { "" };
    let read = |lines: Vec<&str>| Around {
        date: lines.iter().find_map(|line| printed_date(line)),
        summary: summary(&lines),
        has_picture: false,
    };
    let start = before.ceil_char_boundary(before.len().saturating_sub(NEARBY));
    let end = behind.floor_char_boundary(NEARBY);
    let lines = |text: &'_ str| -> Vec<String> {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let (before, behind) = (lines(&before[start..]), lines(&behind[..end]));
    [read(before.iter().rev().map(String::as_str).collect()), read(behind.iter().map(String::as_str).collect())]
}

/// The date of an element that says it holds one.
fn marked_date(flat: &Flat<'_>, at: usize) -> Option<PrintedDate> {
    let part = &flat.parts[at];
    let is_time = part.name() == "time";
    if let Some(exact) = part.element.attr("datetime").filter(|_| is_time) {
        let printed = folded(exact, LONGEST_DATE);
        if let Some(at) = date::read(&printed) {
            return Some(PrintedDate { printed, at: Some(at) });
        }
    }
    if !is_time && !part.element.value().classes().any(is_date_name) {
        return None;
    }
    let printed = flat.text_of(at);
    let is_short = !printed.is_empty() && printed.chars().count() <= LONGEST_DATE;
    // `il y a 2 heures` is a date too, if not one that can be read.
    is_short.then(|| PrintedDate { at: date::read(&printed), printed })
}

pub(super) fn is_date_name(class: &str) -> bool {
    let class = class.to_ascii_lowercase();
    class
        .split(['-', '_'])
        .any(|word| matches!(word, "date" | "time" | "published" | "updated" | "timestamp" | "created" | "dates"))
        || matches!(class.as_str(), "postdate" | "entrydate" | "pubdate" | "datetime" | "post_date" | "newsdate")
}

/// A line that is a date and little else.
fn printed_date(line: &str) -> Option<PrintedDate> {
    if line.chars().count() > LONGEST_DATE || !line.contains(|c: char| c.is_numeric()) {
        return None;
    }
    date::read(line).map(|at| PrintedDate { printed: line.to_owned(), at: Some(at) })
}

fn summary(lines: &[&str]) -> String {
    let mut all = String::new();
    for line in lines.iter().filter(|line| line.chars().take(LEAST_SUMMARY).count() >= LEAST_SUMMARY) {
        if printed_date(line).is_none() {
            if !all.is_empty() {
                all.push(' ');
            }
            all.push_str(line);
        }
        if all.len() > LONGEST_SUMMARY * 4 {
            break;
        }
    }
    folded(&all, LONGEST_SUMMARY)
}
