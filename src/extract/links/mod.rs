//! Front pages whose articles are found without selectors: the links that repeat in one structure and read like
//! headlines. Knows nothing of earlier polls: whether too few were found is for others to say.
//!
//! A page is laid flat ([`flat`]); what stands beside the news is marked ([`beside`]); links become candidates, each
//! with its block ([`story`], [`block`]); candidates in one structure are a group, and the groups that list articles
//! are taken ([`group`]). After the ideas of MDR (Liu 2003) and of boilerplate removal by link
//! density (Kohlschütter 2010), with what front pages of the region's content systems share.

pub(super) mod address;
mod beside;
mod block;
mod flat;
mod group;
mod story;
mod suggest;
pub(super) mod words;

#[cfg(test)]
mod tests;

use super::page::link::Links;
use super::{Document, ParseError, Parsed, depth, encoding, page};
use crate::model::Item;
use flat::Flat;
use scraper::Html;
use story::Own;
pub use suggest::suggest;

/// Most links taken from one page.
const MAX_LINKS: usize = 2000;

/// What is said of a page without articles.
const NOTHING: &str = "no repeated links to articles were found; give selectors";

/// Reads a page. A page on which nothing is found is read, has no items and says so.
///
/// # Errors
/// [`ParseError::Empty`], [`ParseError::TooDeep`] or [`ParseError::TooLarge`].
pub fn read(document: &Document<'_>) -> Result<Parsed, ParseError> {
    let html = parse(document)?;
    let root = html.root_element();
    let links = Links::of(root, document.url);
    let flat = Flat::of(&html);
    let (stories, left_out) = story::all(&flat, &links, &Own::of(document.url));
    let (groups, mut around) = group::of_articles(&flat, &stories);
    let mut taken: Vec<usize> = groups.into_iter().flat_map(|group| group.stories).collect();
    taken.sort_unstable();
    let mut problems = Vec::new();
    if taken.is_empty() {
        problems.push(NOTHING.to_owned());
    }
    if left_out > 0 {
        problems.push(format!("the page has more than {MAX_LINKS} links; the rest is left out"));
    }
    let items = taken.into_iter().map(|index| {
        let (story, around) = (&stories[index], around.remove(&index).unwrap_or_default());
        Item {
            link: Some(story.url.clone()),
            title: story.title.clone(),
            summary: around.summary,
            published: around.date,
            lang: page::language(flat.parts[story.anchor].element),
            ..Item::default()
        }
    });
    let items = items.collect();
    Ok(Parsed { head: page::head(root, &links, document.url), items, problems, complete: true, ..Parsed::default() })
}

fn parse(document: &Document<'_>) -> Result<Html, ParseError> {
    let text = encoding::decode(document.bytes, document.content_type);
    if text.trim().is_empty() {
        return Err(ParseError::Empty);
    }
    depth::parse(&text)
}
