//! One story, everything that is known of it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::past::{count, moment};
use super::super::{mute, words};
use super::list;
use crate::daemon::desk::sheet::{Claim, Event, Happened, Member, Printed, Sheet};
use crate::daemon::desk::standing::Standing;
use crate::model::Notice;
use crate::text::display::terminal;

pub(super) fn told(sheet: &Sheet, zone: &TimeZone) -> String {
    let mut text = head(sheet, zone);
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            text.push_str(&format!("\n{title}\n{}\n", lines.join("\n")));
        }
    };
    section("items", sheet.items.iter().flat_map(|item| member(item, sheet, zone)).collect());
    section("figures, as reported, not verified", figures(&sheet.tolls));
    section("claimed by, as reported, not verified", sheet.claims.iter().map(claim).collect());
    section("timeline", sheet.timeline.iter().map(|event| happened(event, zone)).collect());
    section("readers", readers(&sheet.readers, zone));
    section("mutes in force", sheet.mutes.iter().map(|line| format!("  {}", mute::line(line, zone))).collect());
    text
}

fn head(sheet: &Sheet, zone: &TimeZone) -> String {
    let story = &sheet.story;
    let mut lines = vec![list::headline(&story.title), String::new()];
    lines.push(format!("story      {}", terminal(&story.id)));
    if !sheet.places.is_empty() {
        lines.push(format!("places     {}", sheet.places.iter().map(words::place).collect::<Vec<_>>().join("; ")));
    }
    let languages = story.languages.iter().map(|lang| terminal(lang)).collect::<Vec<_>>().join(" ");
    let sources = count(story.sources.len() as u64, "independent source");
    lines.push(format!("reported   {}, {sources}, in {languages}", count(story.items as u64, "item")));
    lines.push(format!("seen       {}", span(story.opened, story.last, zone)));
    if !story.tolls.is_empty() {
        lines.push(format!("figures    {}, as reported, not verified", list::tolls(&story.tolls)));
    }
    let watches = if story.watches.is_empty() { "none alerted on it".to_owned() } else { story.watches.join(", ") };
    lines.push(format!("watches    {watches}"));
    let told = list::mailed(story, zone).map(|mailed| format!("first {mailed}"));
    lines.push(format!("told       {}", told.unwrap_or_else(|| "nobody so far".to_owned())));
    lines.join("\n") + "\n"
}

fn span(opened: Timestamp, last: Timestamp, zone: &TimeZone) -> String {
    let (first, last) = (moment(opened, zone), moment(last, zone));
    if first == last { first } else { format!("{first} first, {last} last") }
}

fn member(item: &Member, sheet: &Sheet, zone: &TimeZone) -> Vec<String> {
    let source = if item.source_name == item.source {
        terminal(&item.source)
    } else {
        format!("{} ({})", words::inline(&item.source_name), terminal(&item.source))
    };
    let mut lines = vec![format!(
        "  {} · {source} · tier {} · {} · {}",
        moment(item.seen, zone),
        item.tier,
        terminal(&item.lang),
        terminal(&item.id)
    )];
    lines.push(format!("    {}", list::headline(&item.title)));
    lines.extend(item.link.as_ref().map(|link| format!("    {}", terminal(link))));
    let joined = match item.joined {
        None if item.id == sheet.story.id => "opened the story".to_owned(),
        None => "the first that is left of the story".to_owned(),
        Some(link) if item.id == sheet.story.id => format!("opened the story: {}", words::link(link)),
        Some(link) => format!("joined: {}", words::link(link)),
    };
    let mut facts = vec![joined];
    facts.extend(item.copy_of.as_ref().map(|of| format!("copy of {}", terminal(of))));
    facts.extend(item.notice.map(|notice| notice_in_words(notice).to_owned()));
    facts.extend(match item.revision {
        0 => None,
        1 => Some("its text changed once".to_owned()),
        times => Some(format!("its text changed {times} times")),
    });
    facts.extend((!item.watches.is_empty()).then(|| format!("alerted {}", item.watches.join(", "))));
    lines.push(format!("    {}", facts.join(" · ")));
    lines
}

fn notice_in_words(notice: Notice) -> &'static str {
    match notice {
        Notice::Correction => "corrects what it printed",
        Notice::Withdrawal => "takes back what it printed",
    }
}

/// By kind, then in the order of the items: who prints what, in their words.
fn figures(tolls: &[Printed]) -> Vec<String> {
    let mut sorted: Vec<&Printed> = tolls.iter().collect();
    sorted.sort_by_key(|printed| printed.found.toll.kind);
    let width = sorted.iter().map(|printed| printed.source.chars().count()).max().unwrap_or(0);
    let mut last = None;
    let line = |printed: &Printed| {
        let kind = printed.found.toll.kind;
        let shown = if last.replace(kind) == Some(kind) { String::new() } else { kind.to_string() };
        format!("  {shown:<10} {:<width$}  ‘{}’", terminal(&printed.source), words::inline(&printed.words))
    };
    sorted.into_iter().map(line).collect()
}

fn claim(claim: &Claim) -> String {
    format!("  {}, says {}", words::inline(&claim.by), terminal(&claim.source))
}

fn happened(event: &Event, zone: &TimeZone) -> String {
    let what = match &event.what {
        Happened::Reported { source, copy, notice, .. } => {
            let how = match (notice, copy) {
                (Some(notice), _) => notice_in_words(*notice),
                (None, true) => "prints another's report",
                (None, false) => "reports",
            };
            format!("{} {how}", terminal(source))
        }
        Happened::Mailed { to, reason, .. } => format!("mail to {}: {}", terminal(to), words::mail(*reason)),
    };
    format!("  {}  {what}", moment(event.at, zone))
}

/// Reader by reader; watches whose alerts stand alike in one line.
fn readers(standings: &[Standing], zone: &TimeZone) -> Vec<String> {
    let mut alike: Vec<(&str, String, Vec<String>)> = Vec::new();
    for standing in standings {
        let (stands, watch) = (words::standing(standing, zone), terminal(&standing.watch));
        match alike.iter_mut().find(|(reader, other, _)| *reader == standing.reader && *other == stands) {
            Some((.., watches)) if watches.contains(&watch) => {}
            Some((.., watches)) => watches.push(watch),
            None => alike.push((&standing.reader, stands, vec![watch])),
        }
    }
    let mut lines = Vec::new();
    let mut last = None;
    for (reader, stands, watches) in alike {
        if last.replace(reader) != Some(reader) {
            lines.push(format!("  {}", terminal(reader)));
        }
        lines.push(format!("    {}: {stands}", watches.join(", ")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::desk::standing::State;
    use crate::model::Reason;

    #[test]
    fn alerts_of_a_reader_that_stand_alike_are_one_line() {
        let standing = |reader: &str, watch: &str, state, reason| Standing {
            reader: reader.to_owned(),
            watch: watch.to_owned(),
            item: "19ab000000000000".to_owned(),
            state,
            reason: Some(reason),
            at: Timestamp::UNIX_EPOCH,
            until: None,
            digest: None,
            mail: None,
            mute: None,
        };
        let given = [
            standing("amina@example.org", "attacks", State::NotTold, Reason::NothingNew),
            standing("amina@example.org", "floods", State::NotTold, Reason::NothingNew),
            standing("amina@example.org", "floods", State::NotTold, Reason::NothingNew),
            standing("amina@example.org", "floods", State::Waiting, Reason::TooSoon),
            standing("jb@example.org", "floods", State::Waiting, Reason::TooSoon),
        ];
        assert_eq!(
            readers(&given, &TimeZone::UTC),
            [
                "  amina@example.org",
                "    attacks, floods: not told 1970-01-01 00:00 UTC: it says nothing of its story that they do not know",
                "    floods: waits: the last mail on its story is too fresh",
                "  jb@example.org",
                "    floods: waits: the last mail on its story is too fresh",
            ]
        );
    }
}
