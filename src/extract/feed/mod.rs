//! Feeds.
use super::{Document, ParseError, Parsed};

/// Reads a feed.
///
/// # Errors
/// [`ParseError`] when it is none.
pub fn read(_document: &Document<'_>) -> Result<Parsed, ParseError> {
    unimplemented!()
}
