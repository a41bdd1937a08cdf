//! The care of the store: forgetting by age and size, compaction at a start that was asked for, room on the disk, and what can be
//! asked about all of it. What is forgotten, kept back and copied is the store's; when, and who is told, is here.

mod disk;
mod forecast;
mod stats;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

pub(crate) use disk::Disk;
pub use disk::{DiskLine, line as disk_line};
pub use forecast::Forecast;
pub use stats::{Retention, StoreStats, TableLine, stats};

use super::lookback::Job;
use super::operator::Word;
use super::systemd;
use crate::config::Config;
use crate::health::notice::Incident;
use crate::store::{Compaction, Reading, Settings, Shrunk, Store, StoreError};

/// A size that has not bitten for so long bites no more. It takes off a few percent more than it must, and so comes every few days.
const BITES_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What can be asked about a store at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// What it holds: [`StoreStats`].
    Stats,
    /// Read everything through: the number of rows.
    Verify,
}

/// Answers, as JSON, the way it goes through the control socket.
///
/// # Errors
/// The store's.
pub(super) fn answer(
    store: &Store,
    config: &Config,
    request: Request,
    job: &Job,
) -> Result<serde_json::Value, StoreError> {
    let mut go_on = |reading: Reading| {
        job.reaches(reading.read, reading.rows);
        !job.is_dropped()
    };
    Ok(match request {
        Request::Stats => serde_json::json!(stats(store, config, Timestamp::now(), &mut go_on)?),
        Request::Verify => serde_json::json!(store.verify_at_work(&mut go_on)?),
    })
}

/// Since when, and until when at last, the size has bitten.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bites(Option<(Timestamp, Timestamp)>);

/// What is done once a day: forgets by age, and by size where one is set, and asks for a compaction where the file has grown far
/// beyond what it holds. `before` says until when what was seen is old, by the time for which it is kept. Gives what went by size.
///
/// # Errors
/// The store's.
pub(crate) fn daily(
    store: &Store,
    config: &Config,
    now: Timestamp,
    before: impl Fn(Duration) -> Timestamp,
) -> Result<Option<Shrunk>, StoreError> {
    let pruned = store.prune(before(config.keep_items), before(config.keep_bodies))?;
    tracing::debug!(?pruned, "pruned");
    let Some(holdings) = store.measure(now, &mut |_| true)? else { return Ok(None) };
    let shrunk = match config.max_size {
        Some(most) => store.shrink(most, &holdings, now)?,
        None => None,
    };
    if let Some(shrunk) = &shrunk {
        tracing::warn!(bytes = shrunk.before, most = shrunk.most, pruned = ?shrunk.pruned, enough = shrunk.enough,
            "the store was above `max_size`: what is oldest was forgotten");
    }
    let live = shrunk.map_or(holdings.bytes(), |shrunk| shrunk.most.min(holdings.bytes()));
    if Store::is_worth_compacting(store.stats()?.bytes, live) {
        tracing::info!("the store's file is far larger than what it holds; it will be compacted at the next start");
        if let Err(error) = store.want_compaction() {
            tracing::warn!(%error, "ask for a compaction");
        }
    }
    Ok(shrunk)
}

impl Bites {
    /// Takes note of a day, and tells the operator where the size keeps less than the ages would. None is not "over" before it was
    /// so for long: a restart forgets what was.
    pub(crate) fn tell(
        &mut self,
        shrunk: Option<Shrunk>,
        started: Timestamp,
        now: Timestamp,
        operator: &mpsc::UnboundedSender<Word>,
    ) {
        if shrunk.is_some() {
            self.0 = Some((self.0.map_or(now, |(first, _)| first), now));
        }
        let is_over = |since: Timestamp| now.duration_since(since) > BITES_FOR;
        let word = match (self.0, shrunk) {
            (Some((since, _)), Some(shrunk)) => Word::Size(Some(incident(since, &shrunk))),
            (Some((_, last)), None) if is_over(last) => Word::Size(None),
            (None, None) if is_over(started) => Word::Size(None),
            _ => return,
        };
        // Gone only when the daemon is stopping.
        operator.send(word).ok();
    }
}

fn incident(since: Timestamp, shrunk: &Shrunk) -> Incident {
    let (most, pruned) = (megabytes(shrunk.most), shrunk.pruned);
    let mut what = format!(
        "the store had {} of rows, `max_size` allows {most}: {} texts and {} items were forgotten before their time, the oldest first",
        megabytes(shrunk.before),
        pruned.texts,
        pruned.items
    );
    if !shrunk.enough {
        what.push_str("; that was not enough, since the rest is of late or must be remembered as seen");
    }
    let advice =
        "raise `max_size` in [storage], or lower `keep_bodies`; `sahelwatch db stats` shows what takes the room";
    Incident { since, what, advice: Some(advice.to_owned()) }
}

/// Compacts the store of a state folder where that was asked for. What keeps it from being done is said, and keeps nothing else.
///
/// # Errors
/// [`StoreError::Damaged`]: the engine was left open on it, and this process cannot open it again; the next start sets it aside.
pub(crate) fn compact_if_asked(settings: &Settings) -> Result<(), StoreError> {
    if !Store::wants_compaction(settings) {
        return Ok(());
    }
    tracing::info!("compacting the store, as was asked for; nothing is polled meanwhile");
    match Store::compact(settings, &mut systemd::opening) {
        Ok(Compaction::Done { before, after }) => tracing::info!(before, after, "the store was compacted"),
        Ok(Compaction::Needless { bytes }) => tracing::info!(bytes, "compacting the store would win nothing"),
        Ok(Compaction::NoRoom { needed, free }) => {
            tracing::warn!(needed, free, "the store was not compacted: a second copy has no room on this disk");
        }
        Ok(Compaction::CannotSwap) => {
            tracing::warn!("the store was not compacted: this file system cannot let two folders change places");
        }
        Err(error @ StoreError::Damaged { .. }) => return Err(error),
        Err(error) => tracing::error!(%error, "the store was not compacted"),
    }
    Ok(())
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}
