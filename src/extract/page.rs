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
    pub fn compile(selectors: &PageSelectors) -> Result<Self, Vec<BadSelector>> {
        let optional = [("link", &selectors.link), ("date", &selectors.date), ("summary", &selectors.summary)];
        let optional = optional.into_iter().filter_map(|(key, selector)| Some((key, selector.as_ref()?)));
        let bad: Vec<BadSelector> = [("item", &selectors.item), ("title", &selectors.title)]
            .into_iter()
            .chain(optional)
            .filter_map(|(key, selector)| {
                let css = selector.split('@').next().unwrap_or_default();
                let problem = scraper::Selector::parse(css).err()?.to_string();
                Some(BadSelector { key, problem })
            })
            .collect();
        if bad.is_empty() { Ok(Self {}) } else { Err(bad) }
    }
}

/// Reads a page.
///
/// # Errors
/// [`ParseError`].
pub fn read(_template: &Template, _document: &Document<'_>) -> Result<Parsed, ParseError> {
    unimplemented!()
}
