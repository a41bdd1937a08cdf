//! The loops, the only spawned tasks: polling, fetching articles, taking in, healing, telling the operator, listening to hubs, sending;
//! and what starts, stops and watches them.
//!
//! In the order of the sentence: `scheduler` knows when a source is due, `poll` fetches and parses it, `intake` and `ingest` identify,
//! match and commit, `composing` freezes notifications, `outbox` and `delivery` send them and record it. Beside the sentence,
//! `articles` and `full_text` read what stands behind items, `sight`, `standings` and `healing` see to how sources stand, `operator`
//! tells who runs this, `websub` hears hubs, `control` answers who asks, `lookback` what they ask of the past, and `desk` what they
//! ask of stories and mutes, or decide; `care` sees to the store and its disk, `exporting` keeps copies of it; `counters` and `vitals`
//! are what `outside` shows to whoever monitors all this.

mod answers;
mod app;
mod articles;
mod at_rest;
pub mod care;
mod catching_up;
mod composing;
pub mod control;
mod counters;
mod delivery;
pub mod desk;
mod exporting;
mod fetching;
mod floods;
mod full_text;
mod healing;
mod health;
mod http;
mod ingest;
mod ingesting;
mod intake;
mod live;
mod log;
pub mod lookback;
mod memory;
mod once;
mod operator;
mod outbox;
mod outside;
mod placing;
mod poll;
mod priming;
mod queue;
mod relay;
pub mod report;
mod scheduler;
mod sight;
mod sleep;
mod standings;
mod systemd;
mod tasks;
mod undelivered;
pub mod vitals;
mod websub;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

pub use app::Start;
pub use once::{Conduct, Progress, Round, once};

use crate::fetch::FetchError;
use crate::mail::MailError;
use crate::store::StoreError;
use app::{App, Loops};
use outside::Outside;

/// Longest time a stop may take; mails under way have most of it. systemd kills after `TimeoutStopSec=35`.
const STOP: Duration = Duration::from_secs(30);
/// Time between two looks whether an export is due; a new store, or one whose journal has a gap, has one at once.
const EXPORT_EVERY: Duration = Duration::from_secs(600);
/// Time between two days of care for the store.
const CARE_EVERY: Duration = Duration::from_secs(24 * 3600);

/// Why the daemon could not start or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The store failed: nothing can be remembered, so nothing may be done.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The HTTP client could not be built.
    #[error(transparent)]
    Fetch(FetchError),
    /// The mail transport could not be set up.
    #[error(transparent)]
    Mail(MailError),
    /// Opening the store panicked: a bug of ours.
    #[error("open the store: {0}; please report this")]
    Opening(tokio::task::JoinError),
    /// The port for hubs cannot be opened.
    #[error("listen for hubs on {address}: {error}; set `web.listen` to an address of this machine that is free")]
    Listen {
        /// `web.listen`.
        address: SocketAddr,
        /// The system's reason.
        error: std::io::Error,
    },
    /// Signals cannot be received.
    #[error("listen for signals: {0}")]
    Signals(#[from] std::io::Error),
    /// The system has nothing left to fetch with.
    #[error("start the runtime that fetches: {0}; does the limit of open files leave room for it?")]
    Runtime(std::io::Error),
    /// A loop ended although nobody asked it to: a bug of ours. systemd starts us again, and nothing committed is lost.
    #[error("the {0} loop ended by itself; please report this")]
    Loop(&'static str),
}

/// Runs the daemon until SIGTERM or SIGINT; SIGHUP reloads; a second signal exits at once.
///
/// # Errors
/// [`Failure`]; what was committed before stays.
pub async fn run(start: Start) -> Result<(), Failure> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let (outside, closing) = (Arc::new(Outside::new(Timestamp::now())), CancellationToken::new());
    // From now on, since reading a store may take a minute, until the last mail under way is done.
    let view = tokio::spawn(outside::serve(outside.clone(), start.config.metrics.clone(), closing.clone()));
    let config = start.config.clone();
    let store = tokio::select! {
        opened = tokio::task::spawn_blocking(move || app::open_store(&config)) => match opened {
            Ok(opened) => opened?,
            Err(panicked) => return Err(Failure::Opening(panicked)),
        },
        // Nothing was begun yet, and what is read of the store is read again.
        () = forced(&mut terminate, &mut interrupt) => {
            tracing::info!("stopped before the store was open");
            std::process::exit(0);
        }
    };
    let (mut app, mut loops) = App::start(start, store, outside.clone(), &stop)?;
    let config = &app.live.load().config;
    tracing::info!(sources = config.sources.len(), watches = config.watches.len(), "started");
    systemd::ready();

    let mut beat = health::every(health::BEAT);
    let mut care = tokio::time::interval_at(tokio::time::Instant::now() + Duration::from_secs(600), CARE_EVERY);
    let mut export = tokio::time::interval_at(tokio::time::Instant::now() + Duration::from_secs(1), EXPORT_EVERY);
    let broken = loop {
        tokio::select! {
            _ = terminate.recv() => break None,
            _ = interrupt.recv() => break None,
            // The reason was logged and stands in `status`.
            _ = hangup.recv() => drop(app.reload()),
            Some(call) = app.calls.recv() => app.answer(call),
            _ = beat.tick() => app.check_health(),
            _ = care.tick() => app.care(),
            _ = export.tick() => app.export(),
            failure = loops.failure() => break Some(failure),
        }
    };
    // Whoever hears that we stop may count on it that nothing new is begun.
    stop.cancel();
    outside.stops();
    systemd::stopping();
    if let Some(failure) = broken {
        // The other loops may hang on what broke; what they had committed is safe, and the rest is done again.
        return Err(failure);
    }
    tracing::info!("stopping");
    let stopped = tokio::select! {
        () = forced(&mut terminate, &mut interrupt) => {
            tracing::warn!("stopped at once by a second signal");
            std::process::exit(1);
        }
        stopped = tokio::time::timeout(STOP, loops.stopped(app)) => stopped.unwrap_or_else(|_| {
            tracing::error!(seconds = STOP.as_secs(), "not everything stopped in time; what is committed is safe");
            Ok(())
        }),
    };
    closing.cancel();
    // It had nothing left to do but to hear that.
    drop(view.await);
    stopped
}

async fn forced(terminate: &mut tokio::signal::unix::Signal, interrupt: &mut tokio::signal::unix::Signal) {
    tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
}

impl Loops {
    /// Resolves when a loop ends that should not.
    async fn failure(&mut self) -> Failure {
        tokio::select! {
            _ = &mut self.poll => Failure::Loop("polling"),
            _ = &mut self.articles => Failure::Loop("articles"),
            _ = &mut self.hubs => Failure::Loop("hubs"),
            ended = &mut self.ingest => failure_of(ended, "storing"),
            ended = &mut self.healer => failure_of(ended, "healing"),
            ended = &mut self.operator => failure_of(ended, "operator"),
            ended = &mut self.send => failure_of(ended, "sending"),
            ended = &mut self.check => failure_of(ended, "checking"),
            ended = &mut self.disk => failure_of(ended, "disk"),
        }
    }

    /// Waits for the loops in the order in which they feed each other. The application goes first: it holds the channels that
    /// keep them waiting.
    async fn stopped(self, app: App) -> Result<(), Failure> {
        let state = app.live.load().config.storage.path.clone();
        drop(app);
        self.control.abort();
        let mut result = Ok(());
        for (ended, name) in [(self.poll, "polling"), (self.articles, "articles"), (self.hubs, "hubs")] {
            if let Err(panicked) = ended.await {
                tracing::error!(error = %panicked, "{name}");
            }
        }
        let rest = [
            (self.healer, "healing"),
            (self.check, "checking"),
            (self.disk, "disk"),
            (self.ingest, "storing"),
            (self.operator, "operator"),
            (self.send, "sending"),
        ];
        for (ended, name) in rest {
            if let Ok(Err(error)) = ended.await {
                tracing::error!(%error, "{name}");
                result = Err(Failure::Store(error));
            }
        }
        // A leftover socket is harmless: the next start removes it.
        drop(std::fs::remove_file(control::socket(&state)));
        tracing::info!("stopped");
        result
    }
}

fn failure_of(ended: Result<Result<(), StoreError>, tokio::task::JoinError>, name: &'static str) -> Failure {
    match ended {
        Ok(Err(error)) => Failure::Store(error),
        Ok(Ok(())) => Failure::Loop(name),
        Err(panicked) => {
            tracing::error!(error = %panicked, "the {name} loop panicked");
            Failure::Loop(name)
        }
    }
}
