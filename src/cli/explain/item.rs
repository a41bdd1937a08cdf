//! The life of an item, in lines for people.

use jiff::tz::TimeZone;

use super::super::past::{count, moment, number};
use super::super::{mute, words};
use crate::daemon::desk::standing::{Standing, State};
use crate::daemon::lookback::life::{InStory, Judged, Life, Mail, Read};
use crate::model::{ArticleState, ConceptKind, Outcome};
use crate::text::display::terminal;

pub(super) fn told(life: &Life, zone: &TimeZone) -> String {
    let title = if life.title.is_empty() { "(no headline)".to_owned() } else { terminal(&life.title) };
    let mut lines = vec![title];
    lines.extend(life.link.as_ref().map(|link| format!("  {}", terminal(link))));
    lines.push(format!("\nitem       {}", terminal(&life.id)));
    lines.push(format!("seen       {} first, in {}", moment(life.first_seen, zone), terminal(&life.source)));
    lines.extend(life.published.map(|at| format!("published  {}, as it says", moment(at, zone))));
    lines.push(format!("text       {}", text(life)));
    lines.extend(article(life, zone).map(|said| format!("article    {said}")));
    lines.push(format!("taken as   {}: {}", life.reason, words::reason(life.reason)));
    lines.push(format!("language   {}", language(&life.read)));
    lines.push(format!("speaks of  {}", concepts(&life.read)));
    lines.push(format!("figures    {}", figures(&life.read)));
    lines.extend(story(&life.story, &life.id));
    lines.push("\nwatches".to_owned());
    if life.watches.is_empty() {
        lines.push("  none is configured".to_owned());
    }
    life.watches.iter().for_each(|judged| lines.extend(watch(judged, life, zone)));
    lines.extend((!life.mutes.is_empty()).then(|| "\nmutes".to_owned()));
    lines.extend(life.mutes.iter().map(|mute| format!("  {}", mute::line(mute, zone))));
    let of_all = if life.story.items > 1 && !life.mails.is_empty() { " on its story" } else { "" };
    lines.push(format!("\nmails{of_all}"));
    if life.mails.is_empty() {
        lines.push("  none".to_owned());
    }
    life.mails.iter().for_each(|sent| lines.extend(mail(sent, zone)));
    lines.join("\n") + "\n"
}

fn text(life: &Life) -> String {
    let changed = match life.revision {
        0 => String::new(),
        1 => ", changed once since".to_owned(),
        n => format!(", changed {n} times since"),
    };
    match life.text_bytes {
        0 => format!("the headline only: it had no more, or that is older than `keep_bodies`{changed}"),
        bytes => format!("{} bytes beside the headline{changed}", number(bytes as u64)),
    }
}

/// The article behind it, where its source asks for full text.
fn article(life: &Life, zone: &TimeZone) -> Option<String> {
    if let Some(due) = life.article_due {
        return Some(format!("not read yet; the next attempt is due {}", moment(due, zone)));
    }
    Some(match life.article.as_ref()? {
        ArticleState::Read { at, cut_by: None } => format!("read {}", moment(*at, zone)),
        ArticleState::Read { at, cut_by: Some(wall) } => {
            format!("read {}, its beginning only: {}", moment(*at, zone), terminal(wall))
        }
        ArticleState::Failed { at, why } => format!("given up {}: {}", moment(*at, zone), terminal(why)),
    })
}

/// The language and where it was taken from.
fn language(read: &Read) -> String {
    let told = [("configured", &read.configured), ("declared", &read.declared)];
    let mut why: Vec<String> =
        told.iter().filter_map(|(who, code)| code.as_ref().map(|code| format!("{who} {}", terminal(code)))).collect();
    why.push(format!("detected {} ({:.2})", read.detected, read.confidence));
    format!("{} · {}", terminal(&read.lang), why.join(", "))
}

fn concepts(read: &Read) -> String {
    let shown = read.concepts.iter().map(|concept| {
        let country = concept.country.as_ref().filter(|_| concept.kind != ConceptKind::Country);
        let country = country.map(|code| format!(", {}", terminal(code))).unwrap_or_default();
        format!("@{} ({}{country})", terminal(&concept.id), terminal(&concept.name))
    });
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() { "nothing the lexicon knows".to_owned() } else { shown.join(", ") }
}

/// The casualty figures, and those that queries compare with.
fn figures(read: &Read) -> String {
    let shown = read.tolls.iter().map(|printed| {
        let found = &printed.found;
        let only = if found.leads { "" } else { ", beside the item's own" };
        format!("{} ‘{}’ ({}{only})", found.toll.kind, words::inline(&printed.words), found.field)
    });
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() { "none of casualties".to_owned() } else { shown.join(", ") }
}

/// The story it is in, and why.
fn story(story: &InStory, item: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let by_hand = story.joined.map(|link| format!(": {}", words::link(link))).unwrap_or_default();
    lines.push(match (story.id == item, story.items) {
        (true, 0 | 1) => format!("story      its own, and no other item reports it{by_hand}"),
        (true, items) => format!(
            "story      {}, which it opened{by_hand}; {} in it",
            terminal(&story.id),
            count(items as u64, "item")
        ),
        (false, items) => format!(
            "story      {}, {}{by_hand}\n           {}",
            terminal(&story.id),
            count(items as u64, "item"),
            words::inline(&story.title)
        ),
    });
    lines.extend(story.copy_of.as_ref().map(|of| format!("copy of    {}", terminal(of))));
    lines
}

fn watch(judged: &Judged, life: &Life, zone: &TimeZone) -> Vec<String> {
    let sign = match judged.matches {
        Some(true) => "✓",
        Some(false) => "✗",
        None => "-",
    };
    let mut lines = vec![format!("  {sign} {}: {}", terminal(&judged.watch), terminal(&judged.because))];
    if let Some(alert) = &judged.alert {
        let readers: Vec<&Standing> = life.readers.iter().filter(|reader| reader.watch == judged.watch).collect();
        let told = readers.iter().filter(|reader| reader.state == State::Told).count();
        let waiting = readers.iter().filter(|reader| reader.state == State::Waiting).count();
        let then = match (alert.due, told, waiting) {
            (true, ..) => "its mails are still to be written".to_owned(),
            (false, 0, 0) => "no mail".to_owned(),
            (false, 0, _) => "no mail yet".to_owned(),
            (false, 1, _) => "told in 1 mail".to_owned(),
            (false, mails, _) => format!("told in {mails} mails"),
        };
        lines.push(format!("    alert {} ({}): {then}", moment(alert.at, zone), alert.reason));
        let line = |reader: &Standing| format!("      {}: {}", terminal(&reader.reader), words::standing(reader, zone));
        lines.extend(readers.into_iter().map(line));
    }
    lines.extend(judged.note.as_ref().map(|note| format!("    {}", terminal(note))));
    lines
}

fn mail(mail: &Mail, zone: &TimeZone) -> Vec<String> {
    let watches = mail.watches.iter().map(|watch| terminal(watch)).collect::<Vec<_>>().join(", ");
    let state = match &mail.outcome {
        Some(Outcome::Sent { at, answer }) => format!("sent {}: {}", moment(*at, zone), terminal(answer)),
        Some(Outcome::Refused { at, answer }) => format!("REFUSED {}: {}", moment(*at, zone), terminal(answer)),
        Some(Outcome::Expired { at, last_error }) => {
            format!("EXPIRED {}, never accepted: {}", moment(*at, zone), terminal(last_error))
        }
        Some(Outcome::Withdrawn { at }) => format!("withdrawn {}: nobody told there any more", moment(*at, zone)),
        None => waiting(mail, zone),
    };
    vec![
        format!("  {} · {} · {watches} · written {}", terminal(&mail.to), mail.reason, moment(mail.queued, zone)),
        format!("    {}", terminal(&mail.subject)),
        format!("    {state}"),
        format!("    id {}", terminal(&mail.id)),
    ]
}

fn waiting(mail: &Mail, zone: &TimeZone) -> String {
    let next = mail.next_attempt.map(|at| format!(", next {}", moment(at, zone))).unwrap_or_default();
    let error = mail.last_error.as_deref().map(|error| format!(": {}", terminal(error))).unwrap_or_default();
    let attempts = if mail.attempts == 1 { "attempt" } else { "attempts" };
    format!("waits after {} {attempts}{next}{error}", mail.attempts)
}
