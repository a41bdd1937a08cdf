//! What is worth knowing of a source before it is used. Pure.

use super::compose::is_unwanted;
use super::offer::Offer;
use super::report::{Items, Texts, Trial};
use crate::model::SourceKind;

/// The hints of a trial, the weightiest first.
pub(super) fn of(trial: &Trial, offer: &Offer, is_web: bool, has_full_text: bool) -> Vec<String> {
    let items = trial.items.unwrap_or_default();
    let mut hints = Vec::new();
    if items.count == 0 {
        hints.push(empty(&offer.kind).to_owned());
    }
    if is_unwanted(trial.robots) && offer.kind.is_page() {
        hints.push(
            "The daemon obeys robots.txt and would not poll this page. If its publisher agrees, robots = false at \
             the source overrides it."
                .to_owned(),
        );
    }
    if items.navigation * 2 > items.count {
        hints.push("Most items look like links of a menu: the selectors pick the wrong part of the page.".to_owned());
    }
    // Who asks for the articles already need not be told to.
    hints.extend(texts(trial, &items, &offer.kind, is_web).filter(|_| !has_full_text));
    hints.extend(dates(&items));
    if items.relative_links > 0 {
        hints.push("Its links are relative: say where it was found with --url, and they are whole.".to_owned());
    }
    let answer = trial.answer.as_ref().filter(|_| trial.first_of.is_none());
    if answer.is_some_and(|answer| answer.moved) {
        hints.push("It moved for good: use its new address.".to_owned());
    }
    if answer.is_some_and(|answer| answer.hub.is_some()) {
        hints.push(
            "Its hub tells us of news within seconds where others can reach this machine ([web] public_url)."
                .to_owned(),
        );
    }
    if let SourceKind::Telegram = offer.kind {
        hints.push("A preview shows the last twenty posts or so: a busy channel needs a short interval.".to_owned());
    }
    hints
}

fn empty(kind: &SourceKind) -> &'static str {
    match kind {
        SourceKind::Feed => {
            "The feed is a good one, but holds no item now. It may be new, seasonal, or given up: see whether the \
             outlet still writes, and whether another feed of it has items."
        }
        SourceKind::Page(_) => "The selectors match nothing on this page. Without them, items are found automatically.",
        SourceKind::Exec(_) => "The program printed no item, which counts as nothing new.",
        _ => "It holds no item now.",
    }
}

/// What short texts mean for matching, and whether the articles would help.
fn texts(trial: &Trial, items: &Items, kind: &SourceKind, is_web: bool) -> Option<String> {
    let what = match items.texts {
        Texts::Headlines => "Only headlines stand here",
        Texts::Teasers => "Only teasers stand here",
        Texts::None | Texts::Summaries | Texts::Full => return None,
    };
    let misses = "watches do not see the words of the articles";
    Some(match &trial.article {
        Some(article) if article.problem.is_none() => {
            format!("{what}: {misses}. full_text = true fetches and reads them; the one tried could be read.")
        }
        Some(_) => format!("{what}, and the article tried could not be read whole: {misses}."),
        None if !is_web && *kind != SourceKind::Telegram && trial.first.iter().any(|item| item.link.is_some()) => {
            format!("{what}: {misses}. full_text = true fetches them; --articles tries one.")
        }
        None => return None,
    })
}

fn dates(items: &Items) -> Option<String> {
    let text = if items.count > 0 && items.dates_unread * 2 > items.count {
        "Most dates cannot be read. No news is lost by that: what is new is told by what was not seen before."
    } else if items.count > 0 && items.dated == 0 {
        "No item has a date. No news is lost by that: what is new is told by what was not seen before."
    } else {
        return None;
    };
    Some(text.to_owned())
}
