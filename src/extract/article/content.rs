//! Which blocks of a page are the article. Every block is worth its unlinked characters less a fixed price, so that
//! paragraphs are worth something and menus cost; the article is the element with the greatest sum, and within it the
//! blocks that are no boilerplate. The sum over a subtree is that of Pasternack and Roth, "Extracting article text
//! from the web with maximum subsequence segmentation" (WWW 2009), with elements in place of any sequence. Linear in
//! blocks and elements.

use super::outline::{Block, Kind, Outline};
use super::words::Hint;

/// Fewest characters of a text that is taken as it is; below, elements that call themselves asides are looked at as
/// well.
const ENOUGH: usize = 250;

/// The blocks of the article, as indices into [`Outline::blocks`].
pub(super) fn choose(outline: &Outline<'_>) -> Vec<usize> {
    let strict = Choice::new(outline, true).blocks();
    if length(outline, &strict) >= ENOUGH {
        return strict;
    }
    let lax = Choice::new(outline, false).blocks();
    if length(outline, &lax) > 2 * length(outline, &strict) { lax } else { strict }
}

/// Characters of some blocks.
pub(super) fn length(outline: &Outline<'_>, blocks: &[usize]) -> usize {
    blocks.iter().map(|&at| outline.blocks[at].chars).sum()
}

/// Characters of a block that is a paragraph, whatever it says it is.
const LONG: usize = 80;

/// How many hundredths of the text of the best part a part that says it is the article must hold.
const NAMED_SHARE: i64 = 30;

/// Most blocks between the paragraph over the text and the text: a date, names, a picture.
const LEAD_WITHIN: usize = 8;

/// The sums of the first 0, 1, 2, … values.
fn sums(values: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut sum = 0;
    std::iter::once(0)
        .chain(values.map(|value| {
            sum += value;
            sum
        }))
        .collect()
}

struct Choice<'a> {
    outline: &'a Outline<'a>,
    /// Of each part, whether it or one around it is an aside.
    aside: Vec<bool>,
}

impl<'a> Choice<'a> {
    fn new(outline: &'a Outline<'a>, strict: bool) -> Self {
        let long = |block: &Block| if block.chars - block.linked >= LONG { block.chars - block.linked } else { 0 };
        let sums = sums(outline.blocks.iter().map(|block| to_i64(long(block))));
        let all = sums.last().copied().unwrap_or(0);
        let mut aside = Vec::with_capacity(outline.parts.len());
        for (at, part) in outline.parts.iter().enumerate() {
            let around = at > 0 && aside[part.parent];
            let says_so = match part.hint {
                Hint::Aside => true,
                Hint::Beside => (sums[part.end] - sums[part.first]) * 2 <= all,
                _ => false,
            };
            aside.push(around || (strict && says_so));
        }
        Self { outline, aside }
    }

    fn blocks(&self) -> Vec<usize> {
        let Some(container) = self.container() else { return Vec::new() };
        let parts = self.with_lead(self.with_siblings(container));
        let mut blocks: Vec<usize> = parts
            .iter()
            .flat_map(|&at| self.outline.parts[at].first..self.outline.parts[at].end)
            .filter(|&at| self.is_text(at))
            .collect();
        self.trim(&mut blocks);
        blocks
    }

    /// The part that holds the article: the one worth most, or a smaller one in it that says it is.
    fn container(&self) -> Option<usize> {
        let worths = sums(self.outline.blocks.iter().map(|block| self.worth(block)));
        let plain = sums(
            self.outline
                .blocks
                .iter()
                .map(|block| if self.aside[block.element] { 0 } else { to_i64(block.chars - block.linked) }),
        );
        let of = |sums: &[i64], at: usize| sums[self.outline.parts[at].end] - sums[self.outline.parts[at].first];
        let parts = || (0..self.outline.parts.len()).filter(|&at| !self.aside[at]);
        // Of equals the innermost, which comes last.
        let best = parts().max_by_key(|&at| of(&worths, at))?;
        let named =
            parts().filter(|&at| self.outline.parts[at].hint == Hint::Body).max_by_key(|&at| (of(&plain, at), at));
        named.filter(|&named| of(&plain, named) * 100 > of(&plain, best) * NAMED_SHARE).or(Some(best))
    }

    /// A text cut in pieces by what stands between them: all parts of the same name in the same place.
    fn with_siblings(&self, container: usize) -> Vec<usize> {
        let parts = &self.outline.parts;
        let part = &parts[container];
        if part.hint != Hint::Body {
            return vec![container];
        }
        let place = |at: usize| {
            let parent = parts[at].parent;
            // Two articles in a row are two articles.
            if parts[parent].name == "article" { (parent, parent) } else { (parent, parts[parent].parent) }
        };
        let class = part.value.attr("class");
        let (parent, around) = place(container);
        let mut pieces: Vec<usize> = Vec::new();
        for at in 0..parts.len() {
            let is_piece = at == container
                || (parts[at].hint == Hint::Body
                    && !self.aside[at]
                    && parts[at].value.attr("class") == class
                    && (place(at).0 == parent || (parent != around && place(at).1 == around)));
            if is_piece && pieces.last().is_none_or(|&last| parts[last].end <= parts[at].first) {
                pieces.push(at);
            }
        }
        pieces
    }

    /// Puts the paragraph that stands over the text before it: no part of the text to the theme, but of the news.
    fn with_lead(&self, mut pieces: Vec<usize>) -> Vec<usize> {
        let parts = &self.outline.parts;
        let Some(first) = pieces.first().map(|&at| parts[at].first) else { return pieces };
        let lead = (0..parts.len()).rev().find(|&at| {
            let part = &parts[at];
            part.hint == Hint::Lead
                && !self.aside[at]
                && part.end > part.first
                && part.end <= first
                && first - part.end < LEAD_WITHIN
        });
        if let Some(lead) = lead {
            pieces.insert(0, lead);
        }
        pieces
    }

    /// What a block adds to the elements around it.
    fn worth(&self, block: &Block) -> i64 {
        let plain = to_i64(block.chars - block.linked);
        let linked = to_i64(block.linked);
        if self.aside[block.element] {
            return -(plain / 8).min(40);
        }
        match block.kind {
            Kind::Paragraph => plain - linked - 20,
            Kind::Heading(_) => -20,
            Kind::Item => plain.min(400) / 2 - 2 * linked - 20,
            Kind::Caption => -10,
            Kind::Cell | Kind::Other => plain - 2 * linked - 60,
        }
    }

    /// Whether a block inside the article is text of it.
    fn is_text(&self, at: usize) -> bool {
        let block = &self.outline.blocks[at];
        if self.aside[block.element] || block.kind == Kind::Caption {
            return false;
        }
        if is_notice(self.outline.text(block)) {
            return false;
        }
        let density = block.linked * 100 / block.chars.max(1);
        match block.kind {
            Kind::Paragraph => density < 80,
            Kind::Heading(_) => density < 60,
            Kind::Item => density < 60,
            _ => density < 50,
        }
    }

    /// Drops what stands before and after the text: the headline, dates, names, a last heading without text.
    fn trim(&self, blocks: &mut Vec<usize>) {
        while let Some(&last) = blocks.last() {
            match self.outline.blocks[last].kind {
                Kind::Heading(_) => blocks.pop(),
                _ => break,
            };
        }
        let first = blocks.iter().position(|&at| {
            let block = &self.outline.blocks[at];
            match block.kind {
                Kind::Heading(level) => level > 1,
                Kind::Paragraph => true,
                _ => block.chars > 80,
            }
        });
        blocks.drain(..first.unwrap_or(0));
    }
}

fn to_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Whether a block is no sentence of the article although it stands in it: an advertisement's label, a link to more.
fn is_notice(text: &str) -> bool {
    /// Longest notice, in bytes.
    const LONGEST: usize = 160;
    if text.starts_with('<') || ((text.starts_with("http://") || text.starts_with("https://")) && !text.contains(' ')) {
        return true;
    }
    if text.len() > LONGEST {
        return false;
    }
    let lower = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    LABELS.contains(&lower.as_str()) || OPENINGS.iter().any(|opening| lower.starts_with(opening))
}

/// Blocks that say nothing else.
const LABELS: [&str; 14] = [
    "advertisement",
    "advert",
    "advertising",
    "ad",
    "sponsored",
    "publicité",
    "pub",
    "annonce",
    "iklan",
    "publicidade",
    "إعلان",
    "اعلان",
    "إعلانات",
    "loading",
];

/// What blocks that lead elsewhere begin with.
const OPENINGS: [&str; 31] = [
    "read more",
    "read also",
    "also read",
    "see also",
    "related:",
    "more:",
    "click here",
    "share this",
    "share on",
    "follow us",
    "sign up",
    "subscribe",
    "like this story",
    "want more stories",
    "filed under",
    "image credit",
    "photo credit",
    "lire aussi",
    "à lire aussi",
    "lire également",
    "lire la suite",
    "à lire",
    "partager",
    "suivez-nous",
    "abonnez-vous",
    "crédit photo",
    "اقرأ أيضا",
    "اقرأ أيضًا",
    "اقرأ المزيد",
    "للمزيد",
    "شارك",
];
