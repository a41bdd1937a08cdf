//! A page to the article on it: main text, headline, language, date and canonical address; or what stands there
//! instead. Knows nothing of where the page came from or whether its feed said the same.
//!
//! Own code over the one tree that [`super::depth`] lets through: `dom_smoothie` and `rs-trafilatura` build trees of
//! their own with no bound on depth. On 181 pages of scrapinghub's article-extraction-benchmark, in one run: F1 .970
//! (P .962, R .979), `dom_smoothie` 0.19 .946, `rs-trafilatura` 0.2 .957, as fast as the former. Rules were tuned on
//! half of the pages (.975) and checked on the other (.965).

mod content;
mod head;
mod linked_data;
mod outline;
mod published;
mod title;
pub(super) mod wall;
pub(super) mod words;

#[cfg(test)]
mod tests;

use url::Url;

use super::{Document, ParseError, depth, encoding, length};
use crate::model::PrintedDate;
use crate::text::language;
use head::Head;
use outline::Outline;
pub use wall::{Wall, wall_on};

/// Longest text of an article that is kept, in bytes; the longest of 181 measured has 46 kB.
pub const MAX_TEXT: usize = 200_000;

/// An article as its page has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Article {
    /// The headline, without the name of the site; empty when there is none.
    pub title: String,
    /// The text, a paragraph a line.
    pub text: String,
    /// Its language as a primary BCP 47 subtag; `und` when unknown.
    pub language: String,
    /// When it was published.
    pub published: Option<PrintedDate>,
    /// The address that stands for it, where the page names one.
    pub canonical: Option<Url>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// The name of the site.
    pub site: Option<String>,
    /// What hides the rest, where the page shows only the beginning: [`Wall::Paywall`] or [`Wall::Teaser`].
    pub cut_by: Option<Wall>,
}

/// Why a page gave no article.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoArticle {
    /// It could not be read at all.
    #[error(transparent)]
    Unreadable(#[from] ParseError),
    /// Something stands in its place.
    #[error(transparent)]
    Wall(#[from] Wall),
    /// No running text: a front page, a list of links, a picture.
    #[error("the page has no running text")]
    NoText,
}

/// Reads the article of a page.
///
/// # Errors
/// [`NoArticle`] when the page cannot be read or is no article.
pub fn read(document: &Document<'_>) -> Result<Article, NoArticle> {
    let page = encoding::decode(document.bytes, document.content_type);
    if page.trim().is_empty() {
        return Err(ParseError::Empty.into());
    }
    let html = depth::parse(&page)?;
    let head = Head::of(&html);
    let outline = Outline::of(&html);
    let title = title::of(&head);
    let mut blocks = content::choose(&outline);
    drop_title(&outline, &mut blocks, &title);
    let (mut text, is_linked) = text(&head, &outline, &blocks);
    length::cut(&mut text, length::TEXT);
    let chars = text.chars().filter(|c| !c.is_whitespace()).count();
    // What JSON-LD holds in full is no wall's.
    let wall = if is_linked { None } else { wall::of(&head, &outline.text, &text, chars) };
    match wall {
        None if chars < wall::LEAST => return Err(NoArticle::NoText),
        Some(wall) if chars < wall::LEAST || !matches!(wall, Wall::Paywall | Wall::Teaser) => return Err(wall.into()),
        _ => {}
    }
    let declared = head.linked.language.as_deref().filter(|tag| tag.len() <= 8).or(head.language.as_deref());
    Ok(Article {
        language: language::of_item(None, declared, &sample(&title, &text)),
        published: published::of(&head, &outline, blocks.first().copied()),
        canonical: head.canonical(document.url),
        authors: if head.linked.authors.is_empty() { head.author.into_iter().collect() } else { head.linked.authors },
        site: head.site.or(head.linked.site),
        cut_by: wall,
        title,
        text,
    })
}

/// The headline and the beginning of the text, from which the language is told.
fn sample(title: &str, text: &str) -> String {
    const BYTES: usize = 6000;
    format!("{title}\n{}", &text[..text.floor_char_boundary(BYTES)])
}

/// The headline is no part of the text, although it often stands at its beginning.
fn drop_title(outline: &Outline<'_>, blocks: &mut Vec<usize>, title: &str) {
    if blocks.first().is_some_and(|&at| outline.text(&outline.blocks[at]) == title) {
        blocks.remove(0);
    }
}

/// The text, and whether it is that of JSON-LD: it is taken where the page shows less than half of it.
fn text(head: &Head, outline: &Outline<'_>, blocks: &[usize]) -> (String, bool) {
    let shown: usize = blocks.iter().map(|&at| outline.text(&outline.blocks[at]).len() + 1).sum();
    if let Some(body) = head.linked.body.as_deref().filter(|body| body.len() > 2 * shown) {
        return (body[..body.floor_char_boundary(MAX_TEXT)].to_owned(), true);
    }
    let mut text = String::with_capacity(shown.min(MAX_TEXT));
    for &at in blocks {
        let block = outline.text(&outline.blocks[at]);
        if text.len() + block.len() + 1 > MAX_TEXT {
            break;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(block);
    }
    (text, false)
}
