//! Faces, and the decision on a document of 30 entries: all of them new, and all of them known, with the records in memory.

use std::convert::Infallible;
use std::hint::black_box;

use criterion::{Criterion, Throughput};
use jiff::Timestamp;
use sahelwatch::identity::{Face, Habits, Known, Overlay, Record, Sighting, Verdict, face, identify};
use sahelwatch::model::{Item, ItemId, Reason, SourceId, StoredItem};

pub(crate) fn bench(criterion: &mut Criterion) {
    let items = crate::items(0);
    let faces: Vec<(Face, usize)> = items.iter().map(face).collect();
    let source = SourceId::new("outlet").expect("a good id");
    let mut group = criterion.benchmark_group("identify");
    group.throughput(Throughput::Elements(items.len() as u64));
    group.bench_function("faces", |bencher| bencher.iter(|| black_box(&items).iter().map(face).collect::<Vec<_>>()));
    for (name, memory) in [("all new", Overlay::default()), ("all known", remember(&source, &items, &faces))] {
        group.bench_function(name, |bencher| bencher.iter(|| decide(&source, black_box(&items), &faces, &memory)));
    }
    group.finish();
}

/// What a source that showed these items left behind.
fn remember(source: &SourceId, items: &[Item], faces: &[(Face, usize)]) -> Overlay {
    let mut memory = Overlay::default();
    for (n, (item, (face, _))) in (1..).zip(items.iter().zip(faces)) {
        let stored = StoredItem {
            id: ItemId(n),
            source: source.clone(),
            first_seen: Timestamp::UNIX_EPOCH,
            revision: 0,
            reason: Reason::New,
            item: item.clone(),
        };
        memory.learn(source, face, Record { stored, history: Vec::new() });
    }
    memory
}

fn decide(source: &SourceId, items: &[Item], faces: &[(Face, usize)], memory: &Overlay) -> usize {
    let sightings: Vec<Sighting<'_>> = items
        .iter()
        .zip(faces)
        .map(|(item, (face, words))| {
            let known = memory.known(source, face, Known::default());
            Sighting { item, face: *face, words: *words, known }
        })
        .collect();
    let habits = Habits::of(&sightings);
    let is_new = |sighting: &&Sighting<'_>| {
        let recall = |id| Ok::<_, Infallible>(memory.record(id).cloned());
        identify(&habits, sighting, recall) == Ok(Verdict::New)
    };
    sightings.iter().filter(is_new).count()
}
