//! Links that repeat in one structure, and which of these groups list articles. A group is scored by what its links
//! have on average; links of no group of their own are taken where their addresses have the form of articles found already.
//!
//! The points and the threshold were set on the pages of `tests/fixtures/pages`; see the tests for what they reach.

use std::collections::{HashMap, HashSet};

use super::address::{self, Shape};
use super::block::{self, Around};
use super::flat::Flat;
use super::story::{Rank, Story};
use super::words::is_title_like;

/// Fewest points of a group that lists articles, in the mean of its links: a headline in an address of an article,
/// repeated, reaches them without heading, date or picture.
const LEAST: i32 = 4;
/// Fewest links of a structure that repeats.
const REPEATS: usize = 3;

/// Links in one structure.
#[derive(Debug)]
pub(super) struct Group {
    /// Indices of stories in document order.
    pub(super) stories: Vec<usize>,
    /// In the mean of its links.
    pub(super) points: i32,
}

/// The groups that list articles, by their first link; and what stands around each story.
pub(super) fn of_articles(flat: &Flat<'_>, stories: &[Story]) -> (Vec<Group>, HashMap<usize, Around>) {
    let groups = by_structure(flat, stories);
    let mut around = HashMap::new();
    for group in &groups {
        around.extend(group.iter().copied().zip(block::around(flat, stories, group)));
    }
    let mut taken: Vec<Group> = Vec::new();
    let mut rest = Vec::new();
    for group in groups {
        let points = points(stories, &group, &around);
        let has_evidence = group.len() >= REPEATS || group.iter().any(|story| around[story].has_evidence());
        let group = Group { stories: group, points };
        if points >= LEAST && has_evidence { taken.push(group) } else { rest.push(group) }
    }
    let known: HashSet<String> = taken
        .iter()
        .flat_map(|group| &group.stories)
        .filter(|&&story| stories[story].shape == Shape::Article)
        .map(|&story| address::pattern(&stories[story].url))
        .collect();
    for mut group in rest {
        group.stories.retain(|&story| {
            let story = &stories[story];
            is_title_like(&story.title)
                && story.shape != Shape::Section
                && known.contains(&address::pattern(&story.url))
        });
        if !group.stories.is_empty() {
            taken.push(group);
        }
    }
    for group in &mut taken {
        group.stories.retain(|story| is_article(&stories[*story], &around[story]));
    }
    taken.retain(|group| !group.stories.is_empty());
    taken.sort_by_key(|group| group.stories[0]);
    (taken, around)
}

/// What a group takes along by mistake: `Tous les articles` among headlines.
fn is_article(story: &Story, around: &Around) -> bool {
    story.shape != Shape::Section || is_title_like(&story.title) || around.date.is_some()
}

fn by_structure(flat: &Flat<'_>, stories: &[Story]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut by_path: HashMap<u64, usize> = HashMap::new();
    for (index, story) in stories.iter().enumerate().filter(|(_, story)| story.rank > Rank::None) {
        let group = *by_path.entry(flat.parts[story.anchor].path).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(group) => group.push(index),
            None => groups.push(vec![index]),
        }
    }
    groups
}

/// The points of a group in the mean, rounded down.
fn points(stories: &[Story], group: &[usize], around: &HashMap<usize, Around>) -> i32 {
    let mut sum = 0;
    let mut patterns: HashMap<String, usize> = HashMap::new();
    for index in group {
        let (story, around) = (&stories[*index], &around[index]);
        sum += match (is_title_like(&story.title), story.title.chars().count() >= 35) {
            (true, true) => 3,
            (true, false) => 2,
            _ => -2,
        };
        sum += match story.shape {
            Shape::Article => 2,
            Shape::Unclear => 0,
            Shape::Section => -3,
        };
        sum += i32::from(story.rank == Rank::Heading)
            + i32::from(around.date.is_some())
            + i32::from(around.has_picture)
            + i32::from(!around.summary.is_empty());
        *patterns.entry(address::pattern(&story.url)).or_default() += 1;
    }
    let count = i32::try_from(group.len()).unwrap_or(i32::MAX).max(1);
    let most_alike = patterns.values().copied().max().unwrap_or(0);
    let bonus = match group.len() {
        1 => -1,
        length if length >= REPEATS => 1 + i32::from(most_alike * 5 >= length * 3),
        _ => 0,
    };
    sum.div_euclid(count) + bonus
}
