//! Where a story happened, in words; and whether a headline opens with that place already, in whatever language.

use super::coverage::Coverage;
use super::labels::Labels;
use super::limits::Limits;
use super::line::Line;
use crate::model::{Alert, Field, ItemId, Match, Place, Watch};
use crate::text::{Tokens, display};

/// The places of a story: those of the report shown first, each once, no region or country beside a place in it.
pub(crate) fn places<'a>(coverage: &Coverage<'a>, lead: ItemId) -> Vec<&'a Place> {
    let lead = coverage.report(lead);
    let mut places: Vec<&'a Place> = Vec::new();
    let named = lead.into_iter().chain(coverage.reports()).flat_map(|report| &report.places);
    for place in named.filter(|place| !display::line(&place.name).is_empty()) {
        if !places.iter().any(|other| other.id == place.id) {
            places.push(place);
        }
    }
    let all = places.clone();
    let inside = |place: &Place, other: &Place| match is_country(place) {
        true => other.country == place.country && !is_country(other),
        false => other.region.as_ref() == Some(&place.name) && other.country == place.country && other.id != place.id,
    };
    places.retain(|place| !all.iter().any(|other| inside(place, other)));
    places
}

pub(crate) fn is_country(place: &Place) -> bool {
    place.country_name.as_deref() == Some(place.name.as_str())
}

/// `Djibo, Soum · Arbinda, Soum · Burkina Faso`: the country once where all lie in it.
pub(crate) fn line(places: &[&Place], labels: &Labels, limits: &Limits) -> Option<Line> {
    let (first, others) = places.split_first()?;
    let shared = !others.is_empty() && others.iter().all(|place| place.country_name == first.country_name);
    let shown = places.iter().take(limits.places).map(|place| match shared {
        true => parts([Some(place.name.as_str()), place.region.as_deref()], labels, limits),
        false => named(place, labels, limits),
    });
    let more = places.len().checked_sub(limits.places).filter(|n| *n > 0);
    let more = more.map(|n| Line::fill(labels.more, &[("n", Line::ours(n.to_string()))]));
    let country =
        first.country_name.as_deref().filter(|_| shared).map(|name| labels.foreign(name, limits.name.min(40)));
    Some(Line::join(shown.chain(more).chain(country), " · "))
}

/// `Djibo, Soum, Burkina Faso`.
pub(crate) fn named(place: &Place, labels: &Labels, limits: &Limits) -> Line {
    let country = place.country_name.as_deref().filter(|_| !is_country(place));
    parts([Some(place.name.as_str()), place.region.as_deref(), country], labels, limits)
}

/// `Djibo, Soum`, for the preheader.
pub(crate) fn brief(place: &Place, labels: &Labels) -> Line {
    let wider = if is_country(place) { None } else { place.region.as_deref().or(place.country_name.as_deref()) };
    let parts = [Some(place.name.as_str()), wider.filter(|wider| *wider != place.name)];
    Line::join(parts.into_iter().flatten().map(|part| labels.foreign(part, 24)), labels.comma)
}

fn parts<const N: usize>(parts: [Option<&str>; N], labels: &Labels, limits: &Limits) -> Line {
    let mut shown: Vec<&str> = Vec::new();
    for part in parts.into_iter().flatten() {
        if !shown.contains(&part) {
            shown.push(part);
        }
    }
    Line::join(shown.into_iter().map(|part| labels.foreign(part, limits.name.min(40))), labels.comma)
}

/// Whether a headline opens with the place: by its name as we write it, or by a match of it at the headline's first word, which is
/// how the lexicon's names in other languages are known. A match of the country there may be the country's own name, after which
/// the place still has to be told.
pub(crate) fn opens_with(headline: &str, place: &Place, matches: &[&Match]) -> bool {
    let (headline_words, name) = (Tokens::of(headline), Tokens::of(&place.name));
    let mut name = name.folded_words().peekable();
    let mut words = headline_words.folded_words();
    if name.peek().is_some() && name.all(|part| words.next() == Some(part)) {
        return true;
    }
    let opening = headline.find(char::is_alphanumeric).unwrap_or(0);
    let at_start = |found: &&&Match| found.field == Field::Title && found.start as usize <= opening;
    matches.iter().filter(at_start).any(|found| found.term.strip_prefix('@') == Some(&place.id))
}

/// A place's id, or a country's code, as a header takes it.
pub(crate) fn codes(places: &[&Place]) -> Vec<String> {
    let safe = |id: &str| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    places.iter().map(|place| place.id.clone()).filter(|id| safe(id) && id.len() <= 64).take(12).collect()
}

/// `Djibo (BF)`, for the subject; at most 26 characters, so that the event still stands in the first 45.
pub(crate) fn short(place: &Place) -> String {
    let name = display::cut(&display::line(&place.name), 21);
    let code = place.country.as_deref().filter(|code| !is_country(place) && code.len() == 2);
    let code = code.filter(|code| code.bytes().all(|b| b.is_ascii_uppercase()));
    code.map_or_else(|| name.clone(), |code| format!("{name} ({code})"))
}

/// The matches of all alerts on an item.
pub(crate) fn matches_on<'a>(item: ItemId, alerts: &[(&'a Watch, &'a Alert)]) -> Vec<&'a Match> {
    alerts.iter().filter(|(_, alert)| alert.id.item == item).flat_map(|(_, alert)| &alert.matches).collect()
}
