//! The language of an item: what its source and its document say, weighed against its words.

use crate::model::Item;
use crate::text::language;

/// Letters of text looked at beside the headline, in bytes.
const LOOKED_AT: usize = 6_000;

/// The language of an item as a primary BCP 47 subtag; `und` when unknown. `hint` is what the configuration says of its source.
#[must_use]
pub fn language_of(item: &Item, hint: Option<&str>) -> String {
    let text = if item.summary.len() > item.body.len() { &item.summary } else { &item.body };
    let text = &text[..text.floor_char_boundary(LOOKED_AT)];
    language::of_item(hint, item.lang.as_deref(), &format!("{}\n{text}", item.title))
}
