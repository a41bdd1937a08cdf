//! The clock is set, ahead and back, while the program runs (C16). What happens after a sleep of the machine is tested beside
//! `daemon::scheduler`, since no test can put a machine to sleep.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::bed::{Bed, Daemon, attack, everyday, feed, headline};
use crate::peers::http::Reply;
use crate::peers::smtp::Step;
use crate::trials;

/// The library of faketime(1), if it is here.
fn library() -> Option<String> {
    let output = Command::new("faketime").args(["-f", "+0", "printenv", "LD_PRELOAD"]).output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?;
    said.split([':', ' ', '\n']).find(|path| path.ends_with(".so.1")).map(str::to_owned)
}

/// A wall clock that can be set while the program runs; the monotonic one goes on as it does.
struct Clock {
    library: String,
    file: PathBuf,
}

impl Clock {
    /// Shows this at first: `+0`, `-2h`, `@1970-01-02 00:10:00`.
    fn new(bed: &Bed, library: String, at: &str) -> Self {
        let clock = Self { library, file: bed.folder().join("clock") };
        clock.set(at);
        clock
    }

    fn set(&self, to: &str) {
        // In one step: it may be read at any moment.
        let next = self.file.with_extension("next");
        std::fs::write(&next, format!("{to}\n")).unwrap();
        std::fs::rename(next, &self.file).unwrap();
    }

    fn daemon(&self, bed: &Bed) -> Daemon {
        let daemon = bed.start_daemon_with(&[
            ("LD_PRELOAD", self.library.as_str()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.to_str().unwrap()),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("DONT_FAKE_MONOTONIC", "1"),
            ("NO_FAKE_STAT", "1"),
            ("TZ", "Europe/Paris"),
        ]);
        daemon.hears("READY=1");
        daemon
    }
}

/// Every loop of the daemon has come round since this was called: they beat every ten seconds.
fn a_beat_later(daemon: &Daemon) {
    daemon.forgets();
    (0..2).for_each(|_| daemon.hears("WATCHDOG=1"));
}

/// Three sources with something to tell, and a relay that takes nothing yet.
fn bed() -> Bed {
    let bed = Bed::new().alerting_at_once().source("b", "feed", "/b", "").source("c", "feed", "/c", "");
    bed.serve(&[attack(1)]);
    bed.http.on("/b", [Reply::feed(feed(&[everyday(2)]))]);
    bed.http.on("/c", [Reply::feed(feed(&[everyday(3)]))]);
    bed
}

const PATHS: [&str; 3] = ["/feed", "/b", "/c"];

fn wait_for_each(bed: &Bed, requests: usize) {
    PATHS.iter().for_each(|path| drop(bed.http.wait_for(path, requests)));
}

fn requests(bed: &Bed) -> [usize; 3] {
    PATHS.map(|path| bed.http.requests(path).len())
}

/// Seen failing with polls planned by the wall clock, and with mail that expires by it.
#[tokio::test]
async fn a_clock_that_is_set_brings_no_poll_and_ends_no_mail() {
    let Some(library) = library() else { return trials::of("C16").skipped("faketime is missing") };
    let trial = trials::of("C16");
    // The last two cross the hours at which clocks go forward and back; no time zone has a part in when to poll.
    let jumps = ["+3650d", "-2h", "@1970-01-02 00:10:00", "@2026-03-29 01:59:55", "@2026-10-25 02:59:55"];
    let jumps = &jumps[..trials::count(2, jumps.len())];
    let bed = bed();
    bed.smtp.reply(Step::Greeting, "421 4.3.2 later");
    let clock = Clock::new(&bed, library, "+0");
    let daemon = clock.daemon(&bed);
    wait_for_each(&bed, 1);
    // What is queued after a jump has that time for its beginning.
    bed.smtp.until_connected(1).await;
    for jump in jumps {
        clock.set(jump);
        a_beat_later(&daemon);
        // Tried again after ten seconds, by whatever clock.
        bed.smtp.until_connected(2).await;
        assert_eq!(requests(&bed), [1; 3], "{jump}");
    }
    clock.set("+0");
    assert_eq!(daemon.stop(), Some(0));
    let mail = &bed.status()["mail"];
    assert_eq!((&mail["queued"], &mail["lost_today"]), (&1.into(), &0.into()), "{mail}");
    trial.passed(jumps.len());
}

/// A machine without a battery wakes in 1970, and learns the time over the network a little later. Seen failing with polls planned by
/// the wall clock.
#[test]
fn a_start_before_the_time_is_known_costs_one_poll_more_at_most() {
    let Some(library) = library() else { return trials::of("C16").skipped("faketime is missing") };
    let trial = trials::of("C16");
    let bed = bed();
    let clock = Clock::new(&bed, library, "@1970-01-02 00:10:00");
    let daemon = clock.daemon(&bed);
    // What a poll brought is in the store when it is said to have been answered.
    let answered = |id: &&str| !bed.stands(id)["last_ok"].is_null();
    wait_for_each(&bed, 1);
    while !["outlet", "b", "c"].iter().all(answered) {}
    clock.set("+0");
    a_beat_later(&daemon);
    assert_eq!(
        (requests(&bed), bed.headlines()),
        ([1; 3], vec![headline(1)]),
        "it polls and mails, whatever year it is"
    );
    assert_eq!(daemon.stop(), Some(0));
    // By the clock of now everything is long overdue.
    let daemon = clock.daemon(&bed);
    wait_for_each(&bed, 2);
    a_beat_later(&daemon);
    assert_eq!((requests(&bed), bed.headlines()), ([2; 3], vec![headline(1)]));
    assert_eq!(daemon.stop(), Some(0));
    trial.passed(2);
}

/// Whatever is due when a machine wakes is spread over five minutes, and nothing comes sooner than its time else. Seen failing with
/// all of it at once.
#[test]
fn polls_after_a_sleep_are_spread() {
    let trial = trials::of("C16");
    let (night, quarter) = (Duration::from_secs(8 * 3600), Duration::from_secs(900));
    let waits: Vec<u64> =
        (0..500).map(|n| sahelwatch::schedule::after_sleep(quarter, night, f64::from(n) / 500.0).as_secs()).collect();
    assert!(waits.iter().all(|wait| *wait < 300));
    assert!((0..10).all(|part| waits.iter().filter(|wait| **wait / 30 == part).count() == 50), "{waits:?}");
    trial.passed(1);
}
