//! Bytes to items, beside feed-rs alone and the bare event loop of quick-xml over the same bytes.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use sahelwatch::extract::{Document, Reader};

use crate::text;

pub(crate) fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    for (number, language) in ["fr", "en", "ar"].into_iter().enumerate() {
        let xml = text::feed(number as u64);
        group.throughput(Throughput::ElementsAndBytes { elements: text::ITEMS as u64, bytes: xml.len() as u64 });
        group.bench_with_input(BenchmarkId::new("sahelwatch", language), &xml, |bencher, xml| {
            let document = Document { bytes: xml.as_bytes(), content_type: Some("application/rss+xml"), url: None };
            bencher.iter(|| Reader::Feed.read(black_box(&document)).expect("a good feed"));
        });
        group.bench_with_input(BenchmarkId::new("feed-rs alone", language), &xml, |bencher, xml| {
            bencher.iter(|| feed_rs::parser::parse(black_box(xml.as_bytes())).expect("a good feed"));
        });
        group.bench_with_input(BenchmarkId::new("quick-xml events", language), &xml, |bencher, xml| {
            bencher.iter(|| events(black_box(xml)));
        });
    }
    group.finish();
}

fn events(xml: &str) -> usize {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut count = 0;
    while reader.read_event().expect("well-formed") != quick_xml::events::Event::Eof {
        count += 1;
    }
    count
}
