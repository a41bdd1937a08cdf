//! What a source costs in memory at rest: daemons started anew over stores of sources that show nothing, few and many, and the slope
//! between them.

use std::time::{Duration, Instant};

use crate::bed::Bed;
use crate::feeds::Feeds;
use crate::process::{self, Child};

/// Few and many.
const SIZES: [usize; 2] = [1_000, 10_000];
/// Longer than the time between two looks at all sources for the operator.
const SETTLE: Duration = Duration::from_secs(75);

/// Measures and prints.
pub(crate) fn print() {
    let feeds = Feeds::start();
    let [few, many] = SIZES.map(|count| resident(&feeds, count));
    let per_source = many.saturating_sub(few) as f64 / (SIZES[1] - SIZES[0]) as f64 / 1024.0;
    println!("resident at rest: {} sources {} kB, {} sources {} kB", SIZES[0], few >> 10, SIZES[1], many >> 10);
    println!("  a source at rest {per_source:.2} KiB (aim 2)");
}

/// Resident bytes of a daemon that has nothing to do.
fn resident(feeds: &Feeds, count: usize) -> u64 {
    eprintln!("{count} sources: polled once, then at rest");
    let bed = Bed::of_none(feeds, count);
    bed.write_config("12h");
    process::run(bed.command(&["run", "--once"]));
    let mut daemon = Child::start(bed.command(&["run"]));
    let end = Instant::now() + SETTLE;
    while Instant::now() < end {
        assert!(daemon.lives(), "the daemon ended");
        std::thread::sleep(Duration::from_millis(500));
    }
    let memory = daemon.memory();
    daemon.stop();
    memory.resident
}
