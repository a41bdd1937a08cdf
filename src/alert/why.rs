//! Why a reader got a mail: which watches found which terms, where, and through whom it came to them.

use super::compose::Occasion;
use super::labels::Labels;
use super::limits::Limits;
use super::line::Line;
use crate::model::{Alert, Field, Match, Watch};
use crate::text::lookalike::is_disguised;

/// Longest address shown, in characters.
const MAX_ADDRESS: usize = 64;

/// One line for each watch, and one for the way to the reader.
pub(super) fn why(occasion: &Occasion<'_>, labels: &Labels, limits: &Limits) -> Vec<Line> {
    if limits.watches == 0 {
        return Vec::new();
    }
    let mut alerts: Vec<&(&Watch, &Alert)> = Vec::new();
    for alert in occasion.alerts {
        match alerts.iter().position(|other| other.0.id == alert.0.id) {
            None => alerts.push(alert),
            // The report shown is the one whose words the reader sees.
            Some(at) if alert.1.id.item == occasion.lead.id => alerts[at] = alert,
            Some(_) => {}
        }
    }
    let shown = alerts.iter().take(limits.watches).map(|alert| matched(occasion, alert, labels, limits));
    let mut why: Vec<_> = shown.collect();
    if alerts.len() > limits.watches {
        let n = Line::ours((alerts.len() - limits.watches).to_string());
        why.push(Line::fill(labels.more_watches, &[("n", n)]));
    }
    why.push(match occasion.through {
        Some(group) => Line::fill(labels.through_group, &[("group", labels.foreign(group, limits.name))]),
        None => {
            let address = labels.foreign(&occasion.reader.mailbox.address, MAX_ADDRESS);
            Line::fill(labels.directly, &[("address", address)])
        }
    });
    why
}

fn matched(occasion: &Occasion<'_>, (watch, alert): &(&Watch, &Alert), labels: &Labels, limits: &Limits) -> Line {
    let watch = watch_named(watch, labels, limits);
    if alert.matches.is_empty() {
        return Line::fill(labels.watch_matched_no_words, &[("watch", watch)]);
    }
    let terms = terms(occasion, alert, labels, limits);
    let coverage = occasion.coverage();
    match coverage.report(alert.id.item).filter(|report| report.item != occasion.lead.id) {
        Some(report) => {
            let source = labels.foreign(coverage.name(&report.source), limits.name.min(40));
            Line::fill(labels.watch_matched_in, &[("watch", watch), ("terms", terms), ("source", source)])
        }
        None => Line::fill(labels.watch_matched, &[("watch", watch), ("terms", terms)]),
    }
}

pub(super) fn watch_named(watch: &Watch, labels: &Labels, limits: &Limits) -> Line {
    let id = labels.foreign(watch.id.as_str(), 64);
    if watch.name == watch.id.as_str() {
        return id;
    }
    Line::fill(labels.watch, &[("name", labels.foreign(&watch.name, limits.name)), ("id", id)])
}

/// `"attaque*" (title, text ×3), "@djibo" as "جيبو" (text)`.
fn terms(occasion: &Occasion<'_>, alert: &Alert, labels: &Labels, limits: &Limits) -> Line {
    let terms = by_term(alert);
    let shown = terms.iter().take(limits.terms).map(|(found, counts)| {
        let places =
            labels.fields.iter().zip(counts).filter(|(_, count)| **count > 0).map(|(field, count)| match count {
                1 => (*field).to_owned(),
                n => format!("{field} ×{n}"),
            });
        let places = Line::ours(places.collect::<Vec<_>>().join(labels.comma));
        let term = labels.foreign(&found.term, limits.name.min(40));
        let words = words_behind(found, alert, occasion).filter(|words| is_named(found) || is_disguised(words));
        match words {
            Some(words) => {
                let label = if is_disguised(words) { labels.term_unusual } else { labels.term_as };
                let words = labels.foreign(words, limits.name.min(40));
                Line::fill(label, &[("term", term), ("words", words), ("places", places)])
            }
            None => Line::fill(labels.term, &[("term", term), ("places", places)]),
        }
    });
    let more = terms.len().checked_sub(limits.terms).filter(|n| *n > 0);
    let more = more.map(|n| Line::fill(labels.more_terms, &[("n", Line::ours(n.to_string()))]));
    Line::join(shown.chain(more), labels.comma)
}

/// Whether a term is a concept or a figure, whose name alone does not tell the words it stands for.
fn is_named(found: &Match) -> bool {
    found.term.starts_with('@') || found.term.contains(':')
}

/// The words that stand behind a term, as printed; None where they are those of another article than the one shown.
fn words_behind<'o>(found: &Match, alert: &Alert, occasion: &Occasion<'o>) -> Option<&'o str> {
    let shown = alert.id.item == occasion.lead.id;
    let text = occasion.lead.item.field(found.field);
    text.get(found.start as usize..found.end as usize).filter(|words| shown && !words.is_empty())
}

/// The first match of each term, in order of appearance, with how often it did in title, summary and body.
fn by_term(alert: &Alert) -> Vec<(&Match, [usize; 3])> {
    let mut terms: Vec<(&Match, [usize; 3])> = Vec::new();
    let mut at_of: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    for found in &alert.matches {
        let at = *at_of.entry(&found.term).or_insert_with(|| {
            terms.push((found, [0; 3]));
            terms.len() - 1
        });
        terms[at].1[match found.field {
            Field::Title => 0,
            Field::Summary => 1,
            Field::Body => 2,
        }] += 1;
    }
    terms
}
