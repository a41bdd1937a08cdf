//! All that can be told of the daemon at one moment. What needs the store is asked of it on a thread of its own and kept for a second;
//! when the store does not answer, everything else is told without it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::process::{Process, process};
use super::{Configuration, Inside, Outside};
use crate::daemon::counters::Counted;
use crate::daemon::live::Live;
use crate::daemon::report::{self, FloorLine, SourceLine, Status};
use crate::store::{Latencies, Stats, Store, StoreError};

/// How long what the store said is as good as new: several monitors cost no more than one.
const FRESH: Duration = Duration::from_secs(1);
/// Longest wait for the store, and before that for others who wait for it: together below the 10 s that Prometheus waits.
const PATIENCE: Duration = Duration::from_secs(4);

/// The picture.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    /// The moment.
    pub(super) now: Timestamp,
    /// When the daemon was started.
    pub(super) started: Timestamp,
    pub(super) process: Process,
    pub(super) configuration: Configuration,
    /// Every loop, and whether it hangs.
    pub(super) loops: Vec<(&'static str, bool)>,
    pub(super) counted: Counted,
    /// None unless the store is open.
    pub(super) latencies: Option<Latencies>,
    /// None unless the store answers.
    pub(super) stored: Option<Arc<Stored>>,
}

/// What the store says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stored {
    pub(super) status: Status,
    pub(super) sources: Vec<SourceLine>,
    pub(super) floors: Vec<FloorLine>,
    pub(super) stats: Stats,
    /// Bytes that the disk of the state folder has left for us.
    pub(super) free: Option<u64>,
}

/// What the store said last, and the look that is under way.
#[derive(Debug, Default)]
pub(super) struct Looks(Mutex<Look>);

#[derive(Debug, Default)]
struct Look {
    last: Option<(Instant, Arc<Stored>)>,
    /// Kept when nobody waits for it any more: on a store that hangs one thread waits, and not one for each question.
    under_way: Option<JoinHandle<Result<Stored, StoreError>>>,
}

impl Figures {
    /// Looks at everything.
    pub(super) async fn gather(outside: &Outside, now: Timestamp) -> Self {
        let (inside, configuration) = {
            let known = outside.known();
            (known.inside.clone(), known.configuration)
        };
        let stored = match &inside {
            Some(inside) => outside.looks.stored(inside, now).await,
            None => None,
        };
        let loops = inside.as_ref().map(|inside| inside.health.loops(Instant::now()));
        Self {
            now,
            started: outside.started,
            process: process(),
            configuration,
            loops: loops.unwrap_or_default(),
            counted: outside.counters.read(),
            latencies: inside.map(|inside| inside.store.latencies()),
            stored,
        }
    }
}

impl Looks {
    /// What the store says now, or said a moment ago. None when it does not answer.
    async fn stored(&self, inside: &Inside, now: Timestamp) -> Option<Arc<Stored>> {
        let mut look = timeout(PATIENCE, self.0.lock()).await.ok()?;
        if let Some((at, stored)) = &look.last
            && at.elapsed() < FRESH
        {
            return Some(stored.clone());
        }
        let start = || {
            let (store, live) = (inside.store.clone(), inside.live.load_full());
            tokio::task::spawn_blocking(move || ask(&store, &live, now))
        };
        let answer = timeout(PATIENCE, look.under_way.get_or_insert_with(start)).await.ok()?;
        look.under_way = None;
        match answer {
            Ok(Ok(stored)) => {
                let stored = Arc::new(stored);
                look.last = Some((Instant::now(), stored.clone()));
                Some(stored)
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "the store cannot be looked at");
                None
            }
            Err(panicked) => {
                tracing::error!(error = %panicked, "the store cannot be looked at; please report this");
                None
            }
        }
    }
}

fn ask(store: &Store, live: &Live, now: Timestamp) -> Result<Stored, StoreError> {
    let report::Whole { status, sources, floors } = report::whole(store, &live.config, None, now)?;
    let free = rustix::fs::statvfs(&live.config.storage.path).ok();
    let free = free.map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    Ok(Stored { status, sources, floors, stats: store.stats()?, free })
}
