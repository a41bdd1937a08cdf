//! How the ingest thread shares its time between polls, and what a correction tells those after it.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::*;
use crate::config::{self, Environment, SourcePlan};
use crate::daemon::lookback::Target;
use crate::daemon::placing::Recent;
use crate::daemon::poll::{Answer, Job as Poll, Reading};
use crate::extract::{self, Parsed, Reader};
use crate::fetch::{Hints, Hold};
use crate::identity;
use crate::model::{Item, Placement, Reason, Source, SourceKind, StoredItem, Validators};
use crate::store::{PART, PollCommit};

const CONFIG: &str = "version = 1\nstorage = { path = \"STATE\" }\nhttp = { contact = \"ops@example.org\" }\n\
                      group.desk = [\"amina@example.org\"]\n\
                      [mail]\nfrom = \"alerts@example.org\"\nlist_id = \"sahelwatch.example.org\"\ntransport = \"file\"\n\
                      [[source]]\nid = \"outlet\"\nkind = \"feed\"\nurl = \"https://outlet.example/feed\"\n\
                      [[watch]]\nid = \"attacks\"\nany = [\"attack\"]\nto = [\"@desk\"]\n";

/// An item as it is placed and kept by the ingest thread.
fn take_in(store: &Store, live: &Live, recent: &mut Option<Recent>, title: &str) -> (StoredItem, Placement) {
    let now = Timestamp::now();
    let item = Item { title: title.to_owned(), summary: "The attack was deadly.".to_owned(), ..Item::default() };
    let source = SourceId::new("outlet").expect("a test id");
    let stored = StoredItem {
        id: store.next_item_id(now),
        source: source.clone(),
        first_seen: now,
        revision: 0,
        reason: Reason::New,
        item,
    };
    let story_of = |id| store.placement(id).map(|placement| placement.story);
    let placement = {
        let recent = Recent::ready(recent, store, live, now).expect("the store answers");
        live.scanned(&stored.item, &source, |scan, _| recent.place(&stored, scan, false, story_of))
    };
    let placement = placement.expect("the store answers");
    let face = identity::face(&stored.item).0;
    let commit = PollCommit {
        new_items: vec![(stored.clone(), face)],
        placements: vec![(stored.id, placement)],
        ..PollCommit::new(source)
    };
    store.commit(vec![commit]).expect("the store takes it");
    (stored, placement)
}

fn opened(folder: &tempfile::TempDir) -> (Live, Store) {
    let path = folder.path().join("sahelwatch.toml");
    let state = folder.path().join("state");
    std::fs::write(&path, CONFIG.replace("STATE", &state.to_string_lossy())).expect("it can be written");
    let loaded = config::load(&path, &Environment::default());
    let report = loaded.report.render(false);
    let live = Live::new(loaded.config.unwrap_or_else(|| panic!("{report}")));
    let store = Store::open(&live.config.storage).expect("a new store").store;
    (live, store)
}

/// A poll of a source that shows so many entries.
fn shows(id: &str, entries: usize) -> Task {
    let url = format!("https://{id}.example/feed").parse().expect("a test address");
    let source = Source::new(SourceId::new(id).expect("a test id"), SourceKind::Feed, url);
    let job = Poll { plan: Arc::new(SourcePlan { source, reader: Reader::Feed }), state: SourceState::default() };
    let items = (0..entries).map(|n| Item { title: format!("{id} {n}"), ..Item::default() });
    let parsed = Parsed { items: items.collect(), complete: true, ..Parsed::default() };
    let reading = Reading {
        faces: parsed.items.iter().map(identity::face).collect(),
        signs: extract::signs(&parsed),
        parsed,
        hub: None,
        validators: Validators::default(),
        hints: Hints::default(),
        moved_to: None,
        weight: 0,
        hold: Hold::default(),
    };
    let answer = Ok(Answer::Read(Box::new(reading)));
    Task::Poll(Box::new(Polled { job, at: Timestamp::now(), took: Duration::ZERO, answer }))
}

/// Seen failing with a long poll taken in as a whole.
#[test]
fn a_long_document_keeps_no_other_waiting() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (live, store) = opened(&folder);
    let live: Shared = Arc::new(ArcSwap::from_pointee(live));
    let (notices, mut told) = mpsc::unbounded_channel();
    let ((news, _), (wishes, _), (ailing, _), (hubs, _)) =
        (mpsc::unbounded_channel(), mpsc::unbounded_channel(), mpsc::unbounded_channel(), mpsc::unbounded_channel());
    let outlets = Outlets { notices, news, wishes, ailing, hubs, counters: Counters::default() };
    let (store, live, outlets, remembered) = (&store, &live, &outlets, Remembered::default());
    let mut thread = Thread { store, live, outlets, remembered, backlog: Backlog::default() };
    let (given, mut tasks) = mpsc::channel(8);
    let (answer, mut answered) = oneshot::channel();
    // Who was taken in to the end, and how many items with it, in each turn of the thread.
    let mut turn = |gives: Vec<Task>| -> (Vec<String>, usize) {
        gives.into_iter().for_each(|task| given.try_send(task).expect("there is room"));
        thread.take(at_hand(&mut tasks, GROUP_BYTES)).expect("the store takes it");
        thread.take_part().expect("the store takes it");
        let (mut whole, mut items) = (Vec::new(), 0);
        while let Ok(Notice::Taken(taken)) = told.try_recv() {
            whole.extend(taken.states.iter().map(|(id, _)| id.to_string()));
            items += taken.new_items;
        }
        (whole, items)
    };
    let named = |name: &str| vec![name.to_owned()];
    assert_eq!(turn(vec![shows("archive", 2 * PART + 1), Task::Await(answer)]), (vec![], PART));
    assert_eq!(turn(vec![shows("outlet", 3)]), (named("outlet"), PART + 3));
    assert!(answered.try_recv().is_err(), "one poll given before is not taken in yet");
    assert_eq!(turn(vec![]), (named("archive"), 1));
    assert_eq!(answered.try_recv(), Ok(()));
    assert_eq!(turn(vec![shows("archive", 2 * PART + 1)]), (vec![], 0), "all of it is known");
}

#[test]
fn later_items_follow_a_correction_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (live, store) = opened(&folder);
    let mut remembered = Remembered::default();
    let (djibo, _) =
        take_in(&store, &live, &mut remembered.recent, "At least 40 killed in attack on Djibo, Burkina Faso");
    let (arbinda, apart) = take_in(&store, &live, &mut remembered.recent, "Attack on convoy near Arbinda kills seven");
    assert_eq!(apart.story, arbinda.id, "another place, another story");

    let correction = Correction::Merge { story: Target::Item(arbinda.id), into: Target::Item(djibo.id) };
    let (answer, mut answered) = oneshot::channel();
    correct(&store, &live, &mut remembered, vec![(correction, answer)]).expect("the store takes it");
    let document = answered.try_recv().expect("it was answered");
    assert_eq!(document["Ok"]["story"]["items"], 2, "{document}");
    let (_, follows) =
        take_in(&store, &live, &mut remembered.recent, "Seven killed in attack near Arbinda, officials say");
    assert_eq!(follows.story, djibo.id);
}
