//! The matching engine in interleaved rounds. A machine that others share changes its speed from second to second; so each round
//! runs every contender once, the best of many rounds counts, and the ratios hold where single figures do not.
//!
//! `cargo bench --bench engine`, or `-- 200` for so many rounds.
#![allow(missing_docs)]

mod desk;
#[allow(dead_code, reason = "whole feeds are for other benchmarks")]
mod text;

use std::hint::black_box;
use std::time::{Duration, Instant};

use aho_corasick::AhoCorasick;
use desk::{articles, subject, terms, texts, watches};
use sahelwatch::lexicon;
use sahelwatch::model::Item;
use sahelwatch::query::Plan;
use sahelwatch::text::Tokens;
use text::Density;

const ROUNDS: usize = 60;

fn main() {
    let rounds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(ROUNDS);
    // First, while the process is fresh: its peak of memory can only grow.
    let plans = start_up();
    for density in [Density::Ordinary, Density::Dense] {
        compare(&plans, &articles(density), density, rounds);
    }
}

/// Compiles desks of 10,000 and of 10 watches, and says what each step on the way costs.
fn start_up() -> [Plan; 2] {
    let before = peak_memory();
    let concepts = timed("read the shipped lexicon", lexicon::shipped);
    let vocabulary = timed("its vocabulary", || lexicon::vocabulary(&concepts));
    let trees = timed("read 10,000 queries", || watches(10_000, &concepts, &vocabulary));
    let ready = peak_memory();
    let large = timed("compile 10,000 watches", || Plan::compile(trees, &concepts));
    println!("peak memory: {ready} MB with the queries read, {} MB compiled, {before} MB at the start", peak_memory());
    let few = watches(10, &concepts, &vocabulary);
    let small = timed("compile 10 watches", || Plan::compile(few, &concepts));
    let (forms, beginnings) = large.forms();
    println!("{} concepts; {forms} forms and {beginnings} beginnings of 10,000 watches", concepts.len());
    [large, small]
}

fn timed<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = run();
    println!("{what}: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    made
}

/// The most memory that the process has held, in MB; 0 where the system does not say.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    peak.map_or(0, |kilobytes: u64| kilobytes / 1000)
}

fn compare([large, small]: &[Plan; 2], items: &[Item], density: Density, rounds: usize) {
    let lower: Vec<String> = items.iter().flat_map(texts).map(str::to_lowercase).collect();
    let keywords = terms(10_000).into_iter().map(|term| term.trim_end_matches('*').to_lowercase());
    let keywords = AhoCorasick::new(keywords).expect("few enough keywords");
    let find = |plan: &Plan| items.iter().map(|item| plan.scan(subject(item)).hits().len()).sum::<usize>();
    let contenders: [(&str, &dyn Fn() -> usize); 4] = [
        ("fold and cut into words", &|| items.iter().flat_map(texts).map(|text| Tokens::of(text).words().len()).sum()),
        ("that, and match 10 watches", &|| find(small)),
        ("that, and match 10,000 watches", &|| find(large)),
        ("aho-corasick, 10,000 keywords", &|| {
            lower.iter().map(|text| keywords.find_overlapping_iter(text).count()).sum()
        }),
    ];
    let mut best = [Duration::MAX; 4];
    for _ in 0..rounds {
        for (best, (_, contender)) in best.iter_mut().zip(&contenders) {
            let start = Instant::now();
            black_box(contender());
            *best = start.elapsed().min(*best);
        }
    }
    let bytes: usize = items.iter().flat_map(texts).map(str::len).sum();
    let found: Vec<usize> = contenders.iter().map(|(_, contender)| contender()).collect();
    println!("\n{density:?} text, {} articles, {} kB, best of {rounds} rounds", items.len(), bytes / 1000);
    for ((what, _), (best, found)) in contenders.iter().zip(best.iter().zip(found)) {
        println!("{what:32} {:6.1} MB/s, {found} found", bytes as f64 / best.as_secs_f64() / 1e6);
    }
    let ratio = |over: usize, under: usize| best[under].as_secs_f64() / best[over].as_secs_f64();
    println!("10,000 watches at {:.0} % of the speed of 10, {:.2} of aho-corasick's", 100.0 * ratio(2, 1), ratio(2, 3));
}
