//! How much an item may say. What is far beyond any honest report is cut where it is read, so that nobody after needs to bear it: a
//! headline of 8 MB took the thread that takes items in seven seconds (a build without optimisation) and 60 MB of memory, and
//! every other report waited. Knows nothing of what the text means.

use super::Parsed;
use crate::model::Item;

/// Longest headline, in bytes: posts that are all headline have four thousand signs.
const TITLE: usize = 16 << 10;
/// Longest teaser, and longest full text, in bytes: twice as long as a live report of a whole day in Arabic.
pub(super) const TEXT: usize = 512 << 10;
/// Most authors, and most categories, of an item, and the longest, in bytes.
const NAMES: usize = 100;
const NAME: usize = 1 << 10;

/// Cuts what is too long, and says so among the problems.
pub(super) fn limit(parsed: &mut Parsed) {
    let cut = parsed.items.iter_mut().map(cut_item).filter(|was_cut| *was_cut).count();
    if cut > 0 {
        parsed.problems.push(format!("entries with more text than is read: {cut}; the rest of it is left out"));
    }
}

fn cut_item(item: &mut Item) -> bool {
    let Item { title, summary, body, authors, categories, .. } = item;
    let mut was_cut = cut(title, TITLE) | cut(summary, TEXT) | cut(body, TEXT);
    for names in [authors, categories] {
        was_cut |= names.len() > NAMES;
        names.truncate(NAMES);
        was_cut |= names.iter_mut().fold(false, |any, name| cut(name, NAME) | any);
    }
    was_cut
}

/// Cuts a text to so many bytes at most, between two characters.
pub(super) fn cut(text: &mut String, most: usize) -> bool {
    let is_long = text.len() > most;
    if is_long {
        text.truncate(text.floor_char_boundary(most));
        text.shrink_to_fit();
    }
    is_long
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_report_says_is_cut_and_that_is_said() {
        let item = Item {
            title: "é".repeat(TITLE),
            summary: "a".repeat(TEXT),
            body: "ب".repeat(TEXT),
            categories: vec!["c".to_owned(); NAMES + 1],
            ..Item::default()
        };
        let mut parsed = Parsed { items: vec![item, Item::default()], complete: true, ..Parsed::default() };
        limit(&mut parsed);
        let item = &parsed.items[0];
        let lengths = [item.title.len(), item.summary.len(), item.body.len(), item.categories.len()];
        assert_eq!(lengths, [TITLE, TEXT, TEXT, NAMES]);
        assert_eq!(parsed.problems, ["entries with more text than is read: 1; the rest of it is left out"]);
        assert!(parsed.complete, "the server need not send it again");
        let before = parsed.clone();
        limit(&mut parsed);
        assert_eq!(parsed, before, "what is short stays as it is");
    }
}
