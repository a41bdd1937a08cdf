//! A page laid flat: its elements and its blocks of running text in document order, each with the measures that tell
//! text from boilerplate. One walk of the tree; whatever is chosen later is a range of blocks. Does not choose.

use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

use super::words::{self, Hint};
use crate::extract::page::text::is_inline;

/// Longest text of a page that is kept, in bytes. The longest article of 181 measured has 46 kB, a book chapter 200 kB.
pub(super) const MAX_TEXT: usize = 1_000_000;

/// A run of text between two block boundaries: a paragraph, a heading, a cell, a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// Its place in [`Outline::text`].
    pub(super) from: usize,
    /// See `from`.
    pub(super) to: usize,
    /// Characters, spaces left out.
    pub(super) chars: usize,
    /// How many of them stand in links.
    pub(super) linked: usize,
    /// The block element around it, an index into [`Outline::elements`].
    pub(super) element: usize,
    /// The kind of that element.
    pub(super) kind: Kind,
}

/// What kind of element a block stands in, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `p`, `blockquote`, `pre`, `dd`.
    Paragraph,
    /// `h1` to `h6`, by its level.
    Heading(u8),
    /// `li`, `dt`.
    Item,
    /// `td`, `th`.
    Cell,
    /// `figcaption`.
    Caption,
    /// Anything else.
    Other,
}

/// An element that begins a block, or that says of itself what it holds.
#[derive(Debug, Clone)]
pub(super) struct Part<'a> {
    /// Its tag name.
    pub(super) name: &'a str,
    /// The part around it; the first part is its own.
    pub(super) parent: usize,
    /// Its blocks, as a range.
    pub(super) first: usize,
    /// See `first`.
    pub(super) end: usize,
    /// What its name, classes and attributes say of it.
    pub(super) hint: Hint,
    /// The element itself.
    pub(super) value: &'a Element,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Outline<'a> {
    /// The text of all blocks, white space folded.
    pub(super) text: String,
    /// In document order.
    pub(super) blocks: Vec<Block>,
    /// In document order, each before what it holds.
    pub(super) parts: Vec<Part<'a>>,
}

impl<'a> Outline<'a> {
    /// Lays a page flat.
    pub(super) fn of(html: &'a Html) -> Self {
        let mut walk = Walk { outline: Self::default(), space: false, links: 0, chars: 0, linked: 0, from: 0 };
        let root = html.root_element();
        walk.part(root, 0, Hint::None, Kind::Other);
        walk.outline
    }

    /// The text of a block.
    pub(super) fn text(&self, block: &Block) -> &str {
        &self.text[block.from..block.to]
    }
}

/// The state of the walk: the block that is being written.
struct Walk<'a> {
    outline: Outline<'a>,
    /// White space stands before the next character.
    space: bool,
    /// How many links are open.
    links: usize,
    chars: usize,
    linked: usize,
    from: usize,
}

impl<'a> Walk<'a> {
    /// Recursion is safe: `crate::extract::depth` bounds the tree.
    fn part(&mut self, element: ElementRef<'a>, parent: usize, hint: Hint, kind: Kind) {
        let index = self.outline.parts.len();
        let first = self.outline.blocks.len();
        let value = element.value();
        self.outline.parts.push(Part { name: value.name(), parent, first, end: first, hint, value });
        self.children(element, index, kind);
        self.finish(index, kind);
        self.outline.parts[index].end = self.outline.blocks.len();
    }

    fn children(&mut self, element: ElementRef<'a>, part: usize, kind: Kind) {
        let mut breaks = 0;
        for child in element.children() {
            match child.value() {
                Node::Text(text) => {
                    if breaks > 0 && !text.trim_ascii().is_empty() {
                        breaks = 0;
                    }
                    self.push(text);
                }
                Node::Element(value) if value.name() == "br" => {
                    self.space = true;
                    breaks += 1;
                    // Two line breaks are a paragraph to those who write without `<p>`.
                    if breaks == 2 {
                        self.finish(part, kind);
                    }
                }
                Node::Element(_) => {
                    breaks = 0;
                    if let Some(child) = ElementRef::wrap(child) {
                        self.element(child, part, kind);
                    }
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, element: ElementRef<'a>, part: usize, kind: Kind) {
        let value = element.value();
        let name = value.name();
        if is_unseen(name) || is_hidden(value) {
            return;
        }
        if is_inline(name) {
            let hint = words::hint(value);
            let is_link = name == "a" && value.attr("href").is_some_and(|href| !href.starts_with('#'));
            self.links += usize::from(is_link);
            if hint == Hint::None {
                self.children(element, part, kind);
            } else {
                // A part of its own, although it runs on in the line: `<span class="share">`.
                self.finish(part, kind);
                self.part(element, part, hint, kind);
            }
            self.links -= usize::from(is_link);
            return;
        }
        self.finish(part, kind);
        self.part(element, part, words::hint(value), kind_of(name, kind));
    }

    fn push(&mut self, raw: &str) {
        if self.outline.text.len() + raw.len() > MAX_TEXT {
            return;
        }
        for piece in raw.split_inclusive(char::is_whitespace) {
            let word = piece.trim_end();
            if !word.is_empty() {
                if self.space && self.outline.text.len() > self.from {
                    self.outline.text.push(' ');
                }
                self.outline.text.push_str(word);
                let chars = word.chars().count();
                self.chars += chars;
                self.linked += if self.links > 0 { chars } else { 0 };
                self.space = false;
            }
            self.space |= word.len() < piece.len();
        }
    }

    /// Ends the block that is being written, if there is one.
    fn finish(&mut self, element: usize, kind: Kind) {
        let to = self.outline.text.len();
        if to > self.from {
            let (chars, linked) = (self.chars, self.linked);
            self.outline.blocks.push(Block { from: self.from, to, chars, linked, element, kind });
        }
        (self.from, self.chars, self.linked, self.space) = (to, 0, 0, false);
    }
}

/// Elements whose text nobody reads, or that hold controls.
fn is_unseen(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "template"
            | "noscript"
            | "iframe"
            | "svg"
            | "math"
            | "head"
            | "select"
            | "textarea"
            | "object"
            | "embed"
            | "audio"
            | "video"
            | "canvas"
            | "button"
            | "input"
            | "datalist"
            | "dialog"
            | "map"
    )
}

fn is_hidden(element: &Element) -> bool {
    element.attr("hidden").is_some()
        || element.attr("aria-hidden") == Some("true")
        || element.attr("style").is_some_and(|style| {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).take(200).collect();
            style.contains("display:none") || style.contains("visibility:hidden")
        })
}

fn kind_of(name: &str, around: Kind) -> Kind {
    match name {
        "p" | "blockquote" | "pre" | "dd" => Kind::Paragraph,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Kind::Heading(name.as_bytes()[1] - b'0'),
        "li" | "dt" => Kind::Item,
        "td" | "th" => Kind::Cell,
        "figcaption" => Kind::Caption,
        _ if around == Kind::Caption => Kind::Caption,
        _ => Kind::Other,
    }
}
