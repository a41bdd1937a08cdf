//! Linking: whether an item reports the event of a story, by which rule, and how surely. Pure functions over two sets of facts.
//!
//! Places decide most (finer geocoding is what brought NEXUS closer to ACLED), then the type of event, actors, figures and time; words
//! count inside one language, where the cosine is high. The rules fail towards not linking: a story split in two costs a line
//! in a mail, one wrongly merged hides an event.

use super::features::{Facts, common, meet};
use crate::model::{Link, Rule, TollKind};

/// Score from which on an item joins a story.
pub(super) const JOINS: f32 = 0.40;
/// Hours after its last item in which a story takes another one.
pub(super) const IDLE_HOURS: f32 = 72.0;
/// Cosine from which on two texts report one event although their facts differ, and the terms they need for that: of two short
/// reports of attacks on two towns, all words may agree but the town.
const SAME_TEXT: f32 = 0.60;
const SAME_TEXT_TERMS: u16 = 30;
/// Cosine that links items of which facts are known.
const ALIKE: f32 = 0.30;
/// Cosine, as evidence beside facts, that two items are about more than the same place.
const RELATED: f32 = 0.30;
/// Hours after which an event of one type in one place is expected to be another one, unless something else agrees.
const ANOTHER_DAY: f32 = 18.0;
/// Factor between two figures of one kind that makes them two events, or two very different reports of one.
const FIGURES_APART: u64 = 3;

/// How the places of two items lie to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    /// One names none.
    Unknown,
    /// They name the same.
    Same,
    /// One names the region of the other, or the other's place further down.
    Within,
    /// They name different places, or beside a common one each another one: villages near one town.
    Apart,
}

fn lie(a: &Facts, b: &Facts) -> Lie {
    if a.places.is_empty() || b.places.is_empty() {
        return Lie::Unknown;
    }
    let shared = common(&a.places, &b.places);
    let within = |a: &Facts, b: &Facts| common(&a.places, &b.wider) + common(&a.places, &b.beside);
    if shared > 0 {
        let own = |a: &Facts, b: &Facts| a.places.iter().any(|place| !named_by(b, *place));
        return if own(a, b) && own(b, a) { Lie::Apart } else { Lie::Same };
    }
    if within(a, b) + within(b, a) > 0 { Lie::Within } else { Lie::Apart }
}

fn named_by(facts: &Facts, place: u32) -> bool {
    [&facts.places, &facts.wider, &facts.beside].iter().any(|set| set.binary_search(&place).is_ok())
}

/// What two figures of one kind say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Figures {
    Silent,
    Agree,
    Apart,
}

fn figures(a: &Facts, b: &Facts) -> Figures {
    let mut said = Figures::Silent;
    for kind in [TollKind::Killed, TollKind::Wounded, TollKind::Kidnapped, TollKind::Displaced, TollKind::Casualties] {
        let of = |facts: &Facts| {
            let mut own = facts.tolls.iter().filter(|toll| toll.kind == kind).map(|toll| (toll.low, toll.high));
            own.next().map(|first| own.fold(first, |sum, next| (sum.0.min(next.0), sum.1.max(next.1))))
        };
        let (Some(x), Some(y)) = (of(a), of(b)) else { continue };
        let (low, high) = (x.1.min(y.1).max(1), x.0.max(y.0));
        if u64::from(high) > FIGURES_APART * u64::from(low) {
            return Figures::Apart;
        }
        if x.0 <= y.1 && y.0 <= x.1 {
            said = Figures::Agree;
        }
    }
    said
}

/// How the types of event of two items compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Types {
    /// One names none.
    Unknown,
    Same,
    /// The same wider type, but each a narrower one of its own: an ambush and a mine.
    Kin,
    /// One's main type stands in the other's lead.
    Mentioned,
    Different,
}

fn types(a: &Facts, b: &Facts) -> Types {
    if a.events.is_empty() || b.events.is_empty() {
        return Types::Unknown;
    }
    let shared = common(&a.events, &b.events);
    if shared > 0 {
        return if shared < a.events.len() && shared < b.events.len() { Types::Kin } else { Types::Same };
    }
    if meet(&a.events, &b.all_events) || meet(&a.all_events, &b.events) { Types::Mentioned } else { Types::Different }
}

/// Whether an item and the items of a story report one event. `cosine` is that of its words and the story's.
pub(super) fn link<'f>(item: &Facts, story: impl Iterator<Item = &'f Facts> + Clone, cosine: f32) -> Option<Link> {
    if item.roundup || story.clone().any(|other| other.roundup) {
        return None;
    }
    let placed = || story.clone().map(|other| lie(item, other)).filter(|lie| *lie != Lie::Unknown);
    let elsewhere = placed().next().is_some() && placed().all(|lie| lie == Lie::Apart);
    let turned = story.clone().any(|other| item.captures && other.releases)
        || (item.releases && story.clone().any(|other| other.captures));
    if (elsewhere || turned) && !story.clone().any(|other| same_text(item, other, cosine)) {
        return None;
    }
    let enough = alike_from(item, story.clone());
    let links = story.filter_map(|other| pair(item, other, cosine, enough));
    links.max_by(|a, b| a.score.total_cmp(&b.score)).filter(|link| link.score >= JOINS)
}

fn same_text(item: &Facts, other: &Facts, cosine: f32) -> bool {
    cosine >= SAME_TEXT && item.terms.min(other.terms) >= SAME_TEXT_TERMS
}

fn pair(item: &Facts, other: &Facts, cosine: f32, alike: f32) -> Option<Link> {
    let (lie, figures, types) = (lie(item, other), figures(item, other), types(item, other));
    if lie == Lie::Apart && !same_text(item, other, cosine) {
        return None;
    }
    let actors = common(&item.actors, &other.actors);
    let same_number = meet(&item.numbers, &other.numbers) || (figures == Figures::Agree && telling(item));
    let agrees = figures == Figures::Agree || actors > 0 || cosine >= RELATED;
    let claimed = (item.claims || other.claims) && types != Types::Different;
    let same_type = match types {
        Types::Same => true,
        Types::Kin | Types::Mentioned => agrees,
        Types::Unknown | Types::Different => false,
    };
    let mut best: Option<Link> = None;
    let mut offer = |rule, score: f32| {
        if best.is_none_or(|link| link.score < score) {
            best = Some(Link { rule, score });
        }
    };
    if cosine >= alike && types != Types::Different {
        offer(Rule::Words, JOINS + cosine - alike + 0.02);
    }
    let evidence = 0.25 * cosine + 0.05 * actors.min(2) as f32 + if figures == Figures::Agree { 0.1 } else { 0.0 };
    if lie == Lie::Same && same_type {
        offer(Rule::PlaceAndEvent, 0.5 + evidence);
    }
    if lie == Lie::Same && types == Types::Unknown && figures == Figures::Agree {
        offer(Rule::PlaceAndFigures, 0.4 + evidence);
    }
    if lie == Lie::Same && types != Types::Different && actors >= 2 {
        offer(Rule::PlaceAndActors, 0.4 + evidence);
    }
    if matches!(lie, Lie::Unknown | Lie::Within) && same_type && meet(&item.countries, &other.countries) {
        if same_number {
            offer(Rule::CountryAndEvent, 0.42 + evidence);
        } else if actors > 0 {
            offer(Rule::CountryAndEvent, 0.40 + evidence);
        }
    }
    let hours = (item.time.duration_since(other.time).as_secs_f32() / 3_600.0).abs();
    let late = hours >= ANOTHER_DAY && !agrees && !claimed;
    let apart = if figures == Figures::Apart { 0.4 } else { 0.0 };
    best.map(|link| Link {
        score: link.score - apart - 0.2 * hours / IDLE_HOURS - if late { 0.15 } else { 0.0 },
        ..link
    })
}

/// Whether a figure of an item is one that two events hardly share by chance.
fn telling(item: &Facts) -> bool {
    item.tolls.iter().any(|toll| toll.printed >= 10)
}

/// Whether anything but words is known of an item.
pub(super) fn is_known(facts: &Facts) -> bool {
    !(facts.places.is_empty() && facts.countries.is_empty() && facts.tolls.is_empty())
}

/// The cosine that links two items by their words alone. Short texts have fewer words to share, so it grows with the text; where
/// facts are known the words must say more, since reports of two attacks are alike.
fn alike_from<'f>(item: &Facts, story: impl Iterator<Item = &'f Facts> + Clone) -> f32 {
    let (count, sum) = story.clone().fold((0.0, 0.0), |(n, sum), other| (n + 1.0_f32, sum + f32::from(other.terms)));
    let terms = f32::from(item.terms).min(sum / count.max(1.0));
    let bare = (0.05 + 0.008 * terms).min(0.24);
    match (is_known(item), story.clone().any(is_known)) {
        (true, true) => ALIKE,
        (false, false) => bare,
        _ => ALIKE.min(bare + 0.1),
    }
}
