//! A page laid flat: its elements and its text in document order, each element with the structural path by which
//! repeated blocks are known. One walk of the tree; what stands inside an element is a range. Chooses nothing.

use std::hash::{DefaultHasher, Hash, Hasher};

use scraper::{ElementRef, Html, Node};

use super::beside;
use crate::extract::page::text::is_inline;

/// Longest text of a page that is kept, in bytes; long front pages have 100 kB.
const MAX_TEXT: usize = 2_000_000;

/// An element.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) element: ElementRef<'a>,
    /// The part around it; the first part is its own.
    pub(super) parent: usize,
    /// Behind the last part inside it.
    pub(super) end: usize,
    /// Its place in [`Flat::text`].
    pub(super) from: usize,
    /// See `from`.
    pub(super) to: usize,
    /// The tags and classes from the root to it, hashed: equal for the parts of repeated blocks.
    pub(super) path: u64,
    /// It stands beside the news: in a menu, a footer, a list of the most read.
    pub(super) is_beside: bool,
}

impl Part<'_> {
    /// Its tag name.
    pub(super) fn name(&self) -> &str {
        self.element.value().name()
    }

    /// The level of a heading, 1 to 6.
    pub(super) fn level(&self) -> Option<u8> {
        match self.name().as_bytes() {
            [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
            _ => None,
        }
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Flat<'a> {
    /// White space folded; a line for every block, and one for every link.
    pub(super) text: String,
    /// In document order, each before what it holds.
    pub(super) parts: Vec<Part<'a>>,
}

impl<'a> Flat<'a> {
    /// Lays a page flat.
    pub(super) fn of(html: &'a Html) -> Self {
        let mut walk = Walk { flat: Self::default(), gap: None };
        walk.part(html.root_element(), 0, 0);
        let mut flat = walk.flat;
        beside::mark(&mut flat);
        flat
    }

    /// The text of a part, its lines joined.
    pub(super) fn text_of(&self, part: usize) -> String {
        let part = &self.parts[part];
        self.text[part.from..part.to].trim().replace('\n', " ")
    }

    /// The lines of a part.
    pub(super) fn lines(&self, part: usize) -> impl Iterator<Item = &str> {
        let part = &self.parts[part];
        self.text[part.from..part.to].lines().map(str::trim).filter(|line| !line.is_empty())
    }

    /// The parts around one, nearest first, without the root.
    pub(super) fn around(&self, part: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(self.parts[part].parent), |&at| Some(self.parts[at].parent))
            .take_while(|&at| at != 0)
    }
}

struct Walk<'a> {
    flat: Flat<'a>,
    /// What stands before the next word.
    gap: Option<char>,
}

impl<'a> Walk<'a> {
    /// Recursion is safe: `crate::extract::depth` bounds the tree.
    fn part(&mut self, element: ElementRef<'a>, parent: usize, path: u64) {
        let name = element.value().name();
        if is_unseen(name) {
            return;
        }
        let stands_apart = !is_inline(name) || name == "a";
        if stands_apart {
            self.gap = Some('\n');
        }
        let path = joined(path, element);
        let index = self.flat.parts.len();
        let from = self.flat.text.len();
        self.flat.parts.push(Part { element, parent, end: index + 1, from, to: from, path, is_beside: false });
        for child in element.children() {
            match child.value() {
                Node::Text(text) => self.push(text),
                Node::Element(_) => {
                    if let Some(child) = ElementRef::wrap(child) {
                        self.part(child, index, path);
                    }
                }
                _ => {}
            }
        }
        if stands_apart {
            self.gap = Some('\n');
        }
        let (end, to) = (self.flat.parts.len(), self.flat.text.len());
        let part = &mut self.flat.parts[index];
        (part.end, part.to) = (end, to);
    }

    fn push(&mut self, raw: &str) {
        if self.flat.text.len() + raw.len() > MAX_TEXT {
            return;
        }
        for piece in raw.split_inclusive(char::is_whitespace) {
            let word = piece.trim_end();
            if !word.is_empty() {
                if let Some(gap) = self.gap.take() {
                    self.flat.text.push(gap);
                }
                self.flat.text.push_str(word);
            }
            if word.len() < piece.len() {
                self.gap = self.gap.or(Some(' '));
            }
        }
    }
}

/// The path of an element in one whose path is given. Classes that differ from one block to the next are left out.
fn joined(path: u64, element: ElementRef<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    element.value().name().hash(&mut hasher);
    for class in element.value().classes().filter(|class| is_stable(class)) {
        class.hash(&mut hasher);
    }
    hasher.finish()
}

/// Whether a class is that of every such block: WordPress and Drupal write the number, the tags and the place of each
/// article into its classes.
pub(super) fn is_stable(class: &str) -> bool {
    const VARYING: [&str; 17] = [
        "category-",
        "tag-",
        "author-",
        "format-",
        "status-",
        "type-",
        "sticky",
        "has-post",
        "first",
        "last",
        "odd",
        "even",
        "active",
        "views-row-",
        "no-",
        "pmpro-",
        "node-promoted",
    ];
    !class.bytes().any(|byte| byte.is_ascii_digit()) && !VARYING.iter().any(|start| class.starts_with(start))
}

fn is_unseen(name: &str) -> bool {
    matches!(
        name,
        "script" | "style" | "template" | "noscript" | "iframe" | "svg" | "math" | "head" | "select" | "button"
    )
}
