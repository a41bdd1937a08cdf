//! The life of an item, in lines for people.

use jiff::tz::TimeZone;

use super::super::past::{moment, number};
use crate::daemon::lookback::life::{Judged, Life, Mail, Read};
use crate::model::{ConceptKind, Outcome, Reason};
use crate::text::display::terminal;

pub(super) fn told(life: &Life, zone: &TimeZone) -> String {
    let title = if life.title.is_empty() { "(no headline)".to_owned() } else { terminal(&life.title) };
    let mut lines = vec![title];
    lines.extend(life.link.as_ref().map(|link| format!("  {}", terminal(link))));
    lines.push(format!("\nitem       {}", terminal(&life.id)));
    lines.push(format!("seen       {} first, in {}", moment(life.first_seen, zone), terminal(&life.source)));
    lines.extend(life.published.map(|at| format!("published  {}, as it says", moment(at, zone))));
    lines.push(format!("text       {}", text(life)));
    lines.push(format!("taken as   {}: {}", life.reason, taken_as(life.reason)));
    lines.push(format!("language   {}", language(&life.read)));
    lines.push(format!("speaks of  {}", concepts(&life.read)));
    lines.push(format!("figures    {}", figures(&life.read)));
    lines.push("\nwatches".to_owned());
    if life.watches.is_empty() {
        lines.push("  none is configured".to_owned());
    }
    life.watches.iter().for_each(|judged| lines.extend(watch(judged, &life.mails, zone)));
    lines.push("\nmails".to_owned());
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

fn taken_as(reason: Reason) -> &'static str {
    match reason {
        Reason::New => "never seen before, and put before the watches",
        Reason::Changed => "known, with a materially changed text, and put before the watches again",
        Reason::Primed => "found by the first poll of its source, which only remembers",
        Reason::Known => "seen before with the same text",
        Reason::RestlessText => "changed too often to be news",
        Reason::Backfilled => "older than the watch that found it",
    }
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
        format!("{} ‘{}’ ({}{only})", found.toll.kind, terminal(&printed.words), found.field)
    });
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() { "none of casualties".to_owned() } else { shown.join(", ") }
}

fn watch(judged: &Judged, mails: &[Mail], zone: &TimeZone) -> Vec<String> {
    let sign = match judged.matches {
        Some(true) => "✓",
        Some(false) => "✗",
        None => "-",
    };
    let mut lines = vec![format!("  {sign} {}: {}", terminal(&judged.watch), terminal(&judged.because))];
    if let Some(alert) = &judged.alert {
        let told = mails.iter().filter(|mail| mail.watches.contains(&judged.watch)).count();
        let then = match (alert.due, told) {
            (true, _) => "its mails are still to be written".to_owned(),
            (false, 0) if alert.reason == Reason::Backfilled => {
                "no mail: everybody it tells was mailed about the item before".to_owned()
            }
            (false, 0) => "no mail: nobody was to be told any more".to_owned(),
            (false, 1) => "told in 1 mail".to_owned(),
            (false, mails) => format!("told in {mails} mails"),
        };
        lines.push(format!("    alert {} ({}): {then}", moment(alert.at, zone), alert.reason));
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
