//! A store in a folder of its own, and samples of what it keeps.

use std::path::Path;

use jiff::Timestamp;
use sahelwatch::identity::{Face, Known};
use sahelwatch::model::{
    Alert, AlertId, Field, Item, ItemId, Mailbox, Match, Notification, NotificationId, Reason, Severity, SourceId,
    SourceState, StoredItem, Validators, WatchId,
};
use sahelwatch::store::{Decisions, PATIENCE, PollCommit, Settings, Store};
use tempfile::TempDir;

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
    PollCommit { state, ..PollCommit::new(source(id)) }
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

/// The face of [`new_item`]: each part differs from title to title.
pub fn face(title: &str) -> Face {
    let hash = |what: &str| xxhash_rust::xxh3::xxh3_64(format!("{what} {title}").as_bytes());
    Face { entry: Some(hash("entry")), link: Some((7, hash("link"))), text: hash("text"), title: hash("title") }
}

pub fn alert(item: ItemId, of: &str, now: Timestamp) -> Alert {
    let matches = vec![Match { term: "attaque".into(), field: Field::Title, start: 0, end: 7 }];
    Alert { id: AlertId { item, watch: watch(of) }, reason: Reason::New, raised: now, matches }
}

pub fn notification(item: ItemId, seq: u32, now: Timestamp) -> Notification {
    Notification {
        id: NotificationId { thread: item, seq, recipient: 7 },
        to: Mailbox { name: None, address: "a@example.org".to_owned() },
        reason: Reason::New,
        watches: vec![watch("w")],
        severity: Severity::High,
        subject: "Attaque".to_owned(),
        queued: now,
        message: b"Subject: Attaque\r\n\r\nbody\r\n".repeat(40),
    }
}

/// Queues mails, and counts these alerts as addressed.
pub fn queue(store: &Store, notifications: Vec<Notification>, done: &[AlertId]) {
    store.address(&[], done).unwrap();
    store.decide(Decisions { notifications, ..Decisions::default() }).unwrap();
}

/// A store in this folder, with a small cache.
pub fn settings(folder: &Path) -> Settings {
    Settings { path: folder.to_owned(), cache: 8 << 20, patience: PATIENCE }
}

/// Opens a store that must be sound.
pub fn open(folder: &Path) -> Store {
    let opened = Store::open(&settings(folder)).unwrap();
    assert_eq!(opened.set_aside, None);
    opened.store
}

/// A store in a folder of its own.
pub struct Bed {
    pub folder: TempDir,
    pub store: Store,
}

impl Bed {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        Self { folder, store }
    }

    /// Closes it and opens it again.
    pub fn reopen(self) -> Self {
        let Self { folder, store } = self;
        drop(store);
        let store = open(folder.path());
        Self { folder, store }
    }

    /// Commits one new item, and gives it as stored.
    pub fn take_in(&self, title: &str, now: Timestamp) -> StoredItem {
        let (item, face) = new_item(&self.store, "rfi", now, title, "the body");
        self.store.commit(vec![PollCommit { new_items: vec![(item.clone(), face)], ..poll("rfi", now) }]).unwrap();
        item
    }

    /// What is known of an item taken in under this title.
    pub fn known(&self, title: &str) -> Known {
        self.store.known(&source("rfi"), &[face(title)]).unwrap()[0]
    }
}
