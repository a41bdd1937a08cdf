//! What an unchanged poll costs with ten thousand sources, in a few minutes: over feeds that show nothing, since taking in the items
//! of ten thousand others takes a quarter of an hour and more. The server answers 304 to either, with no document to be read; what
//! the items of a store weigh on it is for the whole bench to show.

use std::time::Duration;

use crate::bed::Bed;
use crate::feeds::Feeds;
use crate::{ROUNDS, floor, process, unchanged_round};

/// Measures and prints.
pub(crate) fn print(count: usize) {
    let feeds = Feeds::start();
    eprintln!("{count} feeds that show nothing: the bare floor");
    let floor = floor::measure((0..count).map(|number| feeds.url_of_none(number)).collect()).unchanged;
    eprintln!("{count} feeds that show nothing: the first polls");
    let bed = Bed::of_none(&feeds, count);
    bed.write_config("1m");
    process::run(bed.command(&["run", "--once"]));
    eprintln!("{count} feeds that show nothing: unchanged, at once");
    let before = feeds.unchanged();
    let burst: Duration = (0..ROUNDS).map(|_| unchanged_round(&bed)).sum();
    assert_eq!(feeds.unchanged() - before, count * ROUNDS, "every poll is answered with 304");
    let each = |cpu: Duration, polls: usize| cpu.as_secs_f64() * 1e3 / polls as f64;
    let (program, client) = (each(burst, count * ROUNDS), each(floor, count));
    println!("{count} feeds that show nothing: unchanged poll, run --once {program:.3} ms CPU/feed (aim 0.07),");
    println!("  bare client {client:.3} ms CPU/feed, ratio {:.1}", program / client);
}
