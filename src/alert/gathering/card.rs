//! One story in a mail on several: three lines told in full, or one line.

use super::labels::Words;
use super::order::Ranked;
use super::{Gathering, SentEntry, claims};
use crate::alert::excerpt::{Passage, headline_within};
use crate::alert::labels::Labels;
use crate::alert::line::Line;
use crate::alert::link::Link;
use crate::alert::moment;
use crate::alert::subject::well_formed;
use crate::alert::{figures, places};
use crate::model::{Item, Place, Report, Severity};

/// Longest headline of a story told in full, and of one that takes a line, in characters.
const MAX_HEADLINE: usize = 140;
const MAX_BRIEF: usize = 100;
/// Places and sources named of one story.
const MAX_PLACES: usize = 2;
const MAX_NAMES: usize = 4;
/// Longest name, in characters.
const MAX_NAME: usize = 40;
/// Longest address linked, in bytes: with forty of them a mail must still hold its stories.
const MAX_HREF: usize = 1_000;

/// A story told in full.
pub(super) struct Card {
    pub(super) severity: Severity,
    pub(super) headline: Passage,
    pub(super) link: Option<Link>,
    /// What is new to a reader who knows the story.
    pub(super) news: Option<Line>,
    pub(super) facts: Line,
    pub(super) claims: Option<Line>,
}

/// A story that takes a line.
pub(super) struct Brief {
    pub(super) headline: Passage,
    pub(super) link: Option<Link>,
    pub(super) about: Line,
}

impl Card {
    pub(super) fn of(story: &Ranked<'_>, gathering: &Gathering<'_>, labels: &Labels, words: &Words) -> Self {
        let entry = story.entry;
        // Under its country's heading a place needs no country.
        let country = if gathering.is_digest() { None } else { story.country };
        let seen = moment::short(story.first_seen, gathering.now, &gathering.reader.zone, labels);
        let count = Line::ours(labels.count(labels.sources, story.sources()));
        let originals: Vec<&Report> = story.coverage.originals.iter().map(|original| original.report).collect();
        let named = match originals.is_empty() {
            true => labels.foreign(story.coverage.name(&entry.lead.source), MAX_NAME),
            false => figures::names(&story.coverage, &originals, labels, MAX_NAMES, &claims::LIMITS),
        };
        let copies = entry.reports.iter().filter(|report| report.copy_of.is_some()).count();
        let facts = [
            place(story, country, labels),
            Some(Line::fill(words.first_seen, &[("time", seen)])),
            Some(Line::fill(words.sources_named, &[("n", count), ("names", named)])),
            (copies > 0).then(|| Line::ours(labels.count(words.copies, copies))),
        ];
        Self {
            severity: story.severity,
            headline: headline(story, MAX_HEADLINE, labels),
            link: link(&entry.lead.item, MAX_HREF),
            news: claims::news(story, labels),
            facts: Line::join(facts.into_iter().flatten(), " · "),
            claims: claims::claims(story, labels),
        }
    }
}

impl Brief {
    pub(super) fn of(story: &Ranked<'_>, labels: &Labels) -> Self {
        let count = Line::ours(labels.count(labels.sources, story.sources()));
        let severity = (story.severity > Severity::Low).then(|| Line::ours(labels.severity(story.severity)));
        let about = [
            severity,
            place(story, story.country, labels),
            claims::toll(story, labels),
            Some(count),
            claims::news(story, labels),
        ];
        Self {
            headline: headline(story, MAX_BRIEF, labels),
            link: link(&story.entry.lead.item, MAX_HREF),
            about: Line::join(about.into_iter().flatten(), " · "),
        }
    }

    pub(super) fn sent(sent: &SentEntry<'_>, gathering: &Gathering<'_>, labels: &Labels, words: &Words) -> Self {
        let time = moment::short(sent.sent, gathering.now, &gathering.reader.zone, labels);
        let item = Item { title: sent.title.to_owned(), ..Item::default() };
        Self {
            headline: passage(&item, sent.lang, MAX_BRIEF, labels),
            link: sent.link.and_then(|address| Link::to(address, MAX_HREF)),
            about: Line::fill(words.sent, &[("time", time)]),
        }
    }
}

/// The headline of the leading item, in the language its report was found to have.
pub(super) fn headline(story: &Ranked<'_>, max_chars: usize, labels: &Labels) -> Passage {
    let lead = story.entry.lead;
    let report = story.coverage.report(lead.id).map(|report| report.lang.as_str());
    let known = report.filter(|lang| *lang != "und").or(lead.item.lang.as_deref());
    passage(&lead.item, known.unwrap_or_default(), max_chars, labels)
}

fn passage(item: &Item, lang: &str, max_chars: usize, labels: &Labels) -> Passage {
    headline_within(item, &[], well_formed(lang), max_chars)
        .unwrap_or_else(|| Passage::unmarked(labels.no_headline, labels.lang))
}

/// Where a story can be read; none where the address is longer than so many bytes.
pub(super) fn link(item: &Item, max_bytes: usize) -> Option<Link> {
    item.link.as_ref().and_then(|address| Link::to(address, max_bytes))
}

/// `Djibo, Soum (BF)`.
pub(super) fn place(story: &Ranked<'_>, country: Option<&str>, labels: &Labels) -> Option<Line> {
    let all = places::places(&story.coverage, story.entry.lead.id);
    // A place of another country would stand beside the wrong code.
    let here = |place: &&Place| place.country.as_deref() == story.country && !places::is_country(place);
    let shown: Vec<&Place> = all.into_iter().filter(here).take(MAX_PLACES).collect();
    let region = shown.first().and_then(|place| place.region.as_deref());
    let shared = region.filter(|region| shown.iter().all(|place| place.region.as_deref() == Some(*region)));
    let mut names: Vec<&str> = shown.iter().map(|place| place.name.as_str()).collect();
    if let Some(region) = shared.filter(|region| !names.contains(region)) {
        names.push(region);
    }
    let named = Line::join(names.iter().map(|name| labels.foreign(name, MAX_NAME)), labels.comma);
    let code = country.map(|code| labels.foreign(code, 2));
    match (names.is_empty(), code) {
        (true, code) => code,
        (false, None) => Some(named),
        (false, Some(code)) => Some(Line::fill(labels.attributed, &[("words", named), ("sources", code)])),
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::{At, DJIBO, KIDAL, MENAKA, story};
    use super::super::{StoryEntry, order::Ranked};
    use super::*;
    use crate::model::Tongue;

    fn check(places: &[At], with_code: &str, without: Option<&str>) {
        let mut story = story("2026-11-21T08:00:00Z", 0, "title", None, Severity::High);
        story.reports[0].places = places
            .iter()
            .map(|(name, region, country)| Place {
                id: name.to_lowercase(),
                name: (*name).into(),
                region: Some((*region).into()).filter(|_| !region.is_empty()),
                country: Some((*country).into()),
                country_name: Some(if *country == "BF" { "Burkina Faso" } else { "Mali" }.into()),
            })
            .collect();
        let entry = StoryEntry {
            story: story.lead.id,
            lead: &story.lead,
            reports: &story.reports,
            news: &[],
            watches: &[],
            sources: &[],
        };
        let (ranked, labels) = (Ranked::of(&entry), Labels::of(Tongue::En));
        let shown = |country| place(&ranked, country, labels).map(|line| line.bare());
        assert_eq!((shown(ranked.country).as_deref(), shown(None).as_deref()), (Some(with_code), without));
    }

    #[test]
    fn a_place_stands_with_its_region_and_its_own_country() {
        check(&[DJIBO], "Djibo, Soum (BF)", Some("Djibo, Soum"));
        check(&[MENAKA], "Ménaka (ML)", Some("Ménaka"));
        check(&[MENAKA, KIDAL, DJIBO], "Ménaka, Kidal (ML)", Some("Ménaka, Kidal"));
        check(&[("Burkina Faso", "", "BF")], "BF", None);
    }
}
