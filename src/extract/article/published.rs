//! When an article was published: as its page says it for programs, else as it prints it for readers, near the
//! headline.

use jiff::Timestamp;

use super::head::{Head, RANK_OVER};
use super::outline::Outline;
use crate::extract::date;
use crate::model::PrintedDate;

/// Most blocks looked at before and after the place where the text begins.
const AROUND: usize = 14;

/// Longest block that is taken for a date line, in characters: `Publié le mardi 22 avril 2025 à 21h35min par la
/// rédaction`.
const LONGEST: usize = 120;

/// When the article whose text begins at block `first` was published.
pub(super) fn of(head: &Head, outline: &Outline<'_>, first: Option<usize>) -> Option<PrintedDate> {
    let said = |is_over: bool| {
        head.dates
            .iter()
            .filter(move |(rank, _)| (*rank >= RANK_OVER) == is_over)
            .find_map(|(_, printed)| read(printed))
    };
    said(false).or_else(|| printed(outline, first.unwrap_or(0))).or_else(|| said(true)).or_else(|| {
        let (_, printed) = head.dates.first()?.clone();
        Some(PrintedDate { printed, at: None })
    })
}

/// The date line nearest before the text, else the first at its beginning or soon after.
fn printed(outline: &Outline<'_>, first: usize) -> Option<PrintedDate> {
    let line = |at: &usize| {
        let block = outline.blocks.get(*at)?;
        let text = outline.text(block);
        let is_line = block.chars <= LONGEST && text.chars().filter(|c| c.is_numeric()).count() >= 5;
        is_line.then(|| read(text)).flatten()
    };
    let before = (first.saturating_sub(AROUND)..first).rev();
    before.chain(first..first + AROUND).find_map(|at| line(&at))
}

/// A date that could be one of news: template years and sizes of pictures are none.
fn read(printed: &str) -> Option<PrintedDate> {
    /// 1995-01-01: hardly any newspaper was online before.
    const EARLIEST: i64 = 788_918_400;
    let at = date::read(printed).filter(|at: &Timestamp| at.as_second() >= EARLIEST)?;
    Some(PrintedDate { printed: printed.to_owned(), at: Some(at) })
}
