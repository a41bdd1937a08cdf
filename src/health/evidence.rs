//! What shows how a source stands, in words. The texts go to the person who runs this and into reports; addresses are
//! shown without user names and queries, which may be secret.

use std::time::Duration;

use url::Url;

use super::{Failure, Reading, Silence, count};
use crate::model::{Doubt, Evidence, Source};
use crate::text::display;

/// Longest text kept, in characters: enough to recognise a login page.
const LONGEST: usize = 300;

/// Of a poll that failed.
pub(super) fn of_failure(failure: &Failure<'_>) -> Evidence {
    evidence(failure.status, failure.what, failure.sample)
}

/// Of a document that is doubted; `reading` is None when it was read earlier.
pub(super) fn of_doubt(doubt: Doubt, usual: f32, reading: Option<&Reading<'_>>) -> Evidence {
    let usual = count(f64::from(usual));
    let of = |part: u32| reading.map_or("most".to_owned(), |reading| format!("{part} of {}", reading.shown));
    let what = match doubt {
        Doubt::Nothing if usual > 0 => format!("it shows no items; it usually shows {usual}"),
        Doubt::Nothing => "it shows no items".to_owned(),
        Doubt::Few => {
            let shown = reading.map_or("very few items".to_owned(), |reading| plural(reading.shown.into(), "item"));
            format!("it shows {shown}; it usually shows {usual}")
        }
        Doubt::Navigation => {
            format!("{} items look like the links of a menu", of(reading.map_or(0, |reading| reading.navigation)))
        }
        Doubt::Frozen => "the page is served anew, yet the items picked from it stay the same".to_owned(),
        Doubt::Teasers => format!("{} items are cut off", of(reading.map_or(0, |reading| reading.cut))),
        Doubt::Articles => "the articles behind its items cannot be read".to_owned(),
        Doubt::CutOff => match reading.and_then(|reading| reading.problem) {
            Some(problem) => format!("its document breaks off: {problem}"),
            None => "its document breaks off".to_owned(),
        },
    };
    evidence(None, &what, reading.and_then(|reading| reading.sample))
}

/// Of articles that could not be read, with the reason of the last one.
pub(super) fn of_articles(unread: u32, why: &str) -> Evidence {
    evidence(None, &format!("the last {unread} articles could not be read: {why}"), None)
}

/// Of silence.
pub(super) fn of_silence(silence: &Silence, source: &Source, now: jiff::Timestamp) -> Evidence {
    let quiet = now.duration_since(silence.since);
    let quiet = span(Duration::try_from(quiet).unwrap_or_default());
    let what = match (source.stale_after, count(silence.expected)) {
        (Some(limit), _) => format!("nothing new for {quiet}; `stale_after` allows {}", span(limit)),
        (None, 0) => format!("nothing new for {quiet}, since it was polled first"),
        (None, times) => format!("nothing new for {quiet}, in which it usually has news {}", plural(times, "time")),
    };
    evidence(None, &what, None)
}

/// Of a document with nothing its source had shown before.
pub(super) fn of_overflow(reading: Option<&Reading<'_>>) -> Evidence {
    let shown = reading.map_or("all".to_owned(), |reading| format!("all {}", reading.shown));
    evidence(None, &format!("{shown} items it shows are new: more came between two polls than it shows"), None)
}

/// Of a source that is polled elsewhere.
pub(super) fn of_move(url: &Url) -> Evidence {
    evidence(None, &format!("it is polled at {} now", address(url)), None)
}

/// An address as it may be shown.
pub(super) fn address(url: &Url) -> String {
    let Some(host) = url.host_str() else { return format!("{}:…", url.scheme()) };
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let query = if url.query().is_some() { "?…" } else { "" };
    format!("{}://{host}{port}{}{query}", url.scheme(), url.path())
}

/// A time in its largest fitting unit: `45 minutes`, `14 hours`, `3 days`.
pub(super) fn span(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    match minutes {
        0..120 => plural(minutes, "minute"),
        120..2880 => plural(minutes / 60, "hour"),
        _ => plural(minutes / 1440, "day"),
    }
}

/// A number with its noun.
pub(super) fn plural(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn evidence(status: Option<u16>, what: &str, sample: Option<&str>) -> Evidence {
    // The cut looks at characters that are kept; what is far behind it need not be cleaned.
    let short = |text: &str| {
        let head: String = text.chars().take(LONGEST * 8).collect();
        display::cut(&display::line(&head), LONGEST)
    };
    let sample = sample.map(short).filter(|sample| !sample.is_empty());
    Evidence { status, what: short(what), sample }
}
