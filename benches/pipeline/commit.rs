//! Commits: new items, durable when the verb returns, alone and for a group of sources; and polls that brought nothing. The store
//! lies in the temporary folder, so its disk decides what an fsync costs.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use jiff::Timestamp;
use sahelwatch::identity::{Face, face};
use sahelwatch::model::{Item, Reason, SourceId, SourceState, StoredItem};
use sahelwatch::store::{PATIENCE, PollCommit, Settings, Store};

pub(crate) fn bench(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let opened = Store::open(&Settings { path: folder.path().to_owned(), cache: 64 << 20, patience: PATIENCE })
        .expect("an empty store");
    let store = opened.store;
    let items = crate::items(0);
    let mut group = criterion.benchmark_group("commit");
    let mut turn = 0;
    for sources in [1, 64] {
        group.sample_size(10).throughput(Throughput::Elements((sources * items.len()) as u64));
        group.bench_function(BenchmarkId::new("new items, sources", sources), |bencher| {
            let polls = || -> Vec<PollCommit> {
                turn += 1;
                (0..sources).map(|n| news(&store, &items, n, turn)).collect()
            };
            bencher.iter_batched(polls, |polls| store.commit(polls).expect("a good disk"), BatchSize::PerIteration);
        });
    }
    group.throughput(Throughput::Elements(64));
    group.bench_function("quiet polls, 64 a group", |bencher| {
        let polls = || (0..64).map(quiet).collect::<Vec<_>>();
        bencher.iter_batched(polls, |polls| store.commit(polls).expect("a good disk"), BatchSize::PerIteration);
    });
    group.finish();
}

fn quiet(source: usize) -> PollCommit {
    let mut poll = PollCommit::new(SourceId::new(&format!("outlet-{source}")).expect("a good id"));
    poll.state = SourceState { last_attempt: Some(Timestamp::UNIX_EPOCH), ..SourceState::default() };
    poll
}

/// A poll whose items were never seen: each turn writes other identities.
fn news(store: &Store, items: &[Item], source: usize, turn: u64) -> PollCommit {
    let mut poll = quiet(source);
    poll.new_items = items
        .iter()
        .map(|item| {
            let (seen, _) = face(item);
            // The halves that vary are those that vary between articles of one outlet.
            let salt = turn.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (source as u64) << 32;
            let seen = Face {
                entry: seen.entry.map(|entry| entry ^ salt),
                link: seen.link.map(|(host, path)| (host, path ^ salt)),
                text: seen.text ^ salt,
                title: seen.title ^ salt,
            };
            let stored = StoredItem {
                id: store.next_item_id(Timestamp::now()),
                source: poll.source.clone(),
                first_seen: Timestamp::UNIX_EPOCH,
                revision: 0,
                reason: Reason::New,
                item: item.clone(),
            };
            (stored, seen)
        })
        .collect();
    poll
}
