//! The real program against 1,000 and 10,000 feeds on loopback: what a poll costs in processor time, memory and fsyncs, and what
//! the store takes on disk; beside a bare client and parser over the same feeds. Prints a table and stops by itself, after some
//! ten minutes.
//!
//! `cargo bench --bench daemon`, with `-- 1000` for one size, `-- rest` for the memory of a source at rest, `-- unchanged` for unchanged
//! polls alone. `SAHELWATCH_PROGRAM` names another build of the program.
#![allow(missing_docs)]

#[path = "../text.rs"]
mod text;

mod bed;
mod feeds;
mod floor;
mod process;
mod rest;
mod unchanged;

use std::time::{Duration, Instant};

use bed::Bed;
use feeds::Feeds;
use process::{Child, Spent};

/// Rounds of `run --once` over which the cost of an unchanged poll is averaged.
const ROUNDS: usize = 2;
/// How long the daemon is watched while nothing changes; one interval and its jitter.
const WINDOW: Duration = Duration::from_secs(66);
/// Everything is over by then, or the bench fails.
const PATIENCE: Duration = Duration::from_secs(900);

/// What one size came to.
struct Figures {
    feeds: usize,
    floor: floor::Floor,
    /// The daemon taking in every feed for the first time.
    first: Spent,
    /// Opening the store that then exists.
    open: Spent,
    /// See [`unchanged_round`]; [`ROUNDS`] of them.
    burst: Duration,
    /// The daemon with nothing new: processor time, polls, memory at rest.
    steady: Steady,
    raw_bytes: u64,
    store_bytes: u64,
    /// Of sources that are far away; none without strace, and none at large sizes.
    fsyncs: Option<bed::Fsyncs>,
}

struct Steady {
    cpu: Duration,
    polls: usize,
    memory: process::Memory,
}

fn main() {
    // `cargo bench` adds words of its own.
    if std::env::args().any(|word| word == "rest") {
        return rest::print();
    }
    if std::env::args().any(|word| word == "unchanged") {
        return unchanged::print(10_000);
    }
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![1_000, 10_000] } else { sizes };
    for size in sizes {
        print(&measure(size));
    }
}

fn measure(count: usize) -> Figures {
    let feeds = Feeds::start();
    eprintln!("{count} feeds: the bare floor");
    let floor = floor::measure((0..count).map(|number| feeds.url(number)).collect());
    let bed = Bed::new(&feeds, count);
    eprintln!("{count} feeds: the first polls");
    let first = first_polls(&bed, &feeds, count);
    eprintln!("{count} feeds: unchanged, at once");
    bed.write_config("1m");
    let open = process::run(bed.command(&["sources"]));
    let burst = (0..ROUNDS).map(|_| unchanged_round(&bed)).sum();
    eprintln!("{count} feeds: unchanged, by the daemon");
    let steady = watch(&bed, &feeds, count);
    // strace stretches long runs to many minutes, and the count does not depend on the size.
    let fsyncs = if count <= 1_000 { Bed::far(&feeds, count).fsyncs() } else { None };
    Figures {
        feeds: count,
        floor,
        first,
        open,
        burst,
        steady,
        raw_bytes: bed::raw_bytes(count),
        store_bytes: bed.store_bytes(),
        fsyncs,
    }
}

/// The daemon on an empty store, until every item of every feed is in it.
fn first_polls(bed: &Bed, feeds: &Feeds, count: usize) -> Spent {
    bed.write_config("1h");
    let before = feeds.documents();
    let mut daemon = Child::start(bed.command(&["run"]));
    wait(&mut daemon, || feeds.documents() - before >= count);
    wait(&mut daemon, || bed.items() >= (count * text::ITEMS) as u64);
    daemon.stop()
}

/// `run --once` without what it costs when every source is switched off: reading the configuration, compiling the watches, opening
/// the store. That costs more the first time after a run, when the engine makes its snapshot.
fn unchanged_round(bed: &Bed) -> Duration {
    bed.write_config_off();
    process::run(bed.command(&["run", "--once"]));
    let idle = process::run(bed.command(&["run", "--once"]));
    bed.write_config("1m");
    process::run(bed.command(&["run", "--once"])).cpu.saturating_sub(idle.cpu)
}

/// The daemon when nothing changes, after its first round.
fn watch(bed: &Bed, feeds: &Feeds, count: usize) -> Steady {
    let before = feeds.unchanged();
    let mut daemon = Child::start(bed.command(&["run"]));
    wait(&mut daemon, || feeds.unchanged() - before >= count);
    let (polls, cpu, end) = (feeds.unchanged(), daemon.cpu(), Instant::now() + WINDOW);
    wait(&mut daemon, || Instant::now() >= end);
    let steady = Steady { cpu: daemon.cpu() - cpu, polls: feeds.unchanged() - polls, memory: daemon.memory() };
    daemon.stop();
    steady
}

/// Keeps account of the daemon's threads until `done`.
fn wait(daemon: &mut Child, done: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !done() {
        assert!(daemon.lives(), "the daemon ended");
        assert!(Instant::now() < end, "not done after {PATIENCE:?}");
        daemon.cpu();
        std::thread::sleep(Duration::from_millis(500));
    }
}

fn print(figures: &Figures) {
    let n = figures.feeds as f64;
    let ms = |cpu: Duration, feeds: f64| cpu.as_secs_f64() * 1e3 / feeds;
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let line = |what: &str, value: f64, unit: &str, aim: &str| println!("  {what:<48} {value:>9.3} {unit:<12} {aim}");
    let (floor, steady) = (&figures.floor, &figures.steady);
    println!("{} feeds of {} items, {:.1} kB each", figures.feeds, text::ITEMS, figures.raw_bytes as f64 / n / 1e3);
    line("first poll, daemon", ms(figures.first.cpu, n), "ms CPU/feed", "aim 2.5");
    line("first poll, bare client and feed-rs", ms(floor.first, n), "ms CPU/feed", "");
    line("unchanged poll, run --once", ms(figures.burst, n * ROUNDS as f64), "ms CPU/feed", "aim 0.07");
    line("unchanged poll, daemon over a minute", ms(steady.cpu, steady.polls as f64), "ms CPU/feed", "");
    line("unchanged poll, bare client", ms(floor.unchanged, n), "ms CPU/feed", "");
    line("opening the store", figures.open.cpu.as_secs_f64(), "s CPU", "");
    line("peak memory, first polls", mib(figures.first.peak), "MiB", "");
    line("peak memory, daemon, unchanged polls", mib(steady.memory.peak), "MiB", "");
    line("resident memory, daemon, unchanged polls", mib(steady.memory.resident), "MiB", "aim 64");
    line("store on disk", mib(figures.store_bytes), "MiB", "");
    line("store by raw bytes", figures.store_bytes as f64 / figures.raw_bytes as f64, "", "aim 0.6");
    if let Some(fsyncs) = &figures.fsyncs {
        line("fsyncs by 64 first polls, servers far away", fsyncs.first as f64 * 64.0 / n, "", "aim 1");
        line("fsyncs by 64 unchanged polls, servers far away", fsyncs.unchanged as f64 * 64.0 / n, "", "aim 1");
        line("fsyncs of a run that polls nothing, new store", fsyncs.made as f64, "", "");
    }
    println!();
}
