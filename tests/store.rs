//! The store over a real folder: every verb, and what it does when it is killed, locked out, outdated or damaged.
//! Power cuts are in `power.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sahelwatch::identity::{Face, Known};
use sahelwatch::model::{
    Alert, AlertId, Delivery, Field, Item, ItemId, Mailbox, Match, Notification, NotificationId, Outcome, Reason,
    Severity, SourceId, SourceState, StoredItem, Validators, WatchId,
};
use sahelwatch::store::{PollCommit, Pruned, Settings, Store, StoreError};
use tempfile::TempDir;

const DAY: i64 = 86_400;

/// Seconds after a fixed instant.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

pub fn source(id: &str) -> SourceId {
    SourceId::new(id).unwrap()
}

pub fn watch(id: &str) -> WatchId {
    WatchId::new(id).unwrap()
}

/// A poll that brought nothing.
pub fn poll(id: &str, now: Timestamp) -> PollCommit {
    let state = SourceState {
        validators: Validators { etag: Some(b"\"v1\"".to_vec()), last_modified: None },
        last_attempt: Some(now),
        next_check: Some(now),
        ..SourceState::default()
    };
    PollCommit {
        source: source(id),
        state,
        new_items: Vec::new(),
        changed_items: Vec::new(),
        sightings: Vec::new(),
        alerts: Vec::new(),
    }
}

/// An item not seen before, and a face that no other title has.
pub fn new_item(store: &Store, from: &str, now: Timestamp, title: &str, body: &str) -> (StoredItem, Face) {
    let item = Item {
        title: title.to_owned(),
        summary: format!("summary of {title}"),
        body: body.to_owned(),
        link: Some("https://example.org/article".parse().unwrap()),
        ..Item::default()
    };
    let id = store.next_item_id(now);
    (StoredItem { id, source: source(from), first_seen: now, revision: 0, reason: Reason::New, item }, face(title))
}

fn face(title: &str) -> Face {
    let hash = |what: &str| xxhash_rust::xxh3::xxh3_64(format!("{what} {title}").as_bytes());
    Face { entry: Some(hash("entry")), link: Some((7, hash("link"))), text: hash("text"), title: hash("title") }
}

pub fn alert(item: ItemId, of: &str, now: Timestamp) -> Alert {
    let matches = vec![Match { term: "attaque".into(), field: Field::Title, start: 0, end: 7 }];
    Alert { id: AlertId { item, watch: watch(of) }, reason: Reason::New, raised: now, matches }
}

pub fn notification(item: ItemId, seq: u32, now: Timestamp) -> Notification {
    Notification {
        id: NotificationId { item, seq, recipient: 7 },
        to: Mailbox { name: None, address: "a@example.org".to_owned() },
        reason: Reason::New,
        watches: vec![watch("w")],
        severity: Severity::High,
        subject: "Attaque".to_owned(),
        queued: now,
        message: b"Subject: Attaque\r\n\r\nbody\r\n".repeat(40),
    }
}

fn settings(folder: &Path) -> Settings {
    Settings { path: folder.to_owned(), cache: 8 << 20 }
}

/// A store in a folder of its own.
struct Bed {
    folder: TempDir,
    store: Store,
}

impl Bed {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        Self { folder, store }
    }

    fn reopen(self) -> Self {
        let Self { folder, store } = self;
        drop(store);
        let store = open(folder.path());
        Self { folder, store }
    }

    /// Commits one new item, and gives it as stored.
    fn take_in(&self, title: &str, now: Timestamp) -> StoredItem {
        let (item, face) = new_item(&self.store, "rfi", now, title, "the body");
        self.store.commit(vec![PollCommit { new_items: vec![(item.clone(), face)], ..poll("rfi", now) }]).unwrap();
        item
    }

    fn known(&self, title: &str) -> Known {
        self.store.known(&source("rfi"), &[face(title)]).unwrap()[0]
    }
}

fn open(folder: &Path) -> Store {
    let opened = Store::open(&settings(folder)).unwrap();
    assert_eq!(opened.set_aside, None);
    opened.store
}

fn all(item: ItemId) -> Known {
    Known { by_entry: Some(item), by_link: Some(item), by_text: Some(item), by_title: Some(item) }
}

#[test]
fn a_poll_is_kept_with_all_it_brought() {
    let bed = Bed::new();
    let (item, face) = new_item(&bed.store, "rfi", at(0), "Attaque à Ménaka", &"Le texte. ".repeat(500));
    let raised = alert(item.id, "menaka", at(0));
    let committed =
        PollCommit { new_items: vec![(item.clone(), face)], alerts: vec![raised.clone()], ..poll("rfi", at(0)) };
    bed.store.commit(vec![committed.clone(), poll("quiet", at(0))]).unwrap();

    let bed = bed.reopen();
    let store = &bed.store;
    assert_eq!(store.item(item.id).unwrap().as_ref(), Some(&item));
    assert_eq!(store.record(item.id).unwrap().unwrap().history, [face.text]);
    assert_eq!(store.source_state(&source("rfi")).unwrap(), Some(committed.state.clone()));
    assert_eq!(store.source_state(&source("other")).unwrap(), None);
    let states = [(source("quiet"), poll("quiet", at(0)).state), (source("rfi"), committed.state)];
    assert_eq!(store.source_states().unwrap(), states);
    assert_eq!(store.due_alerts().unwrap(), [raised]);
    let stats = store.stats().unwrap();
    assert_eq!((stats.sources, stats.items, stats.due_alerts), (2, 1, 1));
}

#[test]
fn an_item_is_found_by_each_part_of_its_face() {
    let bed = Bed::new();
    let item = bed.take_in("one", at(0)).id;
    let known = |from: &str, face: Face| bed.store.known(&source(from), &[face]).unwrap()[0];
    let one = face("one");
    assert_eq!(known("rfi", one), all(item));
    assert_eq!(known("rfi", face("two")), Known::default());
    assert_eq!(known("rfi", Face { text: one.text, ..face("two") }), Known { by_text: Some(item), ..Known::default() });
    // Entry ids and titles mean something within their source only, polled before or not.
    let elsewhere = Known { by_entry: None, by_title: None, ..all(item) };
    assert_eq!(known("never-polled", one), elsewhere);
    bed.store.commit(vec![poll("other", at(0))]).unwrap();
    assert_eq!(known("other", one), elsewhere);
    // Seen there as well, it is known there as well.
    bed.store.commit(vec![PollCommit { sightings: vec![(item, one)], ..poll("other", at(0)) }]).unwrap();
    assert_eq!(known("other", one), all(item));
}

#[test]
fn a_changed_item_keeps_its_number_and_every_text_it_had() {
    let bed = Bed::new();
    let mut item = bed.take_in("one", at(0));
    item.revision = 1;
    item.item.body = "another body".to_owned();
    let changed = Face { text: 5, ..face("one") };
    bed.store.commit(vec![PollCommit { changed_items: vec![(item.clone(), changed)], ..poll("rfi", at(9)) }]).unwrap();
    let record = bed.store.record(item.id).unwrap().unwrap();
    assert_eq!((record.stored, record.history), (item.clone(), vec![face("one").text, 5]));
    assert_eq!(bed.known("one").by_text, Some(item.id));
}

#[test]
fn items_are_listed_newest_first() {
    let bed = Bed::new();
    let ids: Vec<ItemId> = (0..5).map(|n| bed.take_in(&format!("item {n}"), at(n)).id).collect();
    let listed =
        |from, limit| -> Vec<ItemId> { bed.store.items(from, limit).unwrap().iter().map(|item| item.id).collect() };
    assert_eq!(listed(ItemId(u64::MAX), 2), [ids[4], ids[3]]);
    assert_eq!(listed(ids[2], 9), [ids[2], ids[1], ids[0]]);
}

#[test]
fn item_numbers_increase_although_the_clock_steps_back_and_the_program_restarts() {
    let bed = Bed::new();
    let first = bed.take_in("one", at(1000)).id;
    let second = bed.store.next_item_id(at(0));
    assert!(second > first, "{second} {first}");
    let bed = bed.reopen();
    assert!(bed.store.next_item_id(at(0)) > first);
    assert_eq!(bed.store.next_item_id(at(2000)), ItemId::at(at(2000)));
}

#[test]
fn a_watch_alerts_once_on_an_item() {
    let bed = Bed::new();
    let item = bed.take_in("one", at(0)).id;
    let first = alert(item, "w", at(0));
    let again = Alert { reason: Reason::Changed, ..alert(item, "w", at(5)) };
    let raise = |alert: &Alert| {
        bed.store.commit(vec![PollCommit { alerts: vec![alert.clone()], ..poll("rfi", at(0)) }]).unwrap()
    };
    raise(&first);
    raise(&again);
    assert_eq!(bed.store.due_alerts().unwrap(), std::slice::from_ref(&first));
    bed.store.queue(Vec::new(), vec![first.id.clone()]).unwrap();
    raise(&again);
    assert_eq!(bed.store.due_alerts().unwrap(), []);
    assert_eq!(bed.store.alert(&first.id).unwrap(), Some(first));
    let alerted = |name| bed.store.alerted(&AlertId { item, watch: watch(name) }).unwrap();
    assert_eq!([alerted("w"), alerted("x")], [true, false]);
}

#[test]
fn a_notification_is_frozen_postponed_and_settled_once() {
    let bed = Bed::new();
    let item = bed.take_in("one", at(0)).id;
    let first = notification(item, 0, at(1));
    bed.store.queue(vec![first.clone(), notification(item, 1, at(1))], Vec::new()).unwrap();
    // What is frozen stays as it is.
    bed.store.queue(vec![Notification { message: b"other".to_vec(), ..first.clone() }], Vec::new()).unwrap();
    assert_eq!(bed.store.notification(&first.id).unwrap(), Some(first.clone()));
    let later = Delivery { attempts: 1, next_attempt: at(60), last_error: Some("450 later".to_owned()), outcome: None };
    bed.store.postpone(&first.id, later.clone()).unwrap();

    let bed = bed.reopen();
    let open = bed.store.open_notifications().unwrap();
    let fresh = Delivery { attempts: 0, next_attempt: at(1), last_error: None, outcome: None };
    assert_eq!(
        open.iter().map(|entry| (entry.id.seq, entry.delivery.clone())).collect::<Vec<_>>(),
        [(0, later), (1, fresh)]
    );
    assert_eq!(open[0].to, first.to);

    let sent = Outcome::Sent { at: at(70), answer: "250 ok".to_owned() };
    bed.store.settle(&first.id, sent.clone()).unwrap();
    bed.store.settle(&first.id, Outcome::Withdrawn { at: at(80) }).unwrap();
    bed.store.queue(vec![first.clone()], Vec::new()).unwrap();
    bed.store.postpone(&first.id, open[1].delivery.clone()).unwrap();
    assert_eq!(bed.store.notification(&first.id).unwrap(), None);
    assert_eq!(bed.store.open_notifications().unwrap().len(), 1);
    bed.store.settle(&open[1].id, Outcome::Withdrawn { at: at(90) }).unwrap();

    let bed = bed.reopen();
    let ledger = bed.store.ledger(9).unwrap();
    assert_eq!(ledger.iter().map(|entry| entry.id.seq).collect::<Vec<_>>(), [1, 0], "latest first");
    assert_eq!(ledger[1].delivery.outcome, Some(sent));
    assert_eq!(bed.store.ledger(1).unwrap(), ledger[..1]);
    assert_eq!(bed.store.mails_on(item, 7).unwrap(), 2);
    assert_eq!(bed.store.mails_on(item, 8).unwrap(), 0);
    let stats = bed.store.stats().unwrap();
    assert_eq!((stats.open_notifications, stats.settled_notifications), (0, 2));
}

#[test]
fn pruning_goes_by_age_alone() {
    let bed = Bed::new();
    let old = bed.take_in("old", at(0));
    let still_seen = bed.take_in("still seen", at(0));
    let waiting = bed.take_in("waiting", at(0));
    let middle = bed.take_in("middle", at(50 * DAY));
    let raised = vec![alert(waiting.id, "w", at(0)), alert(old.id, "w", at(0))];
    let seen = vec![(still_seen.id, face("still seen"))];
    bed.store.commit(vec![PollCommit { alerts: raised, sightings: seen, ..poll("rfi", at(60 * DAY)) }]).unwrap();
    let mail = notification(old.id, 0, at(0));
    let name = mail.id.clone();
    bed.store.queue(vec![mail], vec![AlertId { item: old.id, watch: watch("w") }]).unwrap();
    bed.store.settle(&name, Outcome::Sent { at: at(1), answer: String::new() }).unwrap();

    let pruned = bed.store.prune(at(40 * DAY), at(55 * DAY)).unwrap();
    // Four ways to find it each, of `old` and of `waiting`.
    assert_eq!(pruned, Pruned { texts: 3, identities: 8, items: 1 });
    let bed = bed.reopen();
    assert_eq!(bed.store.item(old.id).unwrap(), None);
    assert_eq!((bed.known("old"), bed.store.mails_on(old.id, 7).unwrap()), (Known::default(), 0));
    assert!(!bed.store.alerted(&AlertId { item: old.id, watch: watch("w") }).unwrap());
    assert_eq!(bed.known("still seen"), all(still_seen.id));
    assert_eq!(bed.store.item(waiting.id).unwrap(), Some(waiting));
    for kept in [still_seen, middle] {
        let mut without_texts = kept.clone();
        without_texts.item.summary.clear();
        without_texts.item.body.clear();
        assert_eq!(bed.store.item(kept.id).unwrap(), Some(without_texts));
    }
    assert_eq!(bed.store.prune(at(40 * DAY), at(55 * DAY)).unwrap(), Pruned::default());
}

#[test]
fn long_texts_never_become_files_beside_the_synced_one() {
    let bed = Bed::new();
    for n in 0..40 {
        let noise: String = std::iter::repeat_with(|| fastrand::char(..)).take(300_000).collect();
        let (mut item, face) = new_item(&bed.store, "rfi", at(n), &format!("{n}"), &noise);
        item.item.title = noise[..].chars().take(20_000).collect();
        bed.store.commit(vec![PollCommit { new_items: vec![(item.clone(), face)], ..poll("rfi", at(n)) }]).unwrap();
        let mail = Notification { message: noise.into_bytes(), ..notification(item.id, 0, at(n)) };
        bed.store.queue(vec![mail.clone()], Vec::new()).unwrap();
        assert_eq!(bed.store.item(item.id).unwrap(), Some(item));
        assert_eq!(bed.store.notification(&mail.id).unwrap(), Some(mail));
    }
    bed.store.prune(at(DAY), at(DAY)).unwrap();
    let bed = bed.reopen();
    let blobs = bed.folder.path().join("store/engine/blobs");
    assert_eq!(fs::read_dir(blobs).unwrap().count(), 0);
}

#[test]
fn the_state_folder_is_closed_to_others() {
    let parent = tempfile::tempdir().unwrap();
    let state = parent.path().join("new/state");
    let _store = open(&state);
    assert_eq!(fs::metadata(&state).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_second_process_is_turned_away_by_name() {
    let bed = Bed::new();
    let error = Store::open(&settings(bed.folder.path())).unwrap_err();
    assert!(matches!(error, StoreError::Locked { holder: Some(pid), .. } if pid == std::process::id()), "{error}");
    assert!(error.to_string().contains(&format!("in use by process {}", std::process::id())), "{error}");
    // And harmlessly.
    bed.take_in("one", at(0));
    bed.reopen();
}

/// Every file's content by path.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path))
        } else {
            drop(found.insert(path.clone(), fs::read(&path).unwrap()))
        }
    }
    found
}

#[test]
fn a_newer_version_is_refused_untouched() {
    let Bed { folder, store } = Bed::new();
    drop(store);
    fs::write(folder.path().join("store/format"), "sahelwatch store 2\n").unwrap();
    let before = files(&folder.path().join("store"));
    let error = Store::open(&settings(folder.path())).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 2, known: 1, .. }), "{error}");
    assert_eq!(files(&folder.path().join("store")), before);
}

/// Everything a store knows, for comparison.
fn content(store: &Store) -> String {
    let items = store.items(ItemId(u64::MAX), usize::MAX).unwrap();
    let faces: Vec<Face> = items.iter().map(|item| face(&item.item.title)).collect();
    let open = store.open_notifications().unwrap();
    let messages: Vec<_> = open.iter().map(|entry| store.notification(&entry.id).unwrap()).collect();
    let states = store.source_states().unwrap();
    let known = store.known(&source("rfi"), &faces).unwrap();
    format!(
        "{items:?} {known:?} {states:?} {:?} {messages:?} {:?}",
        store.due_alerts().unwrap(),
        store.ledger(9999).unwrap()
    )
}

/// A store with some of everything, and what it knows.
fn filled() -> (TempDir, String) {
    let bed = Bed::new();
    for n in 0..60 {
        let now = at(n * 60);
        let mut brought = poll("rfi", now);
        brought.new_items =
            (0..10).map(|i| new_item(&bed.store, "rfi", now, &format!("{n} {i}"), &"texte ".repeat(60))).collect();
        let first = brought.new_items[0].0.id;
        brought.alerts = vec![alert(first, "w", now), alert(first, "x", now)];
        bed.store.commit(vec![brought]).unwrap();
        bed.store.queue(vec![notification(first, 0, now)], vec![alert(first, "w", now).id]).unwrap();
        if n % 2 == 0 {
            bed.store.settle(&notification(first, 0, now).id, Outcome::Withdrawn { at: now }).unwrap();
        }
    }
    let content = content(&bed.store);
    (bed.folder, content)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &to) } else { _ = fs::copy(&path, &to).unwrap() }
    }
}

/// Damages one file of the engine as disks and people do, and says how.
fn damage(engine: &Path, random: &mut fastrand::Rng) -> String {
    let names: Vec<String> =
        fs::read_dir(engine).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    let snapshot = names.iter().find(|name| name.starts_with("snap.")).unwrap().as_str();
    let name = ["db", "db", "db", "db", snapshot, "conf"][random.usize(..6)];
    let path = engine.join(name);
    let mut bytes = fs::read(&path).unwrap();
    let place = random.usize(..bytes.len());
    let what = match random.u8(..8) {
        0..=3 => {
            bytes[place] ^= 1 << random.u8(..8);
            "flipped bit"
        }
        4 => {
            let page = place / 4096 * 4096;
            let end = bytes.len().min(page + 4096);
            bytes[page..end].fill(0);
            "zeroed page"
        }
        5 => {
            bytes.truncate(place);
            "cut off"
        }
        6 => {
            fs::remove_file(&path).unwrap();
            return format!("{name} removed");
        }
        _ => {
            let length = bytes.len();
            bytes.extend_from_within(place / 2..place);
            bytes.drain(..bytes.len() - length);
            "shifted"
        }
    };
    fs::write(&path, bytes).unwrap();
    format!("{name} {what} at {place}")
}

#[test]
fn a_damaged_store_is_unaffected_or_set_aside_and_never_silently_less() {
    let (good, content_before) = filled();
    let (mut unaffected, mut set_aside) = (0, 0);
    for seed in 0..100 {
        let bed = tempfile::tempdir().unwrap();
        copy(good.path(), bed.path());
        let what = damage(&bed.path().join("store/engine"), &mut fastrand::Rng::with_seed(seed));
        let opened = Store::open(&settings(bed.path())).unwrap_or_else(|error| panic!("{seed}: {what}: {error}"));
        let Some(aside) = opened.set_aside else {
            assert!(content(&opened.store) == content_before, "{seed}: {what}: the store is not what it was");
            unaffected += 1;
            continue;
        };
        assert!(aside.to.file_name().unwrap().to_str().unwrap().starts_with("store.damaged-2"), "{:?}", aside.to);
        assert!(aside.to.join("engine").is_dir() && !aside.what.is_empty(), "{seed}: {what}");
        assert_eq!(opened.store.stats().unwrap().items, 0);
        opened.store.commit(vec![poll("rfi", at(0))]).unwrap();
        set_aside += 1;
    }
    // Most of this small file is live; conf and snapshot can be made anew.
    assert!(unaffected >= 3 && set_aside >= 60, "{unaffected} unaffected, {set_aside} set aside");
}

#[test]
fn a_store_that_is_missing_its_own_files_is_damaged() {
    let (good, _) = filled();
    for (file, text) in [("format", None), ("format", Some("what?")), ("engine/db", None)] {
        let bed = tempfile::tempdir().unwrap();
        copy(good.path(), bed.path());
        let path = bed.path().join("store").join(file);
        text.map_or_else(|| fs::remove_file(&path), |text| fs::write(&path, text)).unwrap();
        assert!(Store::open(&settings(bed.path())).unwrap().set_aside.is_some(), "{file}");
    }
}

#[test]
fn two_damaged_stores_in_a_row_do_not_hide_each_other() {
    let bed = tempfile::tempdir().unwrap();
    for damaged in 1..=3 {
        drop(Store::open(&settings(bed.path())).unwrap());
        fs::write(bed.path().join("store/format"), "").unwrap();
        drop(Store::open(&settings(bed.path())).unwrap());
        let aside = fs::read_dir(bed.path())
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with("store.damaged-"));
        assert_eq!(aside.count(), damaged);
    }
}
