//! What a mail says, once for both of its parts: the templates only lay it out. Every text from elsewhere is made safe and cut
//! here, so that a mail stays small whatever a source or a configuration holds.

use jiff::Timestamp;

use super::compose::Occasion;
use super::excerpt::{self, Passage};
use super::labels::{ENGLISH, Labels};
use super::line::Line;
use super::link::{Link, mailto};
use super::moment::{delay, moment};
use crate::model::{Alert, Field, Match, Reason, Severity, Watch};

// The HTML part stays under 20 kB (mail programs clip near 100 kB, and a phone on a bad line reads this): a character may cost
// five bytes once escaped, so what follows adds up to about 19 kB at worst.
const MAX_WATCHES: usize = 5;
const MAX_TERMS: usize = 6;
const MAX_TERM: usize = 40;
const MAX_NAME: usize = 60;
const MAX_PRINTED_DATE: usize = 60;
const MAX_ADDRESS: usize = 64;

/// What a mail says, in the order it says it.
pub(super) struct View {
    pub(super) labels: &'static Labels,
    pub(super) subject: String,
    pub(super) preheader: Line,
    pub(super) severity: Severity,
    pub(super) kicker: Line,
    pub(super) headline: Passage,
    pub(super) link: Option<Link>,
    pub(super) facts: Vec<Line>,
    pub(super) excerpt: Option<Passage>,
    pub(super) why: Vec<Line>,
    pub(super) actions: Vec<Action>,
    pub(super) colophon: Vec<Line>,
}

/// Something the reader can do by writing a mail.
pub(super) struct Action {
    pub(super) label: String,
    pub(super) href: String,
}

impl View {
    pub(super) fn of(occasion: &Occasion<'_>, subject: &str) -> Self {
        let labels = &ENGLISH;
        let item = &occasion.item.item;
        let matches: Vec<&Match> = occasion.alerts.iter().flat_map(|(_, alert)| &alert.matches).collect();
        let lang = occasion.lang();
        let headline = excerpt::headline(item, &matches, lang)
            .unwrap_or_else(|| Passage::unmarked(labels.no_headline, labels.lang));
        let severest = occasion.alerts.first().map_or(&[][..], |(_, alert)| &alert.matches);
        let excerpt =
            excerpt::excerpt(item, severest, &matches, lang).filter(|excerpt| excerpt.words() != headline.words());
        Self {
            labels,
            subject: subject.to_owned(),
            preheader: preheader(occasion, labels),
            severity: occasion.severity(),
            kicker: kicker(occasion, labels),
            headline,
            link: item.link.as_ref().and_then(Link::to),
            facts: facts(occasion, labels),
            excerpt,
            why: why(occasion, labels),
            actions: actions(occasion, labels),
            colophon: colophon(occasion, labels),
        }
    }

    pub(super) fn severity(&self) -> &'static str {
        self.labels.severity(self.severity)
    }

    /// The kicker of the text part, where severity has no colour to stand apart by.
    pub(super) fn opening(&self) -> Line {
        Line::join([Line::ours(self.severity()), self.kicker.clone()], " · ")
    }
}

impl Occasion<'_> {
    fn time(&self, at: Timestamp, labels: &Labels) -> Line {
        Line::ours(moment(at, self.zone, labels))
    }

    /// When what this mail tells of was seen: the article, or its change.
    fn seen(&self, labels: &Labels) -> Line {
        match (self.reason, self.alerts.first()) {
            (Reason::Changed, Some((_, alert))) => {
                Line::fill(labels.change_seen, &[("time", self.time(alert.raised, labels))])
            }
            _ => Line::fill(labels.seen, &[("time", self.time(self.item.first_seen, labels))]),
        }
    }
}

fn number(n: usize) -> Line {
    Line::ours(n.to_string())
}

/// What inboxes show beside the subject; some 110 characters, of which they show as many as fit.
fn preheader(occasion: &Occasion<'_>, labels: &Labels) -> Line {
    let mut terms = occasion.alerts.iter().flat_map(|(_, alert)| by_term(alert)).take(2).peekable();
    let news = match occasion.reason {
        Reason::Changed => Some(Line::ours(labels.changed_preheader)),
        _ if terms.peek().is_none() => None,
        reason => {
            let terms = Line::join(terms.map(|(found, _)| Line::foreign(&found.term, 18)), ", ");
            let earlier = reason == Reason::Backfilled;
            let text = if earlier { labels.earlier_preheader } else { labels.matched_preheader };
            Some(Line::fill(text, &[("terms", terms)]))
        }
    };
    let rest = [Line::foreign(&occasion.source.name, 24), occasion.seen(labels)];
    Line::join(news.into_iter().chain(rest), " · ")
}

fn kicker(occasion: &Occasion<'_>, labels: &Labels) -> Line {
    let first = occasion.alerts.first().map(|(watch, _)| Line::foreign(&watch.name, MAX_NAME)).unwrap_or_default();
    let name = match occasion.alerts.len() {
        0 | 1 => first,
        n => Line::fill(labels.and_other_watches, &[("name", first), ("n", number(n - 1))]),
    };
    let status = match occasion.reason {
        Reason::Changed => labels.update,
        Reason::Backfilled => labels.earlier,
        _ => labels.new,
    };
    Line::join([name, Line::ours(status)], " · ")
}

fn facts(occasion: &Occasion<'_>, labels: &Labels) -> Vec<Line> {
    let source = occasion.source;
    let name = Line::foreign(&source.name, MAX_NAME);
    // An unknown language says nothing to a reader.
    let lang = Some(occasion.lang()).filter(|lang| *lang != "und").map(Line::ours);
    let tier = Line::ours(labels.tier(source.tier));
    let mut facts = vec![Line::join([Some(name), lang, Some(tier)].into_iter().flatten(), " · ")];
    if let Some(date) = &occasion.item.item.published {
        facts.push(match date.at {
            Some(at) => Line::fill(labels.published, &[("time", occasion.time(at, labels))]),
            None => {
                Line::fill(labels.published_as_printed, &[("printed", Line::foreign(&date.printed, MAX_PRINTED_DATE))])
            }
        });
    }
    facts.push(occasion.seen(labels));
    facts
}

fn why(occasion: &Occasion<'_>, labels: &Labels) -> Vec<Line> {
    let matched = |(watch, alert): &(&Watch, &Alert)| {
        let watch = watch_named(watch, labels);
        match alert.matches.is_empty() {
            true => Line::fill(labels.watch_matched_no_words, &[("watch", watch)]),
            false => Line::fill(labels.watch_matched, &[("watch", watch), ("terms", terms(occasion, alert, labels))]),
        }
    };
    let mut why: Vec<_> = occasion.alerts.iter().take(MAX_WATCHES).map(matched).collect();
    if occasion.alerts.len() > MAX_WATCHES {
        why.push(Line::fill(labels.more_watches, &[("n", number(occasion.alerts.len() - MAX_WATCHES))]));
    }
    why.push(match occasion.through {
        Some(group) => Line::fill(labels.through_group, &[("group", Line::foreign(group, MAX_NAME))]),
        None => Line::fill(labels.directly, &[("address", Line::foreign(&occasion.to.address, MAX_ADDRESS))]),
    });
    why
}

fn watch_named(watch: &Watch, labels: &Labels) -> Line {
    let id = Line::ours(watch.id.as_str());
    if watch.name == watch.id.as_str() {
        return id;
    }
    Line::fill(labels.watch, &[("name", Line::foreign(&watch.name, MAX_NAME)), ("id", id)])
}

/// `"attaque*" (title, text ×3), "@djibo" as "جيبو" (text)`.
fn terms(occasion: &Occasion<'_>, alert: &Alert, labels: &Labels) -> Line {
    let terms = by_term(alert);
    let shown = terms.iter().take(MAX_TERMS).map(|(found, counts)| {
        let places =
            labels.fields.iter().zip(counts).filter(|(_, count)| **count > 0).map(|(field, count)| match count {
                1 => (*field).to_owned(),
                n => format!("{field} ×{n}"),
            });
        let places = Line::ours(places.collect::<Vec<_>>().join(", "));
        let term = Line::foreign(&found.term, MAX_TERM);
        match words_behind(found, occasion) {
            Some(words) => Line::fill(
                labels.term_as,
                &[("term", term), ("words", Line::foreign(words, MAX_TERM)), ("places", places)],
            ),
            None => Line::fill(labels.term, &[("term", term), ("places", places)]),
        }
    });
    let more = terms.len().checked_sub(MAX_TERMS).filter(|n| *n > 0);
    let more = more.map(|n| Line::fill(labels.more_terms, &[("n", number(n))]));
    Line::join(shown.chain(more), ", ")
}

/// The words that stand behind a concept or a figure, which its name alone does not tell.
fn words_behind<'o>(found: &Match, occasion: &Occasion<'o>) -> Option<&'o str> {
    let text = occasion.item.item.field(found.field);
    let named = found.term.starts_with('@') || found.term.contains(':');
    text.get(found.start as usize..found.end as usize).filter(|words| named && !words.is_empty())
}

/// The first match of each term, in order of appearance, with how often it did in title, summary and body.
fn by_term(alert: &Alert) -> Vec<(&Match, [usize; 3])> {
    let mut terms: Vec<(&Match, [usize; 3])> = Vec::new();
    for found in &alert.matches {
        let at = terms.iter().position(|(first, _)| first.term == found.term).unwrap_or_else(|| {
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

fn actions(occasion: &Occasion<'_>, labels: &Labels) -> Vec<Action> {
    let Some((watch, _)) = occasion.alerts.first() else { return Vec::new() };
    let item = occasion.item.id;
    vec![
        Action {
            label: labels.not_relevant.to_owned(),
            href: mailto(occasion.desk(), &format!("not relevant {} {item}", watch.id)),
        },
        Action {
            label: Line::fill(labels.unsubscribe, &[("watch", Line::ours(watch.id.as_str()))]).bare(),
            href: occasion.unsubscribe(),
        },
    ]
}

fn colophon(occasion: &Occasion<'_>, labels: &Labels) -> Vec<Line> {
    let origin = Line::fill(
        labels.origin,
        &[
            ("version", Line::foreign(occasion.version, MAX_NAME)),
            ("host", Line::foreign(occasion.host, MAX_ADDRESS)),
            ("item", Line::ours(occasion.item.id.to_string())),
        ],
    );
    let published = occasion.item.item.published.as_ref().and_then(|date| date.at);
    let delay = published
        .filter(|_| occasion.reason == Reason::New)
        .and_then(|published| delay(published, occasion.item.first_seen, labels))
        .map(|delay| Line::fill(labels.delay, &[("delay", Line::ours(delay))]));
    let written = Line::fill(labels.written, &[("time", occasion.time(occasion.now, labels))]);
    vec![Line::join(delay.into_iter().chain([written]), " · "), origin]
}
