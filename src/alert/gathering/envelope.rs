//! What stands outside the body of a mail on several stories: its subject and its headers. Every such mail is a
//! conversation of its own, so its subject carries a time and nothing refers to another mail. For a reader who wants it
//! neutral, nothing here tells what is watched.

use super::labels::Words;
use super::{Gathered, Gathering, order, times};
use crate::alert::labels::Labels;
use crate::alert::line::Line;
use crate::alert::link::mailto;
use crate::alert::places;
use crate::alert::subject::{MAX_LANGS, MAX_SUBJECT, add, ascii, standing, well_formed};
use crate::model::{Severity, Watch};
use crate::text::display;

/// Longest name of a digest or a watch in a subject, in characters.
const MAX_NAME: usize = 32;
/// Watches named in a header: with the longest ids it stays under the 998 characters a line may have (RFC 5322 §2.1.1).
const MAX_WATCHES: usize = 12;
/// Places named in one, for the same reason.
const MAX_PLACES: usize = 12;

pub(super) struct Envelope {
    pub(super) subject: String,
    /// The subject as it would be if it could be seen.
    pub(super) title: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) message_id: String,
}

pub(super) fn of(gathering: &Gathering<'_>) -> Envelope {
    let title = whole_title(gathering);
    Envelope {
        subject: if gathering.reader.is_discreet() { neutral(gathering) } else { title.clone() },
        title,
        headers: headers(gathering),
        message_id: format!("<{}@{}>", gathering.id, ascii(gathering.list_id)),
    }
}

fn neutral(gathering: &Gathering<'_>) -> String {
    let (labels, words) = (Labels::of(gathering.reader.lang), Words::of(gathering.reader.lang));
    let date = times::date_and_clock(gathering.now, &gathering.reader.zone, labels, words);
    let kind = words.neutral_kinds[gathering.kind.number()];
    display::line(&words.neutral_subject.replace("{kind}", kind).replace("{date}", &date))
}

/// What the mail is, and of a digest also how many stories each country has.
fn whole_title(gathering: &Gathering<'_>) -> String {
    let words = Words::of(gathering.reader.lang);
    let title = display::line(&title(gathering).bare());
    let countries = countries(gathering, words, MAX_SUBJECT.saturating_sub(title.chars().count()));
    display::cut(&format!("{title}{countries}"), MAX_SUBJECT)
}

/// What the mail is, in one line: `18 more stories on bf-attacks since 14:05`.
pub(super) fn title(gathering: &Gathering<'_>) -> Line {
    let (labels, words) = (Labels::of(gathering.reader.lang), Words::of(gathering.reader.lang));
    let zone = &gathering.reader.zone;
    let total = gathering.total();
    let counted = |forms, values: &[(&str, Line)]| {
        let n = ("n", Line::ours(labels.number(total)));
        Line::fill(labels.form(forms, total), &[&[n], values].concat())
    };
    let within = |phrase, at| Line::ours(times::clock_or_day(at, gathering.now, zone, labels, phrase));
    let since = |at| within(words.since_day, at);
    match gathering.kind {
        Gathered::Digest { since, .. } => {
            // A digest that comes more than once a day needs its hour to be told from the others.
            let date = match times::is_recent(since, gathering.now) {
                true => times::date_and_clock(gathering.now, zone, labels, words),
                false => times::date(gathering.now, zone, labels, words),
            };
            let what = if total == 0 { words.no_matches.to_owned() } else { labels.count(words.stories, total) };
            Line::fill(
                words.digest_subject,
                &[("name", digest_name(gathering)), ("date", Line::ours(date)), ("what", Line::ours(what))],
            )
        }
        Gathered::Roundup { watch: Some((id, _)), since: at, .. } => {
            let watch = labels.foreign(id.as_str(), MAX_NAME);
            counted(words.more_on_watch, &[("watch", watch), ("since", since(at))])
        }
        Gathered::Roundup { watch: None, since: at, .. } => counted(words.more, &[("since", since(at))]),
        Gathered::Held { since: at } => counted(words.held, &[("since", since(at))]),
        Gathered::Outage { from, until } => {
            counted(words.waited, &[("from", within("{time}", from)), ("until", within("{time}", until))])
        }
    }
}

/// A digest's name; the general one where it has only an id.
pub(super) fn digest_name(gathering: &Gathering<'_>) -> Line {
    let labels = Labels::of(gathering.reader.lang);
    match gathering.kind {
        Gathered::Digest { id, name, .. } if name != id.as_str() => labels.foreign(name, MAX_NAME),
        _ => Line::ours(Words::of(gathering.reader.lang).digest_name),
    }
}

/// ` (BF 6, ML 5, NE 3)`: as many countries as fit, those with most stories.
fn countries(gathering: &Gathering<'_>, words: &Words, room: usize) -> String {
    let labels = Labels::of(gathering.reader.lang);
    if !gathering.is_digest() {
        return String::new();
    }
    let all = order::countries(gathering);
    let shown = |most: usize| {
        let mut listed: Vec<_> =
            all.iter().take(most).map(|(code, n)| format!("{} {n}", display::cut(code, 2))).collect();
        listed.extend((most < all.len()).then(|| "…".to_owned()));
        words.subject_countries.replace("{countries}", &listed.join(labels.comma))
    };
    (1..=all.len()).rev().map(shown).find(|text| text.chars().count() <= room).unwrap_or_default()
}

/// The watches of all stories, each once, most severe first.
pub(super) fn watches<'a>(gathering: &Gathering<'a>) -> Vec<&'a Watch> {
    let mut watches: Vec<&Watch> = gathering.stories.iter().flat_map(|story| story.watches.iter().copied()).collect();
    watches.sort_by(|one, other| (other.severity, &one.id).cmp(&(one.severity, &other.id)));
    watches.dedup_by(|one, other| one.id == other.id);
    watches
}

/// What the mail is filed under, and what a reader unsubscribes from: a digest, or the watch it tells most of.
fn list(gathering: &Gathering<'_>) -> Option<String> {
    match gathering.kind {
        Gathered::Digest { id, .. } => Some(format!("digest-{id}")),
        Gathered::Roundup { watch: Some((id, _)), .. } => Some(id.to_string()),
        _ => watches(gathering).first().map(|watch| watch.id.to_string()),
    }
}

/// How a reader asks to be left out.
pub(super) fn unsubscribe(gathering: &Gathering<'_>) -> String {
    let what = match (gathering.reader.is_discreet(), gathering.kind) {
        // The answer to a neutral mail travels as openly as the mail: it names the mail, which the desk can look up.
        (true, _) => gathering.id.thread.to_string(),
        (false, Gathered::Digest { id, .. }) => format!("digest {id}"),
        (false, _) => list(gathering).unwrap_or_else(|| gathering.id.thread.to_string()),
    };
    mailto(gathering.desk(), &format!("unsubscribe {what}"))
}

fn headers(gathering: &Gathering<'_>) -> Vec<(String, String)> {
    let watches = watches(gathering);
    let severity = watches.first().map_or(Severity::default(), |watch| watch.severity);
    let list = list(gathering).filter(|_| !gathering.reader.is_discreet());
    let mut headers = standing(list.as_deref(), gathering.list_id, &unsubscribe(gathering), gathering.kind.reason());
    if !watches.is_empty() {
        headers.push(("X-Sahelwatch-Severity", severity.to_string()));
    }
    if !gathering.reader.is_discreet() {
        headers.extend(telling(gathering, &watches));
    }
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Headers that say what the mail is about, so that its reader can filter on it: of the most severe stories where there
/// are many. One with nothing to say is left out.
fn telling(gathering: &Gathering<'_>, watches: &[&Watch]) -> Vec<(&'static str, String)> {
    let watches: Vec<_> = watches.iter().take(MAX_WATCHES).map(|watch| watch.id.as_str()).collect();
    let (mut places, mut langs): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for story in order::ranked(gathering) {
        let found = places::codes(&places::places(&story.coverage, story.entry.lead.id));
        let spoken = story.coverage.reports().map(|report| well_formed(&report.lang).to_ascii_lowercase());
        add(&mut places, found, MAX_PLACES);
        add(&mut langs, spoken, MAX_LANGS);
    }
    let headers = [
        ("X-Sahelwatch-Watch", watches.join(", ")),
        ("X-Sahelwatch-Lang", langs.join(", ")),
        ("X-Sahelwatch-Places", places.join(", ")),
    ];
    headers.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::cases::{Mail, story, time};
    use crate::model::{DigestId, Severity};

    use super::*;

    fn check(name: &'static str, codes: &[&'static str], subject: &str) {
        let stories = codes
            .iter()
            .map(|code| story("2026-11-21T08:00:00Z", 0, "title", Some(("A", "B", code)), Severity::High))
            .collect();
        let id = Box::leak(Box::new(DigestId::new("morning").unwrap()));
        let digest = Gathered::Digest { id, name, since: time("2026-11-21T06:30:00Z") };
        assert_eq!(Mail::new(digest, "2026-11-22T06:30:12Z", stories).letter().subject, subject);
    }

    #[test]
    fn a_subject_names_as_many_countries_as_fit() {
        check("Sahel", &["BF", "ML", "BF"], "Sahel, Sun 22 Nov: 3 stories (BF 2, ML 1)");
        check("morning", &["BF"], "Sahel digest, Sun 22 Nov: 1 story (BF 1)");
        check(
            "Central and Western Sahel",
            &["BF", "ML", "NE", "TD", "NG", "MR", "SN", "BF"],
            "Central and Western Sahel, Sun 22 Nov: 8 stories (BF 2, ML 1, MR 1, NE 1, …)",
        );
    }
}
