//! Near-duplicates and stories: what an item costs while the window fills, what the indexes hold in memory, how long
//! they take to be rebuilt; and which edits of syndication are found.
//!
//! `cargo bench --bench stories`, or `-- 20000` for so many items. Times are those that the processor gave to the
//! thread, so that others on the machine count less; the reference is cutting the same texts into words.
#![allow(missing_docs)]

#[path = "../text.rs"]
#[allow(dead_code, reason = "whole feeds are for other benchmarks")]
mod text;

mod edits;
mod ingest;
mod wire;

use std::time::Instant;

/// Items in the window.
const ITEMS: usize = 50_000;

fn main() {
    let items = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(ITEMS);
    edits::table();
    let lexicon = sahelwatch::lexicon::shipped();
    let plan = sahelwatch::query::Plan::compile(Vec::new(), &lexicon);
    let placed = ingest::fill(&plan, &lexicon, items);
    ingest::rebuild(&plan, &placed);
}

/// Seconds of processor time of this thread; of the clock where the system does not tell.
fn processor() -> f64 {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|line| line.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| START.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}
