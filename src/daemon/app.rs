//! The daemon as a whole: built, started, reloaded, stopped. Every other task is started here.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::articles::Articles;
use super::care::{self, Bites, Disk};
use super::delivery::Courier;
use super::fetching::Fetching;
use super::healing::Healer;
use super::health::{Health, Pulse};
use super::ingesting::{self, Outlets};
use super::live::{Live, Shared, SharedClient};
use super::lookback::backfill;
use super::operator::{self, Keeper};
use super::outbox::{News, Outbox};
use super::outside::{Configuration, Inside, Outside};
use super::scheduler::{Notice, Scheduler};
use super::tasks::{LINGER, Task, WAITING_POLLS, answered, taken_in};
use super::websub::{Hubs, Told};
use super::{Failure, answers, control, desk, exporting, report};
use crate::config::{self, Config, Environment};
use crate::fetch::Client;
use crate::mail::Transport;
use crate::model::Reason;
use crate::schedule;
use crate::store::{Store, StoreError};

/// What a daemon is started with.
#[derive(Debug)]
pub struct Start {
    /// The checked configuration.
    pub config: Config,
    /// Where it was read from, for reloads.
    pub path: PathBuf,
    /// What it was read with.
    pub environment: Environment,
}

/// A running daemon.
pub(super) struct App {
    /// Where the configuration was read from, and with what. Not what it said: that would be kept over every reload.
    path: PathBuf,
    environment: Environment,
    pub(super) live: Shared,
    pub(super) store: Store,
    courier: Arc<Courier>,
    notices: mpsc::UnboundedSender<Notice>,
    news: mpsc::UnboundedSender<News>,
    client: SharedClient,
    operator: mpsc::UnboundedSender<operator::Word>,
    hubs: mpsc::UnboundedSender<Told>,
    tasks: mpsc::WeakSender<Task>,
    pub(super) health: Health,
    pub(super) outside: Arc<Outside>,
    store_pulse: Pulse,
    pub(super) started: Timestamp,
    /// The same by a clock that is never set.
    began: Instant,
    /// The last poll before it, by the clock of then.
    polled_last: Timestamp,
    configured: Timestamp,
    reload_refused: Option<String>,
    bites: Arc<Mutex<Bites>>,
    pub(super) calls: mpsc::Receiver<control::Call>,
    stop: CancellationToken,
}

/// The loops of a running daemon.
pub(super) struct Loops {
    /// What talks to sources runs there.
    pub(super) _fetching: Fetching,
    pub(super) poll: JoinHandle<()>,
    pub(super) articles: JoinHandle<()>,
    pub(super) ingest: JoinHandle<Result<(), StoreError>>,
    pub(super) healer: JoinHandle<Result<(), StoreError>>,
    pub(super) operator: JoinHandle<Result<(), StoreError>>,
    pub(super) hubs: JoinHandle<()>,
    pub(super) send: JoinHandle<Result<(), StoreError>>,
    pub(super) control: JoinHandle<()>,
    /// Reads through what opening left unread of the store.
    pub(super) check: JoinHandle<Result<(), StoreError>>,
    /// Watches the disk.
    pub(super) disk: JoinHandle<Result<(), StoreError>>,
}

/// Opens the store and says so when a damaged one had to make way.
pub(super) fn open_store(config: &Config) -> Result<Store, StoreError> {
    care::compact_if_asked(&config.storage)?;
    let opened = Store::open_watched(&config.storage, &mut super::systemd::opening)?;
    if let Some(set_aside) = &opened.set_aside {
        tracing::error!(to = %set_aside.to.display(), damage = set_aside.what, "the store was damaged and set aside");
    }
    if let Some(recovery) = &opened.recovery {
        tracing::error!("the store was {}", recovery.told());
    }
    Ok(opened.store)
}

/// The transport of a configuration, and the sender it writes on envelopes.
pub(super) fn transport(config: &Config) -> Result<(Transport, String), Failure> {
    Ok((Transport::new(&config.mail).map_err(Failure::Mail)?, config.mail.from.address.clone()))
}

impl App {
    /// Builds and starts everything; nothing is polled before this returns.
    pub(super) fn start(
        start: Start,
        store: Store,
        outside: Arc<Outside>,
        stop: &CancellationToken,
    ) -> Result<(Self, Loops), Failure> {
        let Start { config, path, environment } = start;
        let client = Client::new(&config.http).map_err(Failure::Fetch)?;
        let client: SharedClient = Arc::new(ArcSwap::from_pointee(client));
        let (transport, from) = transport(&config)?;
        let (web, state) = (config.web.clone(), config.storage.path.clone());
        let live: Shared = Arc::new(ArcSwap::from_pointee(Live::new(config)));
        let started = Timestamp::now();
        let counters = outside.counters.clone();
        let courier = Arc::new(Courier::new(transport, from).counted(counters.clone()));
        let health = Health::default();
        let (tasks, task_queue) = mpsc::channel(WAITING_POLLS);
        let (notices, notice_queue) = mpsc::unbounded_channel();
        let (news, news_queue) = mpsc::unbounded_channel();
        let (wishes, wish_queue) = mpsc::unbounded_channel();
        let (ailing, ailing_queue) = mpsc::unbounded_channel();
        let (told_hubs, hub_queue) = mpsc::unbounded_channel();
        let (calls, call_queue) = mpsc::channel(8);
        let polled_last =
            store.source_states_by(|state| state.last_attempt)?.into_iter().filter_map(|(_, at)| at).max();
        let articles = Articles::open(&store, live.clone(), client.clone(), tasks.clone(), None)?;
        let (polls, pulse) = (tasks.clone(), health.pulse("polling"));
        let mut scheduler = Scheduler::new(store.clone(), client.clone(), polls, &live.load().config.sources, pulse)?;
        let outbox = Outbox::open(store.clone(), live.clone(), courier.clone())?;
        let outlets = Outlets {
            notices: notices.clone(),
            news: news.clone(),
            wishes,
            ailing,
            hubs: told_hubs.clone(),
            counters: counters.clone(),
        };
        let hubs = web.map(|web| Hubs::open(web, &store, live.clone(), client.clone(), tasks.clone(), notices.clone()));
        let hubs = hubs.transpose()?;
        let healer = Healer::new(store.clone(), live.clone(), client.clone(), tasks.clone());
        let (operator, words) = mpsc::unbounded_channel();
        let disk = Disk::new(store.clone(), live.clone(), notices.clone(), operator.clone())?;
        scheduler.paused = disk.is_full();
        let (told, noted) = (news.clone(), notices.clone());
        let keeper = Keeper::new(store.clone(), live.clone(), client.clone(), told, noted, courier.clone(), started);
        let fetching = Fetching::start()?;
        let loops = Loops {
            poll: fetching.spawn(scheduler.run(notice_queue, stop.clone())),
            articles: fetching.spawn(articles.run(wish_queue, stop.clone(), health.pulse("articles"))),
            ingest: spawn_ingest(&fetching, store.clone(), live.clone(), task_queue, outlets, LINGER),
            healer: fetching.spawn(healer.run(ailing_queue, stop.clone(), health.pulse("healing"))),
            operator: tokio::spawn(keeper.run(words, stop.clone(), health.pulse("operator"), health.clone())),
            hubs: spawn_hubs(&fetching, hubs, hub_queue, stop.clone(), &health),
            send: tokio::spawn(outbox.run(news_queue, stop.clone(), health.pulse("sending"))),
            control: tokio::spawn(control::serve(state, calls)),
            check: spawn_check(store.clone(), stop.clone()),
            disk: tokio::spawn(disk.run(stop.clone(), health.pulse("disk"))),
            _fetching: fetching,
        };
        let app = Self {
            path,
            environment,
            live,
            store,
            courier,
            notices,
            news,
            client,
            operator,
            hubs: told_hubs,
            tasks: tasks.downgrade(),
            store_pulse: health.pulse("storing"),
            health,
            outside,
            started,
            began: Instant::now(),
            polled_last: polled_last.unwrap_or(started),
            configured: started,
            reload_refused: None,
            bites: Arc::default(),
            calls: call_queue,
            stop: stop.clone(),
        };
        let inside = Inside { store: app.store.clone(), live: app.live.clone(), health: app.health.clone() };
        app.outside.runs(inside);
        app.look_back();
        Ok((app, loops))
    }

    /// Reads the configuration again. A bad one changes nothing.
    ///
    /// # Errors
    /// Every problem, as `check` prints it.
    pub(super) fn reload(&mut self) -> Result<Vec<String>, String> {
        super::systemd::reloading();
        let outcome = self.try_reload();
        match &outcome {
            Ok(changes) if changes.is_empty() => tracing::info!("configuration reloaded, nothing changed"),
            Ok(changes) => tracing::info!(changes = changes.join("; "), "configuration reloaded"),
            Err(problems) => tracing::error!("configuration refused, the old one stays in force:\n{problems}"),
        }
        self.reload_refused = outcome.as_ref().err().cloned();
        self.outside.configured(Configuration { read: self.configured, refused: outcome.is_err() });
        // Gone only when the daemon is stopping.
        self.operator.send(operator::Word::Reload { refused: outcome.is_err() }).ok();
        super::systemd::ready();
        outcome
    }

    fn try_reload(&mut self) -> Result<Vec<String>, String> {
        let loaded = config::load(&self.path, &self.environment);
        let mut config = loaded.config.ok_or_else(|| loaded.report.render(false))?;
        let changes = config.changes_from(&self.live.load().config);
        // All that can fail comes before anything live is touched.
        let client = Client::new(&config.http).map_err(|error| error.to_string())?;
        let (transport, from) = transport(&config).map_err(|error| error.to_string())?;
        config.storage = self.live.load().config.storage.clone();
        // The port stays as it was opened, and hubs as they were told.
        config.web = self.live.load().config.web.clone();
        config.metrics = self.live.load().config.metrics.clone();
        let live = Arc::new(Live::new(config));
        self.live.store(live.clone());
        self.courier.replace(transport, from);
        self.client.store(Arc::new(client));
        self.notices.send(Notice::Reloaded(live)).map_err(|_| "the daemon is stopping".to_owned())?;
        // Gone where no hub can reach us.
        self.hubs.send(Told::Reloaded).ok();
        self.news.send(News::Reloaded).map_err(|_| "the daemon is stopping".to_owned())?;
        self.configured = Timestamp::now();
        self.look_back();
        Ok(changes)
    }

    /// Lets watches that are new look back, beside everything else.
    fn look_back(&self) {
        let (store, live, news, tasks) =
            (self.store.clone(), self.live.load_full(), self.news.clone(), self.tasks.clone());
        let (now, counters) = (Timestamp::now(), self.outside.counters.clone());
        tokio::spawn(async move {
            // Polls that were put before the watches of before must be in the store first.
            if !taken_in(&tasks).await {
                return;
            }
            let raised = tokio::task::spawn_blocking(move || backfill::look_back(&store, &live, now)).await;
            match raised {
                Ok(Ok(0)) => {}
                // Gone only when the daemon is stopping: then they are composed at the next start.
                Ok(Ok(raised)) => {
                    counters.raised(Reason::Backfilled, raised);
                    news.send(News::Alerts).ok();
                }
                Ok(Err(error)) => tracing::error!(%error, "backfill"),
                Err(panicked) => {
                    tracing::error!(error = %panicked, "the backfill failed inside and is tried again at the next start; please report this");
                }
            }
        });
    }

    /// Answers a command. Look-ups run aside: a store that hangs must not keep signals from being heard.
    pub(super) fn answer(&mut self, call: control::Call) {
        if call.question == control::Question::Reload {
            let reloaded = self.reload().map_or_else(control::Reloaded::Refused, control::Reloaded::Changed);
            // Whoever asked may have gone.
            return drop(call.answer.send(Ok(serde_json::json!(reloaded))));
        }
        if call.question == control::Question::Vitals {
            return drop(call.answer.send(Ok(serde_json::json!(self.outside.vitals()))));
        }
        if let control::Question::Desk(desk::Request::Correct(correction)) = call.question {
            let tasks = self.tasks.clone();
            return drop(tokio::spawn(
                async move { drop(call.answer.send(answers::corrected(&tasks, correction).await)) },
            ));
        }
        let (store, live, daemon, news) = (self.store.clone(), self.live.load_full(), self.daemon(), self.news.clone());
        tokio::task::spawn_blocking(move || {
            let control::Call { question, job, bytes, answer } = call;
            let found = match (&question, bytes) {
                (control::Question::Copy(kind), Some(bytes)) => exporting::stream(&store, *kind, bytes, &job),
                _ => answers::look_up(&store, &live, &question, &job, daemon),
            };
            if matches!(&question, control::Question::Desk(request) if request.decides()) {
                // Gone only when the daemon is stopping: then it counts from the next start on.
                news.send(News::Alerts).ok();
            }
            drop(answer.send(found))
        });
    }

    fn daemon(&self) -> report::Daemon {
        report::Daemon {
            pid: std::process::id(),
            started: self.started,
            configured: self.configured,
            reload_refused: self.reload_refused.clone(),
            mail_stopped: self.courier.stopped().map(|(_, why)| why),
            hanging: self.health.hanging(std::time::Instant::now()).into_iter().map(str::to_owned).collect(),
        }
    }

    /// Feeds the watchdog while every loop moves, and asks the store to show that it does.
    pub(super) fn check_health(&self) {
        let hanging = self.health.hanging(std::time::Instant::now());
        if hanging.is_empty() {
            super::systemd::alive();
        } else {
            tracing::error!(loops = hanging.join(", "), "a loop hangs; the watchdog is not fed any more");
        }
        let (tasks, pulse) = (self.tasks.clone(), self.store_pulse.clone());
        tokio::spawn(async move {
            if answered(&tasks, Task::Probe).await {
                pulse.beat();
            }
        });
    }

    /// Makes the export of the day, where it is due.
    pub(super) fn export(&self) {
        let (store, stop) = (self.store.clone(), self.stop.clone());
        tokio::task::spawn_blocking(move || exporting::export(&store, || !stop.is_cancelled()));
    }

    /// Does what is done once a day: forgets what is older than configured, and what is above the size.
    pub(super) fn care(&self) {
        let (store, live, operator) = (self.store.clone(), self.live.load_full(), self.operator.clone());
        let (bites, started) = (self.bites.clone(), self.started);
        let (known, running) = (self.polled_last, self.began.elapsed());
        tokio::task::spawn_blocking(move || {
            let now = Timestamp::now();
            let before = |keep| schedule::forget_before(now, known, running, keep);
            match care::daily(&store, &live.config, now, before) {
                Ok(shrunk) => {
                    let mut bites = bites.lock().unwrap_or_else(PoisonError::into_inner);
                    bites.tell(shrunk, started, now, &operator);
                }
                Err(error) => tracing::error!(%error, "the daily care of the store"),
            }
        });
    }
}

/// Starts reading what is left of the store. Ends before it is told to only with what it found.
fn spawn_check(store: Store, stop: CancellationToken) -> JoinHandle<Result<(), StoreError>> {
    tokio::spawn(async move {
        let stopping = stop.clone();
        match tokio::task::spawn_blocking(move || store.read_through(|| !stopping.is_cancelled())).await {
            Ok(read) => read?,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
        stop.cancelled().await;
        Ok(())
    })
}

/// Starts asking hubs and listening to them, where they can reach us.
fn spawn_hubs(
    fetching: &Fetching,
    hubs: Option<Hubs>,
    told: mpsc::UnboundedReceiver<Told>,
    stop: CancellationToken,
    health: &Health,
) -> JoinHandle<()> {
    match hubs {
        Some(hubs) => fetching.spawn(hubs.run(told, stop, health.pulse("hubs"))),
        None => tokio::spawn(stop.cancelled_owned()),
    }
}

/// Starts the thread that takes polls in.
pub(super) fn spawn_ingest(
    fetching: &Fetching,
    store: Store,
    live: Shared,
    tasks: mpsc::Receiver<Task>,
    outlets: Outlets,
    linger: Duration,
) -> JoinHandle<Result<(), StoreError>> {
    let fetching = fetching.handle().clone();
    tokio::task::spawn_blocking(move || ingesting::run(&fetching, &store, &live, tasks, &outlets, linger))
}
