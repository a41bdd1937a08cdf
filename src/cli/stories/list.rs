//! Stories in a list, three lines each: the headline, what is reported, what was made of it.

use jiff::tz::TimeZone;

use super::super::past::{count, moment, number};
use super::super::words;
use crate::daemon::desk::card::{Card, Found};
use crate::model::Figure;
use crate::text::display::terminal;

/// A story in a list.
pub(super) fn card(card: &Card, zone: &TimeZone) -> String {
    let mut reported = vec![moment(card.last, zone)];
    reported.extend(card.places.first().map(|place| match &place.country {
        Some(code) if place.country_name.as_ref() != Some(&place.name) => {
            format!("{}, {}", words::inline(&place.name), terminal(code))
        }
        _ => words::inline(&place.name),
    }));
    reported.push(volume(card));
    reported.push(card.languages.iter().map(|lang| terminal(lang)).collect::<Vec<_>>().join(" "));
    reported.extend((!card.tolls.is_empty()).then(|| tolls(&card.tolls)));
    let mut made = vec![terminal(&card.id)];
    made.extend((!card.watches.is_empty()).then(|| card.watches.join(", ")));
    made.extend(mailed(card, zone).map(|mailed| format!("mailed {mailed}")));
    made.extend((card.waiting > 0).then(|| format!("{} waiting", number(card.waiting as u64))));
    made.extend((!card.muted.is_empty()).then(|| format!("muted ({})", card.muted.join(", "))));
    format!("{}\n  {}\n  {}", headline(&card.title), reported.join(" · "), made.join(" · "))
}

/// A headline on a line of its own.
pub(super) fn headline(title: &str) -> String {
    if title.is_empty() { "(no headline)".to_owned() } else { terminal(title) }
}

/// `3 items, 2 sources`.
pub(super) fn volume(card: &Card) -> String {
    format!("{}, {}", count(card.items as u64, "item"), count(card.sources.len() as u64, "source"))
}

/// `40–55 killed, 12 wounded`: the range of what is reported.
pub(super) fn tolls(figures: &[Figure]) -> String {
    let range = |figure: &Figure| match (figure.min, figure.max) {
        (min, max) if min == max => format!("{} {}", number(u64::from(max)), figure.kind),
        (min, max) => format!("{}–{} {}", number(u64::from(min)), number(u64::from(max)), figure.kind),
    };
    figures.iter().map(range).collect::<Vec<_>>().join(", ")
}

/// `2026-11-22 14:09 GMT, 3 mails so far`: when it was first told.
pub(super) fn mailed(card: &Card, zone: &TimeZone) -> Option<String> {
    let first = moment(card.mailed?, zone);
    Some(if card.mails > 1 { format!("{first}, {} mails so far", number(card.mails as u64)) } else { first })
}

/// What was listed, and how to see more.
pub(super) fn summary(found: &Found) -> String {
    let since = found.since.strftime("%Y-%m-%d");
    match (found.stories.len() as u64, found.more) {
        (0, _) => format!("no story with a report first seen since {since} is of that kind"),
        (1, false) => {
            format!("1 story with a report first seen since {since}; `sahelwatch stories show STORY` tells all of it")
        }
        (shown, false) => {
            format!(
                "{} stories with a report first seen since {since}; `sahelwatch stories show STORY` tells all of one",
                number(shown)
            )
        }
        (shown, true) => format!(
            "the {} stories with the newest reports; there are more since {since}: --limit shows them, --mailed or --watch \
             fewer",
            number(shown)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Place, TollKind};

    fn story() -> Card {
        let at = |second| jiff::Timestamp::from_second(second).expect("a test instant");
        Card {
            id: "19ab000000000000".to_owned(),
            title: "هجوم في جيبو".to_owned(),
            lang: "ar".to_owned(),
            places: vec![Place {
                id: "djibo".to_owned(),
                name: "Djibo".to_owned(),
                region: Some("Sahel".to_owned()),
                country: Some("BF".to_owned()),
                country_name: Some("Burkina Faso".to_owned()),
            }],
            opened: at(0),
            last: at(60),
            items: 3,
            sources: vec!["rfi".to_owned()],
            languages: vec!["ar".to_owned(), "fr".to_owned()],
            tolls: vec![
                Figure { kind: TollKind::Killed, min: 40, max: 55 },
                Figure { kind: TollKind::Wounded, min: 1200, max: 1200 },
            ],
            watches: vec!["attacks".to_owned()],
            mailed: Some(at(120)),
            mails: 2,
            waiting: 1,
            muted: vec!["m3".to_owned()],
        }
    }

    #[test]
    fn a_story_is_three_lines() {
        assert_eq!(
            card(&story(), &TimeZone::UTC),
            "هجوم في جيبو\n  1970-01-01 00:01 UTC · Djibo, BF · 3 items, 1 source · ar fr · 40–55 killed, 1\u{202f}200 wounded\n  \
             19ab000000000000 · attacks · mailed 1970-01-01 00:02 UTC, 2 mails so far · 1 waiting · muted (m3)"
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let plain = Card {
            title: String::new(),
            places: Vec::new(),
            items: 1,
            tolls: Vec::new(),
            watches: Vec::new(),
            mailed: None,
            mails: 0,
            waiting: 0,
            muted: Vec::new(),
            languages: vec!["und".to_owned()],
            ..story()
        };
        assert_eq!(
            card(&plain, &TimeZone::UTC),
            "(no headline)\n  1970-01-01 00:01 UTC · 1 item, 1 source · und\n  19ab000000000000"
        );
    }
}
