//! Folding and matching, beside a pass that only lower-cases and an Aho-Corasick scan for the same keywords, which knows neither
//! words nor accents.

use std::hint::black_box;

use aho_corasick::AhoCorasick;
use criterion::{BenchmarkId, Criterion, Throughput};
use sahelwatch::model::{Item, Severity, Watch, WatchId};
use sahelwatch::query::Plan;
use sahelwatch::text::Tokens;

use crate::terms::terms;

pub(crate) fn bench(criterion: &mut Criterion) {
    let items: Vec<Item> = (0..3).flat_map(crate::items).collect();
    let bytes: usize = items.iter().flat_map(texts).map(str::len).sum();
    let throughput = Throughput::ElementsAndBytes { elements: items.len() as u64, bytes: bytes as u64 };
    fold(criterion, &items, &throughput);
    find(criterion, &items, &throughput);
}

fn texts(item: &Item) -> [&str; 3] {
    [&item.title, &item.summary, &item.body]
}

fn fold(criterion: &mut Criterion, items: &[Item], throughput: &Throughput) {
    let mut group = criterion.benchmark_group("fold");
    group.throughput(throughput.clone());
    group.bench_function("tokens", |bencher| {
        bencher
            .iter(|| items.iter().flat_map(texts).map(|text| Tokens::of(black_box(text)).words().len()).sum::<usize>());
    });
    group.bench_function("lower case only", |bencher| {
        bencher.iter(|| items.iter().flat_map(texts).map(|text| black_box(text).to_lowercase().len()).sum::<usize>());
    });
    group.finish();
}

fn find(criterion: &mut Criterion, items: &[Item], throughput: &Throughput) {
    let mut group = criterion.benchmark_group("match");
    group.throughput(throughput.clone());
    let lower: Vec<String> = items.iter().flat_map(texts).map(str::to_lowercase).collect();
    for count in [10, 1_000, 10_000] {
        let terms = terms(count);
        let plan = Plan::compile(&watches(&terms)).expect("good terms");
        group.bench_with_input(BenchmarkId::new("fold and match", count), &plan, |bencher, plan| {
            bencher.iter(|| items.iter().map(|item| plan.hits(black_box(item)).len()).sum::<usize>());
        });
        let patterns = terms.iter().map(|term| term.trim_end_matches('*').to_lowercase());
        let scan = AhoCorasick::new(patterns).expect("few enough keywords");
        group.bench_with_input(BenchmarkId::new("aho-corasick on lower case", count), &scan, |bencher, scan| {
            bencher
                .iter(|| lower.iter().map(|text| scan.find_overlapping_iter(black_box(text)).count()).sum::<usize>());
        });
    }
    group.finish();
}

/// One watch per ten keywords.
fn watches(terms: &[String]) -> Vec<Watch> {
    let watch = |(n, terms): (usize, &[String])| Watch {
        id: WatchId::new(&format!("w{n}")).expect("a good id"),
        name: String::new(),
        severity: Severity::High,
        any: terms.to_vec(),
        all: Vec::new(),
        none: Vec::new(),
        to: Vec::new(),
        through: Vec::new(),
    };
    terms.chunks(10).enumerate().map(watch).collect()
}
