//! Which stories of a gathering are told in full, which take a line and which are counted, and in what order they
//! stand. What is left out is always the least severe: an order of reading never decides it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Gathered, Gathering, StoryEntry};
use crate::alert::coverage::Coverage;
use crate::alert::places;
use crate::model::Severity;

/// A story with what it is ordered by.
pub(super) struct Ranked<'a> {
    pub(super) entry: &'a StoryEntry<'a>,
    pub(super) coverage: Coverage<'a>,
    pub(super) severity: Severity,
    /// ISO code of the country it is told under.
    pub(super) country: Option<&'a str>,
    /// When its first report was seen.
    pub(super) first_seen: Timestamp,
}

impl<'a> Ranked<'a> {
    pub(super) fn of(entry: &'a StoryEntry<'a>) -> Self {
        let coverage = Coverage::of(entry.reports, entry.sources);
        let places = places::places(&coverage, entry.lead.id);
        Self {
            entry,
            severity: entry.watches.iter().map(|watch| watch.severity).max().unwrap_or_default(),
            country: places.into_iter().find_map(|place| place.country.as_deref()),
            first_seen: entry.reports.iter().map(|report| report.seen).min().unwrap_or(entry.lead.first_seen),
            coverage,
        }
    }

    /// How many sources report it on their own account.
    pub(super) fn sources(&self) -> usize {
        self.coverage.independent().max(1)
    }

    /// Most severe, then best confirmed, then oldest.
    fn weight(&self) -> impl Ord + use<> {
        (Reverse(self.severity), Reverse(self.sources()), self.first_seen, self.entry.story)
    }

    fn age(&self) -> impl Ord + use<> {
        (self.first_seen, self.entry.story)
    }
}

/// All stories, most severe first.
pub(super) fn ranked<'a>(gathering: &Gathering<'a>) -> Vec<Ranked<'a>> {
    let mut ranked: Vec<_> = gathering.stories.iter().map(Ranked::of).collect();
    ranked.sort_by_cached_key(Ranked::weight);
    ranked
}

/// Stories under one heading: a country's in a digest, all in another mail.
pub(super) struct Group<'a> {
    pub(super) country: Option<&'a str>,
    pub(super) stories: Vec<Ranked<'a>>,
}

/// How a mail lays its stories out.
pub(super) struct Plan<'a> {
    pub(super) full: Vec<Group<'a>>,
    pub(super) brief: Vec<Ranked<'a>>,
    /// How many are counted only.
    pub(super) rest: usize,
}

impl<'a> Plan<'a> {
    /// With at most so many stories told in full and so many in a line.
    pub(super) fn of(gathering: &Gathering<'a>, most_full: usize, most_brief: usize) -> Self {
        let mut full = ranked(gathering);
        let digest = matches!(gathering.kind, Gathered::Digest { .. });
        // A digest gives what is good to know a line, unless it has nothing else to tell.
        let severe = full.iter().take_while(|story| story.severity > Severity::Low).count();
        let most_full = if digest && severe > 0 { most_full.min(severe) } else { most_full };
        let mut brief = full.split_off(most_full.min(full.len()));
        let rest = brief.len().saturating_sub(most_brief).saturating_add(gathering.also);
        brief.truncate(most_brief);
        match gathering.kind {
            Gathered::Digest { .. } => return Self { full: by_country(full), brief, rest },
            Gathered::Outage { .. } => {
                full.sort_by_cached_key(Ranked::age);
                brief.sort_by_cached_key(Ranked::age);
            }
            Gathered::Roundup { .. } | Gathered::Held { .. } => {
                full.sort_by_cached_key(|story| (Reverse(story.severity), story.age()));
                brief.sort_by_cached_key(|story| (Reverse(story.severity), story.age()));
            }
        }
        let groups = if full.is_empty() { Vec::new() } else { vec![Group { country: None, stories: full }] };
        Self { full: groups, brief, rest }
    }
}

/// The country with most stories first; what no country is known of last.
fn by_country(stories: Vec<Ranked<'_>>) -> Vec<Group<'_>> {
    let mut countries: BTreeMap<Option<&str>, Vec<Ranked<'_>>> = BTreeMap::new();
    for story in stories {
        countries.entry(story.country).or_default().push(story);
    }
    let mut groups: Vec<_> = countries.into_iter().map(|(country, stories)| Group { country, stories }).collect();
    groups.sort_by_key(|group| (group.country.is_none(), Reverse(group.stories.len())));
    groups
}

/// How many stories each country has, most first.
pub(super) fn countries<'a>(gathering: &Gathering<'a>) -> Vec<(&'a str, usize)> {
    let groups = by_country(gathering.stories.iter().map(Ranked::of).collect());
    groups.into_iter().filter_map(|group| Some((group.country?, group.stories.len()))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::cases::{ABECHE, DJIBO, KIDAL, MENAKA, Mail, Story, dead, story, time};
    use super::*;
    use crate::model::DigestId;
    use Severity::{High, Low, Medium};

    fn stories() -> Vec<Story> {
        vec![
            story("2026-11-21T08:00:00Z", 0, "old", Some(KIDAL), Medium),
            story("2026-11-21T09:00:00Z", 0, "low", Some(ABECHE), Low),
            story("2026-11-21T10:00:00Z", 0, "confirmed", Some(MENAKA), Medium).and(1, 5, &[dead(2)]),
            story("2026-11-21T11:00:00Z", 0, "copied", Some(DJIBO), Medium).and(1, 5, &[dead(2)]).copied(),
            story("2026-11-21T12:00:00Z", 0, "grave", None, High),
        ]
    }

    /// What is told in full, by country, what takes a line, and how many are counted.
    fn check(kind: Gathered<'static>, stories: Vec<Story>, room: (usize, usize), shown: (&str, &str, usize)) {
        let mail = Mail { also: 2, ..Mail::new(kind, "2026-11-22T06:30:00Z", stories) };
        mail.with(|gathering| {
            let plan = Plan::of(gathering, room.0, room.1);
            let titles = |stories: &[Ranked<'_>]| {
                stories.iter().map(|story| story.entry.lead.item.title.as_str()).collect::<Vec<_>>().join(" ")
            };
            let full =
                plan.full.iter().map(|group| format!("{}:{}", group.country.unwrap_or("-"), titles(&group.stories)));
            let full = full.collect::<Vec<_>>().join(" | ");
            assert_eq!((full.as_str(), titles(&plan.brief).as_str(), plan.rest), shown);
        });
    }

    #[test]
    fn a_digest_goes_by_country_and_gives_a_line_to_what_is_good_to_know() {
        let id = Box::leak(Box::new(DigestId::new("morning").unwrap()));
        let digest = Gathered::Digest { id, name: "morning", since: time("2026-11-21T06:30:00Z") };
        check(digest, stories(), (40, 60), ("ML:confirmed old | BF:copied | -:grave", "low", 2));
        check(digest, stories(), (2, 1), ("ML:confirmed | -:grave", "old", 4));
        let low = stories().into_iter().filter(|story| story.watches[0].severity == Low).collect();
        check(digest, low, (40, 60), ("TD:low", "", 2));
    }

    #[test]
    fn what_was_held_goes_by_severity_and_then_by_age() {
        let held = Gathered::Held { since: time("2026-11-21T22:00:00Z") };
        check(held, stories(), (40, 60), ("-:grave old confirmed copied low", "", 2));
        check(held, stories(), (2, 2), ("-:grave confirmed", "old copied", 3));
    }

    #[test]
    fn a_backlog_goes_by_age_and_leaves_out_the_least_severe() {
        let outage = Gathered::Outage { from: time("2026-11-21T07:00:00Z"), until: time("2026-11-22T06:00:00Z") };
        check(outage, stories(), (40, 60), ("-:old low confirmed copied grave", "", 2));
        check(outage, stories(), (2, 2), ("-:confirmed grave", "old copied", 3));
    }
}
