//! When sources are polled: by the store, by word of news, over a reload.

mod sleep;

use arc_swap::ArcSwap;

use super::*;
use crate::extract::Reader;
use crate::fetch::{Client, Settings};
use crate::model::{Source, SourceKind};
use crate::store::PollCommit;

const HOUR: i64 = 3600;

/// A store that remembers sources.
struct Bed {
    store: Store,
    _folder: tempfile::TempDir,
}

impl Bed {
    fn new(states: impl IntoIterator<Item = (SourceId, SourceState)>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let settings =
            crate::store::Settings { path: folder.path().to_owned(), cache: 1 << 20, patience: crate::store::PATIENCE };
        let bed = Self { store: Store::open(&settings).expect("an empty store").store, _folder: folder };
        bed.remember(states);
        bed
    }

    fn remember(&self, states: impl IntoIterator<Item = (SourceId, SourceState)>) {
        let polled = |(id, state)| PollCommit { state, ..PollCommit::new(id) };
        self.store.commit(states.into_iter().map(polled).collect()).expect("the store takes it");
    }

    fn scheduler(&self, sources: &[Arc<SourcePlan>]) -> Scheduler {
        let tasks = mpsc::channel(1).0;
        Scheduler::new(self.store.clone(), client(), tasks, sources, Pulse::new("polling")).expect("the store reads")
    }
}

fn client() -> SharedClient {
    let second = Duration::from_secs(1);
    let settings = Settings {
        contact: "ops@example.org".to_owned(),
        connect_timeout: second,
        read_timeout: second,
        timeout: second,
        max_body: 1,
        concurrency: 1,
        per_host: 1,
        per_host_delay: second,
        ports: Vec::new(),
        ca_file: None,
        proxy: None,
        respect_robots: true,
    };
    Arc::new(ArcSwap::from_pointee(Client::new(&settings).expect("a client")))
}

/// Seconds from now until the source's next poll, which is an hour away by itself, after `happens`. What builds on it was seen failing
/// with patience for nobody.
async fn next_poll(last: i64, not_before: Option<i64>, happens: impl Fn(&mut Scheduler, &SourceId, Taken)) -> u64 {
    let now = Timestamp::now();
    let away = |seconds| now + SignedDuration::from_secs(seconds);
    let id = SourceId::new("outlet").expect("a test id");
    let url = "https://outlet.example/feed".parse().expect("a test address");
    let source = Source::new(id.clone(), SourceKind::Feed, url);
    let plan = Arc::new(SourcePlan { source, reader: Reader::Feed });
    let state = SourceState {
        last_attempt: Some(away(-last)),
        next_check: Some(away(HOUR)),
        not_before: not_before.map(away),
        ..SourceState::default()
    };
    let bed = Bed::new([(id.clone(), state.clone())]);
    let mut scheduler = bed.scheduler(&[plan]);
    happens(&mut scheduler, &id, Taken { states: vec![(id.clone(), state)], ..Taken::default() });
    wait(&scheduler, &id)
}

/// Seconds until the source's next poll, to the nearest ten: how long a test took says nothing.
fn wait(scheduler: &Scheduler, id: &SourceId) -> u64 {
    let at = scheduler.entries[id].at;
    (at.saturating_duration_since(Instant::now()).as_secs() + 5) / 10 * 10
}

#[tokio::test]
async fn who_is_said_to_have_news_is_polled_at_once_but_not_without_end() {
    let hurry = |scheduler: &mut Scheduler, id: &SourceId, _| scheduler.hurry(id);
    assert_eq!(next_poll(HOUR, None, |_, _, _| {}).await, 3600);
    assert_eq!(next_poll(HOUR, None, hurry).await, 0);
    assert_eq!(next_poll(20, None, hurry).await, 40);
    assert_eq!(next_poll(HOUR, Some(600), hurry).await, 600, "its server wants to be left alone");
}

#[tokio::test]
async fn news_told_of_during_a_poll_are_looked_for_after_it() {
    let polled = |told: bool| {
        move |scheduler: &mut Scheduler, id: &SourceId, taken| {
            scheduler.entries.get_mut(id).expect("it is planned").under_way = true;
            if told {
                scheduler.hurry(id);
            }
            scheduler.taken(taken);
        }
    };
    assert_eq!(next_poll(0, None, polled(false)).await, 3600);
    assert_eq!(next_poll(0, None, polled(true)).await, 60);
}

/// A source that is switched off and on again goes on from what the store remembers. Seen failing with a plan that begins from nothing.
#[tokio::test]
async fn what_is_remembered_of_a_source_waits_until_it_is_polled_again() {
    let toml = "version = 1\nstorage = { path = \"/nowhere\" }\nhttp = { contact = \"ops@example.org\" }\n\
                [mail]\nfrom = \"alerts@example.org\"\nlist_id = \"sahelwatch.example.org\"\ntransport = \"file\"\n\
                [[source]]\nid = \"outlet\"\nkind = \"feed\"\nurl = \"https://outlet.example/feed\"\n";
    let live = |enabled: bool| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("sahelwatch.toml");
        std::fs::write(&path, format!("{toml}enabled = {enabled}\n")).expect("it can be written");
        let loaded = crate::config::load(&path, &crate::config::Environment::default());
        let report = loaded.report.render(false);
        Live::new(loaded.config.unwrap_or_else(|| panic!("{report}")))
    };
    let (on, off, id) = (live(true), live(false), SourceId::new("outlet").expect("a test id"));
    let due_in = |hours| {
        let at = Timestamp::now() + SignedDuration::from_hours(hours);
        [(id.clone(), SourceState { next_check: Some(at), ..SourceState::default() })]
    };

    let bed = Bed::new(due_in(1));
    let mut scheduler = bed.scheduler(&on.config.sources);
    scheduler.reloaded(&off);
    scheduler.reloaded(&on);
    assert_eq!(wait(&scheduler, &id), 3600);
    scheduler.reloaded(&off);
    bed.remember(due_in(2));
    scheduler.taken(Taken { states: due_in(2).into(), ..Taken::default() });
    scheduler.reloaded(&on);
    assert_eq!(wait(&scheduler, &id), 7200, "a poll under way ended meanwhile");

    let mut scheduler = bed.scheduler(&off.config.sources);
    scheduler.reloaded(&on);
    assert_eq!(wait(&scheduler, &id), 7200, "it was off at the start");
}
