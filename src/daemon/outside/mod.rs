//! The view from outside: `/healthz`, `/readyz` and `/metrics` on a port of this machine, for whoever monitors the daemon. Off unless
//! configured. It only looks: nothing that is asked here changes anything, and a daemon that is asked no more works on as before.
//!
//! `figures` is all that can be told, gathered at the moment it is asked for; `page` writes it down; `answers` takes requests, of which
//! `host` judges for whom they are. What the loops count meanwhile stands in `daemon::counters`.

mod answers;
mod figures;
mod host;
mod page;
mod process;
mod sheet;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::counters::Counters;
use super::health::Health;
use super::live::Shared;
use super::vitals::{Stage, Vitals};
use super::{http, report};
use crate::config::Metrics;
use crate::store::Store;
use figures::Looks;

/// Connections at once: a monitor, the one beside it, and a person.
const CONNECTIONS: usize = 8;
/// Pause before a port that is taken is tried again.
const PAUSE: Duration = Duration::from_secs(5);

/// What is known for the world outside, from the start of the daemon to its end.
#[derive(Debug)]
pub(crate) struct Outside {
    pub(crate) counters: Counters,
    started: Timestamp,
    known: Mutex<Known>,
    looks: Looks,
}

#[derive(Debug)]
struct Known {
    stage: Stage,
    /// There while the daemon runs. A store that is held here is not closed.
    inside: Option<Inside>,
    configuration: Configuration,
}

/// The configuration in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Configuration {
    /// When it was read.
    pub(crate) read: Timestamp,
    /// Whether a newer one was refused.
    pub(crate) refused: bool,
}

/// A running daemon, to be looked at.
#[derive(Debug, Clone)]
pub(crate) struct Inside {
    pub(crate) store: Store,
    pub(crate) live: Shared,
    pub(crate) health: Health,
}

impl Outside {
    /// At the start of the daemon, before the store is open.
    pub(crate) fn new(started: Timestamp) -> Self {
        let configuration = Configuration { read: started, refused: false };
        let known = Mutex::new(Known { stage: Stage::Opening, inside: None, configuration });
        Self { counters: Counters::default(), started, known, looks: Looks::default() }
    }

    /// The daemon runs.
    pub(crate) fn runs(&self, inside: Inside) {
        let mut known = self.known();
        (known.stage, known.inside) = (Stage::Running, Some(inside));
    }

    /// It stops: the store is let go of.
    pub(crate) fn stops(&self) {
        let mut known = self.known();
        (known.stage, known.inside) = (Stage::Stopping, None);
    }

    /// The configuration was read again.
    pub(crate) fn configured(&self, configuration: Configuration) {
        self.known().configuration = configuration;
    }

    /// What is known without asking the store.
    pub(crate) fn vitals(&self) -> Vitals {
        let known = self.known();
        let hanging = known.inside.as_ref().map(|inside| inside.health.hanging(std::time::Instant::now()));
        Vitals {
            schema: report::SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            stage: known.stage,
            hanging: hanging.unwrap_or_default().into_iter().map(str::to_owned).collect(),
            mail_stuck: self.counters.last_look().and_then(|looked| looked.stuck),
            reload_refused: known.configuration.refused,
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Whoever panicked left it whole: every change of it is one step.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Listens until closed, where anything is configured. A port that is taken is tried again and again: a daemon that nobody can look at
/// still mails, and one that does not start does not.
pub(crate) async fn serve(outside: Arc<Outside>, metrics: Option<Metrics>, close: CancellationToken) {
    let Some(metrics) = metrics else { return };
    let Some(listener) = listen(&metrics, &close).await else { return };
    tracing::info!(address = %metrics.listen, "health and metrics are served");
    let metrics = Arc::new(metrics);
    http::serve(listener, CONNECTIONS, close, move |request| {
        let (outside, metrics) = (outside.clone(), metrics.clone());
        async move { answers::respond(&request, &outside, &metrics).await }
    })
    .await;
}

async fn listen(metrics: &Metrics, close: &CancellationToken) -> Option<TcpListener> {
    let mut last = None;
    loop {
        match http::open(metrics.listen) {
            Ok(listener) => return Some(listener),
            Err(error) => {
                if last.replace(error.kind()) != Some(error.kind()) {
                    let address = metrics.listen;
                    tracing::error!(%address, %error, "health and metrics cannot be served, tried again; see `metrics.listen`");
                }
            }
        }
        tokio::select! {
            () = close.cancelled() => return None,
            () = sleep(PAUSE) => {}
        }
    }
}
