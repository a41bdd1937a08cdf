//! Folding, matching and compiling, beside a pass that only lower-cases and an Aho-Corasick scan for the same keywords, which knows
//! neither words nor accents nor what a query joins. `benches/engine.rs` measures the ratios between them.

use std::hint::black_box;

use aho_corasick::AhoCorasick;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};
use sahelwatch::model::Item;
use sahelwatch::query::Plan;
use sahelwatch::text::Tokens;
use sahelwatch::{lexicon, query};

use crate::desk::{articles, subject, terms, texts, watches};
use crate::text::Density;

/// Sizes of desks, in watches.
const DESKS: [usize; 3] = [10, 1_000, 10_000];

pub(crate) fn bench(criterion: &mut Criterion) {
    fold(criterion);
    find(criterion);
    compile(criterion);
}

fn throughput(group: &mut BenchmarkGroup<'_, WallTime>, items: &[Item]) {
    let bytes: usize = items.iter().flat_map(texts).map(str::len).sum();
    group.throughput(Throughput::ElementsAndBytes { elements: items.len() as u64, bytes: bytes as u64 });
}

fn fold(criterion: &mut Criterion) {
    let items = articles(Density::Ordinary);
    let mut group = criterion.benchmark_group("fold");
    throughput(&mut group, &items);
    group.bench_function("tokens", |bencher| {
        bencher
            .iter(|| items.iter().flat_map(texts).map(|text| Tokens::of(black_box(text)).words().len()).sum::<usize>());
    });
    group.bench_function("lower case only", |bencher| {
        bencher.iter(|| items.iter().flat_map(texts).map(|text| black_box(text).to_lowercase().len()).sum::<usize>());
    });
    group.finish();
}

fn find(criterion: &mut Criterion) {
    let concepts = lexicon::shipped();
    let vocabulary = lexicon::vocabulary(&concepts);
    let items = articles(Density::Ordinary);
    let mut group = criterion.benchmark_group("match");
    throughput(&mut group, &items);
    let lower: Vec<String> = items.iter().flat_map(texts).map(str::to_lowercase).collect();
    for count in DESKS {
        let plan = Plan::compile(watches(count, &concepts, &vocabulary), &concepts);
        group.bench_with_input(BenchmarkId::new("fold and match", count), &plan, |bencher, plan| {
            bencher.iter(|| items.iter().map(|item| plan.scan(subject(black_box(item))).hits().len()).sum::<usize>());
        });
        let keywords = terms(count).into_iter().map(|term| term.trim_end_matches('*').to_lowercase());
        let scan = AhoCorasick::new(keywords).expect("few enough keywords");
        group.bench_with_input(BenchmarkId::new("aho-corasick on lower case", count), &scan, |bencher, scan| {
            bencher
                .iter(|| lower.iter().map(|text| scan.find_overlapping_iter(black_box(text)).count()).sum::<usize>());
        });
    }
    group.finish();
}

fn compile(criterion: &mut Criterion) {
    let concepts = lexicon::shipped();
    let vocabulary = lexicon::vocabulary(&concepts);
    let mut group = criterion.benchmark_group("compile");
    group.sample_size(10);
    group.bench_function("read the shipped lexicon", |bencher| bencher.iter(lexicon::shipped));
    group.bench_function("its vocabulary", |bencher| bencher.iter(|| lexicon::vocabulary(black_box(&concepts))));
    for count in [1, 10_000] {
        let trees: Vec<query::syntax::Tree> = watches(count, &concepts, &vocabulary);
        group.bench_with_input(BenchmarkId::new("lexicon and watches", count), &trees, |bencher, trees| {
            bencher.iter(|| Plan::compile(trees.clone(), black_box(&concepts)));
        });
    }
    group.finish();
}
