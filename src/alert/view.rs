//! What a mail says, once for all of its parts: the templates only lay it out. Every text from elsewhere is made safe and cut
//! here, so that a mail stays small whatever a source or a configuration holds.

use super::compose::Occasion;
use super::coverage::{Coverage, Original};
use super::excerpt::{self, Passage};
use super::labels::Labels;
use super::limits::Limits;
use super::line::Line;
use super::link::{Link, mailto};
use super::moment::{delay, moment, short, time};
use super::{changes, figures, places, why};
use crate::model::{Match, News, Notice, Reason, Report, Secret, Severity};
use crate::text::display;

/// What inboxes show beside the subject, in characters.
const MAX_PREHEADER: usize = 110;
const MAX_PRINTED_DATE: usize = 60;
const MAX_HOST: usize = 64;
/// Longest key word shown, in characters.
const MAX_KEYWORD: usize = 60;

/// What a mail says, in the order it says it.
pub(super) struct View {
    pub(super) labels: &'static Labels,
    /// The subject, which opens the body where the envelope may not tell it.
    pub(super) title: String,
    pub(super) is_discreet: bool,
    pub(super) preheader: String,
    pub(super) severity: Severity,
    pub(super) kicker: Line,
    /// On an update, what its reader does not know yet.
    pub(super) changes: Vec<Line>,
    pub(super) headline: Passage,
    pub(super) link: Option<Link>,
    /// What is said where there is no link.
    pub(super) no_link: Line,
    pub(super) place: Option<Line>,
    pub(super) facts: Vec<Line>,
    pub(super) claims: Vec<Line>,
    pub(super) excerpt: Option<Passage>,
    /// Where more than one source reports.
    pub(super) reports: Vec<Row>,
    /// `6 sources`, which heads them.
    pub(super) count: String,
    pub(super) more_reports: Option<Line>,
    /// All sources on one line, for the plain profile.
    pub(super) sources: Line,
    pub(super) why: Vec<Line>,
    pub(super) commands: Vec<Action>,
    pub(super) actions: Vec<Action>,
    pub(super) colophon: Vec<Line>,
}

/// Something the reader can do: a command to type, or a mail to write.
pub(super) struct Action {
    pub(super) label: Line,
    pub(super) target: String,
}

/// An independent report.
pub(super) struct Row {
    pub(super) facts: Line,
    pub(super) title: Option<Passage>,
    pub(super) link: Option<Link>,
    pub(super) copies: Option<Line>,
}

impl View {
    pub(super) fn of(occasion: &Occasion<'_>, title: &str, limits: &Limits) -> Self {
        let (labels, lang) = (occasion.labels(), occasion.lang());
        let (coverage, item) = (occasion.coverage(), &occasion.lead.item);
        let matches = places::matches_on(occasion.lead.id, occasion.alerts);
        let changes = changes::changes(occasion.news, &coverage, labels, limits);
        let headline = excerpt::headline_within(item, &matches, lang, limits.headline)
            .unwrap_or_else(|| Passage::unmarked(labels.no_headline, labels.lang));
        let alone = coverage.originals.len() <= 1;
        let reports = if alone { Vec::new() } else { rows(occasion, &coverage, limits) };
        let left_out = coverage.originals.len().saturating_sub(limits.reports);
        let more_reports =
            (!alone && left_out > 0).then(|| Line::fill(labels.more, &[("n", Line::ours(left_out.to_string()))]));
        Self {
            labels,
            title: title.to_owned(),
            is_discreet: occasion.reader.is_discreet(),
            preheader: preheader(occasion, &coverage, &changes),
            severity: occasion.severity(),
            kicker: kicker(occasion, limits),
            changes: changes.into_iter().map(Line::capital).collect(),
            link: item.link.as_ref().and_then(|address| Link::to(address, limits.link)),
            no_link: no_link(occasion),
            place: places::line(&places::places(&coverage, occasion.lead.id), labels, limits),
            facts: facts(occasion, &coverage, limits),
            claims: figures::claims(&coverage, labels, limits),
            excerpt: passage(occasion, &matches, limits).filter(|excerpt| excerpt.words() != headline.words()),
            headline,
            reports,
            count: labels.count(labels.sources, coverage.independent()),
            more_reports,
            sources: sources(occasion, &coverage, limits),
            why: why::why(occasion, labels, limits),
            commands: commands(occasion),
            actions: actions(occasion),
            colophon: colophon(occasion),
        }
    }

    pub(super) fn severity(&self) -> &'static str {
        self.labels.severity(self.severity)
    }

    /// Behind a preheader that says nothing: what is invisible and fills the rest of what an inbox shows, or else it shows the
    /// first words of the body there, on a locked phone as well.
    pub(super) fn padding(&self) -> String {
        if self.is_discreet { "\u{a0}\u{200c}".repeat(MAX_PREHEADER) } else { String::new() }
    }

    /// The kicker of the text part, where severity has no colour to stand apart by.
    pub(super) fn opening(&self) -> Line {
        Line::join([Line::ours(self.severity()), self.kicker.clone()], " · ")
    }
}

/// Why the headline is no link: an address that cannot be opened, or one that no mail has room for.
fn no_link(occasion: &Occasion<'_>) -> Line {
    let labels = occasion.labels();
    match occasion.lead.item.link.as_ref().and_then(|address| Link::to(address, usize::MAX)) {
        Some(link) => Line::fill(labels.long_link, &[("host", link.host)]),
        None => Line::ours(labels.no_link),
    }
}

fn passage(occasion: &Occasion<'_>, matches: &[&Match], limits: &Limits) -> Option<Passage> {
    if limits.excerpt == 0 {
        return None;
    }
    let severest = occasion.alerts.iter().find(|(_, alert)| alert.id.item == occasion.lead.id);
    let severest = severest.map_or(&[][..], |(_, alert)| &alert.matches);
    excerpt::excerpt_within(&occasion.lead.item, severest, matches, occasion.lang(), limits.excerpt)
}

/// `5 sources · 40–55 dead reported · Djibo, Soum · 14:05 GMT`, or `Update: toll 40 → 55 dead (aBamako)`.
fn preheader(occasion: &Occasion<'_>, coverage: &Coverage<'_>, changes: &[Line]) -> String {
    let labels = occasion.labels();
    if occasion.reader.is_discreet() {
        return labels.neutral_subject.replace("{code}", &occasion.code());
    }
    if !changes.is_empty() {
        let news = Line::join(changes.iter().cloned(), " · ");
        return shortened(&Line::fill(labels.update_preheader, &[("news", news)]));
    }
    let note = match occasion.reason {
        Reason::Backfilled => Some(Line::ours(labels.earlier_preheader)),
        Reason::Held => Some(Line::ours(labels.held).capital()),
        Reason::Outage => Some(Line::ours(labels.late)),
        _ => None,
    };
    let sources = match coverage.independent() {
        0 | 1 => labels.foreign(coverage.name(&occasion.lead.source), 24),
        n => Line::ours(labels.count(labels.sources, n)),
    };
    let toll = figures::spread(coverage, labels);
    let toll = toll.map(|toll| Line::fill(labels.reported, &[("figures", Line::ours(toll))]));
    let place = places::places(coverage, occasion.lead.id).first().map(|place| places::brief(place, labels));
    let at = occasion.published().unwrap_or(occasion.lead.first_seen);
    let at = labels.foreign(&time(at, &occasion.reader.zone), 24);
    shortened(&Line::join(note.into_iter().chain([sources]).chain(toll).chain(place).chain([at]), " · "))
}

/// Isolates may be cut off with the words they are around, so that what is too long goes without.
fn shortened(line: &Line) -> String {
    let bare = line.bare();
    if bare.chars().count() <= MAX_PREHEADER { line.to_string() } else { display::cut(&bare, MAX_PREHEADER) }
}

fn kicker(occasion: &Occasion<'_>, limits: &Limits) -> Line {
    let (labels, watches) = (occasion.labels(), occasion.watches());
    let first = watches.first().map(|watch| labels.foreign(&watch.name, limits.name)).unwrap_or_default();
    let name = match watches.len() {
        0 | 1 => first,
        n => Line::fill(labels.and_other_watches, &[("name", first), ("n", Line::ours((n - 1).to_string()))]),
    };
    let status = match occasion.reason {
        Reason::Changed => labels.update,
        Reason::Backfilled => labels.earlier,
        Reason::Held => labels.held,
        Reason::Outage => labels.late,
        _ => labels.new,
    };
    Line::join([name, Line::ours(status)], " · ")
}

/// The source where it is the only one, the two times, and why the mail comes late if it does.
fn facts(occasion: &Occasion<'_>, coverage: &Coverage<'_>, limits: &Limits) -> Vec<Line> {
    let labels = occasion.labels();
    let (now, zone) = (occasion.now, &occasion.reader.zone);
    let mut facts = Vec::new();
    if coverage.originals.len() <= 1 {
        let original = coverage.originals.first();
        let source = original.map_or(&occasion.lead.source, |original| &original.report.source);
        let mut parts = vec![labels.foreign(coverage.name(source), limits.name)];
        parts.extend(language(occasion.lang(), labels));
        parts.extend(coverage.source(source).map(|source| Line::ours(labels.tier(source.tier))));
        parts.extend(original.and_then(|original| standing(original.report, labels)));
        facts.push(Line::join(parts, " · "));
        facts.extend(original.and_then(|original| also_in(original, coverage, labels, limits)).map(Line::capital));
    }
    let published = occasion.lead.item.published.as_ref().map(|date| match date.at {
        Some(at) => Line::fill(labels.published, &[("time", moment(at, now, zone, labels))]),
        None => {
            let printed = labels.foreign(&date.printed, MAX_PRINTED_DATE.min(2 * limits.name));
            Line::fill(labels.published_as_printed, &[("printed", printed)])
        }
    });
    let seen = occasion.lead.first_seen;
    let seen =
        if occasion.published().is_some() { short(seen, now, zone, labels) } else { moment(seen, now, zone, labels) };
    let seen = Line::fill(labels.seen, &[("time", seen)]);
    facts.push(Line::join(published.into_iter().chain([seen]), " · "));
    facts.extend(match occasion.reason {
        Reason::Held => Some(Line::ours(labels.held_note)),
        Reason::Outage => Some(Line::ours(labels.late_note)),
        _ => None,
    });
    facts
}

/// The name of a language; an unknown one says nothing to a reader.
fn language(tag: &str, labels: &Labels) -> Option<Line> {
    let tag = super::subject::well_formed(tag);
    let name = labels.language(tag);
    (tag != "und").then(|| if name == tag { labels.foreign(tag, 24) } else { Line::ours(name) })
}

fn standing(report: &Report, labels: &Labels) -> Option<Line> {
    report.notice.map(|notice| {
        let word = match notice {
            Notice::Correction => labels.corrected,
            Notice::Withdrawal => labels.withdrawn,
        };
        Line::ours(word).strong()
    })
}

fn also_in(original: &Original<'_>, coverage: &Coverage<'_>, labels: &Labels, limits: &Limits) -> Option<Line> {
    let own = &original.report.source;
    let copies: Vec<&Report> = original.copies.iter().copied().filter(|copy| copy.source != *own).collect();
    let names = figures::names(coverage, &copies, labels, limits.copies, limits);
    (!names.is_empty()).then(|| Line::fill(labels.also_in, &[("sources", names)]))
}

/// The independent reports: the one shown first, then those an update is about, then by age.
fn rows(occasion: &Occasion<'_>, coverage: &Coverage<'_>, limits: &Limits) -> Vec<Row> {
    let mut originals: Vec<&Original<'_>> = coverage.originals.iter().collect();
    let shown = |original: &Original<'_>| {
        [original.report].iter().chain(&original.copies).any(|report| report.item == occasion.lead.id)
    };
    originals.sort_by_key(|original| (!shown(original), !occasion.is_news(&original.report.source)));
    originals.into_iter().take(limits.reports).map(|original| row(occasion, original, coverage, limits)).collect()
}

fn row(occasion: &Occasion<'_>, original: &Original<'_>, coverage: &Coverage<'_>, limits: &Limits) -> Row {
    let (labels, report) = (occasion.labels(), original.report);
    let is_new = occasion.news.iter().any(|news| matches!(news, News::Source { source } if *source == report.source));
    let at = short(report.published.unwrap_or(report.seen), occasion.now, &occasion.reader.zone, labels);
    let mut facts = vec![labels.foreign(coverage.name(&report.source), limits.name.min(40)).strong()];
    facts.extend(language(&report.lang, labels));
    facts.extend(coverage.source(&report.source).map(|source| Line::ours(labels.tier(source.tier))));
    facts.push(at);
    facts.extend(standing(report, labels));
    facts.extend(is_new.then(|| Line::ours(labels.new).strong()));
    // The headline of the report shown stands above, with its address.
    let shown = report.item == occasion.lead.id && !occasion.lead.item.title.is_empty();
    let title = if shown { String::new() } else { display::cut(&display::line(&report.title), limits.title) };
    Row {
        facts: Line::join(facts, " · "),
        title: (!title.is_empty()).then(|| Passage::unmarked(&title, super::subject::well_formed(&report.lang))),
        link: report.link.as_ref().and_then(|address| Link::to(address, limits.title_link)),
        copies: also_in(original, coverage, labels, limits).map(Line::capital),
    }
}

fn sources(occasion: &Occasion<'_>, coverage: &Coverage<'_>, limits: &Limits) -> Line {
    let labels = occasion.labels();
    let originals: Vec<&Report> = coverage.originals.iter().map(|original| original.report).collect();
    let copies: Vec<&Report> = coverage.originals.iter().flat_map(|original| original.copies.iter().copied()).collect();
    let names = figures::names(coverage, &originals, labels, limits.reports, limits);
    let copies = figures::names(coverage, &copies, labels, limits.copies, limits);
    let copies = (!copies.is_empty()).then(|| Line::fill(labels.also_in, &[("sources", copies)]));
    Line::join([names].into_iter().filter(|names| !names.is_empty()).chain(copies), labels.semicolon)
}

fn commands(occasion: &Occasion<'_>) -> Vec<Action> {
    let labels = occasion.labels();
    let command = |label: &str, target: String| Action { label: Line::ours(label), target };
    vec![
        command(labels.mute_story, format!("sahelwatch mute story {} --for 7d", occasion.id.thread)),
        command(labels.explain, format!("sahelwatch explain {}", occasion.lead.id)),
    ]
}

fn actions(occasion: &Occasion<'_>) -> Vec<Action> {
    let (labels, watches) = (occasion.labels(), occasion.watches());
    let Some(watch) = watches.first() else { return Vec::new() };
    let (item, discreet) = (occasion.lead.id, occasion.reader.is_discreet());
    let about = if discreet { format!("not relevant {item}") } else { format!("not relevant {} {item}", watch.id) };
    let unsubscribe = Line::fill(labels.unsubscribe, &[("watch", labels.foreign(watch.id.as_str(), 64))]);
    vec![
        Action { label: Line::ours(labels.not_relevant), target: mailto(occasion.desk(), &about) },
        Action { label: unsubscribe, target: occasion.unsubscribe() },
    ]
}

fn colophon(occasion: &Occasion<'_>) -> Vec<Line> {
    let labels = occasion.labels();
    let (now, zone) = (occasion.now, &occasion.reader.zone);
    let delay = occasion
        .published()
        .filter(|_| occasion.reason == Reason::New)
        .and_then(|published| delay(published, occasion.lead.first_seen, labels))
        .map(|delay| Line::fill(labels.delay, &[("delay", Line::ours(delay))]));
    let written = Line::fill(labels.written, &[("time", moment(now, now, zone, labels))]);
    let origin = Line::fill(
        labels.origin,
        &[
            ("program", labels.foreign(&format!("sahelwatch {}", occasion.version), 40)),
            ("host", labels.foreign(occasion.host, MAX_HOST)),
            ("story", labels.foreign(&occasion.id.thread.to_string(), 16)),
        ],
    );
    let keyword = occasion.reader.keyword.as_ref().map(|word| keyword(word, labels));
    keyword.into_iter().chain([Line::join(delay.into_iter().chain([written]), " · "), origin]).collect()
}

/// The word by which a reader knows that a mail is ours.
pub(super) fn keyword(word: &Secret, labels: &Labels) -> Line {
    Line::fill(labels.keyword, &[("word", labels.foreign(word.expose(), MAX_KEYWORD).strong())])
}
