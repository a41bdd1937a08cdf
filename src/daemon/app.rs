//! The daemon as a whole: built, started, reloaded, stopped. Every other task is started here.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::articles::Articles;
use super::delivery::Courier;
use super::healing::Healer;
use super::health::{Health, Pulse};
use super::ingesting::{self, Outlets, Task};
use super::live::{Live, Shared, SharedClient};
use super::lookback::{self, Job, backfill};
use super::operator::{self, Keeper};
use super::outbox::{News, Outbox};
use super::scheduler::{Notice, Scheduler};
use super::websub::{Hubs, Told};
use super::{Failure, control, desk, report};
use crate::config::{self, Config, Environment};
use crate::fetch::Client;
use crate::mail::Transport;
use crate::store::{Store, StoreError};

/// Polls read and waiting for the store; more wait in their own tasks. Bounds memory when the disk is slow.
pub(super) const WAITING_POLLS: usize = 64;

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
    start: Start,
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
    store_pulse: Pulse,
    pub(super) started: Timestamp,
    configured: Timestamp,
    reload_refused: Option<String>,
    pub(super) calls: mpsc::Receiver<control::Call>,
}

/// The loops of a running daemon.
pub(super) struct Loops {
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
}

/// Opens the store and says so when a damaged one had to make way.
pub(super) fn open_store(config: &Config) -> Result<Store, StoreError> {
    let opened = Store::open_watched(&config.storage, &mut super::systemd::opening)?;
    if let Some(set_aside) = &opened.set_aside {
        tracing::error!(
            to = %set_aside.to.display(),
            damage = set_aside.what,
            "the store was damaged and set aside; starting with an empty one: what was seen is forgotten, queued mail is in the old one"
        );
    }
    Ok(opened.store)
}

/// The transport of a configuration, and the sender it writes on envelopes.
pub(super) fn transport(config: &Config) -> Result<(Transport, String), Failure> {
    Ok((Transport::new(&config.mail).map_err(Failure::Mail)?, config.mail.from.address.clone()))
}

impl App {
    /// Builds and starts everything; nothing is polled before this returns.
    pub(super) fn start(start: Start, store: Store, stop: &CancellationToken) -> Result<(Self, Loops), Failure> {
        let client = Client::new(&start.config.http).map_err(Failure::Fetch)?;
        let client: SharedClient = Arc::new(ArcSwap::from_pointee(client));
        let (transport, from) = transport(&start.config)?;
        let live: Shared = Arc::new(ArcSwap::from_pointee(Live::new(start.config.clone())));
        let started = Timestamp::now();
        let courier = Arc::new(Courier::new(transport, from));
        let mut health = Health::default();
        let (tasks, task_queue) = mpsc::channel(WAITING_POLLS);
        let (notices, notice_queue) = mpsc::unbounded_channel();
        let (news, news_queue) = mpsc::unbounded_channel();
        let (wishes, wish_queue) = mpsc::unbounded_channel();
        let (ailing, ailing_queue) = mpsc::unbounded_channel();
        let (told_hubs, hub_queue) = mpsc::unbounded_channel();
        let (calls, call_queue) = mpsc::channel(8);
        let states: HashMap<_, _> = store.source_states()?.into_iter().collect();
        let articles = Articles::open(&store, live.clone(), client.clone(), tasks.clone(), None)?;
        let scheduler =
            Scheduler::new(client.clone(), tasks.clone(), &start.config.sources, states, health.pulse("polling"));
        let outbox = Outbox::open(store.clone(), live.clone(), courier.clone())?;
        let outlets = Outlets { notices: notices.clone(), news: news.clone(), wishes, ailing, hubs: told_hubs.clone() };
        let web = start.config.web.clone();
        let hubs = web.map(|web| Hubs::open(web, &store, live.clone(), client.clone(), tasks.clone(), notices.clone()));
        let hubs = hubs.transpose()?;
        let healer = Healer::new(store.clone(), live.clone(), client.clone(), tasks.clone());
        let (operator, words) = mpsc::unbounded_channel();
        let keeper = Keeper::new(store.clone(), live.clone(), client.clone(), news.clone(), notices.clone(), started);
        let loops = Loops {
            poll: tokio::spawn(scheduler.run(notice_queue, stop.clone())),
            articles: tokio::spawn(articles.run(wish_queue, stop.clone(), health.pulse("articles"))),
            ingest: spawn_ingest(store.clone(), live.clone(), task_queue, outlets, ingesting::LINGER),
            healer: tokio::spawn(healer.run(ailing_queue, stop.clone(), health.pulse("healing"))),
            operator: tokio::spawn(keeper.run(words, stop.clone(), health.pulse("operator"), health.clone())),
            hubs: spawn_hubs(hubs, hub_queue, stop.clone(), &mut health),
            send: tokio::spawn(outbox.run(news_queue, stop.clone(), health.pulse("sending"))),
            control: tokio::spawn(control::serve(start.config.storage.path.clone(), calls)),
            check: spawn_check(store.clone(), stop.clone()),
        };
        let app = Self {
            start,
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
            started,
            configured: started,
            reload_refused: None,
            calls: call_queue,
        };
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
        // Gone only when the daemon is stopping.
        self.operator.send(operator::Word::Reload { refused: outcome.is_err() }).ok();
        super::systemd::ready();
        outcome
    }

    fn try_reload(&mut self) -> Result<Vec<String>, String> {
        let loaded = config::load(&self.start.path, &self.start.environment);
        let mut config = loaded.config.ok_or_else(|| loaded.report.render(false))?;
        let changes = config.changes_from(&self.live.load().config);
        // All that can fail comes before anything live is touched.
        let client = Client::new(&config.http).map_err(|error| error.to_string())?;
        let (transport, from) = transport(&config).map_err(|error| error.to_string())?;
        config.storage = self.live.load().config.storage.clone();
        // The port stays as it was opened, and hubs as they were told.
        config.web = self.live.load().config.web.clone();
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
        let now = Timestamp::now();
        tokio::spawn(async move {
            // Polls that were put before the watches of before must be in the store first.
            if !taken_in(&tasks).await {
                return;
            }
            let raised = tokio::task::spawn_blocking(move || backfill::look_back(&store, &live, now)).await;
            match raised {
                Ok(Ok(0)) => {}
                // Gone only when the daemon is stopping: then they are composed at the next start.
                Ok(Ok(_)) => drop(news.send(News::Alerts)),
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
            let answer = self.reload().map(|changes| serde_json::json!(changes));
            // Whoever asked may have gone.
            return drop(call.answer.send(answer));
        }
        if let control::Question::Desk(desk::Request::Correct(correction)) = call.question {
            let tasks = self.tasks.clone();
            return drop(tokio::spawn(async move { drop(call.answer.send(corrected(&tasks, correction).await)) }));
        }
        let (store, live, daemon, news) = (self.store.clone(), self.live.load_full(), self.daemon(), self.news.clone());
        tokio::task::spawn_blocking(move || {
            let control::Call { question, job, answer } = call;
            let found = look_up(&store, &live, &question, &job, daemon);
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
            if taken_in(&tasks).await {
                pulse.beat();
            }
        });
    }

    /// Forgets what is older than configured.
    pub(super) fn prune(&self) {
        let (store, live) = (self.store.clone(), self.live.load_full());
        tokio::task::spawn_blocking(move || {
            let before = |keep: Duration| {
                jiff::SignedDuration::try_from(keep)
                    .ok()
                    .and_then(|keep| Timestamp::now().checked_sub(keep).ok())
                    .unwrap_or(Timestamp::MIN)
            };
            match store.prune(before(live.config.keep_items), before(live.config.keep_bodies)) {
                Ok(pruned) => tracing::debug!(?pruned, "pruned"),
                Err(error) => tracing::error!(%error, "prune"),
            }
        });
    }
}

/// Waits until everything sent to the store before is in it; not, when the daemon is stopping.
pub(super) async fn taken_in(tasks: &mpsc::WeakSender<Task>) -> bool {
    let (answer, answered) = tokio::sync::oneshot::channel();
    let Some(tasks) = tasks.upgrade() else { return false };
    tasks.send(Task::Probe(answer)).await.is_ok() && answered.await.is_ok()
}

/// Lets the ingest thread correct stories, whose index it owns.
async fn corrected(tasks: &mpsc::WeakSender<Task>, correction: desk::correct::Correction) -> control::Answer {
    let stopping = || "the daemon is stopping: `sahelwatch stories show` tells whether it was done".to_owned();
    let (answer, answered) = tokio::sync::oneshot::channel();
    let tasks = tasks.upgrade().ok_or_else(stopping)?;
    tasks.send(Task::Correct(correction, answer)).await.map_err(|_| stopping())?;
    drop(tasks);
    answered.await.map_err(|_| stopping())
}

fn look_up(
    store: &Store,
    live: &Live,
    question: &control::Question,
    job: &Job,
    daemon: report::Daemon,
) -> control::Answer {
    let config = &live.config;
    let document = match question {
        control::Question::Desk(request) => desk::answer(store, live, request, job),
        control::Question::Sources => report::sources(store, config).map(|lines| serde_json::json!(lines)),
        control::Question::Queue => report::queue(store).map(|lines| serde_json::json!(lines)),
        control::Question::LookBack(request) => lookback::answer(store, config, request, job),
        control::Question::Status | control::Question::Reload => {
            report::status(store, config, Some(daemon), Timestamp::now()).map(|status| serde_json::json!(status))
        }
    };
    document.map_err(|error| error.to_string())
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
    hubs: Option<Hubs>,
    told: mpsc::UnboundedReceiver<Told>,
    stop: CancellationToken,
    health: &mut Health,
) -> JoinHandle<()> {
    match hubs {
        Some(hubs) => tokio::spawn(hubs.run(told, stop, health.pulse("hubs"))),
        None => tokio::spawn(stop.cancelled_owned()),
    }
}

/// Starts the thread that takes polls in.
pub(super) fn spawn_ingest(
    store: Store,
    live: Shared,
    tasks: mpsc::Receiver<Task>,
    outlets: Outlets,
    linger: Duration,
) -> JoinHandle<Result<(), StoreError>> {
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || ingesting::run(&runtime, &store, &live, tasks, &outlets, linger))
}
