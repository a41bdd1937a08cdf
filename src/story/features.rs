//! Features: what an item says of the event it reports, as far as the lexicon and the toll grammar understand it. They are the same
//! in every language, so they are what joins reports across languages.
//!
//! Read from the title and the first words of the text (news says first what happened; what follows is background, in which
//! other attacks and other places stand). Knows nothing of other items.

use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use super::terms::Vector;
use crate::model::{ConceptKind, Toll, TollKind};
use crate::query::{Entry, Mention, Scan};

/// Words of the text that are read beside the title.
const LEAD: u32 = 60;
/// Places of a title and lead from which on an item reports no single event: a round-up of the week, a list of attacks.
const ROUNDUP_PLACES: usize = 5;
/// Values kept of each kind: a bound on what one item may cost.
const MOST: usize = 12;
/// Numbers from which on two reports hardly share one by chance.
const TELLING_NUMBER: u32 = 10;

/// The ids of the event types that the rules of linking name.
const KIDNAPPING: &str = "kidnapping";
const RELEASE: &str = "release";
pub(super) const CLAIM: &str = "claim-of-responsibility";

/// A concept or country, as a number that stays the same when the lexicon is loaded again.
pub(super) type Ref = u32;

/// A sorted set of a few values.
pub(super) type Set = Box<[Ref]>;

/// What an item says of its event.
#[derive(Debug, Clone, PartialEq)]
pub struct Features {
    /// What is kept of it in its story.
    pub(super) facts: Facts,
    /// Its words.
    pub(super) words: Vector,
}

/// A casualty figure as it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Figure {
    pub(super) kind: TollKind,
    /// The number printed, the higher one of a range.
    pub(super) printed: u32,
    /// What it may stand for: `dozens` is 12 as well as 60.
    pub(super) low: u32,
    pub(super) high: u32,
}

impl Figure {
    /// How often an open figure may be surpassed by what it stands for: `dozens` are not hundreds, and `at least 8` not 80.
    const OPEN: u32 = 5;

    fn of(toll: &Toll) -> Self {
        let high = toll.max.unwrap_or_else(|| toll.min.saturating_mul(Self::OPEN));
        Self { kind: toll.kind, printed: toll.figure(), low: toll.min, high }
    }
}

/// What is compared between items of any language.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Facts {
    /// When it was published, or first seen.
    pub(super) time: Timestamp,
    /// The most specific places of its title, or else of its lead, below a country.
    pub(super) places: Set,
    /// Everything those lie in, below a country.
    pub(super) wider: Set,
    /// Other places in the lead.
    pub(super) beside: Set,
    /// Countries of its places; those it names where it has no place.
    pub(super) countries: Set,
    /// Event types of its title, or else of its lead, with the wider types they are a case of.
    pub(super) events: Set,
    /// The same of title and lead together.
    pub(super) all_events: Set,
    /// Groups, forces, organisations and persons.
    pub(super) actors: Set,
    /// Its own casualty figures.
    pub(super) tolls: Box<[Figure]>,
    /// Printed numbers that hardly agree by chance.
    pub(super) numbers: Set,
    /// It reports that people were taken and not that they are free, or the other way round.
    pub(super) captures: bool,
    pub(super) releases: bool,
    /// It reports who says that they did it.
    pub(super) claims: bool,
    /// It reports no single event.
    pub(super) roundup: bool,
    /// How many terms its title and lead have.
    pub(super) terms: u16,
}

impl Features {
    /// Reads them off what was found in an item.
    #[must_use]
    pub fn of(scan: &Scan<'_>, time: Timestamp) -> Self {
        let title = scan.title_words();
        let end = title + LEAD;
        let read = lead(scan);
        let (places, beside) = places(scan, &read, title);
        let wider = set(places.iter().flat_map(|place| scan.above(place)).filter(|above| is_local(above)).map(number));
        let events = |before: u32| events(scan, &read, before);
        let mut main = events(title);
        let all_events = events(end);
        if main.is_empty() {
            main.clone_from(&all_events);
        }
        let names = |id: &str| main.contains(&of_text(id));
        let (captured, released) = (names(KIDNAPPING), names(RELEASE));
        let words = Vector::of(scan.cased_words().take(end as usize));
        let facts = Facts {
            time,
            terms: u16::try_from(words.terms().len()).unwrap_or(u16::MAX),
            countries: countries(&places, &read),
            roundup: places.len() >= ROUNDUP_PLACES || places.len() + beside.len() > ROUNDUP_PLACES + 2,
            places: set(places.iter().map(|place| number(place))),
            wider,
            beside: set(beside.iter().map(|place| number(place))),
            captures: captured && !released,
            releases: released,
            claims: names(CLAIM),
            events: main,
            all_events,
            actors: set(read
                .iter()
                .filter(|mention| is_actor(mention.entry.kind))
                .map(|mention| number(mention.entry))),
            tolls: tolls(scan),
            numbers: numbers(scan, end),
        };
        Self { facts, words }
    }
}

/// What title and lead name, in the order of the lexicon.
pub(super) fn lead<'a>(scan: &Scan<'a>) -> Vec<Mention<'a>> {
    let end = scan.title_words() + LEAD;
    scan.mentions().filter(|mention| mention.first < end).collect()
}

/// The most specific places of title or else lead, and the other ones.
pub(super) fn places<'a>(scan: &Scan<'a>, read: &[Mention<'a>], title: u32) -> (Vec<&'a Entry>, Vec<&'a Entry>) {
    // A name inside a longer one is part of it: `région de Mopti` is not the town.
    let whole = |name: &&Mention<'_>| {
        !read.iter().any(|longer| {
            let holds = longer.first <= name.first && name.last <= longer.last;
            holds && longer.last - longer.first > name.last - name.first && longer.entry.kind != ConceptKind::Event
        })
    };
    let local: Vec<&Mention<'a>> = read.iter().filter(|mention| is_local(mention.entry)).filter(whole).collect();
    let mut found: Vec<&'a Entry> = distinct(local.iter().map(|mention| mention.entry));
    let in_title: Vec<&'a Entry> =
        distinct(local.iter().filter(|mention| mention.first < title).map(|mention| mention.entry));
    let is_above = |wide: &Entry, narrow: &'a Entry| scan.above(narrow).any(|above| above.id == wide.id);
    let mut main: Vec<&'a Entry> = found.clone();
    if !in_title.is_empty() {
        let titled = |place: &&'a Entry| in_title.iter().any(|of| of.id == place.id || is_above(of, place));
        main.retain(titled);
    }
    let narrower = main.clone();
    main.retain(|place| !narrower.iter().any(|other| is_above(place, other)));
    found.retain(|place| !main.iter().any(|of| of.id == place.id || is_above(place, of)));
    main.truncate(MOST);
    found.truncate(MOST);
    (main, found)
}

/// The types of events named before this word, and the wider ones they are a case of.
fn events(scan: &Scan<'_>, read: &[Mention<'_>], before: u32) -> Set {
    let named = read.iter().filter(|mention| mention.first < before && mention.entry.kind == ConceptKind::Event);
    let counted = named.flat_map(|mention| scan.above(mention.entry).chain([mention.entry]));
    set(counted.filter(|entry| entry.kind == ConceptKind::Event).map(number))
}

fn countries(places: &[&Entry], read: &[Mention<'_>]) -> Set {
    let of_places = set(places.iter().filter_map(|place| place.country.as_deref()).map(of_text));
    if !of_places.is_empty() {
        return of_places;
    }
    let named = read.iter().filter(|mention| mention.entry.kind.is_place() || is_actor(mention.entry.kind));
    set(named.filter_map(|mention| mention.entry.country.as_deref()).map(of_text))
}

fn tolls(scan: &Scan<'_>) -> Box<[Figure]> {
    let leading = scan.tolls().records.iter().filter(|record| record.leads);
    leading.map(|record| Figure::of(&record.toll)).take(MOST).collect()
}

/// Numbers in title and lead, years left out.
fn numbers(scan: &Scan<'_>, end: u32) -> Set {
    let printed = scan.folded_words().take(end as usize).filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let telling = |number: &u32| *number >= TELLING_NUMBER && !(1_900..2_100).contains(number);
    set(printed.filter_map(|word| word.parse().ok()).filter(telling))
}

/// Whether it is a place below a country.
fn is_local(entry: &Entry) -> bool {
    matches!(entry.kind, ConceptKind::Region | ConceptKind::District | ConceptKind::Place)
}

fn is_actor(kind: ConceptKind) -> bool {
    use ConceptKind::{ArmedGroup, Force, Organisation, Person};
    matches!(kind, ArmedGroup | Force | Organisation | Person)
}

pub(super) fn distinct<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<&'a Entry> {
    let mut kept: Vec<&Entry> = Vec::new();
    for entry in entries {
        if kept.len() < 2 * MOST && !kept.iter().any(|known| known.id == entry.id) {
            kept.push(entry);
        }
    }
    kept
}

fn set(values: impl Iterator<Item = Ref>) -> Set {
    let mut values: Vec<Ref> = values.collect();
    values.sort_unstable();
    values.dedup();
    values.truncate(MOST);
    values.into()
}

fn number(entry: &Entry) -> Ref {
    of_text(&entry.id)
}

fn of_text(text: &str) -> Ref {
    (xxh3_64(text.as_bytes()) & u64::from(u32::MAX)) as u32
}

/// Whether two sorted sets have a value in common.
pub(super) fn meet(a: &[Ref], b: &[Ref]) -> bool {
    common(a, b) > 0
}

/// How many values two sorted sets have in common.
pub(super) fn common(a: &[Ref], b: &[Ref]) -> usize {
    a.iter().filter(|value| b.binary_search(value).is_ok()).count()
}
