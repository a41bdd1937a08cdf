//! Every reason and rule in words for people, and how an alert stands with a reader. Here and nowhere else, so that `explain`,
//! `stories` and `status` say the same of the same.

use jiff::tz::TimeZone;

use super::past::moment;
use crate::daemon::desk::standing::{Standing, State};
use crate::model::{Link, Place, Reason, Rule};
use crate::text::display::terminal;

/// Why something was, or was not, alerted or sent, or what it waits for.
pub(super) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::New => "never seen before, and put before the watches",
        Reason::Changed => "known, with a materially changed text, and put before the watches again",
        Reason::Primed => "found by the first poll of its source, which only remembers",
        Reason::Known => "seen before with the same text",
        Reason::RestlessText => "changed too often to be news",
        Reason::Backfilled => "older than the watch that found it",
        Reason::Joined => "part of a story that the watch had told of",
        Reason::Copy => "it prints the text of an item they were told of",
        Reason::NothingNew => "it says nothing of its story that they do not know",
        Reason::Muted => "somebody muted it",
        Reason::Withdrawn => "its watch, its reader or its digest left the configuration",
        Reason::Gathering => "the first minutes of a story, in which other reports may come",
        Reason::TooSoon => "the last mail on its story is too fresh",
        Reason::Throttled => "its watch has told its reader enough for now",
        Reason::SourceThrottled => "its source has caused enough mails for now",
        Reason::Overload => "too much happens at once, and what is not urgent is gathered",
        Reason::QuietHours => "its reader's quiet hours",
        Reason::Outage => "the mail server could not be used for long, and what waited comes together",
        Reason::Digest => "the time of its digest",
        Reason::Roundup => "a roundup of several stories",
        Reason::Held => "the end of quiet hours",
        Reason::FullText => "the article behind it has what its teaser had not",
        Reason::Ops => "a mail to the operator",
        Reason::SignOfLife => "the operator's daily sign of life",
        Reason::Recovered => "it may have been told of before the store was lost",
    }
}

/// What a mail is, by its reason.
pub(super) fn mail(reason: Reason) -> &'static str {
    match reason {
        Reason::New => "the first on its story",
        Reason::Changed => "an update",
        Reason::Backfilled => "found looking back",
        Reason::Digest => "a digest",
        Reason::Roundup => "a roundup of several stories",
        Reason::Held => "what quiet hours held back",
        Reason::Ops => "to the operator",
        Reason::SignOfLife => "a sign of life",
        Reason::Outage => "what waited while mail was stuck",
        other => other.as_str(),
    }
}

/// By what an item joined its story.
pub(super) fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::Copy => "it prints the text of another one",
        Rule::Words => "its words are like those of the others",
        Rule::PlaceAndEvent => "the same place and type of event",
        Rule::CountryAndEvent => "the same country and type of event, and a figure or an actor",
        Rule::PlaceAndActors => "the same place and two actors",
        Rule::PlaceAndFigures => "the same place and figures",
        Rule::ByHand => "a person said so",
    }
}

/// The same with how sure that is, where it was weighed.
pub(super) fn link(link: Link) -> String {
    match link.rule {
        Rule::ByHand | Rule::Copy => rule(link.rule).to_owned(),
        weighed => format!("{} ({:.2})", rule(weighed), link.score),
    }
}

/// How an alert stands with its reader.
pub(super) fn standing(standing: &Standing, zone: &TimeZone) -> String {
    let at = moment(standing.at, zone);
    let why = standing.reason.map(reason);
    match standing.state {
        State::Waiting => {
            let until = standing.until.map(|until| format!(" until {}", moment(until, zone))).unwrap_or_default();
            match (&standing.digest, why) {
                (Some(digest), _) => format!("waits{until} for the digest {}", terminal(digest)),
                (None, Some(why)) => format!("waits{until}: {why}"),
                (None, None) => format!("waits since {at}, and is looked at shortly"),
            }
        }
        State::Told => {
            let what = standing.reason.map(mail).unwrap_or_default();
            let id = standing.mail.as_deref().map(terminal).unwrap_or_default();
            format!("told {at} ({what}), mail {id}")
        }
        State::Muted => match &standing.mute {
            Some(mute) => format!("not told {at}: hidden by the mute {}", terminal(mute)),
            None => format!("not told {at}: {}", reason(Reason::Muted)),
        },
        State::NotTold => format!("not told {at}: {}", why.unwrap_or("no reason is kept")),
    }
}

/// `Djibo, Soum, Burkina Faso`: a place with what it lies in.
pub(super) fn place(place: &Place) -> String {
    // A region that bears the name of its town tells nothing more: `Gao (region)`.
    let above = [&place.region, &place.country_name].into_iter().flatten();
    let above = above.filter(|above| above.trim_end_matches(" (region)") != place.name.trim_end_matches(" (region)"));
    let parts: Vec<String> = std::iter::once(&place.name).chain(above).map(|name| inline(name)).collect();
    parts.join(", ")
}

/// Foreign words within a line of ours: those written from right to left are isolated (UAX #9), so that they do not reorder what
/// stands beside them. Safe for a terminal.
pub(super) fn inline(text: &str) -> String {
    let text = terminal(text);
    let rightwards = |c: char| matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}');
    if text.chars().any(rightwards) { format!("\u{2068}{text}\u{2069}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> jiff::Timestamp {
        jiff::Timestamp::from_second(second).expect("a test instant")
    }

    #[test]
    fn how_an_alert_stands_is_one_line() {
        let standing = |state, reason, until, digest: Option<&str>, mail: Option<&str>, mute: Option<&str>| Standing {
            reader: "amina@example.org".to_owned(),
            watch: "attacks".to_owned(),
            item: "19ab".to_owned(),
            state,
            reason,
            at: at(0),
            until,
            digest: digest.map(str::to_owned),
            mail: mail.map(str::to_owned),
            mute: mute.map(str::to_owned),
        };
        for (given, expected) in [
            (
                standing(State::Waiting, Some(Reason::TooSoon), Some(at(60)), None, None, None),
                "waits until 1970-01-01 00:01 UTC: the last mail on its story is too fresh",
            ),
            (
                standing(State::Waiting, Some(Reason::Digest), Some(at(60)), Some("morning"), None, None),
                "waits until 1970-01-01 00:01 UTC for the digest morning",
            ),
            (
                standing(State::Waiting, None, None, None, None, None),
                "waits since 1970-01-01 00:00 UTC, and is looked at shortly",
            ),
            (
                standing(State::Told, Some(Reason::Changed), None, None, Some("19ab.1.0f"), None),
                "told 1970-01-01 00:00 UTC (an update), mail 19ab.1.0f",
            ),
            (
                standing(State::Muted, Some(Reason::Muted), None, None, None, Some("m3")),
                "not told 1970-01-01 00:00 UTC: hidden by the mute m3",
            ),
            (
                standing(State::NotTold, Some(Reason::NothingNew), None, None, None, None),
                "not told 1970-01-01 00:00 UTC: it says nothing of its story that they do not know",
            ),
        ] {
            assert_eq!(super::standing(&given, &TimeZone::UTC), expected);
        }
    }

    #[test]
    fn what_was_weighed_says_how_sure_it_is() {
        let told = |rule| link(Link { rule, score: 0.617 });
        assert_eq!(told(Rule::PlaceAndEvent), "the same place and type of event (0.62)");
        assert_eq!(told(Rule::ByHand), "a person said so");
    }

    #[test]
    fn foreign_words_do_not_reorder_a_line() {
        assert_eq!(inline("هجوم"), "\u{2068}هجوم\u{2069}");
        assert_eq!(inline("attaque \u{1b}[31m"), "attaque \u{fffd}[31m");
        let gao = Place {
            id: "gao".to_owned(),
            name: "Gao".to_owned(),
            region: Some("Gao (region)".to_owned()),
            country: Some("ML".to_owned()),
            country_name: Some("Mali".to_owned()),
        };
        assert_eq!(place(&gao), "Gao, Mali");
    }
}
