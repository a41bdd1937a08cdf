//! CSS selectors for the best group of a page, for people who want to see and to mend what the program found. Every
//! suggestion is tried on the page before it is made.

use std::collections::{BTreeSet, HashMap};

use scraper::Html;
use scraper::node::Element;
use url::Url;

use super::block::{Around, is_date_name};
use super::flat::{Flat, is_stable};
use super::group::{self, Group};
use super::story::{self, Own, Story};
use crate::extract::page::link::Links;
use crate::extract::{Document, page};
use crate::model::{Item, PageSelectors};

/// Most articles whose blocks are looked at for what they share.
const LOOKED_AT: usize = 40;

/// Selectors that pick the largest group of articles of a page, and no link that is no article. None when nothing is
/// found, or when no short selector tells the articles from the rest.
#[must_use]
pub fn suggest(document: &Document<'_>) -> Option<PageSelectors> {
    let html = super::parse(document).ok()?;
    let links = Links::of(html.root_element(), document.url);
    let flat = Flat::of(&html);
    let (stories, _) = story::all(&flat, &links, &Own::of(document.url));
    let (groups, around) = group::of_articles(&flat, &stories);
    let url = |&story: &usize| &stories[story].url;
    let all: BTreeSet<&Url> = groups.iter().flat_map(|group| &group.stories).map(url).collect();
    let page = Page { html: &html, links: &links, flat: &flat, stories: &stories, all };
    let mut best: Vec<&Group> = groups.iter().collect();
    best.sort_by_key(|group| std::cmp::Reverse((group.stories.len(), group.points)));
    best.into_iter().take(3).find_map(|group| page.selectors(group, &around))
}

struct Page<'a> {
    html: &'a Html,
    links: &'a Links,
    flat: &'a Flat<'a>,
    stories: &'a [Story],
    /// All articles found.
    all: BTreeSet<&'a Url>,
}

impl Page<'_> {
    fn selectors(&self, group: &Group, around: &HashMap<usize, Around>) -> Option<PageSelectors> {
        let wanted: BTreeSet<&Url> = group.stories.iter().map(|&story| &self.stories[story].url).collect();
        let titles = self.titles(group);
        let pairs =
            self.items(group).into_iter().flat_map(|item| titles.iter().map(move |title| (item.clone(), title)));
        let mut found = pairs
            .map(|(item, title)| PageSelectors { item, title: title.clone(), ..PageSelectors::default() })
            .find(|selectors| self.picks(selectors, &wanted))?;
        let dated = group.stories.iter().filter(|story| around.get(story).is_some_and(|around| around.date.is_some()));
        let least = dated.count().div_ceil(2).max(1);
        found.date = self.dates(group).into_iter().find(|date| {
            let selectors = PageSelectors { date: Some(date.clone()), ..found.clone() };
            self.items_of(&selectors).0.iter().filter(|item| is_dated(item)).count() >= least
        });
        Some(found)
    }

    /// Whether selectors pick all that is wanted, and nothing that is no article.
    fn picks(&self, selectors: &PageSelectors, wanted: &BTreeSet<&Url>) -> bool {
        let (items, problems) = self.items_of(selectors);
        let picked: BTreeSet<Url> = items.iter().filter_map(|item| item.link.clone()).map(without_fragment).collect();
        let has_titles = items.iter().all(|item| !item.title.is_empty() && item.link.is_some());
        problems.is_empty()
            && has_titles
            && wanted.iter().all(|url| picked.contains(*url))
            && picked.iter().all(|url| self.all.contains(url))
    }

    fn items_of(&self, selectors: &PageSelectors) -> (Vec<Item>, Vec<String>) {
        let template = page::Template::compile(selectors);
        template.map(|template| page::items(&template, self.html, self.links)).unwrap_or_default()
    }

    /// Selectors for the items: what their blocks share, alone and below what holds them; then the same of smaller and
    /// smaller parts around the headlines, for blocks that share nothing.
    fn items(&self, group: &Group) -> Vec<String> {
        let chains: Vec<Vec<usize>> = group.stories.iter().take(LOOKED_AT).map(|&story| self.chain(story)).collect();
        let least = chains.iter().map(Vec::len).min().unwrap_or(0);
        let blocks: Vec<usize> = chains.iter().filter_map(|chain| chain.last().copied()).collect();
        let mut selectors = self.below_what_holds(blocks);
        for level in (0..least).rev() {
            let parts: Vec<usize> = chains.iter().map(|chain| chain[level]).collect();
            selectors.extend(self.below_what_holds(parts));
        }
        selectors
    }

    /// What parts share, alone and below one to three parts around them.
    fn below_what_holds(&self, parts: Vec<usize>) -> Vec<String> {
        let mut selectors: Vec<String> = Vec::new();
        let mut parts = parts;
        for _ in 0..4 {
            let Some(shared) = self.shared(&parts) else { break };
            selectors.push(selectors.last().map_or_else(|| shared.clone(), |below| format!("{shared} > {below}")));
            parts = self.parents(&parts);
        }
        selectors
    }

    /// The parts from the link of a story, or what stands around it, to its block.
    fn chain(&self, story: usize) -> Vec<usize> {
        let holder = self.holder(story);
        let anchor = self.stories[story].anchor;
        if holder == anchor {
            return vec![anchor];
        }
        let mut chain = Vec::new();
        for around in self.flat.around(anchor) {
            chain.push(around);
            if around == holder {
                break;
            }
        }
        chain
    }

    fn parents(&self, parts: &[usize]) -> Vec<usize> {
        parts.iter().map(|&part| self.flat.parts[part].parent).collect()
    }

    /// The block of a story; for a bare link what stands around it, since a selector must find the link inside.
    fn holder(&self, story: usize) -> usize {
        let story = &self.stories[story];
        let has_title_inside = self.flat.parts[story.anchor].end > story.anchor + 1;
        if story.block == story.anchor && !has_title_inside { self.flat.parts[story.block].parent } else { story.block }
    }

    /// A selector that all these parts match: their name, an id, the classes they share. None when their names differ.
    fn shared(&self, parts: &[usize]) -> Option<String> {
        let value = |&part: &usize| self.flat.parts[part].element.value();
        let (first, rest) = parts.split_first()?;
        let first = value(first);
        if rest.iter().any(|part| value(part).name() != first.name()) {
            return None;
        }
        let mut selector = first.name().to_owned();
        let id = first.attr("id").filter(|id| is_plain(id) && !id.bytes().any(|byte| byte.is_ascii_digit()));
        if let Some(id) = id.filter(|&id| rest.iter().all(|part| value(part).attr("id") == Some(id))) {
            selector.push('#');
            selector.push_str(id);
            return Some(selector);
        }
        let is_shared = |class: &&str| rest.iter().all(|part| value(part).classes().any(|other| other == *class));
        for class in first.classes().filter(|class| is_plain(class) && is_stable(class)).filter(is_shared).take(2) {
            selector.push('.');
            selector.push_str(class);
        }
        Some(selector)
    }

    /// Selectors for the headline inside a block, most exact first.
    fn titles(&self, group: &Group) -> Vec<String> {
        let mut titles = Vec::new();
        let anchors: Vec<usize> =
            group.stories.iter().take(LOOKED_AT).map(|&story| self.stories[story].anchor).collect();
        let around = self.parents(&anchors);
        if let Some((shared, link)) = self.shared(&around).zip(self.shared(&anchors)) {
            titles.push(format!("{shared} > {link}"));
            titles.push(link);
        }
        // In a card that is one link, the element that holds the headline.
        let holds_title = |&story: &usize| {
            let story = &self.stories[story];
            (story.anchor + 1..self.flat.parts[story.anchor].end).rev().find(|&at| self.flat.text_of(at) == story.title)
        };
        let inside: Option<Vec<usize>> = group.stories.iter().take(LOOKED_AT).map(holds_title).collect();
        titles.extend(inside.and_then(|inside| self.shared(&inside)));
        titles.extend(["h1", "h2", "h3", "h4", "h5"].map(|heading| format!("{heading} a")));
        titles.extend(["h2", "h3", "h4", "h5", "a", "img@alt"].map(str::to_owned));
        titles
    }

    /// Selectors for the date inside a block.
    fn dates(&self, group: &Group) -> Vec<String> {
        let mut dates = vec!["time".to_owned()];
        let first = group.stories.first().map(|&story| self.stories[story].block);
        let Some(block) = first else { return dates };
        let names = |element: &Element| {
            element.classes().find(|class| is_plain(class) && is_date_name(class)).map(str::to_owned)
        };
        let inside = &self.flat.parts[block..self.flat.parts[block].end];
        dates.extend(inside.iter().filter_map(|part| names(part.element.value())).map(|class| format!(".{class}")));
        dates.extend(["small", "td:first-child", "td:last-child", "span", "p"].map(str::to_owned));
        dates
    }
}

fn is_dated(item: &Item) -> bool {
    item.published.as_ref().is_some_and(|date| date.at.is_some() && date.printed.chars().count() <= 70)
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}

/// Whether a name needs no escape in a selector.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
