//! What a mail on several stories says, once for both of its parts: the templates only lay it out. Every text from
//! elsewhere is made safe and cut here.

use jiff::Timestamp;

use super::card::{self, Brief, Card};
use super::claims::LIMITS;
use super::countries::country;
use super::envelope::Envelope;
use super::fit::Room;
use super::labels::Words;
use super::order::{Plan, Ranked, ranked};
use super::{Ailing, Gathered, Gathering, counts, envelope};
use crate::alert::labels::Labels;
use crate::alert::line::Line;
use crate::alert::link::mailto;
use crate::alert::moment::{delay, moment, short};
use crate::alert::places;
use crate::alert::view::{Action, keyword};
use crate::alert::why::watch_named;
use crate::model::{Reason, Severity};

const MAX_NAME: usize = 60;
const MAX_ADDRESS: usize = 64;
const MAX_AILING: usize = 20;
const MAX_WATCHES: usize = 8;
/// Longest headline in the preheader, in characters: inboxes show some 110 of all.
const MAX_PREHEADER: usize = 70;

/// What a mail says, in the order it says it.
pub(super) struct View {
    pub(super) labels: &'static Labels,
    pub(super) words: &'static Words,
    /// The subject as it would be if it could be seen.
    pub(super) title: String,
    pub(super) preheader: Line,
    pub(super) kicker: Line,
    pub(super) heading: Line,
    pub(super) period: Option<Line>,
    pub(super) intro: Vec<Line>,
    pub(super) counts: Vec<Line>,
    pub(super) sections: Vec<Section>,
    pub(super) also: Vec<Brief>,
    pub(super) rest: Option<Line>,
    pub(super) health: Option<Line>,
    pub(super) ailing: Vec<Line>,
    pub(super) sent: Vec<Brief>,
    pub(super) sent_more: Option<Line>,
    pub(super) why: Vec<Line>,
    /// How a single story is muted.
    pub(super) mute: Option<Action>,
    pub(super) actions: Vec<Action>,
    pub(super) colophon: Vec<Line>,
}

/// Stories under one heading.
pub(super) struct Section {
    pub(super) heading: Option<Line>,
    pub(super) cards: Vec<Card>,
}

impl View {
    pub(super) fn of(gathering: &Gathering<'_>, envelope: &Envelope, room: Room) -> Self {
        let (labels, words) = (Labels::of(gathering.reader.lang), Words::of(gathering.reader.lang));
        let plan = Plan::of(gathering, room.full, room.brief);
        let sections: Vec<Section> =
            plan.full.iter().map(|group| section(group.country, &group.stories, gathering)).collect();
        let claims = sections.iter().flat_map(|section| &section.cards).any(|card| card.claims.is_some());
        let mut intro = intro(gathering, labels, words);
        intro.extend(claims.then(|| Line::ours(labels.not_verified)));
        let sent_more = gathering.already_sent.len().saturating_sub(room.sent);
        Self {
            labels,
            words,
            title: envelope.title.clone(),
            preheader: preheader(gathering, envelope, labels),
            kicker: kicker(gathering, labels, words),
            heading: envelope::title(gathering),
            period: period(gathering, labels, words),
            intro,
            counts: counts::lines(gathering.counts, labels, words),
            sections,
            also: plan.brief.iter().map(|story| Brief::of(story, labels)).collect(),
            rest: (plan.rest > 0).then(|| Line::ours(labels.count(words.counted_only, plan.rest))),
            health: health(gathering, words).filter(|_| gathering.total() > 0),
            ailing: ailing(gathering, labels, words),
            sent: gathering
                .already_sent
                .iter()
                .take(room.sent)
                .map(|sent| Brief::sent(sent, gathering, labels, words))
                .collect(),
            sent_more: (sent_more > 0).then(|| Line::fill(words.sent_more, &[("n", number(sent_more))])),
            why: why(gathering, labels, words),
            mute: (gathering.total() > 0).then(|| Action {
                label: Line::ours(words.mute),
                target: "sahelwatch mute story ID --for 7d".to_owned(),
            }),
            actions: actions(gathering, labels, words),
            colophon: colophon(gathering, labels, words),
        }
    }

    pub(super) fn severity(&self, card: &Card) -> &'static str {
        self.labels.severity(card.severity)
    }

    /// The first line of a story in the text part, where severity has no colour to stand apart by.
    pub(super) fn facts(&self, card: &Card) -> Line {
        Line::join([Line::ours(self.severity(card)), card.facts.clone()], " · ")
    }
}

fn number(n: usize) -> Line {
    Line::ours(n.to_string())
}

fn section(code: Option<&str>, stories: &[Ranked<'_>], gathering: &Gathering<'_>) -> Section {
    let (labels, words) = (Labels::of(gathering.reader.lang), Words::of(gathering.reader.lang));
    let named = |code: &str| {
        let places = stories.iter().flat_map(|story| places::places(&story.coverage, story.entry.lead.id));
        let place = places.into_iter().find(|place| place.country.as_deref() == Some(code));
        country(code, place.and_then(|place| place.country_name.as_deref()), labels)
    };
    let heading = gathering.is_digest().then(|| code.map_or_else(|| Line::ours(words.no_country), named));
    Section { heading, cards: stories.iter().map(|story| Card::of(story, gathering, labels, words)).collect() }
}

/// How many stories are how severe, and the first headline: what inboxes show beside the subject. A lock screen shows
/// it too, so that it tells nothing where the subject does not, and fills the place that the beginning of the mail
/// would take.
fn preheader(gathering: &Gathering<'_>, envelope: &Envelope, labels: &Labels) -> Line {
    if gathering.reader.is_discreet() {
        return Line::ours(format!("{}{}", envelope.subject, "\u{a0}\u{200c}".repeat(100)));
    }
    let stories = ranked(gathering);
    let counted = [Severity::High, Severity::Medium, Severity::Low].into_iter().filter_map(|severity| {
        let n = stories.iter().filter(|story| story.severity == severity).count();
        (n > 0).then(|| Line::ours(format!("{} {n}", labels.severity(severity))))
    });
    let first = stories
        .first()
        .map(|story| labels.foreign(&card::headline(story, MAX_PREHEADER, labels).words(), MAX_PREHEADER));
    Line::join(counted.chain(first), " · ")
}

fn kicker(gathering: &Gathering<'_>, labels: &Labels, words: &Words) -> Line {
    let kind = Line::ours(words.kinds[gathering.kind.number()]);
    let name = match gathering.kind {
        Gathered::Roundup { watch: Some((_, name)), .. } => Some(labels.foreign(name, MAX_NAME)),
        _ => called(gathering, labels),
    };
    Line::join([kind].into_iter().chain(name), " · ")
}

/// What the configuration calls a digest.
fn called(gathering: &Gathering<'_>, labels: &Labels) -> Option<Line> {
    match gathering.kind {
        Gathered::Digest { name, .. } => Some(labels.foreign(name, MAX_NAME)),
        _ => None,
    }
}

fn period(gathering: &Gathering<'_>, labels: &Labels, words: &Words) -> Option<Line> {
    let (Gathered::Digest { since, .. } | Gathered::Roundup { since, .. } | Gathered::Held { since }) = gathering.kind
    else {
        return None;
    };
    Some(span(words.period, since, gathering.now, gathering, labels))
}

/// A label with `{from}` and `{until}`.
fn span(label: &str, from: Timestamp, until: Timestamp, gathering: &Gathering<'_>, labels: &Labels) -> Line {
    let time = |at| short(at, gathering.now, &gathering.reader.zone, labels);
    Line::fill(label, &[("from", time(from)), ("until", time(until))])
}

/// Why these stories come together.
fn intro(gathering: &Gathering<'_>, labels: &Labels, words: &Words) -> Vec<Line> {
    match gathering.kind {
        Gathered::Digest { .. } if gathering.total() == 0 => health(gathering, words).into_iter().collect(),
        Gathered::Digest { .. } => Vec::new(),
        Gathered::Roundup { why: Reason::Overload, every, .. } => {
            let until = Timestamp::UNIX_EPOCH.saturating_add(every).unwrap_or(Timestamp::MAX);
            let every = delay(Timestamp::UNIX_EPOCH, until, labels).unwrap_or_default().replace(' ', "\u{a0}");
            vec![Line::fill(words.overload, &[("every", Line::ours(every))])]
        }
        Gathered::Roundup { why: Reason::Recovered, .. } => vec![Line::ours(words.recovered)],
        Gathered::Roundup { why: Reason::SourceThrottled, .. } => vec![Line::ours(words.source_throttled)],
        Gathered::Roundup { watch: Some((_, name)), .. } => {
            vec![Line::fill(words.throttled, &[("watch", labels.foreign(name, MAX_NAME))])]
        }
        Gathered::Roundup { watch: None, .. } => vec![Line::ours(words.throttled_unnamed)],
        Gathered::Held { .. } => vec![Line::ours(words.quiet_hours)],
        Gathered::Outage { from, until } => vec![span(words.outage, from, until, gathering, labels)],
    }
}

/// `61 of 63 sources healthy.`: of a digest that has nothing to tell, or that has to tell of sources.
pub(super) fn health(gathering: &Gathering<'_>, words: &Words) -> Option<Line> {
    let told = gathering.is_digest() && (gathering.total() == 0 || !gathering.ailing.is_empty());
    let healthy = gathering.sources.saturating_sub(gathering.ailing.len());
    told.then(|| Line::fill(words.healthy, &[("n", number(healthy)), ("total", number(gathering.sources))]))
}

fn ailing(gathering: &Gathering<'_>, labels: &Labels, words: &Words) -> Vec<Line> {
    let line = |source: &Ailing<'_>| {
        let label = if source.is_silent { words.silent } else { words.failing };
        let time = short(source.since, gathering.now, &gathering.reader.zone, labels);
        Line::fill(label, &[("name", labels.foreign(source.name, MAX_NAME)), ("time", time)])
    };
    let more = gathering.ailing.len().saturating_sub(MAX_AILING);
    let more = (more > 0).then(|| Line::fill(words.ailing_more, &[("n", number(more))]));
    gathering.ailing.iter().take(MAX_AILING).map(line).chain(more).collect()
}

fn why(gathering: &Gathering<'_>, labels: &Labels, words: &Words) -> Vec<Line> {
    let digest = called(gathering, labels).map(|name| Line::fill(words.from_digest, &[("name", name)]));
    let watches = envelope::watches(gathering);
    let more = watches.len().saturating_sub(MAX_WATCHES);
    let more = (more > 0).then(|| Line::fill(labels.more, &[("n", number(more))]));
    let named = watches.iter().take(MAX_WATCHES).map(|watch| watch_named(watch, labels, &LIMITS)).chain(more);
    let named = Line::join(named, labels.comma);
    let matched = (!watches.is_empty()).then(|| Line::fill(words.watches_matched, &[("watches", named)]));
    let sent = match gathering.through {
        Some(group) => Line::fill(labels.through_group, &[("group", labels.foreign(group, MAX_NAME))]),
        None => {
            let address = labels.foreign(&gathering.reader.mailbox.address, MAX_ADDRESS);
            Line::fill(labels.directly, &[("address", address)])
        }
    };
    digest.into_iter().chain(matched).chain([sent]).collect()
}

fn actions(gathering: &Gathering<'_>, labels: &Labels, words: &Words) -> Vec<Action> {
    let label = match gathering.kind {
        Gathered::Digest { .. } => {
            Line::fill(words.unsubscribe_digest, &[("name", called(gathering, labels).unwrap_or_default())])
        }
        Gathered::Roundup { watch: Some((id, _)), .. } => {
            Line::fill(labels.unsubscribe, &[("watch", labels.foreign(id.as_str(), MAX_NAME))])
        }
        _ => {
            let watch = envelope::watches(gathering).first().map(|watch| labels.foreign(watch.id.as_str(), MAX_NAME));
            Line::fill(labels.unsubscribe, &[("watch", watch.unwrap_or_default())])
        }
    };
    let not_relevant = (gathering.total() > 0).then(|| Action {
        label: Line::ours(labels.not_relevant),
        target: mailto(gathering.desk(), &format!("not relevant {}", gathering.id.thread)),
    });
    not_relevant.into_iter().chain([Action { label, target: envelope::unsubscribe(gathering) }]).collect()
}

fn colophon(gathering: &Gathering<'_>, labels: &Labels, words: &Words) -> Vec<Line> {
    let written = moment(gathering.now, gathering.now, &gathering.reader.zone, labels);
    let origin = [
        ("version", labels.foreign(gathering.version, MAX_NAME)),
        ("host", labels.foreign(gathering.host, MAX_ADDRESS)),
        ("mail", labels.foreign(&gathering.id.thread.to_string(), 16)),
    ];
    let keyword = gathering.reader.keyword.as_ref().map(|word| keyword(word, labels));
    let ours = [Line::fill(labels.written, &[("time", written)]), Line::fill(words.origin, &origin)];
    keyword.into_iter().chain(ours).collect()
}
