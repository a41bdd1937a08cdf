//! The links of a page that may lead to articles: each address once, with its best headline, and the block around it.

use std::collections::HashMap;

use url::Url;

use super::MAX_LINKS;
use super::address::{self, Shape};
use super::flat::Flat;
use super::words::{LONGEST_TITLE, is_title_like, leads_on};
use crate::extract::page::link::Links;

/// How good a headline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// None: a picture, `Lire la suite`.
    None,
    /// What a picture is called for those who cannot see it, or the link's tooltip.
    Alternative,
    /// The text of the link.
    Text,
    /// A heading, around the link or inside it.
    Heading,
}

/// An address that may be an article's.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) url: Url,
    pub(super) title: String,
    pub(super) rank: Rank,
    pub(super) shape: Shape,
    /// The part of the link that carries the headline.
    pub(super) anchor: usize,
    /// The part around it that holds this article only.
    pub(super) block: usize,
}

impl Story {
    /// Whether it reads like an article taken alone; only such bound the blocks of others.
    fn is_likely(&self) -> bool {
        let is_long = is_title_like(&self.title);
        (self.shape != Shape::Section && (is_long || self.rank == Rank::Heading))
            || (is_long && self.rank == Rank::Heading)
    }
}

/// The candidates of a page in document order, and how many were left out because there are too many.
pub(super) fn all(flat: &Flat<'_>, links: &Links, own: &Own) -> (Vec<Story>, usize) {
    let mut stories: Vec<Story> = Vec::new();
    let mut by_url: HashMap<Url, usize> = HashMap::new();
    let mut places: Vec<(usize, usize)> = Vec::new();
    let mut left_out = 0;
    for at in 0..flat.parts.len() {
        let part = &flat.parts[at];
        if part.name() != "a" || part.is_beside {
            continue;
        }
        let Some(mut url) = part.element.attr("href").and_then(|href| links.resolve(href)) else { continue };
        let is_inside = url.fragment().is_some();
        url.set_fragment(None);
        if !own.has(&url) {
            continue;
        }
        let (title, rank) = if is_inside { (String::new(), Rank::None) } else { title(flat, at) };
        if let Some(&known) = by_url.get(&url) {
            let story = &mut stories[known];
            if (rank, title.len()) > (story.rank, story.title.len()) {
                (story.title, story.rank, story.anchor) = (title, rank, at);
            }
            places.push((at, known));
        } else if stories.len() == MAX_LINKS {
            left_out += 1;
        } else {
            by_url.insert(url.clone(), stories.len());
            places.push((at, stories.len()));
            stories.push(Story { shape: address::shape(&url), url, title, rank, anchor: at, block: at });
        }
    }
    drop_repeated_titles(&mut stories);
    find_blocks(flat, &mut stories, &places);
    (stories, left_out)
}

/// The addresses a page may list: those of its own house.
pub(super) struct Own {
    page: Option<Url>,
}

impl Own {
    /// Of a page found there. Unknown when that is unknown: then every host may be its own.
    pub(super) fn of(page: Option<&Url>) -> Self {
        Self { page: page.cloned() }
    }

    fn has(&self, url: &Url) -> bool {
        let Some(page) = &self.page else { return true };
        let is_page = url.path() == page.path() && url.query() == page.query();
        url.host_str().zip(page.host_str()).is_some_and(|(one, other)| address::is_same_house(one, other)) && !is_page
    }
}

/// The headline a link carries.
fn title(flat: &Flat<'_>, at: usize) -> (String, Rank) {
    let part = &flat.parts[at];
    let inside = (at + 1..part.end).find(|&inside| is_heading(flat, inside) && flat.lines(inside).next().is_some());
    if let Some(heading) = inside {
        return (cut(&flat.text_of(heading)), Rank::Heading);
    }
    let text = match flat.lines(at).count() {
        0 | 1 => flat.text_of(at),
        // A whole card in one link: its section, its headline, its summary.
        _ => flat.lines(at).find(|line| is_title_like(line)).map_or_else(|| flat.text_of(at), str::to_owned),
    };
    if text.is_empty() {
        let alternative = alternative(flat, at);
        let rank = if alternative.is_empty() { Rank::None } else { Rank::Alternative };
        return (cut(&alternative), rank);
    }
    if leads_on(&text) {
        return (String::new(), Rank::None);
    }
    let is_under_heading = flat.around(at).take(3).any(|around| is_heading(flat, around));
    (cut(&text), if is_under_heading { Rank::Heading } else { Rank::Text })
}

/// Whether a part is a heading by its name, or calls itself the title of something.
fn is_heading(flat: &Flat<'_>, at: usize) -> bool {
    const TITLES: [&str; 9] = [
        "title",
        "entry-title",
        "post-title",
        "titre",
        "headline",
        "article-title",
        "news-title",
        "card-title",
        "node-title",
    ];
    let part = &flat.parts[at];
    part.level().is_some() || part.element.value().classes().any(|class| TITLES.contains(&class))
}

fn alternative(flat: &Flat<'_>, at: usize) -> String {
    let part = &flat.parts[at];
    let picture = flat.parts[at..part.end].iter().filter(|inside| inside.name() == "img");
    let names = picture.filter_map(|picture| picture.element.attr("alt"));
    let own = ["aria-label", "title"].into_iter().filter_map(|name| part.element.attr(name));
    names.chain(own).map(str::trim).find(|name| is_title_like(name)).map(cut).unwrap_or_default()
}

fn cut(title: &str) -> String {
    crate::extract::page::text::folded(title, LONGEST_TITLE)
}

/// A text under which many addresses stand says nothing of any of them: `Détails`, `Par la rédaction de l'agence`.
fn drop_repeated_titles(stories: &mut [Story]) {
    /// A correction or a series repeats a headline once or twice.
    const MOST: usize = 3;
    let mut count: HashMap<String, usize> = HashMap::new();
    for story in stories.iter().filter(|story| !story.title.is_empty()) {
        *count.entry(story.title.clone()).or_default() += 1;
    }
    for story in stories {
        if count.get(&story.title).is_some_and(|&times| times > MOST) {
            (story.title, story.rank) = (String::new(), Rank::None);
        }
    }
}

/// A block ends where another article begins. `places` are the links in document order, each with its story.
fn find_blocks(flat: &Flat<'_>, stories: &mut [Story], places: &[(usize, usize)]) {
    /// Most levels between a link and the block it stands in; cards have up to seven.
    const MOST_LEVELS: usize = 8;
    /// Most elements and bytes of a block: posts that stand whole on a front page have as many. Links in
    /// one block without an article would read it again and again otherwise.
    const MOST_PARTS: usize = 500;
    const MOST_TEXT: usize = 20_000;
    let likely: Vec<(usize, usize)> = places.iter().copied().filter(|&(_, story)| stories[story].is_likely()).collect();
    // For each place the next one of another story.
    let mut next_other = vec![likely.len(); likely.len()];
    for at in (0..likely.len().saturating_sub(1)).rev() {
        let is_same = likely[at].1 == likely[at + 1].1;
        next_other[at] = if is_same { next_other[at + 1] } else { at + 1 };
    }
    for (index, story) in stories.iter_mut().enumerate() {
        let holds_it_only = |&around: &usize| {
            let first = likely.partition_point(|&(at, _)| at < around);
            let end = likely.partition_point(|&(at, _)| at < flat.parts[around].end);
            let part = &flat.parts[around];
            let is_page = matches!(part.name(), "body" | "main" | "html");
            let is_large = part.end - around > MOST_PARTS || part.to - part.from > MOST_TEXT;
            !is_page && !is_large && (first == end || (likely[first].1 == index && next_other[first] >= end))
        };
        let around = flat.around(story.anchor).take(MOST_LEVELS).take_while(holds_it_only);
        story.block = around.last().unwrap_or(story.anchor);
    }
}
