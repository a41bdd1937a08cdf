//! How publishers are asked: a server that scores every question (C7), and one that wants to be left alone (C8).

use jiff::{SignedDuration, Timestamp};

use crate::bed::{everyday, feed};
use crate::health::vigil::Vigil;
use crate::peers::http::{Reply, Seen};
use crate::trials;

// -- C7

const POLLS: usize = 50;

/// What the server has said that must come back: the validators of its last whole answer, or none.
type Told = Option<(Option<&'static [u8]>, Option<&'static [u8]>)>;

/// An `ETag` and a `Last-Modified`, as a server gives them.
type Validators = (Option<&'static [u8]>, Option<&'static [u8]>);

/// Validators as servers make them up: entity tag and date, either of which may be missing.
const ODD: [Validators; 10] = [
    (Some(b"\"abc\""), Some(b"Sat, 01 Mar 2025 12:00:00 GMT")),
    (Some(b"W/\"abc\""), None),
    (None, Some(b"Saturday, 01-Mar-25 12:00:00 GMT")),
    (Some(b"w/\"abc\""), Some(b"2025-03-01T12:00:00Z")),
    (Some(b"abc"), Some(b"yesterday")),
    (None, None),
    (Some(b"\"a, b\""), Some(b"Sat, 01 Mar 2025 12:00:00 +0000")),
    (Some(b"\"\xe9t\xe9-gzip\""), Some(b"0")),
    (Some(b"\"\"abc\"\""), Some(b"-1")),
    (Some(b"W/\"*\""), Some(b"Sat,  01 Mar 2025 12:00:00 GMT")),
];

/// The faults of a question, as a publisher would score them (rachelbythebay.com/fs/help.html).
fn faults(seen: &Seen, told: Told) -> Vec<String> {
    let mut faults = Vec::new();
    let (etag, date) = told.unwrap_or_default();
    for (name, expected) in [("If-None-Match", etag), ("If-Modified-Since", date)] {
        if seen.header(name) != expected {
            faults.push(format!("{name}: {:?}, not {expected:?}", seen.header(name)));
        }
    }
    for name in ["Cookie", "Referer", "Authorization", "A-IM", "Cache-Control", "Pragma", "From"] {
        if seen.header(name).is_some() {
            faults.push(format!("{name} was sent"));
        }
    }
    let agent = format!("sahelwatch/{} (+ops@example.org)", env!("CARGO_PKG_VERSION"));
    if seen.header("User-Agent") != Some(agent.as_bytes()) {
        faults.push(format!("User-Agent: {:?}", seen.header("User-Agent")));
    }
    if seen.method != "GET" || seen.target.contains('?') || seen.header("Accept-Encoding").is_none() {
        faults.push(format!("{} {}", seen.method, seen.target));
    }
    faults
}

/// Seen failing with `A-IM`, with a date made up beside a tag, where `W/` was taken off, and where bytes that are no UTF-8 were replaced.
#[test]
fn a_server_that_scores_every_question_finds_no_fault() {
    let trial = trials::of("C7");
    let mut vigil = Vigil::new().source("outlet", "feed", "");
    let (mut told, mut whole): (Told, usize) = (None, 0);
    for poll in 0..POLLS {
        let (etag, date) = ODD[whole % ODD.len()];
        let with = |reply: Reply| {
            let reply = etag.into_iter().fold(reply, |reply, tag| reply.header("ETag", tag));
            date.into_iter().fold(reply, |reply, date| reply.header("Last-Modified", date))
        };
        let can_be_unchanged = told.is_some_and(|(etag, date)| etag.is_some() || date.is_some());
        let (reply, next) = match poll % 5 {
            1 if can_be_unchanged => (Reply::not_modified(), told),
            2 => (with(Reply::status(503)), told),
            3 => {
                let page = Reply::ok("<!doctype html><title>Portail</title>").header("Content-Type", "text/html");
                (with(page), told)
            }
            _ => {
                whole += 1;
                (with(Reply::ok(feed(&[everyday(poll)]))), Some((etag, date)))
            }
        };
        vigil.bed.http.on("/outlet", [reply.header("Set-Cookie", "a=b; Path=/")]);
        vigil.rounds(1);
        let seen = vigil.bed.http.requests("/outlet");
        assert_eq!(seen.len(), poll + 1);
        assert_eq!(faults(&seen[poll], told), [""; 0], "poll {poll}");
        told = next;
    }
    assert!(whole >= 2 * ODD.len(), "{whole}: each of them must come back");
    trial.passed(POLLS);
}

// -- C8

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// What a server answers and says of when to come back, and in how many seconds the next poll is due then: at the earliest, and with
/// jitter at the latest.
const SAYINGS: [(u16, &str, &str, i64, i64); 16] = [
    (429, "Retry-After", "3600", HOUR, HOUR),
    (503, "Retry-After", "7200", 2 * HOUR, 2 * HOUR),
    (403, "Retry-After", "5400", 90 * MINUTE, 90 * MINUTE),
    (429, "Retry-After", "Mon, 05 Jan 2026 03:00:00 GMT", 3 * HOUR, 3 * HOUR),
    (503, "Retry-After", "Monday, 05-Jan-26 03:00:00 GMT", 3 * HOUR, 3 * HOUR),
    (503, "Retry-After", "Mon Jan  5 03:00:00 2026", 3 * HOUR, 3 * HOUR),
    (429, "Retry-After", "315360000", DAY, DAY),
    (503, "Retry-After", "Sat, 05 Jan 2036 00:00:00 GMT", DAY, DAY),
    (429, "Retry-After", "99999999999999999999999999", DAY, DAY),
    (429, "Retry-After", "-1", 15 * MINUTE, 17 * MINUTE),
    (503, "Retry-After", "Sun, 05 Jan 2020 00:00:00 GMT", 15 * MINUTE, 17 * MINUTE),
    (429, "Retry-After", "in an hour", 15 * MINUTE, 17 * MINUTE),
    (429, "Retry-After", "60", 15 * MINUTE, 17 * MINUTE),
    (403, "X-Nothing", "said", 15 * MINUTE, 17 * MINUTE),
    (200, "Cache-Control", "max-age=2700", 45 * MINUTE, 50 * MINUTE),
    (200, "Cache-Control", "max-age=315360000", HOUR, 67 * MINUTE),
];

/// Each round opens the store anew, as a restart does. Seen failing with a cap of two days, and with a date that does not exist.
#[test]
fn a_server_that_wants_to_be_left_alone_is() {
    let trial = trials::of("C8");
    let mut vigil = (0..SAYINGS.len()).fold(Vigil::new(), |vigil, n| vigil.source(&format!("s-{n}"), "feed", ""));
    let began = vigil.now;
    for (n, (status, name, value, ..)) in SAYINGS.iter().enumerate() {
        let reply = Reply::ok(feed(&[everyday(n)])).with_status(*status);
        // By its own clock, which the test's is.
        let reply = reply.header("Date", "Mon, 05 Jan 2026 00:00:00 GMT").header(name, value);
        vigil.bed.http.on(&format!("/s-{n}"), [reply]);
    }
    vigil.rounds(1);
    for (n, (status, name, value, earliest, latest)) in SAYINGS.iter().enumerate() {
        let line = vigil.line(&format!("s-{n}"));
        let next: Timestamp = line["next_poll"].as_str().unwrap().parse().unwrap();
        let wait = next.duration_since(began).as_secs();
        assert!((*earliest..=*latest).contains(&wait), "{status} {name}: {value}: {wait} s");
    }
    // Polls by hand in between: whoever asked for peace is given it.
    for minutes in [20, 59, 61, 119, 179, 24 * 60 - 1, 24 * 60 + 1] {
        vigil.now = began + SignedDuration::from_mins(minutes);
        let before: Vec<usize> =
            (0..SAYINGS.len()).map(|n| vigil.bed.http.requests(&format!("/s-{n}")).len()).collect();
        // What it says again does not count for this.
        let all = vigil.bed.http.all_requests().len();
        vigil.round_then(SignedDuration::ZERO);
        assert!(vigil.bed.http.all_requests().len() > all, "those who asked for nothing are polled");
        for (n, (status, name, value, earliest, _)) in SAYINGS.iter().enumerate() {
            let asked = vigil.bed.http.requests(&format!("/s-{n}")).len() - before[n];
            let wanted_peace = *name == "Retry-After" && *earliest > HOUR / 2 && before[n] == 1;
            if wanted_peace && minutes * MINUTE < *earliest {
                assert_eq!(asked, 0, "{status} {value}: asked after {minutes} minutes");
            }
        }
    }
    trial.passed(SAYINGS.len());
}
