//! A window that fills, item after item, and the same window rebuilt from what was recorded.

use std::hint::black_box;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use sahelwatch::identity::{Copies, Sketch};
use sahelwatch::model::{Concept, Item, ItemId, StoryId};
use sahelwatch::query::{Plan, Scan, Subject};
use sahelwatch::story::{Features, Stories};
use sahelwatch::text::Tokens;

use crate::processor;
use crate::wire::Wire;

/// Items whose steps are timed together.
const BATCH: usize = 500;
/// For how long stories and copies are kept.
const STORY_HOURS: i64 = 72;
const COPY_HOURS: i64 = 14 * 24;
/// The steps in their order; the first is the reference.
const STEPS: [&str; 5] = ["cut only", "cut and look up", "features", "sketch and copies", "place"];

/// What the store records of an item.
pub(crate) struct Record {
    item: Item,
    source: String,
    time: Timestamp,
    story: StoryId,
    original: bool,
}

/// Processor time of each step.
#[derive(Clone, Copy, Default)]
struct Spent([f64; STEPS.len()]);

impl Spent {
    fn time<T>(&mut self, step: usize, work: impl FnOnce() -> T) -> T {
        let start = processor();
        let made = work();
        self.0[step] += processor() - start;
        made
    }
}

#[derive(Default)]
struct Window {
    copies: Copies,
    stories: Stories,
    /// The story of each item.
    story_of: Vec<StoryId>,
}

/// Puts items in at the pace that has them all inside the 72 hours of stories: the most that the index ever holds.
pub(crate) fn fill(plan: &Plan, lexicon: &[Concept], items: usize) -> Vec<Record> {
    let wire = Wire::new(lexicon);
    let pace = STORY_HOURS * 3_600_000 / i64::try_from(items).unwrap_or(i64::MAX);
    drop(memory(plan, &wire, items, pace));
    let (mut window, mut all) = (Window::default(), Vec::new());
    println!("\nMicroseconds an item, in the window so far; then items a second of the last four steps together");
    println!("{:>8} {}{:>18}", "window", STEPS.map(|step| format!("{step:>18}")).concat(), "items a second");
    let part = (items / 5).max(BATCH);
    for start in (0..items).step_by(part) {
        let mut spent = Spent::default();
        for first in (start..items.min(start + part)).step_by(BATCH) {
            let batch = batch(plan, &mut window, &mut spent, records(&wire, first, BATCH, pace));
            all.extend(batch);
        }
        let each = spent.0.map(|seconds| seconds / part as f64);
        let columns = each.map(|seconds| format!("{:18.1}", seconds * 1e6)).concat();
        println!("{:8} {columns}{:18.0}", all.len(), 1.0 / each[1..].iter().sum::<f64>());
    }
    let copies = all.iter().filter(|record| !record.original).count();
    println!("{} items, {copies} of them copies, in {} stories", all.len(), window.stories.len());
    all
}

/// Fills a window of which nothing else is kept, and says by how much the process grew.
fn memory(plan: &Plan, wire: &Wire, items: usize, pace: i64) -> Window {
    let mut window = Window::default();
    batch(plan, &mut Window::default(), &mut Spent::default(), records(wire, 0, 20, pace));
    let before = resident();
    for first in (0..items).step_by(20) {
        batch(plan, &mut window, &mut Spent::default(), records(wire, first, 20, pace));
    }
    println!("\nmemory of both indexes: {:.0} bytes an item", (resident() - before) / items as f64);
    window
}

fn records(wire: &Wire, first: usize, count: usize, pace: i64) -> Vec<Record> {
    let record = |number: usize| Record {
        item: wire.item(number as u64),
        source: Wire::source(number as u64),
        time: Timestamp::UNIX_EPOCH + SignedDuration::from_millis(pace * number as i64),
        story: ItemId(number as u64),
        original: true,
    };
    (first..first + count).map(record).collect()
}

fn batch(plan: &Plan, window: &mut Window, spent: &mut Spent, mut records: Vec<Record>) -> Vec<Record> {
    let words =
        |record: &Record| Tokens::of(&record.item.title).words().len() + Tokens::of(&record.item.body).words().len();
    black_box(spent.time(0, || records.iter().map(words).sum::<usize>()));
    let scans: Vec<Scan<'_>> = spent.time(1, || records.iter().map(|record| plan.scan(subject(record))).collect());
    let features: Vec<Features> =
        spent.time(2, || scans.iter().zip(&records).map(|(scan, record)| Features::of(scan, record.time)).collect());
    let copies: Vec<Option<ItemId>> = spent.time(3, || {
        let sketches = scans.iter().map(Sketch::of_scan);
        sketches.zip(&records).map(|(sketch, record)| window.copy_of(&sketch, record)).collect()
    });
    drop(scans);
    spent.time(4, || {
        for ((features, copy), record) in features.into_iter().zip(&copies).zip(&mut records) {
            record.original = copy.is_none();
            let copied = copy.and_then(|copy| window.story_of.get(copy.0 as usize).copied());
            record.story = window.stories.place(record.story, features, copied).story;
            window.story_of.push(record.story);
        }
    });
    records
}

impl Window {
    fn copy_of(&mut self, sketch: &Sketch, record: &Record) -> Option<ItemId> {
        let oldest = record.time.checked_sub(SignedDuration::from_hours(COPY_HOURS)).unwrap_or(Timestamp::MIN);
        self.copies.prune(oldest);
        let copy = self.copies.of(sketch, &record.source, record.time).first().map(|copy| copy.of);
        self.copies.insert(record.story, record.time, &record.source, sketch, copy.is_none());
        copy
    }
}

/// Items whose sketches and features are made before they are put in order: a bound on memory.
const CHUNK: usize = 2_000;

/// Rebuilds the window as a start does, once with its items spread over 14 days, of which stories want the last three,
/// and once with all of them in those.
pub(crate) fn rebuild(plan: &Plan, records: &[Record]) {
    for (what, days) in [("spread over 14 days", 14), ("all in 72 hours", 3)] {
        let (start, wall, mut helper) = (processor(), Instant::now(), 0.0);
        let mut window = Window::default();
        let first_told = records.len() - records.len() * 3 / days;
        for (number, chunk) in records.chunks(CHUNK).enumerate() {
            let first = number * CHUNK;
            let (read, spent) = on_two_threads(plan, chunk, first_told.saturating_sub(first));
            helper += spent;
            for ((sketch, features), (n, record)) in read.into_iter().zip(chunk.iter().enumerate()) {
                let id = ItemId((first + n) as u64);
                window.copies.insert(id, record.time, &record.source, &sketch, record.original);
                if let Some(features) = features {
                    window.stories.put(record.story, features);
                }
            }
        }
        println!(
            "rebuilt {} items {what}: {:.1} s by the clock, {:.1} s of processor time, {} stories",
            window.copies.len(),
            wall.elapsed().as_secs_f64(),
            processor() - start + helper,
            window.stories.len()
        );
    }
}

type Read = (Sketch, Option<Features>);

/// Sketches of all, and features from `told` on; and the processor time of the second thread.
fn on_two_threads(plan: &Plan, records: &[Record], told: usize) -> (Vec<Read>, f64) {
    let read = |(n, record): (usize, &Record)| {
        if n < told {
            return (Sketch::of(&record.item), None);
        }
        let scan = plan.scan(subject(record));
        (Sketch::of_scan(&scan), Some(Features::of(&scan, record.time)))
    };
    // Every other one, so that both threads have as much to do.
    let half = |odd: usize| records.iter().enumerate().filter(|(n, _)| n % 2 == odd).map(read).collect::<Vec<Read>>();
    let (even, (odd, spent)) = std::thread::scope(|scope| {
        let helper = scope.spawn(|| (half(1), processor()));
        (half(0), helper.join().expect("the bench does not panic"))
    });
    let mut odd = odd.into_iter();
    (even.into_iter().flat_map(|read| [Some(read), odd.next()]).flatten().collect(), spent)
}

fn subject(record: &Record) -> Subject<'_> {
    Subject { item: &record.item, source: &record.source, lang: "und" }
}

/// Bytes that the process holds; 0 where the system does not say.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split(' ').nth(1).and_then(|pages| pages.parse::<f64>().ok()).unwrap_or(0.0) * 4_096.0
}
