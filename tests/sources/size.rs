//! A very long feed, and one that grows by one (C13): it is read in linear time and bounded memory, and only what is new is told.

use jiff::{SignedDuration, Timestamp};

use crate::bed::{Bed, attack, feed, headline};
use crate::peers::http::Reply;
use crate::trials;

/// Bytes of an entry, such that ten thousand are 9.9 MB, just below the usual cap. A build without optimisation takes more than the
/// five seconds a document may take for that many words, where others use the processor too; there an entry is as long as its report.
const ENTRY: usize = if cfg!(debug_assertions) { 0 } else { 985 };
/// The most memory, in KiB (P10).
const MOST_MEMORY: u64 = 192 << 10;
/// The most processor time for a document of ten thousand entries, in seconds; ten times as much in a build without optimisation.
const MOST_TIME: f64 = if cfg!(debug_assertions) { 20.0 } else { 2.0 };

fn document(entries: std::ops::Range<usize>) -> String {
    let entry = |n| {
        let entry = attack(n);
        let more = ENTRY.saturating_sub(entry.len());
        entry.replace("</description>", &format!(" {}</description>", "selon la même source ".repeat(more / 21)))
    };
    feed(&entries.rev().map(entry).collect::<Vec<_>>())
}

/// The most memory a process has taken so far, in KiB; None once it has ended.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// KiB of memory that the first poll of a feed of so many takes.
fn first_poll(entries: usize) -> u64 {
    let bed = Bed::new();
    bed.http.on("/feed", [Reply::feed(document(0..entries))]);
    let mut round = bed.start_once();
    let mut memory = 0;
    while round.try_wait().unwrap().is_none() {
        memory = peak(round.id()).unwrap_or(memory);
        std::thread::yield_now();
    }
    assert!(round.wait().unwrap().success());
    assert_eq!(bed.status()["items"], entries);
    memory
}

/// Seconds of processor time and KiB of memory a daemon took until it had told the one new entry of a feed of so many.
async fn cost(entries: usize) -> (f64, u64) {
    let bed = Bed::new();
    bed.http.on("/feed", [Reply::feed(document(0..entries))]);
    let an_hour_ago = Timestamp::now() - SignedDuration::from_hours(1);
    let (bed, round) = tokio::task::spawn_blocking(move || {
        let round = bed.once_at(an_hour_ago);
        (bed, round)
    })
    .await
    .unwrap();
    assert_eq!((round.new_items, round.alerts), (entries, 0));
    let grown = document(0..entries + 1);
    assert!(grown.len() < 10_000_000, "{}", grown.len());
    bed.http.on("/feed", [Reply::feed(grown)]);
    let daemon = bed.daemon();
    bed.smtp.until_accepted(1).await;
    // Times stand behind the name, which may hold spaces (proc_pid_stat(5)), in hundredths of a second.
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", daemon.child.id())).unwrap();
    let fields: Vec<&str> = stat[stat.rfind(')').unwrap() + 2..].split(' ').collect();
    let time: f64 = [fields[11], fields[12]].iter().map(|ticks| ticks.parse::<f64>().unwrap() / 100.0).sum();
    let memory = peak(daemon.child.id()).unwrap();
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(bed.headlines(), [headline(entries)]);
    (time, memory)
}

/// Seen failing with every entry compared with every other, and with sixty copies of each document kept.
#[tokio::test]
async fn a_feed_of_ten_thousand_entries_costs_no_more_than_its_length() {
    let trial = trials::of("C13");
    let (idle, _) = cost(1).await;
    let (short, _) = cost(2_500).await;
    let (long, memory) = cost(9_999).await;
    let (short, long) = (short - idle, long - idle);
    eprintln!("{short:.2} s for 2,500 entries, {long:.2} s for 10,000; {memory} KiB");
    assert!(long < MOST_TIME, "{long} s");
    // Four times the entries; what is quadratic would take sixteen times as long.
    assert!(long < 7.0 * short.max(0.05), "{short} s and {long} s");
    assert!(memory < MOST_MEMORY, "{memory} KiB");
    trial.passed(3);
}

/// Half as many, since a build without optimisation must read them within five seconds beside everything else. Seen failing with all
/// entries in one transaction: 250 MiB.
#[tokio::test]
async fn the_first_poll_of_thousands_of_entries_takes_bounded_memory() {
    let trial = trials::of("C13");
    let memory = tokio::task::spawn_blocking(|| first_poll(5_000)).await.unwrap();
    eprintln!("{memory} KiB");
    assert!(memory < MOST_MEMORY, "{memory} KiB");
    trial.passed(1);
}
