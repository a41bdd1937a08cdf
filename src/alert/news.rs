//! What is new to a reader: what the reports of a story say beyond what they have been told of it. Knows nothing of
//! watches beyond what they send an update for, nor of time.

use jiff::Timestamp;

use crate::model::{
    Figure, News, Notice, NotificationId, Place, Report, SourceId, Told, Toll, TollKind, UpdateOn, WatchId,
};

/// What is remembered of one story at most, so that its row stays small; what comes when it is full is no news.
const MOST_ITEMS: usize = 512;
const MOST_SOURCES: usize = 256;
const MOST_NAMES: usize = 64;
/// Mails remembered: the first, whose subject the later ones repeat, and the newest.
const MOST_MAILS: usize = 64;

/// In the order in which they are told.
const KINDS: [TollKind; 5] =
    [TollKind::Killed, TollKind::Wounded, TollKind::Kidnapped, TollKind::Displaced, TollKind::Casualties];

/// What the reports of a story, all of them, say that its reader does not know: withdrawals and corrections, tolls,
/// claims, places, sources, edits, in this order.
#[must_use]
pub fn news(told: &Told, reports: &[Report]) -> Vec<News> {
    let mut ordered: Vec<&Report> = reports.iter().filter(|report| speaks(told, report)).collect();
    ordered.sort_by_key(|report| (report.seen, report.item));
    let standing: Vec<&Report> =
        ordered.iter().copied().filter(|report| report.notice != Some(Notice::Withdrawal)).collect();
    let mut news = corrections(told, &ordered, &standing);
    news.extend(KINDS.into_iter().filter_map(|kind| rise(told, &standing, kind)));
    news.extend(claims(told, &standing));
    news.extend(places(told, reports, &standing));
    news.extend(sources(told, &standing));
    let edited: Vec<News> = edits(told, &standing).filter(|edit| !tells_of(&news, edit)).collect();
    news.extend(edited);
    news
}

/// What of it a watch sends an update for.
#[must_use]
pub fn wanted(news: Vec<News>, updates: &[UpdateOn]) -> Vec<News> {
    let is_wanted = |news: &News| {
        let on = match news {
            // Not for a watch to wish: it is about another one.
            News::Urgent { .. } => return true,
            News::Source { .. } => UpdateOn::NewSource,
            News::Toll { .. } => UpdateOn::Toll,
            News::Correction { .. } | News::Edited { .. } => UpdateOn::Correction,
            News::Claim { .. } => UpdateOn::Claim,
            News::Place { .. } => UpdateOn::Place,
        };
        updates.contains(&on)
    };
    news.into_iter().filter(is_wanted).collect()
}

/// Puts down that a mail told its reader what these reports say, and which watches it named.
pub fn learn(told: &mut Told, reports: &[Report], watches: &[WatchId], mail: NotificationId, at: Timestamp) {
    told.mails.push((mail, at));
    if told.mails.len() > MOST_MAILS {
        told.mails.remove(1);
    }
    for watch in watches {
        keep(&mut told.watches, watch.clone(), MOST_SOURCES);
    }
    for report in reports.iter().filter(|report| report.copy_of.is_none()) {
        keep(&mut told.sources, report.source.clone(), MOST_SOURCES);
    }
    for report in reports {
        match told.items.iter_mut().find(|(item, _)| *item == report.item) {
            Some((_, revision)) => *revision = report.revision.max(*revision),
            None => keep(&mut told.items, (report.item, report.revision), MOST_ITEMS),
        }
        if report.notice.is_some() {
            keep(&mut told.notices, report.item, MOST_ITEMS);
        }
        if !speaks(told, report) || report.notice == Some(Notice::Withdrawal) {
            continue;
        }
        for toll in &report.tolls {
            count_in(&mut told.figures, toll);
        }
        for place in &report.places {
            keep(&mut told.places, place.id.clone(), MOST_NAMES);
        }
        for name in &report.claimed_by {
            keep(&mut told.claims, name.clone(), MOST_NAMES);
        }
    }
}

/// Whether a report says anything of its own: a copy does not, but for a source's correction of what it printed,
/// which is most often the old text with another figure.
fn speaks(told: &Told, report: &Report) -> bool {
    report.copy_of.is_none() || (report.notice.is_some() && told.sources.contains(&report.source))
}

/// Whether a report has been told in this text.
fn is_told(told: &Told, report: &Report) -> bool {
    told.items.iter().any(|(item, revision)| *item == report.item && report.revision <= *revision)
}

fn is_revised(told: &Told, report: &Report) -> bool {
    told.items.iter().any(|(item, revision)| *item == report.item && report.revision > *revision)
}

/// What sources that were counted in say against what they printed: first what is taken back, then what is corrected.
fn corrections(told: &Told, reports: &[&Report], standing: &[&Report]) -> Vec<News> {
    let full = told.notices.len() >= MOST_ITEMS;
    let counted_in = reports.iter().filter(|report| told.sources.contains(&report.source));
    let found = counted_in.filter_map(|report| {
        let noticed = report.notice.filter(|_| !full && !told.notices.contains(&report.item));
        let lowered = || lowers(told, report, standing).then_some(Notice::Correction);
        let notice = noticed.or_else(lowered)?;
        Some(News::Correction { item: report.item, source: report.source.clone(), notice })
    });
    let mut found: Vec<News> = found.collect();
    found.sort_by_key(|news| !matches!(news, News::Correction { notice: Notice::Withdrawal, .. }));
    found
}

/// Whether it prints a figure below all that were told, or changed its text so that nobody prints the highest one any
/// more.
fn lowers(told: &Told, report: &Report, standing: &[&Report]) -> bool {
    if is_told(told, report) || report.notice == Some(Notice::Withdrawal) {
        return false;
    }
    told.figures.iter().any(|known| {
        let Some(figure) = figure(report, known.kind) else { return false };
        let printed = |other: &&Report| self::figure(other, known.kind).is_some_and(|toll| toll.max >= known.max);
        figure.max < known.min || (figure.max < known.max && is_revised(told, report) && !standing.iter().any(printed))
    })
}

/// The highest figure above all that were told, or the first of its kind.
fn rise(told: &Told, reports: &[&Report], kind: TollKind) -> Option<News> {
    let printed = reports.iter().filter_map(|report| figure(report, kind).map(|figure| (figure, *report)));
    // Of equal figures the first one printed.
    let (to, report) = printed.rev().max_by_key(|(figure, _)| figure.max)?;
    let from = told.figures.iter().find(|known| known.kind == kind).map(|known| known.max);
    from.is_none_or(|from| to.max > from).then(|| News::Toll { from, to, source: report.source.clone() })
}

/// The highest figure of a kind in a report.
fn figure(report: &Report, kind: TollKind) -> Option<Figure> {
    let tolls = report.tolls.iter().filter(|toll| toll.kind == kind);
    tolls.max_by_key(|toll| toll.figure()).map(|toll| Figure { kind, min: toll.min, max: toll.figure() })
}

fn claims(told: &Told, reports: &[&Report]) -> Vec<News> {
    let mut names: Vec<(&str, &SourceId)> = Vec::new();
    for report in reports.iter().filter(|_| told.claims.len() < MOST_NAMES) {
        for name in &report.claimed_by {
            if !told.claims.contains(name) && !names.iter().any(|(known, _)| known == name) {
                names.push((name, &report.source));
            }
        }
    }
    names.into_iter().map(|(by, source)| News::Claim { by: by.to_owned(), source: source.clone() }).collect()
}

/// Places that were not told and that no told place lies in: who knows of Djibo knows of Burkina Faso. A place inside
/// a told one is news, since it is where to look.
fn places(told: &Told, all: &[Report], reports: &[&Report]) -> Vec<News> {
    let known: Vec<&Place> =
        all.iter().flat_map(|report| &report.places).filter(|place| told.places.contains(&place.id)).collect();
    let mut found: Vec<(&Place, &SourceId)> = Vec::new();
    for report in reports.iter().filter(|_| told.places.len() < MOST_NAMES) {
        for place in &report.places {
            let is_known = told.places.contains(&place.id) || known.iter().any(|told| lies_in(told, place));
            if !is_known && !found.iter().any(|(other, _)| other.id == place.id) {
                found.push((place, &report.source));
            }
        }
    }
    let wider = |wide: &Place| found.iter().any(|(place, _)| lies_in(place, wide));
    let narrow = found.iter().filter(|(place, _)| !wider(place));
    narrow.map(|(place, source)| News::Place { place: (*place).clone(), source: (*source).clone() }).collect()
}

fn lies_in(place: &Place, wide: &Place) -> bool {
    let same_country = place.country == wide.country;
    let is_country = wide.country_name.as_ref() == Some(&wide.name);
    place.id != wide.id && same_country && (is_country || place.region.as_ref() == Some(&wide.name))
}

fn sources(told: &Told, reports: &[&Report]) -> Vec<News> {
    let mut found: Vec<&SourceId> = Vec::new();
    for report in reports.iter().filter(|_| told.sources.len() < MOST_SOURCES) {
        if !told.sources.contains(&report.source) && !found.contains(&&report.source) {
            found.push(&report.source);
        }
    }
    found.into_iter().map(|source| News::Source { source: source.clone() }).collect()
}

fn edits(told: &Told, reports: &[&Report]) -> impl Iterator<Item = News> {
    let revised = reports.iter().filter(|report| is_revised(told, report));
    revised.map(|report| News::Edited { item: report.item, source: report.source.clone() })
}

/// Whether what the edit brought is told already.
fn tells_of(news: &[News], edit: &News) -> bool {
    let News::Edited { source: editor, .. } = edit else { return false };
    news.iter().any(|news| match news {
        News::Source { source }
        | News::Toll { source, .. }
        | News::Correction { source, .. }
        | News::Claim { source, .. }
        | News::Place { source, .. }
        | News::Edited { source, .. } => source == editor,
        News::Urgent { .. } => false,
    })
}

fn count_in(figures: &mut Vec<Figure>, toll: &Toll) {
    let (kind, low, high) = (toll.kind, toll.min, toll.figure());
    match figures.iter_mut().find(|known| known.kind == kind) {
        Some(known) => (known.min, known.max) = (known.min.min(low), known.max.max(high)),
        None => figures.push(Figure { kind, min: low, max: high }),
    }
}

fn keep<T: PartialEq>(list: &mut Vec<T>, value: T, most: usize) {
    if list.len() < most && !list.contains(&value) {
        list.push(value);
    }
}

#[cfg(test)]
#[path = "news_tests.rs"]
mod tests;
