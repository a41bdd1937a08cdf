//! Why a document that could be read may not be what its source used to bring: a redesigned page, a feed cut to
//! teasers.

use super::Reading;
use crate::model::{Doubt, Source, SourceKind, Standing};

/// Polls in a row that must show a doubt before it is believed: a page is read while it is being published, a feed
/// while it is rebuilt (docs/promises.md P9: a selector that stops matching is told after 3 polls).
pub const ENOUGH: u32 = 3;
/// Articles in a row that must be unreadable: single pages are missing or behind a login everywhere.
pub const ENOUGH_ARTICLES: u32 = 5;
/// The part of its usual items below which a document is doubted, and from which usual number on (C10: 5 % of its
/// habit).
const FEW: f32 = 1.0 / 20.0;
const MANY: f32 = 20.0;
/// The part of the items that must look alike.
const MOST: f32 = 0.8;

/// What is doubted of a document, the gravest first.
pub(super) fn of(standing: &Standing, source: &Source, reading: &Reading<'_>) -> Option<Doubt> {
    let usual = standing.habit.size;
    let most = |part: u32| reading.shown > 0 && part as f32 >= MOST * reading.shown as f32;
    // A feed may be empty for as long as it never showed anything; a page without a single item is picked wrongly.
    if reading.shown == 0 && reading.complete && (usual >= 0.5 || source.kind.is_page()) {
        return Some(Doubt::Nothing);
    }
    if source.kind.is_page() && most(reading.navigation) {
        return Some(Doubt::Navigation);
    }
    // What is new came from somewhere; and a sitemap of the month begins afresh with it.
    let begins_afresh = source.kind == SourceKind::Sitemap;
    if usual >= MANY && reading.shown as f32 <= usual * FEW && reading.new == 0 && reading.complete && !begins_afresh {
        return Some(Doubt::Few);
    }
    if !reading.complete {
        return Some(Doubt::CutOff);
    }
    if most(reading.cut) && !reading.has_full_text && !source.full_text {
        return Some(Doubt::Teasers);
    }
    (source.full_text && standing.unread_articles >= ENOUGH_ARTICLES).then_some(Doubt::Articles)
}

/// Whether the doubt needs no further poll to be believed: what shows it happened over a time already.
pub(super) fn is_certain(doubt: Doubt) -> bool {
    matches!(doubt, Doubt::Articles | Doubt::Frozen)
}

/// Whether the items of such a document are those of its source, so that they tell how often it brings news.
pub(super) fn has_news(doubt: Option<Doubt>) -> bool {
    !matches!(doubt, Some(Doubt::Navigation | Doubt::Nothing | Doubt::Few))
}

/// Whether the doubt still stands under this configuration: what was set since may have cured it.
pub(super) fn stands(doubt: Doubt, source: &Source) -> bool {
    match doubt {
        Doubt::Teasers => !source.full_text,
        Doubt::Articles => source.full_text,
        _ => true,
    }
}
