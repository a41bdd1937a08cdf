//! Looking back over a large store: `cargo bench --bench lookback -- [ITEMS] [FOLDER]`, by default 100,000 items in a temporary
//! folder. A folder that is named is kept, and used again by the next run: filling it takes longer than reading it.
//!
//! Prints for each query wall and CPU seconds, the rate, and how many items match. Opening is told apart: the store is read through
//! once when it is opened, which a daemon did long before.

#![allow(missing_docs, dead_code)]

mod text;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use sahelwatch::config::{self, Config, Environment};
use sahelwatch::daemon::lookback::{Job, Request, answer, backtest, search, understood};
use sahelwatch::identity;
use sahelwatch::model::{Asks, Item, Reason, SourceId, StoredItem, WatchId};
use sahelwatch::store::{PollCommit, Store};
use text::{Language, Pen};

/// Items of one commit: what the daemon's largest group of polls brings.
const GROUP: u64 = 256;

/// Items come from so many sources.
const SOURCES: u64 = 60;

/// Days over which they came.
const DAYS: i64 = 30;

/// Letters of an item beside its headline, in bytes.
const TEASER: usize = 200;
const BODY: usize = 1_200;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let items =
        arguments.first().map_or(100_000, |items| items.parse().expect("the first argument is a number of items"));
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let folder = arguments.get(1).map_or_else(|| scratch.path().to_owned(), PathBuf::from);
    let config = configure(&folder);
    let (store, opened) = timed(|| Store::open(&config.storage).expect("a store").store);
    println!("open    {}", told(&opened));
    let bytes = if store.stats().expect("a store").items == items {
        bytes_of(&store)
    } else {
        let (bytes, filled) = timed(|| fill(&store, items));
        println!("fill    {}", told(&filled));
        bytes
    };
    let disk = store.stats().expect("a store").bytes;
    println!("{items} items, {} MB of text, {} MB on disk\n", bytes / 1_000_000, disk / 1_000_000);
    for (name, request) in requests(Timestamp::now() - SignedDuration::from_hours(24 * (DAYS + 1))) {
        let (document, cost) = timed(|| answer(&store, &config, &request, &Job::default()).expect("a store"));
        let found = &document["Ok"];
        let looked_at = found["looked_at"].as_u64().or(found["found"]["looked_at"].as_u64()).unwrap_or(0);
        let matched =
            [&found["volume"]["items"], &found["found"]["items"]].into_iter().find_map(serde_json::Value::as_u64);
        let matched = matched.unwrap_or_else(|| found["hits"].as_array().map_or(0, |hits| hits.len() as u64));
        let share = looked_at as f64 / items as f64;
        let rate = bytes as f64 * share / 1e6 / cost.wall.as_secs_f64();
        println!("{name:<44} {}   {rate:5.0} MB/s   {matched} of {looked_at}", told(&cost));
    }
}

fn requests(since: Timestamp) -> Vec<(&'static str, Request)> {
    let words = "(attaque* OR embuscade OR ambush OR هجوم OR كمين) AND (Djibo OR Ménaka OR جيبو)";
    let near = "(attaque* OR attack OR هجوم) NEAR/5 (@gao OR @djibo OR Kidal)";
    let test = |query: &str, compare: bool| {
        let watch = compare.then(|| WatchId::new("live").expect("an id"));
        let asks = Asks::Query(query.to_owned());
        Request::Backtest(Box::new(backtest::Backtest { watch, asks, compare, since, samples: 5 }))
    };
    let find = |query: &str| search::Search { query: query.to_owned(), since, lang: None, source: None, limit: 20 };
    vec![
        ("backtest, a rare word", test("\"Nulle Part\"", false)),
        ("backtest, words in three languages", test(words, false)),
        ("backtest, concepts and NEAR", test(near, false)),
        ("backtest, words, against the live watch", test(words, true)),
        ("backtest, by language", test("attaque* AND lang:fr", false)),
        ("search, a word of every day", Request::Search(find("attaque"))),
        ("search, a rare word", Request::Search(find("\"Nulle Part\""))),
        ("explain, words", Request::Query(understood::Explain { query: words.to_owned(), since })),
    ]
}

fn configure(folder: &Path) -> Config {
    std::fs::create_dir_all(folder).expect("a folder of ours");
    let path = folder.join("sahelwatch.toml");
    let text = format!(
        "version = 1\nstorage = {{ path = {:?} }}\nhttp = {{ contact = \"ops@example.org\" }}\n\
         [mail]\nfrom = \"alerts@example.org\"\ntransport = \"file\"\n\
         [[source]]\nid = \"s0\"\nkind = \"feed\"\nurl = \"https://outlet.example/feed\"\n\
         [[watch]]\nid = \"live\"\nany = [\"attaque*\", \"هجوم\"]\nto = [\"desk@example.org\"]\n",
        folder.join("state")
    );
    std::fs::write(&path, text).expect("a folder of ours");
    let loaded = config::load(&path, &Environment::default());
    loaded.config.unwrap_or_else(|| panic!("{}", loaded.report.render(false)))
}

/// Fills a store; returns the bytes of all texts.
fn fill(store: &Store, items: u64) -> u64 {
    let start = Timestamp::now() - SignedDuration::from_hours(24 * DAYS);
    let step = SignedDuration::from_hours(24 * DAYS) / i32::try_from(items).expect("fewer than two thousand million");
    let (mut bytes, mut written) = (0, 0);
    while written < items {
        let source = SourceId::new(&format!("s{}", (written / GROUP) % SOURCES)).expect("an id");
        let mut commit = PollCommit::new(source.clone());
        for number in written..items.min(written + GROUP) {
            let first_seen = start + step * i32::try_from(number).expect("as above");
            let item = article(number);
            bytes += length(&item);
            let (face, _) = identity::face(&item);
            let id = store.next_item_id(first_seen);
            let stored = StoredItem { id, source: source.clone(), first_seen, revision: 0, reason: Reason::New, item };
            commit.new_items.push((stored, face));
        }
        written += commit.new_items.len() as u64;
        store.commit(vec![commit]).expect("a disk with room");
    }
    bytes
}

fn article(number: u64) -> Item {
    let language = [Language::French, Language::English, Language::Arabic][(number % 3) as usize];
    let mut pen = Pen::new(number.wrapping_mul(0x5851_F42D_4C95_7F2D), language);
    Item {
        entry_id: Some(format!("https://outlet.example/?p={number}")),
        link: format!("https://outlet.example/2026/{number}").parse().ok(),
        title: pen.words(10),
        summary: pen.prose(TEASER),
        body: pen.prose(BODY),
        ..Item::default()
    }
}

fn length(item: &Item) -> u64 {
    (item.title.len() + item.summary.len() + item.body.len()) as u64
}

/// The bytes of a store that was filled before, by a sample.
fn bytes_of(store: &Store) -> u64 {
    let stats = store.stats().expect("a store");
    let sample = store.items(sahelwatch::model::ItemId(u64::MAX), 3000).expect("a store");
    sample.iter().map(|stored| length(&stored.item)).sum::<u64>() * stats.items / sample.len().max(1) as u64
}

struct Cost {
    wall: Duration,
    cpu: Duration,
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let (start, cpu) = (Instant::now(), cpu());
    let done = work();
    (done, Cost { wall: start.elapsed(), cpu: self::cpu() - cpu })
}

fn told(cost: &Cost) -> String {
    format!("{:6.1} s wall {:6.1} s CPU", cost.wall.as_secs_f64(), cost.cpu.as_secs_f64())
}

/// CPU time of this process, user and system; in hundredths of a second (`man 5 proc`, fields 14 and 15 of `stat`).
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks: u64 = [11, 12].iter().filter_map(|field| fields.get(*field)?.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
