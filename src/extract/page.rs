//! Pages.
use super::{Document, ParseError, Parsed};
use crate::model::PageSelectors;

/// Compiled selectors.
#[derive(Debug, Clone)]
pub struct Template {}

/// A selector that is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadSelector {
    /// Which key of `select` it is: `item`, `title`, …
    pub key: &'static str,
    /// What is wrong with it, for people.
    pub problem: String,
}

impl Template {
    /// Compiles.
    ///
    /// # Errors
    /// Every bad selector.
    pub fn compile(_selectors: &PageSelectors) -> Result<Self, Vec<BadSelector>> {
        unimplemented!()
    }
}

/// Reads a page.
///
/// # Errors
/// [`ParseError`].
pub fn read(_template: &Template, _document: &Document<'_>) -> Result<Parsed, ParseError> {
    unimplemented!()
}
