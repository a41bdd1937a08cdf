//! A mail on several stories for a satellite phone: text alone, two kilobytes with everything. The most severe stories
//! come first, as far as they fit; the others are counted.

use super::labels::Words;
use super::order::{Ranked, ranked};
use super::{Gathering, card, claims, envelope, view};
use crate::alert::labels::Labels;
use crate::alert::limits::{MAX_PLAIN, as_sent};
use crate::alert::line::Line;
use crate::alert::plain;

/// Longest headline, in characters, and longest address, in bytes.
const MAX_HEADLINE: usize = 110;
const MAX_HREF: usize = 240;

/// The text.
pub(super) fn text(gathering: &Gathering<'_>) -> String {
    let (labels, words) = (Labels::of(gathering.reader.lang), Words::of(gathering.reader.lang));
    let head = head(gathering, labels, words);
    let tail = format!("{}\n{}\n", wrap(&Line::ours(words.unsubscribe), labels), envelope::unsubscribe(gathering));
    let stories = ranked(gathering);
    let counted = |n: usize| match n {
        0 => String::new(),
        n => format!("{}\n\n", wrap(&Line::ours(labels.count(words.counted_only, n)), labels)),
    };
    let whole = |told: &str, shown: usize| format!("{head}{told}{}{tail}", counted(gathering.total() - shown));
    let (mut told, mut shown) = (String::new(), 0);
    for story in &stories {
        let more = format!("{told}{}", self::story(story, labels));
        if as_sent(&whole(&more, shown + 1)) > MAX_PLAIN {
            break;
        }
        (told, shown) = (more, shown + 1);
    }
    whole(&told, shown)
}

fn wrap(line: &Line, labels: &Labels) -> String {
    plain::wrap(line, labels.direction)
}

fn head(gathering: &Gathering<'_>, labels: &Labels, words: &Words) -> String {
    let title = wrap(&envelope::title(gathering), labels);
    let health = view::health(gathering, words).map(|health| wrap(&health, labels));
    let unverified = (gathering.total() > 0).then(|| wrap(&Line::ours(labels.not_verified), labels));
    let lines: Vec<_> = [Some(title), health, unverified].into_iter().flatten().collect();
    format!("{}\n\n", lines.join("\n"))
}

/// Severity and place, headline, what is new or the figures, address.
fn story(story: &Ranked<'_>, labels: &Labels) -> String {
    let severity = Line::ours(labels.severity(story.severity));
    let opening = Line::join([severity].into_iter().chain(card::place(story, story.country, labels)), " · ");
    let news = claims::news(story, labels).or_else(|| claims::toll(story, labels));
    let link = card::link(&story.entry.lead.item, MAX_HREF);
    let lines = [
        Some(wrap(&opening, labels)),
        Some(plain::quote(&card::headline(story, MAX_HEADLINE, labels))),
        news.map(|line| wrap(&line, labels)),
        link.map(|link| link.href),
    ];
    format!("{}\n\n", lines.into_iter().flatten().collect::<Vec<_>>().join("\n"))
}
