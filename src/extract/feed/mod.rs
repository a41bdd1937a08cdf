//! Feeds: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, CDF, and JSON Feed, as they are found in the wild.
//!
//! Bytes become text (`encoding`), text of any dialect becomes clean Atom (`xml`, `json`), and clean Atom becomes items (`item`,
//! through feed-rs). Knows nothing of HTTP beyond the `Content-Type`, and nothing of which items are new.

mod atom;
mod inside;
mod item;
mod json;
mod vocabulary;
mod xml;

use super::{Document, ParseError, Parsed, encoding};

/// Reads a feed.
///
/// # Errors
/// [`ParseError`] when it is none.
pub fn read(document: &Document<'_>) -> Result<Parsed, ParseError> {
    let text = encoding::decode(document.bytes, document.content_type);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}' || c == '\0');
    let rewritten = match text.chars().next() {
        None => return Err(ParseError::Empty),
        Some('{') => json::rewrite(text)?,
        Some(_) => xml::rewrite(text, document.url)?,
    };
    item::read(rewritten, document.url)
}
