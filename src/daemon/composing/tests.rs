//! Rounds of composing on a store of their own, at times of the test's choosing: what readers are told, once each,
//! whatever comes together.

use jiff::{SignedDuration, Timestamp};

use super::{Composed, Composer, Moment, Relay};
use crate::config::{self, Environment};
use crate::daemon::live::Live;
use crate::identity;
use crate::model::{Alert, AlertId, Item, ItemId, Placement, Reason, SourceId, StoredItem, StoryId, WatchId};
use crate::store::{OutboxEntry, PollCommit, Store};

/// Amina is told at once of attacks, and in the evening of kidnappings.
const CONFIG: &str = "version = 1\nstorage = { path = \"STATE\" }\nhttp = { contact = \"ops@example.org\" }\n\
                      [mail]\nfrom = \"alerts@example.org\"\nlist_id = \"sahelwatch.example.org\"\ntransport = \"file\"\n\
                      [defaults.watch]\ntiming = { wait = \"0s\" }\n\
                      [[source]]\nid = \"rfi\"\nkind = \"feed\"\nurl = \"https://rfi.example/feed\"\n\
                      [[source]]\nid = \"afp\"\nkind = \"feed\"\nurl = \"https://afp.example/feed\"\n\
                      [[watch]]\nid = \"attacks\"\nany = [\"attack\"]\nto = [\"amina@example.org\"]\n\
                      [[watch]]\nid = \"kidnaps\"\nany = [\"kidnapped\"]\nto = [\"amina@example.org\"]\ndeliver = \"digest\"\n\
                      [[digest]]\nid = \"evening\"\nschedule = { at = [\"18:00\"] }\ntimezone = \"UTC\"\n\
                      watches = [\"kidnaps\"]\nto = [\"amina@example.org\"]\n";

struct Bed {
    _folder: tempfile::TempDir,
    store: Store,
    live: Live,
    composer: Composer,
}

/// Minutes after a noon.
fn at(minutes: i64) -> Timestamp {
    let noon: Timestamp = "2026-03-02T12:00:00Z".parse().expect("a test moment");
    noon.checked_add(SignedDuration::from_mins(minutes)).expect("in range")
}

fn watch(id: &str) -> WatchId {
    WatchId::new(id).expect("a test id")
}

impl Bed {
    /// A bed whose digests were met in the morning.
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let live = live(&folder, CONFIG);
        let store = Store::open(&live.config.storage).expect("a new store").store;
        let composer = Composer::open(&store, at(-180)).expect("the store answers");
        let mut bed = Self { _folder: folder, store, live, composer };
        bed.round(-180);
        bed
    }

    /// An item on which watches alert.
    fn item(&self, source: &str, title: &str, minute: i64, story: Option<StoryId>, watches: &[&str]) -> ItemId {
        let (id, source) = (self.store.next_item_id(at(minute)), SourceId::new(source).expect("a test id"));
        let item = Item { title: title.to_owned(), ..Item::default() };
        let (face, first_seen) = (identity::face(&item).0, at(minute));
        let stored = StoredItem { id, source: source.clone(), first_seen, revision: 0, reason: Reason::New, item };
        let placement = Placement { story: story.unwrap_or(id), ..Placement::alone(id) };
        let commit = PollCommit {
            new_items: vec![(stored, face)],
            placements: vec![(id, placement)],
            alerts: watches.iter().map(|watch| alert(id, watch, minute, Reason::New)).collect(),
            ..PollCommit::new(source)
        };
        self.store.commit(vec![commit]).expect("the store takes it");
        id
    }

    fn round(&mut self, minute: i64) -> Composed {
        self.round_with(minute, Relay::Usable)
    }

    fn round_with(&mut self, minute: i64, relay: Relay) -> Composed {
        let moment = Moment { now: at(minute), once: false, relay };
        self.composer.compose(&self.store, &self.live, &moment).expect("the store answers")
    }

    /// The reasons of all mails written so far, in order.
    fn mails(&self) -> Vec<Reason> {
        let mut mails: Vec<OutboxEntry> = self.store.open_notifications().expect("the store answers");
        mails.sort_by_key(|mail| mail.queued);
        mails.into_iter().map(|mail| mail.reason).collect()
    }

    fn fates(&self, item: ItemId) -> Vec<(Reason, bool)> {
        let fates = self.store.fates_on(item).expect("the store answers");
        fates.into_iter().map(|fate| (fate.reason, fate.mail.is_some())).collect()
    }
}

fn live(folder: &tempfile::TempDir, config: &str) -> Live {
    let path = folder.path().join("sahelwatch.toml");
    let state = folder.path().join("state");
    std::fs::write(&path, config.replace("STATE", &state.to_string_lossy())).expect("it can be written");
    let loaded = config::load(&path, &Environment::default());
    let report = loaded.report.render(false);
    Live::new(loaded.config.unwrap_or_else(|| panic!("{report}")))
}

fn alert(item: ItemId, watch: &str, minute: i64, reason: Reason) -> Alert {
    Alert { id: AlertId { item, watch: self::watch(watch) }, reason, raised: at(minute), matches: Vec::new() }
}

/// A story that waits for a digest, and of which an alert falls due in the minute of the digest.
#[test]
fn a_story_that_comes_by_two_ways_at_once_is_told_once_and_at_once() {
    let mut bed = Bed::new();
    let first = bed.item("rfi", "Two kidnapped near Gao", 0, None, &["kidnaps"]);
    bed.round(0);
    bed.item("rfi", "Attack near Gao: two kidnapped", 360, Some(first), &["attacks"]);
    bed.round(360);
    assert_eq!(bed.mails(), [Reason::New]);
    assert_eq!(bed.fates(first), [(Reason::NothingNew, false)]);
}

/// A clock that ran ahead when a digest was written.
#[test]
fn a_digest_of_the_future_comes_again() {
    let mut bed = Bed::new();
    let year = 365 * 24 * 60;
    bed.round(10 * year);
    bed.item("rfi", "Two kidnapped near Gao", 0, None, &["kidnaps"]);
    bed.round(0);
    bed.round(360);
    assert_eq!(bed.mails(), [Reason::Digest]);
}

/// The reader was told of an item; that its text changes in nothing they would want to know does not take it back.
#[test]
fn what_was_told_stays_told() {
    let mut bed = Bed::new();
    let item = bed.item("rfi", "Attack near Gao", 0, None, &["attacks"]);
    bed.round(0);
    assert_eq!(bed.fates(item), [(Reason::New, true)]);
    let again = alert(item, "attacks", 60, Reason::Changed);
    let commit = PollCommit { alerts: vec![again], ..PollCommit::new(SourceId::new("rfi").expect("a test id")) };
    bed.store.commit(vec![commit]).expect("the store takes it");
    bed.round(60);
    assert_eq!(bed.mails(), [Reason::New]);
    assert_eq!(bed.fates(item), [(Reason::New, true)]);
}

/// A source that floods goes on after a restart: the next roundup it causes keeps its distance from the last.
#[test]
fn a_restart_gives_a_flood_no_new_places() {
    let mut bed = Bed::new();
    let flood = |bed: &Bed, minute| {
        for n in 0..10 {
            bed.item("rfi", &format!("Attack {n} of minute {minute}"), minute, None, &["attacks"]);
        }
    };
    flood(&bed, 0);
    bed.round(0);
    bed.round(15);
    assert_eq!(bed.mails(), [[Reason::New; 5].as_slice(), &[Reason::Roundup]].concat());
    flood(&bed, 16);
    bed.composer = Composer::open(&bed.store, at(16)).expect("the store answers");
    for minute in [16, 31, 59] {
        bed.round(minute);
        assert_eq!(bed.mails().len(), 6, "minute {minute}");
    }
}
