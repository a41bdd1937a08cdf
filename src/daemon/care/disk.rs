//! The disk of the state: watched, so that somebody is told before it is full, polls pause while it is, and all goes on by itself
//! when there is room again (docs/trials.md, A6). What is kept back of it for mail that waits is the store's.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::megabytes;
use crate::config::Config;
use crate::daemon::health::{BEAT, Pulse, every};
use crate::daemon::live::Shared;
use crate::daemon::operator::Word;
use crate::daemon::scheduler::Notice;
use crate::health::notice::Incident;
use crate::store::{Space, Store, StoreError};

/// Room below which somebody should know, where `low_space` does not say. A choice, not a measurement: far more than the store
/// keeps back for a full disk, so that there is time to act.
const LOW: u64 = 256_000_000;

/// On a small disk a tenth of it, so that it is not low from the first day.
const SHARE: u64 = 10;

/// Time between two words on it in the journal.
const SAY_EVERY: Duration = Duration::from_secs(600);

/// The disk, as `status` and `db stats` tell of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskLine {
    /// Bytes that can still be written.
    pub free: u64,
    /// Bytes of the file system.
    pub size: u64,
    /// Free bytes below which it is low.
    pub low_below: u64,
    /// Whether it is low.
    pub low: bool,
    /// Whether nothing new is taken in for want of room.
    pub full: bool,
    /// Bytes kept back for a start on a full disk.
    pub ballast: u64,
}

impl DiskLine {
    fn of(space: Space, config: &Config) -> Self {
        let Space { free, size, full, ballast } = space;
        let low_below = config.low_space.unwrap_or_else(|| LOW.min(size / SHARE));
        Self { free, size, low_below, low: full || free < low_below, full, ballast }
    }

    fn incident(&self, since: Timestamp) -> Option<Incident> {
        let what = if self.full {
            format!(
                "the disk of the state folder is full ({} free): nothing is polled until there is room; queued mail is still sent",
                megabytes(self.free)
            )
        } else {
            format!(
                "the disk of the state folder has {} free, less than {}",
                megabytes(self.free),
                megabytes(self.low_below)
            )
        };
        let advice = "free some space there; `sahelwatch db stats` shows what the store takes, `sahelwatch db compact` may win some";
        self.low.then(|| Incident { since, what, advice: Some(advice.to_owned()) })
    }
}

/// How the disk of a store stands.
///
/// # Errors
/// The store's.
pub fn line(store: &Store, config: &Config) -> Result<DiskLine, StoreError> {
    Ok(DiskLine::of(store.space()?, config))
}

/// The loop that watches.
pub(crate) struct Disk {
    store: Store,
    live: Shared,
    notices: mpsc::UnboundedSender<Notice>,
    operator: mpsc::UnboundedSender<Word>,
    /// Since when it is low.
    since: Option<Timestamp>,
    paused: bool,
    said: Option<Instant>,
}

impl Disk {
    /// Looks for the first time, before anything is polled.
    ///
    /// # Errors
    /// The store's.
    pub(crate) fn new(
        store: Store,
        live: Shared,
        notices: mpsc::UnboundedSender<Notice>,
        operator: mpsc::UnboundedSender<Word>,
    ) -> Result<Self, StoreError> {
        let mut disk = Self { store, live, notices, operator, since: None, paused: false, said: None };
        let space = disk.store.keep_room()?;
        disk.seen(space);
        Ok(disk)
    }

    /// Whether nothing can be taken in.
    pub(crate) fn is_full(&self) -> bool {
        self.paused
    }

    /// Looks again every few seconds, until stopped.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn run(mut self, stop: CancellationToken, pulse: Pulse) -> Result<(), StoreError> {
        let mut look = every(BEAT);
        loop {
            pulse.beat();
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                _ = look.tick() => {}
            }
            let store = self.store.clone();
            match tokio::task::spawn_blocking(move || store.keep_room()).await {
                Ok(space) => self.seen(space?),
                Err(panicked) => tracing::error!(error = %panicked, "the disk is not watched; please report this"),
            }
        }
    }

    /// What was seen, to those it concerns. They are gone only when the daemon is stopping.
    fn seen(&mut self, space: Space) {
        let disk = DiskLine::of(space, &self.live.load().config);
        if disk.full != self.paused {
            self.paused = disk.full;
            self.notices.send(Notice::Paused(disk.full)).ok();
        }
        let was_low = self.since.is_some();
        self.since = disk.low.then(|| self.since.unwrap_or_else(Timestamp::now));
        let incident = self.since.and_then(|since| disk.incident(since));
        match &incident {
            Some(incident) if self.said.is_none_or(|at| at.elapsed() >= SAY_EVERY) => {
                self.said = Some(Instant::now());
                tracing::error!(free = disk.free, "{}", incident.what);
            }
            Some(_) => {}
            None if was_low => {
                self.said = None;
                tracing::info!(free = disk.free, "the disk has room again");
            }
            None => {}
        }
        self.operator.send(Word::Disk(incident)).ok();
    }
}
