//! The daily sign of life: its numbers, and when it is due. Silence of this program must be told apart from silence of
//! the news.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::model::{SignOfLife, Source, Standing};

/// What is counted elsewhere, of the last day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Items never seen before.
    pub items: usize,
    /// Alerts raised.
    pub alerts: usize,
    /// Mails accepted.
    pub sent: usize,
    /// Mails that wait now.
    pub queued: usize,
}

/// The numbers of a sign of life at `now`.
#[must_use]
pub fn sign_of_life(sources: &[(&Source, &Standing)], counts: Counts, now: Timestamp) -> SignOfLife {
    let day = SignedDuration::from_hours(24);
    let troubled = sources.iter().filter(|(_, standing)| !standing.health.is_live());
    let gaps = sources.iter().filter_map(|(source, standing)| Some((source.id.clone(), standing.gap?)));
    let troubled: Vec<_> = troubled.map(|(source, standing)| (source.id.clone(), standing.health)).collect();
    SignOfLife {
        sources: sources.len(),
        live: sources.len() - troubled.len(),
        troubled,
        items: counts.items,
        alerts: counts.alerts,
        sent: counts.sent,
        queued: counts.queued,
        gaps: gaps.filter(|(_, gap)| now.duration_since(gap.to) <= day).collect(),
    }
}

/// The moment at which a sign of life was due and not given yet: the last one up to `now` at this time of the day, so
/// that a time in which this program did not run costs one and not many. `last` is when the last one was due; before
/// the first one, nothing is due that lies before `started`.
#[must_use]
pub fn due(
    at: Time,
    zone: &TimeZone,
    last: Option<Timestamp>,
    started: Timestamp,
    now: Timestamp,
) -> Option<Timestamp> {
    let today = zone.to_datetime(now).date();
    // A date may be skipped by its zone, and a time by its clocks; yesterday's is always within reach.
    let days = [0, -1, -2].into_iter().filter_map(|days| today.checked_add(days.days()).ok());
    let moments = days.filter_map(|day| zone.to_ambiguous_timestamp(day.to_datetime(at)).compatible().ok());
    let moment = moments.filter(|moment| *moment <= now).max()?;
    (moment > last.unwrap_or(started)).then_some(moment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Gap, Health, SourceId, SourceKind};

    fn at(text: &str) -> Timestamp {
        format!("2027-{text}:00Z").parse().expect("a test instant")
    }

    #[test]
    fn a_sign_is_due_once_a_day_and_once_after_a_time_without() {
        let zone = TimeZone::get("Europe/Paris").expect("a bundled zone");
        let seven = jiff::civil::time(7, 0, 0, 0);
        for (last, started, now, expected) in [
            (None, "01-04T10:00", "01-05T05:59", None),
            (None, "01-04T10:00", "01-05T06:00", Some("01-05T06:00")),
            (None, "01-05T06:30", "01-05T07:00", None),
            (Some("01-05T06:00"), "01-04T10:00", "01-06T05:00", None),
            (Some("01-05T06:00"), "01-04T10:00", "01-06T06:10", Some("01-06T06:00")),
            (Some("01-05T06:00"), "01-09T12:00", "01-09T12:01", Some("01-09T06:00")),
            // Clocks change on 28 March.
            (Some("03-27T06:00"), "01-04T10:00", "03-28T05:00", Some("03-28T05:00")),
        ] {
            let due = due(seven, &zone, last.map(at), at(started), at(now));
            assert_eq!(due, expected.map(at), "{last:?} {now}");
        }
    }

    #[test]
    fn its_numbers_tell_who_is_live_and_what_was_missed() {
        let url: url::Url = "https://outlet.example/feed".parse().expect("a test address");
        let source = |id: &str| Source::new(SourceId::new(id).expect("a test id"), SourceKind::Feed, url.clone());
        let sources = ["a", "b", "c"].map(source);
        let gap = |to| Some(Gap { from: at("01-03T00:00"), to: at(to) });
        let standings = [
            Standing { gap: gap("01-05T00:00"), ..Standing::default() },
            Standing { health: Health::Silent, gap: gap("01-03T10:00"), ..Standing::default() },
            Standing { health: Health::Moved, ..Standing::default() },
        ];
        let pairs: Vec<_> = sources.iter().zip(&standings).collect();
        let sign = sign_of_life(&pairs, Counts { items: 4, ..Counts::default() }, at("01-05T06:00"));
        assert_eq!((sign.sources, sign.live, sign.items), (3, 2, 4));
        assert_eq!(sign.troubled, [(sources[1].id.clone(), Health::Silent)]);
        assert_eq!(sign.gaps.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["a"]);
    }
}
