//! The articles behind new items of sources with full text: fetched politely, beside the polls and slower than they are. What
//! is wanted stands in the store, so that a restart forgets none; here it is an index by time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::health::{BEAT, Pulse};
use super::live::{Shared, SharedClient};
use super::tasks::Task;
use crate::extract;
use crate::extract::article::{self, Article, NoArticle, Wall};
use crate::fetch::{ACCEPT_PAGE, Client, Document, FetchError, Fetched, Request};
use crate::model::{ItemId, Source, Validators, Wanted};
use crate::store::{Store, StoreError};

/// Articles under way at once, waiting for their host included. A fraction of the polls': news come first.
const UNDER_WAY: usize = 32;
/// Longest time one page may take to be read; 181 measured ones take 3 ms each.
const READ_TIME: Duration = Duration::from_secs(5);

/// What an attempt at an article came to.
#[derive(Debug)]
pub(crate) struct Tried {
    pub(crate) wanted: Wanted,
    pub(crate) at: Timestamp,
    pub(crate) outcome: Result<Box<Article>, Unread>,
}

/// Why an article was not read.
#[derive(Debug)]
pub(crate) enum Unread {
    /// It may be another time.
    Again {
        /// What happened, for people.
        why: String,
        /// When the server wants to be asked again, if it said so.
        retry_after: Option<Duration>,
    },
    /// It will not be.
    Never(String),
}

impl Unread {
    fn of(error: &FetchError) -> Self {
        let why = error.to_string();
        match error.status() {
            // Said for good by the server; 408, 425 and 429 are said for now.
            Some(400..=499) if !matches!(error.status(), Some(408 | 425 | 429)) => Self::Never(why),
            _ if matches!(error, FetchError::Robots { .. } | FetchError::Refused { .. }) => Self::Never(why),
            _ => Self::Again { why, retry_after: error.hints().retry_after },
        }
    }

    fn on_page(error: &NoArticle) -> Self {
        match error {
            // A challenge may let us pass another time; what asks for money or an account will not.
            NoArticle::Wall(Wall::Challenge) => Self::Again { why: error.to_string(), retry_after: None },
            _ => Self::Never(error.to_string()),
        }
    }
}

/// The loop that fetches articles.
pub(crate) struct Articles {
    client: SharedClient,
    live: Shared,
    tasks: mpsc::Sender<Task>,
    /// The time it is taken to be, for a round that stands still.
    still: Option<Timestamp>,
    wanted: HashMap<ItemId, Wanted>,
    due: BinaryHeap<Reverse<(Instant, ItemId)>>,
    places: Arc<Semaphore>,
    under_way: TaskTracker,
}

impl Articles {
    /// Plans what the store says is wanted; `still` is the time it is taken to be, if not that of the clock.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn open(
        store: &Store,
        live: Shared,
        client: SharedClient,
        tasks: mpsc::Sender<Task>,
        still: Option<Timestamp>,
    ) -> Result<Self, StoreError> {
        let mut articles = Self {
            client,
            live,
            tasks,
            still,
            wanted: HashMap::new(),
            due: BinaryHeap::new(),
            places: Arc::new(Semaphore::new(UNDER_WAY)),
            under_way: TaskTracker::new(),
        };
        articles.want(store.wanted()?);
        Ok(articles)
    }

    /// Runs until stopped; what is under way is abandoned then and fetched again at the next start.
    pub(crate) async fn run(
        mut self,
        mut wishes: mpsc::UnboundedReceiver<Vec<Wanted>>,
        stop: CancellationToken,
        pulse: Pulse,
    ) {
        loop {
            pulse.beat();
            let starved = !self.start_what_is_due(&stop);
            let beat = Instant::now() + BEAT;
            let wakes_at = self.due.peek().filter(|_| !starved).map_or(beat, |Reverse((at, _))| beat.min(*at));
            let places = self.places.clone();
            tokio::select! {
                () = stop.cancelled() => break,
                wanted = wishes.recv() => match wanted {
                    Some(wanted) => self.want(wanted),
                    None => break,
                },
                // A place that falls free is taken at once.
                Ok(place) = places.acquire(), if starved => drop(place),
                () = sleep_until(wakes_at) => {}
            }
        }
        self.under_way.close();
        self.under_way.wait().await;
    }

    /// Tries everything that is due once, and no more.
    pub(crate) async fn run_once(mut self) {
        let stop = CancellationToken::new();
        while !self.start_what_is_due(&stop) {
            drop(self.places.acquire().await);
        }
        self.under_way.close();
        self.under_way.wait().await;
    }

    fn want(&mut self, wanted: Vec<Wanted>) {
        let now = self.still.unwrap_or_else(Timestamp::now);
        for article in wanted {
            let wait = Duration::try_from(article.next_attempt.duration_since(now)).unwrap_or_default();
            self.due.push(Reverse((Instant::now() + wait, article.item)));
            self.wanted.insert(article.item, article);
        }
    }

    /// Starts what is due; false when there was no place for all of it.
    fn start_what_is_due(&mut self, stop: &CancellationToken) -> bool {
        while self.due.peek().is_some_and(|Reverse((at, _))| *at <= Instant::now()) {
            let Ok(place) = self.places.clone().try_acquire_owned() else { return false };
            let Some(Reverse((_, item))) = self.due.pop() else { return true };
            // One that was wanted anew meanwhile stands in the heap twice.
            let Some(wanted) = self.wanted.remove(&item) else { continue };
            let live = self.live.load_full();
            let (client, tasks, stop) = (self.client.load_full(), self.tasks.clone(), stop.clone());
            let still = self.still;
            self.under_way.spawn(async move {
                tokio::select! {
                    () = stop.cancelled() => {}
                    outcome = fetch(&client, live.source(&wanted.source), &wanted) => {
                        let tried = Tried { wanted, at: still.unwrap_or_else(Timestamp::now), outcome };
                        if tasks.send(Task::Article(Box::new(tried))).await.is_err() {
                            tracing::debug!("article dropped: the daemon is stopping");
                        }
                    }
                }
                drop(place);
            });
        }
        true
    }
}

async fn fetch(client: &Client, source: Option<&Source>, wanted: &Wanted) -> Result<Box<Article>, Unread> {
    let Some(source) = source.filter(|source| source.full_text) else {
        return Err(Unread::Never("its source asks for no full text any more".to_owned()));
    };
    let none = Validators::default();
    let request = Request::in_the_way_of(source, &wanted.url, &none, ACCEPT_PAGE, true);
    match client.fetch(&request).await {
        Ok(Fetched::Document(document)) => read(document).await,
        Ok(Fetched::Unchanged { .. }) => {
            Err(Unread::Again { why: "the server answered a question nobody asked".to_owned(), retry_after: None })
        }
        Err(error) => Err(Unread::of(&error)),
    }
}

async fn read(document: Document) -> Result<Box<Article>, Unread> {
    let reading = tokio::task::spawn_blocking(move || {
        let page = extract::Document {
            bytes: &document.bytes,
            content_type: document.content_type.as_deref(),
            url: Some(&document.url),
        };
        article::read(&page).map(Box::new).map_err(|error| Unread::on_page(&error))
    });
    match tokio::time::timeout(READ_TIME, reading).await {
        Ok(Ok(read)) => read,
        Ok(Err(failed)) => Err(Unread::Never(format!("the reader failed on it ({failed}); please report the page"))),
        Err(_) => Err(Unread::Never(format!("reading it took more than {} s", READ_TIME.as_secs()))),
    }
}
