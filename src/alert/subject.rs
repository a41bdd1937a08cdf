//! What stands outside a mail's body: its subject and its headers. For a reader who wants it neutral, neither names a place, a
//! group, an event or a watch.

use super::compose::Occasion;
use super::excerpt;
use super::link::mailto;
use super::places;
use crate::model::Reason;
use crate::text::display;

/// Longest subject, in characters: the line length of RFC 5322 §2.1.1.
pub(super) const MAX_SUBJECT: usize = 78;
/// Languages named in a header.
pub(super) const MAX_LANGS: usize = 8;

/// `[HIGH] Djibo (BF): headline`. Only the severity stands in the bracket, since Gmail ignores bracketed text when it threads.
pub(super) fn title(occasion: &Occasion<'_>) -> String {
    let labels = occasion.labels();
    let headline = excerpt::headline(&occasion.lead.item, &[], occasion.lang());
    let headline = headline.map_or_else(|| labels.no_headline.to_owned(), |headline| headline.words());
    let bracket = format!("[{}] ", labels.severity(occasion.severity()));
    let coverage = occasion.coverage();
    let matches = places::matches_on(occasion.lead.id, occasion.alerts);
    let place = places::places(&coverage, occasion.lead.id).into_iter().next();
    let place = place.filter(|place| !places::opens_with(&occasion.lead.item.title, place, &matches));
    let place = place.map(|place| format!("{}: ", places::short(place))).unwrap_or_default();
    let room = MAX_SUBJECT.saturating_sub((bracket.chars().count()) + place.chars().count());
    bracket + &place + &display::cut(&headline, room)
}

/// The subject as it stands on the envelope. A follow-up repeats the first one, since Gmail threads on equal subjects and the
/// headline may be what changed. A neutral one is the same for all mails on a story.
pub(super) fn subject(occasion: &Occasion<'_>, title: &str) -> String {
    let first = match occasion.first_subject {
        _ if occasion.reader.is_discreet() => occasion.labels().neutral_subject.replace("{code}", &occasion.code()),
        Some(first) if occasion.id.seq > 0 => display::line(first),
        _ => title.to_owned(),
    };
    if occasion.id.seq == 0 { first } else { format!("Re: {first}") }
}

/// All headers but those `mail` writes.
pub(super) fn headers(occasion: &Occasion<'_>) -> Vec<(String, String)> {
    let list = ascii(occasion.list_id);
    // No mail has this id. All mails on the story answer it, the first one too, so that they thread in any order.
    let root = format!("<story-{}@{list}>", occasion.id.thread);
    let watch = occasion.watches().first().map(|watch| watch.id.to_string());
    let watch = watch.filter(|_| !occasion.reader.is_discreet());
    let mut headers = vec![("In-Reply-To", root.clone()), ("References", root)];
    headers.extend(standing(watch.as_deref(), occasion.list_id, &occasion.unsubscribe(), occasion.reason));
    headers.push(("X-Sahelwatch-Story", occasion.id.thread.to_string()));
    headers.push(("X-Sahelwatch-Severity", occasion.severity().to_string()));
    if !occasion.reader.is_discreet() {
        headers.extend(telling(occasion));
    }
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Headers of every mail: what it is filed under (`list`; None where that may not be told), how to leave, and that no machine should
/// answer it.
pub(super) fn standing(
    list: Option<&str>,
    domain: &str,
    unsubscribe: &str,
    reason: Reason,
) -> Vec<(&'static str, String)> {
    let domain = ascii(domain);
    let list_id = match list {
        Some(list) => format!("\"Sahelwatch: {list}\" <{list}.{domain}>"),
        None => format!("\"Sahelwatch\" <alerts.{domain}>"),
    };
    vec![
        ("List-Id", list_id),
        ("List-Unsubscribe", format!("<{unsubscribe}>")),
        ("List-Post", "NO".to_owned()),
        ("Precedence", "list".to_owned()),
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "All".to_owned()),
        ("X-Sahelwatch-Reason", reason.to_string()),
    ]
}

/// Headers that say what the mail is about, so that its reader can filter on it. One with nothing to say is left out.
fn telling(occasion: &Occasion<'_>) -> Vec<(&'static str, String)> {
    let coverage = occasion.coverage();
    let watches: Vec<_> = occasion.watches().iter().map(|watch| watch.id.to_string()).collect();
    let mut langs: Vec<String> = Vec::new();
    add(&mut langs, coverage.reports().map(|report| well_formed(&report.lang).to_ascii_lowercase()), MAX_LANGS);
    if langs.is_empty() {
        langs.push(occasion.lang().to_owned());
    }
    let places = places::codes(&places::places(&coverage, occasion.lead.id));
    let headers = [
        ("X-Sahelwatch-Watch", watches.join(", ")),
        ("X-Sahelwatch-Lang", langs.join(", ")),
        ("X-Sahelwatch-Places", places.join(", ")),
        ("X-Sahelwatch-Source-Count", coverage.independent().max(1).to_string()),
    ];
    headers.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

impl Occasion<'_> {
    /// Four signs that stand for a story where it may not be named: of a hash, since the ids of one day begin alike.
    pub(super) fn code(&self) -> String {
        let hash = xxhash_rust::xxh3::xxh3_64(&self.id.thread.0.to_be_bytes());
        format!("{:04x}", hash & 0xffff)
    }

    pub(super) fn unsubscribe(&self) -> String {
        let watch = self.watches().first().map(|watch| watch.id.to_string());
        let what = watch.filter(|_| !self.reader.is_discreet()).unwrap_or_else(|| self.id.thread.to_string());
        mailto(self.desk(), &format!("unsubscribe {what}"))
    }
}

/// Adds what a list does not have yet, up to a length.
pub(super) fn add(list: &mut Vec<String>, more: impl IntoIterator<Item = String>, most: usize) {
    for word in more {
        if list.len() < most && !list.contains(&word) {
            list.push(word);
        }
    }
}

/// A language tag in the form of BCP 47, or `und`.
pub(super) fn well_formed(tag: &str) -> &str {
    let letters_first = tag.starts_with(|c: char| c.is_ascii_alphabetic());
    let clean = tag.len() <= 35 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if letters_first && clean { tag } else { "und" }
}

/// A configured word as a header takes it.
pub(super) fn ascii(word: &str) -> String {
    word.chars().filter(char::is_ascii_graphic).collect()
}
